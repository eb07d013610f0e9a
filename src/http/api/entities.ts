import { hashtagsOf } from '../../lib/html/from-text.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { Account } from '../../modules/accounts/index.ts';
import type { FeedItem } from '../../modules/feed/index.ts';
import type { Relationship } from '../../modules/social/index.ts';
import type { Asset, Video } from '../../modules/videos/index.ts';
import type { HttpDeps } from '../deps.ts';
import type { AccountEntity, ProcessingEntity, StatusEntity } from './schemas.ts';

type Counts = Pick<AccountEntity, 'followers_count' | 'following_count' | 'statuses_count'>;

/** An account with its counts, as the viewer may know them. */
export async function accountEntityOf(
  deps: HttpDeps,
  account: Account,
  viewerId: AccountId | null,
): Promise<AccountEntity> {
  const [followers, following, videos] = await Promise.all([
    deps.social.followerCount(account.id),
    deps.social.followingCount(account.id),
    deps.videos.countOfAccount(account.id, viewerId),
  ]);
  return toAccount(account, {
    followers_count: followers,
    following_count: following,
    statuses_count: videos,
  });
}

/** In lists the counts are left at zero: one number per row would be one query per row. */
const UNCOUNTED: Counts = { followers_count: 0, following_count: 0, statuses_count: 0 };

function toAccount(account: Account, counts: Counts): AccountEntity {
  return {
    id: account.id,
    username: account.username,
    acct: account.acct,
    display_name: account.displayName,
    note: account.bioHtml,
    url: account.url,
    uri: account.actorUri,
    avatar: null,
    locked: account.locked,
    bot: account.actorType === 'Service' || account.actorType === 'Application',
    created_at: account.createdAt.toISOString(),
    ...counts,
    host: account.domain,
  };
}

/** A video as a status of the Mastodon API with one video attachment. */
export function statusEntityOf(deps: Pick<HttpDeps, 'videos' | 'urls'>, item: FeedItem): StatusEntity {
  const { video, account } = item;
  return {
    id: video.id,
    created_at: (video.publishedAt ?? video.createdAt).toISOString(),
    account: toAccount(account, UNCOUNTED),
    content: video.captionHtml,
    spoiler_text: video.contentWarning,
    sensitive: video.sensitive,
    visibility: video.visibility === 'followers' ? 'private' : video.visibility,
    language: video.language,
    uri: video.uri,
    url: video.url,
    media_attachments: [toMedia(deps, video)],
    tags: hashtagsOf(video.caption).map((name) => ({
      name,
      url: `${deps.urls.origin}/tag/${encodeURIComponent(name)}`,
    })),
    mentions: [],
    emojis: [],
    replies_count: 0,
    reblogs_count: 0,
    favourites_count: 0,
    edited_at: null,
    in_reply_to_id: null,
    in_reply_to_account_id: null,
    reblog: null,
    card: null,
    poll: null,
    application: null,
  };
}

function toMedia(deps: Pick<HttpDeps, 'videos'>, video: Video): StatusEntity['media_attachments'][number] {
  const urlOf = (role: Asset['role']): string | null => {
    const asset = video.assets.find((candidate) => candidate.role === role);
    return asset ? deps.videos.objectUrl(asset.key) : null;
  };
  const { width, height } = video;
  return {
    id: video.id,
    type: 'video',
    url: urlOf('mp4'),
    preview_url: urlOf('poster'),
    remote_url: video.sourceUrl,
    description: video.altText,
    blurhash: video.blurhash,
    meta: {
      original: {
        width,
        height,
        duration: video.durationSeconds,
        aspect: width && height ? width / height : null,
      },
    },
    hls_url: urlOf('hls-master'),
    renditions: video.assets
      .filter((asset) => asset.role === 'cmaf')
      .map((asset) => ({
        url: deps.videos.objectUrl(asset.key),
        width: asset.width ?? 0,
        height: asset.height ?? 0,
        bandwidth: asset.bandwidth ?? 0,
        codecs: asset.codecs ?? '',
      }))
      .sort((a, b) => a.bandwidth - b.bandwidth),
    processing: processingOf(video),
  };
}

function processingOf(video: Video): StatusEntity['media_attachments'][number]['processing'] {
  const { state, percent, reason, detail } = video.media;
  if (state === 'ready') return null;
  if (state === 'failed') return { state: 'failed', percent: 0, detail };
  if (state === 'none') {
    const usual = 'This server does not copy videos of other servers.';
    return { state: 'failed', percent: 0, detail: reason === null ? usual : detail };
  }
  return { state: 'copying', percent, detail: null };
}

/** How far an upload has come, for its author. */
export function processingEntityOf(video: Video): ProcessingEntity {
  const working = video.state === 'received' && video.media.state === 'working';
  return {
    id: video.id,
    state: working ? 'processing' : video.state,
    stage: video.media.stage,
    percent: video.state === 'published' ? 100 : video.media.percent,
    reason: video.media.reason,
    detail: video.media.detail,
    status_url: `/api/v1/statuses/${video.id}`,
    url: video.url,
  };
}

/** A relationship in the API's names. */
export function relationshipEntityOf(relationship: Relationship) {
  return {
    id: relationship.targetId,
    following: relationship.following,
    requested: relationship.requested,
    followed_by: relationship.followedBy,
  };
}
