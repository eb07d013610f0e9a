import { useEffect, useState } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso/router';
import type { Tag } from '../api/schema.gen.ts';
import { loadTrending } from '../api/trends.ts';
import { useClipPages } from '../posters/clip-pages.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { usesOf } from '../search/calls.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { signInPath, tagPath } from '../ui/links.ts';
import { Failed, Loading, Notice, useTitle } from '../ui/page.tsx';
import place from '../ui/place.module.css';
import { TabPanel, Tabs } from '../ui/tabs.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { loadTag, loadTagged, setTagFollowed } from './calls.ts';
import { say } from './say.ts';
import styles from './tag.module.css';

/** A hashtag and the clips that have it. */
export function TagPage() {
  const name = useRoute().params.tag ?? '';
  // Whether one follows it depends on who asks.
  if (me.value === undefined) return <Loading />;
  return <TagOf key={`${me.value?.id} ${name.toLowerCase()}`} name={name} />;
}

/** Where hashtags in what people wrote lead to. */
export function TagRedirect() {
  const name = useRoute().params.tag ?? '';
  const { route } = useLocation();
  useEffect(() => route(tagPath(name), true), [name]);
  return <Loading />;
}

function TagOf({ name }: { name: string }) {
  const [remote, reload, set] = useRemote(name, () => loadTag(name));
  useTitle(`#${name}`);
  if (remote.state === 'ready') {
    return (
      <div class={place.page}>
        <TagHeader name={name} tag={remote.value} onChange={set} />
        <TagClips name={name} />
      </div>
    );
  }
  if (remote.state === 'loading') return <Loading />;
  if (remote.failure.status !== 404) return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return (
    <Notice icon="search" title={say('noTag')} text={say('noTagText')} level={1}>
      <ButtonLink href="/search">{say('search')}</ButtonLink>
    </Notice>
  );
}

function TagHeader(props: { name: string; tag: Tag; onChange: (tag: Tag) => void }) {
  const { name, tag, onChange } = props;
  const n = usesOf(tag);
  return (
    <header class={place.header}>
      <span class={styles.mark}>
        <Icon name="hash" size={34} />
      </span>
      <div class={place.words}>
        <h1>
          <bdi>#{name}</bdi>
        </h1>
        <p>{n > 0 ? say('uses', { n }) : say('unused')}</p>
      </div>
      <FollowTag name={name} tag={tag} onChange={onChange} />
    </header>
  );
}

function FollowTag({ name, tag, onChange }: { name: string; tag: Tag; onChange: (tag: Tag) => void }) {
  const [busy, setBusy] = useState(false);
  if (!me.value) {
    return (
      <ButtonLink href={signInPath()} label={say('followWho', { name })}>
        {say('follow')}
      </ButtonLink>
    );
  }
  const wanted = !tag.following;
  const change = async () => {
    setBusy(true);
    onChange({ ...tag, following: wanted });
    const outcome = await setTagFollowed(name, wanted);
    setBusy(false);
    onChange(outcome.ok ? outcome.value : tag);
    if (!outcome.ok) toast(outcome.sentence, 'error');
    else if (wanted) toast(say('followed', { name }));
  };
  return (
    <Button
      look={wanted ? 'primary' : 'quiet'}
      {...(wanted ? {} : { icon: 'check' as const })}
      busy={busy}
      label={wanted ? say('followWho', { name }) : `${say('following')}. ${say('unfollowWho', { name })}`}
      onPress={change}
    >
      {wanted ? say('follow') : say('following')}
    </Button>
  );
}

const orders = ['trending', 'newest'] as const;
type Order = (typeof orders)[number];

/** Until somebody chooses: what trends, where something does. */
function TagClips({ name }: { name: string }) {
  const { query } = useLocation();
  const [chosen, setChosen] = useState<Order | undefined>(orders.find((order) => order === query.order));
  const key = `tag ${me.value?.id} ${name.toLowerCase()}`;
  const pages = {
    trending: useClipPages(`${key} trending`, loadTrending({ scope: 'tag', key: name })),
    newest: useClipPages(`${key} newest`, loadTagged(name)),
  };
  const { trending } = pages;
  const isQuiet = trending.items.value.length === 0 && ['ended', 'failed'].includes(trending.phase.value);
  const order = chosen ?? (isQuiet ? 'newest' : 'trending');
  useEffect(() => {
    if (trending.phase.peek() === 'new') trending.loadMore();
  }, [trending]);
  const choose = (next: Order) => {
    setChosen(next);
    history.replaceState(null, '', `${location.pathname}?order=${next}`);
  };
  return (
    <>
      <Tabs
        label={say('order')}
        tabs={orders.map((id) => ({ id, label: say(id) }))}
        current={order}
        onChange={choose}
      />
      <TabPanel id={order}>
        <PosterGrid
          key={order}
          pages={pages[order]}
          label={say(order)}
          empty={
            order === 'trending' ? (
              <Notice icon="play" title={say('noTrends')} text={say('noTrendsText', { name })}>
                <Button onPress={() => choose('newest')}>{say('showNewest')}</Button>
              </Notice>
            ) : (
              <Notice icon="play" title={say('none', { name })} text={say('noneText')}>
                <ButtonLink href="/upload">{say('upload')}</ButtonLink>
              </Notice>
            )
          }
        />
      </TabPanel>
    </>
  );
}
