import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Client,
  clientOf,
  createPeople,
  PASSWORD,
  type People,
  type Person,
} from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const ME = '/api/v1/accounts/verify_credentials';
const SESSIONS = '/api/v1/sessions';
const CURRENT = '/api/v1/sessions/current';

let server: TestServer;
let client: Client;
let people: People;
let alice: Person;
let bob: Person;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  alice = await people.signedIn('alice');
  bob = await people.signedIn('bob');
});

afterAll(() => server?.close());

const cookieOf = (person: Person) => people.tokenOf(person.account, 'cookie');
const bearer = async (person: Person) => ({ token: await people.tokenOf(person.account) });

function attributesOf(setCookie: string | undefined) {
  const [pair = '', ...attributes] = (setCookie ?? '').split('; ');
  const [name, value = ''] = pair.split('=');
  return { name, value, attributes: attributes.filter((text) => !text.startsWith('Expires=')).sort() };
}

describe('A6 sessions', () => {
  test('signing in with a page sets a cookie that scripts cannot read, and shows no token', async () => {
    const answer = await client.post(SESSIONS, { body: { login: 'alice', password: PASSWORD } });
    expect(answer.body).toMatchObject({ account: { id: alice.id }, role: 'user' });
    expect(answer.body).not.toHaveProperty('token');
    const cookie = attributesOf(answer.headers['set-cookie']?.[0]);
    expect(cookie.name).toBe('vireo-session');
    expect(cookie.attributes).toEqual(['HttpOnly', 'Path=/', 'SameSite=Lax']);
    expect((await client.get(ME, { cookie: cookie.value })).body.id).toBe(alice.id);
    const expires = Date.parse(answer.body.expires_at);
    expect(expires).toBeGreaterThan(Date.now());
  });

  test('signing in with an app gives a token and sets no cookie', async () => {
    const answer = await client.post(SESSIONS, {
      body: { login: 'alice', password: PASSWORD, kind: 'bearer' },
    });
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect((await client.get(ME, { as: answer.body })).body).toMatchObject({
      id: alice.id,
      role: { name: 'user' },
    });
  });

  test('each sign-in makes a session of its own; one from before is never taken over', async () => {
    const planted = 'A'.repeat(43);
    const answer = await client.post(SESSIONS, {
      body: { login: 'alice', password: PASSWORD },
      cookie: planted,
      headers: { origin: server.origin },
    });
    const { value } = attributesOf(answer.headers['set-cookie']?.[0]);
    expect(value).not.toBe(planted);
    expect((await client.get(ME, { cookie: planted })).status).toBe(401);
  });

  test('signing out ends this session, and only this one', async () => {
    const [one, other] = [await bearer(alice), await bearer(alice)];
    expect((await client.delete(CURRENT, { as: one })).body).toEqual({});
    expect((await client.get(ME, { as: one })).status).toBe(401);
    expect((await client.delete(CURRENT, { as: one })).status).toBe(401);
    expect((await client.get(ME, { as: other })).status).toBe(200);
  });

  test('signing out with the page takes the cookie away', async () => {
    const cookie = await cookieOf(alice);
    const answer = await client.delete(CURRENT, { cookie, headers: { origin: server.origin } });
    expect(attributesOf(answer.headers['set-cookie']?.[0])).toMatchObject({
      name: 'vireo-session',
      value: '',
    });
    expect(answer.headers['set-cookie']?.[0]).toContain('Expires=Thu, 01 Jan 1970');
    expect((await client.get(ME, { cookie })).status).toBe(401);
  });

  test('a new password ends every session of the account, and of no other', async () => {
    const { auth, inTx } = server.context;
    const person = await people.signedIn('carol');
    const cookie = await cookieOf(person);
    const hash = await auth.hashPassword('another password');
    expect(await inTx((tx) => auth.setPassword(tx, person.id, hash))).toBe(true);
    expect((await client.get(ME, { as: person })).status).toBe(401);
    expect((await client.get(ME, { cookie })).status).toBe(401);
    expect((await client.get(ME, { as: alice })).status).toBe(200);
    const old = await client.post(SESSIONS, { body: { login: 'carol', password: PASSWORD } });
    expect(old.status).toBe(401);
    const renewed = await client.post(SESSIONS, { body: { login: 'carol', password: 'another password' } });
    expect(renewed.status).toBe(200);
  });

  test('a session that has run out is none, and is swept', async () => {
    const { auth, db } = server.context;
    const person = await people.signedIn('dora');
    const cookie = await cookieOf(person);
    const rows = () => db('sessions').where({ account_id: person.id });
    await rows().update({ expires_at: db.raw("now() - interval '1 second'") });
    expect((await client.get(ME, { as: person })).status).toBe(401);
    expect((await client.get(ME, { cookie })).status).toBe(401);
    expect(await auth.sweepSessions()).toBe(2);
    expect((await client.get(ME, { as: alice })).status).toBe(200);
  });

  test.each(['suspended', 'deleted'])('P6 an account that is %s is signed out at once', async (state) => {
    const person = await people.signedIn(`gone_${state}`);
    await server.context.db('accounts').where({ id: person.id }).update({ state });
    expect((await client.get(ME, { as: person })).status).toBe(401);
    const answer = await client.post(SESSIONS, {
      body: { login: person.account.username, password: PASSWORD },
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'suspended']);
  });

  test('tokens are stored as hashes only', async () => {
    const rows = await server.context.db('sessions').select();
    expect(rows.length).toBeGreaterThan(0);
    for (const { token_hash: hash, ...row } of rows) {
      expect(hash).toHaveLength(32);
      expect(hash.toString('latin1')).not.toContain(alice.token);
      expect(JSON.stringify(row)).not.toContain(alice.token);
    }
  });
});

