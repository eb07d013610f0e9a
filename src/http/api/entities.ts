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
import type { SoundOfVideo, Video } from '../../modules/videos/index.ts';
import type { HttpDeps } from '../deps.ts';
import { toAccount } from './accounts/entities.ts';
import { filteredBy } from './filters/apply.ts';
import { mediaEntityOf } from './media/entities.ts';
import {
  type Originals,
  originalOf,
  originalsOf,
  quoteStateOf,
  remixOfEntityOf,
  soundAuthorOf,
} from './remixes/entities.ts';
import type { PostEntity, QuotedEntity, StatusEntity } from './schemas.ts';

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
  readonly remixes: number;
  /** It is the viewer's own. */
  readonly isOwn: boolean;
}

const NO_REACTIONS: Reactions = {
  ...{ replies: 0, shares: 0, likes: 0, views: 0, saves: 0, remixes: 0 },
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
  readonly sounds: ReadonlyMap<VideoId, SoundOfVideo>;
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
  const [counts, mine, marks, current] = await Promise.all([
    deps.counters.of(ids),
    viewerId === null ? null : deps.engagement.reactionsOf(viewerId, ids, ids),
    deps.videos.marksAmong(ids),
    filters ?? filtersOf(deps, viewerId),
  ]);
  return { counts, mine, ...marks, filters: current };
}

/** Videos as statuses with what people did with them: the same number of queries whatever their number. */
export async function statusEntitiesOf(
  deps: HttpDeps,
  items: readonly FeedItem[],
  viewerId: AccountId | null,
  known?: StatusFacts,
  depth: 'whole' | 'quoted' = 'whole',
): Promise<StatusEntity[]> {
  if (items.length === 0) return [];
  const ids = [...new Set(items.map(({ video }) => video.id))];
  deps.videos.wantPosters(items.map(({ video }) => video));
  const [{ counts: stats, mine, pinned, named, sounds, filters }, proxied] = await Promise.all([
    known ?? statusFactsOf(deps, ids, viewerId),
    deps.videos.proxiedAmong(items.map(({ video }) => video)),
  ]);
  const filtered = filteredBy(filters, viewerId, textsOf);
  const [people, remixed] = await Promise.all([
    deps.accounts.byIds([...new Set([...named.values()].flat())]),
    remixedOf(deps, items, viewerId, depth),
  ]);
  return items.map((item) => {
    const { id } = item.video;
    const counts = stats.get(id);
    const reactions = {
      replies: counts?.comments ?? 0,
      shares: counts?.reposts ?? 0,
      likes: counts?.likes ?? 0,
      views: counts?.views ?? 0,
      saves: counts?.saves ?? 0,
      remixes: counts?.remixes ?? 0,
      ...viewersOwn(mine, id, id),
      pinned: pinned.has(id),
      isOwn: item.video.accountId === viewerId,
    };
    const mentioned = (named.get(id) ?? []).flatMap((accountId) => people.get(accountId) ?? []);
    const unfiltered = videoPostOf(deps, item, reactions, {
      ...{ mentioned, isProxied: proxied.has(id), sound: sounds.get(id) },
      ...{ originals: remixed.originals, quoted: remixed.quoted },
    });
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

/** What stands beside a video in its status. */
interface Beside {
  readonly mentioned: readonly Account[];
  /** Its bytes are passed on for now. */
  readonly isProxied: boolean;
  readonly sound: SoundOfVideo | undefined;
  readonly originals: Originals;
  /** The originals as statuses. */
  readonly quoted: ReadonlyMap<VideoId, QuotedEntity>;
}

/** What these videos were made from; inside another status, only by its id. */
async function remixedOf(
  deps: HttpDeps,
  items: readonly FeedItem[],
  viewerId: AccountId | null,
  depth: 'whole' | 'quoted',
): Promise<Pick<Beside, 'originals' | 'quoted'>> {
  const videos = items.map(({ video }) => video);
  const originals = await originalsOf(deps, videos, viewerId);
  if (depth === 'quoted' || originals.size === 0) return { originals, quoted: new Map() };
  const ids = [...new Set(videos.flatMap((video) => originalOf(video, originals)?.video.id ?? []))];
  const shown = ids.flatMap((id) => originals.get(id) ?? []);
  const statuses = await statusEntitiesOf(deps, shown, viewerId, undefined, 'quoted');
  const quoted = statuses.flatMap(({ reblog: _none, quote, ...status }, at) => {
    const id = ids[at];
    const inner = quote && { state: quote.state, quoted_status_id: status.video?.remix_of?.video_id ?? null };
    return id === undefined ? [] : [[id, { ...status, reblog: null, quote: inner }] as const];
  });
  return { originals, quoted: new Map(quoted) };
}

function quoteOf(
  video: Video,
  { originals, quoted }: Pick<Beside, 'originals' | 'quoted'>,
): PostEntity['quote'] {
  if (video.remix === null) return null;
  const original = originalOf(video, originals);
  const state = quoteStateOf(video.remix, original !== null);
  const status = original && state === 'accepted' ? quoted.get(original.video.id) : undefined;
  return { state, quoted_status: status ?? null };
}

/** A video as a status of the Mastodon API with one video attachment. */
export function videoPostOf(
  deps: Pick<HttpDeps, 'videos' | 'urls'>,
  item: FeedItem,
  reactions: Reactions = NO_REACTIONS,
  {
    mentioned = [],
    isProxied = false,
    sound,
    originals = new Map(),
    quoted = new Map(),
  }: Partial<Beside> = {},
): PostEntity {
  const { video, account } = item;
  const media = mediaEntityOf(deps, video, isProxied);
  return {
    ...toPost(deps, video, account, reactions, mentioned),
    created_at: (video.publishedAt ?? video.createdAt).toISOString(),
    content: video.captionHtml,
    media_attachments: [media],
    video: {
      views: reactions.views,
      saves: reactions.saves,
      sound: sound
        ? {
            ...{ id: sound.id, title: sound.title, original: sound.isOriginal, muted: video.soundMuted },
            account: soundAuthorOf(deps, video, originals),
            withheld: sound.region,
          }
        : null,
      permissions: { comment: video.commentsOpen, ...video.allows },
      remix_of: remixOfEntityOf(deps, video, originals),
      remixes: reactions.remixes,
      download_url: reactions.isOwn || video.allows.download ? media.url : null,
    },
    quote: quoteOf(video, { originals, quoted }),
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
    quotes_count: reactions.remixes,
    application: post.application,
    filtered: [],
  };
}
