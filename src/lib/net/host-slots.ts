/**
 * Bounds how many things happen at once, per host and in total. A slow host fills its own share and no
 * more: its callers wait before they take from the total.
 */
export interface HostSlots {
  /** Waits for a slot and returns the function that gives it back; rejects with the signal's reason. */
  take(host: string, signal: AbortSignal): Promise<() => void>;
}

/** Slots for `perHost` uses of one host and `total` of all hosts; waiting callers are served in order. */
export function createHostSlots(limits: { readonly perHost: number; readonly total: number }): HostSlots {
  const all = createSemaphore(limits.total);
  const hosts = new Map<string, Semaphore>();

  return {
    async take(host, signal) {
      const own = hosts.get(host) ?? createSemaphore(limits.perHost);
      hosts.set(host, own);
      const forgetIfIdle = () => {
        if (own.isIdle()) hosts.delete(host);
      };
      const leave = () => {
        own.release();
        forgetIfIdle();
      };
      try {
        await own.take(signal);
      } catch (error) {
        forgetIfIdle();
        throw error;
      }
      try {
        await all.take(signal);
      } catch (error) {
        leave();
        throw error;
      }
      return () => {
        all.release();
        leave();
      };
    },
  };
}

interface Semaphore {
  take(signal: AbortSignal): Promise<void>;
  release(): void;
  isIdle(): boolean;
}

function createSemaphore(size: number): Semaphore {
  let free = size;
  const waiting = new Set<() => void>();
  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const grant = () => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        };
        const giveUp = () => {
          waiting.delete(grant);
          reject(signal.reason);
        };
        waiting.add(grant);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
    release() {
      const [next] = waiting;
      if (!next) {
        free += 1;
        return;
      }
      waiting.delete(next);
      next();
    },
    isIdle: () => free === size,
  };
}
