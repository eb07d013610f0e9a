import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVideoFactory } from '../helpers/factories.ts';
import { BEGIN, type PageServer, SHELL, startPageServer } from '../helpers/page-server.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const PROGRAM = 'application/activity+json';

let page: PageServer;
let server: TestServer;
let client: Client;
let alice: Person;
let videoId: string;

beforeAll(async () => {
  page = await startPageServer();
  ({ server, client } = page);
  alice = await createPeople(server).signedIn('alice');
  videoId = await createVideoFactory(server.context).video(alice.account);
});

afterAll(() => page?.close());

function policyOf(headers: Record<string, string>): Map<string, string[]> {
  const policy = headers['content-security-policy'] ?? '';
  return new Map(
    policy.split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(' ');
      return [name, sources];
    }),
  );
}

describe('W1 A5 headers of every page and answer', () => {
  test.each([
    '/',
    '/@alice',
    '/settings',
    '/api/v2/instance',
    '/api/v1/nothing',
    '/assets/app-1a2b.js',
    '/icon.svg',
  ])('%s', async (path) => {
    const { headers } = await client.get(path);
    const policy = policyOf(headers);
    expect(Object.fromEntries(policy)).toEqual({
      'default-src': ["'self'"],
      // The one script that stands in a page is named by its hash.
      'script-src': ["'self'", `'sha256-${createHash('sha256').update(BEGIN).digest('base64')}'`],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:', 'blob:', 'https://video.test'],
      'media-src': ["'self'", 'blob:', 'https://video.test'],
      'connect-src': ["'self'", 'https://video.test'],
      'worker-src': ["'self'", 'blob:'],
      'object-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
      'upgrade-insecure-requests': [],
    });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'strict-transport-security': expect.stringContaining('max-age=31536000'),
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers['x-powered-by']).toBeUndefined();
    // Any page may use the API, with a token; none with the cookie of its visitor.
    const isOpen = path.startsWith('/api/');
    expect(headers['access-control-allow-origin']).toBe(isOpen ? '*' : undefined);
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  test('without https nothing promises https; media elsewhere may be shown and loaded, not run', async () => {
    const variables = { MEDIA_URL: 'https://cdn.test/clips' };
    const plain = await startTestServer({ variables });
    try {
      const { headers } = await clientOf(plain.origin).get('/api/v2/instance');
      expect(headers['strict-transport-security']).toBeUndefined();
      const policy = policyOf(headers);
      expect(policy.has('upgrade-insecure-requests')).toBe(false);
      const allowing = [...policy].filter(([, sources]) => sources.includes('https://cdn.test'));
      expect(allowing.map(([name]) => name)).toEqual(['img-src', 'media-src', 'connect-src']);
    } finally {
      await plain.close();
    }
  });
});

describe('the page', () => {
  test.each<[string, number]>([
    ['/settings', 200],
    ['/search?q=<script>alert(1)</script>', 200],
    ['/@alice/1', 404],
    ['/explore?q=<script>alert(1)</script>', 404],
    ['/a/b/c', 404],
    ['/%3Cscript%3E', 404],
    ['/@%3Cscript%3E', 404],
    ['/tags/%3Cscript%3E', 404],
    ['/@alice@a.test', 404],
  ])(
    '%s is the shell, with nothing of the address in it, and asked for anew each time',
    async (path, status) => {
      const answer = await client.get(path, { headers: { accept: 'text/html' } });
      const known = (await client.get('/inbox', { headers: { accept: 'text/html' } })).text;
      expect([answer.status, answer.text]).toEqual([status, known]);
      const afterHead = (text: string) => text.slice(text.indexOf('<script type="module"'));
      expect(afterHead(known)).toBe(afterHead(SHELL));
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-cache',
        vary: 'Accept, Accept-Encoding, Accept-Language, Cookie',
      });
      expect(answer.headers['content-type']).toMatch(/^text\/html/);
    },
  );

  test('a hashed file is kept for ever', async () => {
    const answer = await client.get('/assets/app-1a2b.js');
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['content-type']).toMatch(/^text\/javascript/);
  });

  test.each(['/assets/app-0000.js', '/assets/', '/assets', '/media/1', '/media/a/b/c', '/media/'])(
    '%s is absent, and not the page in its place',
    async (path) => {
      const answer = await client.get(path);
      expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    },
  );

  test.each([
    '/.secret',
    '/%2esecret',
    '/assets/..%2f.secret',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/..%5c..%5cpasswd',
  ])('W8 %s leads out of nothing', async (path) => {
    const answer = await client.get(path);
    expect(answer.text).not.toMatch(/hidden|root:/);
  });

  test.each([
    ...['//evil.test', '//evil.test/..', '///evil.test', '/\\evil.test', '/%5cevil.test', '/%2f%2fevil.test'],
    ...[
      '/assets//evil.test/%2e%2e',
      '//evil.test/%2e%2e/assets',
      '/assets/%2e%2e//evil.test',
      '/.//evil.test',
    ],
    ...['/%0d%0aLocation:%20https://evil.test', '/@evil.test', '/https://evil.test', '/?next=//evil.test'],
  ])('W3 %s redirects nowhere', async (path) => {
    for (const accept of ['text/html', PROGRAM]) {
      const { headers } = await client.get(path, { headers: { accept } });
      const target = headers.location === undefined ? null : new URL(headers.location, 'https://video.test');
      expect(target?.origin ?? 'https://video.test').toBe('https://video.test');
    }
  });
});

