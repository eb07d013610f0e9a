import { afterEach, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { createTestDatabase, dropTestDatabase } from '../helpers/stack.ts';

const MINUTE_MS = 60_000;

afterEach(() => vi.restoreAllMocks());

test('a connection is kept for a while and then made anew, never within a transaction', async () => {
  const url = await createTestDatabase();
  const db = openDatabase(url, 1);
  const backend = async (on: Pick<typeof db, 'raw'>) =>
    (await on.raw('select pg_backend_pid() as pid')).rows[0].pid as number;
  try {
    const first = await backend(db);
    expect(await backend(db)).toBe(first);
    const began = performance.now();
    const later = (minutes: number) =>
      vi.spyOn(performance, 'now').mockImplementation(() => began + minutes * MINUTE_MS);
    later(4);
    expect(await backend(db)).toBe(first);
    await db.transaction(async (tx) => {
      later(11);
      expect(await backend(tx)).toBe(first);
    });
    expect(await backend(db)).not.toBe(first);
  } finally {
    await db.destroy();
    await dropTestDatabase(url);
  }
});
