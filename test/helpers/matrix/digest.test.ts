import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../server.ts';
import { changedTables, createRowDigest } from './digest.ts';

let server: TestServer;
let digests: Awaited<ReturnType<typeof createRowDigest>>;

beforeAll(async () => {
  server = await startTestServer();
  digests = await createRowDigest(server.context);
});
afterAll(async () => {
  await digests?.close();
  await server?.close();
});

/** What a digest says of some work. */
async function changedBy(work: () => PromiseLike<unknown>): Promise<string[]> {
  const before = await digests.take();
  await work();
  return changedTables(before, await digests.take());
}

const KEY = { name: 'INSTANCE_NAME' };

test('a digest names each table that was written to, and no other', async () => {
  const { db } = server.context;
  expect(await changedBy(() => db('settings').insert({ ...KEY, value: '"a"' }))).toEqual(['settings']);
  expect(await changedBy(() => db('settings').where(KEY))).toEqual([]);
  expect(await changedBy(() => db('settings').where({ name: 'nothing' }).delete())).toEqual([]);
  expect(await changedBy(() => db('settings').where(KEY).update({ value: '"a"' }))).toEqual(['settings']);
  expect(await changedBy(() => db('settings').where(KEY).delete())).toEqual(['settings']);
  expect(await changedBy(() => db.raw('truncate settings'))).toEqual(['settings']);
});

test('what was taken back was not written; what is committed later is seen later', async () => {
  const { db } = server.context;
  const row = { ...KEY, value: '"a"' };
  const undone = async () => {
    const tx = await db.transaction();
    await tx('settings').insert(row);
    await tx.rollback();
  };
  expect(await changedBy(undone)).toEqual([]);
  const open = await db.transaction();
  expect(await changedBy(() => open('settings').insert(row))).toEqual([]);
  expect(await changedBy(() => open.commit())).toEqual(['settings']);
});
