import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { PolicyChange } from '../../src/modules/instances/index.ts';
import { eventually, quiet } from '../helpers/activities.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let follower: Person;
let stranger: Person;
let staff: Person;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  follower = await people.signedIn('follower');
  stranger = await people.signedIn('stranger');
});

let made = 0;
beforeEach(async () => {
  staff = await people.signedIn(`boss_${++made}`, 'owner');
});

afterAll(() => server?.close());

const set = async (domain: string, change: PolicyChange) => {
  const { instances, inTx } = server.context;
  const outcome = await inTx((tx) => instances.setPolicy(tx, domain, change));
  if (!outcome.ok) throw new Error(outcome.detail);
  return outcome.policy;
};
const lift = (domain: string) => {
  const { instances, inTx } = server.context;
  return inTx((tx) => instances.removePolicy(tx, domain));
};

/** Somebody of a domain whom `follower` follows, with one public video. */
async function author(domain: string): Promise<{ account: Account; videoId: VideoId }> {
  const account = await people.remote('author', domain);
  await people.follow(follower.account, account);
  return { account, videoId: await videos.video(account) };
}

const shows = async (path: string, id: VideoId, as?: Person): Promise<boolean> => {
  const { status, body } = await client.get(path, { as });
  return status === 200 && body.some((item: { id: string }) => item.id === id);
};

const followsOf = ({ id }: Account) =>
  server.context.db('follows').where({ follower_id: id }).orWhere({ target_id: id });

describe('the most specific policy decides', () => {
  test('whatever is above it', async () => {
    const { instances } = server.context;
    await set('layers.test', { severity: 'suspend' });
    await set('good.layers.test', { severity: 'allow', rejectMedia: true });
    await set('bad.good.layers.test', { severity: 'silence' });
    expect(await instances.isBlocked('layers.test')).toBe(true);
    expect(await instances.isBlocked('other.layers.test')).toBe(true);
    expect(await instances.isBlocked('GOOD.layers.test.:8443')).toBe(false);
    expect(await instances.standingOf('x.good.layers.test')).toMatchObject({ rejectsMedia: true });
    expect(await instances.standingOf('x.bad.good.layers.test')).toEqual({
      ...{ suspended: false, silenced: true, rejectsMedia: false, rejectsReports: false },
      mediaMode: null,
    });
    expect(await instances.mediaRefusal(['x.test', 'good.layers.test'])).toBe('domain-media-rejected');
    expect(await instances.mediaRefusal(['x.test', 'a.layers.test'])).toBe('domain-suspended');
    expect(await instances.mediaRefusal(['x.test'])).toBeNull();
  });

  test('until it has expired; then the one above it, and it is swept', async () => {
    const { instances, db, inTx } = server.context;
    await set('lasting.test', { severity: 'silence' });
    await set('sub.lasting.test', { severity: 'suspend', expiresAt: new Date(Date.now() + 3_600_000) });
    expect(await instances.isBlocked('sub.lasting.test')).toBe(true);
    // Follows end with the suspension; this one comes after that.
    await quiet(server);
    const { account, videoId } = await author('sub.lasting.test');
    const page = '/api/v1/timelines/home';
    expect(await shows(page, videoId, follower)).toBe(false);
    await db('domain_policies')
      .where({ domain: 'sub.lasting.test' })
      .update({ expires_at: new Date(1) });
    expect(await instances.standingOf('sub.lasting.test')).toMatchObject({
      suspended: false,
      silenced: true,
    });
    expect(await followsOf(account)).toHaveLength(1);
    expect(await shows(page, videoId, follower)).toBe(true);
    expect(await inTx((tx) => instances.sweepPolicies(tx))).toBe(1);
    expect(await instances.policyOf('sub.lasting.test')).toBeNull();
  });

  test('a change keeps what it does not name', async () => {
    const first = await set('kept.test', { severity: 'silence', rejectMedia: true, publicComment: 'Loud.' });
    const second = await set('KEPT.test', { severity: 'noop', rejectReports: true });
    expect(second).toEqual({ ...first, severity: 'noop', rejectReports: true });
  });
});

