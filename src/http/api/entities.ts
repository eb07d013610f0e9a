import { hashtagsOf } from '../../lib/html/from-text.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import type { AccountId } from '../../lib/ids.ts';
import { nameOfLanguage } from '../../lib/language.ts';
import type { Account } from '../../modules/accounts/index.ts';
import type { Comment } from '../../modules/comments/index.ts';
import type { FeedItem } from '../../modules/feed/index.ts';
import type { Asset, Video } from '../../modules/videos/index.ts';
import type { HttpDeps } from '../deps.ts';
import { toAccount } from './accounts/entities.ts';
import { filteredFor } from './filters/apply.ts';
import type { ProcessingEntity, StatusEntity } from './schemas.ts';

export { accountEntityOf } from './accounts/entities.ts';

/** What people did with a post, and the viewer among them. */
interface Reactions {
  readonly replies: number;
  readonly shares: number;
  readonly likes: number;
  readonly liked: boolean;
  readonly shared: boolean;
  readonly pinned: boolean;
}

const NO_REACTIONS: Reactions = {
  ...{ replies: 0, shares: 0, likes: 0 },
  ...{ liked: false, shared: false, pinned: false },
};

const MAX_FILTERED_CHARACTERS = 20_000;

const VISIBILITY = {
  public: 'public',
  unlisted: 'unlisted',
  followers: 'private',
  direct: 'direct',
} as const;

/** Videos as statuses with what people did with them: the same number of queries whatever their number. */
export async function statusEntitiesOf(
  deps: HttpDeps,
  items: readonly FeedItem[],
  viewerId: AccountId | null,
): Promise<StatusEntity[]> {
  const ids = items.map(({ video }) => video.id);
  const [stats, mine, pinned, named, proxied] = await Promise.all([
    deps.engagement.statsOf(ids),
    viewerId === null ? null : deps.engagement.reactionsOf(viewerId, ids),
    deps.videos.pinnedAmong(ids),
    deps.videos.mentionedAmong(ids),
    deps.videos.proxiedAmong(items.map(({ video }) => video)),
  ]);
  const filtered = await filteredFor(
    deps,
    viewerId,
    items.map(({ video }) => textsOf(video)),
  );
  const people = await deps.accounts.byIds([...new Set([...named.values()].flat())]);
  return items.map((item) => {
    const { id } = item.video;
    const counts = stats.get(id);
    const reactions = {
      replies: counts?.comments ?? 0,
      shares: counts?.shares ?? 0,
      likes: counts?.likes ?? 0,
      liked: mine?.liked.has(id) ?? false,
      shared: mine?.shared.has(id) ?? false,
      pinned: pinned.has(id),
    };
    const mentioned = (named.get(id) ?? []).flatMap((accountId) => people.get(accountId) ?? []);
    const entity = statusEntityOf(deps, item, reactions, mentioned, proxied.has(id));
    return { ...entity, filtered: filtered(textsOf(item.video)) };
  });
}

/** A video as a status of the Mastodon API with one video attachment. Its bytes may be `proxied` for now. */
export function statusEntityOf(
  deps: Pick<HttpDeps, 'videos' | 'urls'>,
  item: FeedItem,
  reactions: Reactions = NO_REACTIONS,
  mentioned: readonly Account[] = [],
  proxied = false,
): StatusEntity {
  const { video, account } = item;
  return {
    ...toStatus(deps, video, account, reactions, mentioned),
    created_at: (video.publishedAt ?? video.createdAt).toISOString(),
    content: video.captionHtml,
    media_attachments: [mediaEntityOf(deps, video, proxied)],
    tags: tagsOf(deps, video.caption),
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
  const ids = comments.map(({ id }) => id);
  const [likes, mine, answers, named] = await Promise.all([
    deps.engagement.commentLikes(ids),
    viewerId === null ? null : deps.engagement.reactionsOf(viewerId, ids),
    deps.comments.answersOf(ids),
    deps.comments.mentionedAmong(ids),
  ]);
  const filtered = await filteredFor(deps, viewerId, comments.map(textsOf));
  const authorIds = comments.map(({ accountId }) => accountId);
  const people = await deps.accounts.byIds([...new Set([...authorIds, ...[...named.values()].flat()])]);
  return comments.flatMap((comment) => {
    const author = people.get(comment.accountId);
    if (!author) return [];
    const answer = answers.get(comment.id);
    const reactions = {
      ...NO_REACTIONS,
      replies: answer?.replies ?? 0,
      likes: likes.get(comment.id) ?? 0,
      liked: mine?.liked.has(comment.id) ?? false,
    };
    const mentioned = (named.get(comment.id) ?? []).flatMap((id) => people.get(id) ?? []);
    return [
      {
        ...toStatus(deps, comment, author, reactions, mentioned),
        filtered: filtered(textsOf(comment)),
        created_at: comment.publishedAt.toISOString(),
        content: comment.contentHtml,
        media_attachments: [],
        tags: tagsOf(deps, comment.text),
        in_reply_to_id: comment.parentId ?? comment.videoId,
        in_reply_to_account_id: answer?.answeredId ?? null,
      },
    ];
  });
}

/** What filters look through: all that a post says, its pictures' descriptions included. */
function textsOf(post: Video | Comment) {
  const html = 'captionHtml' in post ? post.captionHtml : post.contentHtml;
  const more = 'altText' in post ? post.altText : '';
  const said = textOfHtml(html, MAX_FILTERED_CHARACTERS);
  return { id: post.id, authorId: post.accountId, text: `${post.contentWarning}\n${said}\n${more}` };
}

function tagsOf({ urls }: Pick<HttpDeps, 'urls'>, text: string): StatusEntity['tags'] {
  return hashtagsOf(text).map((name) => ({ name, url: urls.tagPage(name) }));
}

/** What statuses of both kinds have. */
function toStatus(
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
    pinned: reactions.pinned,
    edited_at: post.editedAt?.toISOString() ?? null,
    filtered: [],
    reblog: null,
    card: null,
    poll: null,
    application: null,
  };
}

