import { refuse, type SignatureRefusal } from './refusal.ts';

export interface ParseLimits {
  readonly maxHeaderCharacters: number;
  readonly maxParameters: number;
  readonly maxCoveredHeaders: number;
  readonly maxKeyIdCharacters: number;
  /** Of one request, by RFC 9421. */
  readonly maxSignatures: number;
  /** Of those, the ones that are tried. */
  readonly maxCandidates: number;
}

/** A signature header as its sender wrote it: claims, nothing proven. */
export interface ParsedSignature {
  readonly keyId: string;
  /** In lower case. */
  readonly algorithm: string | undefined;
  /** Lower-case names in the order they were signed, with `(request-target)` and the like. */
  readonly covered: readonly string[];
  readonly signature: Buffer;
  /** Seconds, in the very text that was signed. */
  readonly created: string | undefined;
  readonly expires: string | undefined;
}

const SCHEME = /^signature\s+/i;
const PARAMETER = /\s*([A-Za-z]{1,32})\s*=\s*(?:"([^"\\]*)"|([^\s",]+))\s*(?:,|$)/y;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const COVERED_NAME = /^(?:[a-z0-9!#$%&'*+.^_`|~-]+|\((?:request-target|created|expires)\))$/;

/**
 * Reads the `Signature` header, with or without the word `Signature` before it, or `Authorization: Signature`
 * (draft-cavage-http-signatures-12 sections 2 and 3), as far as to tell whose key it names. Parameters may come
 * once only; unknown ones are ignored. `headers` has lower-case names.
 */
export function parseSigner(
  headers: ReadonlyMap<string, string>,
  limits: ParseLimits,
): { ok: true; keyId: string; parameters: ReadonlyMap<string, string> } | SignatureRefusal {
  const text = findSignature(headers);
  if (typeof text !== 'string') return text;
  if (text.length > limits.maxHeaderCharacters)
    return refuse(400, 'bad-header', 'The Signature header is too long.');
  const parameters = readParameters(text, limits.maxParameters);
  if (!(parameters instanceof Map)) return parameters;

  const keyId = parameters.get('keyId') ?? '';
  if (!isKeyId(keyId, limits.maxKeyIdCharacters)) {
    return refuse(400, 'bad-key-id', 'The keyId of the signature is not a web address.');
  }
  return { ok: true, keyId, parameters };
}

/** Reads all of the header, see `parseSigner`. Covered names may come once only, too. */
export function parseSignatureHeader(
  headers: ReadonlyMap<string, string>,
  limits: ParseLimits,
): { ok: true; parsed: ParsedSignature } | SignatureRefusal {
  const signer = parseSigner(headers, limits);
  if (!signer.ok) return signer;
  const { keyId, parameters } = signer;
  const encoded = parameters.get('signature') ?? '';
  if (!BASE64.test(encoded)) return refuse(400, 'bad-header', 'The signature is not in base64.');
  const covered = (parameters.get('headers') ?? 'date').toLowerCase().trim().split(/\s+/);
  if (covered.length > limits.maxCoveredHeaders || !covered.every((name) => COVERED_NAME.test(name))) {
    return refuse(400, 'bad-header', 'The list of signed headers cannot be read.');
  }
  if (new Set(covered).size !== covered.length) {
    return refuse(400, 'duplicate-header', 'The list of signed headers names one header twice.');
  }
  const parsed = {
    keyId,
    algorithm: parameters.get('algorithm')?.toLowerCase(),
    covered,
    signature: Buffer.from(encoded, 'base64'),
    created: parameters.get('created'),
    expires: parameters.get('expires'),
  };
  return { ok: true, parsed };
}

function findSignature(headers: ReadonlyMap<string, string>): string | SignatureRefusal {
  const plain = headers.get('signature');
  const authorization = headers.get('authorization');
  const asAuthorization =
    authorization !== undefined && SCHEME.test(authorization) ? authorization : undefined;
  if (plain !== undefined && asAuthorization !== undefined) {
    return refuse(400, 'duplicate-header', 'The request has two signatures.');
  }
  const found = plain ?? asAuthorization;
  return found === undefined
    ? refuse(401, 'missing-signature', 'The request is not signed.')
    : found.replace(SCHEME, '');
}

function readParameters(text: string, max: number): Map<string, string> | SignatureRefusal {
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = 0;
  while (PARAMETER.lastIndex < text.length) {
    const match = PARAMETER.exec(text);
    const name = match?.[1];
    if (!match || name === undefined || parameters.size >= max) {
      return refuse(400, 'bad-header', 'The Signature header cannot be read.');
    }
    if (parameters.has(name)) {
      return refuse(400, 'duplicate-parameter', `The Signature header has more than one ${name}.`);
    }
    parameters.set(name, match[2] ?? match[3] ?? '');
  }
  return parameters;
}

/** Whether a key is named by a web address: what we can fetch. */
export function isKeyId(text: string, maxCharacters: number): boolean {
  const isPlain = text.length <= maxCharacters && /^[\x21-\x7e]+$/.test(text);
  return isPlain && /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}
