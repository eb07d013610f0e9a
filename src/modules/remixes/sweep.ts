import type { Db } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';

/**
 * Forgets who asked before that time and was told no. What waits for an answer ends after a time of its own; see `endSilence`.
 * Returns how many.
 */
export const sweepRefusedRequests = (db: Db, before: Date, signal?: AbortSignal): Promise<number> =>
  deleteInBatches(
    db,
    'remix_requests',
    { condition: `state = 'refused' and created_at < ?`, bindings: [before] },
    signal,
  );
