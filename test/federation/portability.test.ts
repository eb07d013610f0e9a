import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/chaos.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let a: TestServer;
let b: TestServer;
let atA: Client;
let atB: Client;
let old: Person;
let bob: Person;
let next: Person;

beforeAll(async () => {
  a = await startTestServer({ role: 'all', host: '127.0.0.2' });
  b = await startTestServer({ role: 'all', host: '127.0.0.3' });
  [atA, atB] = [clientOf(a.origin), clientOf(b.origin)];
  const people = createPeople(a);
  old = await people.signedIn('alice');
  bob = await people.signedIn('bob');
  await people.local('mallory');
  next = await createPeople(b).signedIn('alice');
  await people.follow(old.account, bob.account);
});

afterAll(async () => {
  await Promise.all([a?.close(), b?.close()]);
});

const hostOf = (server: TestServer) => new URL(server.origin).host;
const exported = (client: Client, as: Person, kind: string) =>
  client.get(`/api/v1/exports/${kind}.csv`, { as });

async function bring(server: TestServer, as: Person, type: string, csv: string) {
  const form = new FormData();
  form.set('type', type);
  form.set('data', new Blob([csv], { type: 'text/csv' }), 'file.csv');
  const headers = { authorization: `Bearer ${as.token}` };
  const answer = await fetch(`${server.origin}/api/v1/import`, { method: 'POST', headers, body: form });
  return { status: answer.status, body: await answer.json() };
}

async function finished(client: Client, as: Person, id: string) {
  return eventually('all lines were tried', async () => {
    const { body } = await client.get('/api/v1/imports', { as });
    const found = body.find((one: { id: string }) => one.id === id);
    return found?.finished_at && found;
  });
}

describe('what somebody takes along', () => {
  test('is written as Mastodon writes it', async () => {
    const { db, inTx, social, lists, accounts } = a.context;
    const mallory = await accounts.byHandle('mallory');
    await inTx(async (tx) => {
      const { list } = (await lists.create(tx, old.id, {
        ...{ title: 'Friends', repliesPolicy: 'list', exclusive: false },
      })) as { list: { id: Parameters<typeof lists.add>[2] } };
      await lists.add(tx, old.id, list.id, [bob.id]);
      if (mallory) await social.block(tx, old.account, mallory);
      await social.blockDomain(tx, old.id, 'bad.example');
    });
    await db('follows')
      .where({ follower_id: old.id })
      .update({ languages: ['en', 'de'], reblogs: false });
    const following = await exported(atA, old, 'following');
    expect(following.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(following.headers['content-disposition']).toBe('attachment; filename=following.csv');
    expect(following.text).toBe(
      'Account address,Show boosts,Notify on new posts,Languages\n' +
        `bob@${hostOf(a)},false,false,"en, de"\n`,
    );
    expect((await exported(atA, bob, 'followers')).text).toBe(`Account address\nalice@${hostOf(a)}\n`);
    expect((await exported(atA, old, 'lists')).text).toBe(`Friends,bob@${hostOf(a)}\n`);
    expect((await exported(atA, old, 'blocks')).text).toBe(`mallory@${hostOf(a)}\n`);
    expect((await exported(atA, old, 'domain_blocks')).text).toBe('bad.example\n');
    expect((await exported(atA, old, 'passwords')).status).toBe(404);
  });

  test('is read on another server, line by line, and says what failed', async () => {
    const { text } = await exported(atA, old, 'following');
    const begun = await bring(b, next, 'following', `${text}nobody@${hostOf(a)},true,false,\n`);
    expect(begun).toMatchObject({ status: 200, body: { total: 2 } });
    const done = await finished(atB, next, begun.body.id);
    expect(done).toMatchObject({
      ...{ type: 'following', total: 2, done: 2, failed: 1 },
      failures: [{ name: `nobody@${hostOf(a)}`, reason: expect.stringContaining('no') }],
    });
    const { db } = b.context;
    const follow = await db('follows').where({ follower_id: next.id }).first();
    expect(follow).toMatchObject({ reblogs: false, notify: false, languages: ['en', 'de'] });
    await eventually('bob lets her in', async () => {
      const row = await db('follows').where({ follower_id: next.id }).first('state');
      return row?.state === 'accepted';
    });
    const listed = await bring(b, next, 'lists', (await exported(atA, old, 'lists')).text);
    expect(await finished(atB, next, listed.body.id)).toMatchObject({ done: 1, failed: 0 });
    expect((await atB.get('/api/v1/lists', { as: next })).body).toMatchObject([
      { title: 'Friends' },
      { title: 'For You' },
    ]);
    for (const [kind, table] of [
      ['blocks', 'account_blocks'],
      ['domain_blocks', 'account_domain_blocks'],
    ] as const) {
      const sent = await bring(b, next, kind, (await exported(atA, old, kind)).text);
      expect(await finished(atB, next, sent.body.id)).toMatchObject({ done: 1, failed: 0 });
      expect(await db(table).where({ account_id: next.id })).toHaveLength(1);
    }
  });

  test('is refused where it is no such file, or another one is being worked off', async () => {
    expect((await bring(b, next, 'following', 'one, two, three')).body).toMatchObject({ code: 'not-csv' });
    expect((await bring(b, next, 'passwords', 'a@b.example')).status).toBe(422);
    const { db, ids } = b.context;
    const [{ id }] = await db('imports').where({ account_id: next.id }).orderBy('id', 'desc').limit(1);
    await db('imports').where({ id }).update({ finished_at: null });
    const job = { id: ids.next(), name: 'accounts.import', queue: 'default', key: `import:${id}` };
    const later = new Date(Date.now() + 3_600_000);
    await db('jobs').insert({ ...job, payload: JSON.stringify({ importId: id }), run_at: later });
    expect((await bring(b, next, 'blocks', 'a@b.example')).body).toMatchObject({ code: 'import-running' });
    // One whose job was given up, or whose owner had left, holds up no other.
    await db('jobs').where({ id: job.id }).update({ state: 'dead', died_at: new Date() });
    const after = await bring(b, next, 'domain_blocks', 'bad.example');
    expect(after.status).toBe(200);
    await finished(atB, next, after.body.id);
  });

  test('counts each line once, whoever works it off', async () => {
    const { db, ids, inTx, portability, federation } = b.context;
    const id = ids.next<'import'>();
    const rows = Array.from({ length: 30 }, (_, n) => ({ name: `d${n}.example` }));
    await db('imports').insert({
      ...{ id, account_id: next.id, kind: 'domain_blocks', total: 30, rows: JSON.stringify(rows) },
    });
    const run = { signal: new AbortController().signal } as Parameters<typeof portability.work>[2];
    const work = () => portability.work(federation.lookup, id, run);
    const [first, second] = await Promise.all([work(), work()]);
    expect(await inTx(async (tx) => first?.(tx))).toBeInstanceOf(Date);
    const halfway = await db('imports').where({ id }).first();
    // Who began a moment later goes that much further.
    expect(halfway.done).toBeGreaterThanOrEqual(20);
    expect(halfway.finished_at).toBeNull();
    expect(second).toBeDefined();
    const last = await work();
    expect(await inTx(async (tx) => last?.(tx))).toBeNull();
    expect(await db('imports').where({ id }).first()).toMatchObject({ done: 30, failed: 0, rows: [] });
  });
});
