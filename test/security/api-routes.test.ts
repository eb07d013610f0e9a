import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hostileIds, refusalBody } from '../helpers/matrix/refusals.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let user: Person;
let owner: Person;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  user = await people.signedIn('someone');
});

let owners = 0;
beforeEach(async () => {
  // Limits are counted by account, so each test has its own.
  owner = await people.signedIn(`boss_${++owners}`, 'owner');
});

afterAll(() => server?.close());

/** A refusal in the one shape, and of the client's making. */
function expectRefusal(
  answer: { status: number; body: unknown; headers: Record<string, string> },
  what: string,
) {
  expect(answer.status, `${what}: ${JSON.stringify(answer.body)}`).toBeGreaterThanOrEqual(400);
  expect(answer.status, what).toBeLessThan(500);
  expect(refusalBody.safeParse(answer.body).error, what).toBeUndefined();
  expect(answer.body, what).toMatchObject({ status: answer.status });
  expect(answer.headers['cache-control'], what).toMatch(/no-store/);
}

describe('A4 A10 who may call what', () => {
  test('a role that was taken away is gone at once, whatever the token was allowed', async () => {
    const { db } = server.context;
    const fallen = await people.signedIn('fallen', 'admin');
    expect((await client.get('/api/v1/admin/accounts', { as: fallen })).status).toBe(200);
    await db('users').where({ account_id: fallen.id }).update({ role: 'user' });
    expect((await client.get('/api/v1/admin/accounts', { as: fallen })).body.code).toBe('staff-only');
  });
});

describe('W5 W8 hostile ids', () => {
  test('in queries', async () => {
    for (const id of hostileIds) {
      for (const query of ['max_id', 'min_id', 'since_id']) {
        const search = new URLSearchParams({ [query]: id });
        expectRefusal(await client.get(`/api/v1/timelines/public?${search}`), `${query}=${id}`);
      }
      const search = new URLSearchParams({ 'id[]': id });
      expectRefusal(await client.get(`/api/v1/accounts/relationships?${search}`, { as: user }), id);
    }
  });

  test.each(['0', '-1', '1.5', 'x', 'Infinity', '1e9', '10001'])('limit=%s', async (limit) => {
    expectRefusal(await client.get(`/api/v1/timelines/public?limit=${limit}`), limit);
  });
});

describe('W5 R7 hostile text', () => {
  const hostile = [
    ...[
      "'",
      "''",
      '"',
      '\\',
      "\\'",
      "'; select pg_sleep(9)--",
      '%',
      '_',
      '%%%%',
      '$1',
      '?',
      '??',
      ':x',
      '{',
      '\u0000',
    ],
    ...[
      'a\u0000b',
      '\ud800',
      '\uffff',
      '\u202e',
      '../..',
      '<script>',
      'x'.repeat(400),
      '@',
      '@@',
      'a@b@c',
      '@a@',
    ],
    ...['a@[::1]', 'a@localhost', 'a@127.0.0.1:6379', 'a@evil.test/..', '@a@b?x', 'instance.actor'],
  ];

  test('in a search and a lookup: an answer or a refusal, never an error of ours', async () => {
    for (const text of hostile) {
      const q = new URLSearchParams({ q: text });
      const acct = new URLSearchParams({ acct: text });
      const resource = new URLSearchParams({ resource: `acct:${text}@${server.context.urls.domain}` });
      const answers = [
        await client.get(`/api/v2/search?${q}`),
        await client.get(`/api/v2/search?${q}&type=accounts`, { as: user }),
        await client.get(`/api/v1/accounts/lookup?${acct}`),
        await client.get(`/.well-known/webfinger?${resource}`),
      ];
      for (const answer of answers) expect(answer.status, JSON.stringify(text)).toBeLessThan(500);
      expect(answers[0]?.body.accounts ?? [], JSON.stringify(text)).toEqual([]);
      expectRefusal(answers[2] as never, text);
    }
  });

  test('in a form', async () => {
    for (const [n, text] of hostile.entries()) {
      const answers = [
        await client.post('/api/v1/sessions', {
          body: { login: text, password: text },
          from: `192.0.2.${n}`,
        }),
        await client.post('/api/v1/accounts', {
          body: { username: text, password: text },
          from: `192.0.2.${n}`,
        }),
        await client.post('/api/v1/accounts', {
          body: { username: `person_${n}`, password: 'long enough', reason: text },
          headers: { 'user-agent': 'x'.repeat(5_000) },
          from: `192.0.2.${n}`,
        }),
      ];
      for (const answer of answers) expect(answer.status, JSON.stringify(text)).toBeLessThan(500);
    }
  });
});

describe('R2 A11 more than was asked for', () => {
  test('unknown fields do nothing', async () => {
    const body = {
      ...{
        username: 'climber',
        password: 'long enough',
        role: 'owner',
        approval: 'approved',
        id: '1',
        account_id: owner.id,
      },
      ...{ is_admin: true, scopes: ['admin:write'], constructor: { prototype: { role: 'owner' } } },
    };
    const made = await client.post('/api/v1/accounts', { body });
    expect(made.status).toBe(200);
    const session = await client.post('/api/v1/sessions', {
      body: {
        login: 'climber',
        password: 'long enough',
        kind: 'bearer',
        role: 'owner',
        scopes: ['admin:write'],
      },
    });
    expect(session.body.role).toBe('user');
    const refused = await client.get('/api/v1/admin/accounts', { as: session.body });
    expect(refused.body.code).toBe('staff-only');
  });

  test.each([
    '{"__proto__":{"role":"owner","kind":"bearer"},"login":"boss","password":"wrong password"}',
    '{"constructor":{"prototype":{"polluted":true}},"login":"boss","password":"wrong password"}',
    '{"login":{"__proto__":null},"password":["a"]}',
  ])('%s', async (json) => {
    const answer = await client.post('/api/v1/sessions', { body: JSON.parse(json) });
    const raw = await fetch(`${server.origin}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: json,
    });
    for (const status of [answer.status, raw.status]) expect([401, 422]).toContain(status);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(({} as Record<string, unknown>).role).toBeUndefined();
  });

  test.each([
    '__proto__[role]=owner',
    'constructor[prototype][x]=1',
    '__proto__=1',
    'limit[$gt]=1',
    'limit=1&limit=2',
  ])('the query %s', async (query) => {
    const answer = await client.get(`/api/v1/timelines/public?${query}`);
    expect(answer.status).toBeLessThan(500);
    expect(({} as Record<string, unknown>).role).toBeUndefined();
  });

  test('P9 nothing private is in what the public may read', async () => {
    const account = await people.local('private', { email: 'private@mail.test' });
    const answer = await client.get(`/api/v1/accounts/${account.id}`, { as: user });
    expect(Object.keys(answer.body).sort()).toMatchInlineSnapshot(`
      [
        "acct",
        "avatar",
        "avatar_static",
        "bot",
        "created_at",
        "discoverable",
        "display_name",
        "emojis",
        "fields",
        "followers_count",
        "following_count",
        "group",
        "header",
        "header_static",
        "hide_collections",
        "host",
        "id",
        "indexable",
        "last_status_at",
        "locked",
        "noindex",
        "note",
        "roles",
        "shows_likes",
        "statuses_count",
        "uri",
        "url",
        "username",
      ]
    `);
  });
});
