import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operator } from '../../src/modules/staff/index.ts';
import { type Client, clientOf, createPeople, PASSWORD, type People } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const PATH = '/api/v1/accounts';

let server: TestServer;
let client: Client;
let people: People;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
});

afterAll(() => server?.close());

let networks = 0;
/** Each from a network of its own, unless the limit on networks is the subject. */
const signUp = (body: object, from = `198.51.100.${++networks}`) =>
  client.post(PATH, { body: { password: PASSWORD, ...body }, from });

const signIn = (login: string, from = `198.51.100.${++networks}`) =>
  client.post('/api/v1/sessions', { body: { login, password: PASSWORD }, from });

const countOf = async (table: string, where: object): Promise<number> => {
  const row = await server.context.db(table).where(where).count('* as count').first();
  return Number(row?.count);
};

describe('signing up where it is open', () => {
  test('makes an account that can sign in at once', async () => {
    const made = await signUp({ username: 'Alice', email: 'Alice@Mail.test', agreement: true });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({
      pending: false,
      account: { username: 'Alice', acct: 'Alice', host: null },
    });
    expect(JSON.stringify(made.body)).not.toContain('ail.test');
    expect(made.headers['set-cookie']).toBeUndefined();
    for (const login of ['alice', 'ALICE', '@Alice', ' alice ', 'alice@mail.test', 'ALICE@MAIL.TEST']) {
      expect((await signIn(login)).body, login).toMatchObject({ account: { id: made.body.account.id } });
    }
  });

  test.each([
    ...[
      'a b',
      'ümlaut',
      'dash-ed',
      'dot.ted',
      '@alice',
      'a@b',
      'x'.repeat(31),
      '<b>',
      "a'--",
      'a/../b',
      'a%00',
    ],
    ...['instance.actor', 'аdmin', 'ａｄｍｉｎ'],
  ])('the name %s is refused', async (username) => {
    const refused = await signUp({ username });
    expect([refused.status, refused.body.code]).toEqual([422, 'username-invalid']);
  });

  test.each(['admin', 'ADMIN', 'Root', 'api', 'vireo', 'instance', 'noreply'])(
    'the name %s is reserved',
    async (username) => {
      const refused = await signUp({ username });
      expect([refused.status, refused.body.code]).toEqual([422, 'username-reserved']);
    },
  );

  test('a name is taken in any case, and also by somebody who waits', async () => {
    await people.local('Bo');
    await people.local('Waiting', { pending: true });
    for (const username of ['Bo', 'bo', 'BO', 'waiting']) {
      const refused = await signUp({ username });
      expect([refused.status, refused.body.code]).toEqual([422, 'username-taken']);
    }
  });

  test('the same name on another server is free here', async () => {
    await people.remote('elsewhere', 'a.test');
    expect((await signUp({ username: 'elsewhere' })).status).toBe(200);
  });

  test('an address is taken in any case', async () => {
    await people.local('first', { email: 'one@mail.test' });
    const refused = await signUp({ username: 'second', email: 'ONE@Mail.Test' });
    expect([refused.status, refused.body.code]).toEqual([422, 'email-taken']);
    expect(await countOf('accounts', { username_key: 'second' })).toBe(0);
  });

  test.each([
    ...['a', 'a@', '@b.test', 'a@b', 'a b@c.test', 'a@b.test\nBcc: x@y.test', 'a@b..test', '.a@b.test'],
    ...[
      '"a"@b.test',
      'a@[127.0.0.1]',
      'a@b.test,c@d.test',
      'ä@b.test',
      'a@ｂ.test',
      `${'a'.repeat(250)}@b.test`,
    ],
  ])('A9 the address %j is refused', async (email) => {
    const refused = await signUp({ username: 'mailer', email });
    expect([refused.status, refused.body.code]).toEqual([422, 'validation-failed']);
    expect(refused.body.details[0].field).toBe('email');
  });

  test.each([
    [{ password: 'short' }, 'password'],
    [{ password: 'x'.repeat(201) }, 'password'],
    [{ password: 1234567890 }, 'password'],
    [{ username: '' }, 'username'],
    [{ username: ['a', 'b'] }, 'username'],
    [{ username: 'r', reason: 'x'.repeat(2_001) }, 'reason'],
  ])('%j names the field', async (form, field) => {
    const refused = await signUp({ username: 'someone', ...form });
    expect([refused.status, refused.body.code]).toEqual([422, 'validation-failed']);
    expect(refused.body.details).toMatchObject([{ field }]);
  });
});

