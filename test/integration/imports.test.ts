import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { portabilityLimits } from '../../config/account-limits.ts';
import type { ImportId } from '../../src/lib/ids.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { jobRun } from '../helpers/job-run.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let people: People;
let client: Client;
let names = 0;
let alice: Person;
let bob: Person;
let carol: Person;

beforeAll(async () => {
  // Without a worker: each test runs the jobs itself.
  server = await startTestServer();
  people = createPeople(server);
  client = clientOf(server.origin);
});

beforeEach(async () => {
  names += 1;
  [alice, bob, carol] = [
    await people.signedIn(`alice${names}`),
    await people.signedIn(`bob${names}`),
    await people.signedIn(`carol${names}`),
  ];
});

afterAll(() => server.close());

const db = () => server.context.db;
const at = (one: Person) => `${one.account.username}@${server.context.urls.domain}`;

async function bring(type: string, csv: string, mode?: string, as = alice) {
  const form = new FormData();
  form.set('type', type);
  if (mode !== undefined) form.set('mode', mode);
  form.set('data', new Blob([csv], { type: 'text/csv' }), 'file.csv');
  const headers = { authorization: `Bearer ${as.token}` };
  const answer = await fetch(`${server.origin}/api/v1/import`, { method: 'POST', headers, body: form });
  return { status: answer.status, body: await answer.json() };
}

/** One run of the job, as a worker does it; true when there is nothing more to be done. */
async function work(id: string): Promise<boolean> {
  const { handlers, inTx } = server.context;
  const finish = await handlers['accounts.import']({ importId: id as ImportId }, jobRun());
  const again = finish ? await inTx(finish) : null;
  if (again === null)
    await db()('jobs')
      .where({ key: `import:${id}` })
      .delete();
  return again === null;
}

async function brought(type: string, csv: string, mode?: string) {
  const begun = await bring(type, csv, mode);
  expect(begun.body).toMatchObject({ id: expect.any(String) });
  while (!(await work(begun.body.id)));
  return (await client.get(`/api/v1/imports/${begun.body.id}`, { as: alice })).body;
}

const follows = async (): Promise<string[]> =>
  db()('follows').where({ follower_id: alice.id }).orderBy('target_id').pluck('target_id');

