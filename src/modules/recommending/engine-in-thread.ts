import { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { servingLimits } from '../../../config/serving-limits.ts';
import {
  createRankingEngine,
  type Model,
  type TrainInput,
  type TrendSource,
  type TunableEngine,
} from '../ranking/index.ts';
import type { Signal } from '../signals/index.ts';
import { packed } from './packing.ts';
import { type FromThread, monotonicMs, type ToThread } from './protocol.ts';
import type { LiveSettings } from './settings.ts';

/** Where everything is read from. */
interface Stored {
  settings(): Promise<LiveSettings>;
  /** All that there is to be learnt from. */
  signals(): AsyncIterable<readonly Signal[]>;
  /** The same of one account alone. */
  signalsOf(accountId: string): AsyncIterable<readonly Signal[]>;
}

/** What was told while everything is read anew. */
interface Meanwhile {
  readonly signals: Signal[];
  /** What was read of them before that may be among what was read. */
  readonly forgotten: Set<string>;
}

/** The engine with everything that feeds it but the log. */
export function openEngine(deps: {
  readonly stored: Stored;
  readonly trends: TrendSource;
  readonly now: () => number;
  readonly tell: (message: FromThread) => void;
  readonly warn: (error: unknown) => void;
}) {
  const { stored, trends, now, tell, warn } = deps;
  let engine: TunableEngine | null = null;
  let isLearning = false;
  let relearned: Promise<void> = Promise.resolve();
  let version = '';
  /** Whose turn to be learnt of again has not come yet. */
  const toRelearn = new Set<string>();
  /** Null: nothing is read anew now. */
  let meanwhile: Meanwhile | null = null;

  /** When somebody was forgotten last: what they did before, and the log tells later, is in what was read since, or not to be known. */
  const forgottenAt = new LRUCache<string, number>({ max: servingLimits.marks });

  function ingest(into: TunableEngine, signals: readonly Signal[]): void {
    for (const signal of signals) into.ingest(signal);
  }
  function ingestTold(into: TunableEngine, signals: readonly Signal[]): void {
    for (const signal of signals) {
      const moment = isLearntFrom(signal) ? forgottenAt.get(signal.actorId) : undefined;
      if (moment === undefined || signal.at > moment) into.ingest(signal);
    }
  }

  async function relearn(accountId: string): Promise<void> {
    toRelearn.delete(accountId);
    if (!engine) return;
    const relearning = engine;
    relearning.forget(accountId);
    for await (const batch of stored.signalsOf(accountId)) ingest(relearning, batch);
  }
  /**
   * Forgets what was learnt of somebody at once, and learns from what there is to be learnt from now. That one after the other: what
   * somebody watched would count twice, if two of them went on at once.
   */
  function forget(accountId: string): void {
    forgottenAt.set(accountId, now());
    meanwhile?.forgotten.add(accountId);
    engine?.forget(accountId);
    if (!engine || toRelearn.has(accountId)) return;
    toRelearn.add(accountId);
    relearned = relearned.then(() => relearn(accountId)).catch(warn);
  }

  async function reconfigure(): Promise<void> {
    const live = await stored.settings();
    if (live.version === version || !engine) return;
    version = live.version;
    engine.configure(live.settings);
    tell({ kind: 'settings', version });
  }

  /** Has a thread of its own learn from all that is known, and ranks by that then. One at a time. */
  async function learn(): Promise<void> {
    const learning = engine;
    if (!learning || isLearning) return;
    isLearning = true;
    const startedAt = performance.now();
    try {
      const model = await trained(learning.trainInput(now()));
      // Another engine has other numbers for the same videos.
      if (engine !== learning) return;
      learning.adopt(model);
      while (engine === learning && learning.mapMore()) await betweenMessages();
      tell({ kind: 'trained', ms: Math.round(performance.now() - startedAt) });
    } catch (error) {
      warn(error);
    } finally {
      isLearning = false;
      // The one that took its place meanwhile has learnt nothing yet.
      if (engine !== learning) void learn();
    }
  }
  setInterval(() => void learn(), servingLimits.trainingMs);

  return {
    /** Reads everything anew; what is told meanwhile counts after it. */
    async load(): Promise<void> {
      const startedAt = performance.now();
      const live = await stored.settings();
      const fresh = createRankingEngine({
        ...{ settings: live.settings, random: Math.random, trends },
      });
      const told: Meanwhile = { signals: [], forgotten: new Set() };
      meanwhile = told;
      let signals = 0;
      for await (const batch of stored.signals()) {
        ingest(fresh, batch);
        signals += batch.length;
      }
      ingestTold(fresh, told.signals);
      meanwhile = null;
      engine = fresh;
      for (const accountId of told.forgotten) forget(accountId);
      version = live.version;
      tell({ kind: 'settings', version });
      tell({ kind: 'loaded', signals, ms: Math.round(performance.now() - startedAt) });
      setTimeout(() => void learn(), servingLimits.firstTrainingMs);
    },

    /** What the log says. */
    follow(signals: readonly Signal[]): void {
      if (engine) ingestTold(engine, signals);
    },

    /** What another process says by the database: `settings`, or `forget:ID`. */
    async hear(what: string): Promise<void> {
      const [kind, accountId] = what.split(':');
      if (kind === 'settings') await reconfigure();
      else if (kind === 'forget' && accountId !== undefined) forget(accountId);
    },

    /** What the holder of the thread asks and tells. Throws where there is no answer. */
    take(message: ToThread): void {
      switch (message.kind) {
        case 'feed': {
          // Whoever wanted it goes on without; those behind it still wait.
          if (monotonicMs() > message.until) {
            tell({ kind: 'overdue', ticket: message.ticket });
            return;
          }
          if (!engine) throw new Error('Nothing is loaded yet.');
          tell({ kind: 'feed', ticket: message.ticket, feed: packed(engine.feed(message.request)) });
          return;
        }
        case 'signals':
          // Further ones come by the log.
          if (meanwhile && meanwhile.signals.length < servingLimits.meanwhile)
            meanwhile.signals.push(...message.signals);
          if (engine) ingestTold(engine, message.signals);
          return;
        case 'forget':
          forget(message.accountId);
          return;
        case 'settle':
          tell({ kind: 'settled', ticket: message.ticket });
          return;
      }
    },
  };
}

/** Lets those in who wait. */
const betweenMessages = () => new Promise((resolve) => setImmediate(resolve));

/** What somebody did, and may have had forgotten; whom they follow, block or mute is not. */
function isLearntFrom(signal: Signal): signal is Signal & { readonly actorId: string } {
  const isRelation = signal.kind === 'follow' || signal.kind === 'block' || signal.kind === 'mute';
  return !isRelation && 'actorId' in signal && signal.actorId !== null;
}

/** What came of a training. Rejects where its thread ends without. */
function trained(input: TrainInput): Promise<Model> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./training-thread.ts', import.meta.url), {
      workerData: input,
      name: 'training',
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The training ended without a model.')));
  });
}
