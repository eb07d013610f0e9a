/** How much a batch holds, and how much may wait for the next one. */
export interface BatchLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
}

export interface BatchOptions<T, R> {
  /** Does the work for all items at once and gives one result for each, in their order. */
  readonly run: (items: readonly T[]) => Promise<readonly R[]>;
  readonly limits: BatchLimits;
  /** Bytes an item holds in memory; without it, items are only counted. */
  readonly bytesOf?: (item: T) => number;
  /** Whether a failed batch may have failed because of one of its items, so that the others deserve a try. */
  readonly isFaultOfItem?: (error: unknown) => boolean;
}

/** Takes one item; its promise settles with that item's own outcome. Undefined: too many wait already. */
export type AddToBatch<T, R> = (item: T) => Promise<R> | undefined;

interface Waiting<T, R> {
  readonly item: T;
  readonly bytes: number;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets calls that come while one batch is under way share the next one (group commit). Nobody waits for
 * company: a call that comes alone is a batch at once. Items keep their order. A batch that fails by the fault
 * of one item is halved until that item fails alone; any other failure is that of every item.
 */
export function createBatches<T, R>(options: BatchOptions<T, R>): AddToBatch<T, R> {
  const { limits, bytesOf = () => 0 } = options;
  const waiting: Waiting<T, R>[] = [];
  let waitingBytes = 0;
  let isRunning = false;

  function next(): Waiting<T, R>[] {
    let count = 0;
    let bytes = 0;
    for (const { bytes: more } of waiting) {
      if (count === limits.maxItems || (count > 0 && bytes + more > limits.maxBytes)) break;
      count += 1;
      bytes += more;
    }
    waitingBytes -= bytes;
    return waiting.splice(0, count);
  }

  async function runAll(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) await runBatch(options, next());
    isRunning = false;
  }

  return (item) => {
    const bytes = bytesOf(item);
    const isFull = waiting.length >= limits.maxWaiting || waitingBytes + bytes > limits.maxWaitingBytes;
    if (isFull && waiting.length > 0) return undefined;
    const outcome = new Promise<R>((resolve, reject) => {
      waiting.push({ item, bytes, resolve, reject });
    });
    waitingBytes += bytes;
    if (!isRunning) void runAll();
    return outcome;
  };
}

async function runBatch<T, R>(options: BatchOptions<T, R>, batch: readonly Waiting<T, R>[]): Promise<void> {
  try {
    const results = await options.run(batch.map(({ item }) => item));
    if (results.length !== batch.length)
      throw new Error('A batch gave fewer or more results than it had items.');
    for (const [at, { resolve }] of batch.entries()) resolve(results[at] as R);
  } catch (error) {
    if (batch.length === 1 || !options.isFaultOfItem?.(error)) {
      for (const { reject } of batch) reject(error);
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await runBatch(options, batch.slice(0, half));
    await runBatch(options, batch.slice(half));
  }
}