describe('racing for the same thing', () => {
  const racers = Array.from({ length: 10 }, (_, number) => number);

  test('ten that want one name: one gets it', async () => {
    const answers = await Promise.all(racers.map((n) => signUp({ username: n % 2 ? 'Racer' : 'racer' })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array(9).fill(422)]);
    const errors = answers.flatMap((answer) => answer.body.code ?? []);
    expect(new Set(errors)).toEqual(new Set(['username-taken']));
    expect(await countOf('accounts', { username_key: 'racer' })).toBe(1);
  });

  test('ten with one address: one gets it, and the other names stay free', async () => {
    const answers = await Promise.all(
      racers.map((n) =>
        signUp({ username: `mail_${n}`, email: n % 2 ? 'Race@Mail.test' : 'race@mail.test' }),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array(9).fill(422)]);
    const errors = answers.flatMap((answer) => answer.body.code ?? []);
    expect(new Set(errors)).toEqual(new Set(['email-taken']));
    expect(await countOf('users', { email_key: 'race@mail.test' })).toBe(1);
    const made = await server.context
      .db('accounts')
      .where('username_key', 'like', 'mail\\__')
      .count('* as n')
      .first();
    expect(Number(made?.n)).toBe(1);
  });
});

describe('losing by a moment', () => {
  test.each<[string, object, string]>([
    ['a name', { username: 'PHOTO_finish', email: 'loser1@mail.test' }, 'username-taken'],
    ['an address', { username: 'loser2', email: 'Photo@Finish.test' }, 'email-taken'],
  ])('%s that somebody is just taking is refused once it is theirs', async (_name, form, reason) => {
    const { auth, inTx, db } = server.context;
    const winner = await auth.prepareSignUp({
      username: 'photo_finish',
      email: 'photo@finish.test',
      password: PASSWORD,
    });
    await db('accounts').where({ username_key: 'photo_finish' }).delete();
    const before = await countOf('events', { name: 'account.registered' });
    let loser: ReturnType<typeof signUp> | undefined;
    await inTx(async (tx) => {
      expect((await auth.signUp(tx, winner)).ok).toBe(true);
      loser = signUp(form);
      await waitsForALock(server);
    });
    const refused = await loser;
    expect([refused?.status, refused?.body.code]).toEqual([422, reason]);
    expect(await countOf('accounts', { username_key: 'loser2' })).toBe(0);
    expect(await countOf('events', { name: 'account.registered' })).toBe(before + 1);
  });
});

