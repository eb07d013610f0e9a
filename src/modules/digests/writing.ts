import { digestLimits, mailLimits } from '../../../config/mail-limits.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import type { AccountId, CommentId, VideoId } from '../../lib/ids.ts';
import type { Account, Accounts } from '../accounts/index.ts';
import type { Comment, Comments } from '../comments/index.ts';
import type { Urls } from '../instances/index.ts';
import { type Letter, oneLine } from '../mail/index.ts';
import type { NotificationGroup } from '../notifications/index.ts';
import type { Video, Videos } from '../videos/index.ts';
import type { MailedType } from './model.ts';

export interface WritingDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly instance: { readonly name: string };
}

const SENTENCE: Readonly<Record<MailedType, (who: string) => string>> = {
  mention: (who) => `${who} mentioned or answered you`,
  status: (who) => `${who} posted`,
  reblog: (who) => `${who} boosted your video`,
  follow: (who) => `${who} followed you`,
  follow_request: (who) => `${who} would like to follow you`,
  favourite: (who) => `${who} liked your post`,
  update: (who) => `${who} edited a video that you boosted`,
  quote: (who) => `${who} made a video with one of yours`,
  moderation_warning: () => 'A decision about your account was made',
  'vireo.published': () => 'Your video is published',
  'vireo.rejected': () => 'Your video could not be published',
  'vireo.report': () => 'A report of yours was looked at',
  'vireo.pack': (who) => `${who} put you into a starter pack`,
  'vireo.remix_request': (who) => `${who} asks whether a video of yours may be part of theirs`,
  'vireo.remix_refused': () => 'A duet or a stitch of yours may not show its original',
};

/** Of the HTML of a post, to find its first words. */
const MAX_READ_CHARACTERS = 4_000;

/**
 * The letter that tells somebody of what she has not seen, as far as she may see it at this moment (security.md P1). Mail
 * lies open on its way, so that only the words of posts that everybody may read are in it.
 */
export async function digestLetter(
  deps: WritingDeps,
  reader: { readonly accountId: AccountId; readonly handle: string; readonly unsubscribe: string },
  groups: readonly NotificationGroup[],
): Promise<Letter> {
  const about = await subjectsOf(deps, reader.accountId, groups);
  const shown = groups.slice(0, digestLimits.maxItems);
  const items = shown.map((group) => itemOf(deps, group, about));
  const news = groups.reduce((sum, { count }) => sum + count, 0);
  return {
    subject:
      news === 1
        ? `What you have not seen on ${deps.instance.name}`
        : `${news} things you have not seen on ${deps.instance.name}`,
    parts: [
      'This happened since you last looked:',
      { items: groups.length > shown.length ? [...items, { text: 'and more', link: null }] : items },
      { link: `${deps.urls.origin}/`, words: `Go to ${deps.instance.name}` },
    ],
    footer: [
      `You get this because ${reader.handle} asked for it.`,
      { link: reader.unsubscribe, words: 'Stop these mails' },
    ],
  };
}

interface Subjects {
  readonly people: ReadonlyMap<AccountId, Account>;
  readonly videos: ReadonlyMap<VideoId, Video>;
  readonly comments: ReadonlyMap<CommentId, Comment>;
}

/** The same number of queries whatever there is to tell. */
async function subjectsOf(
  deps: WritingDeps,
  readerId: AccountId,
  groups: readonly NotificationGroup[],
): Promise<Subjects> {
  const commentIds = groups.flatMap(({ newest }) => newest.commentId ?? []);
  const comments = await deps.comments.forViewerAmong(commentIds, readerId);
  const videoIds = groups.flatMap(({ newest }) => newest.videoId ?? []);
  const videos = await deps.videos.forViewerAmong(
    [...videoIds, ...[...comments.values()].map(({ videoId }) => videoId)],
    readerId,
  );
  const people = await deps.accounts.byIds([
    ...groups.flatMap(({ sampleIds }) => sampleIds),
    ...[...videos.values()].map(({ accountId }) => accountId),
  ]);
  return { people, videos, comments };
}

function itemOf({ urls }: WritingDeps, group: NotificationGroup, about: Subjects) {
  const { type, videoId, commentId } = group.newest;
  const comment = commentId === null ? undefined : about.comments.get(commentId);
  const postedUnder = comment?.videoId ?? videoId;
  const video = postedUnder === null ? undefined : about.videos.get(postedUnder);
  const words = wordsOf(comment ?? video);
  const sentence = SENTENCE[type as MailedType](whoOf(group, about));
  const author = video && about.people.get(video.accountId);
  const from = about.people.get(group.newest.fromId);
  const page = video && author ? urls.videoPage(author.acct, video.id) : null;
  return {
    text: words === '' ? sentence : `${sentence}: ${words}`,
    link: page ?? (from && videoId === null ? urls.profilePage(from.acct) : null),
  };
}

function whoOf({ sampleIds, count }: NotificationGroup, { people }: Subjects): string {
  const first = sampleIds.flatMap((id) => people.get(id) ?? [])[0];
  const name = oneLine(
    first?.displayName.trim() || first?.username || 'Somebody',
    mailLimits.maxNameCharacters,
  );
  if (count === 1) return name;
  return count === 2 ? `${name} and somebody else` : `${name} and ${count - 1} others`;
}

/** What a post says, or before what it warns; nothing where not everybody may read it. */
function wordsOf(post: Comment | Video | undefined): string {
  if (!post || (post.visibility !== 'public' && post.visibility !== 'unlisted')) return '';
  if (post.contentWarning !== '') return oneLine(post.contentWarning, digestLimits.maxTextCharacters);
  const html = 'captionHtml' in post ? post.captionHtml : post.contentHtml;
  return oneLine(textOfHtml(html, MAX_READ_CHARACTERS), digestLimits.maxTextCharacters);
}
