import { LRUCache } from 'lru-cache';
import { followersSyncLimits } from '../../config/limits.ts';
import type { InTx } from '../../src/db/database.ts';
import type { Enqueue } from '../../src/jobs/enqueue.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Accounts } from '../../src/modules/accounts/index.ts';
import { sameOrigin, uriOf } from '../translate/read.ts';

/** Name of the header, as it stands in lists of signed headers. */
export const SYNC_HEADER = 'collection-synchronization';

export interface SyncNoticeDeps {
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
  readonly accounts: Accounts;
  readonly clock: Clock;
}

/** What a server says of the followers that one of its accounts has here. */
export interface SyncNotice {
  readonly collectionId: string;
  readonly url: string;
  readonly digest: string;
}

const PARAMETER = /\s*([A-Za-z]{1,32})\s*=\s*"([^"\\]*)"\s*(?:,|$)/y;

/** Reads the header (FEP-8fcf). Null when it is not of that shape, or one parameter comes twice. */
export function readSyncHeader(text: string): SyncNotice | null {
  if (text.length > followersSyncLimits.maxHeaderCharacters) return null;
  const found = new Map<string, string>();
  PARAMETER.lastIndex = 0;
  while (PARAMETER.lastIndex < text.length) {
    const [all, name = '', value = ''] = PARAMETER.exec(text) ?? [];
    if (all === undefined || found.has(name)) return null;
    found.set(name, value);
  }
  const collectionId = uriOf(found.get('collectionId'));
  const url = uriOf(found.get('url'));
  const digest = found.get('digest')?.toLowerCase() ?? '';
  return collectionId && url && /^[0-9a-f]{64}$/.test(digest) ? { collectionId, url, digest } : null;
}

/**
 * Takes notice of the header of an activity whose sender is proven, where the signature covers it. It counts only
 * for the sender's own followers and an address of the same authority, so that nobody leads us to ask for those of
 * a third party (FEP-8fcf). The rest is a job, one per account at a time and not more often than every few minutes.
 */
export function createSyncNotice({ inTx, enqueue, accounts, clock }: SyncNoticeDeps) {
  const noticedAt = new LRUCache<string, number>({ max: followersSyncLimits.accountsInMemory });
  return async (actorUri: string, header: string | undefined): Promise<void> => {
    if (header === undefined) return;
    const notice = readSyncHeader(header);
    if (!notice || !sameOrigin(notice.url, notice.collectionId)) return;
    const account = await accounts.byActorUri(actorUri);
    if (account?.followersUri !== notice.collectionId) return;
    const last = noticedAt.get(actorUri);
    if (last !== undefined && clock.now() - last < followersSyncLimits.pauseMs) return;
    noticedAt.set(actorUri, clock.now());
    const { url, digest } = notice;
    const payload = { actorUri, url, digest };
    await inTx((tx) => enqueue(tx, { name: 'followers.sync', payload, key: `followers-sync:${account.id}` }));
  };
}
