import { liveLimits } from '../../../config/live-limits.ts';
import { type ListId, parseId, type VideoId } from '../../lib/ids.ts';
import type { Scope } from '../../modules/auth/index.ts';

/** The streams of the Mastodon API that take no parameter, with the scope that each needs. */
const PLAIN = {
  user: 'read:statuses',
  'user:notification': 'read:notifications',
  public: 'read:statuses',
  'public:media': 'read:statuses',
  'public:local': 'read:statuses',
  'public:local:media': 'read:statuses',
  'public:remote': 'read:statuses',
  'public:remote:media': 'read:statuses',
} as const satisfies Record<string, Scope>;

type PlainName = keyof typeof PLAIN;

/** One stream somebody listens to. */
export type Stream =
  | { readonly name: PlainName; readonly scope: Scope; readonly label: readonly string[] }
  | {
      readonly name: 'hashtag' | 'hashtag:local';
      readonly tag: string;
      readonly scope: Scope;
      readonly label: readonly string[];
    }
  | {
      readonly name: 'video:comments';
      readonly videoId: VideoId;
      readonly scope: Scope;
      readonly label: readonly string[];
    }
  | {
      readonly name: 'list';
      readonly listId: ListId;
      readonly scope: Scope;
      readonly label: readonly string[];
    };

/** What a stream is about, as requests name it. */
export interface About {
  readonly tag?: string | null | undefined;
  readonly list?: string | null | undefined;
  readonly video?: string | null | undefined;
}

/** Reads the name of a stream and what belongs to it; null where there is no such stream. */
export function readStream(name: string, { tag, list, video }: About): Stream | null {
  if (Object.hasOwn(PLAIN, name)) {
    const plain = name as PlainName;
    return { name: plain, scope: PLAIN[plain], label: [plain] };
  }
  if (name === 'hashtag' || name === 'hashtag:local') {
    const folded = (tag ?? '').replace(/^#/, '').normalize('NFKC').toLowerCase();
    if (folded === '' || folded.length > liveLimits.maxTagCharacters) return null;
    return { name, tag: folded, scope: 'read:statuses', label: [name, folded] };
  }
  if (name === 'video:comments') {
    const videoId = parseId<'video'>(video ?? '');
    return videoId && { name, videoId, scope: 'read:statuses', label: [name, videoId] };
  }
  if (name !== 'list') return null;
  const listId = parseId<'list'>(list ?? '');
  return listId && { name, listId, scope: 'read:lists', label: [name, listId] };
}

/** Two requests for the same stream are one. */
export function keyOf({ label }: Stream): string {
  return label.join(' ');
}

/** Where a video belongs. */
export interface Placed {
  readonly home: boolean;
  readonly public: boolean;
  readonly local: boolean;
  readonly tags: readonly string[];
  readonly listIds: readonly ListId[];
}

/** Whether a stream tells of a video that is in these places. Every post is a video, so that `media` leaves nothing out. */
export function tellsOf(stream: Stream, place: Placed): boolean {
  switch (stream.name) {
    case 'user':
      return place.home;
    case 'user:notification':
    case 'video:comments':
      return false;
    case 'list':
      return place.listIds.includes(stream.listId);
    case 'hashtag':
    case 'hashtag:local':
      return place.public && (stream.name === 'hashtag' || place.local) && place.tags.includes(stream.tag);
    default:
      if (stream.name.startsWith('public:local')) return place.public && place.local;
      if (stream.name.startsWith('public:remote')) return place.public && !place.local;
      return place.public;
  }
}