/** What people choose captions by that nobody has written. */
function automaticLabel(language: string): string {
  return language === 'und' ? 'Automatic' : `${nameOfLanguage(language)} (automatic)`;
}

/** The video of a post as an attachment. */
export function mediaEntityOf(
  deps: Pick<HttpDeps, 'videos'>,
  video: Video,
  proxied = false,
): StatusEntity['media_attachments'][number] {
  const urlOf = (role: Asset['role']): string | null => {
    const asset = video.assets.find((candidate) => candidate.role === role);
    return asset ? deps.videos.objectUrl(asset.key, video) : null;
  };
  const { width, height } = video;
  return {
    id: video.id,
    type: 'video',
    url: urlOf('mp4') ?? urlOf('copy') ?? (proxied ? deps.videos.proxyUrl(video) : null),
    preview_url: urlOf('poster'),
    remote_url: video.sourceUrl,
    description: video.altText,
    blurhash: video.blurhash,
    thumbhash: video.thumbhash,
    preview_webp_url: urlOf('poster-webp'),
    teaser_url: urlOf('preview'),
    storyboard_url: urlOf('storyboard-vtt'),
    captions: video.assets
      .filter(({ role }) => role === 'captions')
      .map(({ key, language, label, automatic }) => ({
        url: deps.videos.objectUrl(key, video),
        language: language ?? 'und',
        label: label ?? (automatic ? automaticLabel(language ?? 'und') : (language ?? '')),
        automatic,
      })),
    meta: {
      original: {
        width,
        height,
        duration: video.durationSeconds,
        aspect: width && height ? width / height : null,
      },
    },
    hls_url: urlOf('hls-master'),
    dash_url: urlOf('dash'),
    chunks_url: urlOf('chunks'),
    renditions: video.assets
      .filter((asset) => asset.role === 'cmaf')
      .map((asset) => ({
        url: deps.videos.objectUrl(asset.key, video),
        width: asset.width ?? 0,
        height: asset.height ?? 0,
        bandwidth: asset.bandwidth ?? 0,
        codecs: asset.codecs ?? '',
      }))
      .sort((a, b) => a.bandwidth - b.bandwidth),
    processing: proxied ? null : processingOf(video),
  };
}

function isPlayable({ assets }: Video): boolean {
  return assets.some(({ role }) => role === 'mp4' || role === 'copy');
}

function processingOf(video: Video): StatusEntity['media_attachments'][number]['processing'] {
  const { state, percent, reason, detail } = video.media;
  if (state === 'ready' || isPlayable(video)) return null;
  if (state === 'failed') return { state: 'failed', percent: 0, detail };
  // What is done about it has changed: who opens it finds out.
  if (state === 'none' && reason === 'proxied') return { state: 'on-demand', percent: 0, detail: null };
  if (state === 'none') {
    const usual = 'This server does not copy videos of the server that holds this one.';
    const isUsual = reason === null || reason === 'not-copied-here';
    return { state: 'elsewhere', percent: 0, detail: isUsual ? usual : detail };
  }
  // Nobody asked for it so far, or it had to make room.
  if (state === 'waiting' && reason !== null) return { state: 'on-demand', percent: 0, detail: null };
  return { state: 'copying', percent, detail: null };
}

function rungsOf({ assets }: Video): number[] {
  const rungs = assets.flatMap(({ role, rung }) => (role === 'cmaf' && rung !== null ? [rung] : []));
  return [...new Set(rungs)].sort((a, b) => b - a);
}

/** How far an upload has come, for its author. */
export function processingEntityOf(video: Video): ProcessingEntity {
  const working = video.state === 'received' && video.media.state === 'working';
  const isSettled = video.media.state !== 'waiting' && video.media.state !== 'working';
  const isDone = video.state === 'rejected' || (video.state === 'published' && isSettled);
  return {
    id: video.id,
    state: working ? 'processing' : video.state,
    stage: video.media.stage,
    percent: isDone && video.state === 'published' ? 100 : video.media.percent,
    playable: isPlayable(video),
    done: isDone,
    sizes: { made: rungsOf(video), planned: [...video.plannedRungs] },
    reason: video.media.reason,
    detail: video.media.detail,
    status_url: `/api/v1/statuses/${video.id}`,
    url: video.url,
  };
}
