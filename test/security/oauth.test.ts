import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOAuthClient, hiddenIn, type RegisteredApp, s256, VERIFIER } from '../helpers/oauth.ts';
import {
  type Client,
  clientOf,
  createPeople,
  PASSWORD,
  type People,
  type Person,
} from '../helpers/people.ts';
import { raceForRow } from '../helpers/row-race.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const ME = '/api/v1/accounts/verify_credentials';

let server: TestServer;
let client: Client;
let people: People;
let oauth: ReturnType<typeof createOAuthClient>;
let alice: Person;
let cookie: string;
let app: RegisteredApp;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  oauth = createOAuthClient(server, client);
  alice = await people.signedIn('alice');
  cookie = await people.tokenOf(alice.account, 'cookie');
  app = await oauth.register();
});

afterAll(() => server?.close());

const withPkce = { code_challenge: s256(VERIFIER), code_challenge_method: 'S256' };
let networks = 0;
const elsewhere = () => ({ 'x-forwarded-for': `192.0.2.${++networks % 250}` });

describe('A1 where the code is sent', () => {
  test.each([
    'https://app.test/callback',
    'https://app.test/callback?from=vireo&',
    'https://app.test/callback?from=vireo#x',
    'https://app.test/callback?from=vireo%20',
    'https://app.test/callback/?from=vireo',
    'https://app.test//callback?from=vireo',
    'https://app.test/callback/../callback?from=vireo',
    'https://app.test/%63allback?from=vireo',
    'https://app.test:443/callback?from=vireo',
    'https://app.test:8443/callback?from=vireo',
    'https://APP.test/callback?from=vireo',
    'http://app.test/callback?from=vireo',
    'https://app.test.evil.test/callback?from=vireo',
    'https://app.test@evil.test/callback?from=vireo',
    'https://evil.test/https://app.test/callback?from=vireo',
    'https://app.test\\@evil.test/callback?from=vireo',
    '//app.test/callback?from=vireo',
    ' https://app.test/callback?from=vireo',
    'http://127.0.0.1/callback',
    'urn:ietf:wg:oauth:2.0:oob',
    'javascript:alert(1)',
    '',
  ])('%j is not what the app has registered', async (redirect_uri) => {
    const fields = oauth.asked(app, { redirect_uri });
    for (const answer of [
      await oauth.page(fields, cookie),
      await oauth.step(
        { ...fields, step: 'decide', decision: 'allow' },
        { cookie: `vireo-session=${cookie}` },
      ),
    ]) {
      expect(answer.status).toBe(400);
      expect(answer.headers.get('location')).toBeNull();
      expect(answer.text).toContain('role="alert"');
    }
  });

  test('a loopback port is compared like everything else', async () => {
    const local = await oauth.register({ redirect_uris: ['http://127.0.0.1:4000/cb'] });
    const ask = (redirect_uri: string) => oauth.page(oauth.asked(local, { redirect_uri }), cookie);
    expect((await ask('http://127.0.0.1:4000/cb')).status).toBe(200);
    expect((await ask('http://127.0.0.1:4001/cb')).status).toBe(400);
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '/callback',
    'app.test/callback',
    'https://app.test/#x',
    'https://user@app.test/',
    'https:app.test',
    'https://app.test/\\',
  ])('%s cannot be registered', async (redirect) => {
    const body = { client_name: 'x', redirect_uris: [redirect], scopes: 'read' };
    expect((await client.post('/api/v1/apps', { body })).status).toBe(422);
  });

  test('a request that is wrong in another way leads nowhere either: anybody can register an app', async () => {
    for (const wrong of [
      { response_type: 'token' },
      { scope: 'admin:write' },
      { code_challenge: 'x' },
      { state: 'x'.repeat(3_000) },
    ]) {
      const answer = await oauth.page(oauth.asked(app, wrong), cookie);
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
    }
  });
});

