import { createPrivateKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { openSecret, sealSecret } from '../../src/lib/crypto.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { Accounts, SealedKeys } from '../../src/modules/accounts/index.ts';
import { generateActorKeys } from '../outbox/sign.ts';

/** The private key an account signs with, ready to use. */
export interface SigningKey {
  readonly keyId: string;
  readonly key: KeyObject;
}

export type Keyring = ReturnType<typeof createKeyring>;

const PURPOSE = 'actor-key';
const KEYS_IN_MEMORY = 1_000;

/** Makes key pairs whose private half only this instance can open (security.md W7). */
export function createKeyMaker(instanceSecret: string): () => Promise<SealedKeys> {
  return async () => {
    const pair = await generateActorKeys();
    const privateKeySealed = sealSecret({ instanceSecret, purpose: PURPOSE }, pair.privateKeyPem);
    return { publicKeyPem: pair.publicKeyPem, privateKeySealed };
  };
}

/** Whether a key that `createKeyMaker` sealed is opened by this secret. */
export function opensActorKey(instanceSecret: string, privateKeySealed: string): boolean {
  return openSecret({ instanceSecret, purpose: PURPOSE }, privateKeySealed).ok;
}

/** Opens the keys of local accounts; parsing a key costs as much as signing, so they stay in memory. */
export function createKeyring(deps: { accounts: Accounts; instanceSecret: string }) {
  const cache = new LRUCache<AccountId, SigningKey>({ max: KEYS_IN_MEMORY });
  return {
    /** Null where the account has no key, as remote ones have not. Throws when the secret key is not the right one. */
    async keyOf(accountId: AccountId): Promise<SigningKey | null> {
      const cached = cache.get(accountId);
      if (cached) return cached;
      const stored = await deps.accounts.keysOf(accountId);
      if (!stored) return null;
      const opened = openSecret(
        { instanceSecret: deps.instanceSecret, purpose: PURPOSE },
        stored.privateKeySealed,
      );
      if (!opened.ok) {
        throw new Error('A private key cannot be opened: SECRET_KEY is not the one it was sealed with.');
      }
      const signing = { keyId: stored.keyUri, key: createPrivateKey(opened.plaintext) };
      cache.set(accountId, signing);
      return signing;
    },
  };
}
