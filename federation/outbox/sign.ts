import { generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { sha256 } from '../../src/lib/crypto.ts';

/** Bits of our keys: the size every receiver reads; larger ones sign six times slower (fedify.md 6a). */
const RSA_BITS = 2_048;

const generate = promisify(generateKeyPair);
const signInThreadPool = promisify(sign);

export interface SignableRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Exactly the bytes that will be sent. A request with a body gets a digest. */
  readonly body?: Uint8Array | string;
  /** The actor's private RSA key. */
  readonly key: KeyObject;
  readonly keyId: string;
  /** Milliseconds; becomes the Date header, so sign anew for every attempt. */
  readonly now: number;
}

/**
 * Headers that sign a request the way all of the fediverse reads (draft-cavage-http-signatures-12,
 * rsa-sha256; federation-interop.md 3): `(request-target) host date`, and `digest` when there is a body.
 * Send all of them unchanged. `host` is what any client derives from the same URL.
 */
export async function signRequest(request: SignableRequest): Promise<Record<string, string>> {
  const { method, url, body, key, keyId, now } = request;
  const headers: Record<string, string> = { host: url.host, date: new Date(now).toUTCString() };
  if (body !== undefined) headers.digest = `SHA-256=${sha256(body).toString('base64')}`;
  const names = Object.keys(headers);
  const lines = names.map((name) => `${name}: ${headers[name]}`);
  const text = [`(request-target): ${method.toLowerCase()} ${url.pathname}${url.search}`, ...lines].join(
    '\n',
  );
  const signature = (await signInThreadPool('sha256', Buffer.from(text), key)).toString('base64');
  const covered = ['(request-target)', ...names].join(' ');
  headers.signature = `keyId="${keyId}",algorithm="rsa-sha256",headers="${covered}",signature="${signature}"`;
  return headers;
}

/** A new RSA-2048 key pair for an actor, as PEM text: SPKI for the actor document, PKCS#8 to be sealed. */
export async function generateActorKeys(): Promise<{ publicKeyPem: string; privateKeyPem: string }> {
  const pair = await generate('rsa', {
    modulusLength: RSA_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { publicKeyPem: pair.publicKey, privateKeyPem: pair.privateKey };
}
