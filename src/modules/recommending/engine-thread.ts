import { Worker } from 'node:worker_threads';
import { afterReading, beforeDeadline } from '../../lib/deadline.ts';
import type { FromThread, ThreadData, ToThread } from './protocol.ts';

/** A thread with an engine in it, from its beginning to its end. */
export type EngineThread = ReturnType<typeof openThread>;

interface Waiting {
  readonly resolve: (answer: FromThread | null) => void;
  readonly takeBack: (() => void) | undefined;
}

const MEASURED_MS = 5_000;

/** Begins a thread. It answers for as long as it lives; whoever waits when it ends, or is ended, gets nothing. */
export function openThread(deps: {
  readonly thread: URL;
  readonly data: ThreadData;
  readonly maxHeapMb: number;
  /** Everything that it says. */
  readonly onMessage: (message: FromThread) => void;
  readonly onError: (error: unknown) => void;
}) {
  const waiting = new Map<number, Waiting>();
  /** What it still has before it, whether anybody waits for it or not: that, and not who waits, says how busy it is. */
  const unanswered = new Set<number>();
  const [loaded, learnt] = [Promise.withResolvers<boolean>(), Promise.withResolvers<boolean>()];
  const gone = Promise.withResolvers<void>();
  let isLoaded = false;
  let isEnded = false;
  let version: string | null = null;
  let tickets = 0;
  let onRest = (): void => undefined;

  const worker = new Worker(deps.thread, {
    workerData: deps.data,
    name: 'ranking',
    resourceLimits: { maxOldGenerationSizeMb: deps.maxHeapMb },
  });
  worker.on('message', (message: FromThread) => {
    // One that was let go may still say that it is loaded.
    if (isEnded) return;
    if (message.kind === 'loaded') {
      isLoaded = true;
      loaded.resolve(true);
    }
    if (message.kind === 'settings') version = message.version;
    if (message.kind === 'trained') learnt.resolve(true);
    if ('ticket' in message) {
      unanswered.delete(message.ticket);
      settle(message.ticket, message.kind === 'overdue' || message.kind === 'failed' ? null : message);
    }
    deps.onMessage(message);
  });
  worker.on('error', deps.onError);
  worker.on('exit', () => {
    drop();
    gone.resolve();
  });

  function settle(ticket: number, answer: FromThread | null): void {
    const one = waiting.get(ticket);
    if (!one) return;
    waiting.delete(ticket);
    one.takeBack?.();
    one.resolve(answer);
    if (waiting.size === 0) onRest();
  }
  function drop(): void {
    isEnded = true;
    isLoaded = false;
    unanswered.clear();
    for (const ticket of [...waiting.keys()]) settle(ticket, null);
    loaded.resolve(false);
    learnt.resolve(false);
  }
  const post = (message: ToThread): void => worker.postMessage(message);

  return {
    post,
    /** Resolves with the answer; null where there is none within the budget, or the thread ends. */
    ask(message: (ticket: number) => ToThread, budgetMs: number | null): Promise<FromThread | null> {
      if (isEnded) return Promise.resolve(null);
      tickets += 1;
      const ticket = tickets;
      return new Promise((resolve) => {
        const takeBack = budgetMs === null ? undefined : afterReading(budgetMs, () => settle(ticket, null));
        waiting.set(ticket, { resolve, takeBack });
        unanswered.add(ticket);
        post(message(ticket));
      });
    },
    /** How much it has before it. */
    unanswered: (): number => unanswered.size,
    /** Whether it has read everything, and lives. */
    isLoaded: (): boolean => isLoaded,
    /** Of the settings that it ranks by, as it said last. */
    version: (): string | null => version,
    /** Resolves once it has read everything, or learnt from it; false: it ended before. */
    loaded: loaded.promise,
    learnt: learnt.promise,
    /** Resolves once there is no such thread any more. */
    gone: gone.promise,

    /** Bytes of its heap, its arrays and its vectors; infinite where it does not say. */
    async bytes(): Promise<number> {
      try {
        const heap = await beforeDeadline(
          worker.getHeapStatistics(),
          MEASURED_MS,
          'The thread is not measured.',
        );
        return heap.total_heap_size + heap.external_memory;
      } catch {
        return Number.POSITIVE_INFINITY;
      }
    },

    /** Resolves once nobody waits for it, or the time is over. */
    rest(ms: number): Promise<void> {
      if (waiting.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const takeBack = afterReading(ms, resolve);
        onRest = () => {
          takeBack();
          resolve();
        };
      });
    },

    /** Ends it; whoever waits goes on at once. */
    async end(): Promise<void> {
      drop();
      await worker.terminate();
    },
  };
}
