import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { createTestDatabase, dropTestDatabase } from '../helpers/stack.ts';

let url: string;
let db: Db;

beforeEach(async () => {
  url = await createTestDatabase({ name: 'empty', prepare: async () => undefined });
  // One connection: what is prepared belongs to it.
  db = openDatabase(url, 1);
  await db.raw('create table birds (id bigint primary key, name text not null)');
  await db('birds').insert([
    { id: 1, name: 'wren' },
    { id: 2, name: 'heron' },
  ]);
});

afterEach(async () => {
  await db.destroy();
  await dropTestDatabase(url);
});

const repeat = async (times: number, ask: () => Promise<unknown>) => {
  for (let n = 0; n < times; n += 1) await ask();
};

/** What the connection has prepared of those about birds, and how often each was run. */
async function prepared(): Promise<{ statement: string; runs: number }[]> {
  const { rows } = await db.raw(
    `select statement, (generic_plans + custom_plans)::int as runs from pg_prepared_statements
     where statement like '%birds%' and statement not like '%pg_prepared%'`,
  );
  return rows;
}

describe('statements that are repeated', () => {
  test('are prepared once and run by name, with the values of each time', async () => {
    const named = (id: number) => db('birds').where({ id }).pluck('name');
    await repeat(3, () => named(1));
    expect(await prepared()).toEqual([]);
    expect([await named(1), await named(2), await named(3)]).toEqual([['wren'], ['heron'], []]);
    expect(await prepared()).toEqual([{ statement: expect.stringContaining('"id" = $1'), runs: 3 }]);
  });

  test('lists of values are one text where they are one value, and are left alone where they are many', async () => {
    await repeat(9, () => db('birds').whereIn('id', [1, 2, 3, 4]).select('id'));
    expect(await prepared()).toEqual([]);
    await repeat(9, () =>
      db('birds')
        .whereRaw('id = any(?)', [[1, 2]])
        .select('id'),
    );
    expect(
      await db('birds')
        .whereRaw('id = any(?)', [[2, 3]])
        .pluck('id'),
    ).toEqual(['2']);
    expect(await prepared()).toHaveLength(1);
  });

  test('rows of values are left alone where they are many, and so is a very long text', async () => {
    const add = (ids: number[]) => db('birds').insert(ids.map((id) => ({ id, name: 'tern' })));
    await repeat(5, async () => {
      await add([10, 11]);
      await db.raw('select name from birds join (values (lower(?)), (?)) as them (name) using (name)', [
        'A',
        'b',
      ]);
      await db('birds').where('id', '>=', 10).delete();
      await db.raw(`select name from birds where name <> '${'x'.repeat(8_192)}'`);
    });
    const statements = (await prepared()).map(({ statement }) => statement.slice(0, 60));
    expect(statements).toEqual([expect.stringContaining('delete from "birds"')]);
    // One row has one text.
    for (const id of [20, 21, 22, 23]) await add([id]);
    expect(await prepared()).toHaveLength(2);
  });

  test('a migration that changes what they give is not noticed by who asks', async () => {
    const all = () => db('birds').orderBy('id');
    await repeat(5, all);
    expect(await prepared()).toHaveLength(1);
    await db.raw('alter table birds add column song text');
    expect(await all()).toEqual([
      { id: '1', name: 'wren', song: null },
      { id: '2', name: 'heron', song: null },
    ]);
    await repeat(5, all);
    expect((await prepared()).map(({ runs }) => runs)).toContain(2);
  });

  test('nor by a transaction, of which it would undo what was done before', async () => {
    const all = () => db('birds').orderBy('id');
    const renamed = (name: string) =>
      db.transaction(async (tx) => {
        await tx('birds').where({ id: 1 }).update({ name });
        return tx('birds').orderBy('id');
      });
    await repeat(5, all);
    await repeat(5, () => renamed('robin'));
    await db.raw('alter table birds add column song text');
    expect(await renamed('lark')).toMatchObject([{ name: 'lark', song: null }, { name: 'heron' }]);
  });

  test('an error of a statement is that of the one who asked', async () => {
    const add = (id: number) => db('birds').insert({ id, name: 'tern' });
    for (const id of [10, 11, 12, 13, 14]) await add(id);
    await expect(add(14)).rejects.toMatchObject({ code: '23505' });
    await add(15);
    expect(await prepared()).toHaveLength(1);
  });

  test('no more are kept than a connection should hold', async () => {
    for (let n = 0; n < 310; n += 1) {
      await repeat(4, () => db('birds').select(db.raw(`${n}::int as n`)));
    }
    expect(await prepared()).toHaveLength(300);
    expect(await db('birds').select(db.raw('309::int as n'))).toMatchObject([{ n: 309 }, { n: 309 }]);
  });
});
