import { createPublicKey, type KeyObject } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/lib/net/bounded-json.ts';
import { type Failure, fail, type Ok, ok } from '../../../src/lib/result.ts';
import type { DocumentReason, LoadDocument, LoadedDocument } from '../../net/document-loader.ts';
import { importMultikey } from './multikey.ts';
import { algorithmOf, type KeyLimits } from './verify.ts';

/** Why no key was found. `gone` is status 410 or a Tombstone: whoever held the key was deleted. */
export type FetchKeyReason =
  | 'gone'
  | 'not-found'
  /** May pass by itself: a timeout, a broken connection, a server error. */
  | 'unreachable'
  /** The address serves nothing that speaks for itself. */
  | 'unusable-document'
  /** The owner's document does not list this key. */
  | 'not-listed'
  | 'bad-key';

export interface FetchedKey {
  readonly key: KeyObject;
  readonly keyId: string;
  readonly actorId: string;
  /** SPKI, or PKCS#1 for RSA. */
  readonly publicKeyPem: string;
  readonly actorDocument: JsonObject;
}

export interface KeyImportLimits extends KeyLimits {
  readonly maxPemCharacters: number;
}

const REASONS: Partial<Record<DocumentReason, FetchKeyReason>> = {
  gone: 'gone',
  'not-found': 'not-found',
  timeout: 'unreachable',
  'connection-failed': 'unreachable',
  'server-error': 'unreachable',
  aborted: 'unreachable',
};

const ACTOR_TYPES = ['Application', 'Group', 'Organization', 'Person', 'Service'];

/**
 * Fetches a key and its owner. Three shapes are in use: the actor itself under the key's address (Mastodon),
 * a stub that the loader trades for the actor it names (GoToSocial), and a document of the key alone that
 * names its owner. In every one the last word is with the document of the actor: it must be served by its own
 * id, on the key's origin, and list this very key (security.md S5 to S7).
 */
export function createKeyFetcher(
  loadDocument: LoadDocument,
  limits: KeyImportLimits,
): (keyId: string) => Promise<Ok<FetchedKey> | Failure<FetchKeyReason>> {
  return async (keyId) => {
    const first = await loadDocument(keyId);
    if (!first.ok) return toKeyFailure(first);
    if (hasType(first.document, ['Tombstone'])) return fail('gone', 'The actor was deleted.');
    if (hasType(first.document, ACTOR_TYPES)) return readActor(first, keyId, limits);

    const owner = namedOwner(first.document, keyId);
    if (owner === undefined || !isSameOrigin(owner, keyId)) return notListed();
    const second = await loadDocument(owner);
    if (!second.ok) return toKeyFailure(second);
    // An owner that leads to somebody else does not own the key (GHSA-8863-8468-7hq7).
    return second.document.id === owner ? readActor(second, keyId, limits) : notListed();
  };
}

function toKeyFailure({ reason, detail }: Failure<DocumentReason>): Failure<FetchKeyReason> {
  return fail(REASONS[reason] ?? 'unusable-document', detail);
}

function notListed(): Failure<FetchKeyReason> {
  return fail('not-listed', 'No actor lists this key as its own.');
}

function readActor(
  { document }: LoadedDocument,
  keyId: string,
  limits: KeyImportLimits,
): Ok<FetchedKey> | Failure<FetchKeyReason> {
  const actorId = document.id;
  const isActor = typeof actorId === 'string' && hasType(document, ACTOR_TYPES);
  const found = isActor
    ? (rsaKey(document, actorId, keyId, limits) ?? ed25519Key(document, actorId, keyId))
    : undefined;
  if (!isActor || !found) return notListed();
  if (found === 'bad-key') return fail('bad-key', 'The key is neither RSA of a safe size nor Ed25519.');
  return ok({ ...found, keyId, actorId, actorDocument: document });
}

interface ListedKey {
  readonly key: KeyObject;
  readonly publicKeyPem: string;
}

/** An RSA key in `publicKey`. Nothing when none is listed under this id. */
function rsaKey(
  actor: JsonObject,
  actorId: string,
  keyId: string,
  limits: KeyImportLimits,
): ListedKey | 'bad-key' | undefined {
  const listed = listedKey(actor, actorId, keyId);
  if (!listed) return undefined;
  const { publicKeyPem } = listed;
  const key = typeof publicKeyPem === 'string' ? importPublicKey(publicKeyPem, limits) : undefined;
  return key?.asymmetricKeyType === 'rsa' && typeof publicKeyPem === 'string'
    ? { key, publicKeyPem }
    : 'bad-key';
}

/** An Ed25519 key in `assertionMethod` (FEP-521a). It must say that it is this actor's. */
function ed25519Key(actor: JsonObject, actorId: string, keyId: string): ListedKey | 'bad-key' | undefined {
  const listed = asArray(actor.assertionMethod).find((one) => isJsonObject(one) && one.id === keyId);
  if (!isJsonObject(listed) || listed.controller !== actorId || !isSameOrigin(keyId, actorId))
    return undefined;
  const { publicKeyMultibase } = listed;
  const isMultikey = hasType(listed, ['Multikey']) && typeof publicKeyMultibase === 'string';
  const key = isMultikey ? importMultikey(publicKeyMultibase) : undefined;
  return key ? { key, publicKeyPem: key.export({ type: 'spki', format: 'pem' }).toString() } : 'bad-key';
}

/**
 * The entry of `publicKey` with this id and this owner. An actor with one key only may be named in the key's
 * place, as some servers do.
 */
function listedKey(actor: JsonObject, actorId: string, keyId: string): JsonObject | undefined {
  const keys = publicKeys(actor);
  const listed =
    keys.find((key) => key.id === keyId) ?? (keyId === actorId && keys.length === 1 ? keys[0] : undefined);
  if (!listed || typeof listed.id !== 'string' || !isSameOrigin(listed.id, actorId)) return undefined;
  return (listed.owner ?? listed.controller ?? actorId) === actorId ? listed : undefined;
}

/** Who a document that is no actor says owns the key: only a hint where to look. */
function namedOwner(document: JsonObject, keyId: string): string | undefined {
  const key = document.id === keyId ? document : publicKeys(document).find((one) => one.id === keyId);
  const owner = key?.owner ?? key?.controller;
  return typeof owner === 'string' ? owner : undefined;
}

function publicKeys(document: JsonObject): JsonObject[] {
  return asArray(document.publicKey).filter(isJsonObject);
}

function hasType(document: JsonObject, types: readonly string[]): boolean {
  return asArray(document.type).some((type) => typeof type === 'string' && types.includes(type));
}

function asArray(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function isSameOrigin(a: string, b: string): boolean {
  const origin = URL.parse(a)?.origin;
  return origin !== undefined && origin !== 'null' && origin === URL.parse(b)?.origin;
}

/** A public key from PEM text (SPKI or PKCS#1), or nothing when it is no key to trust. */
export function importPublicKey(pem: string, limits: KeyImportLimits): KeyObject | undefined {
  if (pem.length > limits.maxPemCharacters || !/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem))
    return undefined;
  try {
    const key = createPublicKey(pem);
    return algorithmOf(key, limits) ? key : undefined;
  } catch {
    return undefined;
  }
}
