import { generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { sha256 } from '../../src/lib/crypto.ts';

/** Bits of our keys: the size every receiver reads; larger ones sign six times slower (fedify.md 6a). */
const RSA_BITS = 2_048;

const generate = promisify(generateKeyPair);
const signInThreadPool = promisify(sign);

/** The two ways to sign that are in use. */
export type SignatureScheme = 'draft-cavage' | 'rfc9421';

export interface SignableRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Exactly the bytes that will be sent. A request with a body gets a digest. */
  readonly body?: Uint8Array | string;
  /** SHA-256 of the body in Base64, where it is known already. */
  readonly bodyDigest?: string;
  /** The actor's private RSA key. */
  readonly key: KeyObject;
  readonly keyId: string;
  /** Milliseconds; becomes the time of the signature, so sign anew for every attempt. */
  readonly now: number;
  /** `draft-cavage` when not given. */
  readonly scheme?: SignatureScheme;
}

/**
 * Headers that sign a request; send all of them unchanged, with the `host` that any client derives from the
 * same URL. `draft-cavage` is what all of the fediverse reads (draft-cavage-http-signatures-12, rsa-sha256:
 * `(request-target) host date`, and `digest` when there is a body). `rfc9421` is the standard, for servers
 * that want it (`@method @target-uri`, and `content-digest` when there is a body). Source:
 * federation-interop.md 3; RFC 9421 section 3.1, RFC 9530 section 2. Throws only for a key that is not RSA.
 */
export function signRequest(request: SignableRequest): Promise<Record<string, string>> {
  return request.scheme === 'rfc9421' ? signByRfc9421(request) : signByDraftCavage(request);
}

async function signByDraftCavage(request: SignableRequest): Promise<Record<string, string>> {
  const { method, url, body, key, keyId, now } = request;
  const headers: Record<string, string> = { host: url.host, date: new Date(now).toUTCString() };
  if (body !== undefined) headers.digest = `SHA-256=${digestOf(body, request)}`;
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

async function signByRfc9421(request: SignableRequest): Promise<Record<string, string>> {
  const { method, url, body, key, keyId, now } = request;
  const headers: Record<string, string> = {};
  const components = [
    ['@method', method],
    // As it goes over the wire: without a fragment, and without the mark of a query that is empty.
    ['@target-uri', `${url.origin}${url.pathname}${url.search}`],
  ];
  if (body !== undefined) {
    headers['content-digest'] = `sha-256=:${digestOf(body, request)}:`;
    components.push(['content-digest', headers['content-digest']]);
  }
  const covered = components.map(([name]) => `"${name}"`).join(' ');
  const created = Math.floor(now / 1_000);
  const parameters = `(${covered});created=${created};keyid="${keyId}";alg="rsa-v1_5-sha256"`;
  const lines = components.map(([name, value]) => `"${name}": ${value}`);
  const text = [...lines, `"@signature-params": ${parameters}`].join('\n');
  const signature = (await signInThreadPool('sha256', Buffer.from(text), key)).toString('base64');
  return { ...headers, 'signature-input': `sig1=${parameters}`, signature: `sig1=:${signature}:` };
}

function digestOf(body: Uint8Array | string, { bodyDigest }: SignableRequest): string {
  return bodyDigest ?? sha256(body).toString('base64');
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
