import { afterAll, beforeAll, expect, test } from 'vitest';
import { up } from '../../migrations/0009_inbox_queue.ts';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { createTestDatabase, dropTestDatabase } from '../helpers/stack.ts';

let url: string;
let db: Db;

beforeAll(async () => {
  url = await createTestDatabase();
  db = openDatabase(url);
  await db.schema.alterTable('inbox_activities', (t) => {
    for (const column of ['host', 'attempts', 'next_at', 'last_error']) t.dropColumn(column);
  });
});
afterAll(async () => {
  await db.destroy();
  await dropTestDatabase(url);
});

const activity = (id: number, host: string, state = 'queued') => ({
  ...{ id, actor_uri: `https://${host}/users/carol`, activity_uri: `https://${host}/${id}` },
  ...{ type: 'Like', body: '{}', state },
});
const job = (id: number, inboxId: number, more: object = {}) => ({
  ...{ id, name: 'inbox.process', queue: 'inbox', payload: JSON.stringify({ inboxId: String(inboxId) }) },
  ...{ attempts: 3, run: 7, scheduled_run: 7, ...more },
});

test('activities that wait for a job of the old kind get one of the new kind per host', async () => {
  await db('inbox_activities').insert([
    activity(1, 'a.example'),
    activity(2, 'A.example:8443'),
    activity(3, 'a.example'),
    activity(4, 'a.example', 'applied'),
    activity(5, 'b.example'),
  ]);
  await db('jobs').insert([
    job(11, 1),
    job(12, 2),
    job(13, 3),
    job(15, 5, { state: 'dead', last_error: 'Never.', died_at: new Date(0) }),
    { id: 16, name: 'deliver.host', queue: 'deliver', payload: '{}' },
  ]);
  await db.transaction((tx) => up(tx));
  expect(await db('jobs').orderBy('id').select('id', 'name', 'payload', 'key', 'run', 'attempts')).toEqual([
    {
      id: '11',
      name: 'inbox.drain',
      payload: { host: 'a.example' },
      key: 'inbox:a.example',
      run: 8,
      attempts: 0,
    },
    {
      ...{ id: '12', name: 'inbox.drain', payload: { host: 'a.example:8443' } },
      ...{ key: 'inbox:a.example:8443', run: 8, attempts: 0 },
    },
    { id: '16', name: 'deliver.host', payload: {}, key: null, run: 0, attempts: 0 },
  ]);
  const rows = await db('inbox_activities').orderBy('id').select('id', 'state', 'last_error');
  expect(rows.map((row) => row.state)).toEqual(['queued', 'queued', 'queued', 'applied', 'failed']);
  expect(rows[4].last_error).toBe('Never.');
});