describe('each token in its own slot', () => {
  test('an app’s token is worth nothing as a cookie', async () => {
    expect((await client.get(ME, { cookie: alice.token })).status).toBe(401);
  });

  test('the cookie of a page is worth nothing as a token', async () => {
    expect((await client.get(ME, { as: { token: await cookieOf(alice) } })).status).toBe(401);
  });

  test.each([
    ['nonsense', 'Bearer nonsense-that-is-long-enough-to-be-one'],
    ['too short', 'Bearer short'],
    ['a list', 'Bearer a, Bearer b'],
    ['quotes', `Bearer "' or 1=1 --"`],
    ['Basic', `Basic ${Buffer.from(`alice:${PASSWORD}`).toString('base64')}`],
  ])('an Authorization that is %s signs nobody in', async (_name, authorization) => {
    expect((await client.get(ME, { headers: { authorization } })).status).toBe(401);
  });

  test('a wrong token is not made good by a cookie', async () => {
    const cookie = await cookieOf(alice);
    const authorization = `Bearer ${'x'.repeat(43)}`;
    expect((await client.get(ME, { cookie, headers: { authorization } })).status).toBe(401);
  });

  test('a token in the address is not read', async () => {
    expect((await client.get(`${ME}?access_token=${alice.token}`)).status).toBe(401);
  });
});

