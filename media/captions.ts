import { captionLimits } from '../config/media-limits.ts';
import { type Failure, fail, ok } from '../src/lib/result.ts';
import { cleanMarkup } from './caption-markup.ts';
import { vttTime } from './storyboard.ts';

/** One caption. */
export interface Cue {
  /** Milliseconds. */
  readonly start: number;
  /** Milliseconds; after the start. */
  readonly end: number;
  /** Cue settings of WebVTT, such as `line:0 align:start`; empty for the usual place. */
  readonly settings: string;
  /** Lines of WebVTT cue text: escaped, with no tag but those a player draws. None is empty. */
  readonly lines: readonly string[];
}

/** Why a file of captions is refused. */
export type CaptionReason = 'not-captions' | 'no-cues' | 'captions-too-large' | 'bad-time';

/** `12:34.567`, `01:12:34.567`; SubRip writes a comma. */
const TIME = '(?:(\\d{1,2}):)?([0-5]\\d):([0-5]\\d)[.,](\\d{3})';
const timing = new RegExp(`^\\s*${TIME}\\s*-->\\s*${TIME}(?:\\s+(.*))?$`);

const setting =
  /^(?:vertical:(?:rl|lr)|line:-?\d{1,3}(?:\.\d{1,3})?%?(?:,(?:start|center|end))?|position:\d{1,3}(?:\.\d{1,3})?%(?:,(?:line-left|center|line-right))?|size:\d{1,3}(?:\.\d{1,3})?%|align:(?:start|center|end|left|right))$/;

/**
 * Reads captions that somebody uploads, WebVTT or SubRip by their content, as UTF-8. Cues come out sorted, with their
 * markup cleaned; notes, style sheets, regions and names of cues are dropped. With `durationSeconds` no cue goes on
 * after the end of the video. With `skipBadTimes`, cues whose times make no sense are left out instead of the whole
 * file: what a program has written nobody can mend. Never throws.
 *
 * Own code: the parsers on npm either build the text into HTML or DOM nodes (media-captions, vtt.js), which is the
 * step that must not go wrong, or leave markup alone and have no bounds (subtitle, webvtt-parser).
 */
export function parseCaptions(
  bytes: Uint8Array,
  options: { readonly durationSeconds?: number; readonly skipBadTimes?: boolean } = {},
): { readonly ok: true; readonly cues: readonly Cue[] } | Failure<CaptionReason> {
  const size = `${captionLimits.maxBytes / 1024} KB`;
  if (bytes.length > captionLimits.maxBytes) return tooLarge(size);
  const text = decode(bytes);
  if (text === null) return fail('not-captions', 'This file is not text. Save the captions as UTF-8.');
  const blocks = splitBlocks(text);
  const isVtt = /^WEBVTT(?:[ \t]|$)/.test(blocks[0]?.lines[0] ?? '');
  if (!isVtt && !blocks.some(({ lines }) => lines.slice(0, 2).some((line) => timing.test(line)))) {
    return fail('not-captions', 'These are no captions this server knows. WebVTT and SubRip (SRT) work.');
  }
  const cues: Cue[] = [];
  for (const block of blocks) {
    const read = readBlock(block, (options.durationSeconds ?? Number.POSITIVE_INFINITY) * 1_000);
    if (read === null) continue;
    if ('reason' in read) {
      if (options.skipBadTimes && read.reason === 'bad-time') continue;
      return read;
    }
    cues.push(read);
    if (cues.length > captionLimits.maxCues) return tooLarge(`${captionLimits.maxCues} cues`);
  }
  if (cues.length === 0) return fail('no-cues', 'There is no caption in this file that the video reaches.');
  const sorted = cues.toSorted((a, b) => a.start - b.start);
  // Escaping makes text longer, and what is written must be readable again.
  if (Buffer.byteLength(writeCaptions(sorted)) > captionLimits.maxBytes) return tooLarge(size);
  return ok({ cues: sorted });
}

/** Captions as WebVTT. What `parseCaptions` gave comes out of it again unchanged. */
export function writeCaptions(cues: readonly Cue[]): string {
  const blocks = cues.map(({ start, end, settings, lines }) => {
    const times = `${vttTime(start / 1_000)} --> ${vttTime(end / 1_000)}`;
    return `${[settings ? `${times} ${settings}` : times, ...lines].join('\n')}\n`;
  });
  return `WEBVTT\n\n${blocks.join('\n')}`;
}

/** Null where the block holds no cue, or one that nobody would see. */
function readBlock(block: Block, endMs: number): Cue | Failure<CaptionReason> | null {
  const at = block.lines.slice(0, 2).findIndex((line) => line.includes('-->'));
  if (at < 0) return null;
  const line = block.lines[at] ?? '';
  const where = `Line ${block.firstLine + at}`;
  const match = timing.exec(line);
  if (!match) return fail('bad-time', `${where}: these times cannot be read: ${line.trim().slice(0, 80)}`);
  const start = milliseconds(match.slice(1, 5));
  const end = Math.min(milliseconds(match.slice(5, 9)), Math.round(Math.min(endMs, captionLimits.maxTimeMs)));
  if (milliseconds(match.slice(5, 9)) <= start) {
    return fail('bad-time', `${where}: this caption ends before it starts: ${line.trim().slice(0, 80)}`);
  }
  if (start >= end) return null;
  const text = block.lines.slice(at + 1).join('\n');
  // Before it is cleaned, which takes the longer the more comments are left open.
  if (text.length > captionLimits.maxCueCharacters) {
    return tooLarge(`${captionLimits.maxCueCharacters} characters in one cue`, where);
  }
  const lines = cleanMarkup(text);
  if (lines.length === 0) return null;
  if (lines.length > captionLimits.maxLines)
    return tooLarge(`${captionLimits.maxLines} lines in one cue`, where);
  if (lines.some((one) => one.length > captionLimits.maxLineCharacters)) {
    return tooLarge(`${captionLimits.maxLineCharacters} characters in one line`, where);
  }
  return { start, end, settings: cleanSettings(match[9] ?? ''), lines };
}

/** Each kind once, in the order given; what SubRip has there (`X1:40`) is none. */
function cleanSettings(text: string): string {
  const kept = new Map<string, string>();
  for (const one of text.slice(0, captionLimits.maxLineCharacters).split(/\s+/)) {
    const name = one.slice(0, one.indexOf(':'));
    if (setting.test(one) && !kept.has(name)) kept.set(name, one);
  }
  return [...kept.values()].join(' ');
}

function milliseconds([hours, minutes, seconds, thousandths]: readonly (string | undefined)[]): number {
  return ((Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + Number(thousandths);
}

/** Lines up to the next empty one. */
interface Block {
  /** In the file, from 1. */
  readonly firstLine: number;
  readonly lines: string[];
}

function splitBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (line.trim() === '') open = null;
    else if (open) open.lines.push(line);
    else {
      open = { firstLine: index + 1, lines: [line] };
      blocks.push(open);
    }
  }
  return blocks;
}

function decode(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

function tooLarge(limit: string, where = ''): Failure<CaptionReason> {
  const what = where === '' ? 'These captions are too large' : `${where}: this caption is too large`;
  return fail('captions-too-large', `${what}. At most ${limit} are taken.`);
}
