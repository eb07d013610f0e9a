import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { variables } from '../../config/env.ts';
import { routes } from '../../src/http/api/index.ts';
import { createOAuthClient, type RegisteredApp } from '../helpers/oauth.ts';
import { type Client, clientOf, createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const ME = '/api/v1/accounts/verify_credentials';
/** Names by which the field knows somebody else who says who a person is. */
const FOREIGN =
  /oidc|openid|\bsso\b|saml|ldap|\bcas\b|google|github|kerberos|provider|issuer|assertion|id_token|\bsub\b/i;

let server: TestServer;
let client: Client;
let app: RegisteredApp;
let oauth: ReturnType<typeof createOAuthClient>;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  await createPeople(server).local('alice', { email: 'alice@mail.test' });
  oauth = createOAuthClient(server, client);
  app = await oauth.register();
});
afterAll(() => server?.close());

/**
 * A8 is about accounts that are found by an e-mail address that another service only claims. Nobody signs in by the word
 * of another service here, so there is nothing to find an account by. Whoever adds that has to replace this test.
 */
describe('A8 nobody signs in by an identity that another service vouches for', () => {
  test('no setting names such a service', () => {
    const words = Object.keys(variables).map((name) => name.replaceAll('_', ' '));
    expect(words.filter((name) => FOREIGN.test(name))).toEqual([]);
    expect(words.length).toBeGreaterThan(20);
  });

  test('no account and no session has a column for one', async () => {
    const rows: { table_name: string; column_name: string }[] = await server.context
      .db('information_schema.columns')
      .where({ table_schema: 'public' })
      .whereIn('table_name', ['users', 'accounts', 'sessions', 'oauth_codes', 'apps'])
      .select('table_name', 'column_name');
    const columns = rows.map((row) => row.column_name.replaceAll('_', ' '));
    expect(columns.filter((name) => FOREIGN.test(name))).toEqual([]);
    expect(columns.length).toBeGreaterThan(40);
  });

  test('no route is one, nor a way back from one', async () => {
    expect(routes.filter(({ path }) => FOREIGN.test(path.replaceAll(/[_/]/g, ' ')))).toEqual([]);
    for (const path of [
      ...['/auth/auth/openid_connect', '/auth/auth/openid_connect/callback', '/auth/saml/callback'],
      ...[
        '/oauth/callback',
        '/api/v1/sessions/oidc',
        '/auth/auth/cas/callback',
        '/.well-known/openid-configuration',
      ],
    ]) {
      const asked = await client.get(`${path}?code=1&state=2&SAMLResponse=PHg%2B&ticket=ST-1`);
      // Where the page is built, it answers for addresses that are nothing else.
      const isPage = asked.headers['content-type']?.startsWith('text/html') && asked.status === 200;
      if (!isPage) expect([404, 405], path).toContain(asked.status);
      expect(asked.headers.location, path).toBeUndefined();
      expect(asked.headers['set-cookie'], path).toBeUndefined();
      expect(
        (await client.post(path, { body: { email: 'alice@mail.test' } })).headers['set-cookie'],
      ).toBeUndefined();
    }
  });

  test('no header of a proxy says who somebody is', async () => {
    for (const name of [
      'Remote-User',
      'X-Remote-User',
      'X-Forwarded-User',
      'X-Forwarded-Email',
      'X-Auth-Request-Email',
      'X-WebAuth-User',
      'Cf-Access-Authenticated-User-Email',
    ]) {
      for (const value of ['alice', 'alice@mail.test']) {
        expect((await client.get(ME, { headers: { [name]: value } })).status, name).toBe(401);
      }
    }
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"alice","email":"alice@mail.test","email_verified":true}')}.`;
    for (const scheme of ['Bearer', 'Negotiate', 'JWT'])
      expect((await client.get(ME, { headers: { Authorization: `${scheme} ${unsigned}` } })).status).toBe(
        401,
      );
  });

  test.each([
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:saml2-bearer',
    'urn:ietf:params:oauth:grant-type:token-exchange',
  ])('no token is given for %s', async (grant_type) => {
    const { client_id, client_secret } = app;
    const claims = {
      assertion: 'a.b.c',
      subject_token: 'a.b.c',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    };
    const person = { username: 'alice', email: 'alice@mail.test', password: 'correct horse battery' };
    const answer = await oauth.token({ grant_type, client_id, client_secret, ...claims, ...person });
    expect(answer.body.error).toBe('unsupported_grant_type');
    expect(answer.body).not.toHaveProperty('access_token');
  });

  test('an address that somebody has cannot be claimed by another sign-up', async () => {
    const body = { username: 'mallory', email: 'Alice@mail.test', password: 'a long password' };
    const answer = await client.post('/api/v1/accounts', { body });
    expect([answer.status, answer.body.code]).toEqual([422, 'email-taken']);
  });
});
