import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOAuthClient, REDIRECT, s256, VERIFIER } from '../helpers/oauth.ts';
import { type Client, clientOf, createPeople, PASSWORD, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob';

let server: TestServer;
let client: Client;
let alice: Person;
let oauth: ReturnType<typeof createOAuthClient>;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  alice = await createPeople(server).signedIn('alice');
  oauth = createOAuthClient(server, client);
});

afterAll(() => server?.close());

const cookieIn = (headers: Headers) =>
  /vireo-session=([\w-]+)/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';

test.each(['form', 'json'] as const)('an app signs somebody in, with bodies of %s', async (kind) => {
  const send = async (path: string, fields: Record<string, string>) => {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) };
    const how = kind === 'json' ? json : { body: new URLSearchParams(fields) };
    const answer = await fetch(server.origin + path, { method: 'POST', ...how });
    return { status: answer.status, body: await answer.json() };
  };
  const metadata = (await client.get('/.well-known/oauth-authorization-server')).body;
  expect(metadata).toMatchObject({ issuer: server.origin, code_challenge_methods_supported: ['S256'] });
  const pathOf = (name: string) => metadata[name].replace(server.origin, '');

  const made = await send(pathOf('app_registration_endpoint'), {
    ...{ client_name: 'Phone', redirect_uris: `${REDIRECT}\n${OUT_OF_BAND}`, website: 'https://app.test' },
    scopes: 'read write follow push',
  });
  expect(made.body).toMatchObject({
    ...{ name: 'Phone', redirect_uris: [REDIRECT, OUT_OF_BAND], scopes: ['read', 'write', 'follow', 'push'] },
    ...{ client_id: expect.any(String), client_secret: expect.any(String), client_secret_expires_at: 0 },
  });
  const { client_id, client_secret } = made.body;

  const asked = {
    ...{ response_type: 'code', client_id, redirect_uri: REDIRECT, scope: 'read write follow push' },
    ...{ state: 'a b&c', code_challenge: s256(VERIFIER), code_challenge_method: 'S256', lang: 'en' },
  };
  const shown = await oauth.page({ ...asked, force_login: 'true' });
  expect(shown.text).toContain('<bdi>Phone</bdi></strong> asks you to sign in');
  const entered = await oauth.step({ ...asked, step: 'password', login: '@Alice', password: PASSWORD });
  const cookie = cookieIn(entered.headers);
  const allowed = await oauth.decision(asked, cookie);
  const location = new URL(allowed.headers.get('location') ?? '');
  expect(location.href.startsWith(`${REDIRECT}&code=`)).toBe(true);
  expect(location.searchParams.get('state')).toBe('a b&c');
  const code = location.searchParams.get('code') ?? '';

  const given = await send(pathOf('token_endpoint'), {
    ...{ grant_type: 'authorization_code', code, redirect_uri: REDIRECT },
    ...{ client_id, client_secret, code_verifier: VERIFIER, scope: 'read write follow push' },
  });
  expect(given.body).toEqual({
    ...{ access_token: expect.any(String), token_type: 'Bearer', created_at: expect.any(Number) },
    scope: 'read write follow push',
  });
  const as = { token: given.body.access_token };
  expect((await client.get('/api/v1/accounts/verify_credentials', { as })).body.id).toBe(alice.id);
  expect((await client.get('/oauth/userinfo', { as })).body).toMatchObject({ preferred_username: 'alice' });
  const row = await server.context.db('sessions').whereNotNull('app_id').first('expires_at');
  expect(row.expires_at).toBeNull();

  expect((await send('/oauth/revoke', { client_id, client_secret: 'wrong', token: as.token })).status).toBe(
    401,
  );
  expect(await send('/oauth/revoke', { client_id, client_secret, token: as.token })).toEqual({
    status: 200,
    body: {},
  });
  expect((await client.get('/api/v1/accounts/verify_credentials', { as })).status).toBe(401);
});

test('denying leads back with the refusal; an app that cannot be redirected to gets its code shown', async () => {
  const app = await oauth.register({ redirect_uris: [REDIRECT, OUT_OF_BAND] });
  const asked = oauth.asked(app, { state: 's' });
  const entered = await oauth.step({ ...asked, step: 'password', login: 'alice', password: PASSWORD });
  const cookie = cookieIn(entered.headers);
  const denied = await oauth.decision(asked, cookie, 'deny');
  expect(denied.headers.get('location')).toMatch(/&error=access_denied&state=s&/);
  const manual = await oauth.decision({ ...asked, redirect_uri: OUT_OF_BAND }, cookie);
  const code = />([\w-]+)<\/textarea>/.exec(manual.text)?.[1] ?? '';
  const basic = `Basic ${Buffer.from(`${app.client_id}:${app.client_secret}`).toString('base64')}`;
  const fields = { grant_type: 'authorization_code', code, redirect_uri: OUT_OF_BAND };
  expect((await oauth.token(fields, { authorization: basic })).status).toBe(200);
});

test('wrong requests are answered as RFC 6749 says', async () => {
  const app = await oauth.register();
  const own = { client_id: app.client_id, client_secret: app.client_secret };
  for (const [fields, status, error] of [
    [{ ...own, grant_type: 'password', username: 'alice', password: PASSWORD }, 400, 'unauthorized_client'],
    [{ ...own, grant_type: 'nonsense' }, 400, 'unsupported_grant_type'],
    [{ ...own }, 400, 'invalid_request'],
    [{ grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'x' }, 401, 'invalid_client'],
    [{ grant_type: 'client_credentials', client_id: app.client_id }, 401, 'invalid_client'],
    [{ ...own, grant_type: 'authorization_code', code: 'a\u0000b' }, 400, 'invalid_request'],
  ] as const) {
    const answer = await oauth.token(fields as Record<string, string>);
    expect([answer.status, answer.body.error], JSON.stringify(fields)).toEqual([status, error]);
  }
});
