import type { AccountId, CommentId, VideoId } from '../../lib/ids.ts';
import type { ToldShare } from '../../modules/streaming/index.ts';
import { toAccount } from '../api/accounts/entities.ts';
import { commentEntitiesOf, statusEntitiesOf } from '../api/entities.ts';
import type { StatusEntity } from '../api/schemas.ts';
import type { HttpDeps } from '../deps.ts';

/**
 * Posts as statuses for everybody who listens, without what depends on who looks: apps keep what they know of that, as
 * with Mastodon. Whether each may see one is not decided here. Null where it is gone.
 */

const PERSONAL = new Set(['favourited', 'reblogged', 'bookmarked', 'muted', 'pinned', 'filtered']);

const textOf = (entity: object): string =>
  JSON.stringify(entity, (key, value) => (PERSONAL.has(key) ? undefined : value));

async function statusOf(deps: HttpDeps, videoId: VideoId): Promise<StatusEntity | null> {
  const video = await deps.videos.internal(videoId);
  if (!video) return null;
  const [entity] = await statusEntitiesOf(deps, await deps.feed.withAuthors([video]), null);
  return entity ?? null;
}

export async function videoText(deps: HttpDeps, videoId: VideoId): Promise<string | null> {
  const entity = await statusOf(deps, videoId);
  return entity && textOf(entity);
}

export async function commentText(deps: HttpDeps, commentId: CommentId): Promise<string | null> {
  const comment = await deps.comments.internal(commentId);
  const [entity] = comment ? await commentEntitiesOf(deps, [comment], null) : [];
  return entity ? textOf(entity) : null;
}

/** That somebody passed a video on, as a status of theirs around it. */
export async function shareText(
  deps: HttpDeps,
  { id, uri, createdAt }: ToldShare,
  by: { readonly accountId: AccountId; readonly videoId: VideoId },
): Promise<string | null> {
  const [post, people] = await Promise.all([statusOf(deps, by.videoId), deps.accounts.byIds([by.accountId])]);
  const account = people.get(by.accountId);
  if (!post || !account) return null;
  const shared = { id, uri, created_at: createdAt.toISOString(), edited_at: null };
  return textOf({ ...post, ...shared, account: toAccount(deps, account), reblog: post });
}
