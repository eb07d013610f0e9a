import { type Failure, fail } from '../src/lib/result.ts';
import type { RunOutcome } from './ffmpeg.ts';

/** Why a file is refused. Trying again cannot help. */
export type RefusalReason =
  | 'not-a-video'
  | 'no-video'
  | 'unsupported-codec'
  | 'broken'
  | 'too-short'
  | 'too-long'
  | 'too-large'
  | 'too-small-picture'
  | 'too-large-picture'
  | 'too-many-frames'
  | 'too-many-streams';

/** How a step of ours can end early. Only `interrupted` is worth another try. */
export type StepReason = 'broken' | 'timed-out' | 'interrupted' | 'aborted';

export const brokenDetail =
  'This file is damaged or cut short, so it cannot be read. Export or upload it again.';

/** What a step that ended early means, in words for the author of the video. Throws on a full disk. */
export function stepFailure(outcome: Extract<RunOutcome, { ok: false }>): Failure<StepReason> {
  switch (outcome.reason) {
    case 'aborted':
      return fail('aborted', 'The processing was stopped.');
    case 'killed':
      return fail('interrupted', 'The processing was interrupted. It will be tried again.');
    case 'deadline':
    case 'stalled':
      return fail('timed-out', 'This video takes too long to process here. Try a smaller or shorter one.');
    case 'disk-full':
      throw new Error('The disk is full: ffmpeg could not write its output');
    case 'failed':
    case 'crashed':
      return fail('broken', brokenDetail);
  }
}