describe('a suspended domain', () => {
  test('is hidden at once, follows both ways end, and lifting shows it again', async () => {
    const { account, videoId } = await author('sub.gone.test:8443');
    const other = await author('notgone.test');
    await people.follow(account, follower.account);
    expect(await followsOf(account)).toHaveLength(2);
    const pages = [
      '/api/v1/timelines/public',
      '/api/v1/timelines/home',
      `/api/v1/accounts/${account.id}/statuses`,
    ];
    for (const path of pages) expect(await shows(path, videoId, follower), path).toBe(true);

    await quiet(server);
    const told = () => server.context.db('deliveries').where({ host: 'sub.gone.test:8443' }).pluck('id');
    const before = await told();
    await set('gone.test', { severity: 'suspend' });
    for (const path of pages) expect(await shows(path, videoId, follower), path).toBe(false);
    expect((await client.get(`/api/v1/statuses/${videoId}`, { as: follower })).status).toBe(404);
    const { acct } = account;
    const profile = [`/api/v1/accounts/${account.id}`, `/api/v1/accounts/lookup?acct=${acct}`];
    for (const path of profile) expect((await client.get(path, { as: follower })).status, path).toBe(404);
    expect((await client.get(`/api/v2/search?q=${acct}`, { as: follower })).body.accounts).toEqual([]);
    const path = `/api/v1/accounts/${account.id}/follow`;
    expect((await client.post(path, { as: stranger })).status).toBe(404);
    expect(await shows('/api/v1/timelines/home', other.videoId, follower)).toBe(true);
    await quiet(server);
    expect(await followsOf(account)).toEqual([]);
    expect(await followsOf(other.account)).toHaveLength(1);
    // Nothing goes out, not even that.
    expect(await told()).toEqual(before);

    expect(await lift('gone.test')).toBe(true);
    expect(await shows('/api/v1/timelines/public', videoId)).toBe(true);
    expect((await client.get(`/api/v1/statuses/${videoId}`)).status).toBe(200);
    await quiet(server);
    expect(await lift('gone.test')).toBe(false);
  });
});

describe('a silenced domain', () => {
  test('is absent from public lists, but for those who follow there', async () => {
    const { account, videoId } = await author('quiet.test');
    await set('quiet.test', { severity: 'silence' });
    for (const path of ['/api/v1/timelines/public', '/api/v1/timelines/public?remote=true']) {
      expect(await shows(path, videoId), path).toBe(false);
      expect(await shows(path, videoId, stranger), path).toBe(false);
      expect(await shows(path, videoId, follower), path).toBe(true);
    }
    expect(await shows('/api/v1/timelines/home', videoId, follower)).toBe(true);
    // Whoever knows where it is may look.
    expect(await shows(`/api/v1/accounts/${account.id}/statuses`, videoId, stranger)).toBe(true);
    await lift('quiet.test');
    expect(await shows('/api/v1/timelines/public', videoId)).toBe(true);
  });
});

describe('allow-list mode', () => {
  test('only allowed domains talk and are shown', async () => {
    const { databaseUrl } = server.context;
    const listed = await author('sub.listed.test');
    const unlisted = await author('unlisted.test');
    await set('listed.test', { severity: 'allow' });
    await set('noted.test', { severity: 'noop' });
    const closed = await startTestServer({
      role: 'none',
      variables: {
        ...{ FEDERATION_MODE: 'allow-list', DATABASE_URL: databaseUrl, ORIGIN: server.origin },
        DATA_DIR: server.dataDir,
      },
    });
    try {
      const { instances, videos: shown } = closed.context;
      const { host, port } = closed.context.config.listen;
      expect([host, port]).not.toEqual([]);
      for (const name of ['listed.test', 'SUB.listed.test.', 'a.b.listed.test:99']) {
        expect(await instances.isBlocked(name), name).toBe(false);
      }
      for (const name of ['unlisted.test', 'noted.test', 'test', 'notlisted.test', '']) {
        expect(await instances.isBlocked(name), name).toBe(true);
      }
      const own = await videos.video(stranger.account);
      const page = { maxId: null, minId: null, limit: 40 };
      const seen = (await shown.publicVideos(follower.id, page, { scope: 'all' })).map((video) => video.id);
      expect(seen).toEqual(expect.arrayContaining([own, listed.videoId]));
      expect(seen).not.toContain(unlisted.videoId);
    } finally {
      // The database is the other server's.
      await closed.context.close();
    }
  });
});