describe('W4 whoever the Host header says we are', () => {
  const lies = {
    host: 'evil.test',
    'x-forwarded-host': 'evil.test',
    'x-forwarded-proto': 'gopher',
    forwarded: 'host=evil.test',
    'x-original-url': '/evil.test',
  };

  test.each<[string, string]>([
    ['/api/v2/instance', 'application/json'],
    ['/api/openapi.json', 'application/json'],
    ['/api/docs', 'text/html'],
    ['/api/v1/timelines/public?limit=1', 'application/json'],
    ['/api/v1/accounts/lookup?acct=alice', 'application/json'],
    ['/.well-known/webfinger?resource=acct:alice@video.test', 'application/jrd+json'],
    ['/.well-known/nodeinfo', 'application/json'],
    ['/.well-known/host-meta', 'application/xrd+xml'],
    ['/nodeinfo/2.1', 'application/json'],
    ['/actor', PROGRAM],
    ['/ap/users/ALICE', PROGRAM],
    ['/ap/users/ALICE/outbox', PROGRAM],
    ['/ap/users/ALICE/followers', PROGRAM],
    ['/ap/videos/VIDEO', PROGRAM],
    ['/ap/videos/VIDEO', 'text/html'],
    ['/@alice', PROGRAM],
    ['/@alice/VIDEO', PROGRAM],
  ])('%s as %s: links lead to our own address', async (path, accept) => {
    const at = path.replace('ALICE', alice.id).replace('VIDEO', videoId);
    const truth = await client.get(at, { headers: { accept } });
    const lied = await client.get(at, { headers: { accept, ...lies } });
    expect(lied.status).toBe(truth.status);
    expect([200, 302, 303]).toContain(lied.status);
    expect(lied.text).toBe(truth.text);
    const shown = lied.text + JSON.stringify(lied.headers);
    expect(shown).toContain('video.test');
    expect(shown).not.toMatch(/evil\.test|gopher/);
  });

  test.each([
    '/ap/users/ALICE',
    '/ap/videos/VIDEO',
    '/@alice',
    '/@alice/VIDEO',
    '/actor',
    '/ap/users/ALICE/outbox',
  ])('%s: a cache keeps what programs and people get apart', async (path) => {
    const at = path.replace('ALICE', alice.id).replace('VIDEO', videoId);
    for (const accept of ['text/html', PROGRAM]) {
      const { headers } = await client.get(at, { headers: { accept } });
      expect(headers.vary?.toLowerCase().split(/, */), accept).toContain('accept');
    }
  });
});
