import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { signatureLimits } from '../../config/limits.ts';
import { createVerifyRequest, type LookupKey } from '../../federation/inbox/signature/verify.ts';
import {
  alice,
  BODY,
  draft,
  found,
  headersOf,
  KEY_ID,
  NOW,
  noLookup,
  outcome,
  verifyAt,
  withHeaders,
} from '../helpers/signed-request.ts';

describe('S11 duplicates and garbage', () => {
  test.each(['Signature', 'Digest', 'Date', 'Host', 'Content-Type', 'Content-Length'])(
    'two %s headers',
    async (name) => {
      const request = withHeaders(draft(), { 'content-length': '17' });
      const value = headersOf(request)[name.toLowerCase()] ?? '';
      const twice = { ...request, rawHeaders: [...request.rawHeaders, name, value] };
      expect(await outcome(twice, noLookup)).toBe('400 duplicate-header');
    },
  );

  test('two signatures in two headers', async () => {
    const { signature = '' } = headersOf(draft());
    const request = withHeaders(draft(), { authorization: `Signature ${signature}` });
    expect(await outcome(request)).toBe('400 duplicate-header');
  });

  test('other headers may repeat, and are signed joined', async () => {
    const covered = ['(request-target)', 'host', 'date', 'digest', 'x-tag'];
    const request = draft({ headers: { 'x-tag': 'one, two' }, covered });
    const { 'x-tag': _joined, ...rest } = headersOf(request);
    const rawHeaders = [...Object.entries(rest).flat(), 'X-Tag', 'one', 'x-tag', 'two'];
    expect(await outcome({ ...request, rawHeaders })).toBe('ok');
  });

  test.each(['keyId', 'headers', 'signature', 'algorithm'])('two %s parameters', async (name) => {
    const { signature = '' } = headersOf(draft());
    const [again = ''] = new RegExp(`${name}="[^"]*"`).exec(signature) ?? [];
    expect(await outcome(withHeaders(draft(), { signature: `${signature},${again}` }))).toBe(
      '400 duplicate-parameter',
    );
  });

  test('a header covered twice', async () => {
    const covered = ['(request-target)', 'host', 'date', 'digest', 'digest'];
    expect(await outcome(draft({ covered }))).toBe('400 duplicate-header');
  });

  test.each([
    ['', '400 bad-key-id'],
    ['nonsense', '400 bad-header'],
    ['keyId="https://a.example/k"', '400 bad-header'],
    ['keyId="https://a.example/k",signature=""', '400 bad-header'],
    ['keyId="https://a.example/k",signature="%%"', '400 bad-header'],
    ['keyId="https://a.example/k,signature="QQ=="', '400 bad-header'],
    ['keyId="https://a.example/\\"k",signature="QQ=="', '400 bad-header'],
    ['keyId="acct:a@a.example",signature="QQ=="', '400 bad-key-id'],
    ['keyId="file:///etc/hostname",signature="QQ=="', '400 bad-key-id'],
    ['keyId="https://a.example/k k",signature="QQ=="', '400 bad-key-id'],
    [`keyId="https://a.example/${'k'.repeat(3_000)}",signature="QQ=="`, '400 bad-key-id'],
    ['keyId="https://a.example/k",signature="QQ==",headers="(request-target) (secret)"', '400 bad-header'],
    [`keyId="https://a.example/k",signature="QQ==",headers="${'h '.repeat(40)}"`, '400 bad-header'],
    ['x'.repeat(9_000), '400 bad-header'],
    [`keyId=${' '.repeat(8_000)}`, '400 bad-header'],
  ])('a Signature that reads %j', async (signature, expected) => {
    expect(await outcome(withHeaders(draft(), { signature }), noLookup)).toBe(expected);
  });

  test('a sound signature with too many parameters, or too long', async () => {
    const { signature = '' } = headersOf(draft());
    const many = Array.from({ length: 20 }, (_, i) => `${'p'.repeat(i + 1)}="1"`).join(',');
    for (const more of [many, `p="${'1'.repeat(9_000)}"`]) {
      expect(await outcome(withHeaders(draft(), { signature: `${signature},${more}` }), noLookup)).toBe(
        '400 bad-header',
      );
    }
  });

  test('a request that is not signed', async () => {
    const { signature: _signature, ...rest } = headersOf(draft());
    expect(await outcome({ ...draft(), rawHeaders: Object.entries(rest).flat() })).toBe(
      '401 missing-signature',
    );
  });

  test('bytes on the wire: duplicates reach the verifier, folded lines do not slip through', async () => {
    const outcomes: string[] = [];
    const server = createServer((request, response) => {
      const { method = '', url: path = '', rawHeaders } = request;
      outcome({ method, path, rawHeaders, body: BODY }).then((result) => {
        outcomes.push(result);
        response.end();
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.2', done));
    const bound = server.address();
    const port = typeof bound === 'object' && bound ? bound.port : 0;
    const send = (lines: string[]) =>
      new Promise<void>((done) => {
        const socket = connect(port, '127.0.0.2', () => {
          const head = ['POST /inbox HTTP/1.1', ...lines, 'Content-Length: 17', 'Connection: close'];
          socket.end(`${head.join('\r\n')}\r\n\r\n${BODY}`);
        });
        socket.resume().on('close', () => done());
      });
    const lines = Object.entries(headersOf(draft())).map(([name, value]) => `${name}: ${value}`);
    const signature = lines.find((line) => line.startsWith('signature')) ?? '';
    await send(lines);
    await send([...lines, signature]);
    await send([...lines, 'DIGEST: SHA-256=x']);
    await send([...lines, 'Host: video.example']);
    await send(lines.map((line) => line.replace('SHA-256=', 'SHA-256=\r\n ')));
    server.close();
    expect(outcomes[0]).toBe('ok');
    expect(outcomes.slice(1)).not.toContain('ok');
    expect(outcomes.slice(1, 3)).toEqual(['400 duplicate-header', '400 duplicate-header']);
  });
});

describe('S14 looking up keys', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });

  test('a kept key that does not fit is asked for anew, once', async () => {
    const asked: boolean[] = [];
    const rotated: LookupKey = async (_keyId, { refresh }) => {
      asked.push(refresh);
      return refresh ? found(alice.publicKey) : found(other.publicKey, false);
    };
    expect(await outcome(draft(), rotated)).toBe('ok');
    expect(asked).toEqual([false, true]);
    const wrong = vi.fn<LookupKey>(async () => found(other.publicKey, false));
    expect(await outcome(draft(), wrong)).toBe('401 bad-signature');
    expect(wrong).toHaveBeenCalledTimes(2);
  });

  test('a key fetched just now is not asked for again', async () => {
    const wrong = vi.fn<LookupKey>(async () => found(other.publicKey, true));
    expect(await outcome(draft(), wrong)).toBe('401 bad-signature');
    expect(wrong).toHaveBeenCalledTimes(1);
  });

  test('a lookup that fails tells why, and which key', async () => {
    const result = await verifyAt(NOW, draft(), async () => ({ ok: false, reason: 'gone' }));
    expect(result).toMatchObject({ ok: false, status: 401, reason: 'gone', keyId: KEY_ID });
    const refreshFails: LookupKey = async (_keyId, { refresh }) =>
      refresh ? { ok: false, reason: 'refresh-too-soon' } : found(other.publicKey, false);
    expect(await outcome(draft(), refreshFails)).toBe('401 bad-signature');
  });
});

const fixtures = resolve(process.env.SHARED_DIR ?? '../shared', 'fixtures/ap');
const missing = existsSync(fixtures) ? '' : ` (skipped: ${fixtures} is absent; set SHARED_DIR)`;

describe.skipIf(missing)(`a request that Mastodon really sent${missing}`, () => {
  const read = (name: string) =>
    JSON.parse(readFileSync(join(fixtures, `mastodon-http-signature-${name}.json`), 'utf8'));
  const SENT_AT = Date.parse('2018-10-22T13:34:22Z');

  async function replay(name: string, now: number): Promise<string> {
    const { headers, body } = read(name);
    const text = JSON.stringify(body).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
    const request = {
      method: 'POST',
      path: '/accounts/ronan/inbox',
      rawHeaders: Object.entries<string>(headers).flat(),
      body: Buffer.from(text),
    };
    const verifyRequest = createVerifyRequest({
      origin: 'http://localhost',
      clock: { now: () => now },
      limits: signatureLimits,
    });
    const key = createPublicKey(read('public-key').publicKey);
    const result = await verifyRequest(request, async () => found(key));
    return result.ok ? 'ok' : result.reason;
  }

  test('counts at its time, not today, and not with a byte changed', async () => {
    expect(await replay('headers', SENT_AT)).toBe('ok');
    expect(await replay('headers', NOW)).toBe('stale');
    expect(await replay('bad', SENT_AT)).toBe('bad-signature');
  });
});
