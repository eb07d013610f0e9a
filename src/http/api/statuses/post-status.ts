import type { Request } from 'express';
import { z } from 'zod';
import { commentLimits, videoLimits } from '../../../../config/limits.ts';
import type { AccountId, VideoId } from '../../../lib/ids.ts';
import { parseId } from '../../../lib/ids.ts';
import type { Viewer } from '../../../modules/auth/index.ts';
import { fitsComment } from '../../../modules/comments/index.ts';
import type { NewPost } from '../../../modules/posts/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { mentionsIn } from '../../mentions.ts';
import { route } from '../../route.ts';
import { bearerOf } from '../../session.ts';
import { languageOrNone, manyOf, moment, text } from '../inputs.ts';
import { flagSchema, statusEntity } from '../schemas.ts';
import { postedEntityOf, seenPost, visibilityOf } from './posts.ts';
import { scheduledEntitiesOf } from './scheduled.ts';
import { scheduledStatusEntity } from './schemas.ts';

const id = z.string().refine((value) => parseId(value) !== null, 'This is not an id.');
/** Clients send an empty field for none. */
const none = z.literal('').transform(() => undefined);

const body = z.object({
  status: text(videoLimits.maxCaptionCharacters).nullish(),
  media_ids: manyOf(id, 20).optional().describe('One video that was uploaded by POST /api/v2/media'),
  in_reply_to_id: z.union([none, id]).nullish().describe('A video or a comment: then this is a comment'),
  visibility: z
    .enum(['public', 'unlisted', 'private', 'direct'])
    .nullish()
    .describe('This, `sensitive` and `language` are as the account prefers them where they are not given'),
  spoiler_text: text(videoLimits.maxContentWarningCharacters).nullish(),
  sensitive: flagSchema.nullish(),
  language: languageOrNone.optional(),
  scheduled_at: z
    .union([none, moment])
    .nullish()
    .describe('At least five minutes ahead; without a time zone it is of UTC'),
  poll: z.unknown().optional().describe('There are no polls here: it is refused'),
});
type Body = z.output<typeof body>;
/** What of it is not said here is as the account prefers it. */
type Asked = { [K in keyof Body]?: Body[K] | undefined };

export const postStatus = route({
  method: 'post',
  path: '/api/v1/statuses',
  summary: 'Post a video that was uploaded before, or comment on one, now or later.',
  audience: 'signed-in',
  scope: 'write:statuses',
  limit: { name: 'post', points: 60, seconds: 300 },
  body,
  output: z.union([statusEntity, scheduledStatusEntity]),
  handler: async ({ deps, body, viewer, req }) => {
    const { account } = viewer;
    const application = await applicationOf(deps, viewer, req);
    const post = { ...(await newPostOf(deps, account.id, body)), application };
    const manner = {
      key: idempotencyKeyOf(req),
      scheduledAt: body.scheduled_at || null,
    };
    const outcome = await deps.inTx((tx) => deps.posts.create(tx, account, post, manner));
    if (!outcome.ok) throw refused(outcome);
    // Others than its author may fetch its objects from now on.
    if (post.videoId !== null) deps.mediaAccess.forget(post.videoId);
    if (!('scheduledId' in outcome)) return postedEntityOf(deps, outcome, account.id);
    const scheduled = await deps.posts.scheduled(outcome.scheduledId, account.id);
    const [entity] = await scheduledEntitiesOf(deps, scheduled ? [scheduled] : [], account.id);
    if (!entity) throw new ApiError('gone', 'This post was scheduled, and is no more.');
    return entity;
  },
});

const KEY_CHARACTERS = 255;

/** How a client marks the repetition of a request whose answer it did not get. */
export function idempotencyKeyOf(req: Request): string | null {
  const key = req.get('Idempotency-Key')?.trim() ?? '';
  if (key.length > KEY_CHARACTERS) {
    throw new ApiError('validation-failed', `Idempotency-Key: At most ${KEY_CHARACTERS} characters.`);
  }
  return key === '' ? null : key;
}

/** The app that acts for the person; null for one of our own pages, or a session opened with the password. */
export async function applicationOf(
  deps: HttpDeps,
  viewer: Viewer,
  req: Request,
): Promise<NewPost['application']> {
  const token = viewer.appId === null ? null : bearerOf(req);
  const app = token === null ? null : await deps.auth.apps.ofToken(token);
  return app && { name: app.name, website: app.website };
}

/** What a client asks to post. A post has one video, a comment has none, and neither has anything else. */
export async function newPostOf(
  deps: HttpDeps,
  accountId: AccountId,
  body: Asked,
): Promise<Omit<NewPost, 'application'>> {
  const { media_ids: mediaIds = [], in_reply_to_id: answeredId } = body;
  const said = body.status ?? '';
  if (body.poll !== undefined && body.poll !== null) {
    throw new ApiError('validation-failed', 'poll: There are no polls on this server.');
  }
  if (answeredId && mediaIds.length > 0) {
    throw new ApiError('validation-failed', 'media_ids: A comment holds no video.');
  }
  if (!answeredId && mediaIds.length !== 1) {
    throw new ApiError(
      'validation-failed',
      'media_ids: A post on this server has one video. Attach exactly one.',
    );
  }
  if (answeredId && !fitsComment(said)) {
    throw new ApiError(
      'validation-failed',
      `status: A comment has 1 to ${commentLimits.maxCharacters} characters.`,
    );
  }
  const usual = await deps.auth.preferencesOf(accountId);
  return {
    videoId: answeredId ? null : (mediaIds[0] as VideoId),
    answers: answeredId ? await answeredBy(deps, answeredId, accountId) : null,
    visibility: body.visibility ? visibilityOf(body.visibility) : usual.visibility,
    text: said,
    contentWarning: body.spoiler_text ?? '',
    sensitive: body.sensitive ?? usual.sensitive,
    language: body.language ?? usual.language,
    mentions: await mentionsIn(deps, accountId, said),
  };
}

async function answeredBy(
  deps: HttpDeps,
  answeredId: string,
  accountId: AccountId,
): Promise<NewPost['answers']> {
  const answered = await seenPost(deps, answeredId, accountId);
  return 'comment' in answered
    ? { videoId: answered.comment.videoId, parentId: answered.comment.id }
    : { videoId: answered.video.id, parentId: null };
}
