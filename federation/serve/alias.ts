import { parseId, type VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Video } from '../../src/modules/videos/index.ts';
import type { JsonObject } from '../translate/read.ts';
import { publishOf } from '../translate/video.ts';
import { likesOf, nextOf, openVideo, type ServeDeps, serveOutbox, sharesOf, threadOf } from './objects.ts';
import { absent, collectionAt, type Question, type Served, type Source, tombstoneAt } from './served.ts';

/** What is served for PeerTube beside what everybody reads (ADR 0009). */

/** A local video under the id by which PeerTube knows it, to anybody; those for followers look absent. */
export async function serveVideoAlias(
  deps: ServeDeps,
  idText: string,
  { asking }: Question,
): Promise<Served> {
  const id = parseId<'video'>(idText);
  if (id === null) return absent;
  const video = await openVideo(deps, idText, asking);
  const written = video && (await deps.notes.videoFor(video));
  if (written) return { status: 200, document: written.document, page: video.url };
  const uri = deps.urls.videoAlias(deps.urls.video(id));
  const deleted = await deps.videos.tombstone(uri);
  return deleted ? tombstoneAt(uri, deleted.deletedAt) : absent;
}

const NONE: Source = { total: async () => 0, load: async () => ({ items: [], next: null }) };

/** Dislikes are a private matter of those who told them, and of how we rank: their number is not given away. */
const collections = {
  likes: likesOf,
  dislikes: () => NONE,
  shares: sharesOf,
  comments: (deps: ServeDeps, video: Video): Source => threadOf(deps, video, false),
  replies: (deps: ServeDeps, video: Video): Source => threadOf(deps, video, true),
} satisfies Record<string, (deps: ServeDeps, video: Video) => Source>;

/** The collections that hang on a video of PeerTube. */
export const aliasCollections = Object.keys(collections) as readonly (keyof typeof collections)[];

/**
 * One of the collections of a video. PeerTube 6.3 ends as a whole when it may not count likes and dislikes
 * (peertube.md 1), also those of a video that was deleted while it was looking: whatever id is asked for, the
 * answer is a collection, which then is empty.
 */
export function serveAliasCollection(name: keyof typeof collections) {
  return async (deps: ServeDeps, idText: string, query: Question): Promise<Served> => {
    const id = parseId<'video'>(idText);
    if (id === null) return absent;
    const video = await openVideo(deps, idText, query.asking);
    const uri = `${deps.urls.videoAlias(deps.urls.video(id))}/${name}`;
    return collectionAt(
      ...([uri, video?.url ?? deps.urls.origin, query] as const),
      video ? collections[name](deps, video) : NONE,
    );
  };
}

/** A channel of this server that may be shown, or null. */
async function localChannel({ accounts }: ServeDeps, idText: string): Promise<Account | null> {
  const id = parseId<'account'>(idText);
  const account = id === null ? null : await accounts.byId(id);
  return account?.ownerId && account.state === 'active' ? account : null;
}

/** The actor of a channel; null where the id is not one of a channel. */
export async function serveChannel(
  deps: ServeDeps & { readonly actorDocument: (account: Account) => Promise<JsonObject | null> },
  idText: string,
): Promise<Served | null> {
  const channel = await localChannel(deps, idText);
  const document = channel && (await deps.actorDocument(channel));
  return document ? { status: 200, document, page: channel.url } : null;
}

const OUTBOX_PAGE = 20;

/**
 * The outbox of a person or a channel. PeerTube reads all that a channel has published when somebody there follows
 * it, and takes its Announces.
 */
export async function serveAnyOutbox(deps: ServeDeps, idText: string, query: Question): Promise<Served> {
  const channel = await localChannel(deps, idText);
  const ownerId = channel?.ownerId;
  if (!channel || !ownerId) return serveOutbox(deps, idText, query);
  if (!(await deps.access.isWelcome(ownerId, query.asking.reader))) return absent;
  return collectionAt(deps.urls.outbox(channel.id), channel.url, query, {
    total: async () => (await deps.accounts.byId(ownerId))?.counts.statuses ?? 0,
    load: async (cursor) => {
      const maxId: VideoId | null = cursor === null ? null : parseId<'video'>(cursor);
      const page = { maxId, minId: null, limit: OUTBOX_PAGE };
      const videos = await deps.videos.ofAccount(ownerId, null, page);
      const items = videos.map((video) => publishOf(deps, video, channel, deps.urls.videoAlias(video.uri)));
      return { items, next: nextOf(videos, OUTBOX_PAGE) };
    },
  });
}
