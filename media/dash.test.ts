import { parseDocument } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { dashManifest } from './dash.ts';
import { type ChunkTuple, type PackagedRung, packagedRung } from './package.ts';

const chunks: ChunkTuple[] = [
  [1_000, 1_500, 0, 1],
  [2_500, 500, 1_000, 0],
  [3_000, 3_000, 2_000, 1],
  [6_000, 1_000, 4_000, 1],
];

function rung(size: number, changed: Partial<PackagedRung> = {}): PackagedRung {
  const index = {
    ...{ rung: size, key: `media/1/abc-${size}-cmaf.mp4`, width: size, height: size * 2 },
    ...{ codecs: 'avc1.64001f,mp4a.40.2', bandwidth: 10_000, initLength: 1_000, chunks },
  };
  const facts = { frameRate: 30, peakBandwidth: 12_000, durationSeconds: 4.1 };
  return { ...packagedRung(index, facts), ...changed };
}

describe('packagedRung', () => {
  test('joins the chunks of the index into groups of pictures that last until the next one', () => {
    const { segments, ...rest } = rung(720);
    expect(segments).toEqual([
      { offset: 1_000, length: 2_000, time: 0, duration: 2 },
      { offset: 3_000, length: 3_000, time: 2, duration: 2 },
      { offset: 6_000, length: 1_000, time: 4, duration: expect.closeTo(0.1, 9) },
    ]);
    expect(rest).toMatchObject({ averageBandwidth: 10_000, peakBandwidth: 12_000, frameRate: 30 });
  });
});

describe('dashManifest', () => {
  test('lists byte ranges of one file for each size, largest first', () => {
    expect(dashManifest([rung(360), rung(720)])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-main:2011" type="static" mediaPresentationDuration="PT4.100S" maxSegmentDuration="PT2.000S" minBufferTime="PT2.000S">
  <Period id="0" start="PT0S" duration="PT4.100S">
    <AdaptationSet id="0" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1" maxWidth="720" maxHeight="1440">
      <Representation id="720" bandwidth="12000" codecs="avc1.64001f,mp4a.40.2" width="720" height="1440" frameRate="30" sar="1:1">
        <BaseURL>abc-720-cmaf.mp4</BaseURL>
        <SegmentList timescale="1000" duration="2000">
          <Initialization range="0-999"/>
          <SegmentURL mediaRange="1000-2999"/>
          <SegmentURL mediaRange="3000-5999"/>
          <SegmentURL mediaRange="6000-6999"/>
        </SegmentList>
      </Representation>
      <Representation id="360" bandwidth="12000" codecs="avc1.64001f,mp4a.40.2" width="360" height="720" frameRate="30" sar="1:1">
        <BaseURL>abc-360-cmaf.mp4</BaseURL>
        <SegmentList timescale="1000" duration="2000">
          <Initialization range="0-999"/>
          <SegmentURL mediaRange="1000-2999"/>
          <SegmentURL mediaRange="3000-5999"/>
          <SegmentURL mediaRange="6000-6999"/>
        </SegmentList>
      </Representation>
    </AdaptationSet>
  </Period>
</MPD>
`);
  });

  test('groups of different lengths get a timeline', () => {
    const segments = [0, 2, 4, 5].map((time, n) => ({
      ...{ offset: 1_000 + n * 10, length: 10, time },
      duration: n === 2 ? 1 : 2,
    }));
    expect(dashManifest([rung(720, { segments })])).toContain(`<SegmentList timescale="1000">
          <Initialization range="0-999"/>
          <SegmentTimeline>
            <S t="0" d="2000" r="1"/>
            <S t="4000" d="1000"/>
            <S t="5000" d="2000"/>
          </SegmentTimeline>
          <SegmentURL mediaRange="1000-1009"/>`);
  });

  test('is well-formed whatever its texts hold, and the same every time', () => {
    const odd = rung(720, { codecs: 'a"b<c&d', key: 'media/1/x&y<z.mp4' });
    const text = dashManifest([odd]);
    const { children } = parseDocument(text, { xmlMode: true });
    expect(JSON.stringify(children.map((node) => node.type))).toContain('tag');
    expect(text).toContain('codecs="a&quot;b&lt;c&amp;d"');
    expect(text).toContain('<BaseURL>x&amp;y&lt;z.mp4</BaseURL>');
    expect(dashManifest([odd])).toBe(text);
  });

  test('nothing to list is a mistake of the caller', () => {
    expect(() => dashManifest([])).toThrow(TypeError);
  });
});