describe('A2 PKCE', () => {
  const asking = (more: Record<string, string>) => oauth.page(oauth.asked(app, more), cookie);

  test.each<[string, Record<string, string>]>([
    ['plain', { code_challenge: VERIFIER, code_challenge_method: 'plain' }],
    ['no method, which means plain', { code_challenge: s256(VERIFIER) }],
    ['a method alone', { code_challenge_method: 'S256' }],
    ['lower case', { ...withPkce, code_challenge_method: 's256' }],
    ['an empty challenge', { ...withPkce, code_challenge: '' }],
    ['a challenge that is no hash', { ...withPkce, code_challenge: 'short' }],
  ])('%s is refused', async (_name, more) => {
    expect((await asking(more)).status).toBe(400);
  });

  const open = { client_secret: '' };
  test.each<[string, object, Record<string, string>, boolean]>([
    ['a public app with its verifier', withPkce, { ...open, code_verifier: VERIFIER }, true],
    ['an app with secret and verifier', withPkce, { code_verifier: VERIFIER }, true],
    ['an app with a secret, without PKCE', {}, {}, true],
    ['no verifier', withPkce, {}, false],
    ['no verifier, no secret', withPkce, open, false],
    ['no PKCE, no secret', {}, open, false],
    ['an empty verifier', withPkce, { code_verifier: '' }, false],
    ['a wrong verifier', withPkce, { code_verifier: 'w'.repeat(43) }, false],
    ['the challenge as verifier', withPkce, { code_verifier: s256(VERIFIER) }, false],
    ['a verifier where none was announced', {}, { ...open, code_verifier: VERIFIER }, false],
    ['a wrong secret', withPkce, { client_secret: 'wrong', code_verifier: VERIFIER }, false],
    ['another redirect', {}, { redirect_uri: 'https://app.test/callback' }, false],
    ['no redirect', {}, { redirect_uri: '' }, false],
  ])('%s', async (_name, ask, more, isGiven) => {
    const code = await oauth.code(oauth.asked(app, ask as Record<string, string>), cookie);
    const answer = await oauth.token(oauth.exchangeOf(app, code, more), elsewhere());
    expect(answer.body).toEqual(
      isGiven
        ? expect.objectContaining({ access_token: expect.any(String), token_type: 'Bearer', scope: 'read' })
        : {
            error: expect.stringMatching(/^invalid_(grant|client|request)$/),
            error_description: expect.any(String),
          },
    );
    expect(answer.status).toBe(isGiven ? 200 : answer.body.error === 'invalid_client' ? 401 : 400);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('a wrong verifier uses the code up', async () => {
    const code = await oauth.code(oauth.asked(app, withPkce), cookie);
    const send = (code_verifier: string) =>
      oauth.token(oauth.exchangeOf(app, code, { ...open, code_verifier }), elsewhere());
    expect((await send('w'.repeat(43))).status).toBe(400);
    expect((await send(VERIFIER)).body.error).toBe('invalid_grant');
  });
});

describe('A3 a code counts once', () => {
  test('of twenty exchanges at once, one gets a token; that the code came again ends it', async () => {
    const code = await oauth.code(oauth.asked(app), cookie);
    const before = await server.context.db('sessions').count('* as count').first();
    const answers = await raceForRow(server, {
      lock: (tx) => tx('oauth_codes').forUpdate().select(),
      start: () =>
        Promise.all(Array.from({ length: 20 }, () => oauth.token(oauth.exchangeOf(app, code), elsewhere()))),
      waiting: 5,
    });
    const given = answers.filter((answer) => answer.status === 200);
    expect(given).toHaveLength(1);
    for (const answer of answers) if (answer.status !== 200) expect(answer.body.error).toBe('invalid_grant');
    expect((await client.get(ME, { as: { token: given[0]?.body.access_token } })).status).toBe(401);
    expect(await server.context.db('sessions').count('* as count').first()).toEqual(before);
  });

  test('a code of another app is refused, and stays good', async () => {
    const other = await oauth.register();
    const code = await oauth.code(oauth.asked(app), cookie);
    expect((await oauth.token(oauth.exchangeOf(other, code))).body.error).toBe('invalid_grant');
    const mine = await oauth.token(oauth.exchangeOf(app, code));
    expect((await client.get(ME, { as: { token: mine.body.access_token } })).body.id).toBe(alice.id);
    expect((await oauth.token(oauth.exchangeOf(other, code))).body.error).toBe('invalid_grant');
    expect((await client.get(ME, { as: { token: mine.body.access_token } })).status).toBe(200);
  });

  test('a code that has run out is none; old codes and unused apps are swept', async () => {
    const { db, auth } = server.context;
    const code = await oauth.code(oauth.asked(app), cookie);
    await db('oauth_codes').update({ expires_at: db.raw("now() - interval '2 days'") });
    expect((await oauth.token(oauth.exchangeOf(app, code))).body.error).toBe('invalid_grant');
    const unused = await oauth.register();
    await db('apps').update({ created_at: db.raw("now() - interval '8 days'") });
    await auth.apps.sweep();
    expect(await db('oauth_codes').select()).toEqual([]);
    expect(await db('apps').where({ client_id: unused.client_id }).select()).toEqual([]);
    expect(await db('apps').where({ client_id: app.client_id }).select()).toHaveLength(1);
  });
});

describe('A4 scopes', () => {
  test.each(['write', 'read write', 'admin:read', 'profile write:statuses', 'follow', 'nonsense'])(
    'an app that registered read:accounts cannot ask for %s',
    async (scope) => {
      const small = await oauth.register({ scopes: 'read:accounts' });
      expect((await oauth.page(oauth.asked(small, { scope }), cookie)).status).toBe(400);
      const own = { grant_type: 'client_credentials', scope };
      const answer = await oauth.token(
        { ...own, client_id: small.client_id, client_secret: small.client_secret },
        elsewhere(),
      );
      expect(answer.body.error).toBe('invalid_scope');
    },
  );

  test('an exchange cannot widen what was allowed', async () => {
    const code = await oauth.code(oauth.asked(app, { scope: 'read:statuses' }), cookie);
    const given = await oauth.token(oauth.exchangeOf(app, code, { scope: 'read write' }), elsewhere());
    expect(given.body.scope).toBe('read:statuses');
    const as = { token: given.body.access_token };
    expect((await client.get(ME, { as })).body.code).toBe('scope-missing');
    expect((await client.get('/api/v1/timelines/home', { as })).status).toBe(200);
  });

  test('the token of an app is nobody’s', async () => {
    const own = {
      grant_type: 'client_credentials',
      client_id: app.client_id,
      client_secret: app.client_secret,
    };
    const given = await oauth.token({ ...own, scope: 'read write' }, elsewhere());
    const as = { token: given.body.access_token };
    expect((await client.get(ME, { as })).body.code).toBe('not-signed-in');
    expect((await client.get('/api/v1/apps/verify_credentials', { as })).body.name).toBe('Test app');
    expect((await client.get('/api/v2/instance', { as })).status).toBe(200);
  });

  test('apps cannot decide about sessions, passwords and codes', async () => {
    const code = await oauth.code(oauth.asked(app, { scope: 'read write' }), cookie);
    const given = await oauth.token(oauth.exchangeOf(app, code), elsewhere());
    const as = { token: given.body.access_token };
    const body = { password: PASSWORD, new_password: 'another password', code: '123456' };
    const answers = [
      await client.get('/api/v1/sessions', { as }),
      await client.delete('/api/v1/sessions/1', { as }),
      await client.post('/api/v1/accounts/change_password', { as, body }),
      await client.get('/api/v1/second_factor', { as }),
      await client.post('/api/v1/second_factor', { as, body }),
      await client.post('/api/v1/second_factor/confirm', { as, body }),
      await client.post('/api/v1/second_factor/disable', { as, body }),
    ];
    for (const answer of answers) expect(answer.body.code).toBe('own-session-only');
  });
});

describe('A5 the page that asks', () => {
  const decide = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    oauth.step(
      { ...fields, step: 'decide', decision: 'allow' },
      { cookie: `vireo-session=${cookie}`, ...headers },
    );

  test('cannot be answered from elsewhere, without its proof, or with that of another question or session', async () => {
    const fields = oauth.asked(app);
    const proof = hiddenIn((await oauth.page(fields, cookie)).text, 'proof');
    const other = await people.tokenOf(alice.account, 'cookie');
    for (const refused of [
      await decide({ ...fields, proof }, { origin: 'https://evil.test' }),
      await decide({ ...fields, proof }, { origin: 'null' }),
      await decide(fields),
      await decide({ ...fields, proof: `${proof}x` }),
      await decide({ ...fields, proof, scope: 'read write' }),
      await decide({ ...fields, proof, state: 'other' }),
      await decide({ ...fields, proof }, { cookie: `vireo-session=${other}` }),
    ]) {
      expect([refused.status, refused.headers.get('location')]).toEqual([403, null]);
    }
    expect((await decide({ ...fields, proof })).status).toBe(303);
  });

  test('a look at it gives nothing, and signing in from another site is refused', async () => {
    expect((await oauth.page(oauth.asked(app), cookie)).text).toContain('Allow Test app?');
    const fields = { ...oauth.asked(app), step: 'password', login: 'alice', password: PASSWORD };
    const answer = await oauth.step(fields, { origin: 'https://evil.test' });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
  });

  test('is shown in no frame, runs nothing, and leads to nobody but the app', async () => {
    const policy = (await oauth.page(oauth.asked(app), cookie)).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self' https://app.test;");
    const native = await oauth.register({ redirect_uris: 'my.app:/callback' });
    const page = await oauth.page(oauth.asked(native, { redirect_uri: 'my.app:/callback' }), cookie);
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' my.app:;");
  });

  test('W1 what an app says of itself is text', async () => {
    const name = '<img src=x onerror=alert(1)>"\'&';
    const loud = await oauth.register({ client_name: name, website: 'https://app.test/"><script>' });
    const { text } = await oauth.page(oauth.asked(loud, { state: '"><script>alert(1)</script>' }), cookie);
    expect(text).not.toMatch(/<script|<img src=x/);
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;');
  });
});

describe('A6 sessions', () => {
  test('signing in on the page opens a new session and ends the one from before', async () => {
    const before = await people.tokenOf(alice.account, 'cookie');
    const fields = { ...oauth.asked(app), step: 'password', login: 'alice', password: PASSWORD };
    const answer = await oauth.step(fields, { cookie: `vireo-session=${before}` });
    expect([answer.status, answer.headers.get('location')?.split('?')[0]]).toEqual([303, '/oauth/authorize']);
    const after = /vireo-session=([\w-]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? '';
    expect(after).not.toBe(before);
    expect((await client.get(ME, { cookie: before })).status).toBe(401);
    expect((await client.get(ME, { cookie: after })).body.id).toBe(alice.id);
  });

  test('a new password ends all others, those of apps and their codes too, and renews one’s own', async () => {
    const bob = await people.signedIn('bob');
    const page = await people.tokenOf(bob.account, 'cookie');
    const given = await oauth.token(
      oauth.exchangeOf(app, await oauth.code(oauth.asked(app), page)),
      elsewhere(),
    );
    const waiting = await oauth.code(oauth.asked(app), page);
    const change = (password: string) =>
      client.post('/api/v1/accounts/change_password', {
        cookie: page,
        headers: { origin: server.origin },
        body: { password, new_password: 'another password' },
      });
    expect((await change('wrong password')).body.code).toBe('wrong-password');
    const answer = await change(PASSWORD);
    expect([answer.status, answer.body]).toEqual([200, {}]);
    const renewed = /vireo-session=([\w-]+)/.exec(answer.headers['set-cookie']?.[0] ?? '')?.[1] ?? '';
    for (const token of [bob.token, given.body.access_token]) {
      expect((await client.get(ME, { as: { token } })).status).toBe(401);
    }
    expect((await client.get(ME, { cookie: page })).status).toBe(401);
    expect((await client.get(ME, { cookie: renewed })).body.id).toBe(bob.id);
    expect((await oauth.token(oauth.exchangeOf(app, waiting), elsewhere())).body.error).toBe('invalid_grant');
  });

  test('one sees and ends one’s own sessions, and nobody else’s', async () => {
    const carol = await people.signedIn('carol');
    const page = await people.tokenOf(carol.account, 'cookie');
    const given = await oauth.token(
      oauth.exchangeOf(app, await oauth.code(oauth.asked(app), page)),
      elsewhere(),
    );
    const list = (await client.get('/api/v1/sessions', { as: carol })).body as {
      id: string;
      app: object | null;
      current: boolean;
    }[];
    expect(list.map((one) => [one.app, one.current])).toEqual([
      [{ name: 'Test app', website: null }, false],
      [null, false],
      [null, true],
    ]);
    const ended = list[0]?.id ?? '';
    expect((await client.delete(`/api/v1/sessions/${ended}`, { as: alice })).status).toBe(404);
    expect((await client.delete(`/api/v1/sessions/${ended}`, { as: carol })).status).toBe(200);
    expect((await client.get(ME, { as: { token: given.body.access_token } })).status).toBe(401);
  });
});
