import { type KeyObject, sign, verify } from 'node:crypto';
import { faspLimits } from '../../config/fasp-limits.ts';
import { signatureLimits } from '../../config/limits.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { sha256 } from '../../src/lib/crypto.ts';
import type { IncomingRequest } from '../inbox/signature/claim.ts';
import { checkContentDigest } from '../inbox/signature/digest.ts';
import { readHeaders } from '../inbox/signature/headers.ts';
import { refuse, type SignatureRefusal } from '../inbox/signature/refusal.ts';
import { checkTimes, componentsOf, signedText } from '../inbox/signature/rfc9421.ts';
import { type InnerList, type Item, parseDictionary } from '../inbox/signature/structured-fields.ts';

const times = { ...faspLimits, expirySkewMs: 0 };
const fields = {
  maxCharacters: signatureLimits.maxHeaderCharacters,
  maxMembers: signatureLimits.maxSignatures,
  maxItems: signatureLimits.maxCoveredHeaders,
  maxParameters: signatureLimits.maxParameters,
};

/** What a signature of a message is made with. */
export interface MessageSigner {
  /** By which the other side knows the key. */
  readonly keyId: string;
  readonly key: KeyObject;
  /** Milliseconds. */
  readonly now: number;
}

/** What a message is of: a request, or the answer to one. */
export type Derived = { readonly method: string; readonly targetUri: string } | { readonly status: number };

function componentsFor(derived: Derived): Map<string, string> {
  return 'status' in derived
    ? new Map([['@status', String(derived.status)]])
    : new Map([
        ['@method', derived.method],
        ['@target-uri', derived.targetUri],
      ]);
}

/**
 * Headers that sign a message between this server and an auxiliary service provider: RFC 9421 with Ed25519, over what the message is of
 * and a digest of its body, which is there even where the body is empty. Source: FASP general v0.1, protocol basics.
 */
export function signMessage(
  { derived, body }: { readonly derived: Derived; readonly body: string },
  { keyId, key, now }: MessageSigner,
): Record<string, string> {
  const digest = `sha-256=:${sha256(body).toString('base64')}:`;
  const covered = [...componentsFor(derived), ['content-digest', digest] as const];
  const names = covered.map(([name]) => `"${name}"`).join(' ');
  const parameters = `(${names});created=${Math.floor(now / 1_000)};keyid="${keyId}"`;
  const lines = covered.map(([name, value]) => `"${name}": ${value}`);
  const text = [...lines, `"@signature-params": ${parameters}`].join('\n');
  return {
    'content-digest': digest,
    'signature-input': `sig1=${parameters}`,
    signature: `sig1=:${sign(null, Buffer.from(text), key).toString('base64')}:`,
  };
}

/** A signature as it was found: whose it says it is, and how to prove that. Nothing is proven yet. */
export interface SignedMessage {
  readonly ok: true;
  /** Null where it names none. */
  readonly keyId: string | null;
  readonly signature: Buffer;
  readonly isBy: (key: KeyObject) => boolean;
}

/**
 * Reads the one signature of a message and checks all that needs no key: what it covers, its time, and the digest of the body. What is
 * covered twice, or with parameters, is refused, as in all other signatures here.
 */
export function readSigned(
  message: {
    readonly derived: Derived;
    readonly headers: ReadonlyMap<string, string>;
    readonly body: Buffer;
  },
  clock: Clock,
): SignedMessage | SignatureRefusal {
  const { derived, headers, body } = message;
  const found = onlySignature(headers);
  if ('ok' in found) return found;
  const { input, signature } = found;
  const covered = componentsOf(input);
  if ('ok' in covered) return covered;
  const own = componentsFor(derived);
  const missing = [...own.keys(), 'content-digest'].filter((name) => !covered.includes(name));
  if (!input.parameters.has('created')) missing.push('created');
  if (missing.length > 0)
    return refuse(401, 'not-covered', `The signature must cover: ${missing.join(' ')}.`);
  const refusal =
    checkAlgorithm(input) ??
    checkTimes(input, { clock, limits: times }) ??
    checkContentDigest(headers.get('content-digest') ?? '', body, fields);
  if (refusal) return refusal;
  const text = signedText(input, own, headers);
  if (typeof text !== 'string') return text;
  const keyId = textOf(input.parameters.get('keyid'));
  const isBy = (key: KeyObject) =>
    key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text, 'latin1'), key, signature);
  return { ok: true, keyId, signature, isBy };
}

/** Reads a request that came here, see `readSigned`; `origin` is our own. */
export function readSignedRequest(
  { method, path, rawHeaders, body }: IncomingRequest,
  { origin, clock }: { readonly origin: string; readonly clock: Clock },
): SignedMessage | SignatureRefusal {
  const read = readHeaders(rawHeaders);
  if (!read.ok) return read;
  const derived = { method, targetUri: `${origin}${path}` };
  return readSigned({ derived, headers: read.headers, body: Buffer.from(body) }, clock);
}

/** Header values by name, of an answer; those that came more than once are left out. */
export function headersOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Map<string, string> {
  return new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
    ),
  );
}

function onlySignature(
  headers: ReadonlyMap<string, string>,
): { readonly input: InnerList; readonly signature: Buffer } | SignatureRefusal {
  const inputs = parseDictionary(headers.get('signature-input') ?? '', fields);
  const values = parseDictionary(headers.get('signature') ?? '', fields);
  if (!inputs || !values) return refuse(400, 'bad-header', 'The signature cannot be read by RFC 9421.');
  const [one, another] = inputs;
  if (!one) return refuse(401, 'missing-signature', 'The message is not signed.');
  if (another) return refuse(401, 'ambiguous-signature', 'The message has more than one signature.');
  const [label, input] = one;
  const value = values.get(label);
  const bytes = value !== undefined && 'value' in value ? value.value : undefined;
  return 'items' in input && bytes?.kind === 'bytes'
    ? { input, signature: bytes.value }
    : refuse(400, 'bad-header', `The signature ${label} is not complete.`);
}

function checkAlgorithm({ parameters }: InnerList): SignatureRefusal | undefined {
  const alg = parameters.get('alg');
  return alg === undefined || textOf(alg) === 'ed25519'
    ? undefined
    : refuse(401, 'unsupported-algorithm', 'Sign with Ed25519.');
}

const textOf = (value: Item['value'] | undefined): string | null =>
  value?.kind === 'string' ? value.value : null;
