import type { Account, Status } from '../api/types.ts';
import type { IconName } from '../ui/icon.tsx';
import { clipPath, profilePath } from '../ui/links.ts';
import type { Entry } from './entries.ts';
import { say } from './say.ts';

/** What happened, as people tell it. */
export type Kind =
  | 'remixed'
  | ('likedClip' | 'likedComment' | 'shared' | 'followed' | 'asks' | 'posted' | 'edited')
  | ('commented' | 'replied' | 'mentionedInComment' | 'mentionedInClip')
  | ('joined' | 'reported' | 'published' | 'rejected' | 'decided' | 'upkeep' | 'warned' | 'packed')
  | ('remixAsked' | 'remixRefused');

/** What happened, from the side of who reads it. */
export function kindOf({ group, status, clip }: Entry, viewerId: string): Kind {
  const isComment = status !== null && status.id !== clip?.id;
  switch (group.type) {
    case 'favourite':
      return isComment ? 'likedComment' : 'likedClip';
    case 'reblog':
      return 'shared';
    case 'follow':
      return 'followed';
    case 'follow_request':
      return 'asks';
    case 'status':
      return 'posted';
    case 'quote':
      return 'remixed';
    case 'update':
      return 'edited';
    case 'admin.sign_up':
      return 'joined';
    case 'admin.report':
      return 'reported';
    case 'admin.upkeep':
      return 'upkeep';
    case 'vireo.published':
      return 'published';
    case 'vireo.rejected':
      return 'rejected';
    case 'moderation_warning':
      return 'warned';
    case 'vireo.report':
      return 'decided';
    case 'vireo.pack':
      return 'packed';
    case 'vireo.remix_request':
      return 'remixAsked';
    case 'vireo.remix_refused':
      return 'remixRefused';
    default:
      return isComment ? kindOfComment(status, clip, viewerId) : 'mentionedInClip';
  }
}

function kindOfComment(comment: Status, clip: Status | null, viewerId: string): Kind {
  const answersComment = comment.in_reply_to_id !== clip?.id;
  if (answersComment && comment.in_reply_to_account_id === viewerId) return 'replied';
  return clip?.account.id === viewerId ? 'commented' : 'mentionedInComment';
}

/** Around each name in a sentence, so that one in another script keeps its place (Unicode 6.3), and can be told from the rest. */
const OPEN = '\u2068';
const CLOSE = '\u2069';

function nameOf(account: Account): string {
  // Names may hold such signs of their own.
  const plain = (account.display_name || account.username).replace(/[\u2066-\u2069\u202a-\u202e]/g, '');
  return `${OPEN}${plain || account.username}${CLOSE}`;
}

/** The people of a group: one by name, two by name, or one and how many others. */
function whoOf({ accounts: [first, second], group }: Entry): string {
  const others = group.notifications_count - 1;
  if (others <= 0) return nameOf(first);
  if (others === 1 && second) return say('two', { first: nameOf(first), second: nameOf(second) });
  return say('many', { first: nameOf(first), n: others });
}

/** The sentence that says what happened, with the names between isolating signs. */
export function sentenceOf(kind: Kind, entry: Entry): string {
  const isOfServer = kind === 'decided' || kind === 'upkeep' || kind === 'warned' || kind === 'remixRefused';
  if (kind === 'published' || kind === 'rejected' || isOfServer) return say(kind);
  const who = whoOf(entry);
  if (kind === 'remixed') return say(kind, { who, kind: entry.clip?.video?.remix_of?.kind ?? 'duet' });
  if (kind === 'reported') {
    const target = entry.group.report?.target_account;
    return say('reported', { who, target: target ? nameOf(target) : '' });
  }
  if (kind === 'packed') return say('packed', { who, title: entry.group.pack?.title ?? '' });
  if (
    kind === 'likedClip' ||
    kind === 'likedComment' ||
    kind === 'shared' ||
    kind === 'followed' ||
    kind === 'joined'
  )
    return say(kind, { who, n: entry.group.notifications_count });
  return say(kind, { who });
}

/** A piece of a sentence. */
export interface Part {
  readonly text: string;
  readonly isName: boolean;
}

/** Takes a sentence apart at the signs around its names. */
export function partsOf(sentence: string): Part[] {
  return sentence
    .split(/(\u2068[^\u2069]*\u2069)/)
    .filter((text) => text !== '')
    .map((text) =>
      text.startsWith(OPEN) ? { text: text.slice(1, -1), isName: true } : { text, isName: false },
    );
}

const icons: Readonly<Record<Kind, IconName>> = {
  ...{ likedClip: 'heart', likedComment: 'heart', shared: 'share', followed: 'person', asks: 'person' },
  ...{ commented: 'comment', replied: 'comment', mentionedInComment: 'comment', mentionedInClip: 'comment' },
  ...{ posted: 'play', edited: 'play', published: 'check', rejected: 'alert', joined: 'person' },
  ...{ remixed: 'duet', reported: 'shield', decided: 'flag', warned: 'alert', upkeep: 'alert' },
  ...{ packed: 'person', remixAsked: 'duet', remixRefused: 'alert' },
};

/** Where a group leads: to the clip, with the comment shown where it is about one, or to the person. */
function hrefOf(kind: Kind, { accounts: [first], status, clip, group }: Entry): string {
  if (kind === 'rejected' || kind === 'remixRefused') return '/studio';
  if (kind === 'remixAsked') return '/inbox?show=mentions';
  if (kind === 'warned') return '/settings/status';
  if (kind === 'upkeep') return '/admin';
  if (kind === 'packed') return `/packs/${group.pack?.id ?? ''}`;
  const target = group.report?.target_account;
  if (target) return profilePath(target);
  if (!clip) return profilePath(first);
  const isComment = status !== null && status.id !== clip.id;
  return isComment ? `${clipPath(clip)}?comment=${status.id}` : clipPath(clip);
}

/** A group in words. */
export function describe(entry: Entry, viewerId: string) {
  const kind = kindOf(entry, viewerId);
  return {
    kind,
    parts: partsOf(sentenceOf(kind, entry)),
    icon: icons[kind],
    href: hrefOf(kind, entry),
  };
}
