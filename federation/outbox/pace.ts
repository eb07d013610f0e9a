import { setTimeout as pause } from 'node:timers/promises';

/** Waits until the next turn; rejects with the signal's reason. */
export type Pace = (signal: AbortSignal) => Promise<void>;

/** Gives turns at most `perSecond` times a second, evenly spread, in the order in which they are asked for. */
export function createPace(perSecond: number): Pace {
  const gapMs = 1_000 / perSecond;
  let next = 0;
  return async (signal) => {
    const now = performance.now();
    const turn = Math.max(now, next);
    next = turn + gapMs;
    if (turn > now) await pause(turn - now, undefined, { signal });
    signal.throwIfAborted();
  };
}
