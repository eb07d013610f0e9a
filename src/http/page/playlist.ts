import { pageLimits } from '../../../config/page-limits.ts';
import { parseId } from '../../lib/ids.ts';
import { isCovered } from '../embed/embeddable.ts';
import { imageOf } from './clip.ts';
import { type Asked, feedLinks, fullHandle, nameOf, oEmbedLink, paramOf, untold } from './describing.ts';
import { excerpt, type PageHead, PLAIN_HEAD } from './head.ts';
import { wordsIn } from './words/index.ts';

/** The head of the page of a playlist. Its picture is the poster of the clip that stands for it, as anybody sees that. */
export async function playlistHead(asked: Asked): Promise<PageHead> {
  const { deps, viewerId } = asked;
  const id = parseId<'playlist'>(paramOf(asked, 'id'));
  const playlist = id === null ? null : await deps.playlists.forViewer(id, null);
  if (id === null || playlist === null) {
    const viewer = id === null ? null : await viewerId();
    const own = id === null || viewer === null ? null : await deps.playlists.forViewer(id, viewer);
    return untold(deps, own === null ? 404 : 200);
  }
  const owner = (await deps.accounts.byIds([playlist.accountId])).get(playlist.accountId);
  if (!owner) return untold(deps, 404);
  const { count, coverId } = (await deps.playlists.contentsOf([id], null))(id);
  const cover = coverId === null ? null : await deps.videos.forViewer(coverId, null);
  const handle = fullHandle(deps, owner);
  const title = excerpt(playlist.title, pageLimits.titleCharacters);
  const number = new Intl.NumberFormat(asked.language).format(count);
  const description =
    excerpt(playlist.description.replace(/\s+/g, ' '), pageLimits.descriptionCharacters) ||
    wordsIn[asked.language].playlist(number, nameOf(owner));
  const isIndexed = playlist.visibility === 'public' && (await deps.listing.lists(owner.id));
  const canonical = deps.urls.playlistPage(id);
  return {
    ...{ ...PLAIN_HEAD, title, description, creator: handle, canonical, isIndexed },
    links: [...(isIndexed ? feedLinks(deps, `playlists/${id}`) : []), oEmbedLink(deps, canonical, title)],
    image: cover === null || isCovered(cover) ? null : imageOf(deps, cover, title),
  };
}
