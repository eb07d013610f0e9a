import { momentOf, parseId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Comment } from '../../src/modules/comments/index.ts';
import type { Feed, FeedItem } from '../../src/modules/feed/index.ts';
import type { Notification, Notifications } from '../../src/modules/notifications/index.ts';
import type { Video } from '../../src/modules/videos/index.ts';
import { addressing } from '../translate/note.ts';
import type { JsonObject } from '../translate/read.ts';
import type { ClientDeps } from './caller.ts';

export interface ReceivedDeps extends ClientDeps {
  readonly feed: Feed;
  readonly notifications: Notifications;
}

/** A page of a collection of one's own: what is older than the cursor. */
export interface OwnPage {
  readonly items: readonly JsonObject[] | readonly string[];
  readonly next: string | null;
}

const PAGE = 20;
/** Notifications that stand for an activity that came in. */
const TOLD = ['mention', 'reblog', 'follow', 'follow_request', 'favourite', 'update'] as const;

/**
 * What came to a person, newest first: the home timeline and the notifications as activities, read with the eyes of
 * the person at this moment (security.md P1). The activities as they were sent are not kept by recipient. Those whose
 * ids are not known here have none. The same number of queries whatever is in it.
 */
export async function receivedBy(
  deps: ReceivedDeps,
  account: Account,
  cursor: string | null,
): Promise<OwnPage | null> {
  const from = cursor === null ? { home: null, told: null } : placesIn(cursor);
  if (!from) return null;
  const filter = { types: TOLD, excludeTypes: [], fromId: null, withFiltered: false };
  const page = { minId: null, sinceId: null, limit: PAGE };
  const [home, told] = await Promise.all([
    deps.feed.home(account.id, { ...page, maxId: from.home }),
    deps.notifications.list(account.id, { ...page, maxId: from.told }, filter),
  ]);
  const taken = newest(home, told);
  const write = await writerOf(deps, account, taken.told);
  const items = taken.entries.flatMap((entry): JsonObject[] => {
    const activity = 'video' in entry ? write.item(entry) : write.told(entry);
    return activity ? [activity] : [];
  });
  const last = taken.home.at(-1);
  const next = [last ? idOf(last) : from.home, taken.told.at(-1)?.id ?? from.told].map((id) => id ?? '');
  return { items, next: taken.entries.length === PAGE ? next.join('.') : null };
}

const idOf = ({ video, share }: FeedItem) => share?.facts.id ?? video.id;

/** Where each of the two lists goes on: they have ids of their own. Null where the text is no such place. */
function placesIn(cursor: string): { home: string | null; told: string | null } | null {
  const [home = '', told = '', ...more] = cursor.split('.');
  const isPlace = (text: string) => text === '' || parseId(text) !== null;
  return isPlace(home) && isPlace(told) && more.length === 0
    ? { home: home || null, told: told || null }
    : null;
}

/** The newest of two lists that begin with the newest, and what was taken of each. */
function newest(home: readonly FeedItem[], told: readonly Notification[]) {
  const taken: { entries: (FeedItem | Notification)[]; home: FeedItem[]; told: Notification[] } = {
    ...{ entries: [], home: [], told: [] },
  };
  while (taken.entries.length < PAGE) {
    const item = home[taken.home.length];
    const one = told[taken.told.length];
    if (!item && !one) break;
    if (item && (!one || momentOf(idOf(item)) >= one.createdAt.getTime())) {
      taken.entries.push(item);
      taken.home.push(item);
    } else if (one) {
      taken.entries.push(one);
      taken.told.push(one);
    }
  }
  return taken;
}

const pairOf = ({ fromId, videoId, commentId }: Notification) => ({
  accountId: fromId,
  postId: commentId ?? videoId ?? '0',
});

type Named = Awaited<ReturnType<typeof namedIn>>;

/** Everything that notifications name, as their recipient may see it. */
async function namedIn(deps: ReceivedDeps, viewer: Account, told: readonly Notification[]) {
  const of = (...types: Notification['type'][]) => told.filter(({ type }) => types.includes(type));
  const commentIds = told.flatMap(({ commentId }) => commentId ?? []);
  const comments = await deps.comments.forViewerAmong(unique(commentIds), viewer.id);
  const said = [...comments.values()];
  const videoIds = [...told.flatMap(({ videoId }) => videoId ?? []), ...said.map(({ videoId }) => videoId)];
  const follows = of('follow', 'follow_request').map(({ fromId }) => ({
    followerId: fromId,
    targetId: viewer.id,
  }));
  const [parents, videos, likes, shares, requests] = await Promise.all([
    deps.comments.forViewerAmong(unique(said.flatMap(({ parentId }) => parentId ?? [])), viewer.id),
    deps.videos.forViewerAmong(unique(videoIds), viewer.id),
    deps.engagement.urisOf('likes', of('favourite').map(pairOf)),
    deps.engagement.urisOf('shares', of('reblog').map(pairOf)),
    deps.social.followUris(follows),
  ]);
  const authors = [...videos.values(), ...said].map(({ accountId }) => accountId);
  const people = await deps.accounts.byIds(unique([...told.map(({ fromId }) => fromId), ...authors]));
  return { people, comments, parents, videos, uris: { likes, shares, requests } };
}

