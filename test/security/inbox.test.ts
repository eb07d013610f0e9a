import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inboxLimits, remoteJsonLimits } from '../../config/limits.ts';
import { followOf, outcomeOf, post, quiet, withoutEffect } from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { type InboxRig, startInboxRig, without } from '../helpers/inbox-rig.ts';
import {
  type Peer,
  type PeerActor,
  type SignatureChanges,
  send,
  signedPost,
  type WireRequest,
} from '../helpers/peer.ts';
import type { TestServer } from '../helpers/server.ts';

let rig: InboxRig;
let server: TestServer;
let a: Peer;
let e: Peer;
/** Her key is known to the server. */
let carol: PeerActor;
/** A valid actor with bad intentions. */
let mallory: PeerActor;
/** Actor id of a person of our server. */
let alice: string;
let refused: InboxRig['refused'];

const MINUTE = 60_000;

beforeAll(async () => {
  rig = await startInboxRig();
  ({ server, a, e, carol, mallory, refused } = rig);
  alice = rig.alice.account.uri;
});
afterAll(() => rig.close());

/** A Follow of alice by carol, with what is wrong about its signature. Its key is known, so nothing is fetched. */
const byCarol = (changes: SignatureChanges = {}, inbox = `${server.origin}/inbox`): WireRequest =>
  signedPost(carol, inbox, followOf(carol, alice), changes);

const withHeader = (request: WireRequest, name: string, value: string): WireRequest => ({
  ...request,
  headers: [...request.headers, [name, value]],
});

test('an honest Follow is taken: what follows is not refused for another reason', async () => {
  expect(await outcomeOf(server, carol, followOf(carol, alice))).toBe('applied');
  expect(a.asked()).toEqual(['/users/carol', '/users/carol', '/.well-known/nodeinfo']);
  const row = await server.context.db('remote_keys').where({ key_uri: carol.keyId }).first();
  expect(row).toMatchObject({ actor_uri: carol.id, failure: null });
  expect(await outcomeOf(server, mallory, followOf(mallory, alice))).toBe('applied');
});

