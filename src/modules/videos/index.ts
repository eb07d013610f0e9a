import type { Db, Tx } from '../../db/database.ts';
import { mentionedAmong } from '../../db/mentions.ts';
import { emitter } from '../../db/outbox.ts';
import { versionsOf } from '../../db/versions.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { JobRun } from '../../jobs/registry.ts';
import type { AccountId, IdSource, SoundId, VideoId } from '../../lib/ids.ts';
import type { Urls } from '../instances/index.ts';
import type { Screening } from '../rules/index.ts';
import { changeVideo, tellAnew } from './change.ts';
import { endAbandoned } from './classified.ts';
import {
  askForReplies,
  beginUpload,
  cancelUpload,
  completeUpload,
  editVideo,
  noteMultipart,
  pinVideo,
  removeVideo,
  removeVideosOf,
  storedBytes,
} from './commands.ts';
import {
  DRAFT_LIFETIME_MS,
  describeMedia,
  draftRefusal,
  dropDraft,
  dropOldDrafts,
  postDraft,
  releaseDraft,
  writeDraft,
} from './drafts.ts';
import { videoEvents } from './events.ts';
import { feedQueries } from './feed-queries.ts';
import { consentTo, holdVideoAgain, refuseVideo, releaseVideo } from './held.ts';
import { classifyVideo } from './media-classify.ts';
import { choosePosterFrame, removeCaptions, setCaptions, setPosterImage } from './media-edits.ts';
import { processExtras } from './media-extras.ts';
import { askToResound, resoundVideo } from './media-mute.ts';
import { stageJob } from './media-order.ts';
import { processChosenPoster } from './media-poster.ts';
import { processLadder, processUpload, remake } from './media-process.ts';
import type { RemixDeps } from './media-remix.ts';
import { askToTranscribe, transcribeVideo } from './media-transcribe.ts';
import {
  askForSounds,
  askForThumbnails,
  askToRemake,
  failAbandoned,
  onLiked,
  wantAllRungs,
} from './media-upkeep.ts';
import type { MediaUrls } from './media-urls.ts';
import type { Video } from './model.ts';
import { dropOriginals } from './originals.ts';
import { enqueuePurge, purgeObjects } from './purge.ts';
import { videoQueries } from './queries.ts';
import { cachedBytes, evictCopy, keepWithinCap, type Pruning, pruneCache } from './remote-cache.ts';
import { onDiscovered, onFollowed, onModeLifted, onOpened, onShared } from './remote-modes.ts';
import { createPosterWishes, fetchPoster, type PosterBounds, prunePosters } from './remote-posters.ts';
import {
  type NewRemoteVideo,
  noteMissingVideo,
  receiveRemoteVideos,
  updateRemoteVideo,
} from './remote-posts.ts';
import { proxiedAmong, proxiedSource } from './remote-proxy.ts';
import { type ReplicaDeps, replicate, replicateRefused } from './replicas.ts';
import { readmit } from './sound-gate.ts';
import { studioQueries } from './studio.ts';

export { videoEvents } from './events.ts';
export type { Below, Recommendable } from './feed-queries.ts';
export { captionTimes } from './media-edits.ts';
export { createMediaUrls, type MediaAccess, type MediaUrls, type RegionalAccess } from './media-urls.ts';
export {
  type Asset,
  type ClaimedRemix,
  type ClaimedSound,
  hasSound,
  mediaStages,
  type PostedWith,
  type RemixKind,
  type RemixLayout,
  type RemixOf,
  type RemixPolicy,
  type RemixRefused,
  type RemoteVideo,
  remixKinds,
  remixLayouts,
  remixRefusals,
  type Video,
  type VideoDetails,
  type VideoState,
  type Visibility,
  visibilities,
} from './model.ts';
export {
  createProxiedFiles,
  type ProxiedFile,
  type ProxiedFiles,
  type ProxyFailure,
} from './proxied-files.ts';
export type { ListNarrowing, Page, SoundOfVideo } from './queries.ts';
export type { Arrival, NewRemoteVideo } from './remote-posts.ts';
export { fetchRemoteSource } from './remote-source.ts';
export { narrower } from './rules.ts';
export {
  type StudioCursor,
  type StudioFacts,
  studioSorts,
  studioStates,
} from './studio.ts';

import { keepAtHand } from './viral.ts';

export { createTranscriber } from './transcriber.ts';

export type Videos = ReturnType<typeof createVideos>;

type Deps = Omit<ReplicaDeps & RemixDeps, 'emit'> & {
  db: Db;
  ids: IdSource;
  urls: Urls;
  mediaUrls: MediaUrls;
  /** Whether videos of domains without a policy are shown. */
  unlistedDomains: UnlistedDomains;
  /** The rules that what is posted passes through. */
  screening: Screening;
};

