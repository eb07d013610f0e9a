import { count } from '../../format.ts';
import { say } from './say.ts';

/** How many of something an account has, in short. */
export const counted = (what: 'clips' | 'followers' | 'followingCount', n: number): string =>
  say(what, { n, shown: count(n) });