describe('signatures that prove nothing', () => {
  test('S1 none at all', async () => {
    expect(await refused(without(byCarol(), 'signature'))).toBe(401);
  });

  test('S1 by another key than the one it names', async () => {
    expect(await refused(byCarol({ key: mallory.privateKey }))).toBe(401);
  });

  test('S1 no digest, neither sent nor signed', async () => {
    const changes = { covered: ['(request-target)', 'host', 'date'] };
    expect(await refused(byCarol({ ...changes, headers: { digest: null } }))).toBe(401);
    expect(await refused(byCarol(changes))).toBe(401);
  });

  test('S2 the body is not the one that was signed', async () => {
    const request = byCarol();
    const body = Buffer.from(JSON.stringify(followOf(carol, alice)));
    expect(await refused({ ...request, body })).toBe(401);
    const flipped = Buffer.from(request.body);
    flipped[flipped.length - 3] = (flipped[flipped.length - 3] ?? 0) ^ 1;
    expect(await refused({ ...request, body: flipped })).toBe(401);
    const other = byCarol().headers.find(([name]) => name === 'digest');
    const swapped = withHeader(without({ ...request, body }, 'digest'), 'digest', other?.[1] ?? '');
    expect(await refused(swapped)).toBe(401);
  });

  test('S3 the path is not signed, or another one was', async () => {
    expect(await refused(byCarol({ covered: ['host', 'date', 'digest'] }))).toBe(401);
    expect(await refused({ ...byCarol(), path: `${new URL(alice).pathname}/inbox` })).toBe(401);
  });

  test('S4 the host is not signed, or another one was', async () => {
    expect(await refused(byCarol({ covered: ['(request-target)', 'date', 'digest'] }))).toBe(401);
    const elsewhere = byCarol({ host: 'other.example' });
    expect(await refused(elsewhere)).toBe(401);
    const ours = withHeader(without(elsewhere, 'host'), 'host', new URL(server.origin).host);
    expect(await refused(ours)).toBe(401);
  });

  const pem = () => String(carol.publicKey.export({ type: 'spki', format: 'pem' }));
  const sha1 = (text: string) => sign('sha1', Buffer.from(text), carol.privateKey);
  const pss = (text: string) => {
    const key = { key: carol.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING };
    return sign('sha256', Buffer.from(text), key);
  };
  const hmac = (text: string) => createHmac('sha256', pem()).update(text).digest();
  test.each([
    ['hmac-sha256 with the public key as its secret', { algorithm: 'hmac-sha256', signer: hmac }],
    ['the same under the name of an honest algorithm', { algorithm: 'hs2019', signer: hmac }],
    ['none', { algorithm: 'none' }],
    ['rsa-sha1', { algorithm: 'rsa-sha1', signer: sha1 }],
    ['SHA-1 under the name of SHA-256', { signer: sha1 }],
    ['PSS where PKCS#1 is meant', { signer: pss }],
  ] as const)('S10 %s', async (_, changes) => {
    expect(await refused(byCarol(changes))).toBe(401);
  });

  test('S10 a key of 1024 bits', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const publicKeyPem = weak.publicKey.export({ type: 'spki', format: 'pem' });
    const id = e.url('/users/weak');
    const actor = await e.actor('weak', { publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem } });
    const request = signedPost(actor, `${server.origin}/inbox`, followOf(actor, alice), {
      key: weak.privateKey,
    });
    expect(await refused(request, { asked: ['/users/weak'], remembersKey: true })).toBe(401);
  });

  test.each(['signature', 'digest', 'date', 'content-type'])('S11 two %s headers', async (name) => {
    const request = byCarol();
    const value = request.headers.find(([header]) => header === name)?.[1] ?? '';
    expect(await refused(withHeader(request, name, value))).toBe(400);
    const [first, ...rest] = request.headers.filter(([header]) => header !== name);
    const inFront: WireRequest['headers'] = [
      ...(first ? [first] : []),
      [name, value],
      [name, 'other'],
      ...rest,
    ];
    expect(await refused({ ...request, headers: inFront })).toBe(400);
  });

  test('S11 two hosts, two keyIds in one header, a header and an Authorization', async () => {
    const request = byCarol();
    const value = request.headers.find(([header]) => header === 'signature')?.[1] ?? '';
    expect(await refused(withHeader(request, 'Host', 'other.example'))).toBe(400);
    const doubled = `keyId="${mallory.keyId}",${value}`;
    expect(await refused(withHeader(without(request, 'signature'), 'signature', doubled))).toBe(400);
    expect(await refused(withHeader(request, 'authorization', `Signature ${value}`))).toBe(400);
  });
});

describe('replays', () => {
  test('S8 the same bytes a second time are accepted without effect', async () => {
    const request = byCarol();
    expect((await send(server.origin, request)).status).toBe(202);
    expect(await refused(request)).toBe(202);
  });

  test('S8 the same bytes two hours later are refused', async () => {
    const request = byCarol();
    expect((await send(server.origin, request)).status).toBe(202);
    await quiet(server);
    rig.ahead = 120 * MINUTE;
    try {
      expect(await refused(request)).toBe(401);
      // Also where their first coming has been forgotten.
      await empty(server, 'inbox_activities');
      expect(await refused(request)).toBe(401);
    } finally {
      rig.ahead = 0;
    }
  });

  test('S14 a flood of bad signatures causes at most one fetch of the key', async () => {
    rig.ahead = 30 * MINUTE;
    try {
      const now = Date.now() + rig.ahead;
      const flood = () =>
        Promise.all(
          Array.from({ length: 50 }, () =>
            post(server, carol, followOf(carol, alice), { key: mallory.privateKey, now }),
          ),
        );
      const allowed = { asked: ['/users/carol'], remembersKey: true };
      const first = await withoutEffect(server, [a, e], flood, allowed);
      expect(new Set(first.map(({ status }) => status))).toEqual(new Set([401]));
      await withoutEffect(server, [a, e], flood);
    } finally {
      rig.ahead = 0;
    }
  });
});

