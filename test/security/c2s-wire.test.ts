import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually, letFollow, PUBLIC, publish, type Rig, startRig } from '../helpers/activities.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { createOutbox } from '../helpers/outbox.ts';
import { type Client, clientOf, type Person } from '../helpers/people.ts';
import { createPostProbe } from '../helpers/posts.ts';

/** What goes out for a client: activities to other servers, and requests for documents of theirs. */

let rig: Rig;
let client: Client;
let alice: Person;
let outbox: ReturnType<typeof createOutbox>;

beforeAll(async () => {
  rig = await startRig();
  const { server } = rig;
  client = clientOf(server.origin);
  outbox = createOutbox(server, client);
  const account = await server.context.accounts.byActorUri(rig.alice.account.uri);
  if (!account) throw new Error('There is no alice.');
  alice = { id: account.id, account, token: rig.alice.token };
  await createPostProbe(rig).follows(rig.carol);
  await letFollow(rig, rig.e, rig.mallory);
});
afterAll(() => rig?.close());
beforeEach(() => forgetLimits(rig.server));

const receivedBy = (type: string, of: string) =>
  eventually(`${type} arrives`, () =>
    rig.a.received.find(({ activity }) => activity.type === type && JSON.stringify(activity).includes(of)),
  );

describe('P1 hidden recipients', () => {
  test('are taken away, are told nothing, and stand nowhere', async () => {
    const video = await publish(rig);
    const hidden = rig.mallory.id;
    const answer = await outbox.post(alice, {
      ...{ type: 'Create', to: [PUBLIC], bto: [hidden], bcc: [hidden] },
      object: {
        ...{ type: 'Note', content: 'For carol', inReplyTo: video.uri, bto: hidden, bcc: { id: hidden } },
        cc: [rig.carol.id],
      },
    });
    expect([answer.status, answer.text.includes(hidden)]).toEqual([201, false]);
    const uri = answer.body.object.id;
    const { activity } = await receivedBy('Create', uri);
    expect(activity).toMatchObject({
      actor: alice.account.actorUri,
      cc: expect.arrayContaining([rig.carol.id]),
    });
    const text = JSON.stringify(activity);
    for (const word of ['bto', 'bcc', hidden]) expect(text).not.toContain(word);
    const served = await client.get(new URL(uri).pathname, {
      headers: { accept: 'application/activity+json' },
    });
    for (const word of ['bto', 'bcc', hidden]) expect(served.text).not.toContain(word);
    // Whatever follows a delivery to mallory's server would have gone there by then.
    const later = await outbox.post(alice, { type: 'Block', object: rig.mallory.id });
    expect(later.status).toBe(201);
    await eventually('the Block arrives', () =>
      rig.e.received.find(({ activity: one }) => one.type === 'Block'),
    );
    expect(rig.e.received.some(({ activity: one }) => JSON.stringify(one).includes(uri))).toBe(false);
  });
});

describe('proxyUrl', () => {
  const ask = (id: unknown, as: Person = alice) =>
    client.post('/ap/proxy', { as, body: `id=${encodeURIComponent(String(id))}` });
  const note = (path: string, more: object = {}) => {
    rig.a.page(path, { id: rig.a.url(path), type: 'Note', content: 'Elsewhere', ...more });
    return rig.a.url(path);
  };

  test('gives a document of another server, asked for in the name of the person', async () => {
    const answer = await ask(note('/notes/1'));
    expect([answer.status, answer.body.content]).toEqual([200, 'Elsewhere']);
    expect(answer.headers['content-type']).toMatch(/^application\/activity\+json/);
    expect(answer.headers['cache-control']).toBe('private, no-store');
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    const asked = rig.a.seen.findLast(({ path }) => path === '/notes/1');
    expect(String(asked?.headers.signature)).toContain(`keyId="${alice.account.actorUri}#main-key"`);
    const json = await client.post('/ap/proxy', { as: alice, body: { id: rig.a.url('/notes/1') } });
    expect(json.status).toBe(200);
  });

  test('R2 keys that reach a prototype are left out', async () => {
    const answer = await ask(note('/notes/2', JSON.parse('{"__proto__":{"x":1},"constructor":{"x":1}}')));
    expect(answer.text).not.toMatch(/__proto__|constructor/);
  });

  const addresses: [number, string, () => string][] = [
    [422, 'an address that is none', () => 'x'],
    [422, 'another scheme', () => 'file:///etc/passwd'],
    [422, 'credentials', () => 'https://a:b@a.test/'],
    [422, 'a long one', () => `https://a.test/${'x'.repeat(1_100)}`],
    [422, 'an empty one', () => ''],
    [422, 'our own', () => alice.account.actorUri],
    [404, 'what is not there', () => rig.a.url('/nothing')],
    [502, 'another id than its address', () => note('/notes/3', { id: rig.e.url('/notes/3') })],
    [502, 'S1 an address of this machine', () => `http://127.0.0.1:${rig.canary.port}/`],
    [502, 'S1 the same in disguise', () => `http://[::ffff:7f00:1]:${rig.canary.port}/`],
    [502, 'S1 a private network', () => 'http://10.0.0.1/'],
    [502, 'S1 the service of a cloud', () => 'http://169.254.169.254/latest/meta-data/'],
  ];
  test.each(addresses)('%i: %s', async (status, _what, id) => {
    const answer = await ask(id());
    expect([answer.status, answer.text.includes('Elsewhere')]).toEqual([status, false]);
    // Nobody learns from the words what is behind an address.
    if (status === 502) expect(answer.body.detail).toMatch(/gave no document that can be read\./);
  });

  test('S7 a redirect to this machine is not followed', async () => {
    rig.a.page('/away', { redirect: `http://127.0.0.1:${rig.canary.port}/` });
    expect((await ask(rig.a.url('/away'))).status).toBe(502);
  });

  test('S15 a suspended server is not asked', async () => {
    const { hostname } = new URL(rig.e.origin);
    const { instances, inTx } = rig.server.context;
    const before = rig.e.asked().length;
    await inTx((tx) => instances.setPolicy(tx, hostname, { severity: 'suspend' }));
    const answer = await ask(rig.e.url('/users/mallory'));
    expect([answer.status, answer.body.code]).toEqual([403, 'blocked']);
    expect(rig.e.asked()).toHaveLength(before);
  });

  test('429: too often', async () => {
    const statuses = [];
    for (let n = 0; n < 62; n += 1) statuses.push((await ask('x')).status);
    expect(statuses.slice(-2)).toEqual([429, 429]);
  });
});
