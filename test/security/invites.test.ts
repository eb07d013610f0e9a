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

const INVITES = '/api/v1/invites';

let server: TestServer;
let client: Client;
let people: People;
let owner: Person;
let networks = 0;

beforeAll(async () => {
  server = await startTestServer({ variables: { REGISTRATIONS: 'invite', MINIMUM_AGE: '16' } });
  client = clientOf(server.origin);
  people = createPeople(server);
  owner = await people.signedIn('boss', 'owner');
});

afterAll(() => server?.close());

const joinAt = (door: Client, body: object) =>
  door.post('/api/v1/accounts', {
    body: { password: PASSWORD, age: 20, ...body },
    from: `198.51.100.${++networks}`,
  });
const join = (body: object) => joinAt(client, body);
const invite = async (body: object = {}, as = owner) => {
  const made = await client.post(INVITES, { as, body });
  if (made.status !== 200) throw new Error(JSON.stringify(made.body));
  return made.body;
};
const usesOf = async (id: string) => (await server.context.db('invites').where({ id }).first('uses')).uses;

describe('joining by invite', () => {
  test('needs one, and then waits for nobody', async () => {
    const refused = await join({ username: 'stranger' });
    expect([refused.status, refused.body.code]).toEqual([422, 'invite-required']);
    const { code, url, id } = await invite();
    expect(url).toBe(`${server.origin}/invite/${code}`);
    const made = await join({ username: 'guest', invite_code: code });
    expect(made.body).toMatchObject({ pending: false, account: { username: 'guest' } });
    const signedIn = await client.post('/api/v1/sessions', { body: { login: 'guest', password: PASSWORD } });
    expect(signedIn.body).toMatchObject({ role: 'user' });
    expect(await usesOf(id)).toBe(1);
    const listed = (await server.context.auth.users(50)).find(({ username }) => username === 'guest');
    expect(listed?.invitedBy).toBe('boss');
  });

  test('unknown, used up, run out and ended ones are refused alike, and the check says the same', async () => {
    const { db } = server.context;
    const [once, ended, late] = [
      await invite({ max_uses: 1 }),
      await invite(),
      await invite({ expires_in: 60 }),
    ];
    const check = (code: string) => client.get(`${INVITES}/${code}`);
    for (const { code } of [once, ended, late]) {
      const open = await check(code);
      expect(open.status).toBe(200);
      expect(JSON.stringify(open.body)).not.toContain('boss');
    }
    expect((await join({ username: 'first', invite_code: once.code })).status).toBe(200);
    expect((await client.delete(`${INVITES}/${ended.id}`, { as: owner })).status).toBe(200);
    await db('invites')
      .where({ id: late.id })
      .update({ expires_at: db.raw(`now() - interval '1 s'`) });
    for (const code of [once.code, ended.code, late.code, 'made-up', once.code.toLowerCase().concat('x')]) {
      const refused = await join({ username: 'second', invite_code: code });
      expect([refused.status, refused.body.code], code).toEqual([422, 'invite-invalid']);
      expect((await check(code)).status, code).toBe(404);
    }
    expect((await client.delete(`${INVITES}/${ended.id}`, { as: owner })).status).toBe(404);
  });

  test('ten race for the last two uses: two get in', async () => {
    const { code, id } = await invite({ max_uses: 2 });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => join({ username: `racer_${n}`, invite_code: code })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, ...Array(8).fill(422)]);
    expect(new Set(answers.flatMap(({ body }) => body.code ?? []))).toEqual(new Set(['invite-invalid']));
    expect(await usesOf(id)).toBe(2);
    const came = await server.context.db('users').where({ invite_id: id });
    expect(came.length).toBe(2);
  });

  test('a sign-up that fails for another reason uses nothing', async () => {
    const { code, id } = await invite({ max_uses: 1 });
    expect((await join({ username: 'boss', invite_code: code })).body.code).toBe('username-taken');
    expect(await usesOf(id)).toBe(0);
    expect((await join({ username: 'better', invite_code: code })).status).toBe(200);
  });

  test('whoever comes follows who invited them, where that was chosen; the locked are asked', async () => {
    const { accounts, inTx, db } = server.context;
    const { code } = await invite({ autofollow: 'true' });
    const fan = (await join({ username: 'fan', invite_code: code })).body.account;
    expect((await accounts.byId(owner.id))?.counts.followers).toBe(1);
    await inTx((tx) => tx('accounts').where({ id: owner.id }).update({ locked: true }));
    const asks = (await join({ username: 'asks', invite_code: code })).body.account;
    const rows = await db('follows').whereIn('follower_id', [fan.id, asks.id]).orderBy('id').select('state');
    expect(rows).toEqual([{ state: 'accepted' }, { state: 'pending' }]);
  });

  test('an invite ends with the office and with the account of who gave it', async () => {
    const { db } = server.context;
    const admin = await people.signedIn('soon_gone', 'admin');
    const { code } = await invite({}, admin);
    const isOpen = async () => (await client.get(`${INVITES}/${code}`)).status === 200;
    const refused = async () => (await join({ username: 'late', invite_code: code })).body.code;
    await db('users').where({ account_id: admin.id }).update({ role: 'user' });
    expect([await isOpen(), await refused()]).toEqual([false, 'invite-invalid']);
    await db('users').where({ account_id: admin.id }).update({ role: 'admin' });
    await people.suspend(admin.account);
    expect([await isOpen(), await refused()]).toEqual([false, 'invite-invalid']);
  });

  test('one page after the other, the newest first, and only one’s own', async () => {
    const admin = await people.signedIn('pager', 'admin');
    const ids = [await invite({}, admin), await invite({}, admin), await invite({}, admin)].map(
      ({ id }) => id,
    );
    const first = await client.get(`${INVITES}?limit=2`, { as: admin });
    expect(first.body.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]]);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? '')?.[1] ?? '';
    const second = await client.get(new URL(next).pathname + new URL(next).search, { as: admin });
    expect(second.body.map(({ id }: { id: string }) => id)).toEqual([ids[0]]);
  });

  test('as many are open as may be, and no more when several are made at once', async () => {
    const admin = await people.signedIn('generous', 'admin');
    const { db, ids } = server.context;
    const rows = Array.from({ length: 98 }, (_, n) => ({
      id: ids.next(),
      account_id: admin.id,
      code: `full${n}`,
    }));
    await db('invites').insert(rows);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => client.post(INVITES, { as: admin, body: {} })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 422, 422, 422, 422]);
    expect(answers.find(({ status }) => status === 422)?.body.code).toBe('too-many-invites');
  });

  test('the instance says so, as Mastodon does', async () => {
    const v2 = (await client.get('/api/v2/instance')).body.registrations;
    expect(v2).toMatchObject({
      ...{ enabled: false, approval_required: false, min_age: 16, mode: 'invite', invites_enabled: false },
      message: expect.stringContaining('invited'),
    });
    const v1 = (await client.get('/api/v1/instance')).body;
    expect(v1).toMatchObject({ registrations: false, invites_enabled: false });
  });
});

