import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { type Scope, scopes } from '../../src/modules/auth/model.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { createOutbox, PUBLIC } from '../helpers/outbox.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** What clients of ActivityPub may not do. Every refusal must leave everything as it was. */

let server: TestServer;
let client: Client;
let people: People;
let outbox: ReturnType<typeof createOutbox>;
let alice: Person;
let bob: Person;
/** Of alice: a public video, one for followers, one that was uploaded and not posted. */
let clip: VideoId;
let secret: VideoId;
let upload: VideoId;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  outbox = createOutbox(server, client);
  [alice, bob] = [await people.signedIn('alice'), await people.signedIn('bob')];
  const { video } = createVideoFactory(server.context);
  clip = await video(alice.account);
  secret = await video(alice.account, { visibility: 'followers' });
  upload = await video(alice.account, { state: 'draft', awaitsPost: true });
});
afterAll(() => server?.close());
beforeEach(async () => {
  await forgetLimits(server);
  await outbox.scopes(bob, ['read', 'write', 'follow']);
});

const uriOf = (id: VideoId) => server.context.urls.video(id);
const uploadOf = (id: VideoId) => server.context.urls.upload(id);
const note = (more: object = {}) => ({ type: 'Note', content: 'Hello', to: [PUBLIC], ...more });
const reply = (more: object = {}) => note({ inReplyTo: uriOf(clip), ...more });

