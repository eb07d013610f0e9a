import type { Tx } from '../../src/db/database.ts';
import type { Enqueue } from '../../src/jobs/enqueue.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import { type Actor, type Audit, permitted } from '../../src/modules/staff/index.ts';
import { drainKey } from './store.ts';

export interface ReplayDeps {
  readonly enqueue: Enqueue;
  readonly audit: Audit;
}

/** Has a received activity looked at once more, as after a fault of this server was mended. */
export type ReplayActivity = (
  tx: Tx,
  by: Actor,
  activityUri: string,
) => Promise<Result<{ count: number }, 'permission-missing' | 'not-found' | 'not-possible'>>;

/**
 * One that failed, or that was refused or ignored, waits again as if it had just come: its sender has proven then that it is
 * theirs. One that has had its effect stays as it is, and so does one that still waits.
 */
export function createReplay({ enqueue, audit }: ReplayDeps): ReplayActivity {
  return async (tx, by, activityUri) => {
    const allowed = permitted(by, 'queues');
    if (!allowed.ok) return allowed;
    const known = tx('inbox_activities').where({ activity_uri: activityUri });
    if (!(await known.clone().first('id'))) {
      return fail('not-found', 'No such activity was accepted in the last 30 days.');
    }
    const again: { host: string }[] = await known
      .clone()
      .whereNotIn('state', ['queued', 'applied'])
      .update({
        state: 'queued',
        reason: null,
        attempts: 0,
        last_error: null,
        next_at: tx.fn.now(),
        processed_at: null,
      })
      .returning('host');
    if (again.length === 0) return fail('not-possible', 'It has had its effect, or still waits for it.');
    for (const { host } of again) {
      await enqueue(tx, { name: 'inbox.drain', payload: { host }, key: drainKey(host) });
    }
    const target = { kind: 'queue', id: activityUri } as const;
    await audit.record(tx, by, { action: 'inbox.replay', target });
    return ok({ count: again.length });
  };
}
