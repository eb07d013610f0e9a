import type { z } from 'zod';
import type { AccountId, VideoId } from '../../../lib/ids.ts';
import type { Account } from '../../../modules/accounts/index.ts';
import type { FeedItem } from '../../../modules/feed/index.ts';
import type { RemixOf, Video } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { toAccount } from '../accounts/entities.ts';
import type { originalAuthor, RemixOfEntity } from './schemas.ts';

/** What videos were made from or with, as far as the viewer may see it. */
export type Originals = ReadonlyMap<VideoId, FeedItem>;

/**
 * The originals of these videos by their own ids, as the viewer may see them, with those whose sounds they have: no
 * question where there are none.
 * What another server claims and nobody has allowed names nobody.
 */
export async function originalsOf(
  deps: Pick<HttpDeps, 'videos' | 'feed'>,
  videos: readonly Video[],
  viewerId: AccountId | null,
): Promise<Originals> {
  const ids = videos.flatMap(({ remix, local, soundOfId }) => [
    ...(remix?.id && isNamed(remix, local) ? [remix.id] : []),
    ...(soundOfId === null ? [] : [soundOfId]),
  ]);
  if (ids.length === 0) return new Map();
  const shown = await deps.videos.forViewerAmong([...new Set(ids)], viewerId);
  const items = await deps.feed.withAuthors([...shown.values()]);
  return new Map(items.map((item) => [item.video.id, item]));
}

const isNamed = ({ consent }: RemixOf, local: boolean) =>
  consent === 'given' || (consent === 'asked' && local);

/** The original of a video, where it is shown. */
export function originalOf({ remix, local }: Video, originals: Originals): FeedItem | null {
  return remix?.id && isNamed(remix, local) ? (originals.get(remix.id) ?? null) : null;
}

const STATE = { asked: 'pending', refused: 'refused' } as const;

/** Whose sound a video was made with, where that was chosen and its original is shown. */
export function soundAuthorOf(
  deps: Pick<HttpDeps, 'videos' | 'urls'>,
  { soundOfId }: Video,
  originals: Originals,
): z.input<typeof originalAuthor> | null {
  const original = soundOfId === null ? undefined : originals.get(soundOfId);
  return original ? authorOf(deps, original.account) : null;
}

/** What a video was made from, and whose that is. */
export function remixOfEntityOf(
  deps: Pick<HttpDeps, 'videos' | 'urls'>,
  video: Video,
  originals: Originals,
): RemixOfEntity | null {
  const { remix } = video;
  if (remix === null) return null;
  const original = originalOf(video, originals);
  const { kind, layout, consent } = remix;
  return {
    ...{ kind, layout },
    ...{ unpublished: remix.awaitsConsent, refusal: consent === 'refused' ? remix.refusal : null },
    state: consent === 'given' ? (original ? 'available' : 'unavailable') : STATE[consent],
    video_id: original?.video.id ?? null,
    url: original?.video.url ?? null,
    account: original && authorOf(deps, original.account),
  };
}

function authorOf(deps: Pick<HttpDeps, 'videos' | 'urls'>, author: Account) {
  const { id, username, acct, display_name, url } = toAccount(deps, author);
  return { id, username, acct, display_name, url };
}

/** The same by the words that the Mastodon API has for quotes. */
export function quoteStateOf({ consent, id }: RemixOf, isSeen: boolean) {
  if (consent === 'asked') return 'pending' as const;
  if (consent === 'refused') return 'rejected' as const;
  if (isSeen) return 'accepted' as const;
  return id === null ? ('deleted' as const) : ('unauthorized' as const);
}
