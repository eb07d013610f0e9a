import { useMemo } from 'preact/hooks';
import { useRoute } from 'preact-iso/router';
import { api } from '../api/endpoints.ts';
import { loadTrending } from '../api/trends.ts';
import type { Status } from '../api/types.ts';
import { useClipPages } from '../posters/clip-pages.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import type { LoadPage } from '../state/pages.ts';
import { me } from '../state/session.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { clipPath, profilePath } from '../ui/links.ts';
import { Failed, Loading, Notice, useTitle } from '../ui/page.tsx';
import place from '../ui/place.module.css';
import { useRemote } from '../ui/use-remote.ts';
import { say } from './say.ts';
import styles from './sound.module.css';

/** A sound, the clip that it is from, and others with it. */
export function SoundPage() {
  const id = useRoute().params.id ?? '';
  return /^\d+$/.test(id) ? <SoundOf key={id} id={id} /> : <NoSound />;
}

function SoundOf({ id }: { id: string }) {
  const [remote, reload] = useRemote(id, () => api.clip(id));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'ready') {
    const original = remote.value;
    return original.video?.sound ? (
      <Sound original={original} title={original.video.sound.title} />
    ) : (
      <NoSound />
    );
  }
  const { failure } = remote;
  if (failure.status === 404 || failure.status === 410 || failure.status === 422) return <NoSound />;
  return <Failed failure={failure} level={1} onRetry={reload} />;
}

function NoSound() {
  useTitle(say('notFound'));
  return (
    <Notice icon="soundOff" title={say('notFound')} text={say('notFoundText')} level={1}>
      <ButtonLink href="/search">{say('search')}</ButtonLink>
    </Notice>
  );
}

/** The clip of a sound comes first, whatever trends. */
const withOriginal =
  (original: Status): LoadPage<Status> =>
  async (next) => {
    const page = await loadTrending({ scope: 'sound', key: original.id })(next);
    return page.ok && next === null ? { ...page, value: [original, ...page.value] } : page;
  };

function Sound({ original, title }: { original: Status; title: string }) {
  const { account } = original;
  const load = useMemo(() => withOriginal(original), [original]);
  const pages = useClipPages(`sound ${me.value?.id} ${original.id}`, load);
  const name = title || say('untitled');
  useTitle(name);
  const [media] = original.media_attachments;
  return (
    <div class={place.page}>
      <header class={place.header}>
        <span class={styles.disc} aria-hidden="true">
          {media?.preview_url && <img src={media.preview_webp_url ?? media.preview_url} alt="" />}
          <span class={styles.note}>
            <Icon name="soundOn" size={20} />
          </span>
        </span>
        <div class={place.words}>
          <h1>
            <bdi>{name}</bdi>
          </h1>
          <a href={profilePath(account)}>{say('by', { acct: account.acct })}</a>
        </div>
        <ButtonLink href={clipPath(original)} icon="play">
          {say('original')}
        </ButtonLink>
      </header>
      <h2 class={styles.title}>{say('clips')}</h2>
      <PosterGrid
        pages={pages}
        label={say('clips')}
        empty={<Notice icon="play" title={say('none')} text={say('noneText')} />}
      />
    </div>
  );
}
