import type { Reason } from '../errors.ts';

/** Why no duet or stitch is made of a video. */
export const remixMeanings = {
  'remix-not-found': 'There is no video for this duet or stitch, or it may not be seen.',
  'remix-not-public': 'Only a video that everybody may see can be part of another.',
  'remix-not-allowed': 'The author of that video does not let others make this of it.',
  'remix-not-said': 'The server of that video does not say that others may make this of it.',
  'clip-outside': 'The chosen part lies outside of the other video.',
} as const satisfies Partial<Record<Reason, string>>;

/** What routes refuse at which a duet or a stitch is begun. */
export const remixing: readonly Reason[] = [
  ...(['remix-not-found', 'remix-not-public', 'remix-not-allowed'] as const),
  ...(['remix-not-said', 'clip-outside'] as const),
];
