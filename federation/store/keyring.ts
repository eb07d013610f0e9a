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

/** Where an activity stands among all, and which keys its sender has (`keysVersion`); null where it has none. */
export interface SigningPlace {
  readonly position: bigint;
  readonly keys: string | null;
}

/** Tells the keys of an account from those it had before, and from the same ones once others were told of them. */
export function keysVersion(madeAt: Date, previousUntil: bigint | null): string {
  return `${madeAt.getTime()} ${previousUntil}`;
}

interface OpenedKeys {
  readonly version: string;
  readonly current: SigningKey;
  readonly previous: { readonly signing: SigningKey; readonly until: bigint | null } | null;
}

/**
 * Opens the keys of local accounts; parsing a key costs as much as signing, so they stay in memory. They may be changed by
 * another process at any time, so what is in memory counts for the version that was read with what is to be signed.
 */
export function createKeyring(deps: { accounts: Accounts; instanceSecret: string }) {
  const cache = new LRUCache<AccountId, OpenedKeys>({ max: KEYS_IN_MEMORY });
  const open = (keyId: string, sealed: string): SigningKey => {
    const opened = openSecret({ instanceSecret: deps.instanceSecret, purpose: PURPOSE }, sealed);
    if (!opened.ok) {
      throw new Error('A private key cannot be opened: SECRET_KEY is not the one it was sealed with.');
    }
    return { keyId, key: createPrivateKey(opened.plaintext) };
  };

  async function load(accountId: AccountId): Promise<OpenedKeys | null> {
    const stored = await deps.accounts.keysOf(accountId);
    if (!stored) return null;
    const { keyUri, privateKeySealed, madeAt, previous } = stored;
    const version = keysVersion(madeAt, previous?.until ?? null);
    const known = cache.get(accountId);
    if (known?.version === version) return known;
    const opened = {
      version,
      current: open(keyUri, privateKeySealed),
      previous: previous && { signing: open(keyUri, previous.privateKeySealed), until: previous.until },
    };
    cache.set(accountId, opened);
    return opened;
  }

  return {
    /** What the account signs with at this moment; null where it has no key, as remote ones have not. Throws when the secret key is not the right one. */
    keyOf: async (accountId: AccountId): Promise<SigningKey | null> =>
      (await load(accountId))?.current ?? null,

    /**
     * What to sign an activity with: the key of the time when it was written, then the other one where the key was changed since, as
     * receivers may know one or the other. Empty where the account has no key. Throws as `keyOf`.
     */
    async keysFor(accountId: AccountId, { position, keys: version }: SigningPlace): Promise<SigningKey[]> {
      const known = cache.get(accountId);
      const keys = known && known.version === version ? known : await load(accountId);
      if (!keys) return [];
      const { current, previous } = keys;
      if (!previous) return [current];
      const isOld = previous.until === null || position <= previous.until;
      return isOld ? [previous.signing, current] : [current, previous.signing];
    },
  };
}
