import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/http/api/index.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let owner: Person;
let thief: Person;
/** One of everything that only its owner may see or change, by the beginning of the routes that name it. */
let owned: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  const videos = createVideoFactory(server.context);
  owner = await people.signedIn('owner_of_all');
  thief = await people.signedIn('thief');
  const friend = await people.signedIn('friend');
  await people.follow(owner.account, friend.account);
  const video = await videos.video(friend.account);
  const list = await client.post('/api/v1/lists', { as: owner, body: { title: 'mine' } });
  await client.post(`/api/v1/lists/${list.body.id}/accounts`, {
    as: owner,
    body: { account_ids: [friend.id] },
  });
  const filter = await client.post('/api/v2/filters', {
    as: owner,
    body: { title: 'mine', context: ['home'], keywords_attributes: [{ keyword: 'word of mine' }] },
  });
  const entry = await client.post(`/api/v2/filters/${filter.body.id}/statuses`, {
    as: owner,
    body: { status_id: video },
  });
  const imported = server.context.ids.next<'import'>();
  await server.context.db('imports').insert({
    ...{ id: imported, account_id: owner.id, kind: 'blocks', rows: '[]', total: 1, done: 1, failed: 1 },
  });
  owned = {
    '/api/v1/imports/:id': imported,
    '/api/v1/lists/:id': list.body.id,
    '/api/v1/timelines/list/:id': list.body.id,
    '/api/v2/filters/keywords/:id': filter.body.keywords[0].id,
    '/api/v2/filters/statuses/:id': entry.body.id,
    '/api/v2/filters/:id': filter.body.id,
    '/api/v1/filters/:id': filter.body.keywords[0].id,
  };
});

afterAll(() => server?.close());

const BODIES: Readonly<Record<string, object>> = {
  '/api/v1/lists/:id': { title: 'taken' },
  '/api/v1/lists/:id/accounts': { account_ids: ['1'] },
  '/api/v2/filters/:id': { title: 'taken' },
  '/api/v2/filters/:id/keywords': { keyword: 'taken' },
  '/api/v2/filters/:id/statuses': { status_id: '1' },
  '/api/v2/filters/keywords/:id': { keyword: 'taken' },
  '/api/v1/filters/:id': { phrase: 'taken', context: ['home'] },
};

const guarded = routes
  .filter(({ path }) => /^\/api\/v\d\/(lists|filters|timelines\/list|imports)\b.*:id/.test(path))
  .map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const);

describe('A10 what is one person’s is not there for another', () => {
  test('there are such routes', () => expect(guarded.length).toBeGreaterThanOrEqual(22));

  test.each(guarded)('%s', async (_name, route) => {
    const beginnings = Object.keys(owned).toSorted((a, b) => b.length - a.length);
    const id = owned[beginnings.find((path) => route.path.startsWith(path)) ?? ''] ?? '';
    expect(id).not.toBe('');
    const body = route.method === 'get' || route.method === 'delete' ? undefined : BODIES[route.path];
    const ask = (which: string) =>
      client[route.method](route.path.replace(':id', which), { as: thief, ...(body && { body }) });
    const [theirs, absent] = [await ask(id), await ask('12345')];
    expect([theirs.status, theirs.text]).toEqual([404, absent.text]);
    expect((await client.get(`/api/v1/lists/${owned['/api/v1/lists/:id']}`, { as: owner })).body.title).toBe(
      'mine',
    );
    const { body: filter } = await client.get(`/api/v2/filters/${owned['/api/v2/filters/:id']}`, {
      as: owner,
    });
    expect(filter).toMatchObject({ title: 'mine', keywords: [{ keyword: 'word of mine' }] });
    expect(filter.statuses).toHaveLength(1);
  });

  test('a word of another filter is not changed by way of one’s own', async () => {
    const body = { title: 'thief’s', context: ['home'] };
    const mine = (await client.post('/api/v2/filters', { as: thief, body })).body;
    const id = owned['/api/v2/filters/keywords/:id'];
    for (const change of [
      { id, keyword: 'taken' },
      { id, _destroy: true },
    ]) {
      const sent = { keywords_attributes: [change] };
      await client.put(`/api/v2/filters/${mine.id}`, { as: thief, body: sent });
    }
    const { body: word } = await client.get(`/api/v2/filters/keywords/${id}`, { as: owner });
    expect(word.keyword).toBe('word of mine');
  });
});

