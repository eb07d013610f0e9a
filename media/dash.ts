import { nameOf } from './keys.ts';
import type { PackagedRung } from './package.ts';

/** Units per second of all times in a manifest. Our groups of pictures start at whole milliseconds. */
const TIMESCALE = 1_000;

/**
 * The DASH manifest of a finished video (ISO/IEC 23009-1), as text. Every group of pictures is a segment, given as
 * bytes of the one file of its rung; `BaseURL` is the last part of that file's key, so the manifest is stored beside
 * the files. Nothing in it tells when or where it was made. Throws without a rung.
 *
 * Each representation holds picture and sound, and the set calls itself video. Declaring the two as content
 * components, as 5.3.4 of the standard would have it, makes dash.js refuse the set as multiplexed; without that,
 * players hand both codecs to one source buffer.
 */
export function dashManifest(rungs: readonly PackagedRung[]): string {
  if (rungs.length === 0) throw new TypeError('A manifest without a rung');
  const sorted = rungs.toSorted((a, b) => b.rung - a.rung);
  const length = Math.max(...sorted.map(durationOf));
  const longest = Math.max(...sorted.flatMap(({ segments }) => segments.map(({ duration }) => duration)));
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<MPD ${attributes({
      xmlns: 'urn:mpeg:dash:schema:mpd:2011',
      profiles: 'urn:mpeg:dash:profile:isoff-main:2011',
      type: 'static',
      mediaPresentationDuration: seconds(length),
      maxSegmentDuration: seconds(longest),
      minBufferTime: seconds(longest),
    })}>`,
    `  <Period id="0" start="PT0S" duration="${seconds(length)}">`,
    `    <AdaptationSet ${attributes({
      id: 0,
      contentType: 'video',
      mimeType: 'video/mp4',
      segmentAlignment: true,
      startWithSAP: 1,
      maxWidth: Math.max(...sorted.map(({ width }) => width)),
      maxHeight: Math.max(...sorted.map(({ height }) => height)),
    })}>`,
    ...sorted.flatMap(representation),
    '    </AdaptationSet>',
    '  </Period>',
    '</MPD>',
  ];
  return `${lines.join('\n')}\n`;
}

function representation(rung: PackagedRung): string[] {
  const { width, height, codecs, frameRate } = rung;
  const about = {
    id: rung.rung,
    bandwidth: rung.peakBandwidth,
    codecs,
    width,
    height,
    frameRate,
    sar: '1:1',
  };
  return [
    `      <Representation ${attributes(about)}>`,
    `        <BaseURL>${escapeXml(nameOf(rung.key))}</BaseURL>`,
    ...segmentList(rung),
    '      </Representation>',
  ];
}

function segmentList({ initLength, segments }: PackagedRung): string[] {
  const { duration, timeline } = timing(segments);
  return [
    `        <SegmentList ${attributes({ timescale: TIMESCALE, duration })}>`,
    `          <Initialization range="0-${initLength - 1}"/>`,
    ...timeline,
    ...segments.map(
      ({ offset, length }) => `          <SegmentURL mediaRange="${offset}-${offset + length - 1}"/>`,
    ),
    '        </SegmentList>',
  ];
}

/** Boundaries are rounded, not lengths: so errors do not add up over many segments. */
function timing(segments: PackagedRung['segments']): { duration?: number; timeline: string[] } {
  const entries = segments.map(({ time, duration }) => {
    const start = Math.round(time * TIMESCALE);
    return { start, duration: Math.max(1, Math.round((time + duration) * TIMESCALE) - start) };
  });
  const [first] = entries;
  const regular = entries.every((entry, n) => {
    const isLast = n === entries.length - 1;
    const fits = isLast ? entry.duration <= (first?.duration ?? 0) : entry.duration === first?.duration;
    return fits && entry.start === n * (first?.duration ?? 0);
  });
  if (first && regular) return { duration: first.duration, timeline: [] };
  const runs: { start: number; duration: number; repeats: number }[] = [];
  for (const { start, duration } of entries) {
    const open = runs.at(-1);
    const follows = open && open.start + open.duration * (open.repeats + 1) === start;
    if (open && follows && open.duration === duration) open.repeats += 1;
    else runs.push({ start, duration, repeats: 0 });
  }
  const lines = runs.map(
    ({ start, duration, repeats }) =>
      `            <S t="${start}" d="${duration}"${repeats > 0 ? ` r="${repeats}"` : ''}/>`,
  );
  return { timeline: ['          <SegmentTimeline>', ...lines, '          </SegmentTimeline>'] };
}

function durationOf({ segments }: PackagedRung): number {
  const last = segments.at(-1);
  return last ? last.time + last.duration : 0;
}

/** An `xs:duration`. */
function seconds(value: number): string {
  return `PT${value.toFixed(3)}S`;
}

function attributes(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${escapeXml(String(value))}"`)
    .join(' ');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