describe('where a person decides', () => {
  let careful: TestServer;
  let asked: Client;
  const ask = (body: object) => asked.post(PATH, { body: { password: PASSWORD, ...body } });

  beforeAll(async () => {
    careful = await startTestServer({ variables: { REGISTRATIONS: 'approval' } });
    asked = clientOf(careful.origin);
  });
  afterAll(() => careful?.close());

  test('a reason is needed', async () => {
    for (const reason of [undefined, '', '   ']) {
      const refused = await ask({ username: 'carol', reason });
      expect([refused.status, refused.body.code]).toEqual([422, 'reason-required']);
    }
  });

  test('with one, the account waits and cannot sign in, and nobody sees it', async () => {
    const made = await ask({ username: 'carol', reason: 'I film birds.', email: 'carol@mail.test' });
    expect(made.body).toMatchObject({ pending: true, account: { username: 'carol' } });
    const refused = await asked.post('/api/v1/sessions', { body: { login: 'carol', password: PASSWORD } });
    expect([refused.status, refused.body.code]).toEqual([403, 'approval-pending']);
    expect(refused.headers['set-cookie']).toBeUndefined();
    const hidden = [
      `/api/v1/accounts/${made.body.account.id}`,
      `/api/v1/accounts/${made.body.account.id}/statuses`,
      '/api/v1/accounts/lookup?acct=carol',
      `/ap/users/${made.body.account.id}`,
      `/.well-known/webfinger?resource=acct:carol@${careful.context.urls.domain}`,
    ];
    for (const path of hidden) {
      const answer = await asked.get(path, { headers: { accept: 'application/activity+json' } });
      expect(answer.status, path).toBe(404);
    }
    expect((await asked.get('/api/v2/search?q=carol')).body.accounts).toEqual([]);
  });

  test('A10 A11 staff lets in or turns away; nobody else can', async () => {
    const crowd = createPeople(careful);
    const [owner, user, moderator] = await Promise.all([
      crowd.signedIn('boss', 'owner'),
      crowd.signedIn('user1'),
      crowd.signedIn('mod1', 'moderator'),
    ]);
    const dora = (await ask({ username: 'dora', reason: 'Friends are here.' })).body.account;
    const eve = (await ask({ username: 'eve', reason: 'Spam.' })).body.account;

    expect((await asked.get('/api/v1/admin/accounts', { as: user })).body.code).toBe('staff-only');
    for (const verb of ['approve', 'reject']) {
      const refused = await asked.post(`/api/v1/admin/accounts/${dora.id}/${verb}`, { as: user });
      expect([refused.status, refused.body.code]).toEqual([403, 'staff-only']);
    }
    const waiting = await asked.get('/api/v1/admin/sign_ups', { as: moderator });
    expect(waiting.body).toMatchObject([
      { username: 'carol', email: 'carol@mail.test', reason: 'I film birds.' },
      { id: dora.id, username: 'dora', reason: 'Friends are here.' },
      { id: eve.id, username: 'eve' },
    ]);

    expect((await asked.post(`/api/v1/admin/accounts/${dora.id}/approve`, { as: owner })).body).toEqual({});
    expect((await asked.post(`/api/v1/admin/accounts/${eve.id}/reject`, { as: owner })).body).toEqual({});
    const welcome = await asked.post('/api/v1/sessions', { body: { login: 'dora', password: PASSWORD } });
    expect(welcome.body.account.id).toBe(dora.id);
    expect((await asked.get(`/api/v1/accounts/${dora.id}`)).status).toBe(200);
    expect(
      (await asked.post('/api/v1/sessions', { body: { login: 'eve', password: PASSWORD } })).status,
    ).toBe(401);
    expect((await ask({ username: 'Eve', reason: 'Again.' })).status).toBe(200);
  });

  test('who is in already, or never asked, cannot be decided about', async () => {
    const owner = await createPeople(careful).signedIn('boss2', 'admin');
    for (const id of [owner.id, '1', '999999999999']) {
      for (const verb of ['approve', 'reject']) {
        const answer = await asked.post(`/api/v1/admin/accounts/${id}/${verb}`, { as: owner });
        expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
      }
    }
    expect((await asked.get('/api/v1/accounts/verify_credentials', { as: owner })).status).toBe(200);
  });

  test('a rejection that meets an approval under way does not remove the person', async () => {
    const { auth, inTx, accounts } = careful.context;
    const account = await createPeople(careful).local('hasty', { pending: true });
    let reject: ReturnType<typeof auth.decideSignUp> | undefined;
    await inTx(async (tx) => {
      expect(await auth.decideSignUp(tx, operator, account.id, true)).toEqual({ ok: true });
      reject = inTx((other) => auth.decideSignUp(other, operator, account.id, false));
      await waitsForALock(careful);
    });
    expect(await reject).toMatchObject({ ok: false, reason: 'not-found' });
    expect((await accounts.byId(account.id))?.state).toBe('active');
  });
});

async function waitsForALock({ context }: TestServer): Promise<void> {
  const waiting = async () => {
    const query = context.db('pg_stat_activity').where({ wait_event_type: 'Lock' });
    return (await query.whereRaw('datname = current_database()').select('pid')).length;
  };
  await expect.poll(waiting, { timeout: 20_000 }).toBe(1);
}

describe('where it is closed', () => {
  test('nobody gets in, whatever they send, and the page is told', async () => {
    const closed = await startTestServer({ variables: { REGISTRATIONS: 'closed' } });
    try {
      const door = clientOf(closed.origin);
      const body = { username: 'mallory', password: PASSWORD, reason: 'Please.', role: 'owner' };
      const refused = await door.post(PATH, { body });
      expect([refused.status, refused.body.code]).toEqual([403, 'registrations-closed']);
      expect((await door.get('/api/v2/instance')).body.registrations).toMatchObject({ enabled: false });
      expect(await closed.context.accounts.byHandle('mallory')).toBeNull();
    } finally {
      await closed.close();
    }
  });
});
