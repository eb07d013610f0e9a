import { Worker } from 'node:worker_threads';
import { servingLimits } from '../../../config/serving-limits.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { FeedRequest, RankedFeed } from '../ranking/index.ts';
import type { Signal } from '../signals/index.ts';
import type { FromThread, ThreadData, ToThread } from './protocol.ts';

export type EngineHost = ReturnType<typeof createEngineHost>;

interface Waiting {
  readonly resolve: (answer: FromThread | null) => void;
  readonly timer: NodeJS.Timeout | undefined;
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
  /** Hears the version of the settings that the engine ranks by. */
  readonly onSettings: (version: string) => void;
}) {
  const { clock, log } = deps;
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let isLoaded = false;
  let isStopped = false;
  let tickets = 0;
  let trainings = 0;
  let failures = 0;
  let restart: NodeJS.Timeout | undefined;
  let nightly: NodeJS.Timeout | undefined;

  function settle(ticket: number, answer: FromThread | null): void {
    const one = waiting.get(ticket);
    if (!one) return;
    waiting.delete(ticket);
    clearTimeout(one.timer);
    one.resolve(answer);
  }

  /** What is done for each kind of message. */
  const heard: { readonly [K in FromThread['kind']]: (message: Extract<FromThread, { kind: K }>) => void } = {
    feed: (message) => settle(message.ticket, message),
    settled: (message) => settle(message.ticket, message),
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
  const hear = (message: FromThread): void => heard[message.kind](message as never);

  function begin(): void {
    const workerData: ThreadData = { ...deps.data, clockOffsetMs: clock.now() - Date.now() };
    const own = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData,
      name: 'ranking',
      resourceLimits: { maxOldGenerationSizeMb: servingLimits.maxHeapMb },
    });
    worker = own;
    own.on('message', hear);
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

  /** Ends the thread and begins another, which reads everything anew. */
  async function reload(): Promise<void> {
    const own = worker;
    if (!own || isStopped) return;
    drop();
    begin();
    await own.terminate();
  }
  function drop(): void {
    worker = null;
    isLoaded = false;
    for (const ticket of [...waiting.keys()]) settle(ticket, null);
  }

  const post = (message: ToThread) => worker?.postMessage(message);

  function ask(message: (ticket: number) => ToThread, budgetMs: number | null): Promise<FromThread | null> {
    if (!worker) return Promise.resolve(null);
    tickets += 1;
    const ticket = tickets;
    return new Promise((resolve) => {
      const timer = budgetMs === null ? undefined : setTimeout(() => settle(ticket, null), budgetMs);
      waiting.set(ticket, { resolve, timer });
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
    async feed(request: FeedRequest): Promise<RankedFeed | null> {
      if (!isLoaded || waiting.size >= servingLimits.maxWaiting) return null;
      const effort = effortFor(waiting.size);
      const asked = { ...request, effort };
      const answer = await ask(
        (ticket) => ({ kind: 'feed', ticket, request: asked }),
        servingLimits.budgetMs,
      );
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
      const own = worker;
      drop();
      await own?.terminate();
    },
  };
}

/** The more wait, the less time there is for each. */
function effortFor(waiting: number): NonNullable<FeedRequest['effort']> {
  const { quickFrom, leastFrom } = servingLimits;
  return waiting >= leastFrom ? 'least' : waiting >= quickFrom ? 'quick' : 'full';
}
