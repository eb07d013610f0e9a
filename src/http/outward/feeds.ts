import { playlistLimits } from '../../../config/limits.ts';
import { outwardLimits } from '../../../config/page-limits.ts';
import { parseId } from '../../lib/ids.ts';
import { parseTag } from '../../modules/tags/index.ts';
import type { Video } from '../../modules/videos/index.ts';
import type { HttpDeps } from '../deps.ts';
import { fullHandle, nameOf } from '../page/describing.ts';
import { wordsIn } from '../page/words/index.ts';
import { entriesOf, type Feed, type FeedEntry } from './entries.ts';

type Narrowing = Parameters<HttpDeps['videos']['publicVideos']>[2];

/**
 * The newest clips of somebody of this server who may be listed, or null. `self` is the address that was asked for.
 */
export async function accountFeed(deps: HttpDeps, handle: string, self: string): Promise<Feed | null> {
  const account = await deps.accounts.byHandle(handle);
  if (!account || !(await deps.listing.lists(account.id))) return null;
  const videos = await deps.videos.ofAccount(account.id, null, READ);
  return {
    title: `${nameOf(account)} (@${fullHandle(deps, account)})`,
    description: wordsIn.en.clipBy(nameOf(account)),
    ...{ page: account.url, self, entries: await newestOf(deps, videos) },
  };
}

/** The newest clips with a hashtag, or null where that is none. */
export async function tagFeed(deps: HttpDeps, name: string, self: string): Promise<Feed | null> {
  const tag = parseTag(name);
  if (tag === null) return null;
  const entries = await publicEntries(deps, { tags: { any: [tag], all: [], none: [] } });
  const spelling = (await deps.tags.spellingsOf([tag])).get(tag) ?? tag;
  return {
    title: `#${spelling} · ${deps.config.instance.name}`,
    description: wordsIn.en.tag(spelling, deps.config.instance.name),
    ...{ page: `${deps.urls.origin}/tags/${encodeURIComponent(tag)}`, self, entries },
  };
}

/** The newest clips with a sound, or null where nobody has one that everybody may see. */
export async function soundFeed(deps: HttpDeps, text: string, self: string): Promise<Feed | null> {
  const id = parseId<'sound'>(text);
  const sound = id === null ? undefined : (await deps.sounds.among([id], null)).get(id);
  if (!sound) return null;
  const { instance } = deps.config;
  return {
    title: `${sound.title || wordsIn.en.unnamedSound} · ${instance.name}`,
    description: wordsIn.en.sound(instance.name),
    ...{ page: deps.urls.soundPage(sound.id), self },
    entries: await publicEntries(deps, { soundId: sound.id }),
  };
}

/**
 * What was put last into a playlist that is for everybody, of an owner who may be listed; or null. Clips of others are in it where they may
 * be in a feed of their own.
 */
export async function playlistFeed(deps: HttpDeps, text: string, self: string): Promise<Feed | null> {
  const id = parseId<'playlist'>(text);
  const playlist = id === null ? null : await deps.playlists.forViewer(id, null);
  if (playlist?.visibility !== 'public' || !(await deps.listing.lists(playlist.accountId))) return null;
  const { videoIds } = await deps.playlists.part(playlist.id, null, {
    ...{ after: null, limit: playlistLimits.maxVideos },
  });
  const tellable = await deps.listing.tellable(videoIds);
  const last = videoIds.filter((videoId) => tellable.has(videoId)).slice(-outwardLimits.maxEntries);
  const found = await deps.videos.forViewerAmong(last, null);
  const owner = (await deps.accounts.byIds([playlist.accountId])).get(playlist.accountId);
  return {
    title: `${playlist.title} · ${owner ? nameOf(owner) : deps.config.instance.name}`,
    description: playlist.description,
    ...{ page: deps.urls.playlistPage(playlist.id), self },
    entries: await entriesOf(
      deps,
      last.toReversed().flatMap((videoId) => found.get(videoId) ?? []),
    ),
  };
}

/** More are read than are told: not all of them may be. */
const READ = { maxId: null, minId: null, limit: outwardLimits.maxRead } as const;

/** The newest of these that may be in a feed. */
const newestOf = async (deps: HttpDeps, videos: readonly Video[]): Promise<readonly FeedEntry[]> =>
  (await entriesOf(deps, videos)).slice(0, outwardLimits.maxEntries);

const publicEntries = async (deps: HttpDeps, narrowed: Partial<Narrowing>): Promise<readonly FeedEntry[]> =>
  newestOf(deps, await deps.videos.publicVideos(null, READ, { scope: 'all', ...narrowed }));
