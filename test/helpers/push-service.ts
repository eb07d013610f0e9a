import { createDecipheriv, createECDH, hkdfSync, randomBytes, verify } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type Remote, type SeenRequest, startRemote } from './remote-http.ts';

/** The app at the other end of a subscription: its keys, and how it reads what is pushed to it. */
export function createPushApp() {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  const secret = randomBytes(16);
  const own = ecdh.getPublicKey();

  /** RFC 8188, section 2, with the keys of RFC 8291, section 3.4. */
  function standard(body: Buffer): unknown {
    const salt = body.subarray(0, 16);
    const idLength = body.readUInt8(20);
    const server = body.subarray(21, 21 + idLength);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), own, server]);
    const ikm = derive(ecdh.computeSecret(server), secret, info, 32);
    const text = opened(body.subarray(21 + idLength), ikm, salt, {
      key: 'Content-Encoding: aes128gcm\0',
      nonce: 'Content-Encoding: nonce\0',
    });
    // One record: its text, the delimiter of the last one, padding.
    return JSON.parse(text.subarray(0, text.lastIndexOf(2)).toString());
  }

  /** draft-ietf-webpush-encryption-04, as apps of 2016 read it. */
  function draft(body: Buffer, headers: SeenRequest['headers']): unknown {
    const salt = Buffer.from(partOf(headers.encryption, 'salt'), 'base64url');
    const server = Buffer.from(partOf(headers['crypto-key'], 'dh'), 'base64url');
    const ikm = derive(ecdh.computeSecret(server), secret, Buffer.from('Content-Encoding: auth\0'), 32);
    const context = Buffer.concat([Buffer.from('P-256\0'), sized(own), sized(server)]);
    const text = opened(body, ikm, salt, {
      key: Buffer.concat([Buffer.from('Content-Encoding: aesgcm\0'), context]),
      nonce: Buffer.concat([Buffer.from('Content-Encoding: nonce\0'), context]),
    });
    return JSON.parse(text.subarray(2 + text.readUInt16BE(0)).toString());
  }

  return {
    keys: { p256dh: own.toString('base64url'), auth: secret.toString('base64url') },
    read: ({ headers, body }: SeenRequest): unknown =>
      headers['content-encoding'] === 'aes128gcm' ? standard(body) : draft(body, headers),
  };
}

const derive = (key: Buffer, salt: Buffer, info: Buffer | string, bytes: number) =>
  Buffer.from(hkdfSync('sha256', key, salt, info, bytes));

const sized = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);

function opened(
  sealed: Buffer,
  ikm: Buffer,
  salt: Buffer,
  info: { readonly key: Buffer | string; readonly nonce: Buffer | string },
): Buffer {
  const nonce = derive(ikm, salt, info.nonce, 12);
  const decipher = createDecipheriv('aes-128-gcm', derive(ikm, salt, info.key, 16), nonce);
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}

function partOf(header: string | string[] | undefined, name: string): string {
  return new RegExp(`${name}=([\\w-]+)`).exec(String(header))?.[1] ?? '';
}

/** The claims by which a server showed who it is (RFC 8292), or null where the signature is not that of `publicKey`. */
export function vapidClaims({ headers }: SeenRequest, publicKey: string): Record<string, unknown> | null {
  const token = /(?:t=|WebPush )([\w-]+\.[\w-]+\.[\w-]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
  const [header = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(publicKey, 'base64url');
  const half = (from: number, to: number) => point.subarray(from, to).toString('base64url');
  const key = { kty: 'EC', crv: 'P-256', x: half(1, 33), y: half(33, 65) };
  const isTheirs = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key, format: 'jwk', dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  return isTheirs ? JSON.parse(Buffer.from(claims, 'base64url').toString()) : null;
}

/** A push service on an address of our own machine. It answers with `status`, which may be set. */
export async function startPushService(address: string) {
  const service = { status: 201, headers: {} as Record<string, string> };
  const remote: Remote = await startRemote(address, (_request, response: ServerResponse) => {
    response.writeHead(service.status, service.headers).end();
  });
  return Object.assign(service, { remote });
}
