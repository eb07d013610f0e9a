import { videoLimits } from '../../../config/limits.ts';
import { hashtagsOf } from '../../lib/html/from-text.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import type { Account } from '../../modules/accounts/index.ts';
import type { Comment } from '../../modules/comments/index.ts';
import type { Counts } from '../../modules/counters/index.ts';
import type { OwnReactions } from '../../modules/engagement/index.ts';
import type { FeedItem } from '../../modules/feed/index.ts';
import type { Filter, FilteredText } from '../../modules/filters/index.ts';
import { hasSound, type Video } from '../../modules/videos/index.ts';
import type { HttpDeps } from '../deps.ts';
import { toAccount } from './accounts/entities.ts';
import { filteredBy } from './filters/apply.ts';
import { mediaEntityOf } from './media/entities.ts';
import type { PostEntity, StatusEntity } from './schemas.ts';

export { accountEntityOf } from './accounts/entities.ts';

/** What people did with a post, and the viewer among them. */
interface Reactions {
  readonly replies: number;
  readonly shares: number;
  readonly likes: number;
  readonly liked: boolean;
  readonly shared: boolean;
  readonly bookmarked: boolean;
  readonly muted: boolean;
  readonly pinned: boolean;
  readonly views: number;
  readonly saves: number;
  /** It is the viewer's own. */
  readonly isOwn: boolean;
}

const NO_REACTIONS: Reactions = {
  ...{ replies: 0, shares: 0, likes: 0, views: 0, saves: 0 },
  ...{ liked: false, shared: false, bookmarked: false, muted: false, pinned: false, isOwn: false },
};

/** What the viewer did with one post of the thread below a video. */
function viewersOwn(mine: OwnReactions | null, id: string, threadId: VideoId) {
  return {
    liked: mine?.liked.has(id) ?? false,
    shared: mine?.shared.has(id) ?? false,
    bookmarked: mine?.bookmarked.has(id) ?? false,
    muted: mine?.muted.has(threadId) ?? false,
  };
}

const VISIBILITY = {
  public: 'public',
  unlisted: 'unlisted',
  followers: 'private',
  direct: 'direct',
} as const;

/** An audience by the name that the Mastodon API has for it. */
export const visibilityNameOf = (visibility: keyof typeof VISIBILITY) => VISIBILITY[visibility];

/** What is said of videos that stands in none of them. */
export interface StatusFacts {
  readonly counts: ReadonlyMap<VideoId, Counts>;
  readonly mine: OwnReactions | null;
  readonly pinned: ReadonlySet<VideoId>;
  readonly named: ReadonlyMap<VideoId, readonly AccountId[]>;
  /** Of the viewer, those that have not ended. */
  readonly filters: readonly Filter[];
}

/**
 * What people did with these videos, and the viewer among them: the same number of queries whatever their number, all at once. Nothing of it
 * needs the videos themselves, which can be read meanwhile. `filters`, where the caller has them.
 */
export async function statusFactsOf(
  deps: HttpDeps,
  ids: readonly VideoId[],
  viewerId: AccountId | null,
  filters?: readonly Filter[],
): Promise<StatusFacts> {
  const [counts, mine, { pinned, named }, current] = await Promise.all([
    deps.counters.of(ids),
    viewerId === null ? null : deps.engagement.reactionsOf(viewerId, ids, ids),
    deps.videos.marksAmong(ids),
    filters ?? filtersOf(deps, viewerId),
  ]);
  return { counts, mine, pinned, named, filters: current };
}

/** Videos as statuses with what people did with them: the same number of queries whatever their number. */
export async function statusEntitiesOf(
  deps: HttpDeps,
  items: readonly FeedItem[],
  viewerId: AccountId | null,
  known?: StatusFacts,
): Promise<StatusEntity[]> {
  if (items.length === 0) return [];
  const ids = [...new Set(items.map(({ video }) => video.id))];
  deps.videos.wantPosters(items.map(({ video }) => video));
  const [{ counts: stats, mine, pinned, named, filters }, proxied] = await Promise.all([
    known ?? statusFactsOf(deps, ids, viewerId),
    deps.videos.proxiedAmong(items.map(({ video }) => video)),
  ]);
  const filtered = filteredBy(filters, viewerId, textsOf);
  const people = await deps.accounts.byIds([...new Set([...named.values()].flat())]);
  return items.map((item) => {
    const { id } = item.video;
    const counts = stats.get(id);
    const reactions = {
      replies: counts?.comments ?? 0,
      shares: counts?.reposts ?? 0,
      likes: counts?.likes ?? 0,
      views: counts?.views ?? 0,
      saves: counts?.saves ?? 0,
      ...viewersOwn(mine, id, id),
      pinned: pinned.has(id),
      isOwn: item.video.accountId === viewerId,
    };
    const mentioned = (named.get(id) ?? []).flatMap((accountId) => people.get(accountId) ?? []);
    const unfiltered = videoPostOf(deps, item, reactions, mentioned, proxied.has(id));
    const post = { ...unfiltered, filtered: filtered(item.video) };
    return item.share ? sharedEntityOf(deps, item.share, post) : { ...post, reblog: null };
  });
}

