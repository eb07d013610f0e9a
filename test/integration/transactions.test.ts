import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Db, openDatabase, type Tx, transactions } from '../../src/db/database.ts';
import { createGate } from '../helpers/chaos.ts';
import { createTestDatabase, dropTestDatabase } from '../helpers/stack.ts';

let url: string;
let db: Db;

beforeAll(async () => {
  url = await createTestDatabase({ name: 'empty', prepare: async () => undefined });
  db = openDatabase(url, 4);
  await db.raw('create table nests (id int primary key, eggs int not null)');
});

beforeEach(async () => {
  await db('nests').delete();
  await db('nests').insert([
    { id: 1, eggs: 0 },
    { id: 2, eggs: 0 },
  ]);
});

afterAll(async () => {
  await db.destroy();
  await dropTestDatabase(url);
});

const lay = (tx: Tx, id: number) => tx('nests').where({ id }).increment('eggs', 1);
const eggs = () => db('nests').orderBy('id').pluck('eggs');

describe('a transaction', () => {
  test('that PostgreSQL ends because it and another wait for each other is done again', async () => {
    const inTx = transactions(db);
    const [first, second] = [createGate(), createGate()];
    let runs = 0;
    const both = (own: number, other: number, mine: typeof first, theirs: typeof first) =>
      inTx(async (tx) => {
        runs += 1;
        await lay(tx, own);
        // Each holds its row before it wants that of the other.
        mine.open();
        await theirs.pass();
        await lay(tx, other);
        return own;
      });
    expect(await Promise.all([both(1, 2, first, second), both(2, 1, second, first)])).toEqual([1, 2]);
    // Three, or more where who was ended takes its row again before the other was woken.
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(await eggs()).toEqual([2, 2]);
  });

  test('that saw what another changed since is done again, where it asked to be told', async () => {
    const inTx = transactions(db);
    let runs = 0;
    await inTx(async (tx) => {
      runs += 1;
      await tx.raw('set transaction isolation level repeatable read');
      await tx('nests').first();
      if (runs === 1) await db('nests').where({ id: 1 }).update({ eggs: 5 });
      await lay(tx, 1);
    });
    expect([runs, await eggs()]).toEqual([2, [6, 0]]);
  });

  test('is given up where that goes on, and is not done again for any other reason', async () => {
    const inTx = transactions(db);
    let runs = 0;
    const failing = (code: string) =>
      inTx(async (tx) => {
        runs += 1;
        await lay(tx, 1);
        await tx.raw(`do $$ begin raise exception 'no' using errcode = '${code}'; end $$`);
      });
    await expect(failing('40P01')).rejects.toMatchObject({ code: '40P01' });
    expect(runs).toBe(4);
    runs = 0;
    await expect(failing('23505')).rejects.toMatchObject({ code: '23505' });
    expect(runs).toBe(1);
    expect(await eggs()).toEqual([0, 0]);
  });
});
