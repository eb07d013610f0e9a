import { useState } from 'preact/hooks';
import type { Account } from '../api/types.ts';
import { day } from '../format.ts';
import { ServerPicker } from '../share/server-picker.tsx';
import { SignOutButton } from '../shell/navigation.tsx';
import { relationships } from '../state/relationships.ts';
import { instance, isStaff, me } from '../state/session.ts';
import { counted } from '../ui/account/counted.ts';
import { FollowButton, WaitingNote } from '../ui/account/follow-button.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Handle } from '../ui/handle.tsx';
import { Icon } from '../ui/icon.tsx';
import { profilePath, tagPath } from '../ui/links.ts';
import { ServerHtml } from '../ui/server-html.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { loadFeaturedTags, loadPacksOf } from './calls.ts';
import styles from './profile.module.css';
import { ProfileMenu } from './profile-menu.tsx';
import { say } from './say.ts';

/** The picture that the API gives those who have none. */
const HEADER_OF_EVERYBODY = '/pictures/header.png';

/** Who somebody is, and what one can do about them. */
export function ProfileHeader({ account, own }: { account: Account; own: boolean }) {
  const relationship = own ? undefined : relationships.value.get(account.id);
  const hasBanner = !account.header.endsWith(HEADER_OF_EVERYBODY);
  return (
    <header class={styles.header}>
      {hasBanner && <img class={styles.banner} src={account.header} alt="" />}
      <div class={hasBanner ? styles.overBanner : undefined}>
        <Avatar account={account} size={88} />
      </div>
      <div class={styles.who}>
        <h1>
          <bdi>{account.display_name || account.username}</bdi>
        </h1>
        <Handle account={account} />
        {account.bot && <span class={styles.tag}>{say('bot')}</span>}
        {account.roles.map(({ id, name }) => (
          <span key={id} class={styles.tag}>
            {say('role', { role: id, name })}
          </span>
        ))}
        {relationship?.followed_by && <span class={styles.tag}>{say('followsYou')}</span>}
      </div>
      <div class={styles.actions}>
        {own ? (
          <ButtonLink href="/settings/profile" look="quiet" icon="pencil">
            {say('edit')}
          </ButtonLink>
        ) : (
          !relationship?.blocking && <FollowButton account={account} />
        )}
        <ProfileMenu account={account} own={own} />
        {me.value === null && <FollowFromElsewhere account={account} />}
        <p class={styles.waiting} role="status">
          {!own && <WaitingNote account={account} />}
        </p>
      </div>
      {own && <OwnPlaces />}
      <Counts account={account} own={own} />
      {account.note && <ServerHtml class={styles.note} html={account.note} />}
      <Fields account={account} />
      <FeaturedTags account={account} />
      <PacksOf account={account} own={own} />
      {account.host === null && (
        <p class={styles.joined}>{say('joined', { date: day(account.created_at) })}</p>
      )}
    </header>
  );
}

function FollowFromElsewhere({ account }: { account: Account }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button look="quiet" icon="globe" onPress={() => setAsking(true)}>
        {say('remoteFollow')}
      </Button>
      {asking && (
        <ServerPicker
          uri={`acct:${account.username}@${account.host ?? instance.value?.domain ?? location.host}`}
          title={say('remoteTitle', { acct: account.acct })}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

function Counts({ account, own }: { account: Account; own: boolean }) {
  const open = own || !account.hide_collections;
  const path = profilePath(account);
  const lists = [
    { path: `${path}/followers`, words: counted('followers', account.followers_count) },
    { path: `${path}/following`, words: counted('followingCount', account.following_count) },
  ];
  return (
    <ul class={styles.counts}>
      <li>{counted('clips', account.statuses_count)}</li>
      {lists.map((list) => (
        <li key={list.path}>{open ? <a href={list.path}>{list.words}</a> : list.words}</li>
      ))}
    </ul>
  );
}

/** Whom somebody recommends. */
function PacksOf({ account, own }: { account: Account; own: boolean }) {
  const [remote] = useRemote(`packs of ${account.id}`, () => loadPacksOf(account.id));
  const packs = remote.state === 'ready' ? remote.value : [];
  if (packs.length === 0 && !own) return null;
  return (
    <ul class={styles.tags} aria-label={say('packs')}>
      {packs.map(({ id, title }) => (
        <li key={id}>
          <a class={styles.hashtag} href={`/packs/${id}`}>
            <Icon name="person" size={20} />
            <bdi>{title}</bdi>
          </a>
        </li>
      ))}
      {own && (
        <li>
          <a class={styles.hashtag} href="/packs">
            <Icon name="person" size={20} />
            {say('packs')}
          </a>
        </li>
      )}
    </ul>
  );
}

/** Hashtags that somebody wants to be known by. */
function FeaturedTags({ account }: { account: Account }) {
  const [remote] = useRemote(`featured tags of ${account.id}`, () => loadFeaturedTags(account.id));
  // What is not there leaves no hole: a profile is one without them, too.
  if (remote.state !== 'ready' || remote.value.length === 0) return null;
  return (
    <ul class={styles.tags} aria-label={say('featuredTags')}>
      {remote.value.map(({ id, name, statuses_count: n }) => (
        <li key={id}>
          <a class={styles.hashtag} href={tagPath(name)}>
            <bdi>#{name}</bdi> <small>{counted('clips', Number(n))}</small>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** What somebody says of themselves, and which of their pages were seen to lead back. */
function Fields({ account }: { account: Account }) {
  if (account.fields.length === 0) return null;
  return (
    <dl class={styles.fields} aria-label={say('details')}>
      {account.fields.map((field) => (
        <div
          key={field.name}
          class={[styles.field, field.verified_at && styles.verified].filter(Boolean).join(' ')}
        >
          <dt dir="auto">{field.name}</dt>
          <dd>
            {field.verified_at && (
              <span
                class={styles.check}
                role="img"
                aria-label={say('verified', { date: day(field.verified_at) })}
                title={say('verified', { date: day(field.verified_at) })}
              >
                <Icon name="check" size={16} />
              </span>
            )}
            <ServerHtml html={field.value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

const OWN_PLACES = [
  { href: '/library/saved', icon: 'bookmark', words: 'library', forStaff: false },
  { href: '/studio', icon: 'studio', words: 'studio', forStaff: false },
  { href: '/settings', icon: 'settings', words: 'settings', forStaff: false },
  { href: '/admin', icon: 'shield', words: 'admin', forStaff: true },
] as const;

/** On phones this is the way to what the rail shows on desktops. */
function OwnPlaces() {
  return (
    <div class={styles.own}>
      {OWN_PLACES.filter(({ forStaff }) => !forStaff || isStaff(me.value)).map(({ href, icon, words }) => (
        <a key={href} class={styles.place} href={href}>
          <Icon name={icon} />
          <span>{say(words)}</span>
        </a>
      ))}
      <SignOutButton class={styles.place} />
    </div>
  );
}
