/**
 * Runs `work` when one of the places is free; of those that wait, the lowest rank goes first, and among equals
 * the one that came first. Rejects with the signal's reason where that is aborted while waiting.
 */
export type Turns = <T>(rank: number, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** At most `places` pieces of work at once. */
export function createTurns(places: number): Turns {
  let free = places;
  const waiting: { rank: number; start: () => void }[] = [];

  function enter(rank: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(signal?.reason);
      };
      const entry = {
        rank,
        start: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const before = waiting.findIndex((other) => other.rank > rank);
      waiting.splice(before === -1 ? waiting.length : before, 0, entry);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next.start();
    else free += 1;
  }

  return async (rank, work, signal) => {
    await enter(rank, signal);
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
