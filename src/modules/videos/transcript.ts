import { z } from 'zod';
import { captionLimits, transcriptionLimits } from '../../../config/media-limits.ts';
import { type CaptionReason, type Cue, parseCaptions } from '../../../media/captions.ts';
import { vttTime } from '../../../media/storyboard.ts';
import { codeOfLanguage } from '../../lib/language.ts';
import { parseBoundedJson } from '../../lib/net/bounded-json.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

/** What is said in a video. */
export interface Transcript {
  /** As the service heard it (BCP 47); null where it does not say. */
  readonly language: string | null;
  /** None where nobody speaks. */
  readonly cues: readonly Cue[];
}

const seconds = z
  .number()
  .min(0)
  .max(captionLimits.maxTimeMs / 1_000);
/** `verbose_json`, without what is of no use here. How much there may be of it, the parser of captions knows. */
const heard = z.object({
  language: z.string().max(60).nullish(),
  segments: z.array(z.object({ start: seconds, end: seconds, text: z.string() })),
});

/**
 * Reads the answer of a transcription service by its content: WebVTT, SubRip, or JSON with segments. Whatever it is,
 * it passes the parser that the files of authors pass. Cues whose times make no sense are left out. Never throws.
 */
export function readTranscript(
  bytes: Uint8Array,
  durationSeconds: number | null,
): Result<Transcript, CaptionReason> {
  const isJson = /^\s*\{/.test(Buffer.from(bytes.subarray(0, 100)).toString('latin1'));
  const json = isJson ? readJson(bytes) : null;
  if (isJson && !json) return fail('not-captions', 'This JSON has no segments with start, end and text.');
  const parsed = parseCaptions(json ? Buffer.from(vttOf(json.segments)) : bytes, {
    ...(durationSeconds === null ? {} : { durationSeconds }),
    skipBadTimes: true,
  });
  if (!parsed.ok && parsed.reason !== 'no-cues') return parsed;
  return ok({ language: codeOfLanguage(json?.language ?? ''), cues: parsed.ok ? parsed.cues : [] });
}

function readJson(bytes: Uint8Array): z.output<typeof heard> | null {
  const read = parseBoundedJson(bytes, transcriptionLimits.json);
  const parsed = heard.safeParse(read.ok ? read.value : null);
  return parsed.success ? parsed.data : null;
}

/** The text of JSON is no markup, so none may come of it. */
function vttOf(segments: z.output<typeof heard>['segments']): string {
  const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  const blocks = segments.map(({ start, end, text }) => {
    const line = text.replace(/\s+/g, ' ').replace(/[&<>]/g, (sign) => escapes[sign] ?? '');
    return `${vttTime(start)} --> ${vttTime(end)}\n${line.trim()}\n`;
  });
  return `WEBVTT\n\n${blocks.join('\n')}`;
}
