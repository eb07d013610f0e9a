import { expect } from 'vitest';
import { openDatabase, type Tx } from '../../src/db/database.ts';
import type { TestServer } from './server.ts';

/**
 * Starts what races for a row while `lock` holds it, waits until `waiting` transactions want it, and lets them go.
 * Otherwise the first is often done before the connections of the others are open.
 */
export async function raceForRow<T>(
  { context }: TestServer,
  { lock, start, waiting }: { lock: (tx: Tx) => Promise<unknown>; start: () => Promise<T>; waiting: number },
): Promise<T> {
  const db = openDatabase(context.databaseUrl, 2);
  const wanting = async () => {
    const query = db('pg_stat_activity').where({ wait_event_type: 'Lock' });
    return (await query.whereRaw('datname = current_database()').select('pid')).length;
  };
  try {
    const tx = await db.transaction();
    try {
      await lock(tx);
      const racing = start();
      await Promise.race([racing, expect.poll(wanting, { timeout: 20_000 }).toBeGreaterThanOrEqual(waiting)]);
      await tx.commit();
      return await racing;
    } finally {
      if (!tx.isCompleted()) await tx.rollback();
    }
  } finally {
    await db.destroy();
  }
}