/** Expects that a request is refused with this status, in the API's shape, and changes nothing. */
async function refuses(
  status: number,
  what: string,
  ask: () => Promise<{ status: number; body: { code?: string; detail?: string } }>,
) {
  const before = await outbox.rows();
  const answer = await ask();
  expect([answer.status, what, answer.body.detail]).toEqual([status, what, expect.any(String)]);
  expect(answer.body.code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(await outbox.rows(), what).toEqual(before);
}

const refusesActivity = (status: number, body: object | string, as = bob) =>
  refuses(status, typeof body === 'string' ? body.slice(0, 200) : JSON.stringify(body).slice(0, 300), () =>
    outbox.post(as, body),
  );

describe('A10 what belongs to others', () => {
  const OWN = ['outbox', 'inbox', 'liked'] as const;
  const call = (name: (typeof OWN)[number], id: string, as?: Pick<Person, 'token'>) => {
    const path = `/ap/users/${id}/${name}`;
    return name === 'outbox' ? client.post(path, { as, body: reply() }) : client.get(path, { as });
  };

  test.each(OWN)('%s: 401 without a token, 403 of somebody else, 404 of nobody', async (name) => {
    for (const as of [undefined, { token: 'x'.repeat(43) }]) {
      await refuses(401, name, () => call(name, bob.id, as));
    }
    expect((await call(name, bob.id)).headers['www-authenticate']).toBe('Bearer');
    await refuses(403, name, () => call(name, alice.id, bob));
    const remote = await people.remote('carol');
    const channel = await server.context.accounts.channelOf(bob.id);
    const { id: instance } =
      (await server.context.accounts.byActorUri(server.context.urls.instanceActor)) ?? {};
    for (const id of ['1', 'x', '__proto__', '9'.repeat(30), remote.id, channel?.id, instance]) {
      await refuses(404, `${name} ${id}`, () => call(name, String(id), bob));
    }
  });

  test('A5 a session of the page is no token', async () => {
    const cookie = await people.tokenOf(bob.account, 'cookie');
    for (const [method, path] of [
      ['post', outbox.of(bob.id)],
      ['get', `/ap/users/${bob.id}/inbox`],
      ['post', '/ap/uploads'],
      ['post', '/ap/proxy'],
    ] as const) {
      await refuses(401, path, () => client[method](path, { cookie, headers: { origin: server.origin } }));
    }
  });

  test('a person that is suspended posts nothing', async () => {
    const eve = await people.signedIn('eve');
    await people.suspend(eve.account);
    await refuses(401, 'suspended', () => outbox.post(eve, reply()));
  });

  test('posts of others are not changed, deleted or pinned; those out of sight are absent', async () => {
    const target = server.context.urls.featured(bob.id);
    for (const [status, uri] of [
      [403, uriOf(clip)],
      [404, uriOf(secret)],
      [404, uriOf(upload)],
      [404, uriOf('1' as VideoId)],
    ] as const) {
      await refusesActivity(status, { type: 'Update', object: { id: uri, type: 'Note', content: 'Mine' } });
      await refusesActivity(status, { type: 'Delete', object: uri });
      await refusesActivity(status, { type: 'Add', object: uri, target });
      await refusesActivity(status, { type: 'Remove', object: uri, target });
    }
    const { body } = await client.get(`/api/v1/statuses/${clip}`);
    expect(body.content).toContain('A clip');
  });

  test('P2 nothing is done to a post that one may not see', async () => {
    for (const type of ['Like', 'Announce']) {
      await refusesActivity(404, { type, object: uriOf(secret) });
      await refusesActivity(404, { type, object: uriOf(upload) });
    }
    await refusesActivity(404, note({ inReplyTo: uriOf(secret) }));
  });

  test('uploads of others are neither posted, read nor dropped', async () => {
    await refusesActivity(404, note({ attachment: uploadOf(upload) }));
    await refusesActivity(404, { type: 'Delete', object: uploadOf(upload) });
    await refuses(404, 'read', () => client.get(`/ap/uploads/${upload}`, { as: bob }));
    expect((await client.get(`/ap/uploads/${upload}`, { as: alice })).status).toBe(200);
  });

  test('nobody is spoken for', async () => {
    const actor = alice.account.actorUri;
    await refusesActivity(403, { type: 'Like', actor, object: uriOf(clip) });
    await refusesActivity(403, { type: 'Like', actor: [bob.account.actorUri, actor], object: uriOf(clip) });
    await refusesActivity(403, { type: 'Create', object: reply({ attributedTo: actor }) });
    await refusesActivity(403, reply({ attributedTo: [{ id: actor }] }));
    await refusesActivity(403, { type: 'Update', object: { id: actor, type: 'Person', name: 'Mine' } });
    await refusesActivity(404, { type: 'Delete', object: actor });
    await refusesActivity(422, { type: 'Delete', object: bob.account.actorUri });
    const target = server.context.urls.featured(alice.id);
    await refusesActivity(403, { type: 'Add', object: uriOf(clip), target });
    const other = server.context.urls.featured(bob.id);
    await refusesActivity(403, { type: 'Add', object: uriOf(clip), target: other }, alice);
  });

  test('V4 only what one did oneself is taken back', async () => {
    const did = await outbox.post(alice, { type: 'Like', object: uriOf(clip) });
    const asked = await outbox.post(alice, { type: 'Follow', object: bob.account.actorUri });
    const blocked = await people.signedIn('nuisance');
    const block = await outbox.post(alice, { type: 'Block', object: blocked.account.actorUri });
    for (const answer of [did, asked, block]) {
      expect(answer.status).toBe(201);
      await refusesActivity(404, { type: 'Undo', object: answer.headers.location });
      await refusesActivity(403, { type: 'Undo', object: { ...answer.body, id: undefined } });
      await refusesActivity(404, { type: 'Undo', object: { ...answer.body, actor: bob.account.actorUri } });
    }
  });
});

describe('A4 scopes', () => {
  const actorOf = (person: Person) => person.account.actorUri;
  const undoOf = (type: string, object: string): object => ({ type: 'Undo', object: { type, object } });
  const activities: [Scope, string, () => object][] = [
    ['write:statuses', 'Create', () => reply()],
    ['write:statuses', 'Update', () => ({ type: 'Update', object: { id: uriOf(clip), type: 'Note' } })],
    ['write:accounts', 'Update', () => ({ type: 'Update', object: { id: actorOf(bob), type: 'Person' } })],
    ['write:statuses', 'Delete', () => ({ type: 'Delete', object: uriOf(clip) })],
    ['write:favourites', 'Like', () => ({ type: 'Like', object: uriOf(clip) })],
    ['write:statuses', 'Announce', () => ({ type: 'Announce', object: uriOf(clip) })],
    ['write:follows', 'Follow', () => ({ type: 'Follow', object: actorOf(alice) })],
    ['write:blocks', 'Block', () => ({ type: 'Block', object: actorOf(alice) })],
    ['write:accounts', 'Add', () => ({ type: 'Add', object: uriOf(clip), target: actorOf(bob) })],
    ['write:accounts', 'Remove', () => ({ type: 'Remove', object: uriOf(clip), target: actorOf(bob) })],
    ['write:favourites', 'Undo', () => undoOf('Like', uriOf(clip))],
    ['write:statuses', 'Undo', () => undoOf('Announce', uriOf(clip))],
    ['write:follows', 'Undo', () => undoOf('Follow', actorOf(alice))],
    ['write:blocks', 'Undo', () => undoOf('Block', actorOf(alice))],
  ];
  const allButOne = (needed: Scope) => {
    const wide = ['read', 'write', 'follow', 'profile'];
    return scopes.filter((scope) => scope !== needed && !wide.includes(scope));
  };

  test.each(activities)('%s for %s', async (scope, _type, activity) => {
    await outbox.scopes(bob, allButOne(scope));
    await refusesActivity(403, activity());
    const answer = await outbox.post(bob, activity());
    expect(answer.body).toMatchObject({ code: 'scope-missing', detail: expect.stringContaining(scope) });
  });

  const reads: [Scope, 'get' | 'post', () => string][] = [
    ['read', 'get', () => `/ap/users/${bob.id}/inbox`],
    ['read:favourites', 'get', () => `/ap/users/${bob.id}/liked`],
    ['write:media', 'post', () => '/ap/uploads'],
    ['write:media', 'get', () => '/ap/uploads/1'],
    ['read:search', 'post', () => '/ap/proxy'],
  ];
  test.each(reads)('%s for %s %#', async (scope, method, path) => {
    await outbox.scopes(bob, allButOne(scope));
    const answer = await client[method](path(), { as: bob });
    expect([answer.status, answer.body.code]).toEqual([403, 'scope-missing']);
  });
});

describe('input that is not right', () => {
  const raw = (body: string | Uint8Array<ArrayBuffer>, type = 'application/activity+json') =>
    fetch(server.origin + outbox.of(bob.id), {
      method: 'POST',
      headers: { authorization: `Bearer ${bob.token}`, 'content-type': type },
      body,
    }).then(async (answer) => ({ status: answer.status, body: await answer.json() }));

  test.each<[number, string]>([
    [400, ''],
    [400, '{'],
    [400, 'null'],
    [400, '[]'],
    [400, '"x"'],
    [400, '\ud800'.repeat(3)],
    [400, '['.repeat(40) + ']'.repeat(40)],
    [400, `{"type":"Like","object":[${'1,'.repeat(2_000)}1]}`],
    [413, `{"type":"Like","object":"${'x'.repeat(70_000)}"}`],
  ])('R1 %i: %s', async (status, body) => {
    await refuses(status, body.slice(0, 60), () => raw(body));
  });

  test('R1 bytes that are no UTF-8', async () => {
    await refuses(400, 'bytes', () => raw(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])));
  });

  test.each([
    'text/plain',
    'text/html',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ])('415: %s', async (type) => {
    await refuses(415, type, () => raw(JSON.stringify(reply()), type));
  });

  test.each([
    'application/json',
    'application/activity+json; charset=utf-8',
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
  ])('taken: %s', async (type) => {
    expect((await raw(JSON.stringify(reply()), type)).status).toBe(201);
  });

  const fields: [string, object][] = [
    ['no type', { object: 'https://a.test/1' }],
    ['type', { type: 5, object: 'https://a.test/1' }],
    ['types', { type: ['Like', 'Follow'], object: 'https://a.test/1' }],
    ['unknown type', { type: 'Flag', object: 'https://a.test/1' }],
    ['hostile type', { type: '__proto__', object: 'https://a.test/1' }],
    ['hostile type', { type: 'constructor', object: 'https://a.test/1' }],
    ['no object', { type: 'Like' }],
    ['objects', { type: 'Like', object: ['https://a.test/1', 'https://a.test/2'] }],
    ['object number', { type: 'Like', object: 5 }],
    ['object null', { type: 'Like', object: null }],
    ['object address', { type: 'Like', object: 'javascript:alert(1)' }],
    ['object empty', { type: 'Like', object: {} }],
    ['object empty', { type: 'Follow', object: {} }],
    ['object empty', { type: 'Delete', object: {} }],
    ['object by id', { type: 'Create', object: 'https://a.test/1' }],
    ['object type', { type: 'Create', object: { type: 'Article', content: 'x', to: [PUBLIC] } }],
    ['object id', { type: 'Update', object: { type: 'Note', content: 'x' } }],
    ['target', { type: 'Add', object: 'https://a.test/1' }],
    ['target', { type: 'Add', object: 'https://a.test/1', target: [{}, {}] }],
  ];
  test.each(fields)('422: %s', async (_what, activity) => refusesActivity(422, activity));

  const notes: [string, object][] = [
    ['no content', { content: undefined }],
    ['content null', { content: null }],
    ['content number', { content: 5 }],
    ['content object', { content: { en: 'x' } }],
    ['content of nothing', { content: '<p> </p><script>x</script>' }],
    ['content long', { content: 'x'.repeat(501) }],
    ['content very long', { content: 'x'.repeat(30_000) }],
    ['contentMap', { contentMap: 'x' }],
    ['contentMap of two', { content: undefined, contentMap: { en: 'x', de: 'y' } }],
    ['contentMap language', { contentMap: { 'not a language': 'x' } }],
    ['source', { source: 5 }],
    ['source content', { source: { mediaType: 'text/plain' } }],
    ['summary', { summary: ['x'] }],
    ['summary long', { summary: 'x'.repeat(501) }],
    ['sensitive', { sensitive: 'yes' }],
    ['NUL', { content: 'a\u0000b' }],
    ['NUL deep', { tag: [{ name: { x: '\u0000' } }] }],
    ['attachment', { attachment: [{ type: 'Document', url: 'https://a.test/1.mp4' }] }],
    ['two answered', { inReplyTo: ['https://a.test/1', 'https://a.test/2'] }],
    ['answered number', { inReplyTo: 5 }],
    ['no audience', { to: undefined }],
    ['empty audience', { to: [], cc: [] }],
    ['hidden audience alone', { to: undefined, bto: [PUBLIC] }],
    ['hidden audience alone', { to: undefined, bcc: ['https://a.test/1'] }],
    ['address', { to: [PUBLIC, 5] }],
    ['address', { to: [PUBLIC, {}] }],
    ['address', { cc: 'javascript:alert(1)' }],
    ['address', { bcc: [null] }],
    ['addresses', { to: Array.from({ length: 33 }, (_, n) => `https://a.test/${n}`) }],
  ];
  test.each(notes)('422: a Note with %s', async (_what, more) => refusesActivity(422, reply(more)));

  test('422: a video that is none', async () => {
    for (const more of [
      ...[{}, { attachment: [] }, { attachment: 'https://a.test/1.mp4' }, { attachment: 5 }],
      ...[{ attachment: `${server.origin}/ap/uploads/x` }, { attachment: `${server.origin}/ap/uploads/` }],
      { attachment: [uploadOf(upload), uploadOf(upload)] },
      { type: 'Video', url: uriOf(clip) },
      { type: 'Video', inReplyTo: uriOf(clip), url: uploadOf(upload) },
      { attachment: { url: uploadOf(upload), name: 'x'.repeat(1_501) } },
      { attachment: uploadOf(upload), content: 'x'.repeat(5_001) },
    ]) {
      await refusesActivity(422, note(more), alice);
    }
  });

  test('R2 keys that reach a prototype do nothing', async () => {
    const text = JSON.stringify(reply()).slice(0, -1);
    const body = `${text},"__proto__":{"actor":"https://evil.test/","polluted":true},"constructor":{"prototype":{"polluted":true}}}`;
    expect((await raw(body)).status).toBe(201);
    await refuses(422, '__proto__', () => raw('{"__proto__":{"type":"Like"},"object":"https://a.test/1"}'));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('P3 an audience is neither widened nor changed', async () => {
    await refusesActivity(422, { type: 'Announce', to: [outbox.followers(bob)], object: uriOf(clip) });
    const update = {
      type: 'Update',
      object: { id: uriOf(secret), type: 'Note', content: 'x', to: [PUBLIC] },
    };
    await refusesActivity(422, update, alice);
    await refusesActivity(422, { type: 'Announce', bto: [outbox.followers(bob)], object: uriOf(clip) });
    await refusesActivity(404, { type: 'Announce', to: [PUBLIC], object: uriOf(secret) });
    await refusesActivity(422, reply({ to: [outbox.followers(alice)] }));
  });

  test('who is blocked neither answers, likes nor follows', async () => {
    const eve = await people.signedIn('eve_too');
    const { db } = server.context;
    await outbox.post(alice, { type: 'Block', object: eve.account.actorUri });
    expect(await db('account_blocks').where({ target_id: eve.id })).toHaveLength(1);
    for (const [statuses, activity] of [
      [[403, 404], reply()],
      [[403, 404], { type: 'Like', object: uriOf(clip) }],
      [[403, 404], { type: 'Follow', object: alice.account.actorUri }],
    ] as const) {
      const before = await outbox.rows();
      expect(statuses).toContain((await outbox.post(eve, activity)).status);
      expect(await outbox.rows()).toEqual(before);
    }
    await refusesActivity(422, { type: 'Follow', object: eve.account.actorUri }, eve);
    await refusesActivity(404, { type: 'Follow', object: server.context.urls.instanceActor }, eve);
    await refusesActivity(404, { type: 'Follow', object: `${server.origin}/ap/users/1` }, eve);
  });

  test('405: other methods', async () => {
    for (const [path, method, allow] of [
      [outbox.of(bob.id), 'put', 'POST, GET, HEAD'],
      [outbox.of(bob.id), 'delete', 'POST, GET, HEAD'],
      [`/ap/users/${bob.id}/inbox`, 'patch', 'GET, HEAD'],
      [`/ap/users/${bob.id}/liked`, 'post', 'GET, HEAD'],
      ['/ap/uploads', 'get', 'POST'],
      ['/ap/proxy', 'get', 'POST'],
    ] as const) {
      const answer = await client[method](path, { as: bob });
      expect([answer.status, answer.headers.allow, path]).toEqual([405, allow, path]);
    }
  });

  test('429: too often', async () => {
    let status = 0;
    for (let n = 0; n < 130 && status !== 429; n += 1) {
      status = (await outbox.post(bob, { type: 'Like' })).status;
    }
    expect(status).toBe(429);
    const answer = await outbox.post(bob, { type: 'Like' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('pages of other origins', () => {
  test('may use it with a token, and never with a cookie', async () => {
    const headers = { origin: 'https://app.test', 'access-control-request-method': 'POST' };
    for (const path of [outbox.of(bob.id), '/ap/uploads', '/ap/proxy']) {
      const preflight = await client.options(path, { headers });
      expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, '*']);
      expect(preflight.headers['access-control-allow-headers']).toContain('Authorization');
      expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
    }
    const answer = await outbox.post(bob, reply(), { origin: 'https://app.test' });
    expect(answer.headers['access-control-expose-headers']).toContain('Location');
  });
});
