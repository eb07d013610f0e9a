import { useEffect, useState } from 'preact/hooks';
import { useRoute } from 'preact-iso/router';
import type { Sound } from '../api/schema.gen.ts';
import { loadTrending } from '../api/trends.ts';
import { useClipPages } from '../posters/clip-pages.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { me } from '../state/session.ts';
import { ButtonLink } from '../ui/button.tsx';
import { profilePath } from '../ui/links.ts';
import { Failed, Loading, Notice, useTitle } from '../ui/page.tsx';
import place from '../ui/place.module.css';
import { TabPanel, Tabs } from '../ui/tabs.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { loadClipsWith, loadSound } from './calls.ts';
import { Disc } from './disc.tsx';
import { nameOf } from './names.ts';
import { say } from './say.ts';
import styles from './sound.module.css';
import { SoundDeeds } from './sound-deeds.tsx';
import { SoundRights } from './sound-rights.tsx';
import { SoundTrend } from './sound-trend.tsx';

/** A sound, who posted it first, and the clips with it. */
export function SoundPage() {
  const id = useRoute().params.id ?? '';
  // Whether one keeps it, and may name it, depends on who asks.
  if (me.value === undefined) return <Loading />;
  return /^\d+$/.test(id) ? <SoundOf key={`${me.value?.id} ${id}`} id={id} /> : <NoSound />;
}

function SoundOf({ id }: { id: string }) {
  const [remote, reload, set] = useRemote(id, () => loadSound(id));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'ready') return <Shown sound={remote.value} onChange={set} />;
  const { failure } = remote;
  if (failure.status === 404 || failure.status === 422) return <NoSound />;
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

function Shown({ sound, onChange }: { sound: Sound; onChange: (sound: Sound) => void }) {
  const { author } = sound;
  const name = nameOf(sound);
  useTitle(name);
  return (
    <div class={place.page}>
      <header class={place.header}>
        <Disc sound={sound} />
        <div class={place.words}>
          <h1>
            <bdi>{name}</bdi>
          </h1>
          {author && <a href={profilePath(author)}>{say('by', { acct: author.acct })}</a>}
          <p>{say('uses', { n: sound.uses })}</p>
        </div>
        <SoundDeeds sound={sound} name={name} onChange={onChange} />
      </header>
      {sound.rights && <SoundRights rights={sound.rights} />}
      <SoundTrend sound={sound} />
      <Clips id={sound.id} />
    </div>
  );
}

const orders = ['trending', 'newest'] as const;

/** Until somebody chooses: what trends, where something does. */
function Clips({ id }: { id: string }) {
  const [chosen, choose] = useState<(typeof orders)[number] | undefined>();
  const key = `sound ${me.value?.id} ${id}`;
  const pages = {
    trending: useClipPages(`${key} trending`, loadTrending({ scope: 'sound', key: id })),
    newest: useClipPages(`${key} newest`, loadClipsWith(id)),
  };
  const { trending } = pages;
  const isQuiet = trending.items.value.length === 0 && ['ended', 'failed'].includes(trending.phase.value);
  const order = chosen ?? (isQuiet ? 'newest' : 'trending');
  useEffect(() => {
    if (trending.phase.peek() === 'new') trending.loadMore();
  }, [trending]);
  return (
    <>
      <h2 class={styles.title}>{say('clips')}</h2>
      <Tabs
        label={say('order')}
        tabs={orders.map((one) => ({ id: one, label: say(one) }))}
        current={order}
        onChange={choose}
      />
      <TabPanel id={order}>
        <PosterGrid
          key={order}
          pages={pages[order]}
          label={say('clips')}
          empty={<Notice icon="play" title={say('none')} text={say('noneText')} />}
        />
      </TabPanel>
    </>
  );
}
