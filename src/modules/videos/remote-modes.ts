import { remoteCacheLimits } from '../../../config/media-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { ofDomain } from '../../db/visibility.ts';
import { bringForward, type Enqueue } from '../../jobs/enqueue.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { replicateJobs, replicateKey, VIEWER_PRIORITY } from './media-order.ts';
import type { Video } from './model.ts';
import { type ProxyDeps, proxiedAmong, proxyCandidate } from './remote-proxy.ts';

export interface RemoteModeDeps extends ProxyDeps {
  readonly enqueue: Enqueue;
}

/**
 * What becomes of the file of a remote video now: it is copied, copied once it is opened, left where it is while its
 * bytes are passed on, or left there for good.
 */
export type CopyPlan = 'copy' | 'on-demand' | 'proxied' | 'not-copied-here';

/** Why there is no copy though none failed, as `media_reason` has it. */
export type UncopiedReason = Exclude<CopyPlan, 'copy'> | 'evicted';

/** Whether the bytes of a video are to be passed on where that is possible: whoever asks has to find out. */
export async function isForProxy(
  deps: Pick<RemoteModeDeps, 'mediaModesOf'>,
  video: Pick<Video, 'uri'>,
): Promise<boolean> {
  const [mode] = await deps.mediaModesOf([new URL(video.uri).host]);
  return mode === 'proxy';
}

/**
 * What to do with the file of a video: by the mode of the server that posted it, and by who asked for it here. What is
 * not known to be `proxiable` is handled as in the mode `on-view` where the mode is `proxy`.
 */
export async function copyPlan(
  deps: RemoteModeDeps,
  from: Db,
  video: Pick<Video, 'id' | 'uri'>,
  proxiable = false,
): Promise<CopyPlan> {
  const [mode = 'off'] = await deps.mediaModesOf([new URL(video.uri).host]);
  if (mode === 'off') return 'not-copied-here';
  if (mode === 'proxy' && proxiable) return 'proxied';
  const wanted =
    mode === 'replicate' ? await wantedAmong(from, [video.id]) : await openedAmong(from, [video.id]);
  return wanted.has(video.id) ? 'copy' : 'on-demand';
}

/**
 * Ends the work on a video that is not copied for now. Must run in the transaction that ends the job. Somebody may
 * have asked for the video since the plan was made: then it stays as it is, and the caller copies it after all
 * (`copy` is returned).
 */
export async function leaveUncopied(
  deps: RemoteModeDeps,
  tx: Tx,
  video: Pick<Video, 'id' | 'uri'>,
  proxiable = false,
): Promise<CopyPlan> {
  const row = await tx('videos').where({ id: video.id }).forUpdate().first('media_state');
  if (!row || row.media_state === 'ready') return 'not-copied-here';
  const plan = await copyPlan(deps, tx, video, proxiable);
  if (plan === 'copy') return plan;
  await tx('videos')
    .where({ id: video.id })
    .update({
      media_state: plan === 'on-demand' ? 'waiting' : 'none',
      media_reason: plan satisfies UncopiedReason,
      ...{ media_stage: null, media_percent: 0, media_detail: null },
    });
  return plan;
}

/** `accounts` of this server, in a query that knows them as `here`. */
const LOCAL = `here.domain = ''`;

/**
 * Those of these videos that somebody here may see in a list: somebody here follows the author (or the channel it
 * is attributed to), follows somebody who shared it, shared it, or is named by it; those that were opened; and those that other servers
 * told of and that were found, for as long as that counts.
 */
export async function wantedAmong(from: Db, ids: readonly VideoId[]): Promise<Set<VideoId>> {
  const { rows } = await from.raw<{ rows: { id: VideoId }[] }>(
    `select videos.id from videos where videos.id = any(:ids) and (
       videos.last_watched_at is not null
       or exists (select 1 from told_posts
                   where told_posts.video_id = videos.id and told_posts.state = 'accepted'
                     and told_posts.counts_until > now())
       or exists (select 1 from follows join accounts here on here.id = follows.follower_id
                   where follows.target_id = videos.account_id and follows.state = 'accepted' and ${LOCAL})
       or exists (select 1 from accounts channel
                    join follows on follows.target_id = channel.id and follows.state = 'accepted'
                    join accounts here on here.id = follows.follower_id
                   where channel.actor_uri = any(videos.attributed_to) and ${LOCAL})
       or exists (select 1 from shares join accounts here on here.id = shares.account_id
                   where shares.video_id = videos.id and ${LOCAL})
       or exists (select 1 from shares
                    join follows on follows.target_id = shares.account_id and follows.state = 'accepted'
                    join accounts here on here.id = follows.follower_id
                   where shares.video_id = videos.id and ${LOCAL})
       or exists (select 1 from mentions join accounts here on here.id = mentions.account_id
                   where mentions.video_id = videos.id and ${LOCAL}))`,
    { ids: [...ids] },
  );
  return new Set(rows.map(({ id }) => id));
}

async function openedAmong(from: Db, ids: readonly VideoId[]): Promise<Set<VideoId>> {
  const query = from('videos').whereRaw('id = any(?)', [[...ids]]);
  return new Set<VideoId>(await query.whereNotNull('last_watched_at').pluck('id'));
}

/**
 * Somebody opens a video of another server: its copy is asked for where there is none, and what was watched last
 * goes last when room is made. Returns whether a copy will come. One whose bytes were passed on, and are no more, gets
 * another look.
 */
