import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOAuthClient, REDIRECT, type RegisteredApp, s256, VERIFIER } from '../helpers/oauth.ts';
import { type Client, clientOf, createPeople, PASSWORD, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const ME = '/api/v1/accounts/verify_credentials';
const METADATA = '/.well-known/oauth-authorization-server';

let server: TestServer;
let client: Client;
let alice: Person;
let bob: Person;
let oauth: ReturnType<typeof createOAuthClient>;
let cookie: string;
let app: RegisteredApp;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  const people = createPeople(server);
  alice = await people.signedIn('alice');
  bob = await people.signedIn('bob');
  oauth = createOAuthClient(server, client);
  cookie = await people.tokenOf(alice.account, 'cookie');
  app = await oauth.register();
});

afterAll(() => server?.close());

const from = (network: string) => ({ 'x-forwarded-for': network });
let networks = 0;
const elsewhere = () => from(`198.51.100.${++networks}`);
const basic = (one: RegisteredApp, secret = one.client_secret) => ({
  authorization: `Basic ${Buffer.from(`${one.client_id}:${secret}`).toString('base64')}`,
});

/** A token with which the app acts for Alice. */
async function tokenOf(one: RegisteredApp, scope = 'read'): Promise<string> {
  const code = await oauth.code(oauth.asked(one, { scope }), cookie);
  return (await oauth.token(oauth.exchangeOf(one, code), elsewhere())).body.access_token;
}

const isAlive = async (token: string) => (await client.get(ME, { as: { token } })).status === 200;