describe('bodies', () => {
  const bytes = (body: Buffer | string, changes: SignatureChanges = {}) =>
    signedPost(carol, `${server.origin}/inbox`, Buffer.from(body), changes);
  const follow = () => followOf(carol, alice);

  /** Sends an unsigned body of 60 MB, as far as it is taken, until the connection ends. */
  async function pour(length: string, part: Buffer): Promise<{ answer: string; bytes: number }> {
    const { host, port } = server.context.config.listen;
    const socket = connect(port, host);
    let answer = '';
    socket.setEncoding('latin1').on('data', (text) => {
      answer += text;
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    const type = 'content-type: application/activity+json';
    socket.write(`POST /inbox HTTP/1.1\r\nhost: ${host}\r\n${type}\r\n${length}\r\n\r\n`);
    while (!socket.destroyed && socket.writable && socket.bytesWritten < 60_000_000) {
      if (!socket.write(part)) await Promise.race([once(socket, 'drain').catch(() => undefined), closed]);
    }
    socket.end();
    await closed;
    return { answer, bytes: socket.bytesWritten };
  }

  test('R1 too large, whether announced or not', async () => {
    const large = JSON.stringify({ ...follow(), padding: 'x'.repeat(inboxLimits.maxBytes) });
    expect(await refused(bytes(large))).toBe(413);
    const { headers, path, body } = bytes(large);
    const chunk = Buffer.concat([
      Buffer.from(`${body.length.toString(16)}\r\n`),
      body,
      Buffer.from('\r\n0\r\n\r\n'),
    ]);
    expect(
      await refused({ path, headers: [...headers, ['transfer-encoding', 'chunked']], body: chunk }),
    ).toBe(413);
  });

  test('R1 the rest of one that is too large stays unread, and its sender still gets the answer', async () => {
    const filler = Buffer.alloc(64 * 1024, '[');
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), filler, Buffer.from('\r\n')]);
    for (const [length, part, status] of [
      ['content-length: 60000000', filler, 413],
      ['transfer-encoding: chunked', chunk, 401],
    ] as const) {
      const { answer, bytes } = await pour(length, part);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*connection: close[^]*"error"`, 'i'));
      // What the kernel holds for both sides; a server that reads takes all of it.
      expect(bytes).toBeLessThan(30_000_000);
    }
  });

  test('R1 too deep, too many members, no JSON, no object', async () => {
    const deep = '['.repeat(remoteJsonLimits.maxDepth) + ']'.repeat(remoteJsonLimits.maxDepth);
    const text = JSON.stringify(follow());
    expect(await refused(bytes(text.replace('{', `{"x":${deep},`)))).toBe(400);
    const items = JSON.stringify(Array.from({ length: remoteJsonLimits.maxArrayItems + 1 }, () => 0));
    expect(await refused(bytes(text.replace('{', `{"x":${items},`)))).toBe(400);
    expect(await refused(bytes('{"type":'))).toBe(400);
    expect(await refused(bytes(''))).toBe(400);
    expect(await refused(bytes('"Follow"'))).toBe(400);
    expect(await refused(bytes(JSON.stringify([follow()])))).toBe(400);
  });

  test('R2 keys that reach for prototypes are dropped, the rest is taken', async () => {
    const activity = follow();
    const poison = '"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},';
    const text = JSON.stringify(activity).replace('{', `{${poison}`);
    expect((await send(server.origin, bytes(text))).status).toBe(202);
    await quiet(server);
    expect(await server.context.federation.explain(activity.id)).toMatchObject([{ state: 'applied' }]);
    expect({}).not.toHaveProperty('isAdmin');
  });

  test.for(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'R2 of type %s mean nothing',
    async (type) => {
      const activity = { ...follow(), type };
      expect(await outcomeOf(server, carol, activity)).toBe('ignored: unsupported-type');
    },
  );

  test.each([
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/ld+json',
    'multipart/form-data; boundary=x',
  ])('of type %s are not read', async (type) => {
    expect(await refused(byCarol({ headers: { 'content-type': type } }))).toBe(415);
  });

  test('without a type are not read', async () => {
    expect(await refused(byCarol({ headers: { 'content-type': null } }))).toBe(415);
  });

  test('compressed are not unpacked', async () => {
    const packed = gzipSync(Buffer.alloc(10 * 1024 * 1024, ' '));
    expect(await refused(bytes(packed, { headers: { 'content-encoding': 'gzip' } }))).toBe(415);
  });
});
