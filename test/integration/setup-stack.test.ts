import { Redis } from 'ioredis';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startOwnRedis } from '../helpers/chaos.ts';
import { query } from '../helpers/probes.ts';
import {
  createTestDatabase,
  type DatabaseTemplate,
  dropTestDatabase,
  nextDatabase,
  testRedis,
} from '../helpers/stack.ts';

describe('the stack that test files share', () => {
  const notes: DatabaseTemplate = {
    name: `notes of ${process.pid}`,
    prepare: (url) => query(url, 'create table notes (body text)'),
  };

  async function database(template?: DatabaseTemplate): Promise<string> {
    const url = await createTestDatabase(template);
    onTestFinished(() => dropTestDatabase(url));
    return url;
  }

  test('gives each caller a copy of the template, prepared once', async () => {
    let prepared = 0;
    const counted = {
      ...notes,
      prepare: (url: string) => {
        prepared += 1;
        return notes.prepare(url);
      },
    };
    const [one, two] = await Promise.all([database(counted), database(counted)]);
    expect(prepared).toBe(1);
    await query(one, "insert into notes values ('only here')");
    expect(await query(two, 'select body from notes')).toEqual([]);
  });

  test('makes a template again when its preparation failed', async () => {
    const name = `broken of ${process.pid}`;
    const broken = { name, prepare: () => Promise.reject(new Error('no luck')) };
    await expect(createTestDatabase(broken)).rejects.toThrow('no luck');
    await query(await database({ ...notes, name }), 'select body from notes');
  });

  test('has the schema of the server by default, owned by its role', async () => {
    const url = await database();
    const rows = await query(
      url,
      "select pg_get_userbyid(relowner) as owner from pg_class where relname = 'migrations'",
    );
    expect(rows).toEqual([{ owner: 'vireo' }]);
  });

  test('drops a database that somebody still uses', async () => {
    const url = await createTestDatabase(notes);
    const client = new pg.Client({ connectionString: url });
    const ended = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    await dropTestDatabase(url);
    await ended;
    await expect(query(url, 'select 1')).rejects.toThrow('does not exist');
  });

  test('gives each caller an empty Redis of its own', async () => {
    const [one, two] = await Promise.all([testRedis(), testRedis()]);
    const first = new Redis(one.url);
    const second = new Redis(two.url);
    await first.set('key', 'value');
    expect(await second.get('key')).toBeNull();
    expect(await second.dbsize()).toBe(0);
    expect(one.prefix).not.toBe(two.prefix);
    first.disconnect();
    second.disconnect();
  });

  test('gives nobody a Redis that another one still uses, however many were given since', async () => {
    const own = await startOwnRedis();
    const [shared, busy] = [new Redis(own.url), new Redis(`${own.url}/3`)];
    try {
      await busy.ping();
      const given: number[] = [];
      for (let n = 0; n < 28; n += 1) given.push(await nextDatabase(shared));
      // Of sixteen, one is for those who ask and one is taken.
      expect(new Set(given)).toEqual(new Set([1, 2, ...Array.from({ length: 12 }, (_, n) => n + 4)]));
    } finally {
      shared.disconnect();
      busy.disconnect();
      await own.close();
    }
  });
});
