import { knex } from 'knex';
import { expect, test } from 'vitest';
import type { AccountId } from '../lib/ids.ts';
import type { Db } from './database.ts';
import { madeOnce, SOME_VIDEOS, SOMEBODY } from './made-once.ts';
import { visibleTo } from './visibility.ts';

const db = knex({ client: 'pg' });
const seen = (viewerId: AccountId, ids: string[]) =>
  db('videos').select('id').whereRaw('videos.id = any(?)', [ids]).modify(visibleTo(viewerId));

/** The statement that would be sent, in place of its rows. */
const told = {
  raw: async (sql: string, values: never) => ({ rows: [db.raw(sql, values).toSQL().toNative()] }),
} as unknown as Db;

test('what is made once asks the same as what is built for these values, each time', async () => {
  const read = madeOnce(told, [SOME_VIDEOS, SOMEBODY], seen(SOMEBODY, SOME_VIDEOS));
  for (const [ids, viewerId] of [
    [['1', '2'], '7' as AccountId],
    [['3'], '8' as AccountId],
  ] as const) {
    const { sql, bindings } = seen(viewerId, [...ids])
      .toSQL()
      .toNative();
    expect(await read([ids, viewerId])).toMatchObject([{ sql, bindings }]);
  }
});

test('a value that stands nowhere in the statement is noticed when it is made', () => {
  expect(() => madeOnce(db, [SOME_VIDEOS, 'nobody'], seen(SOMEBODY, SOME_VIDEOS))).toThrow();
});
