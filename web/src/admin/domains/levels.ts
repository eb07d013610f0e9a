import type { Tone } from '../parts/badge.tsx';
import type { Level } from './calls.ts';
import { say } from './say.ts';

/** From the mildest on. */
export const levels: readonly Level[] = ['allow', 'noop', 'no-feed', 'silence', 'suspend'];

/** A level in words. */
export function levelName(level: Level): string {
  const names: Readonly<Record<Level, string>> = {
    ...{ allow: say('levelAllow'), noop: say('levelNoop'), 'no-feed': say('levelNoFeed') },
    ...{ silence: say('levelSilence'), suspend: say('levelSuspend') },
  };
  return names[level];
}

export function levelTone(level: Level): Tone {
  if (level === 'allow') return 'good';
  return level === 'noop' ? 'plain' : 'bad';
}
