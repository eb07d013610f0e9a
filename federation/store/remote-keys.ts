import type { Db } from '../../src/db/database.ts';
import { deleteInBatches } from '../../src/db/sweep.ts';
import type { KeyStore, StoredFailure } from '../inbox/signature/keys.ts';

/** Public keys of remote actors in PostgreSQL, and which of them could not be had, one row per key id. */
export function createRemoteKeyStore(db: Db): KeyStore {
  const replace = async (row: Record<string, unknown>): Promise<void> => {
    await db('remote_keys').insert(row).onConflict('key_uri').merge();
  };
  return {
    async find(keyId) {
      const row = await db('remote_keys').where({ key_uri: keyId }).first();
      if (!row) return undefined;
      const at: number = row.checked_at.getTime();
      return row.failure === null
        ? { kind: 'key', keyId, actorId: row.actor_uri, publicKeyPem: row.public_key_pem, fetchedAt: at }
        : { kind: 'failure', keyId, reason: row.failure as StoredFailure['reason'], failedAt: at };
    },
    save: (key) =>
      replace({
        key_uri: key.keyId,
        actor_uri: key.actorId,
        public_key_pem: key.publicKeyPem,
        failure: null,
        checked_at: new Date(key.fetchedAt),
      }),
    recordFailure: (failure) =>
      replace({
        key_uri: failure.keyId,
        actor_uri: null,
        public_key_pem: null,
        failure: failure.reason,
        checked_at: new Date(failure.failedAt),
      }),
  };
}

/** Forgets keys nobody has used for long, so that a flood of key ids leaves nothing behind (security.md R6). */
export function sweepRemoteKeys(db: Db, olderThan: Date, signal: AbortSignal): Promise<number> {
  return deleteInBatches(db, 'remote_keys', { condition: 'checked_at < ?', bindings: [olderThan] }, signal);
}
