import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { workLeft } from '../helpers/chaos.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { clientOf, createPeople, PASSWORD, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** OP12: whoever is deleted is nowhere any more: not in the database, the stored files, or the log. */
let server: TestServer;
let client: ReturnType<typeof clientOf>;
let gone: { id: string; videoId: string };

const EMAIL = 'herringgull-4711@example.org';
const IP = '203.0.113.47';
const WORD = 'guillemotword';
const lines: string[] = [];

beforeAll(async () => {
  const log = createLogger('debug', { write: (line) => void lines.push(line) });
  server = await startTestServer({
    ...{ role: 'all', overrides: { log } },
    variables: { TRUST_PROXY: 'loopback' },
  });
  client = clientOf(server.origin);
  const { context } = server;
  const people = createPeople(server);
  const account = await people.local('herringgull', { email: EMAIL });
  const fan = await people.signedIn('fan');
  const moderator = await people.signedIn('mo', 'moderator');
  const signIn = { login: 'herringgull', password: PASSWORD };
  const session = await client.post('/api/v1/sessions', { body: signIn, from: IP });
  expect(session.status).toBe(200);
  const me: Person = { id: account.id, account, token: await people.tokenOf(account) };
  const playable = await createClipFactory(context);
  const videoId = await playable(account, { caption: `${WORD} dives`, tags: ['seabirds'] });
  const fansVideo = await playable(fan.account);
  await people.follow(fan.account, account);
  await people.follow(account, fan.account);
  const as = { as: me, from: IP };
  const deeds: [string, object?][] = [
    [`/api/v1/statuses/${fansVideo}/favourite`],
    [`/api/v1/statuses/${fansVideo}/reblog`],
    [`/api/v1/statuses/${fansVideo}/bookmark`],
    [`/api/v1/videos/${fansVideo}/comments`, { text: `${WORD} was here` }],
    ['/api/v2/filters', { title: WORD, context: ['home'] }],
    ['/api/v1/lists', { title: WORD }],
  ];
  for (const [path, body = {}] of deeds)
    expect((await client.post(path, { ...as, body })).status, path).toBe(200);
  const act = { as: moderator, body: { type: 'silence', text: 'Too loud.' } };
  expect((await client.post(`/api/v1/admin/accounts/${account.id}/action`, act)).status).toBe(200);
  await client.post(`/api/v1/statuses/${videoId}/favourite`, { as: fan });
  gone = { id: account.id, videoId };
}, 60_000);

afterAll(() => server?.close());

/** The tables in whose rows a text stands. */
async function tablesWith(text: string): Promise<string[]> {
  const { db } = server.context;
  const tables: string[] = await db('pg_tables')
    .where({ schemaname: 'public' })
    .orderBy('tablename')
    .pluck('tablename');
  const found: string[] = [];
  for (const table of tables) {
    const row = await db(table).whereRaw(`strpos(??::text, ?) > 0`, [table, text]).first(db.raw('1 as one'));
    if (row) found.push(table);
  }
  return found;
}

async function storedKeys(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of server.context.storage.list('')) keys.push(key);
  return keys;
}

describe('OP12 an account that is deleted', () => {
  test('leaves an emptied row, by which its name stays taken, and the entries of the log', async () => {
    const { context } = server;
    const { db, inTx, measures, accounts } = context;
    expect(await tablesWith(EMAIL)).toEqual(['users']);
    expect(await tablesWith(IP)).toContain('sessions');
    expect((await storedKeys()).some((key) => key.includes(gone.videoId))).toBe(true);

    const target = { kind: 'account', id: gone.id as Person['id'] } as const;
    const done = await inTx((tx) => measures.take(tx, operator, { target, measure: 'delete', facts: '' }));
    expect(done).toMatchObject({ ok: true, changed: true });
    await vi.waitFor(
      async () => {
        expect(await workLeft(db)).toBe(0);
        expect((await storedKeys()).filter((key) => key.includes(gone.videoId))).toEqual([]);
      },
      { timeout: 30_000, interval: 100 },
    );
    // What signs the news of the end goes once every server had time to hear of it.
    await db('accounts')
      .where({ id: gone.id })
      .update({ deleted_at: new Date(0) });
    await inTx((tx) => accounts.forgetDeleted(tx));
    // What was counted and not added up yet.
    await context.analytics.fold(new AbortController().signal);

    for (const text of [EMAIL, IP, WORD]) expect(await tablesWith(text), text).toEqual([]);
    expect(await tablesWith(gone.id)).toEqual(['accounts', 'audit_log']);
    expect((await storedKeys()).filter((key) => key.includes(gone.id))).toEqual([]);
    const row = await db('accounts').where({ id: gone.id }).first();
    expect(row).toMatchObject({ state: 'deleted', display_name: '', bio_text: '', avatar_key: null });
    const log = lines.join('');
    for (const text of [EMAIL, IP, WORD]) expect(log).not.toContain(text);
  }, 60_000);
});
