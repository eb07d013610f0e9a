/**
 * Calls `over` once the time is over, but not before what has arrived by then was read: where this process was busy for longer, its timers
 * would come before the answers that wait to be read. Returns what takes it back.
 */
export function afterReading(ms: number, over: () => void): () => void {
  let next: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    next = setImmediate(over);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(next);
  };
}

/** Settles as the promise does, or rejects with this message once the time is over: some clients wait for ever. */
export async function beforeDeadline<T>(answer: Promise<T>, ms: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