describe('a file that overwrites', () => {
  test('takes away whom it does not name, of those followed', async () => {
    await people.follow(alice.account, bob.account);
    const kept = await brought('following', `${at(carol)}\n`, 'merge');
    expect(kept).toMatchObject({ mode: 'merge', done: 1, failed: 0, cancelled_at: null });
    expect(await follows()).toEqual([bob.id, carol.id].sort());
    const done = await brought('following', `${at(carol).toUpperCase()}\n`, 'overwrite');
    expect(done).toMatchObject({ mode: 'overwrite', done: 1, failed: 0 });
    expect(await follows()).toEqual([carol.id]);
    // Nothing is remembered of lines that went well.
    expect(await db()('import_outcomes').where({ import_id: done.id })).toEqual([]);
  });

  test('leaves those whose line failed: their server may be away', async () => {
    const far = await people.remote('dave', 'far.test');
    await people.follow(alice.account, far);
    await people.follow(alice.account, bob.account);
    await db()('accounts').where({ id: far.id }).update({ fetched_at: null });
    const { federation } = server.context;
    const { account } = federation.lookup;
    const away = async () => ({ ok: false, reason: 'unreachable' }) as const;
    Object.assign(federation.lookup, { account: away });
    const done = await brought('following', 'dave@far.test\n', 'overwrite');
    Object.assign(federation.lookup, { account });
    expect(done).toMatchObject({ failed: 1, failures: [{ name: 'dave@far.test', reason: 'unreachable' }] });
    expect(await follows()).toEqual([far.id]);
  });

  test('works for blocks, mutes, domains, lists and bookmarks, too', async () => {
    const { inTx, social, engagement, lists, urls } = server.context;
    const { video } = createVideoFactory(server.context);
    const [first, second] = [await video(bob.account), await video(bob.account)];
    const dora = await people.signedIn(`dora${names}`);
    await inTx(async (tx) => {
      await social.mute(tx, {
        accountId: alice.id,
        targetId: bob.id,
        notifications: true,
        durationSeconds: 0,
      });
      await social.blockDomain(tx, alice.id, 'old.example');
      await engagement.bookmark(tx, alice.id, { videoId: first });
    });
    const { list } = (await inTx((tx) =>
      lists.create(tx, alice.id, { title: 'Friends', repliesPolicy: 'list', exclusive: false }),
    )) as { list: { id: Parameters<typeof lists.add>[2] } };
    await people.follow(alice.account, bob.account);
    await people.follow(alice.account, carol.account);
    await inTx((tx) => lists.add(tx, alice.id, list.id, [bob.id]));

    await brought('mutes', `${at(carol)},false\n`, 'overwrite');
    expect(await db()('account_mutes').where({ account_id: alice.id }).pluck('target_id')).toEqual([
      carol.id,
    ]);
    await brought('domain_blocks', 'new.example\n', 'overwrite');
    expect(await db()('account_domain_blocks').where({ account_id: alice.id }).pluck('domain')).toEqual([
      'new.example',
    ]);
    await brought('lists', `Friends,${at(carol)}\n`, 'overwrite');
    expect(await db()('list_accounts').where({ list_id: list.id }).pluck('account_id')).toEqual([carol.id]);
    await brought('bookmarks', `${urls.video(second)}\n`, 'overwrite');
    expect(await db()('bookmarks').where({ account_id: alice.id }).pluck('video_id')).toEqual([second]);
    await inTx((tx) => social.block(tx, alice.account, bob.account));
    await brought('blocks', `${at(dora)}\n`, 'overwrite');
    expect(await db()('account_blocks').where({ account_id: alice.id }).pluck('target_id')).toEqual([
      dora.id,
    ]);
  });

  test('of more than is taken away at once goes on until nothing is left of it', async () => {
    const domains = Array.from({ length: portabilityLimits.takenAwayAtOnce + 10 }, (_, n) => ({
      ...{ account_id: alice.id, domain: `d${n}.example` },
    }));
    await db()('account_domain_blocks').insert(domains);
    const { id } = (await bring('domain_blocks', 'new.example\n', 'overwrite')).body;
    expect(await work(id)).toBe(false);
    const left = () => db()('account_domain_blocks').where({ account_id: alice.id }).pluck('domain');
    expect(await left()).toHaveLength(11);
    expect((await client.get(`/api/v1/imports/${id}`, { as: alice })).body.finished_at).toBeNull();
    expect(await work(id)).toBe(true);
    expect(await left()).toEqual(['new.example']);
  });
});

describe('bookmarks', () => {
  test('are kept of what one may see, by whatever address it has', async () => {
    const { video } = createVideoFactory(server.context);
    const open = await video(bob.account);
    const hidden = await video(bob.account, { visibility: 'followers' });
    const { urls } = server.context;
    const csv = `${urls.videoPage(bob.account.username, open)}\n${urls.video(hidden)}\n`;
    const done = await brought('bookmarks', csv);
    expect(done).toMatchObject({ total: 2, done: 2, failed: 1 });
    expect(done.failures[0]).toMatchObject({
      name: urls.video(hidden),
      reason: expect.stringMatching(/no such post/),
    });
    expect(await db()('bookmarks').where({ account_id: alice.id }).pluck('video_id')).toEqual([open]);
    const file = await client.get('/api/v1/exports/bookmarks.csv', { as: alice });
    expect(file.text).toBe(`${urls.video(open)}\n`);
    expect((await bring('bookmarks', 'ftp://a.example/1\nnot a page\n')).body).toMatchObject({
      code: 'not-csv',
    });
  });
});

