import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pushLimits } from '../../config/live-limits.ts';
import type { JobPayload } from '../../src/jobs/registry.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { ensureVapidKeys } from '../../src/modules/push/index.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { jobRun } from '../helpers/job-run.ts';
import { createDeeds, settle } from '../helpers/news.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { createPushApp, startPushService, vapidClaims } from '../helpers/push-service.ts';
import { HONEST } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const PATH = '/api/v1/push/subscription';

let server: TestServer;
let client: Client;
let people: People;
let deeds: ReturnType<typeof createDeeds>;
let service: Awaited<ReturnType<typeof startPushService>>;
let alice: Person;
let bob: Person;
let video: VideoId;
const app = createPushApp();

beforeAll(async () => {
  server = await startTestServer();
  service = await startPushService(HONEST);
  client = clientOf(server.origin);
  people = createPeople(server);
  deeds = createDeeds(server.context);
  [alice, bob] = [await people.signedIn('alice'), await people.signedIn('bob')];
  await settle(server.context);
});
afterAll(async () => {
  await service?.remote.close();
  await server?.close();
});
beforeEach(async () => {
  const { db } = server.context;
  for (const table of ['push_subscriptions', 'follows', 'notifications', 'jobs', 'videos', 'account_blocks'])
    await db(table).delete();
  service.remote.seen.length = 0;
  Object.assign(service, { status: 201, headers: {} });
  video = await createVideoFactory(server.context).video(alice.account, { caption: 'Two <b>cats</b>' });
});

