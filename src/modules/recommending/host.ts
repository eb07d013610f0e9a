import { setTimeout as pause } from 'node:timers/promises';
import { servingLimits } from '../../../config/serving-limits.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { FeedRequest } from '../ranking/index.ts';
import type { Signal } from '../signals/index.ts';
import { type EngineThread, openThread } from './engine-thread.ts';
import type { PackedFeed } from './packing.ts';
import { type FromThread, monotonicMs, type ThreadData, type ToThread } from './protocol.ts';

export type EngineHost = ReturnType<typeof createEngineHost>;

/** Of `servingLimits`. */
export type EngineLimits = Readonly<
  Record<
    | ('maxWaiting' | 'quickFrom' | 'leastFrom' | 'restartMs' | 'maxRestartMs' | 'maxHeapMb')
    | ('reloadMs' | 'reloadSpreadMs' | 'staleSpreadMs' | 'besideMaxBytes' | 'besideLearnMs'),
    number
  >
>;

/**
 * Holds the ranking engine in a thread of its own, so that ranking never keeps a request waiting that has nothing to do with it. It answers
 * within its budget or not at all: while it loads, after it died, and when more wait than it can serve, there is no answer, and the
 * feed does without. A thread that ends is begun again. Each day, and when an engine has missed something, everything is read anew by another
 * thread: the one from before goes on until that has learnt, where there is memory for both.
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
  readonly limits?: EngineLimits;
}) {
  const { clock, log, budgetMs, limits = servingLimits } = deps;
  const { thread = new URL('./thread.ts', import.meta.url) } = deps;
  /** Who is asked; null before the first, and for a moment after one died. */
  let answering: EngineThread | null = null;
  /** Who will be asked once it has learnt. */
  let coming: EngineThread | null = null;
  const living = new Set<EngineThread>();
  let isStopped = false;
  let trainings = 0;
  let failures = 0;
  /** The reload that goes on, and the one after it. */
  let running: Promise<boolean> | null = null;
  let queued: Promise<boolean> | null = null;
  let next: { readonly at: number; readonly timer: NodeJS.Timeout } | null = null;

  /** What is done for each kind of message, but what is asked for. */
  function hear(own: EngineThread, message: FromThread): void {
    switch (message.kind) {
      case 'loaded':
        log.info({ signals: message.signals, ms: message.ms }, 'the ranking engine is loaded');
        renewWithin(limits.reloadMs, limits.reloadSpreadMs);
        return;
      case 'trained':
        trainings += 1;
        // Not before: learning is what takes most memory.
        failures = 0;
        log.info({ ms: message.ms }, 'the ranking engine has learnt');
        return;
      case 'settings':
        if (own === answering) deps.onSettings(message.version);
        return;
      case 'failed':
        log.warn({ detail: message.detail }, 'the ranking engine could not answer');
        return;
      case 'warning':
        log.warn({ detail: message.detail }, 'the ranking engine goes on without something');
        return;
      case 'stale':
        // Whoever comes after it has its own place in the log, and says so where that misses something, too.
        if (own === answering && coming) return;
        log.warn({ detail: message.detail }, 'the ranking engine has missed something, and is exchanged');
        renewWithin(0, limits.staleSpreadMs);
        return;
    }
  }

  function open(): EngineThread {
    const own: EngineThread = openThread({
      ...{ thread, maxHeapMb: limits.maxHeapMb },
      data: { ...deps.data, clockOffsetMs: clock.now() - Date.now() },
      onMessage: (message) => hear(own, message),
      onError: (error) => log.error({ err: error }, 'the ranking engine ended; feeds go on without it'),
    });
    living.add(own);
    void own.gone.then(() => {
      living.delete(own);
      mourn(own);
    });
    return own;
  }

  /** One that was not let go has ended: the other takes its place at once, or another is begun after a while. */
  function mourn(own: EngineThread): void {
    if (isStopped || (own !== answering && own !== coming)) return;
    const successor = own === answering ? coming : null;
    if (own === answering) answering = null;
    coming = null;
    if (successor) {
      putFirst(successor);
      return;
    }
    renewWithin(Math.min(limits.restartMs * 2 ** failures, limits.maxRestartMs), 0);
    failures += 1;
  }
  function putFirst(own: EngineThread): void {
    answering = own;
    const version = own.version();
    if (version !== null) deps.onSettings(version);
  }

  /** Has everything read anew after `ms`, and by chance up to `spreadMs` later: not by all processes at once. The first such wish counts. */
  function renewWithin(ms: number, spreadMs: number): void {
    const at = performance.now() + ms + Math.random() * spreadMs;
    if (isStopped || (next && next.at <= at)) return;
    clearTimeout(next?.timer);
    const timer = setTimeout(renew, Math.max(0, at - performance.now()));
    timer.unref();
    next = { at, timer };
  }

  function renew(): void {
    next = null;
    if (answering) void reload();
    else if (running) void running.then(renew);
    else if (!isStopped) putFirst(open());
  }

  /** Resolves with whether an engine that has read everything since answers; where one goes on already, after another. */
  function reload(): Promise<boolean> {
    if (!running) {
      running = exchange().finally(() => {
        running = null;
      });
      return running;
    }
    queued ??= running.then(() => {
      queued = null;
      return reload();
    });
    return queued;
  }

  async function exchange(): Promise<boolean> {
    const before = answering;
    if (!before || isStopped) return false;
    clearTimeout(next?.timer);
    next = null;
    const isBeside = before.isLoaded() && (await fits(before));
    if (isStopped || answering !== before) return false;
    if (!isBeside) return replace(before);
    const fresh = open();
    coming = fresh;
    if (!(await fresh.loaded)) return false;
    const late = pause(limits.besideLearnMs, undefined, { ref: false });
    await Promise.race([fresh.learnt, before.gone, late]);
    // Unless the one from before died meanwhile, and it answers already; or it died itself.
    if (coming === fresh) {
      coming = null;
      putFirst(fresh);
      await before.rest(budgetMs);
      await before.end();
    }
    return answering === fresh && !isStopped;
  }

  /** Without an engine in between. */
  async function replace(before: EngineThread): Promise<boolean> {
    answering = null;
    await before.end();
    if (isStopped) return false;
    const fresh = open();
    putFirst(fresh);
    return fresh.loaded;
  }

  /** Whether there is memory for another one of its size, and for what it learns by. */
  async function fits(own: EngineThread): Promise<boolean> {
    const bytes = await own.bytes();
    return process.memoryUsage.rss() + 1.5 * bytes <= limits.besideMaxBytes;
  }

  const post = (message: ToThread): void => {
    for (const one of [answering, coming]) one?.post(message);
  };

  return {
    /** Begins the thread, and returns at once. */
    start(): void {
      if (!answering && !running && !isStopped) putFirst(open());
    },
    reload,

    /** Whether one that has read everything is there. */
    isLoaded: (): boolean => answering?.isLoaded() ?? false,
    /** How often any has learnt since the process began. */
    trainings: (): number => trainings,

    /** A feed; null where there is none in time. */
    async feed(request: FeedRequest): Promise<PackedFeed | null> {
      const own = answering;
      if (!own?.isLoaded() || own.unanswered() >= limits.maxWaiting) return null;
      const asked = { ...request, effort: effortFor(own.unanswered(), limits) };
      const until = monotonicMs() + budgetMs;
      const answer = await own.ask((ticket) => ({ kind: 'feed', ticket, request: asked, until }), budgetMs);
      return answer?.kind === 'feed' ? answer.feed : null;
    },

    /** Tells of what happened. What comes before an engine is loaded is read with everything else. */
    tell(signals: readonly Signal[]): void {
      if (signals.length > 0) post({ kind: 'signals', signals });
    },

    forget: (accountId: string): void => post({ kind: 'forget', accountId }),

    /** Resolves once everything that was told so far counts, and what the log held by then. False: there is no engine. */
    settled: async (): Promise<boolean> =>
      ((await answering?.ask((ticket) => ({ kind: 'settle', ticket }), null)) ?? null) !== null,

    async stop(): Promise<void> {
      isStopped = true;
      clearTimeout(next?.timer);
      [answering, coming] = [null, null];
      await Promise.all([...living].map((one) => one.end()));
    },
  };
}

/** The more wait, the less time there is for each. */
function effortFor(
  waiting: number,
  { quickFrom, leastFrom }: EngineLimits,
): NonNullable<FeedRequest['effort']> {
  return waiting >= leastFrom ? 'least' : waiting >= quickFrom ? 'quick' : 'full';
}
