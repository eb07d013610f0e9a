import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Authenticator, createAuthenticator, type Lies } from '../helpers/authenticator.ts';
import {
  type Client,
  clientOf,
  createPeople,
  PASSWORD,
  type People,
  type Person,
} from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const KEYS = '/api/v1/passkeys';
const ME = '/api/v1/accounts/verify_credentials';

let now = Date.now();
let server: TestServer;
let client: Client;
let people: People;
let networks = 0;
const away = () => `192.0.2.${++networks % 250}`;

beforeAll(async () => {
  const clock = { now: () => now };
  server = await startTestServer({ host: 'localhost', overrides: { clock } });
  client = clientOf(server.origin);
  people = createPeople(server);
});

afterAll(() => server?.close());

const fresh = { password: PASSWORD };
const options = async (as: Person, body: object = fresh) => client.post(`${KEYS}/options`, { as, body });

/** Somebody with a passkey. */
async function withPasskey(
  name: string,
  lies: Lies = {},
): Promise<{ as: Person; key: Authenticator; id: string }> {
  const as = await people.signedIn(name);
  const key = createAuthenticator(server);
  const told = (await options(as)).body;
  const added = await client.post(KEYS, {
    as,
    body: { credential: key.create(told, lies), name: 'My phone' },
  });
  if (added.status !== 200) throw new Error(JSON.stringify(added.body));
  return { as, key, id: added.body.id };
}

/** Begins to sign in: what the browser is told, and the cookie by which it is known. */
async function begin(from = away()) {
  const begun = await client.post(`${KEYS}/sign_in_options`, { from });
  const cookie = /vireo-passkey=([^;]+)/.exec(String(begun.headers['set-cookie']))?.[1] ?? '';
  return { told: begun.body, cookie, header: String(begun.headers['set-cookie']) };
}

const answer = (credential: object, cookie: string, headers: Record<string, string> = {}) =>
  client.post(`${KEYS}/sign_in`, {
    body: { credential },
    headers: { cookie: `vireo-passkey=${cookie}`, ...headers },
    from: away(),
  });

async function signIn(key: Authenticator, lies: Lies = {}) {
  const { told, cookie } = await begin();
  return answer(key.get(told, lies), cookie);
}

