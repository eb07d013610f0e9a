import lazy from 'preact-iso/lazy';
import { useLocation } from 'preact-iso/router';
import { NotFoundPage } from './not-found.tsx';

const people = lazy(() => import('../people/pages.tsx').then((module) => module.PeoplePages));

/** Pages by the first part of their address; what is asked for is loaded, and nothing else. */
const pages = {
  tags: lazy(() => import('../tags/tag-page.tsx').then((module) => module.TagPage)),
  tag: lazy(() => import('../tags/tag-page.tsx').then((module) => module.TagRedirect)),
  sounds: lazy(() => import('../sounds/sound-page.tsx').then((module) => module.SoundPage)),
  playlists: lazy(() => import('../playlists/playlist-page.tsx').then((module) => module.PlaylistPage)),
  library: lazy(() => import('../library/library-page.tsx').then((module) => module.LibraryPage)),
  directory: people,
  authorize_interaction: people,
  packs: lazy(() => import('../packs/packs-pages.tsx').then((module) => module.PacksPages)),
};

/** The pages that are not among the first somebody meets, and share one entry in what every page loads. */
export function Places() {
  const [, place = ''] = useLocation().path.split('/');
  const Page = Object.hasOwn(pages, place) ? pages[place as keyof typeof pages] : NotFoundPage;
  return <Page />;
}
