import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Db } from '../../db/database.ts';
import { ED25519_BYTES, importEd25519, openSecret, sealSecret, sha256 } from '../../lib/crypto.ts';
import type { FaspId } from '../../lib/ids.ts';

const PURPOSE = 'fasp-key';

const generate = promisify(generateKeyPair);

/** What answers to a provider are signed with. */
export interface AnswerSigner {
  /** By which the provider knows the key. */
  readonly serverId: string;
  readonly ownKey: KeyObject;
}

/** All that is needed to talk with one provider. */
export interface ProviderKeys extends AnswerSigner {
  readonly baseUrl: string;
  /** By which the provider signs. */
  readonly faspId: FaspId;
  readonly providerKey: KeyObject;
}

/** A key pair of this server for one provider, the private half sealed. */
export async function makeFaspKeys(
  instanceSecret: string,
): Promise<{ row: { public_key: string; private_key_sealed: string }; ownKey: KeyObject }> {
  const pair = await generate('ed25519');
  const raw = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-ED25519_BYTES);
  const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return {
    row: {
      public_key: raw.toString('base64'),
      private_key_sealed: sealSecret({ instanceSecret, purpose: PURPOSE }, pem),
    },
    ownKey: pair.privateKey,
  };
}

/** By which people compare a key: SHA-256 of its bytes, in base64 (FASP general v0.1, registration). */
export const fingerprintOf = (publicKey: string): string =>
  sha256(Buffer.from(publicKey, 'base64')).toString('base64');

/** The keys of a provider; null where it is not known. Throws when the secret key is not the right one. */
export async function keysOf(db: Db, instanceSecret: string, id: FaspId): Promise<ProviderKeys | null> {
  const row = await db('fasp_providers')
    .join('fasp_keys', 'fasp_keys.provider_id', 'fasp_providers.id')
    .where({ id })
    .first('base_url', 'server_id', 'fasp_providers.public_key as theirs', 'private_key_sealed');
  if (!row) return null;
  const opened = openSecret({ instanceSecret, purpose: PURPOSE }, row.private_key_sealed);
  if (!opened.ok)
    throw new Error('A private key cannot be opened: SECRET_KEY is not the one it was sealed with.');
  const providerKey = importEd25519(Buffer.from(row.theirs, 'base64'));
  if (!providerKey) throw new Error('The key of a provider is none.');
  return {
    ...{ baseUrl: row.base_url, serverId: row.server_id, faspId: id },
    ...{ ownKey: createPrivateKey(opened.plaintext), providerKey },
  };
}
