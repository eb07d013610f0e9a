import type { Db, Tx } from '../../db/database.ts';
import { mentionedAmong } from '../../db/mentions.ts';
import { emitter } from '../../db/outbox.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { JobRun } from '../../jobs/registry.ts';
import type { AccountId, IdSource, VideoId } from '../../lib/ids.ts';
import type { Urls } from '../instances/index.ts';
import {
  askForReplies,
  beginUpload,
  cancelUpload,
  completeUpload,
  editVideo,
  type NewRemoteVideo,
  noteMissingVideo,
  pinVideo,
  receiveRemoteVideos,
  removeVideo,
  removeVideosOf,
  updateRemoteVideo,
} from './commands.ts';
import { videoEvents } from './events.ts';
import { choosePosterFrame, removeCaptions, setCaptions, setPosterImage } from './media-edits.ts';
import { processExtras } from './media-extras.ts';
import { processChosenPoster } from './media-poster.ts';
import { processLadder, processUpload, remake, stageJob } from './media-process.ts';
import type { MediaJobDeps } from './media-work.ts';
import { enqueuePurge, purgeObjects } from './purge.ts';
import { videoQueries } from './queries.ts';
import { replicate, replicateJob, replicateRefused } from './replicas.ts';

export type { Arrival, NewRemoteVideo } from './commands.ts';
export { videoEvents } from './events.ts';
export {
  type Asset,
  type RemoteVideo,
  type Video,
  type VideoDetails,
  type Visibility,
  visibilities,
} from './model.ts';
export type { Page } from './queries.ts';

export type Videos = ReturnType<typeof createVideos>;

type Deps = Omit<MediaJobDeps, 'emit'> & {
  db: Db;
  ids: IdSource;
  urls: Urls;
  mediaUrl: string;
  /** Whether videos of domains without a policy are shown. */
  unlistedDomains: UnlistedDomains;
};

/** Posts with a video: uploads, remote copies, deletion. */
export function createVideos(base: Deps) {
  const deps = { ...base, emit: emitter(videoEvents, base.ids) };
  const queries = videoQueries(base.db, base.unlistedDomains);
  return {
    ...queries,
    beginUpload: (tx: Tx, input: Parameters<typeof beginUpload>[2]) => beginUpload(deps, tx, input),
    completeUpload: (tx: Tx, uploadId: string, originalKey: string) =>
      completeUpload(deps, tx, uploadId, originalKey),
    cancelUpload,
    edit: (tx: Tx, videoId: VideoId, accountId: AccountId, details: Parameters<typeof editVideo>[4]) =>
      editVideo(deps, tx, videoId, accountId, details),
    pin: (tx: Tx, input: Parameters<typeof pinVideo>[2]) => pinVideo(deps, tx, input),
    receiveRemote: (tx: Tx, arriving: readonly NewRemoteVideo[]) => receiveRemoteVideos(deps, tx, arriving),
    setCaptions: (tx: Tx, edit: Parameters<typeof setCaptions>[2]) => setCaptions(deps, tx, edit),
    removeCaptions: (tx: Tx, edit: Parameters<typeof removeCaptions>[2]) => removeCaptions(deps, tx, edit),
    choosePosterFrame: (tx: Tx, edit: Parameters<typeof choosePosterFrame>[2]) =>
      choosePosterFrame(deps, tx, edit),
    setPosterImage: (tx: Tx, edit: Parameters<typeof setPosterImage>[2]) => setPosterImage(deps, tx, edit),
    askForReplies: (tx: Tx, videoId: VideoId) => askForReplies(deps, tx, videoId),
    noteMissing: noteMissingVideo,
    updateRemote: updateRemoteVideo,
    remove: (tx: Tx, videoId: VideoId, accountId: AccountId) => removeVideo(deps, tx, videoId, accountId),
    removeAllOf: (tx: Tx, accountId: AccountId) => removeVideosOf(deps, tx, accountId),
    /** The people whom the captions of these videos name. */
    mentionedAmong: (videoIds: readonly VideoId[]) => mentionedAmong(base.db, 'video', videoIds),

    /** Public address of a stored object: keys of public objects start with `media/`. */
    objectUrl: (key: string) => `${base.mediaUrl}/${key.replace(/^media\//, '')}`,

    /** Reactions to events, in the relay's transaction. */
    onReceived: async (tx: Tx, { videoId }: { videoId: VideoId }) =>
      base.enqueue(tx, await stageJob(tx, 'media.process', videoId)),
    onDiscovered: (tx: Tx, discovered: readonly { videoId: VideoId }[]) =>
      base.enqueue(
        tx,
        discovered.map(({ videoId }) => replicateJob(videoId)),
      ),
    onDeleted: async (tx: Tx, { videoId }: { videoId: VideoId }) => {
      await enqueuePurge(base, tx, videoId);
    },

    onDomainLifted: (tx: Tx, { domain }: { domain: string }) => replicateRefused(deps, tx, domain),

    jobs: {
      process: (videoId: VideoId, run: JobRun) => processUpload(deps, queries, videoId, run),
      ladder: (videoId: VideoId, run: JobRun) => processLadder(deps, queries, videoId, run),
      extras: (videoId: VideoId, run: JobRun) => processExtras(deps, queries, videoId, run),
      poster: (videoId: VideoId, run: JobRun) => processChosenPoster(deps, queries, videoId, run),
      remake: (videoId: VideoId, run: JobRun) => remake(deps, queries, videoId, run),
      replicate: (videoId: VideoId, run: JobRun) => replicate(deps, queries, videoId, run),
      purge: (videoId: VideoId, run: JobRun) => purgeObjects(deps, videoId, run),
    },
  };
}
