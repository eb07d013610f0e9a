import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiLimits } from '../../config/limits.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const SESSIONS = '/api/v1/sessions';

let server: TestServer;
let client: Client;
let user: Person;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  user = await createPeople(server).signedIn('someone');
  await createVideoFactory(server.context).video(user.account);
});

afterAll(() => server?.close());

let networks = 0;
/** Sends a body as it is, and reads the answer. */
async function send(
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string> = {},
  path = SESSIONS,
) {
  const answer = await fetch(server.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': `192.0.2.${++networks}`, ...headers },
    body,
  });
  return { status: answer.status, body: (await answer.json()) as { code: string } };
}

/** Speaks HTTP by hand; returns the whole answer as text. */
function raw(lines: string): Promise<string> {
  const { host, port } = server.context.config.listen;
  const socket = connect(port, host);
  socket.write(`${lines.trim().replaceAll('\n', '\r\n')}\r\n\r\n`);
  return text(socket);
}

describe('bodies that cannot be read', () => {
  const credentials = { login: 'nobody', password: 'wrong password' };
  const big = JSON.stringify({ ...credentials, password: 'x'.repeat(apiLimits.maxJsonBytes) });

  test.each<[string, string | Buffer<ArrayBuffer>, Record<string, string>, number, string]>([
    ['cut off', '{"login":"a"', {}, 400, 'body-invalid'],
    ['not JSON', 'login=a&password=b', {}, 400, 'body-invalid'],
    ['a number', '1', {}, 400, 'body-invalid'],
    ['a text', '"login"', {}, 400, 'body-invalid'],
    ['null', 'null', {}, 400, 'body-invalid'],
    ['a list', '[1]', {}, 422, 'validation-failed'],
    ['empty', '', {}, 422, 'validation-failed'],
    ['over the limit', big, {}, 413, 'too-large'],
    ['over the limit once unpacked', gzipSync(big), { 'content-encoding': 'gzip' }, 413, 'too-large'],
    ['said to be packed', '{"login":"a"}', { 'content-encoding': 'gzip' }, 400, 'body-invalid'],
    ['packed in an unknown way', '{}', { 'content-encoding': 'zstd-9' }, 400, 'body-invalid'],
    ['of another charset', '{}', { 'content-type': 'application/json; charset=latin1' }, 400, 'body-invalid'],
    [
      'of no such charset',
      '{}',
      { 'content-type': 'application/json; charset=klingon' },
      400,
      'body-invalid',
    ],
    ['very deep', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, {}, 422, 'validation-failed'],
    [
      'deep in a field',
      `{"login":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`,
      {},
      422,
      'validation-failed',
    ],
    [
      'many keys',
      `{${Array.from({ length: 6_000 }, (_, n) => `"k${n}":1`).join()}}`,
      {},
      422,
      'validation-failed',
    ],
    ['right', JSON.stringify(credentials), {}, 401, 'wrong-credentials'],
    [
      'right and packed',
      gzipSync(JSON.stringify(credentials)),
      { 'content-encoding': 'gzip' },
      401,
      'wrong-credentials',
    ],
    [
      'just within the limit',
      JSON.stringify({ ...credentials, more: 'x'.repeat(60_000) }),
      {},
      401,
      'wrong-credentials',
    ],
  ])('%s', async (_name, body, headers, status, error) => {
    const answer = await send(body, headers);
    expect([answer.status, answer.body.code]).toEqual([status, error]);
    expect(answer.body).toHaveProperty('detail');
  });

  test('a refusal says nothing of how the server is built', async () => {
    for (const body of ['{"login":', '\u0001']) {
      const answer = JSON.stringify((await send(body)).body);
      expect(answer).not.toMatch(/node_modules|SyntaxError|position|at \w+ \(|Unexpected/);
    }
  });

  test('who may not come in is told so before the body is read', async () => {
    const answer = await raw(`
POST /api/v1/accounts/1/follow HTTP/1.1
Host: x
Content-Type: application/json
Content-Length: 999999999
Connection: close`);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('a client that hangs up in the middle leaves the server well', async () => {
    const { host, port } = server.context.config.listen;
    for (let n = 0; n < 20; n += 1) {
      const socket = connect(port, host);
      socket.on('error', () => undefined);
      socket.write(
        `POST ${SESSIONS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"lo`,
      );
      socket.destroySoon();
    }
    expect((await client.get('/api/v2/instance')).status).toBe(200);
  });
});

describe('what is not there', () => {
  test.each([
    '/api/v1/nothing',
    '/api/v9/instance',
    '/api/',
    '/api/v2/instance/more',
    '/api/v1/%2e%2e/%2e%2e/etc/passwd',
  ])('%s is absent, in the one shape of errors', async (path) => {
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const answer = await client[method](path);
      expect([answer.status, answer.body.code], `${method} ${path}`).toEqual([404, 'not-found']);
    }
  });

  test.each(['/nothing-here', '/', '/@nobody'])('a POST to the page %s', async (path) => {
    const answer = await client.post(path, { body: {} });
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
  });

  test('a known address with another verb', async () => {
    for (const [method, path] of [
      ['put', '/api/v1/accounts'],
      ['patch', SESSIONS],
      ['delete', '/api/v2/instance'],
    ] as const) {
      expect((await client[method](path, { as: user })).status).toBe(404);
    }
  });

  test('HEAD answers like GET, without a body', async () => {
    const answer = await client.head('/api/v2/instance');
    expect([answer.status, answer.text]).toEqual([200, undefined]);
    expect((await client.head('/api/v1/timelines/home')).status).toBe(401);
  });
});

describe('W4 odd request lines', () => {
  const target = (line: string) => raw(`GET ${line} HTTP/1.1\nHost: 127.0.0.1\nConnection: close`);

  test.each([
    'http://evil.test/api/v1/timelines/public?limit=1',
    'http://evil.test:99999/api/v1/timelines/public?limit=1',
    'http://[::zz]/api/v1/timelines/public?limit=1',
    '//evil.test/api/v1/timelines/public?limit=1',
    '/api/v1/timelines/public?limit=%',
    '/api/v1/timelines/public?%zz=1&limit=1',
    '/api/v1/timelines/public?limit=1#@evil.test',
    '/api/v1/timelines/public?limit=1?limit=2',
    '*',
  ])('%s', async (line) => {
    const answer = await target(line);
    expect(answer).toMatch(/^HTTP\/1\.1 [24]\d\d /);
    expect(answer).not.toMatch(/^(link|location):.*evil/im);
  });

  test('pages are linked under our own address, whatever host the request names', async () => {
    for (const line of [
      '/api/v1/timelines/public?limit=1',
      'http://evil.test/api/v1/timelines/public?limit=1',
    ]) {
      expect(await target(line)).toContain(`Link: <${server.origin}/api/v1/timelines/public?limit=1&max_id=`);
    }
  });

  test('too many headers, or too long ones', async () => {
    const answer = await raw(
      `GET /api/v2/instance HTTP/1.1\nHost: x\nConnection: close\nX-Long: ${'x'.repeat(40_000)}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('two lengths, or a length and chunks: not read at all', async () => {
    const smuggled = 'GET /api/v1/admin/accounts HTTP/1.1\nHost: x\n\n';
    for (const framing of [
      'Content-Length: 5\nContent-Length: 6',
      'Content-Length: 5\nTransfer-Encoding: chunked',
    ]) {
      const answer = await raw(`POST ${SESSIONS} HTTP/1.1\nHost: x\n${framing}\n\n0\n\n${smuggled}`);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    }
  });
});
