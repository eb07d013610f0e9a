import { pushLimits } from '../../../config/live-limits.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { Account, Accounts } from '../accounts/index.ts';
import type { Comments } from '../comments/index.ts';
import type { Urls } from '../instances/index.ts';
import type { Notification, NotificationType } from '../notifications/index.ts';
import type { Videos } from '../videos/index.ts';

export interface MessageDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly comments: Comments;
}

const TITLE: Record<NotificationType, (name: string) => string> = {
  mention: (name) => `${name} mentioned you`,
  status: (name) => `${name} posted`,
  reblog: (name) => `${name} boosted your video`,
  follow: (name) => `${name} followed you`,
  follow_request: (name) => `${name} asks to follow you`,
  favourite: (name) => `${name} liked your post`,
  update: (name) => `${name} edited a video that you boosted`,
  quote: (name) => `${name} made a video with one of yours`,
  'admin.sign_up': (name) => `${name} signed up`,
  'admin.report': (name) => `${name} filed a report`,
  'admin.upkeep': () => 'Your server needs you',
  moderation_warning: () => 'A decision about your account was made',
  'vireo.published': () => 'Your video is published',
  'vireo.rejected': () => 'Your video could not be published',
  'vireo.report': () => 'A report of yours was looked at',
  'vireo.pack': (name) => `${name} put you into a starter pack`,
  'vireo.remix_request': (name) => `${name} asks whether a video of yours may be part of theirs`,
  'vireo.remix_refused': () => 'A duet or a stitch of yours may not show its original',
};

/**
 * What is pushed of a notification, in the shape that apps of the Mastodon API read. The token of the app is not in it:
 * this server keeps none that could be told. Null where there is nobody it came from any more.
 */
export async function messageOf(
  deps: MessageDeps,
  { id, type, fromId, ...about }: Notification,
  recipientId: AccountId,
): Promise<string | null> {
  const from = (await deps.accounts.byIds([fromId])).get(fromId);
  if (!from) return null;
  const name = from.displayName.trim() || from.username;
  const icon = iconOf(deps, from);
  return JSON.stringify({
    access_token: '',
    preferred_locale: 'en',
    // Apps read a number. Ids of notifications are small enough.
    notification_id: Number(id),
    notification_type: type,
    icon: icon.length > pushLimits.maxIconCharacters ? '' : icon,
    title: cut(TITLE[type](name), pushLimits.maxTitleCharacters),
    body: cut(await textOf(deps, about, recipientId, from), pushLimits.maxBodyCharacters),
  });
}

/** What the post says, or before what it warns; where there is none, who it is that comes. */
async function textOf(
  deps: MessageDeps,
  { videoId, commentId }: Pick<Notification, 'videoId' | 'commentId'>,
  recipientId: AccountId,
  from: Account,
): Promise<string> {
  if (videoId === null && commentId === null) return textOfHtml(from.bioHtml, pushLimits.maxReadCharacters);
  const comment = commentId && (await deps.comments.forViewerAmong([commentId], recipientId)).get(commentId);
  const video = videoId && (await deps.videos.forViewerAmong([videoId], recipientId)).get(videoId);
  const post = comment || video;
  if (!post) return '';
  if (post.contentWarning !== '') return post.contentWarning;
  const html = 'captionHtml' in post ? post.captionHtml : post.contentHtml;
  return textOfHtml(html, pushLimits.maxReadCharacters);
}

function iconOf({ urls, videos }: MessageDeps, { id, avatar }: Account): string {
  if (avatar.key !== null) return videos.objectUrl(avatar.key, { state: 'published', visibility: 'public' });
  return avatar.url === null ? urls.defaultPicture('avatar') : urls.picture(id, 'avatar');
}

function cut(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}
