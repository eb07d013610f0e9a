import { watchLimits } from '../../../config/feed-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import { createBatches } from '../../lib/batches.ts';
import type { Clock } from '../../lib/clock.ts';
import { purposeKey } from '../../lib/crypto.ts';
import type { AccountId, IdSource, VideoId } from '../../lib/ids.ts';
import { clearHistory, forgetWatched, historyQueries, setSettings, setUnwanted } from './history.ts';
import { createRecording, type RecordingDeps, type WatchOutcome, type WatchReport } from './recording.ts';
import { addTallies, sweepWatching, viewsOf } from './tallies.ts';

export { type FreshWatch, viewThresholdMs, type Watcher, watchKinds, watchSources } from './model.ts';

export type Watching = ReturnType<typeof createWatching>;

/** What people watch: told in batches, counted once, kept for those who watched, and shown to nobody else. */
export function createWatching(deps: {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly unlistedDomains: UnlistedDomains;
  readonly instanceSecret: string;
  readonly onFresh?: RecordingDeps['onFresh'];
}) {
  const { db, inTx, ids, clock, unlistedDomains, instanceSecret, onFresh } = deps;
  const key = purposeKey({ instanceSecret, purpose: 'watch-event' });
  const record = createRecording({ db, inTx, ids, clock, unlistedDomains, key, ...(onFresh && { onFresh }) });
  const add = createBatches<WatchReport, WatchOutcome>({
    run: record,
    limits: watchLimits.store,
    bytesOf: ({ events }) => events.length,
  });

  return {
    ...historyQueries(db, unlistedDomains),
    /** Settles once the report is stored for good. Undefined: too many wait already. */
    report: (report: WatchReport): Promise<WatchOutcome> | undefined => add(report),
    viewsOf: (videoIds: readonly VideoId[]) => viewsOf(db, videoIds),
    forgetWatched: (tx: Tx, accountId: AccountId, videoId: VideoId) => forgetWatched(tx, accountId, videoId),
    clearHistory: (tx: Tx, accountId: AccountId) => clearHistory(tx, accountId),
    setSettings,
    setUnwanted: (tx: Tx, input: Parameters<typeof setUnwanted>[2]) => setUnwanted(ids, tx, input),

    /** Adds all that was counted to the counts of the videos. */
    async addTallies(signal?: AbortSignal): Promise<void> {
      let added: number = watchLimits.talliesAtOnce;
      while (added === watchLimits.talliesAtOnce && !signal?.aborted) added = await addTallies(inTx);
    },
    sweep: (signal: AbortSignal) => sweepWatching(db, clock.now(), signal),
  };
}
