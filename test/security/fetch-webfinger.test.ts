import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { remoteJsonLimits, webFingerLimits } from '../../config/limits.ts';
import { parseHandle } from '../../federation/net/handle.ts';
import { createWebFinger } from '../../federation/net/webfinger.ts';
import { createAddressPolicy } from '../../src/lib/net/ip-policy.ts';
import type { FetchRequest, SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { type Canary, startCanary } from '../helpers/canary.ts';
import { createTestFetch, EVIL, HONEST, type Remote, startRemote } from '../helpers/remote-http.ts';

/** A third server, for split domains. */
const WEB = '127.0.0.4';

interface Page {
  body?: string | object;
  status?: number;
  location?: string;
}

let canary: Canary;
let fetch: SafeFetch;
let honest: Remote;
let evil: Remote;
let web: Remote;
/** By address and path; WebFinger answers are found by the account asked for. */
let pages: Record<string, Page>;

const policy = createAddressPolicy({ allowedPrivate: [HONEST, EVIL, WEB] });

function serve(address: string): Promise<Remote> {
  return startRemote(address, (request, response) => {
    const url = new URL(request.path, 'http://remote');
    const key = url.pathname === '/.well-known/webfinger' ? url.searchParams.get('resource') : url.pathname;
    const { body = '', status = 200, location } = pages[`${address} ${key}`] ?? { status: 404 };
    response.writeHead(status, location === undefined ? {} : { location });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

beforeEach(async () => {
  pages = {};
  canary = await startCanary();
  fetch = createTestFetch({ allowedPrivate: [HONEST, EVIL, WEB] });
  [honest, evil, web] = await Promise.all([serve(HONEST), serve(EVIL), serve(WEB)]);
});
afterEach(async () => {
  await fetch.close();
  await Promise.all([honest.close(), evil.close(), web.close(), canary.close()]);
  expect(canary.hits).toEqual([]);
});

const resolveHandle = (handle: string, through: Pick<SafeFetch, 'request'> = fetch) =>
  createWebFinger({
    fetch: through,
    policy,
    limits: webFingerLimits,
    jsonLimits: remoteJsonLimits,
    ownHost: 'video.example',
  })(handle);

async function outcome(handle: string): Promise<string> {
  const result = await resolveHandle(handle);
  return result.ok ? `${result.handle} is ${result.actorId}` : result.reason;
}

const self = (href: string) => ({ rel: 'self', type: 'application/activity+json', href });
const jrd = (subject: string, href: string) => ({ subject: `acct:${subject}`, links: [self(href)] });

/** Lets a server answer for an account. */
function answer(remote: Remote, account: string, body: object): void {
  pages[`${remote.host.replace(/:.*/, '')} acct:${account}`] = { body };
}

describe('handles that lead to their actor', () => {
  test('asked in any usual spelling', async () => {
    const account = `alice@${honest.host}`;
    const actorId = honest.url('/users/alice');
    answer(honest, account, jrd(account, actorId));
    for (const handle of [account, `@${account}`, `acct:${account}`, ` @${account} `]) {
      expect(await outcome(handle)).toBe(`${account} is ${actorId}`);
    }
    expect(honest.seen[0]).toMatchObject({ method: 'GET', headers: { accept: 'application/jrd+json' } });
    expect(honest.seen[0]?.path).toBe(
      `/.well-known/webfinger?resource=${encodeURIComponent(`acct:${account}`)}`,
    );
  });

  test('the subject may differ in case, and other links do not matter', async () => {
    const account = `alice@${honest.host}`;
    const actorId = honest.url('/users/Alice');
    const links = [
      7,
      null,
      { rel: 'avatar' },
      { rel: 'self', type: 'text/html', href: evil.url('/') },
      self(actorId),
    ];
    answer(honest, account, { subject: `acct:Alice@${honest.host}`, links, aliases: {} });
    expect(await outcome(account)).toBe(`Alice@${honest.host} is ${actorId}`);
  });

  test('a domain for handles whose actors live on a domain for the web, asked by either', async () => {
    const handle = `alice@${honest.host}`;
    const actorId = web.url('/users/alice');
    answer(honest, handle, jrd(handle, actorId));
    answer(web, `alice@${web.host}`, jrd(handle, actorId));
    expect(await outcome(handle)).toBe(`${handle} is ${actorId}`);
    expect(await outcome(`alice@${web.host}`)).toBe(`${handle} is ${actorId}`);
  });

  test('a domain for handles that redirects to the domain for the web', async () => {
    const handle = `alice@${honest.host}`;
    const actorId = web.url('/users/alice');
    pages[`${HONEST} acct:${handle}`] = {
      status: 302,
      location: web.url(`/.well-known/webfinger?resource=acct:${handle}`),
    };
    answer(web, handle, jrd(handle, actorId));
    answer(web, `alice@${web.host}`, jrd(handle, actorId));
    expect(await outcome(handle)).toBe(`${handle} is ${actorId}`);
  });

  test.each([
    `<?xml version="1.0"?><XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="other" template="x"/><Link rel="lrdd" type="application/xrd+xml" template="TEMPLATE?a=b&amp;resource={uri}"/></XRD>`,
    `<hm:XRD><hm:Link template='TEMPLATE?resource={uri}' rel='lrdd' /></hm:XRD>`,
  ])('an old server that tells by host-meta where to ask: %s', async (xml) => {
    const account = `alice@${honest.host}`;
    const actorId = honest.url('/users/alice');
    pages[`${HONEST} /.well-known/host-meta`] = { body: xml.replace('TEMPLATE', honest.url('/find')) };
    pages[`${HONEST} /find`] = { body: jrd(account, actorId) };
    expect(await outcome(account)).toBe(`${account} is ${actorId}`);
    expect(honest.seen.map((request) => request.path.replace(/\?.*/, ''))).toEqual([
      '/.well-known/webfinger',
      '/.well-known/host-meta',
      '/find',
    ]);
  });
});

describe('O7 handle and actor must agree', () => {
  test('a server that claims the actor of another', async () => {
    const actorId = honest.url('/users/alice');
    answer(honest, `alice@${honest.host}`, jrd(`alice@${honest.host}`, actorId));
    answer(evil, `alice@${evil.host}`, jrd(`alice@${evil.host}`, actorId));
    answer(evil, `eve@${evil.host}`, jrd(`eve@${evil.host}`, actorId));
    expect(await outcome(`alice@${evil.host}`)).toBe('handle-mismatch');
    expect(await outcome(`eve@${evil.host}`)).toBe('handle-mismatch');
  });

  test('a server that claims the handle of another for its own actor', async () => {
    answer(honest, `alice@${honest.host}`, jrd(`alice@${honest.host}`, honest.url('/users/alice')));
    answer(evil, `eve@${evil.host}`, jrd(`alice@${honest.host}`, evil.url('/users/eve')));
    answer(evil, `bob@${evil.host}`, jrd(`bob@${honest.host}`, evil.url('/users/bob')));
    expect(await outcome(`eve@${evil.host}`)).toBe('handle-mismatch');
    expect(await outcome(`bob@${evil.host}`)).toBe('not-found');
  });

  test('a handle that leads from server to server', async () => {
    answer(honest, `a@${honest.host}`, jrd(`b@${evil.host}`, web.url('/users/c')));
    answer(evil, `b@${evil.host}`, jrd(`c@${web.host}`, web.url('/users/c')));
    answer(web, `c@${web.host}`, jrd(`c@${web.host}`, web.url('/users/c')));
    expect(await outcome(`a@${honest.host}`)).toBe('handle-mismatch');
    expect(web.seen).toEqual([]);
  });

  test('an account of the same server that is somebody else there', async () => {
    answer(honest, `a@${honest.host}`, jrd(`b@${honest.host}`, honest.url('/users/a')));
    answer(honest, `b@${honest.host}`, jrd(`b@${honest.host}`, honest.url('/users/b')));
    expect(await outcome(`a@${honest.host}`)).toBe('handle-mismatch');
  });

  test('our own accounts, whoever names them', async () => {
    answer(evil, `eve@${evil.host}`, jrd('alice@video.example', evil.url('/users/eve')));
    answer(evil, `mallory@${evil.host}`, jrd(`mallory@${evil.host}`, 'https://video.example/ap/users/1'));
    expect(await outcome('alice@video.example')).toBe('own-host');
    expect(await outcome('alice@VIDEO.example')).toBe('own-host');
    expect(await outcome(`eve@${evil.host}`)).toBe('own-host');
    expect(await outcome(`mallory@${evil.host}`)).toBe('own-host');
  });

  const fixtures = resolve(process.env.SHARED_DIR ?? '../shared', 'fixtures/ap');
  const missing = existsSync(fixtures) ? '' : ` (skipped: ${fixtures} is absent; set SHARED_DIR)`;
  const read = (name: string) =>
    missing ? '{}' : readFileSync(join(fixtures, `attack-webfinger-${name}.json`), 'utf8');
  test.skipIf(missing).each(['spoof', 'imposter'])(`the %s of the fixtures${missing}`, async (name) => {
    const asked: string[] = [];
    const through = {
      request: async ({ url }: FetchRequest) => {
        asked.push(new URL(url).host);
        const status = new URL(url).host === 'bad.com' ? 200 : 404;
        const body = Buffer.from(status === 200 ? read(name) : '');
        return { ok: true, status, headers: {}, finalUrl: new URL(url), body } as const;
      },
    };
    expect(await resolveHandle('meanie@bad.com', through)).toMatchObject({ ok: false, reason: 'not-found' });
    expect(asked[1]).toMatch(/^notwhereitshouldbe\./);
  });
});

describe('answers that are none', () => {
  test.each<[string, Page, string]>([
    ['no such account', { status: 404 }, 'not-found'],
    ['a deleted account', { status: 410 }, 'gone'],
    ['an error', { status: 500 }, 'bad-response'],
    ['HTML', { body: '<html>' }, 'bad-response'],
    ['a list', { body: [] }, 'bad-response'],
    ['no subject', { body: { links: [] } }, 'bad-response'],
    ['a subject that is no account', { body: { subject: 'https://a.example', links: [] } }, 'bad-response'],
    ['no actor', { body: { subject: 'acct:a@a.example', links: [] } }, 'bad-response'],
    ['an actor on http', { body: jrd('a@a.example', 'http://a.example/users/a') }, 'blocked-url'],
    ['an actor that is a script', { body: jrd('a@a.example', 'javascript:alert(1)') }, 'blocked-url'],
    [
      'a hundred and one links',
      { body: { subject: 'acct:a@a.example', links: Array(101).fill(self('https://a.example/users/a')) } },
      'bad-response',
    ],
    ['too many bytes', { body: ' '.repeat(70_000) }, 'too-large'],
    ['a redirect to a private address', { status: 302, location: 'https://127.0.0.1/' }, 'blocked-address'],
  ])('%s', async (_name, page, reason) => {
    pages[`${HONEST} acct:a@${honest.host}`] = page;
    expect(await outcome(`a@${honest.host}`)).toBe(reason);
  });

  test('F1 host-meta cannot send us to a private address, nor anywhere by http', async () => {
    for (const target of [`https://127.0.0.1:${canary.port}/`, `http://127.0.0.9:${canary.port}/`]) {
      pages[`${HONEST} /.well-known/host-meta`] = { body: `<Link rel="lrdd" template="${target}{uri}"/>` };
      expect(await outcome(`a@${honest.host}`)).toMatch(/^blocked-/);
    }
  });
});

describe('parseHandle', () => {
  test.each([
    ['alice@peer.example', 'alice', 'peer.example', 'https://peer.example'],
    ['@Alice_1@Peer.Example', 'Alice_1', 'peer.example', 'https://peer.example'],
    ['acct:a.b-c@bücher.example', 'a.b-c', 'xn--bcher-kva.example', 'https://xn--bcher-kva.example'],
    ['peer.example@peer.example', 'peer.example', 'peer.example', 'https://peer.example'],
    ['alice@127.0.0.2:3000', 'alice', '127.0.0.2:3000', 'http://127.0.0.2:3000'],
    [' alice@peer.example\n', 'alice', 'peer.example', 'https://peer.example'],
    ['alice@127.0.0.2', 'alice', '127.0.0.2', 'http://127.0.0.2'],
  ])('%s', (text, user, host, origin) => {
    expect(parseHandle(text, policy)).toEqual({ user, host, origin });
  });

  test.each([
    ...[
      '',
      '@',
      'alice',
      '@alice',
      '@@peer.example',
      'alice@',
      '@alice@',
      'a@b@peer.example',
      'al ice@peer.example',
    ],
    ...[
      'alice@localhost',
      'alice@127.0.0.1',
      'alice@1.1.1.1',
      'alice@[::1]',
      'alice@2130706433',
      'alice@0x7f.1',
    ],
    ...[
      'alice@peer.example:443',
      'alice@peer.example:8443',
      'alice@peer.example/x',
      'alice@peer.example?x',
      'alice@peer.example#x',
    ],
    ...['alice@peer.example.', 'alice@user:pw@peer.example', 'alice@peer.example\\x', 'alice@pe er.example'],
    ...[
      '.alice@peer.example',
      'alice.@peer.example',
      'al/ice@peer.example',
      'älice@peer.example',
      `${'a'.repeat(300)}@peer.example`,
    ],
    ...[
      `alice@${'a'.repeat(260)}.example`,
      'https://peer.example/@alice',
      'alice@%31%32%37.0.0.1',
      'alice@peer..example',
    ],
  ])('%j is no handle', (text) => {
    expect(parseHandle(text, policy)).toBeUndefined();
  });

  test('a handle over the cap is refused unread', async () => {
    expect(
      await outcome(
        `${'a'.repeat(200)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.example`,
      ),
    ).toBe('bad-handle');
  });
});

test.each([
  ...['bob?x=&proxy=CANARY@HOST', 'bob&proxy=CANARY@HOST', 'bob#&proxy=CANARY@HOST', 'bob%26proxy=1@HOST'],
  ...['bob@HOST/?x=&proxy=CANARY', 'bob@HOST?x=&proxy=CANARY', 'bob@HOST#@CANARY', 'bob\r\nproxy: 1@HOST'],
])('F7 a handle adds no parameter and names no other address: %j', async (handle) => {
  await outcome(handle.replace('HOST', honest.host).replace('CANARY', `http://127.0.0.9:${canary.port}/`));
  for (const { path } of honest.seen) {
    const asked = new URL(path, honest.origin);
    expect(['/.well-known/webfinger', '/.well-known/host-meta']).toContain(asked.pathname);
    expect([...asked.searchParams.keys()].filter((name) => name !== 'resource')).toEqual([]);
  }
});
