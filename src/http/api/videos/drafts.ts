import type { Request } from 'express';
import type { Tx } from '../../../db/database.ts';
import { handlesOf } from '../../../lib/html/from-text.ts';
import type { VideoId } from '../../../lib/ids.ts';
import type { Viewer } from '../../../modules/auth/index.ts';
import type { NewPost } from '../../../modules/posts/index.ts';
import type { Video, VideoDetails } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { mentionsIn } from '../../mentions.ts';
import { route } from '../../route.ts';
import { videoParams } from '../schemas.ts';
import { applicationOf, idempotencyKeyOf } from '../statuses/post-status.ts';
import { videoEntityOf } from './entities.ts';
import { videoEntity } from './schemas.ts';

/** Videos whose author has not posted them yet. What a draft says is in its own row, also while a post holds it. */

type Said = Omit<VideoDetails, 'altText'>;
type Post = NewPost & { readonly videoId: VideoId };

function postOf(videoId: VideoId, said: Said, application: NewPost['application']): Post {
  const { caption: text, visibility, contentWarning, sensitive, language, mentions } = said;
  return {
    videoId,
    answers: null,
    text,
    visibility,
    contentWarning,
    sensitive,
    language,
    mentions,
    application,
  };
}

/** What has to be known of a video before the transaction that schedules or posts it. */
interface Draft {
  readonly viewer: Viewer;
  readonly held: { readonly id: Parameters<HttpDeps['posts']['scheduled']>[0] } | null;
  readonly application: NewPost['application'];
  readonly mentions: VideoDetails['mentions'];
}

/** `mentions`: whom its caption names, where it gets another one. */
export async function draftOf(
  deps: HttpDeps,
  viewer: Viewer,
  req: Request,
  video: Video,
  mentions?: VideoDetails['mentions'],
): Promise<Draft> {
  const { id: accountId } = viewer.account;
  const [held, application, named] = await Promise.all([
    video.awaitsPost ? deps.posts.heldAmong(accountId, [video.id]) : null,
    applicationOf(deps, viewer, req),
    mentions ?? (video.awaitsPost ? mentionsIn(deps, accountId, video.caption) : new Map()),
  ]);
  return { viewer, held: held?.get(video.id) ?? null, application, mentions: named };
}

/** The post of a draft as its locked row is: of people that were looked up, those whom the caption names now. */
function postNow({ mentions, application }: Draft, video: LockedVideo): Post {
  const handles = new Set(handlesOf(video.caption));
  const named = new Map([...mentions].filter(([handle]) => handles.has(handle)));
  return postOf(video.id, { ...video, mentions: named }, application);
}

type LockedVideo = Omit<Video, 'assets'>;

/** Gives a draft a time, another one, or none (null); undefined leaves that. */
export async function setTime(
  deps: HttpDeps,
  tx: Tx,
  draft: Draft,
  { video, at }: { readonly video: LockedVideo; readonly at: Date | null | undefined },
): Promise<void> {
  const { viewer, held } = draft;
  const { account } = viewer;
  const about = { accountId: account.id, id: held?.id ?? ('0' as never) };
  if (at === undefined || (at === null && !held)) return;
  if (!video.awaitsPost) throw new ApiError('posted-before');
  const manner = { key: null, scheduledAt: at };
  const outcome =
    at === null
      ? await deps.posts.unschedule(tx, about)
      : held
        ? await deps.posts.reschedule(tx, { ...about, at })
        : await deps.posts.create(tx, account, postNow(draft, video), manner);
  if (!outcome.ok) throw refused(outcome);
}

/** Has a video that is just announced wait for its time, in the same transaction. */
export function scheduling(deps: HttpDeps, viewer: Viewer, req: Request, at: Date) {
  return async (tx: Tx, video: { readonly id: VideoId; readonly details: VideoDetails }): Promise<void> => {
    const post = postOf(video.id, video.details, await applicationOf(deps, viewer, req));
    const manner = { key: null, scheduledAt: at };
    const outcome = await deps.posts.create(tx, viewer.account, post, manner);
    if (!outcome.ok) throw refused(outcome);
  };
}

export const publishVideo = route({
  method: 'post',
  path: '/api/v1/videos/:id/publish',
  summary:
    'Post a draft of your own now, also one that waits for its time. The answer says the id of its post, which is often a new one. `Idempotency-Key` is read.',
  audience: 'signed-in',
  scope: 'write:statuses',
  limit: { name: 'post', points: 60, seconds: 300 },
  params: videoParams,
  output: videoEntity,
  handler: async ({ deps, params, viewer, req }) => {
    const { account } = viewer;
    const key = idempotencyKeyOf(req);
    const video = await deps.videos.ofAuthor(params.id, account.id);
    // With a key, a draft that is gone may be the one that the first request posted.
    if (!video && key === null) throw new ApiError('not-found');
    const draft = video && (await draftOf(deps, viewer, req, video));
    const outcome = await deps.inTx(async (tx) => {
      // What it says, and to whom, is read where nobody changes it any more.
      const locked = await deps.videos.change(tx, {
        ...{ videoId: params.id, accountId: account.id, details: {}, rules: {} },
      });
      const post = draft && locked.ok ? postNow(draft, locked.video) : postOf(params.id, NOTHING, null);
      if (draft?.held) {
        await deps.posts.unschedule(tx, { id: draft.held.id, accountId: account.id });
      }
      return deps.posts.create(tx, account, post, { key, scheduledAt: null });
    });
    if (!outcome.ok) throw video && !video.awaitsPost ? new ApiError('posted-before') : refused(outcome);
    const posted = 'videoId' in outcome ? await deps.videos.ofAuthor(outcome.videoId, account.id) : null;
    if (!posted) throw new ApiError('conflict', 'This key was used for something else.');
    deps.mediaAccess.forget(params.id);
    return videoEntityOf(deps, posted, account.id);
  },
});

const NOTHING: Said = {
  ...{ caption: '', visibility: 'direct', contentWarning: '', sensitive: false },
  ...{ language: null, mentions: new Map() },
};
