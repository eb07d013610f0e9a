import type { Reason } from '../errors.ts';

/** Why no video is made with a sound, or nothing is said of one. */
export const soundMeanings = {
  'sound-not-found': 'There is no such sound, or it may not be heard.',
  'sound-barred': 'Those who run the server do not allow the sound.',
  'sound-region':
    'The sound is not given in the country from which somebody asks, or that is not known, nor is (so far) what there is without it. `Link` names who withholds it.',
  'region-not-possible': 'What is allowed is so everywhere, and not in some countries alone.',
  'sound-gone': 'The video that the sound is from was deleted, or may not be seen.',
  'sound-not-public': 'Only the sound of a video that everybody may see can be in another.',
  'sound-not-allowed': 'The author of the sound does not let others use it.',
  'sound-not-said': 'The server of the sound does not say that others may use it.',
  'sound-rights-settled':
    'Those who run the server have said whose the sound is: its author cannot change that.',
} as const satisfies Partial<Record<Reason, string>>;

/** What routes refuse at which a video with a sound is begun. */
export const withSound: readonly Reason[] = [
  ...([
    'sound-not-found',
    'sound-gone',
    'sound-barred',
    'sound-region',
    'sound-not-public',
    'sound-not-allowed',
    'sound-not-said',
  ] as const),
];