/** How the activities of a page are written. */
async function writerOf(deps: ReceivedDeps, viewer: Account, told: readonly Notification[]) {
  const named = await namedIn(deps, viewer, told);
  return {
    told: (one: Notification) => activityOf(deps, viewer, named, one),
    /** Null for what the person did herself, which the home timeline holds, too. */
    item({ video, account, share }: FeedItem): JsonObject | null {
      if ((share?.account ?? account).id === viewer.id) return null;
      const shown = { post: video, author: account, reply: undefined };
      if (!share) return sentOf(deps, viewer, { ...shown, type: 'Create' });
      const { facts, account: sharer } = share;
      const published = facts.createdAt.toISOString();
      const object = noteOf(deps, viewer, shown);
      return { id: facts.uri, type: 'Announce', actor: sharer.actorUri, published, object };
    },
  };
}

/** What somebody is told of, as the activity that it came from; null where it is out of sight by now. */
function activityOf(deps: ReceivedDeps, viewer: Account, named: Named, one: Notification): JsonObject | null {
  const { people, comments, videos, uris } = named;
  const actor = people.get(one.fromId);
  if (!actor) return null;
  const common = { actor: actor.actorUri, published: one.createdAt.toISOString() };
  if (one.type === 'follow' || one.type === 'follow_request') {
    const id = idIf(uris.requests.get(`${one.fromId} ${viewer.id}`));
    return { ...id, type: 'Follow', ...common, object: viewer.actorUri };
  }
  const video = one.videoId === null ? undefined : videos.get(one.videoId);
  const post = one.commentId === null ? video : comments.get(one.commentId);
  if (!post) return null;
  const pair = pairOf(one);
  const key = `${pair.accountId} ${pair.postId}`;
  if (one.type === 'favourite') {
    return { ...idIf(uris.likes.get(key)), type: 'Like', ...common, object: post.uri };
  }
  if (one.type === 'reblog') {
    return { ...idIf(uris.shares.get(key)), type: 'Announce', ...common, object: post.uri };
  }
  const author = people.get(post.accountId);
  const reply = 'videoId' in post ? answeredBy(named, post) : undefined;
  const type = one.type === 'update' ? 'Update' : 'Create';
  return author ? sentOf(deps, viewer, { type, post, author, reply }) : null;
}

/** The id of what a comment answers, where the reader may see that. */
function answeredBy({ parents, videos }: Named, { parentId, videoId }: Comment): string | undefined {
  return (parentId === null ? videos.get(videoId) : parents.get(parentId))?.uri;
}

function unique<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
}

function idIf(uri: string | undefined): { readonly id?: string } {
  return uri === undefined ? {} : { id: uri };
}

interface Shown {
  readonly post: Video | Comment;
  readonly author: Account;
  readonly reply: string | undefined;
}

function sentOf(
  deps: ClientDeps,
  viewer: Account,
  shown: Shown & { readonly type: 'Create' | 'Update' },
): JsonObject {
  const { post, author, type } = shown;
  const object = noteOf(deps, viewer, shown);
  const id = type === 'Create' && post.local ? { id: `${post.uri}#create` } : {};
  const { published, to, cc } = object;
  return { ...id, type, actor: author.actorUri, published, to, cc, object };
}

/** A post as this server keeps it, from wherever it came. */
function noteOf(deps: ClientDeps, viewer: Account, { post, author, reply }: Shown): JsonObject {
  const isVideo = !('videoId' in post);
  const followers = author.domain === null ? deps.urls.followers(author.id) : author.followersUri;
  // Of those a letter is for, the reader alone is known to be one.
  const named = post.visibility === 'direct' ? [viewer.actorUri] : [];
  const { to, cc } = addressing(post.visibility, followers ?? '', named);
  const mp4 = isVideo
    ? (post.assets.find(({ role }) => role === 'mp4') ?? post.assets.find(({ role }) => role === 'copy'))
    : undefined;
  const published = post.publishedAt ?? ('createdAt' in post ? post.createdAt : null);
  return {
    id: post.uri,
    type: 'Note',
    attributedTo: author.actorUri,
    url: post.url,
    content: isVideo ? post.captionHtml : post.contentHtml,
    ...(post.contentWarning ? { summary: post.contentWarning } : {}),
    sensitive: post.sensitive,
    ...(published ? { published: published.toISOString() } : {}),
    ...(post.editedAt ? { updated: post.editedAt.toISOString() } : {}),
    // Not every server says how an account's followers are addressed.
    ...{ to: to.filter(Boolean), cc: cc.filter(Boolean) },
    ...(reply === undefined ? {} : { inReplyTo: reply }),
    ...(isVideo && mp4
      ? {
          attachment: [
            {
              ...{ type: 'Document', mediaType: mp4.contentType, url: deps.videos.objectUrl(mp4.key, post) },
              ...(post.altText ? { name: post.altText } : {}),
            },
          ],
        }
      : {}),
  };
}

/** The posts that a person likes, by their ids, as the person may see them; the last one first. */
export async function likedBy(
  deps: ClientDeps,
  account: Account,
  cursor: string | null,
): Promise<OwnPage | null> {
  if (cursor !== null && parseId(cursor) === null) return null;
  const kept = await deps.engagement.favouritesOf(account.id, { maxId: cursor, minId: null, limit: PAGE });
  const [videos, comments] = await Promise.all([
    deps.videos.forViewerAmong(
      kept.flatMap((one) => ('videoId' in one ? one.videoId : [])),
      account.id,
    ),
    deps.comments.forViewerAmong(
      kept.flatMap((one) => ('commentId' in one ? one.commentId : [])),
      account.id,
    ),
  ]);
  const items = kept.flatMap(
    (one) => ('videoId' in one ? videos.get(one.videoId) : comments.get(one.commentId))?.uri ?? [],
  );
  return { items, next: kept.length === PAGE ? (kept.at(-1)?.id ?? null) : null };
}
