import type { Tx } from '../../db/database.ts';
import { type UnlistedDomains, type ViewerRef, visibleTo } from '../../db/visibility.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import type { TakenEvent } from './model.ts';

/** Length of a video in milliseconds, null where it is not known; undefined where the watcher may not see it. */
export type DurationFor = (event: Pick<TakenEvent, 'accountId' | 'videoId'>) => number | null | undefined;

type Pair = readonly [accountId: AccountId | null, videoId: VideoId];

const pairOf = (accountId: AccountId | null, videoId: VideoId) => `${accountId ?? ''} ${videoId}`;

/**
 * Who of these may see what, by THE predicate; what they may see cannot be deleted until this transaction ends. Nearly all that is watched is
 * for everybody, and nearly nobody blocks: what everybody sees is hidden by nothing but a block that names the watcher, so that one question
 * about the videos and one about blocks answers for most, and only the rest is asked for pair by pair.
 */
export async function seenBy(
  tx: Tx,
  events: readonly Pick<TakenEvent, 'accountId' | 'videoId'>[],
  unlisted: UnlistedDomains,
): Promise<DurationFor> {
  const open = await openVideos(tx, [...new Set(events.map(({ videoId }) => videoId))], unlisted);
  const watchers = [...new Set(events.flatMap(({ accountId }) => accountId ?? []))];
  const blocking = await namedByBlocks(tx, watchers);
  const isPlain = (accountId: AccountId | null) => accountId === null || !blocking.has(accountId);
  const rest = new Map<string, Pair>();
  for (const { accountId, videoId } of events) {
    if (accountId === null || (isPlain(accountId) && open.has(videoId))) continue;
    rest.set(pairOf(accountId, videoId), [accountId, videoId]);
  }
  const asked = await pairsSeen(tx, [...rest.values()], unlisted);
  return ({ accountId, videoId }) => {
    const isOpen = isPlain(accountId) && open.has(videoId);
    return isOpen ? open.get(videoId) : asked.get(pairOf(accountId, videoId));
  };
}

const durationOf = (seconds: number | null) => (seconds === null ? null : seconds * 1_000);

/** Lengths of those of these videos that everybody may see. */
async function openVideos(
  tx: Tx,
  ids: readonly VideoId[],
  unlisted: UnlistedDomains,
): Promise<Map<VideoId, number | null>> {
  if (ids.length === 0) return new Map();
  const rows: { id: VideoId; seconds: number | null }[] = await tx('videos')
    .whereRaw('videos.id = any(?::bigint[])', [[...ids]])
    .modify(visibleTo(null, unlisted))
    .orderBy('videos.id')
    .forKeyShare('videos')
    .select('videos.id as id', 'videos.duration_seconds as seconds');
  return new Map(rows.map(({ id, seconds }) => [id, durationOf(seconds)]));
}

/** Those of these accounts that block somebody or some domain, or are blocked by somebody. */
async function namedByBlocks(tx: Tx, ids: readonly AccountId[]): Promise<Set<AccountId>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.raw<{ rows: { id: AccountId }[] }>(
    `select id from unnest(:ids::bigint[]) as watcher (id)
      where exists (select from account_blocks where account_id = watcher.id)
         or exists (select from account_blocks where target_id = watcher.id)
         or exists (select from account_domain_blocks where account_id = watcher.id)`,
    { ids: [...ids] },
  );
  return new Set(rows.map(({ id }) => id));
}

async function pairsSeen(
  tx: Tx,
  pairs: readonly Pair[],
  unlisted: UnlistedDomains,
): Promise<Map<string, number | null>> {
  if (pairs.length === 0) return new Map();
  const watcher: ViewerRef = tx.raw('watcher.id');
  const rows: { viewer: AccountId; id: VideoId; seconds: number | null }[] = await tx
    .from(
      tx.raw('unnest(?::bigint[], ?::bigint[]) as watcher (id, video_id)', [
        pairs.map(([accountId]) => accountId) as string[],
        pairs.map(([, videoId]) => videoId),
      ]),
    )
    .join('videos', 'videos.id', 'watcher.video_id')
    .modify(visibleTo(watcher, unlisted))
    .orderBy('videos.id')
    .forKeyShare('videos')
    .select('watcher.id as viewer', 'videos.id as id', 'videos.duration_seconds as seconds');
  return new Map(rows.map(({ viewer, id, seconds }) => [pairOf(viewer, id), durationOf(seconds)]));
}

/**
 * Those of these accounts whose history is kept. Their rows stay until this is stored: an account that is being deleted waits, and
 * takes what was stored along; one that is gone has no history.
 */
export async function keepersOf(
  tx: Tx,
  events: readonly Pick<TakenEvent, 'accountId'>[],
): Promise<Set<AccountId>> {
  const wanted = [...new Set(events.flatMap(({ accountId }) => accountId ?? []))];
  if (wanted.length === 0) return new Set();
  const rows: AccountId[] = await tx('users')
    .leftJoin('feed_settings', 'feed_settings.account_id', 'users.account_id')
    .whereRaw('users.account_id = any(?::bigint[])', [wanted])
    .whereRaw('feed_settings.history_paused is not true')
    .orderBy('users.account_id')
    .forKeyShare('users')
    .pluck('users.account_id');
  return new Set(rows);
}
