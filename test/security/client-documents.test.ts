import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOAuthClient, s256, VERIFIER } from '../helpers/oauth.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { HONEST, type Remote, startRemote } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let now = Date.now();
let server: TestServer;
let client: Client;
let oauth: ReturnType<typeof createOAuthClient>;
let alice: Person;
let cookie: string;
let remote: Remote;
/** What the app's server answers with, by path. */
const answers = new Map<string, { status?: number; type?: string; body: string; location?: string }>();
let documents = 0;

beforeAll(async () => {
  server = await startTestServer({ overrides: { clock: { now: () => now } } });
  client = clientOf(server.origin);
  oauth = createOAuthClient(server, client);
  const people = createPeople(server);
  alice = await people.signedIn('alice');
  cookie = await people.tokenOf(alice.account, 'cookie');
  remote = await startRemote(HONEST, ({ path }, response) => {
    const {
      status = 200,
      type = 'application/json',
      body,
      location,
    } = answers.get(path) ?? {
      ...{ status: 404, body: '' },
    };
    response.writeHead(status, { 'content-type': type, ...(location ? { location } : {}) }).end(body);
  });
});

afterAll(async () => {
  await server?.close();
  await remote?.close();
});

beforeEach(() => {
  // Requests are counted by network, and tests have one.
  now += 1_000;
});

const REDIRECT = 'https://clips.test/callback';
const withPkce = { code_challenge: s256(VERIFIER), code_challenge_method: 'S256' };

/** Puts a document at an address of its own, with what a test changes of it. */
function publish(change: Record<string, unknown> = {}, served: { status?: number; type?: string } = {}) {
  documents += 1;
  const path = `/apps/${documents}.json`;
  const id = remote.url(path);
  const honest = { client_id: id, client_name: 'Clips', redirect_uris: [REDIRECT], scope: 'read write' };
  const body = JSON.stringify({ ...honest, token_endpoint_auth_method: 'none', ...change });
  answers.set(path, { ...served, body });
  return { id, path, body };
}

let networks = 0;
async function ask(clientId: string, more: Record<string, string> = {}) {
  const fields = { ...oauth.asked({ client_id: clientId, client_secret: '' }), redirect_uri: REDIRECT };
  const query = new URLSearchParams({ ...fields, ...withPkce, ...more });
  const headers = { cookie: `vireo-session=${cookie}`, 'x-forwarded-for': `192.0.2.${++networks % 250}` };
  const answer = await fetch(`${server.origin}/oauth/authorize?${query}`, { headers });
  return { status: answer.status, text: await answer.text() };
}

const loadsOf = (path: string) => remote.seen.filter((one) => one.path === path).length;

describe('an app that a document tells of', () => {
  test('is named with its host, let in once allowed, and exchanges its code by PKCE alone', async () => {
    const { id, path } = publish({ client_name: 'Clips <b>' });
    const fields = { ...oauth.asked({ client_id: id, client_secret: '' }, withPkce), redirect_uri: REDIRECT };
    const page = await oauth.page(fields, cookie);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Clips &lt;b&gt;');
    expect(page.text).toContain(`(<strong>${remote.host}</strong>)`);
    const code = await oauth.code(fields, cookie);
    const exchange = { ...{ grant_type: 'authorization_code', code, redirect_uri: REDIRECT }, client_id: id };
    expect((await oauth.token({ ...exchange })).status).toBe(401);
    const again = await oauth.code(fields, cookie);
    const token = await oauth.token({ ...exchange, code: again, code_verifier: VERIFIER });
    expect(token.body).toMatchObject({ token_type: 'Bearer', scope: 'read' });
    const as = { token: token.body.access_token };
    expect((await client.get('/api/v1/accounts/verify_credentials', { as })).body.id).toBe(alice.id);
    expect(loadsOf(path)).toBe(1);
  });

  test('the metadata of the server says that it takes them', async () => {
    const metadata = (await client.get('/.well-known/oauth-authorization-server')).body;
    expect(metadata.client_id_metadata_document_supported).toBe(true);
  });

  test('is asked for again after an hour, and stays for a day while its server is away', async () => {
    const { id, path } = publish();
    expect((await ask(id)).status).toBe(200);
    answers.set(path, { status: 503, body: '' });
    now += 3_600_001;
    expect((await ask(id)).status).toBe(200);
    expect(loadsOf(path)).toBe(2);
    now += 24 * 3_600_000;
    expect((await ask(id)).status).toBe(502);
    const changed = publish({ redirect_uris: ['https://clips.test/other'] });
    answers.set(path, { body: changed.body.replace(changed.id, id) });
    now += 60_001;
    expect((await ask(id)).text).toContain('not registered');
  });

  test('one that could not be had is not asked for again and again', async () => {
    const { id, path } = publish({}, { status: 500 });
    for (let n = 0; n < 5; n += 1) expect((await ask(id)).status).toBe(502);
    expect(loadsOf(path)).toBe(1);
  });

  test('many who ask for a new one at once cause one request', async () => {
    const { id, path } = publish();
    const statuses = (await Promise.all([1, 2, 3, 4, 5].map(() => ask(id)))).map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    expect(loadsOf(path)).toBe(1);
  });
});