export async function onOpened(deps: RemoteModeDeps, tx: Tx, videoId: VideoId): Promise<boolean> {
  const pause = tx.raw(`now() - ? * interval '1 ms'`, [remoteCacheLimits.watchedRecentlyMs / 2]);
  const left = { media_state: 'none', media_reason: 'proxied' satisfies UncopiedReason };
  const isLeft = await isProxiedNoMore(deps, tx('videos').where({ id: videoId, local: false, ...left }));
  const row = await tx('videos')
    .where({ id: videoId, local: false, state: 'published' })
    .where((due) => {
      due
        .where({ media_state: 'waiting' })
        .orWhereRaw('coalesce(last_watched_at, ?) <= ?', [new Date(0), pause]);
      if (isLeft) due.orWhere(left);
    })
    .forNoKeyUpdate()
    .first('media_state', 'media_reason');
  if (!row) return false;
  const isAskedFor = row.media_state === 'waiting' || (isLeft && row.media_reason === left.media_reason);
  const asked = isAskedFor ? { media_state: 'waiting', media_reason: null } : {};
  await tx('videos')
    .where({ id: videoId })
    .update({ last_watched_at: tx.fn.now(), ...asked });
  if (!isAskedFor) return false;
  if (row.media_reason !== null)
    await deps.enqueue(tx, await replicateJobs(tx, [{ id: videoId, asker: 'viewer' }]));
  else await bringForward(tx, replicateKey(videoId), VIEWER_PRIORITY);
  return true;
}

/** Videos became known here: their posters are fetched, and the files of those that somebody here may see in a list. */
export async function onDiscovered(
  deps: RemoteModeDeps,
  tx: Tx,
  discovered: readonly { readonly videoId: VideoId }[],
): Promise<void> {
  const ids = discovered.map(({ videoId }) => videoId);
  const wanted = await wantedAmong(tx, ids);
  const asked = ids.map((id) => ({ id, asker: wanted.has(id) ? ('list' as const) : ('nobody' as const) }));
  await deps.enqueue(tx, await replicateJobs(tx, asked));
}

/** Looks without holding the row: many may be opening it. */
async function isProxiedNoMore(deps: RemoteModeDeps, proxied: ReturnType<Tx>): Promise<boolean> {
  const row = await proxied.first('id', 'uri', 'source_url', 'media_state', 'media_reason');
  return row !== undefined && (await proxiedAmong(deps, [proxyCandidate(row)])).size === 0;
}

/** Somebody here follows an account: its newest videos are copied, whose description is here already. */
export async function onFollowed(
  deps: RemoteModeDeps,
  tx: Tx,
  { targetId }: { readonly targetId: AccountId },
): Promise<void> {
  const target = await tx('accounts').where({ id: targetId }).first('domain', 'actor_uri');
  if (!target || target.domain === '') return;
  const theirs = tx('videos')
    .where((by) => by.where({ account_id: targetId }).orWhereIn('id', sharedBy(tx, targetId)))
    .modify(waitingForAsker)
    .orderBy('id', 'desc')
    .limit(remoteCacheLimits.copiedAfterFollow);
  await ask(deps, tx, theirs.pluck('id'));
}

/** Newest first, and no more than one account may bring. */
function sharedBy(tx: Tx, accountId: AccountId) {
  return tx('shares')
    .where({ account_id: accountId })
    .orderBy('id', 'desc')
    .limit(remoteCacheLimits.copiedAfterFollow)
    .select('video_id');
}

/** A video was shared: it is copied now where somebody here sees that. */
export async function onShared(
  deps: RemoteModeDeps,
  tx: Tx,
  { videoId }: { readonly videoId: VideoId },
): Promise<void> {
  const waiting = await tx('videos').where({ id: videoId }).modify(waitingForAsker).pluck('id');
  const wanted = await wantedAmong(tx, waiting);
  await ask(deps, tx, Promise.resolve([...wanted]));
}

/** What happens to the videos of a domain has changed: those that were left where they are get another look. */
export async function onModeLifted(
  deps: RemoteModeDeps,
  tx: Tx,
  { domain }: { readonly domain: string },
): Promise<void> {
  const ofThatDomain = tx('accounts').modify(ofDomain(domain)).select('id');
  const left = tx('videos')
    .whereIn('account_id', ofThatDomain)
    .whereIn('media_reason', ['not-copied-here', 'on-demand', 'proxied'] satisfies UncopiedReason[])
    .whereIn('media_state', ['none', 'waiting'])
    .orderBy('id', 'desc')
    .limit(remoteCacheLimits.copiedAfterLift)
    .pluck('id');
  await ask(deps, tx, left);
}

/** Only those that nobody asked for so far: what was evicted comes back when it is opened. */
function waitingForAsker(query: ReturnType<Tx>): void {
  query
    .where({ local: false, state: 'published', media_state: 'waiting' })
    .whereRaw(`media_reason is distinct from 'evicted'`);
}

async function ask(deps: RemoteModeDeps, tx: Tx, found: PromiseLike<VideoId[]>): Promise<void> {
  const ids = await found;
  if (ids.length === 0) return;
  await tx('videos')
    .whereIn('id', ids)
    .update({ media_state: 'waiting', media_reason: null, media_detail: null });
  const jobs = await replicateJobs(
    tx,
    ids.map((id) => ({ id, asker: 'list' })),
  );
  await deps.enqueue(tx, jobs);
}