describe('what a file names at addresses that this server must not reach', () => {
  /** Listens where only this machine is; tells how often somebody came. */
  async function listener() {
    let met = 0;
    const listening = createServer((socket) => {
      met += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.9', resolve));
    const { port } = listening.address() as AddressInfo;
    return { host: `127.0.0.9:${port}`, met: () => met, close: () => listening.close() };
  }

  test.for([
    ['following', (host: string) => `a@${host}\nb@10.0.0.1\nc@169.254.169.254\nd@[::1]\ne@localhost\n`],
    ['lists', (host: string) => `Friends,a@${host}\n`],
    ['bookmarks', (host: string) => `http://${host}/videos/1\nhttp://169.254.169.254/latest\n`],
  ] as const)('is not asked for: %s', async ([type, csv]) => {
    const inside = await listener();
    const done = await brought(type, csv(inside.host));
    inside.close();
    expect([done.failed, inside.met()]).toEqual([done.total, 0]);
    expect(await follows()).toEqual([]);
  });
});

describe('lines that failed', () => {
  test('are listed with their reasons in a file that can be brought again', async () => {
    const lost = `nobody${names}@${server.context.urls.domain}`;
    const done = await brought('following', `Account address,Show boosts\n${lost},false\n${at(bob)},true\n`);
    expect(done).toMatchObject({ total: 2, done: 2, failed: 1 });
    const path = `/api/v1/imports/${done.id}/failures`;
    const file = await client.get(path, { as: alice });
    expect(file.headers['content-type']).toMatch(/^text\/csv/);
    const [head, line] = file.text.split('\n');
    expect(head).toBe('Account address,Show boosts,Notify on new posts,Languages,Reason');
    expect(line).toMatch(new RegExp(`^${lost},false,false,,.+`));
    expect(await brought('following', file.text)).toMatchObject({ total: 1, failed: 1 });
    for (const target of [path, `/api/v1/imports/${done.id}`]) {
      expect((await client.get(target, { as: bob })).status).toBe(404);
      expect((await client.get(target)).status).toBe(401);
    }
  });

  test('are all in the file, also where not all are shown', async () => {
    const { failuresKept } = portabilityLimits;
    const lines = Array.from({ length: failuresKept + 5 }, (_, n) => `x${n}@${server.context.urls.domain}`);
    const done = await brought('blocks', lines.join('\n'));
    expect(done).toMatchObject({ failed: failuresKept + 5 });
    expect(done.failures).toHaveLength(failuresKept);
    const file = await client.get(`/api/v1/imports/${done.id}/failures`, { as: alice });
    expect(file.text.trim().split('\n')).toHaveLength(failuresKept + 5);
  });
});

describe('an import whose owner leaves', () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => `d${n}.example`).join('\n');

  test('ends there, and is not taken up again when she comes back', async () => {
    const { inTx, auth } = server.context;
    const { id } = (await bring('domain_blocks', many(30))).body;
    expect(await work(id)).toBe(false);
    await inTx((tx) => auth.leave(tx, alice.id));
    expect(await work(id)).toBe(true);
    const { token } = (
      await client.post('/api/v1/sessions', {
        body: { login: alice.account.username, password: 'correct horse battery', kind: 'bearer' },
      })
    ).body;
    const found = await client.get(`/api/v1/imports/${id}`, { as: { token } });
    expect(found.body).toMatchObject({
      ...{ done: portabilityLimits.rowsPerRun, total: 30 },
      ...{ finished_at: expect.any(String), cancelled_at: expect.any(String) },
    });
    expect(await db()('imports').where({ id }).first('rows')).toEqual({ rows: [] });
    expect(await work(id)).toBe(true);
    expect(await db()('account_domain_blocks').where({ account_id: alice.id })).toHaveLength(
      portabilityLimits.rowsPerRun,
    );
    expect((await bring('domain_blocks', many(1), 'merge', { ...alice, token })).status).toBe(200);
  });

  test('ends between two lines', async () => {
    const { inTx, auth, federation } = server.context;
    const { id } = (await bring('following', `${at(bob)}\nx@far.test\n${at(carol)}\n`)).body;
    const { account } = federation.lookup;
    // While a far server is asked.
    Object.assign(federation.lookup, {
      account: async () => {
        await inTx((tx) => auth.leave(tx, alice.id));
        return { ok: false, reason: 'not-found' } as const;
      },
    });
    expect(await work(id)).toBe(true);
    Object.assign(federation.lookup, { account });
    expect(await db()('imports').where({ id }).first('done', 'cancelled_at')).toMatchObject({
      ...{ done: 1, cancelled_at: expect.any(Date) },
    });
    expect(await follows()).toEqual([bob.id]);
  });
});