describe('A1 A4 what a document may not say', () => {
  test('a redirect counts as it is written there, and scopes at most', async () => {
    const { id } = publish();
    for (const redirect_uri of [`${REDIRECT}/`, `${REDIRECT}?x`, 'https://clips.test.evil.test/callback']) {
      expect((await ask(id, { redirect_uri })).status, redirect_uri).toBe(400);
    }
    expect((await ask(id, { scope: 'read admin:read' })).status).toBe(400);
    expect((await ask(publish({ scope: undefined }).id, { scope: 'admin:write' })).status).toBe(400);
    expect((await ask(publish({ scope: undefined }).id, { scope: 'write push' })).status).toBe(200);
  });

  test.each<[string, Record<string, unknown>, { status?: number; type?: string }?]>([
    ['the id of another', { client_id: 'https://clips.test/app.json' }],
    ['no id', { client_id: undefined }],
    ['no redirect', { redirect_uris: [] }],
    ['a redirect that runs', { redirect_uris: [REDIRECT, 'javascript:alert(1)'] }],
    ['a code to copy', { redirect_uris: ['urn:ietf:wg:oauth:2.0:oob'] }],
    ['a secret', { client_secret: 'everybody reads this' }],
    ['a way to use one', { token_endpoint_auth_method: 'client_secret_post' }],
    ['another grant', { grant_types: ['client_credentials'] }],
    ['scopes that nobody knows', { scope: 'everything' }],
    ['an endless name', { client_name: 'x'.repeat(101) }],
    ['more than it may', { padding: 'x'.repeat(11_000) }],
    ['a web page', {}, { type: 'text/html' }],
    ['another status', {}, { status: 203 }],
  ])('%s is not believed', async (_name, change, served) => {
    const { id } = publish(change, served);
    const answer = await ask(id);
    expect([422, 502]).toContain(answer.status);
    expect(answer.text).not.toContain('Allow');
    expect(await server.context.db('apps').where({ client_id: id })).toEqual([]);
  });

  test('a redirect of the document is not followed, and text that is no JSON is none', async () => {
    const { id, path, body } = publish();
    const elsewhere = publish();
    answers.set(path, { status: 302, location: elsewhere.path, body });
    expect((await ask(id)).status).not.toBe(200);
    expect(loadsOf(elsewhere.path)).toBe(0);
    answers.set(elsewhere.path, { body: 'not JSON' });
    expect((await ask(elsewhere.id)).status).toBe(422);
  });

  test.each([...['/', '', '/app.json?x=1', '/app.json#x', '/a/../app.json', '/./app.json', '/a%2e%2e/..']])(
    'an address with %j is no name of an app',
    async (end) => {
      const before = remote.seen.length;
      expect((await ask(`${remote.origin}${end}`)).status).toBe(400);
      expect((await ask(`${remote.origin.replace('//', '//user@')}/app.json`)).status).toBe(400);
      expect((await ask(`${server.origin}/api/v2/instance`)).status).toBe(400);
      expect(remote.seen.length).toBe(before);
    },
  );

  test('F1 private addresses are asked for nothing', async () => {
    for (const host of ['127.0.0.9', '10.0.0.1', '169.254.169.254', '[::1]', 'localhost']) {
      expect((await ask(`https://${host}/app.json`)).status, host).toBe(502);
    }
  });
});