describe('the API for the staff', () => {
  const path = '/api/v1/admin/domain_blocks';

  test('makes, lists, changes and lifts blocks', async () => {
    const body = {
      domain: 'BÜCHER.api.test.',
      severity: 'silence',
      reject_media: true,
      private_comment: 'x',
    };
    const first = await client.post(path, { as: staff, body });
    expect(first.status, first.text).toBe(200);
    expect(first.body).toMatchObject({
      ...{ domain: 'xn--bcher-kva.api.test', severity: 'silence', reject_media: true, reject_reports: false },
      ...{ private_comment: 'x', public_comment: null, obfuscate: false, expires_at: null },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { id } = first.body;
    expect((await client.get(`${path}/${id}`, { as: staff })).body).toEqual(first.body);
    const again = await client.post(path, { as: staff, body: { domain: 'xn--bcher-kva.api.test' } });
    expect([again.status, again.body.code]).toEqual([422, 'domain-known']);

    const changed = await client.put(`${path}/${id}`, { as: staff, body: { severity: 'suspend' } });
    expect(changed.body).toEqual({ ...first.body, severity: 'suspend', level: 'suspend' });
    const listed = await client.get(`${path}?limit=1`, { as: staff });
    expect(listed.body).toEqual([changed.body]);
    expect(listed.headers.link).toContain(`max_id=${id}`);
    const second = await client.get(`${path}?limit=1&max_id=${id}`, { as: staff });
    expect(second.body[0]?.id).not.toBe(id);

    expect((await client.delete(`${path}/${id}`, { as: staff })).status).toBe(200);
    expect((await client.get(`${path}/${id}`, { as: staff })).status).toBe(404);
    expect(await server.context.instances.isBlocked('bücher.api.test')).toBe(false);
  });

  test('keeps allows apart from blocks', async () => {
    const allows = '/api/v1/admin/domain_allows';
    const one = await client.post(allows, { as: staff, body: { domain: 'friend.test' } });
    expect(one.body).toEqual({ id: one.body.id, domain: 'friend.test', created_at: expect.any(String) });
    expect((await client.post(allows, { as: staff, body: { domain: 'friend.test' } })).body).toEqual(
      one.body,
    );
    expect((await client.get(allows, { as: staff })).body).toContainEqual(one.body);
    expect((await client.get(`${path}/${one.body.id}`, { as: staff })).status).toBe(404);
    await set('foe.test', { severity: 'suspend' });
    expect((await client.post(allows, { as: staff, body: { domain: 'foe.test' } })).status).toBe(422);
    expect((await client.delete(`${allows}/${one.body.id}`, { as: staff })).status).toBe(200);
    expect((await client.get(`${allows}/${one.body.id}`, { as: staff })).status).toBe(404);
  });

  test.each([
    {},
    { domain: '' },
    { domain: 'https://x.test/' },
    { domain: 'x.test', severity: 'allow' },
    { domain: 'x.test', expires_at: 'soon' },
    { domain: 'x'.repeat(400) },
  ])('refuses %j', async (body) => {
    expect((await client.post(path, { as: staff, body })).status).toBe(422);
  });
});

describe('a domain that one person has blocked', () => {
  const path = '/api/v1/domain_blocks';

  test('is not shown to that person, and nobody there follows that person', async () => {
    const person = await people.signedIn('careful');
    const { account, videoId } = await author('sub.mine.test');
    await people.follow(person.account, account);
    await people.follow(account, person.account);
    await people.follow(account, stranger.account);
    expect((await client.post(path, { as: person, body: { domain: 'MINE.test.' } })).status).toBe(200);
    expect((await client.get(path, { as: person })).body).toEqual(['mine.test']);
    for (const list of ['/api/v1/timelines/public', '/api/v1/timelines/home']) {
      expect(await shows(list, videoId, person), list).toBe(false);
      expect(await shows(list, videoId, follower), list).toBe(true);
    }
    await quiet(server);
    const { social, db, inTx } = server.context;
    const targets = await db('follows').where({ follower_id: account.id }).pluck('target_id');
    expect(targets).toEqual([stranger.id]);
    const told = await db('activities').where({ account_id: person.id }).pluck('type');
    expect(told).toContain('Reject');

    const uri = 'https://sub.mine.test/follows/2';
    const refused = await inTx((tx) => social.follow(tx, account, person.account, uri));
    expect(refused).toMatchObject({ ok: false, reason: 'blocked' });
    await quiet(server);
    const answers = await db('activities').where({ account_id: person.id, object_uri: uri }).pluck('type');
    expect(answers).toEqual(['Reject']);
    expect(await inTx((tx) => social.follow(tx, person.account, account))).toMatchObject({
      reason: 'blocked',
    });

    expect((await client.delete(`${path}?domain=mine.test`, { as: person })).status).toBe(200);
    expect((await client.get(path, { as: person })).body).toEqual([]);
    expect(await shows('/api/v1/timelines/public', videoId, person)).toBe(true);
    expect(await inTx((tx) => social.follow(tx, account, person.account, uri))).toMatchObject({ ok: true });
  });

  test('followers beyond one step are turned away too', async () => {
    const person = await people.signedIn('popular');
    const { db } = server.context;
    await db.raw(
      `insert into accounts (id, username, username_key, domain, actor_uri, actor_type, inbox_uri)
       select 7000000 + n, 'f' || n, 'f' || n, 'crowd.test', 'https://crowd.test/' || n, 'Person', 'https://crowd.test/inbox'
       from generate_series(1, 250) n`,
    );
    await db.raw(
      `insert into follows (id, follower_id, target_id, uri, state)
       select 8000000 + n, 7000000 + n, ?, 'urn:' || n, 'accepted' from generate_series(1, 250) n`,
      [person.id],
    );
    await client.post(path, { as: person, body: { domain: 'crowd.test' } });
    await eventually('all are turned away', async () => {
      return (await db('follows').where({ target_id: person.id })).length === 0;
    });
  });

  test('lists are paged by name, and bounded', async () => {
    const person = await people.signedIn('lister');
    const names = ['a.test', 'b.test', 'c.test'];
    for (const domain of names) await client.post(path, { as: person, body: { domain } });
    expect((await client.get(`${path}?limit=2`, { as: person })).body).toEqual(['a.test', 'b.test']);
    expect((await client.get(`${path}?limit=2&max_id=b.test`, { as: person })).body).toEqual(['c.test']);
    expect((await client.post(path, { as: person, body: { domain: 'a b' } })).status).toBe(422);
    await server.context.db.raw(
      `insert into account_domain_blocks (account_id, domain) select ?, n || '.many.test' from generate_series(1, 997) n`,
      [person.id],
    );
    const more = await client.post(path, { as: person, body: { domain: 'one-more.test' } });
    expect([more.status, more.body.code]).toEqual([422, 'too-many-domains']);
  });
});

describe('a domain that is kept from feeds', () => {
  test('is absent from what nobody asked for, but for those who follow there, and heard as all others are', async () => {
    const { account, videoId } = await author('nofeed.test');
    await set('nofeed.test', { severity: 'no-feed' });
    for (const path of ['/api/v1/timelines/public', '/api/v1/trends/statuses']) {
      expect(await shows(path, videoId), path).toBe(false);
      expect(await shows(path, videoId, stranger), path).toBe(false);
    }
    expect(await shows('/api/v1/timelines/public', videoId, follower)).toBe(true);
    expect(await shows('/api/v1/timelines/home', videoId, follower)).toBe(true);
    expect(await shows(`/api/v1/accounts/${account.id}/statuses`, videoId, stranger)).toBe(true);
    expect(await server.context.instances.standingOf('nofeed.test')).toMatchObject({ silenced: false });
  });

  test.each(['no-feed', 'silence'] as const)(
    '%s: it is not recommended, but to those who follow there',
    async (severity) => {
      const domain = `${severity}.unwanted.test`;
      const { videoId } = await author(domain);
      const among = async (viewer: Person | null) => {
        const found = await server.context.videos.recommendableAmong(viewer?.id ?? null, [videoId]);
        return found.map(({ id }) => id);
      };
      expect(await among(stranger)).toEqual([videoId]);
      await set(domain, { severity });
      expect(await among(stranger)).toEqual([]);
      expect(await among(null)).toEqual([]);
      expect(await among(follower)).toEqual([videoId]);
    },
  );
});