describe('A5 requests that another site causes', () => {
  const follow = () => `/api/v1/accounts/${bob.id}/follow`;

  test.each<[string, Record<string, string>]>([
    ['a foreign Origin', { origin: 'https://evil.test' }],
    ['no origin to speak of', { origin: 'null' }],
    ['a subdomain', { origin: 'http://sub.127.0.0.1' }],
    ['our name with more behind it', { origin: 'http://127.0.0.1.evil.test' }],
    ['our host on another port', { origin: 'http://127.0.0.1:1' }],
    ['a foreign page, told otherwise', { 'sec-fetch-site': 'cross-site' }],
    ['a page of a sister site', { 'sec-fetch-site': 'same-site' }],
    [
      'a foreign Origin that claims to be ours',
      { origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' },
    ],
  ])('%s is refused with a cookie', async (_name, headers) => {
    const cookie = await cookieOf(alice);
    for (const [method, path] of [
      ['post', follow()],
      ['delete', CURRENT],
    ] as const) {
      const answer = await client[method](path, { cookie, headers });
      expect([answer.status, answer.body.code]).toEqual([403, 'cross-site']);
    }
    expect((await client.get(ME, { cookie, headers })).status).toBe(200);
  });

  test('our https origin is not our http one', async () => {
    const cookie = await cookieOf(alice);
    const origin = server.origin.replace('http:', 'https:');
    expect((await client.post(follow(), { cookie, headers: { origin } })).status).toBe(403);
  });

  test.each<[string, Record<string, string>]>([
    ['our own page', {}],
    ['an address bar', { 'sec-fetch-site': 'none' }],
    ['a program that is no browser', {}],
  ])('%s is served with a cookie', async (name, headers) => {
    const cookie = await cookieOf(alice);
    const own: Record<string, string> = name === 'our own page' ? { origin: server.origin } : {};
    expect((await client.post(follow(), { cookie, headers: { ...own, ...headers } })).status).toBe(200);
  });

  test('a token is not sent by itself, so its origin does not matter', async () => {
    const headers = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' };
    expect((await client.post(follow(), { as: alice, headers })).status).toBe(200);
  });

  test('a form of another site cannot sign a visitor in', async () => {
    const form = new FormData();
    form.set('login', 'alice');
    form.set('password', PASSWORD);
    const fields = new URLSearchParams({ login: 'alice', password: PASSWORD });
    const send = (body: FormData | URLSearchParams, headers: Record<string, string>) =>
      fetch(`${server.origin}${SESSIONS}`, { method: 'POST', headers, body });
    for (const body of [form, fields]) {
      for (const headers of [{ origin: 'https://evil.test' }, { 'sec-fetch-site': 'cross-site' }]) {
        const answer = await send(body, headers as Record<string, string>);
        expect(answer.status).toBe(403);
        expect(answer.headers.get('set-cookie')).toBeNull();
      }
      expect((await send(body, { origin: server.origin })).headers.get('set-cookie')).not.toBeNull();
    }
    const json = JSON.stringify({ login: 'alice', password: PASSWORD });
    const headers = { 'content-type': 'text/plain' };
    const answer = await fetch(`${server.origin}${SESSIONS}`, { method: 'POST', headers, body: json });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([422, null]);
  });

  test('no other origin may read what the API says', async () => {
    const headers = { origin: 'https://evil.test', 'access-control-request-method': 'DELETE' };
    for (const answer of [
      await client.get(ME, { as: alice, headers }),
      await client.options(CURRENT, { headers }),
    ]) {
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    }
  });
});

describe('behind https', () => {
  let secure: TestServer;
  let direct: Client;

  beforeAll(async () => {
    secure = await startTestServer({ variables: { ORIGIN: 'https://video.test' } });
    const { host, port } = secure.context.config.listen;
    direct = clientOf(`http://${host}:${port}`, '__Host-vireo-session');
  });
  afterAll(() => secure?.close());

  test('the cookie is bound to this very host and travels encrypted only', async () => {
    const person = await createPeople(secure).local('alice');
    const answer = await direct.post(SESSIONS, { body: { login: 'alice', password: PASSWORD } });
    const cookie = attributesOf(answer.headers['set-cookie']?.[0]);
    expect(cookie.name).toBe('__Host-vireo-session');
    expect(cookie.attributes).toEqual(['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']);
    const me = await direct.get(ME, { cookie: cookie.value });
    expect(me.body.id).toBe(person.id);
    const plain = await direct.get(ME, { headers: { cookie: `vireo-session=${cookie.value}` } });
    expect(plain.status).toBe(401);
    const headers = { origin: `http://127.0.0.1:${secure.context.config.listen.port}` };
    expect((await direct.delete(CURRENT, { cookie: cookie.value, headers })).status).toBe(403);
    const own = { origin: 'https://video.test' };
    expect((await direct.delete(CURRENT, { cookie: cookie.value, headers: own })).status).toBe(200);
  });
});
