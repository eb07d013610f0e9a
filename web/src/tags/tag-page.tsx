import { useEffect, useState } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso/router';
import type { Tag } from '../api/schema.gen.ts';
import { loadTrending } from '../api/trends.ts';
import { useClipPages } from '../posters/clip-pages.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { usesOf } from '../search/calls.ts';
import { feedAt, ShareDialog } from '../share/share-dialog.tsx';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { signInPath, tagPath } from '../ui/links.ts';
import { Menu, type MenuItem } from '../ui/menu.tsx';
import { Failed, Loading, Notice, useTitle } from '../ui/page.tsx';
import place from '../ui/place.module.css';
import { TabPanel, Tabs } from '../ui/tabs.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { loadTag, loadTagged, setTag, type TagDeed } from './calls.ts';
import { say } from './say.ts';
import { Sparkline } from './sparkline.tsx';
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
  // As most write it, and not as it stands in the address.
  useTitle(`#${remote.state === 'ready' ? remote.value.name : name}`);
  if (remote.state === 'ready') {
    return (
      <div class={place.page}>
        <TagHeader name={name} tag={remote.value} onChange={set} />
        <TagClips key={String(remote.value.muting)} name={name} tag={remote.value} />
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
          <bdi>#{tag.name}</bdi>
        </h1>
        <p>{n > 0 ? say('uses', { n }) : say('unused')}</p>
      </div>
      {n > 0 && <Sparkline tag={tag} />}
      {!tag.muting && <FollowTag name={name} tag={tag} onChange={onChange} />}
      <TagMenu name={name} tag={tag} onChange={onChange} />
      {tag.muting && (
        <p class={styles.muted} role="note">
          {say('mutedNote')}
        </p>
      )}
    </header>
  );
}

function FollowTag({ name, tag, onChange }: { name: string; tag: Tag; onChange: (tag: Tag) => void }) {
  const [busy, setBusy] = useState(false);
  if (!me.value) {
    return (
      <ButtonLink href={signInPath()} label={say('followWho', { name: tag.name })}>
        {say('follow')}
      </ButtonLink>
    );
  }
  const wanted = !tag.following;
  const change = async () => {
    setBusy(true);
    onChange({ ...tag, following: wanted });
    const outcome = await setTag(name, 'follow', wanted);
    setBusy(false);
    onChange(outcome.ok ? outcome.value : tag);
    if (!outcome.ok) toast(outcome.sentence, 'error');
    else if (wanted) toast(say('followed', { name: tag.name }));
  };
  return (
    <Button
      look={wanted ? 'primary' : 'quiet'}
      {...(wanted ? {} : { icon: 'check' as const })}
      busy={busy}
      label={
        wanted
          ? say('followWho', { name: tag.name })
          : `${say('following')}. ${say('unfollowWho', { name: tag.name })}`
      }
      onPress={change}
    >
      {wanted ? say('follow') : say('following')}
    </Button>
  );
}

const words = {
  mute: ['mute', 'muted'],
  unmute: ['unmute', 'unmuted'],
  feature: ['feature', 'featured'],
  unfeature: ['unfeature', 'unfeatured'],
} as const;

/** What is done with a hashtag now and then. */
function TagMenu({ name, tag, onChange }: { name: string; tag: Tag; onChange: (tag: Tag) => void }) {
  const [sharing, setSharing] = useState(false);
  const item = (deed: Exclude<TagDeed, 'follow'>, isDone: boolean, icon: IconName): MenuItem => {
    const [label, told] = words[isDone ? (`un${deed}` as const) : deed];
    return {
      ...{ label: say(label, { name: tag.name }), icon },
      async onPress() {
        const outcome = await setTag(name, deed, !isDone);
        if (!outcome.ok) return toast(outcome.sentence, 'error');
        onChange(outcome.value);
        toast(say(told, { name: tag.name }));
      },
    };
  };
  const own = [
    item('feature', tag.featuring, tag.featuring ? 'close' : 'pin'),
    item('mute', tag.muting, tag.muting ? 'eye' : 'covered'),
  ];
  return (
    <>
      <Menu
        label={say('more', { name: tag.name })}
        icon="more"
        items={[
          { label: say('share'), icon: 'share', onPress: () => setSharing(true) },
          ...(me.value ? own : []),
        ]}
      />
      {sharing && (
        <ShareDialog
          heading={say('shareTitle')}
          link={new URL(tagPath(name), location.origin).href}
          title={`#${tag.name}`}
          feed={feedAt(`tags/${encodeURIComponent(name)}`)}
          onClose={() => setSharing(false)}
        />
      )}
    </>
  );
}

const orders = ['trending', 'newest'] as const;
type Order = (typeof orders)[number];

/** Until somebody chooses: what trends, where something does. */
function TagClips({ name, tag }: { name: string; tag: Tag }) {
  const { query } = useLocation();
  const [chosen, setChosen] = useState<Order | undefined>(orders.find((order) => order === query.order));
  const key = `tag ${me.value?.id} ${name.toLowerCase()} ${tag.muting}`;
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
          empty={<NoClips tag={tag} order={order} onNewest={() => choose('newest')} />}
        />
      </TabPanel>
    </>
  );
}

function NoClips({ tag, order, onNewest }: { tag: Tag; order: Order; onNewest: () => void }) {
  const { name, muting } = tag;
  if (muting) return <Notice icon="covered" title={say('none', { name })} text={say('unmuteToSee')} />;
  if (order === 'trending') {
    return (
      <Notice icon="play" title={say('noTrends')} text={say('noTrendsText', { name })}>
        <Button onPress={onNewest}>{say('showNewest')}</Button>
      </Notice>
    );
  }
  return (
    <Notice icon="play" title={say('none', { name })} text={say('noneText')}>
      <ButtonLink href="/upload">{say('upload')}</ButtonLink>
    </Notice>
  );
}