describe('RFC 8414: what this server says of itself', () => {
  test('is true: every address answers, and is what it is named for', async () => {
    const answer = await client.get(METADATA);
    const { body } = answer;
    expect(answer.headers['content-type']).toContain('application/json');
    expect(body).toMatchObject({
      issuer: server.origin,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'client_credentials'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
    expect(body.scopes_supported).toEqual(expect.arrayContaining(['read', 'write:media', 'profile']));
    const at = (name: string) => String(body[name]).replace(server.origin, '');
    for (const name of Object.keys(body).filter((key) => key.endsWith('_endpoint'))) {
      expect(at(name), name).toMatch(/^\/(oauth|api)\//);
    }
    expect((await client.get(at('service_documentation'))).status).toBe(200);
    expect((await oauth.page(oauth.asked(app))).text).toContain('Sign in');
    expect((await oauth.post(at('token_endpoint'), {}, elsewhere())).status).toBe(401);
    expect((await oauth.post(at('revocation_endpoint'), {}, elsewhere())).status).toBe(401);
    expect((await oauth.post(at('app_registration_endpoint'), {})).status).toBe(422);
    expect((await client.get(at('userinfo_endpoint'))).status).toBe(401);
  });

  test('each way it names for an app to name itself is one', async () => {
    for (const [more, headers] of [
      [{}, {}],
      [{ client_id: '', client_secret: '' }, basic(app)],
      [{ client_secret: '', code_verifier: VERIFIER }, {}],
    ] as const) {
      const isPublic = 'code_verifier' in more;
      const pkce = { code_challenge: s256(VERIFIER), code_challenge_method: 'S256' };
      const code = await oauth.code(oauth.asked(app, isPublic ? pkce : {}), cookie);
      const fields = Object.entries(oauth.exchangeOf(app, code, more)).filter(([, value]) => value !== '');
      const given = await oauth.token(Object.fromEntries(fields), { ...elsewhere(), ...headers });
      expect([given.status, given.body.scope], JSON.stringify(more)).toEqual([200, 'read']);
    }
  });
});

describe('A4 what a token is good for', () => {
  test('nothing beyond its scopes, whoever it was given to', async () => {
    const token = await tokenOf(app, 'read:accounts');
    const as = { token };
    expect((await client.get(ME, { as })).status).toBe(200);
    for (const refused of [
      await client.post('/api/v1/statuses', { as, body: { status: 'x' } }),
      await client.post(`/api/v1/accounts/${bob.id}/follow`, { as, body: {} }),
      await client.patch('/api/v1/accounts/update_credentials', { as, body: { note: 'x' } }),
      await client.get('/api/v1/timelines/home', { as }),
    ]) {
      expect([refused.status, refused.body.code]).toEqual([403, 'scope-missing']);
    }
    expect((await client.get('/oauth/userinfo', { as })).body.preferred_username).toBe('alice');
    const other = { token: await tokenOf(app, 'read:statuses') };
    expect((await client.get('/oauth/userinfo', { as: other })).status).toBe(403);
  });

  test('the credentials of an app give no more than it has registered, and only with its secret', async () => {
    const small = await oauth.register({ scopes: 'read:accounts' });
    const grant = { grant_type: 'client_credentials' };
    const own = (more: Record<string, string>, headers = {}) =>
      oauth.token({ ...grant, ...more }, { ...elsewhere(), ...headers });
    const named = { client_id: small.client_id };
    expect((await own({}, basic(small))).body).toMatchObject({
      scope: 'read:accounts',
      token_type: 'Bearer',
    });
    expect((await own({ scope: 'read' }, basic(small))).body.error).toBe('invalid_scope');
    for (const refused of [
      await own(named),
      await own({ ...named, client_secret: 'wrong' }),
      await own({ ...named, client_secret: app.client_secret }),
      await own({}, basic(small, 'wrong')),
    ]) {
      expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client']);
      expect(refused.headers.get('www-authenticate')).toContain('Basic');
    }
  });
});

describe('RFC 7009: ending a token', () => {
  const revoke = (fields: Record<string, string>, headers = {}) =>
    oauth.post('/oauth/revoke', fields, { ...elsewhere(), ...headers });

  test('an app ends its own, however it names itself; what is no token is answered alike', async () => {
    const kept = await tokenOf(app);
    const named = { client_id: app.client_id };
    for (const [fields, headers] of [
      [{ ...named, client_secret: app.client_secret }, {}],
      [{}, basic(app)],
      [named, {}],
    ] as const) {
      const token = await tokenOf(app);
      const answers = [
        await revoke({ ...fields, token }, headers),
        await revoke({ ...fields, token }, headers),
      ];
      for (const answer of answers) expect([answer.status, answer.text]).toEqual([200, '{}']);
      expect(await isAlive(token)).toBe(false);
    }
    expect(await isAlive(kept)).toBe(true);
  });

  test('no app ends what another was given, or the session of a page', async () => {
    const token = await tokenOf(app);
    const other = await oauth.register();
    const fields = { client_id: other.client_id, client_secret: other.client_secret };
    for (const foreign of [token, cookie, alice.token]) {
      expect((await revoke({ ...fields, token: foreign })).status).toBe(200);
    }
    expect((await revoke({ ...fields, client_secret: 'wrong', token })).status).toBe(401);
    expect((await revoke({ token })).status).toBe(401);
    expect((await revoke(fields)).status).toBe(400);
    for (const one of [token, alice.token]) expect(await isAlive(one)).toBe(true);
    expect((await client.get(ME, { cookie })).status).toBe(200);
  });
});

describe('A5 what else a page of ours could be used for', () => {
  test.each(['https://a;script-src.test/', 'https://a,b.test/', "https://a'self'.test/"])(
    'a redirect to %s writes nothing into the policy of the page',
    async (redirect_uri) => {
      const odd = await oauth.register({ redirect_uris: [redirect_uri] });
      const page = await oauth.page(oauth.asked(odd, { redirect_uri }), cookie);
      expect(page.headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' https:; base-uri 'none'; frame-ancestors 'none'",
      );
    },
  );

  test.each(['', '/confirm', '/disable'])(
    'another site cannot change the second factor (%s)',
    async (path) => {
      const answer = await client.post(`/api/v1/second_factor${path}`, {
        ...{ cookie, headers: { origin: 'https://evil.test' } },
        body: { password: PASSWORD, code: '123456' },
      });
      expect([answer.status, answer.body.code]).toEqual([403, 'cross-site']);
    },
  );
});

describe('A7 guessing at every door', () => {
  test('passwords tried on the page of apps and by who is signed in count as those of the API', async () => {
    const asked = oauth.asked(app);
    const wrong = { ...asked, step: 'password', login: 'bob', password: 'wrong password' };
    for (let n = 0; n < 4; n += 1) expect((await oauth.step(wrong, elsewhere())).status).toBe(401);
    const body = { password: 'wrong password', new_password: 'another password' };
    for (let n = 0; n < 3; n += 1) {
      const answer = await client.post('/api/v1/accounts/change_password', { as: bob, body });
      expect(answer.body.code).toBe('wrong-password');
    }
    for (let n = 0; n < 3; n += 1) {
      const answer = await client.post('/api/v1/second_factor', { as: bob, body });
      expect(answer.body.code).toBe('wrong-password');
    }
    const right = await oauth.step({ ...wrong, password: PASSWORD }, elsewhere());
    expect([right.status, right.headers.get('set-cookie')]).toEqual([429, null]);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0);
    const sessions = { body: { login: 'bob', password: PASSWORD }, headers: elsewhere() };
    expect((await client.post('/api/v1/sessions', sessions)).status).toBe(429);
  });

  test('a network asks for so many tokens, and is refused in the shape that apps of OAuth read', async () => {
    const network = from('203.0.113.9');
    const answers = await Promise.all(Array.from({ length: 121 }, () => oauth.token({}, network)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.body).toEqual({ error: expect.any(String), error_description: expect.any(String) });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await oauth.token({}, from('203.0.113.10'))).status).toBe(401);
  });

  test('a network registers so many apps', async () => {
    const body = { client_name: 'x', redirect_uris: 'https://app.test/', scopes: 'read' };
    const headers = from('203.0.113.11');
    const statuses = [];
    for (let n = 0; n < 61; n += 1)
      statuses.push((await client.post('/api/v1/apps', { body, headers })).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(60);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('CORS', () => {
  test('pages of other origins may use tokens; nothing of theirs may use a cookie', async () => {
    const headers = { origin: REDIRECT, 'access-control-request-method': 'POST' };
    for (const path of [ME, '/oauth/token', '/oauth/revoke', '/.well-known/oauth-authorization-server']) {
      const answer = await client.options(path, { headers });
      expect(answer.status).toBe(204);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    }
    expect((await client.options('/oauth/authorize', { headers })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
    const answer = await client.get(ME, { as: alice, headers: { origin: 'https://app.test' } });
    expect(answer.headers['access-control-expose-headers']).toContain('Link, X-RateLimit-Limit');
    expect(Number(answer.headers['x-ratelimit-remaining'])).toBeLessThan(
      Number(answer.headers['x-ratelimit-limit']),
    );
    expect(Date.parse(answer.headers['x-ratelimit-reset'] ?? '')).toBeGreaterThan(Date.now());
  });
});
