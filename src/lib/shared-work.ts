interface Running<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Work that several may wait for at once: whoever asks for the same while it runs gets its result. It is aborted
 * once all who waited have left, and whoever asks after that begins it anew.
 */
export function createSharedWork<T>() {
  const running = new Map<string, Running<T>>();

  function begin(key: string, work: (signal: AbortSignal) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const result = work(controller.signal).finally(() => {
      if (running.get(key) === one) running.delete(key);
    });
    const one: Running<T> = { result, controller, waiting: 0 };
    running.set(key, one);
    return one;
  }

  /** The result of `work`, or null where `signal` ended the wait for it. Rejects as `work` does. */
  return function share(
    key: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | null> {
    if (signal.aborted) return Promise.resolve(null);
    const one = running.get(key) ?? begin(key, work);
    one.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = () => {
        one.waiting -= 1;
        if (one.waiting === 0) {
          if (running.get(key) === one) running.delete(key);
          one.controller.abort();
        }
        resolve(null);
      };
      signal.addEventListener('abort', leave, { once: true });
      const stay = () => signal.removeEventListener('abort', leave);
      one.result.then(
        (value) => {
          stay();
          resolve(value);
        },
        (error) => {
          stay();
          reject(error);
        },
      );
    });
  };
}