describe('P9 what is for oneself alone', () => {
  test('whom one mutes, blocks and notes is in no answer for others', async () => {
    const [quiet, foe] = [await people.signedIn('quiet_one'), await people.signedIn('foe')];
    await client.post(`/api/v1/accounts/${foe.id}/mute`, { as: quiet });
    const note = { comment: 'a note in secret' };
    await client.post(`/api/v1/accounts/${foe.id}/note`, { as: quiet, body: note });
    const source = { privacy: 'direct', language: 'is' };
    await client.patch('/api/v1/accounts/update_credentials', { as: quiet, body: { source } });
    const gets = routes.filter(({ method, event }) => method === 'get' && event === undefined);
    for (const { path } of gets) {
      await forgetLimits(server);
      for (const id of [quiet.id, foe.id]) {
        const filled = `${path.replace(/:\w+/g, id)}?id[]=${quiet.id}&q=quiet_one&acct=quiet_one`;
        for (const as of [foe, undefined]) {
          const { text } = await client.get(filled, { as });
          expect(text, path).not.toContain('a note in secret');
          expect(text, path).not.toMatch(/"muting":true|"language":"is"|"privacy":"direct"/);
        }
      }
    }
    const seen = await client.get(`/api/v1/accounts/relationships?id[]=${quiet.id}`, { as: foe });
    expect(seen.body[0]).toMatchObject({ muting: false, blocked_by: false, note: '' });
  });

  test('the public JSON of an account has no key that only its owner gets', async () => {
    const mine = await client.get('/api/v1/accounts/verify_credentials', { as: owner });
    const shown = await client.get(`/api/v1/accounts/${owner.id}`, { as: thief });
    const secret = Object.keys(mine.body).filter((key) => !(key in shown.body));
    expect(secret.toSorted()).toEqual(['email_confirmed', 'role', 'source', 'staff']);
    expect(shown.text).not.toMatch(/email|"ip|password|token|last_seen|approval/);
  });
});

describe('A11 more than a profile may say', () => {
  test.each([
    { role: 'owner', state: 'active', id: '1', domain: 'evil.test', actor_uri: 'https://evil.test/' },
    { username: 'admin', username_key: 'admin', also_known_as: ['https://evil.test/u'], moved_to_id: '1' },
    {
      verified_at: '2020-01-01',
      fields_attributes: [{ name: 'a', value: 'b', verified_at: '2020-01-01', html: '<b>' }],
    },
    {
      avatar_key: 'media/1/abc-avatar.jpg',
      header_key: 'originals/1/source',
      avatar: 'https://evil.test/x.png',
    },
    { source: { role: 'owner', default_visibility: 'direct', note: 'x', fields: [] } },
    { 'constructor[prototype][role]': 'owner', __proto__: { role: 'owner' } },
  ])('%j changes nothing of it', async (body) => {
    const climber = await people.signedIn(`climber_${Math.random().toString(36).slice(2, 12)}`);
    const { db } = server.context;
    const rows = () =>
      Promise.all([
        db('accounts').where({ id: climber.id }).first(),
        db('users').where({ account_id: climber.id }).first(),
      ]);
    const [account, user] = await rows();
    const json = JSON.stringify(body).replace('}', ',"__proto__":{"role":"owner"}}');
    for (const sent of [body, JSON.parse(json)]) {
      await client.patch('/api/v1/accounts/update_credentials', { as: climber, body: sent });
    }
    const [accountAfter, userAfter] = await rows();
    expect({ ...accountAfter, fields: [] }).toEqual({ ...account, fields: [] });
    for (const field of accountAfter.fields) {
      expect(field).toEqual({ name: 'a', value: 'b', html: 'b', verifiedAt: null });
    }
    expect({ ...userAfter, last_seen_at: null }).toEqual({ ...user, last_seen_at: null });
    expect(({} as Record<string, unknown>).role).toBeUndefined();
  });
});

describe('A9 names that look like others', () => {
  test.each([
    ...[
      'ownеr_of_all',
      'OWNER_OF_ALL',
      'owner_of_all\u200b',
      'owner_of_all ',
      'owner-of-all',
      'owner.of.all',
    ],
    ...['owner_of_all@evil.test', 'ｏwner_of_all', 'owner_of_all+x', 'a/b', 'ADMIN', 'İ', 'ß', '.', '..'],
  ])('%j takes nobody’s name', async (username) => {
    await forgetLimits(server);
    const answer = await client.post('/api/v1/accounts', {
      body: { username, password: 'long enough, this' },
    });
    const codes = ['username-invalid', 'username-reserved', 'username-taken', 'validation-failed'];
    expect(codes).toContain(answer.body.code);
    const found = await client.get('/api/v1/accounts/lookup?acct=owner_of_all');
    expect(found.body.id).toBe(owner.id);
  });

  test.each([...['One@Mail.test', 'one@mail.test ', ' one@mail.test', 'ONE@MAIL.TEST']])(
    'the address %j is one that is taken',
    async (email) => {
      await forgetLimits(server);
      const { db } = server.context;
      if (!(await db('users').where({ email_key: 'one@mail.test' }).first()))
        await people.local('first_mail', { email: 'one@mail.test' });
      const answer = await client.post('/api/v1/accounts', {
        body: { username: `mail_${Math.random().toString(36).slice(2, 10)}`, password: 'long enough', email },
      });
      expect(['email-taken', 'validation-failed']).toContain(answer.body.code);
    },
  );

  test.each([
    ...[
      'a@b',
      '"a b"@mail.test',
      'a@mail..test',
      'a@[127.0.0.1]',
      'a@@mail.test',
      'a\n@mail.test',
      'a@mail.test\u0000',
    ],
    ...[
      'a@mail.test,b@mail.test',
      '<a@mail.test>',
      'a@mail.test\r\nBcc: b@mail.test',
      `${'x'.repeat(300)}@mail.test`,
    ],
  ])('the address %j is none', async (email) => {
    await forgetLimits(server);
    const body = {
      username: `odd_${Math.random().toString(36).slice(2, 10)}`,
      password: 'long enough',
      email,
    };
    expect((await client.post('/api/v1/accounts', { body })).body.code).toBe('validation-failed');
  });
});
