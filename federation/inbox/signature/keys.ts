import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../src/lib/clock.ts';
import type { JsonObject } from '../../../src/lib/net/bounded-json.ts';
import { type Failure, fail, type Ok, ok } from '../../../src/lib/result.ts';
import type { LoadDocument } from '../../net/document-loader.ts';
import { createFetchBudget } from './fetch-budget.ts';
import {
  createKeyFetcher,
  type FetchKeyReason,
  importPublicKey,
  type KeyImportLimits,
} from './key-fetcher.ts';

/** Why there is no key. */
export type KeyReason = FetchKeyReason | 'bad-key-id' | 'too-many-fetches' | 'refresh-too-soon';

export interface StoredKey {
  readonly kind: 'key';
  readonly keyId: string;
  readonly actorId: string;
  readonly publicKeyPem: string;
  /** Milliseconds. */
  readonly fetchedAt: number;
}

export interface StoredFailure {
  readonly kind: 'failure';
  readonly keyId: string;
  readonly reason: FetchKeyReason;
  /** Milliseconds. */
  readonly failedAt: number;
}

/**
 * Where keys outlive the process and are shared between processes. There is one record per key id: saving
 * either kind replaces the other. Records of failures may be forgotten after `failureTtlMs`.
 */
export interface KeyStore {
  find(keyId: string): Promise<StoredKey | StoredFailure | undefined>;
  save(key: StoredKey): Promise<void>;
  recordFailure(failure: StoredFailure): Promise<void>;
}

export interface KeyResolverLimits extends KeyImportLimits {
  readonly maxKeyIdCharacters: number;
  readonly keysInMemory: number;
  readonly keyMaxAgeMs: number;
  readonly refreshIntervalMs: number;
  readonly failureTtlMs: number;
  readonly transientFailureTtlMs: number;
  readonly fetchesPerHost: number;
  readonly fetchWindowMs: number;
  readonly hostsInMemory: number;
}

export interface KeyResolverDeps {
  readonly store: KeyStore;
  readonly fetchDocument: LoadDocument;
  readonly clock: Clock;
  readonly limits: KeyResolverLimits;
}

export interface ResolvedKey {
  readonly key: KeyObject;
  readonly keyId: string;
  readonly actorId: string;
  readonly publicKeyPem: string;
  /** True when the key was fetched for this very call. */
  readonly isFresh: boolean;
  /** The owner's document, when it was fetched for this very call. */
  readonly actorDocument?: JsonObject;
}

export type KeyResult = Ok<ResolvedKey> | Failure<KeyReason>;

/** Finds the key behind an id and proves whose it is. Fits `LookupKey` of verify.ts. */
export type ResolveKey = (keyId: string, options?: { readonly refresh?: boolean }) => Promise<KeyResult>;

type Known = (StoredKey & { readonly key: KeyObject }) | StoredFailure;

/**
 * Looks in memory, then in the store, then on the net. A key counts only when the document of the actor that
 * owns it, served by its own id on the key's origin, lists that very key (security.md S5 to S7). Failures are
 * remembered for a while; a key is fetched anew at most once per `refreshIntervalMs`, and concurrent calls
 * share one fetch (S14). How many fetches one host may cause is bounded (F6).
 */
export function createKeyResolver(deps: KeyResolverDeps): ResolveKey {
  const { store, clock, limits } = deps;
  const memory = new LRUCache<string, Known>({ max: limits.keysInMemory });
  const refreshedAt = new LRUCache<string, number>({ max: limits.keysInMemory });
  const running = new Map<string, Promise<KeyResult>>();
  const budget = createFetchBudget(limits, clock);
  const fetchKey = createKeyFetcher(deps.fetchDocument, limits);

  function isCurrent(known: Known): boolean {
    if (known.kind === 'key') return clock.now() - known.fetchedAt < limits.keyMaxAgeMs;
    const ttl = known.reason === 'unreachable' ? limits.transientFailureTtlMs : limits.failureTtlMs;
    return clock.now() - known.failedAt < ttl;
  }

  /** What is known of a key, current or not. */
  async function recall(keyId: string): Promise<Known | undefined> {
    const remembered = currentInMemory(keyId);
    if (remembered) return remembered;
    const stored = await store.find(keyId);
    // A fetch may have ended while the store was asked.
    const newer = currentInMemory(keyId);
    if (newer) return newer;
    const key = stored?.kind === 'key' ? importPublicKey(stored.publicKeyPem, limits) : undefined;
    const known = stored?.kind === 'key' ? key && { ...stored, key } : stored;
    if (known) memory.set(keyId, known);
    return known ?? memory.get(keyId);
  }

  function currentInMemory(keyId: string): Known | undefined {
    const known = memory.get(keyId);
    return known && isCurrent(known) ? known : undefined;
  }

  async function fetchAndKeep(keyId: string, known: Known | undefined): Promise<KeyResult> {
    if (!budget.take(new URL(keyId).host)) {
      return fail('too-many-fetches', 'Too many unknown keys of one server were named in a short time.');
    }
    const result = await fetchKey(keyId);
    const now = clock.now();
    if (result.ok) {
      const { key, actorId, publicKeyPem } = result;
      const stored: StoredKey = { kind: 'key', keyId, actorId, publicKeyPem, fetchedAt: now };
      memory.set(keyId, { ...stored, key });
      await store.save(stored);
      return ok({ ...result, isFresh: true });
    }
    // A server that is down for a moment does not take back the key it gave us.
    const keepsKey = result.reason === 'unreachable' && known?.kind === 'key' && isCurrent(known);
    if (!keepsKey) {
      const failure: StoredFailure = { kind: 'failure', keyId, reason: result.reason, failedAt: now };
      memory.set(keyId, failure);
      await store.recordFailure(failure);
    }
    return result;
  }

  function fetchShared(keyId: string, known: Known | undefined): Promise<KeyResult> {
    const shared = running.get(keyId) ?? fetchAndKeep(keyId, known).finally(() => running.delete(keyId));
    running.set(keyId, shared);
    return shared;
  }

  return async (keyId, options = {}) => {
    if (keyId.length > limits.maxKeyIdCharacters || !URL.canParse(keyId)) {
      return fail('bad-key-id', 'The keyId of the signature is not a web address.');
    }
    const known = await recall(keyId);
    if (!options.refresh) {
      if (!known || !isCurrent(known)) return fetchShared(keyId, known);
      return known.kind === 'failure' ? fail(known.reason) : fromMemory(known);
    }
    const last = Math.max(known?.kind === 'key' ? known.fetchedAt : 0, refreshedAt.get(keyId) ?? 0);
    if (clock.now() - last < limits.refreshIntervalMs) {
      return running.get(keyId) ?? fail('refresh-too-soon', 'The key was fetched a short while ago.');
    }
    refreshedAt.set(keyId, clock.now());
    return fetchShared(keyId, known);
  };
}

function fromMemory({ key, keyId, actorId, publicKeyPem }: Extract<Known, { kind: 'key' }>): KeyResult {
  return ok({ key, keyId, actorId, publicKeyPem, isFresh: false });
}
