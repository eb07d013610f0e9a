import { Worker } from 'node:worker_threads';
import { servingLimits } from '../../../config/serving-limits.ts';
import type { Clock } from '../../lib/clock.ts';
import { afterReading } from '../../lib/deadline.ts';
import type { Logger } from '../../lib/log.ts';
import type { FeedRequest } from '../ranking/index.ts';
import type { Signal } from '../signals/index.ts';
import type { PackedFeed } from './packing.ts';
import { type FromThread, monotonicMs, type ThreadData, type ToThread } from './protocol.ts';

export type EngineHost = ReturnType<typeof createEngineHost>;

interface Waiting {
  readonly resolve: (answer: FromThread | null) => void;
  readonly takeBack: (() => void) | undefined;
}

/**
 * Holds the ranking engine in a thread of its own, so that ranking never keeps a request waiting that has nothing to do with it. It answers
 * within its budget or not at all: while it loads, after it died, and when more wait than it can serve, there is no answer, and the
 * feed does without. A thread that ends is begun again, and reads everything anew.
 */
export function createEngineHost(deps: {
  readonly data: Omit<ThreadData, 'clockOffsetMs'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly budgetMs: number;
  /** Hears the version of the settings that the engine ranks by. */
  readonly onSettings: (version: string) => void;
  /** Another module to run in the thread; the engine, where it is left out. */
  readonly thread?: URL;
}) {
  const { clock, log, thread = new URL('./thread.ts', import.meta.url) } = deps;
  const waiting = new Map<number, Waiting>();
  /** What the thread still has before it, whether anybody waits for it or not: that, and not who waits, says how busy it is. */
  const unanswered = new Set<number>();
  let worker: Worker | null = null;
  let isLoaded = false;
  let isStopped = false;
  let tickets = 0;
  let trainings = 0;
  let failures = 0;
  let ended: Promise<unknown> = Promise.resolve();
  let restart: NodeJS.Timeout | undefined;
  let nightly: NodeJS.Timeout | undefined;

  function settle(ticket: number, answer: FromThread | null): void {
    const one = waiting.get(ticket);
    if (!one) return;
    waiting.delete(ticket);
    one.takeBack?.();
    one.resolve(answer);
  }

  /** What is done for each kind of message. */
  const heard: { readonly [K in FromThread['kind']]: (message: Extract<FromThread, { kind: K }>) => void } = {
    feed: (message) => settle(message.ticket, message),
    settled: (message) => settle(message.ticket, message),
    overdue: ({ ticket }) => settle(ticket, null),
    failed: ({ ticket, detail }) => {
      log.warn({ detail }, 'the ranking engine could not answer');
      settle(ticket, null);
    },
    loaded: ({ signals, ms }) => {
      isLoaded = true;
      failures = 0;
      log.info({ signals, ms }, 'the ranking engine is loaded');
    },
    trained: ({ ms }) => {
      trainings += 1;
      log.info({ ms }, 'the ranking engine has learnt');
    },
    settings: ({ version }) => deps.onSettings(version),
    warning: ({ detail }) => log.warn({ detail }, 'the ranking engine goes on without something'),
  };
  function hear(message: FromThread): void {
    if ('ticket' in message) unanswered.delete(message.ticket);
    heard[message.kind](message as never);
  }

  function begin(): void {
    if (worker || isStopped) return;
    const workerData: ThreadData = { ...deps.data, clockOffsetMs: clock.now() - Date.now() };
    const own = new Worker(thread, {
      workerData,
      name: 'ranking',
      resourceLimits: { maxOldGenerationSizeMb: servingLimits.maxHeapMb },
    });
    worker = own;
    // One that was let go may still say that it is loaded.
    own.on('message', (message: FromThread) => {
      if (worker === own) hear(message);
    });
    own.on('error', (error) => log.error({ err: error }, 'the ranking engine ended; feeds go on without it'));
    own.on('exit', () => {
      if (worker !== own) return;
      drop();
      if (isStopped) return;
      const pause = Math.min(servingLimits.restartMs * 2 ** failures, servingLimits.maxRestartMs);
      failures += 1;
      restart = setTimeout(begin, pause);
      restart.unref();
    });
  }

  /** Ends the thread, and then begins another, which reads everything anew: two at once would hold everything twice. */
  async function reload(): Promise<void> {
    if (!worker || isStopped) return;
    await end();
    begin();
  }

  /** Resolves once no thread is left that was ever begun. */
  async function end(): Promise<void> {
    const own = worker;
    drop();
    ended = Promise.all([ended, own?.terminate()]);
    await ended;
  }
  function drop(): void {
    worker = null;
    isLoaded = false;
    unanswered.clear();
    for (const ticket of [...waiting.keys()]) settle(ticket, null);
  }

  const post = (message: ToThread) => worker?.postMessage(message);

  function ask(message: (ticket: number) => ToThread, budgetMs: number | null): Promise<FromThread | null> {
    if (!worker) return Promise.resolve(null);
    tickets += 1;
    const ticket = tickets;
    return new Promise((resolve) => {
      const takeBack = budgetMs === null ? undefined : afterReading(budgetMs, () => settle(ticket, null));
      waiting.set(ticket, { resolve, takeBack });
      unanswered.add(ticket);
      post(message(ticket));
    });
  }

  return {
    /** Begins the thread, and returns at once. */
    start(): void {
      if (worker || isStopped) return;
      begin();
      nightly = setInterval(() => void reload(), servingLimits.reloadMs);
      nightly.unref();
    },
    reload,

    /** Whether it has read everything. */
    isLoaded: (): boolean => isLoaded,
    /** How often it has learnt since the process began. */
    trainings: (): number => trainings,

    /** A feed; null where there is none in time. */
    async feed(request: FeedRequest): Promise<PackedFeed | null> {
      const { budgetMs } = deps;
      if (!isLoaded || unanswered.size >= servingLimits.maxWaiting) return null;
      const asked = { ...request, effort: effortFor(unanswered.size) };
      const until = monotonicMs() + budgetMs;
      const answer = await ask((ticket) => ({ kind: 'feed', ticket, request: asked, until }), budgetMs);
      return answer?.kind === 'feed' ? answer.feed : null;
    },

    /** Tells of what happened. What comes before it is loaded is read with everything else. */
    tell(signals: readonly Signal[]): void {
      if (signals.length > 0) post({ kind: 'signals', signals });
    },

    forget: (accountId: string): void => void post({ kind: 'forget', accountId }),

    /** Resolves once everything that was told so far counts, and what the log held by then. Null: there is no engine. */
    settled: async (): Promise<boolean> =>
      (await ask((ticket) => ({ kind: 'settle', ticket }), null)) !== null,

    async stop(): Promise<void> {
      isStopped = true;
      clearTimeout(restart);
      clearInterval(nightly);
      await end();
    },
  };
}

/** The more wait, the less time there is for each. */
function effortFor(waiting: number): NonNullable<FeedRequest['effort']> {
  const { quickFrom, leastFrom } = servingLimits;
  return waiting >= leastFrom ? 'least' : waiting >= quickFrom ? 'quick' : 'full';
}