describe('a passkey', () => {
  test('is added with the password, listed, and signs in without it', async () => {
    const { as, key } = await withPasskey('alice');
    expect(key.handle).not.toContain(as.id);
    const before = await client.get(KEYS, { as });
    expect(before.body).toMatchObject([{ name: 'My phone', synced: false, last_used_at: null }]);
    const entered = await signIn(key);
    expect(entered.body).toMatchObject({ account: { id: as.id }, role: 'user' });
    const cookie = /vireo-session=([^;]+)/.exec(String(entered.headers['set-cookie']))?.[1] ?? '';
    expect((await client.get(ME, { cookie })).body.id).toBe(as.id);
    expect((await client.get(KEYS, { as })).body[0].last_used_at).not.toBeNull();
  });

  test('counts as both factors, and the code of the app still does for the password', async () => {
    const { as, key } = await withPasskey('both');
    const begun = await client.post('/api/v1/second_factor', { as, body: fresh });
    const totp = new TOTP({ secret: begun.body.secret });
    const code = totp.generate({ timestamp: now });
    const confirmed = await client.post('/api/v1/second_factor/confirm', { as, body: { code } });
    expect(confirmed.status).toBe(200);
    expect((await signIn(key)).status).toBe(200);
    const login = { login: 'both', password: PASSWORD };
    expect((await client.post('/api/v1/sessions', { body: login })).body.code).toBe('second-factor-required');
    const body = { ...login, code: confirmed.body.recovery_codes[0] };
    expect((await client.post('/api/v1/sessions', { body })).status).toBe(200);
  });

  test('proves that one is there, for what asks for the password otherwise, in one session only', async () => {
    const { as, key, id } = await withPasskey('prover');
    const rename = (body: object, who: Pick<Person, 'token'> = as) =>
      client.patch(`${KEYS}/${id}`, { as: who, body: { name: 'Key ring', ...body } });
    expect((await rename({})).body.code).toBe('proof-needed');
    expect((await rename({ password: 'wrong password' })).body.code).toBe('wrong-password');
    const told = (await client.post('/api/v1/sessions/proof_options', { as })).body;
    expect(told.allowCredentials).toMatchObject([{ id: key.id }]);
    const proven = await client.post('/api/v1/sessions/proof', { as, body: { credential: key.get(told) } });
    const { proof } = proven.body;
    expect((await rename({ proof })).body).toMatchObject({ name: 'Key ring' });
    const other = { token: await people.tokenOf(as.account) };
    expect((await rename({ proof }, other)).body.code).toBe('proof-needed');
    expect((await rename({ proof: `${proof}x` })).body.code).toBe('proof-needed');
    now += 10 * 60_000 + 1;
    expect((await rename({ proof })).body.code).toBe('proof-needed');
  });

  test('goes when it is removed, and the password stays', async () => {
    const { as, key, id } = await withPasskey('loser');
    const path = `${KEYS}/${id}/remove`;
    expect((await client.post(path, { as, body: {} })).body.code).toBe('proof-needed');
    expect((await client.post(path, { as, body: fresh })).status).toBe(200);
    expect((await signIn(key)).body.code).toBe('passkey-invalid');
    const body = { login: 'loser', password: PASSWORD };
    expect((await client.post('/api/v1/sessions', { body })).status).toBe(200);
  });

  test('A6 stays when its person sets a new password, and ends when somebody else does', async () => {
    const { as, key } = await withPasskey('changer');
    const other = { token: await people.tokenOf(as.account) };
    const body = { password: PASSWORD, new_password: 'a better password' };
    const changed = await client.post('/api/v1/accounts/change_password', { as, body });
    expect((await client.get(ME, { as: other })).status).toBe(401);
    expect((await signIn(key)).status).toBe(200);
    const self = { token: changed.body.token };
    expect((await client.get(KEYS, { as: self })).body).toHaveLength(1);
    const { auth, inTx, db } = server.context;
    const hash = await auth.hashPassword('by the staff');
    await inTx((tx) => auth.setPassword(tx, as.id, hash));
    expect((await signIn(key)).body.code).toBe('passkey-invalid');
    expect(await db('passkeys').where({ account_id: as.id })).toEqual([]);
  });

  test('who waits for approval or is suspended does not come in by one', async () => {
    const { as, key } = await withPasskey('waiting');
    const { db } = server.context;
    await db('users').where({ account_id: as.id }).update({ approval: 'pending' });
    expect((await signIn(key)).body.code).toBe('approval-pending');
    await db('users').where({ account_id: as.id }).update({ approval: 'approved' });
    await people.suspend(as.account);
    expect((await signIn(key)).body.code).toBe('suspended');
  });
});

