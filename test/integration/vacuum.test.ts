import { afterAll, beforeAll, expect, test } from 'vitest';
import { maintenanceLimits } from '../../config/maintenance-limits.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Tables with many dead rows are found and cleared; the others are left alone. */
let server: TestServer;
/** PostgreSQL tells of what it counted after a second or more. */
const PATIENT = { timeout: 20_000 };
beforeAll(async () => {
  server = await startTestServer({ role: 'none' });
});
afterAll(() => server?.close());

const vacuum = (wish: { all?: boolean; full?: boolean; dryRun?: boolean }) =>
  server.context.maintenance.vacuum(
    operator,
    { all: false, full: false, dryRun: false, ...wish },
    () => undefined,
  );

async function found(wish: { dryRun?: boolean; full?: boolean } = {}) {
  const done = await vacuum({ dryRun: true, ...wish });
  if (!done.ok) throw new Error(done.detail);
  return done.tables;
}

/** Rows that lived and died. */
async function die(): Promise<void> {
  const { db } = server.context;
  const count = maintenanceLimits.vacuumDeadRows * 3;
  await db.raw(`alter table reserved_names set (autovacuum_enabled = off)`);
  await db.raw(
    `insert into reserved_names (id, name_key, comment)
     select n, n::text, repeat('x', 400) from generate_series(1, ?) as n`,
    [count],
  );
  await db('reserved_names').whereRaw('id <> 1').delete();
}

test('a table with many dead rows is found, cleared, and smaller once it is written anew', async () => {
  const { db, inTx, serverLock } = server.context;
  expect(await found()).toEqual([]);
  await die();
  // What is counted is told to all a moment after the statement.
  await expect
    .poll(async () => (await found()).map(({ table }) => table), PATIENT)
    .toEqual(['reserved_names']);
  const [before] = await found();
  expect(before).toMatchObject({ dead: expect.any(Number), bytesAfter: null });

  expect(await vacuum({ full: true })).toMatchObject({ ok: false, reason: 'conflict' });
  await inTx((tx) => serverLock.lock(tx, operator, { reason: '' }));
  const done = await vacuum({ full: true });
  if (!done.ok) throw new Error(done.detail);
  const [after] = done.tables;
  expect(after?.bytesAfter).toBeLessThan((before?.bytes ?? 0) / 4);
  await expect.poll(() => found(), PATIENT).toEqual([]);

  const entry = await db('audit_log').where({ action: 'maintenance.vacuum' }).first('detail');
  expect(entry?.detail).toEqual({ full: true, tables: ['reserved_names'] });
});
