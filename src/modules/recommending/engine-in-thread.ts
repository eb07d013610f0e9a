import { Worker } from 'node:worker_threads';
import { servingLimits } from '../../../config/serving-limits.ts';
import type { Db } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import {
  createRankingEngine,
  type Model,
  type TrainInput,
  type TrendSource,
  type TunableEngine,
} from '../ranking/index.ts';
import type { Signal } from '../signals/index.ts';
import { storedSignals, storedSignalsOf } from './load.ts';
import type { FromThread, ToThread } from './protocol.ts';
import { readSettings } from './settings.ts';

/** The engine with everything that feeds it but the log. */
export function openEngine(deps: {
  readonly db: Db;
  readonly trends: TrendSource;
  readonly now: () => number;
  readonly tell: (message: FromThread) => void;
  readonly warn: (error: unknown) => void;
}) {
  const { db, trends, now, tell, warn } = deps;
  let engine: TunableEngine | null = null;
  let isLearning = false;
  let relearned: Promise<void> = Promise.resolve();
  let version = '';
  /** What was told while everything is read anew; null at all other times. */
  let meanwhile: Signal[] | null = null;

  function ingest(into: TunableEngine, signals: readonly Signal[]): void {
    for (const signal of signals) into.ingest(signal);
  }

  /** Forgets what was learnt of somebody, and learns from what there is to be learnt from now. */
  async function relearn(accountId: string): Promise<void> {
    if (!engine) return;
    const relearning = engine;
    relearning.forget(accountId);
    for await (const batch of storedSignalsOf(db, now(), accountId as AccountId)) ingest(relearning, batch);
  }
  /** One after the other: what somebody watched would count twice, if two of them went on at once. */
  function relearnInTurn(accountId: string): void {
    relearned = relearned.then(() => relearn(accountId)).catch(warn);
  }

  async function reconfigure(): Promise<void> {
    const live = await readSettings(db);
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
      tell({ kind: 'trained', ms: Math.round(performance.now() - startedAt) });
    } catch (error) {
      warn(error);
    } finally {
      isLearning = false;
    }
  }
  setInterval(() => void learn(), servingLimits.trainingMs);

  return {
    /** Reads everything anew; what is told meanwhile counts after it. */
    async load(): Promise<void> {
      const startedAt = performance.now();
      const live = await readSettings(db);
      const fresh = createRankingEngine({
        ...{ settings: live.settings, random: Math.random, trends },
      });
      meanwhile = [];
      const told = meanwhile;
      let signals = 0;
      for await (const batch of storedSignals(db, now())) {
        ingest(fresh, batch);
        signals += batch.length;
      }
      ingest(fresh, told);
      meanwhile = null;
      engine = fresh;
      version = live.version;
      tell({ kind: 'settings', version });
      tell({ kind: 'loaded', signals, ms: Math.round(performance.now() - startedAt) });
      setTimeout(() => void learn(), servingLimits.firstTrainingMs);
    },

    /** What the log says. */
    follow(signals: readonly Signal[]): void {
      if (engine) ingest(engine, signals);
    },

    /** What another process says by the database: `settings`, or `forget:ID`. */
    async hear(what: string): Promise<void> {
      const [kind, accountId] = what.split(':');
      if (kind === 'settings') await reconfigure();
      else if (kind === 'forget' && accountId !== undefined) relearnInTurn(accountId);
    },

    /** What the holder of the thread asks and tells. Throws where there is no answer. */
    take(message: ToThread): void {
      switch (message.kind) {
        case 'feed': {
          if (!engine) throw new Error('Nothing is loaded yet.');
          tell({ kind: 'feed', ticket: message.ticket, feed: engine.feed(message.request) });
          return;
        }
        case 'signals':
          meanwhile?.push(...message.signals);
          if (engine) ingest(engine, message.signals);
          return;
        case 'forget':
          relearnInTurn(message.accountId);
          return;
        case 'settle':
          tell({ kind: 'settled', ticket: message.ticket });
          return;
      }
    },
  };
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
