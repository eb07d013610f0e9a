import { createHash } from 'node:crypto';
import type { Clock } from '../../../src/lib/clock.ts';
import { isObject, type JsonObject, listOf, sameOrigin } from '../../translate/read.ts';
import { canonicaliseJson } from './canonical-json.ts';
import { decodeBase58Multibase } from './multikey.ts';
import { isKeyId } from './parse.ts';
import { refuse, type SignatureRefusal } from './refusal.ts';
import { type FoundKey, isSignature, type LookupKey } from './verify.ts';

export interface ProofLimits {
  readonly maxKeyIdCharacters: number;
  readonly clockSkewMs: number;
  /** Must be shorter than repetitions of an activity are known as such. */
  readonly maxProofAgeMs: number;
}

/** A proof that `actorId` wrote the document. */
export type ProofOutcome =
  | { readonly ok: true; readonly keyId: string; readonly actorId: string }
  | SignatureRefusal;

/** Whether the document of that actor carries a proof that the actor wrote it, wherever it came from. */
export type VerifyProof = (
  document: JsonObject,
  actorUri: string,
  lookupKey: LookupKey,
) => Promise<ProofOutcome>;

interface Proof {
  readonly keyId: string;
  readonly signature: Buffer;
  /** The proof without its value, in the readings that are in use. */
  readonly configs: readonly JsonObject[];
}

/**
 * Verifies object integrity proofs (FEP-8b32, cryptosuite eddsa-jcs-2022). The proof covers every member of
 * the document as plain JSON, the way we read it, so nothing can be re-arranged as with Linked Data
 * signatures (security.md S13). The key must be an Ed25519 key that the actor's own document lists (S5 to
 * S7). A proof has no recipient and can be sent again by anybody, so it counts only for a while (S8).
 */
export function createVerifyProof(deps: {
  readonly clock: Clock;
  readonly limits: ProofLimits;
}): VerifyProof {
  return async (document, actorUri, lookupKey) => {
    const proof = readProof(document, actorUri, deps.clock.now(), deps.limits);
    if ('ok' in proof) return proof;
    const { keyId } = proof;
    const fits = ({ key, actorId }: FoundKey) =>
      actorId === actorUri &&
      key.asymmetricKeyType === 'ed25519' &&
      // Last, because it takes milliseconds for the largest documents.
      hashesOf(document, proof).some((bytes) => isSignature('ed25519', key, bytes, proof.signature));

    let found = await lookupKey(keyId, { refresh: false });
    if (!found.ok) return { ...refuse(401, found.reason, found.detail ?? 'The key cannot be had.'), keyId };
    if (fits(found)) return { ok: true, keyId, actorId: actorUri };
    if (!found.isFresh) {
      found = await lookupKey(keyId, { refresh: true });
      if (found.ok && fits(found)) return { ok: true, keyId, actorId: actorUri };
    }
    return {
      ...refuse(401, 'bad-proof', 'The proof does not fit the activity and a key of its actor.'),
      keyId,
    };
  };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** The proof in a document, with everything checked that needs no key. */
function readProof(
  document: JsonObject,
  actorUri: string,
  now: number,
  limits: ProofLimits,
): Proof | SignatureRefusal {
  const [proof, second] = listOf(document.proof);
  if (!isObject(proof)) return refuse(401, 'no-proof', 'The activity carries no proof of its actor.');
  const { proofValue, ...config } = proof;
  const isSupported =
    config.type === 'DataIntegrityProof' &&
    config.cryptosuite === 'eddsa-jcs-2022' &&
    config.proofPurpose === 'assertionMethod';
  if (second !== undefined || !isSupported) {
    return refuse(401, 'unsupported-proof', 'Give one proof of the suite eddsa-jcs-2022.');
  }
  const keyId = config.verificationMethod;
  if (
    typeof keyId !== 'string' ||
    !isKeyId(keyId, limits.maxKeyIdCharacters) ||
    !sameOrigin(keyId, actorUri)
  ) {
    return refuse(401, 'bad-key-id', 'The key of the proof is not of the actor’s server.');
  }
  const age = now - toTime(config.created);
  const isCurrent = config.expires === undefined || toTime(config.expires) >= now;
  if (!(age >= -limits.clockSkewMs && age <= limits.maxProofAgeMs && isCurrent)) {
    return refuse(401, 'stale', 'The proof is too old, of the future, or has no time.');
  }
  const signature = typeof proofValue === 'string' ? decodeBase58Multibase(proofValue) : undefined;
  const configs = configsOf(config, document);
  return signature?.length === 64 && configs.length > 0
    ? { keyId, signature, configs }
    : refuse(401, 'bad-proof', 'The proof cannot be read.');
}

function toTime(value: unknown): number {
  return typeof value === 'string' && TIME.test(value) ? Date.parse(value) : Number.NaN;
}

/**
 * A proof repeats the document's `@context`. Where it does not, some signers mean it as it stands, others
 * with the context of the document. None if it has another one: that would change what was signed.
 */
function configsOf(config: JsonObject, document: JsonObject): JsonObject[] {
  const context = document['@context'];
  if (config['@context'] === undefined) return [config, { ...config, '@context': context }];
  return canonicaliseJson(config['@context']) === canonicaliseJson(context) ? [config] : [];
}

/** What was signed: the hash of the proof, then the hash of the document (vc-di-eddsa section 3.3.4). */
function hashesOf(document: JsonObject, { configs }: Proof): Buffer[] {
  // A Linked Data signature is added after the proof and is not covered by it (FEP-8b32).
  const { proof: _proof, signature: _signature, ...covered } = document;
  const hash = (value: JsonObject) => createHash('sha256').update(canonicaliseJson(value)).digest();
  const documentHash = hash(covered);
  return configs.map((config) => Buffer.concat([hash(config), documentHash]));
}
