import { createHash, type KeyObject, sign } from 'node:crypto';
import { encodeBase58 } from './multikey.ts';

/** What differs from an honest proof. */
export interface ProofChanges {
  readonly created?: string | undefined;
  /** Members of the proof that are set, and signed with it. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Whether the proof repeats the `@context` of the document, is signed as if it did, or neither. */
  readonly context?: 'repeated' | 'implied' | 'none';
}

/**
 * A document with an object integrity proof (FEP-8b32, eddsa-jcs-2022), made here from nothing but
 * node:crypto. Its keys must not look like numbers, which JavaScript would put in front.
 */
export function withProof(
  document: Readonly<Record<string, unknown>>,
  keyId: string,
  key: KeyObject,
  { created = new Date().toISOString(), config = {}, context = 'repeated' }: ProofChanges = {},
): Record<string, unknown> {
  const proof: Record<string, unknown> = {
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-jcs-2022',
    verificationMethod: keyId,
    proofPurpose: 'assertionMethod',
    created,
    ...config,
  };
  if (context === 'repeated') proof['@context'] = document['@context'];
  const signed = context === 'implied' ? { ...proof, '@context': document['@context'] } : proof;
  const hash = (value: unknown) =>
    createHash('sha256')
      .update(JSON.stringify(sorted(value)))
      .digest();
  const signature = sign(null, Buffer.concat([hash(signed), hash(document)]), key);
  return { ...document, proof: { ...proof, proofValue: `z${encodeBase58(signature)}` } };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