describe('A7 what is answered once, elsewhere or too late', () => {
  test('an answer counts once, also when it comes twice at the same moment', async () => {
    // Most passkeys count nothing, so that the challenge alone tells the second answer from the first.
    const { key } = await withPasskey('twice', { counter: 0 });
    const { told, cookie } = await begin();
    const credential = key.get(told, { counter: 0 });
    const answers = await Promise.all([1, 2, 3].map(() => answer(credential, cookie)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect((await answer(credential, cookie)).body.code).toBe('passkey-invalid');
    expect((await answer(key.get(told, { counter: 0 }), cookie)).body.code).toBe('passkey-invalid');
  });

  test('a challenge counts in the browser that asked for it, for five minutes, and for its purpose', async () => {
    const { as, key } = await withPasskey('binder');
    const [mine, theirs] = [await begin(), await begin()];
    expect(mine.header).toMatch(/HttpOnly/);
    expect(mine.header).toMatch(/SameSite=Strict/);
    expect((await answer(key.get(mine.told), theirs.cookie)).body.code).toBe('passkey-invalid');
    expect((await answer(key.get(mine.told), '')).body.code).toBe('passkey-invalid');
    const prove = (await client.post('/api/v1/sessions/proof_options', { as })).body;
    expect((await answer(key.get(prove), mine.cookie)).body.code).toBe('passkey-invalid');
    const proof = (body: object) => client.post('/api/v1/sessions/proof', { as, body });
    expect((await proof({ credential: key.get(mine.told) })).body.code).toBe('passkey-invalid');
    const adding = (await options(as)).body;
    expect((await proof({ credential: key.get(adding) })).body.code).toBe('passkey-invalid');
    expect((await answer(key.get(mine.told), mine.cookie)).status).toBe(200);
    const late = await begin();
    now += 5 * 60_000 + 1;
    expect((await answer(key.get(late.told), late.cookie)).body.code).toBe('passkey-invalid');
  });

  test.each<[string, Lies]>([
    ['another origin', { origin: 'https://evil.test' }],
    ['the origin with another port', { origin: 'http://localhost:1' }],
    ['another host', { rpId: 'evil.test' }],
    ['a challenge made up', { challenge: Buffer.alloc(56, 7).toString('base64url') }],
    ['a challenge cut off', { challenge: 'AAAA' }],
    ['another type', { type: 'webauthn.create' }],
    ['a person who was not verified', { flags: 1 }],
    ['a person who was not there', { flags: 4 }],
    ['a signature of something else', { tamper: true }],
    ['a passkey that nobody has', { id: Buffer.alloc(24, 1).toString('base64url') }],
    ['the name of somebody else', { userHandle: Buffer.alloc(32, 1).toString('base64url') }],
    ['no name', { userHandle: null }],
  ])('%s does not sign in', async (what, lies) => {
    const { as, key } = await withPasskey(`liar_${what.replace(/\W/g, '').slice(0, 20)}`);
    const refused = await signIn(key, lies);
    expect([refused.status, refused.body.code]).toEqual([401, 'passkey-invalid']);
    expect(refused.headers['set-cookie']).toBeUndefined();
    expect((await client.get(KEYS, { as })).body[0].last_used_at).toBeNull();
  });

  test('a count that does not rise is a copy of the key', async () => {
    const { key } = await withPasskey('counter');
    expect((await signIn(key, { counter: 10 })).status).toBe(200);
    for (const counter of [10, 9, 0])
      expect((await signIn(key, { counter })).body.code).toBe('passkey-invalid');
    expect((await signIn(key, { counter: 11 })).status).toBe(200);
  });

  test.each<[string, Lies]>([
    ['another origin', { origin: 'https://evil.test' }],
    ['another host', { rpId: 'evil.test' }],
    ['a challenge of somebody else', { challenge: Buffer.alloc(56, 7).toString('base64url') }],
    ['a person who was not verified', { flags: 65 }],
  ])('%s adds none', async (what, lies) => {
    const as = await people.signedIn(`adds_${what.replace(/\W/g, '').slice(0, 20)}`);
    const credential = createAuthenticator(server).create((await options(as)).body, lies);
    const refused = await client.post(KEYS, { as, body: { credential } });
    expect([refused.status, refused.body.code]).toEqual([401, 'passkey-invalid']);
    expect((await client.get(KEYS, { as })).body).toEqual([]);
  });
});

describe('A10 what is somebody else’s', () => {
  test('another session’s challenge, another’s passkey, and one added twice', async () => {
    const { as: victim, key, id } = await withPasskey('victim');
    const { as: thief, key: thiefsKey } = await withPasskey('thief');
    for (const [method, path] of [
      ['patch', `${KEYS}/${id}`],
      ['post', `${KEYS}/${id}/remove`],
    ] as const) {
      const answered = await client[method](path, { as: thief, body: { ...fresh, name: 'Mine' } });
      expect([answered.status, answered.body.code], path).toEqual([404, 'not-found']);
    }
    const told = (await client.post('/api/v1/sessions/proof_options', { as: victim })).body;
    const prove = (as: Person, credential: object) =>
      client.post('/api/v1/sessions/proof', { as, body: { credential } });
    expect((await prove(thief, key.get(told))).body.code).toBe('passkey-invalid');
    expect((await prove(victim, thiefsKey.get(told))).body.code).toBe('passkey-invalid');
    const begun = (await options(victim)).body;
    const created = createAuthenticator(server).create(begun);
    const stolen = await client.post(KEYS, { as: thief, body: { credential: created } });
    expect(stolen.body.code).toBe('passkey-invalid');
    const again = key.create((await options(thief)).body);
    expect((await client.post(KEYS, { as: thief, body: { credential: again } })).body.code).toBe(
      'passkey-known',
    );
    expect((await client.get(KEYS, { as: victim })).body).toHaveLength(1);
  });

  test('an app sees and changes none, whatever it may', async () => {
    const { as, id } = await withPasskey('apped');
    const { db, ids } = server.context;
    const app = { id: ids.next(), client_id: 'x', secret_hash: Buffer.from('x'), name: 'App' };
    await db('apps').insert({ ...app, redirect_uris: ['a:b'], scopes: ['read', 'write'] });
    await db('sessions').where({ account_id: as.id }).update({ app_id: app.id });
    for (const [method, path, body] of [
      ['get', KEYS, undefined],
      ['post', `${KEYS}/options`, fresh],
      ['patch', `${KEYS}/${id}`, { ...fresh, name: 'x' }],
      ['post', `${KEYS}/${id}/remove`, fresh],
      ['post', '/api/v1/sessions/proof_options', undefined],
      ['post', '/api/v1/sessions/proof', fresh],
    ] as const) {
      const refused = await client[method](path, { as, body });
      expect([refused.status, refused.body.code], path).toEqual([403, 'own-session-only']);
    }
  });

  test('A5 a page of another site begins and ends nothing', async () => {
    const { key } = await withPasskey('crossed');
    const headers = { origin: 'https://evil.test' };
    expect((await client.post(`${KEYS}/sign_in_options`, { headers })).body.code).toBe('cross-site');
    const { told, cookie } = await begin();
    expect((await answer(key.get(told), cookie, headers)).body.code).toBe('cross-site');
  });
});

describe('limits', () => {
  test('so many passkeys and no more, however many come at once', async () => {
    const as = await people.signedIn('collector');
    const { db, ids } = server.context;
    const row = { account_id: as.id, public_key: Buffer.from('x'), counter: 0, transports: [] };
    const rows = Array.from({ length: 19 }, (_, n) => ({
      ...{ ...row, id: ids.next(), credential_id: `made-up-${n}`, synced: false, name: `No ${n}` },
    }));
    await db('passkeys').insert(rows);
    const told = await Promise.all([1, 2].map(async () => (await options(as)).body));
    const bodies = told.map((one) => ({ credential: createAuthenticator(server).create(one) }));
    const answers = await Promise.all(bodies.map((body) => client.post(KEYS, { as, body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  });

  test('asking to sign in stores nothing, and is counted by network', async () => {
    const { db } = server.context;
    const rows = async () => (await db('passkey_challenges').count('* as count').first())?.count;
    const before = await rows();
    const statuses = [];
    for (let n = 0; n < 61; n += 1) {
      statuses.push((await client.post(`${KEYS}/sign_in_options`, { from: '203.0.113.9' })).status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(60);
    expect(statuses.at(-1)).toBe(429);
    expect(await rows()).toBe(before);
  });

  test('challenges that were answered are forgotten once they could not count any more', async () => {
    const { db, auth } = server.context;
    await db('passkey_challenges').update({ expires_at: db.raw(`now() - interval '1 s'`) });
    await auth.passkeys.sweep();
    expect(await db('passkey_challenges')).toEqual([]);
  });
});

test('a server that has only an address says that browsers know no passkeys of it', async () => {
  const bare = await startTestServer();
  try {
    const answered = await clientOf(bare.origin).post(`${KEYS}/sign_in_options`);
    expect([answered.status, answered.body.code]).toEqual([422, 'passkeys-impossible']);
  } finally {
    await bare.close();
  }
});