/** Posts with a video: uploads, remote copies, deletion. */
export function createVideos(base: Deps) {
  const deps = { ...base, emit: emitter(videoEvents, base.ids) };
  const queries = videoQueries(base.db, base.unlistedDomains);
  const posterWishes = createPosterWishes(deps);
  return {
    ...queries,
    ...feedQueries(base.db, base.unlistedDomains),
    ...studioQueries(base.db),
    beginUpload: (tx: Tx, input: Parameters<typeof beginUpload>[2]) => beginUpload(deps, tx, input),
    completeUpload: (tx: Tx, uploadId: string, originalKey: string) =>
      completeUpload(deps, tx, uploadId, originalKey),
    cancelUpload,
    noteMultipart,
    storedBytes,
    change: (tx: Tx, change: Parameters<typeof changeVideo>[2]) => changeVideo(deps, tx, change),
    tellAnew: (tx: Tx, videoId: VideoId) => tellAnew(deps, tx, videoId),
    edit: (tx: Tx, videoId: VideoId, accountId: AccountId, details: Parameters<typeof editVideo>[4]) =>
      editVideo(deps, tx, videoId, accountId, details),
    /** What a moderator decides about a video that is held; see held.ts. */
    release: (tx: Tx, videoId: VideoId) => releaseVideo(deps, tx, videoId),
    holdAgain: holdVideoAgain,
    /** Videos that wait for an answer of the classifier which nobody will bring. */
    endAbandonedQuestions: (tx: Tx) => endAbandoned(deps, tx),
    refuse: (tx: Tx, refusal: Parameters<typeof refuseVideo>[2]) => refuseVideo(deps, tx, refusal),
    consentTo: (tx: Tx, videoId: VideoId) => consentTo(deps, tx, videoId),
    pin: (tx: Tx, input: Parameters<typeof pinVideo>[2]) => pinVideo(deps, tx, input),
    receiveRemote: (tx: Tx, arriving: readonly NewRemoteVideo[]) => receiveRemoteVideos(deps, tx, arriving),
    setCaptions: (tx: Tx, edit: Parameters<typeof setCaptions>[2]) => setCaptions(deps, tx, edit),
    removeCaptions: (tx: Tx, edit: Parameters<typeof removeCaptions>[2]) => removeCaptions(deps, tx, edit),
    choosePosterFrame: (tx: Tx, edit: Parameters<typeof choosePosterFrame>[2]) =>
      choosePosterFrame(deps, tx, edit),
    setPosterImage: (tx: Tx, edit: Parameters<typeof setPosterImage>[2]) => setPosterImage(deps, tx, edit),
    askForReplies: (tx: Tx, videoId: VideoId) => askForReplies(deps, tx, videoId),
    noteMissing: noteMissingVideo,
    async updateRemote(
      tx: Tx,
      videoId: VideoId,
      video: Parameters<typeof updateRemoteVideo>[3],
      mentions: readonly AccountId[],
    ) {
      const outcome = await updateRemoteVideo(deps, tx, videoId, video, mentions);
      if (outcome.ok) await deps.emit(tx, 'video.revised', { videoId });
      return outcome;
    },
    /** Videos that come before their posts; see drafts.ts. */
    postDraft: (tx: Tx, input: Parameters<typeof postDraft>[2]) => postDraft(deps, tx, input),
    writeDraft: (tx: Tx, input: Parameters<typeof writeDraft>[2]) => writeDraft(deps, tx, input),
    releaseDraft,
    draftRefusal,
    describeMedia,
    dropDraft: (tx: Tx, edit: Parameters<typeof dropDraft>[2]) => dropDraft(deps, tx, edit),
    dropOldDrafts: (tx: Tx) => dropOldDrafts(deps, tx, new Date(base.clock.now() - DRAFT_LIFETIME_MS)),
    /** What these videos said before, oldest first. */
    versionsOf: (videoId: VideoId) => versionsOf(base.db, { videoId }),
    remove: (tx: Tx, videoId: VideoId, accountId: AccountId) => removeVideo(deps, tx, videoId, accountId),
    removeSomeOf: (tx: Tx, accountId: AccountId, limit: number) => removeVideosOf(deps, tx, accountId, limit),
    /** The people whom the captions of these videos name. */
    mentionedAmong: (videoIds: readonly VideoId[]) => mentionedAmong(base.db, 'video', videoIds),

    /** Where a stored object of a video can be fetched: signed where the video is not for everybody. */
    objectUrl: base.mediaUrls.objectUrl,

    failAbandoned: (tx: Tx) => failAbandoned(deps, tx),
    wantAllRungs: (tx: Tx, videoId: VideoId) => wantAllRungs(deps, tx, videoId),
    keepAtHand: (tx: Tx, videoIds: readonly VideoId[], until: Date) => keepAtHand(deps, tx, videoIds, until),
    askToRemake: (tx: Tx, videoId: VideoId) => askToRemake(deps, tx, videoId),
    askForSounds: (tx: Tx) => askForSounds(deps, tx),
    askForThumbnails: (tx: Tx, videoId: VideoId) => askForThumbnails(deps, tx, videoId),
    askToTranscribe: (tx: Tx, videoId: VideoId) => askToTranscribe(deps, queries, tx, videoId),

    /** Reactions to events, in the relay's transaction. */
    onReceived: async (tx: Tx, { videoId }: { videoId: VideoId }) =>
      base.enqueue(tx, await stageJob(tx, 'media.process', videoId)),
    onDiscovered: (tx: Tx, discovered: readonly { videoId: VideoId }[]) => onDiscovered(deps, tx, discovered),
    onDeleted: async (tx: Tx, { videoId }: { videoId: VideoId }) => {
      await enqueuePurge(base, tx, videoId);
    },

    /** What the staff decided about its sound has changed. */
    onMuted: (tx: Tx, { videoId }: { readonly videoId: VideoId }) => askToResound(deps, tx, videoId),

    readmit: (tx: Tx, soundId: SoundId) => readmit(deps, tx, soundId),

    onLiked: (tx: Tx, payload: Parameters<typeof onLiked>[2]) => onLiked(deps, tx, payload),

    onDomainLifted: async (tx: Tx, { domain }: { domain: string }) => {
      await replicateRefused(deps, tx, domain);
      await onModeLifted(deps, tx, { domain });
    },
    onFollowed: (tx: Tx, follow: { readonly targetId: AccountId }) => onFollowed(deps, tx, follow),
    onShared: (tx: Tx, share: { readonly videoId: VideoId }) => onShared(deps, tx, share),
    /** Somebody opens a video of another server; see `onOpened` of remote-modes.ts. */
    opened: (tx: Tx, videoId: VideoId) => onOpened(deps, tx, videoId),

    /** Videos of other servers whose bytes are passed on; see remote-proxy.ts. */
    proxiedAmong: (videos: readonly Video[]) => proxiedAmong(deps, videos),
    /** Posters of these that are not here any more are asked for; see remote-posters.ts. */
    wantPosters: posterWishes.want,
    proxiedSource: (videoId: string) => proxiedSource(deps, videoId),
    proxyUrl: base.mediaUrls.proxyUrl,

    /** What media takes, and how it is kept within its bounds. */
    storageUse: {
      cachedBytes: () => cachedBytes(base.db),
      cache: base.cache,
      prune: (pruning: Pruning) => pruneCache(deps, pruning),
      keepWithinCap: (signal: AbortSignal) => keepWithinCap(deps, signal),
      evict: (tx: Tx, videoId: VideoId) => evictCopy(deps, tx, videoId),
      prunePosters: (bounds: PosterBounds, signal: AbortSignal) => prunePosters(deps, bounds, signal),
      dropOriginals: (before: Date, signal: AbortSignal) => dropOriginals(deps, before, signal),
    },

    jobs: {
      process: (videoId: VideoId, run: JobRun) => processUpload(deps, queries, videoId, run),
      ladder: (job: Parameters<typeof processLadder>[2], run: JobRun) =>
        processLadder(deps, queries, job, run),
      extras: (videoId: VideoId, run: JobRun) => processExtras(deps, queries, videoId, run),
      poster: (videoId: VideoId, run: JobRun) => processChosenPoster(deps, queries, videoId, run),
      resound: (videoId: VideoId, run: JobRun) => resoundVideo(deps, videoId, run),
      remake: (videoId: VideoId, run: JobRun) => remake(deps, queries, videoId, run),
      transcribe: (videoId: VideoId, run: JobRun) => transcribeVideo(deps, queries, videoId, run),
      classify: (videoId: VideoId, run: JobRun) => classifyVideo(deps, queries, videoId, run),
      replicate: (videoId: VideoId, run: JobRun) => replicate(deps, queries, videoId, run),
      remotePoster: (videoId: VideoId, run: JobRun) => fetchPoster(deps, queries, videoId, run),
      purge: (videoId: VideoId, run: JobRun) => purgeObjects(deps, videoId, run),
    },
  };
}