describe('A11 what an invite gives', () => {
  test('never a role, whatever is asked for', async () => {
    const made = await client.post(INVITES, { as: owner, body: { role: 'owner', max_uses: 5 } });
    expect(made.body.role).toBeUndefined();
    for (const [n, more] of [{ role: 'owner' }, { role_id: '3' }, { invite: { role: 'admin' } }].entries()) {
      const username = `climber_${n}`;
      expect((await join({ username, invite_code: made.body.code, ...more })).status).toBe(200);
      const signedIn = await client.post('/api/v1/sessions', {
        body: { login: username, password: PASSWORD },
      });
      expect(signedIn.body.role).toBe('user');
    }
  });

  test('users and moderators invite nobody where it is for the staff', async () => {
    for (const role of ['user', 'moderator'] as const) {
      const as = await people.signedIn(`no_${role}`, role);
      const refused = await client.post(INVITES, { as, body: {} });
      expect([refused.status, refused.body.code]).toEqual([403, 'invites-not-yours']);
    }
  });

  test('A10 one person’s invite is not another’s to end or see', async () => {
    const [other, mine] = [await people.signedIn('other', 'admin'), await invite()];
    expect((await client.delete(`${INVITES}/${mine.id}`, { as: other })).status).toBe(404);
    expect((await client.get(INVITES, { as: other })).body).toEqual([]);
    expect((await client.get(`${INVITES}/${mine.code}`)).status).toBe(200);
  });
});

describe('the age that is asked for', () => {
  test('too young, nothing said, no day: refused; old enough: only that is kept', async () => {
    const { code } = await invite();
    const ask = (more: object) => join({ username: 'teen', invite_code: code, age: undefined, ...more });
    const today = new Date(server.context.clock.now());
    const yearsAgo = (years: number, days = 0) =>
      new Date(Date.UTC(today.getUTCFullYear() - years, today.getUTCMonth(), today.getUTCDate() + days))
        .toISOString()
        .slice(0, 10);
    for (const [more, reason] of [
      [{}, 'age-required'],
      [{ age: 15 }, 'too-young'],
      [{ age: '15' }, 'too-young'],
      [{ date_of_birth: yearsAgo(16, 1) }, 'too-young'],
      [{ date_of_birth: yearsAgo(12), age: 30 }, 'too-young'],
      [{ date_of_birth: '2001-02-30' }, 'validation-failed'],
      [{ date_of_birth: yearsAgo(0, 2) }, 'validation-failed'],
      [{ age: -1 }, 'validation-failed'],
    ] as const) {
      const refused = await ask(more);
      expect([refused.status, refused.body.code], JSON.stringify(more)).toEqual([422, reason]);
    }
    const birthday = yearsAgo(16, -1);
    const made = await ask({ date_of_birth: birthday });
    expect(made.status).toBe(200);
    const { db } = server.context;
    const row = await db('users').where({ account_id: made.body.account.id }).first();
    expect(row.stated_age).toBe(16);
    expect(JSON.stringify(row)).not.toContain(birthday);
  });
});

describe.each([['approval'], ['open'], ['closed']])('where registrations are %s', (mode) => {
  test('an invite of anybody counts, or of nobody', async () => {
    const other = await startTestServer({ variables: { REGISTRATIONS: mode, INVITES: 'everyone' } });
    try {
      const door = clientOf(other.origin);
      const host = await createPeople(other).signedIn('host');
      const made = await door.post(INVITES, { as: host, body: {} });
      const isClosed = mode === 'closed';
      expect((await door.get('/api/v1/instance')).body.invites_enabled).toBe(!isClosed);
      expect(made.status).toBe(isClosed ? 403 : 200);
      const joined = await joinAt(door, { username: 'invited', invite_code: made.body.code ?? 'made-up' });
      expect(joined.body).toMatchObject(isClosed ? { code: 'registrations-closed' } : { pending: false });
      const wrong = await joinAt(door, { username: 'guess', invite_code: 'made-up', reason: 'Please.' });
      expect(wrong.body.code).toBe(isClosed ? 'registrations-closed' : 'invite-invalid');
    } finally {
      await other.close();
    }
  });
});
