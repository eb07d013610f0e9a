import type { Status } from '../api/types.ts';
import { say } from './say.ts';

export type SoundOfClip = NonNullable<NonNullable<Status['video']>['sound']>;

/** What is heard in a clip, and whose it is where it was made with the sound of another. */
export function soundLine({ title, account }: Pick<SoundOfClip, 'title' | 'account'>): string {
  if (!account) return title === '' ? say('originalSound') : say('sound', { title });
  const { acct } = account;
  return title === '' ? say('soundBy', { acct }) : say('soundTitleBy', { title, acct });
}
