import { signal } from '@preact/signals';

/** Lets the clip that is watched have the line first: others wait until it has something to play. */
export interface Turns {
  /** How many seconds the watched clip can play without another byte; `Infinity` when it needs none, or nobody watches. */
  tell(aheadSeconds: number): void;
  /** Whether it has so many. */
  allows(aheadSeconds: number): boolean;
  /** Calls when that may have changed, until the function it returns is called. */
  listen(changed: () => void): () => void;
  /** Waits until the watched clip has so many seconds. Rejects when `signal` is aborted. */
  until(aheadSeconds: number, signal: AbortSignal): Promise<void>;
}

/** From how many seconds on the line has room for pictures beside the clip. */
const ROOM_S = 1;

/** Whether pictures of other clips may be loaded beside the one that is watched; not before that has told what it needs. */
export const hasRoom = signal(false);

export function createTurns(): Turns {
  let ahead = Number.POSITIVE_INFINITY;
  const listeners = new Set<() => void>();
  const listen = (changed: () => void) => {
    listeners.add(changed);
    return () => void listeners.delete(changed);
  };
  return {
    listen,
    tell(seconds) {
      ahead = seconds;
      hasRoom.value = seconds >= ROOM_S;
      for (const changed of [...listeners]) changed();
    },
    allows: (seconds) => ahead >= seconds,
    until(seconds, signal) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (!signal.aborted && ahead < seconds) return;
          stop();
          signal.removeEventListener('abort', look);
          if (signal.aborted) reject(signal.reason);
          else resolve();
        };
        const stop = listen(look);
        signal.addEventListener('abort', look);
        look();
      });
    },
  };
}