const ALL = { favourite: true, mention: true, follow: 'true' };
const wanted = (more: object = {}, data: object = { alerts: ALL }) => ({
  subscription: { endpoint: service.remote.url('/push/1'), keys: app.keys, ...more },
  data,
});
const subscribe = async (who: Person, more: object = {}, data?: object) => {
  const answer = await client.post(PATH, { as: who, body: wanted(more, data) });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const count = async () => Number((await server.context.db('push_subscriptions').count('* as n').first())?.n);

/** Runs what waits to be pushed, as a worker does. */
async function push(run: Parameters<typeof jobRun>[0] = {}): Promise<number> {
  const { db, handlers } = server.context;
  const jobs: { id: string; payload: JobPayload<'push.send'> }[] = await db('jobs').where({
    name: 'push.send',
  });
  for (const { id, payload } of jobs) {
    await handlers['push.send'](payload, jobRun(run));
    await db('jobs').where({ id }).delete();
  }
  return jobs.length;
}

describe('a subscription', () => {
  test('belongs to the session that made it, is changed and ended by it alone', async () => {
    expect((await client.get(PATH, { as: alice })).status).toBe(404);
    expect((await client.put(PATH, { as: alice, body: { data: {} } })).status).toBe(404);
    const made = await subscribe(alice, { standard: 'true' }, { alerts: ALL, policy: 'followed' });
    expect(made).toMatchObject({
      endpoint: service.remote.url('/push/1'),
      ...{ standard: true, policy: 'followed' },
      alerts: { favourite: true, mention: true, follow: true, reblog: false },
    });
    const instance = await client.get('/api/v2/instance');
    expect(instance.body.configuration.vapid.public_key).toBe(made.server_key);
    expect(Buffer.from(made.server_key, 'base64url').length).toBe(65);
    const otherApp = { ...alice, token: await people.tokenOf(alice.account) };
    expect((await client.get(PATH, { as: otherApp })).status).toBe(404);
    expect((await client.put(PATH, { as: otherApp, body: { data: {} } })).status).toBe(404);
    await client.delete(PATH, { as: otherApp });
    const changed = await client.put(PATH, { as: alice, body: { data: { alerts: { reblog: '1' } } } });
    expect(changed.body).toMatchObject({ policy: 'all', alerts: { reblog: true, favourite: false } });
    expect((await client.get(PATH, { as: alice })).body).toEqual(changed.body);
    const again = await subscribe(alice);
    expect(again.id).not.toBe(made.id);
    expect(await count()).toBe(1);
    expect((await client.delete(PATH, { as: alice })).body).toEqual({});
    expect(await count()).toBe(0);
  });

  test('is read from a form as from JSON, and ends with its session', async () => {
    const fields = {
      'subscription[endpoint]': service.remote.url('/form'),
      'subscription[keys][p256dh]': app.keys.p256dh,
      'subscription[keys][auth]': app.keys.auth,
      'data[alerts][favourite]': 'true',
      'data[policy]': 'follower',
    };
    const session = { ...alice, token: await people.tokenOf(alice.account) };
    const headers = { authorization: `Bearer ${session.token}` };
    const made = await fetch(`${server.origin}${PATH}`, {
      ...{ method: 'POST', headers, body: new URLSearchParams(fields) },
    });
    expect(await made.json()).toMatchObject({
      alerts: { favourite: true, mention: false },
      policy: 'follower',
    });
    await fetch(`${server.origin}/api/v1/sessions/current`, { method: 'DELETE', headers });
    expect(await count()).toBe(0);
  });

  test.each<[string, object]>([
    ['F1 an address within', { endpoint: 'https://10.0.0.1/push' }],
    ['F1 the address of the cloud', { endpoint: 'https://169.254.169.254/latest' }],
    ['F4 another port', { endpoint: 'https://push.test:6379/' }],
    ['an unsealed address', { endpoint: 'http://push.test/' }],
    ['another scheme', { endpoint: 'file:///etc/passwd' }],
    ['a password', { endpoint: 'https://user:secret@push.test/' }],
    ['a key that is no point', { keys: { ...app.keys, p256dh: Buffer.alloc(65, 4).toString('base64url') } }],
    ['a short secret', { keys: { ...app.keys, auth: 'AAAA' } }],
  ])('is refused with %s', async (_name, more) => {
    const answer = await client.post(PATH, { as: alice, body: wanted(more) });
    expect(answer.status, answer.text).toBe(422);
    expect(await count()).toBe(0);
  });

  test('gives way where an account has too many', async () => {
    const apps: Person[] = [];
    for (let n = 0; n <= pushLimits.perAccount; n += 1) {
      apps.push({ ...alice, token: await people.tokenOf(alice.account) });
      await subscribe(apps.at(-1) as Person);
    }
    expect(await count()).toBe(pushLimits.perAccount);
    expect((await client.get(PATH, { as: apps[0] as Person })).status).toBe(404);
  });
});

describe('a message', () => {
  test.each([true, false])('is read by its app alone, and known as ours (standard: %s)', async (standard) => {
    const { server_key } = await subscribe(alice, { standard });
    await deeds.like(bob.account, video);
    expect(await push()).toBe(1);
    const [seen] = service.remote.seen;
    if (!seen) throw new Error('Nothing was pushed.');
    const [{ id }] = (await client.get('/api/v1/notifications', { as: alice })).body;
    expect(app.read(seen)).toEqual({
      ...{ access_token: '', preferred_locale: 'en', notification_id: Number(id) },
      ...{ notification_type: 'favourite', title: 'bob liked your post', body: 'Two cats' },
      icon: expect.stringContaining(server.origin),
    });
    expect([seen.path, seen.headers.ttl]).toEqual(['/push/1', String(pushLimits.ttlSeconds)]);
    expect(vapidClaims(seen, server_key)).toMatchObject({ aud: service.remote.origin });
    expect(() => createPushApp().read(seen)).toThrow();
  });

  test('shows the warning of a post in place of what it says', async () => {
    await subscribe(alice);
    await server.context.db('videos').where({ id: video }).update({ content_warning: 'Spiders' });
    await deeds.like(bob.account, video);
    await push();
    expect(service.remote.seen.map((one) => app.read(one))).toMatchObject([{ body: 'Spiders' }]);
  });

  test('goes out for the chosen types and people only', async () => {
    await subscribe(alice, {}, { alerts: { follow: true } });
    await deeds.like(bob.account, video);
    expect(await push()).toBe(0);
    const told = async (policy: string) => {
      await client.put(PATH, { as: alice, body: { data: { alerts: ALL, policy } } });
      await server.context.db('notifications').delete();
      await deeds.unlike(bob.account, video);
      await deeds.like(bob.account, video);
      return push();
    };
    expect(await told('none')).toBe(0);
    expect(await told('all')).toBe(1);
    expect([await told('followed'), await told('follower')]).toEqual([0, 0]);
    await people.follow(alice.account, bob.account);
    expect([await told('followed'), await told('follower')]).toEqual([1, 0]);
    await server.context.db('follows').delete();
    await people.follow(bob.account, alice.account);
    expect([await told('followed'), await told('follower')]).toEqual([0, 1]);
  });

  test('P1 P6 is not sent of what its owner may not see any more, nor to an app whose right has ended', async () => {
    await subscribe(alice);
    const { db } = server.context;
    const session = db('sessions').where({ account_id: alice.id });
    for (const [change, back] of [
      [() => deeds.block(bob.account, alice.account), () => db('account_blocks').delete()],
      [
        () => session.clone().update({ scopes: ['read'] }),
        () => session.clone().update({ scopes: ['read', 'push'] }),
      ],
      [
        () => people.suspend(alice.account),
        () => db('accounts').where({ id: alice.id }).update({ state: 'active' }),
      ],
      [
        () => db('notifications').update({ created_at: new Date(Date.now() - pushLimits.newsMs - 1_000) }),
        () => undefined,
      ],
    ] as const) {
      await db('notifications').delete();
      await db('likes').delete();
      await deeds.like(bob.account, video);
      await change();
      expect(await push()).toBe(1);
      await back();
    }
    expect(service.remote.seen).toEqual([]);
    await db('notifications').delete();
    await db('likes').delete();
    await deeds.like(bob.account, video);
    await push();
    expect(service.remote.seen.length).toBe(1);
  });
});

describe('a push service', () => {
  test.each([404, 410, 403, 400])('that answers %i ends the subscription', async (status) => {
    await subscribe(alice);
    service.status = status;
    await deeds.like(bob.account, video);
    await push();
    expect([service.remote.seen.length, await count()]).toEqual([1, 0]);
  });

  test.each([429, 500, 503])('that answers %i is asked again, not for ever', async (status) => {
    await subscribe(alice);
    service.status = status;
    await deeds.like(bob.account, video);
    await expect(push()).rejects.toThrow(`status ${status}`);
    await expect(push({ lastAttempt: true })).resolves.toBe(1);
    expect([service.remote.seen.length, await count()]).toEqual([2, 1]);
  });

  test('F1 F3 leads nowhere else by a redirect, and to no address within', async () => {
    await subscribe(alice);
    await deeds.like(bob.account, video);
    Object.assign(service, { status: 307, headers: { location: service.remote.url('/elsewhere') } });
    await push();
    expect(service.remote.seen.map(({ path }) => path)).toEqual(['/push/1']);
    expect(await count()).toBe(0);
    // Vetted again, since rules and names change.
    await subscribe(alice);
    await server.context.db('push_subscriptions').update({ endpoint: 'https://10.0.0.1/push' });
    await deeds.unlike(bob.account, video);
    await server.context.db('notifications').delete();
    await deeds.like(bob.account, video);
    expect(await push()).toBe(1);
    expect([service.remote.seen.length, await count()]).toEqual([1, 0]);
  });
});

describe('the keys of the server', () => {
  const secret = 'a secret of the instance that is long enough';
  const ensure = (instanceSecret: string) => server.context.inTx((tx) => ensureVapidKeys(tx, instanceSecret));

  test('are made once, stored sealed, and made anew where they cannot be opened', async () => {
    const { db } = server.context;
    await subscribe(alice);
    const first = await ensure(secret);
    // Made with another secret: the subscriptions were for other keys.
    expect(await count()).toBe(0);
    expect(await ensure(secret)).toEqual(first);
    const stored = JSON.stringify(await db('instance_settings').where({ key: 'vapid-keys' }).first('value'));
    expect(stored).toContain(first.publicKey);
    expect(stored).not.toContain(first.privateKey);
  });
});
