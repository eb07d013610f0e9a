import { useClipPages } from '../posters/clip-pages.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { me } from '../state/session.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Notice } from '../ui/page.tsx';
import { loadLiked } from './calls.ts';
import { say } from './say.ts';

/** What somebody liked; for them alone. */
export function LikedClips() {
  const pages = useClipPages(`liked ${me.value?.id}`, loadLiked);
  return (
    <PosterGrid
      pages={pages}
      label={say('liked')}
      empty={
        <Notice icon="play" title={say('noLiked')} text={say('noLikedText')}>
          <ButtonLink href="/">{say('watch')}</ButtonLink>
        </Notice>
      }
    />
  );
}