/** That somebody passed a post on, as a status of theirs around it. */
function sharedEntityOf(
  deps: Pick<HttpDeps, 'videos' | 'urls'>,
  { facts, account }: NonNullable<FeedItem['share']>,
  post: PostEntity,
): StatusEntity {
  return {
    ...post,
    id: facts.id,
    created_at: facts.createdAt.toISOString(),
    edited_at: null,
    account: toAccount(deps, account),
    uri: facts.uri,
    pinned: false,
    reblog: post,
  };
}

/** A video as a status of the Mastodon API with one video attachment. Its bytes may be `proxied` for now. */
export function videoPostOf(
  deps: Pick<HttpDeps, 'videos' | 'urls'>,
  item: FeedItem,
  reactions: Reactions = NO_REACTIONS,
  mentioned: readonly Account[] = [],
  proxied = false,
): PostEntity {
  const { video, account } = item;
  const media = mediaEntityOf(deps, video, proxied);
  return {
    ...toPost(deps, video, account, reactions, mentioned),
    created_at: (video.publishedAt ?? video.createdAt).toISOString(),
    content: video.captionHtml,
    media_attachments: [media],
    video: {
      views: reactions.views,
      saves: reactions.saves,
      sound: hasSound(video) ? { id: video.id, title: video.soundTitle } : null,
      permissions: { comment: video.commentsOpen, ...video.allows },
      download_url: reactions.isOwn || video.allows.download ? media.url : null,
    },
    tags: tagsOf(deps, video),
    in_reply_to_id: null,
    in_reply_to_account_id: null,
  };
}

/** Comments as statuses that answer others. */
export async function commentEntitiesOf(
  deps: HttpDeps,
  comments: readonly Comment[],
  viewerId: AccountId | null,
): Promise<StatusEntity[]> {
  if (comments.length === 0) return [];
  const ids = comments.map(({ id }) => id);
  const [mine, answers, named, filters] = await Promise.all([
    viewerId === null
      ? null
      : deps.engagement.reactionsOf(viewerId, ids, [...new Set(comments.map(({ videoId }) => videoId))]),
    deps.comments.answersOf(ids),
    deps.comments.mentionedAmong(ids),
    filtersOf(deps, viewerId),
  ]);
  const filtered = filteredBy(filters, viewerId, textsOf);
  const authorIds = comments.map(({ accountId }) => accountId);
  const people = await deps.accounts.byIds([...new Set([...authorIds, ...[...named.values()].flat()])]);
  return comments.flatMap((comment) => {
    const author = people.get(comment.accountId);
    if (!author) return [];
    const answer = answers.get(comment.id);
    const reactions = {
      ...NO_REACTIONS,
      replies: answer?.replies ?? 0,
      likes: comment.likes,
      ...viewersOwn(mine, comment.id, comment.videoId),
    };
    const mentioned = (named.get(comment.id) ?? []).flatMap((id) => people.get(id) ?? []);
    return [
      {
        ...toPost(deps, comment, author, reactions, mentioned),
        filtered: filtered(comment),
        created_at: comment.publishedAt.toISOString(),
        content: comment.contentHtml,
        media_attachments: [],
        tags: tagsOf(deps, { caption: comment.text, captionHtml: comment.contentHtml }),
        in_reply_to_id: comment.parentId ?? comment.videoId,
        in_reply_to_account_id: answer?.answeredId ?? null,
        video: null,
        reblog: null,
      },
    ];
  });
}

const filtersOf = ({ filters }: HttpDeps, viewerId: AccountId | null): Promise<readonly Filter[]> =>
  viewerId === null ? Promise.resolve([]) : filters.current(viewerId);

/** What filters look through: all that a post says, its pictures' descriptions included. */
function textsOf(post: Video | Comment): FilteredText {
  const html = 'captionHtml' in post ? post.captionHtml : post.contentHtml;
  const more = 'altText' in post ? post.altText : '';
  const said = textOfHtml(html, videoLimits.maxSearchedCharacters);
  return { id: post.id, text: `${post.contentWarning}\n${said}\n${more}` };
}

/** Of what was written elsewhere only the HTML is known. */
function tagsOf(
  { urls }: Pick<HttpDeps, 'urls'>,
  { caption, captionHtml }: Pick<Video, 'caption' | 'captionHtml'>,
): PostEntity['tags'] {
  const text = caption === '' ? textOfHtml(captionHtml, videoLimits.maxSearchedCharacters) : caption;
  return hashtagsOf(text).map((name) => ({ name, url: urls.tagPage(name) }));
}

/** What statuses of both kinds have. */
function toPost(
  deps: Pick<HttpDeps, 'videos' | 'urls'>,
  post: Video | Comment,
  account: Account,
  reactions: Reactions,
  mentioned: readonly Account[],
) {
  return {
    id: post.id,
    account: toAccount(deps, account),
    spoiler_text: post.contentWarning,
    sensitive: post.sensitive,
    visibility: VISIBILITY[post.visibility],
    language: post.language,
    uri: post.uri,
    url: post.url,
    mentions: mentioned.map(({ id, username, acct, url }) => ({ id, username, acct, url })),
    emojis: [],
    replies_count: reactions.replies,
    reblogs_count: reactions.shares,
    favourites_count: reactions.likes,
    favourited: reactions.liked,
    reblogged: reactions.shared,
    bookmarked: reactions.bookmarked,
    muted: reactions.muted,
    pinned: reactions.pinned,
    edited_at: post.editedAt?.toISOString() ?? null,
    reblog: null,
    card: null,
    poll: null,
    quote: null,
    quotes_count: 0,
    application: post.application,
    filtered: [],
  };
}
