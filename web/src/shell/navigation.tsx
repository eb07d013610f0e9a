import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { count } from '../format.ts';
import { unread, unreadMost } from '../state/inbox.ts';
import { instance, isStaff, me, serverName, signOut } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { uploadPercent } from '../state/uploads.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { profilePath, signInPath } from '../ui/links.ts';
import { begun } from './begun.ts';
import { Logo } from './logo.tsx';
import styles from './navigation.module.css';
import { say } from './say.ts';

interface Place {
  readonly href: string;
  readonly icon: IconName;
  readonly words: string;
  /** Only where there is room: phones reach it through the profile. */
  readonly railOnly?: boolean;
}

function places(): Place[] {
  const account = me.value;
  const everybodys: Place[] = [
    { href: '/', icon: 'home', words: say('home') },
    { href: '/search', icon: 'search', words: say('search') },
    { href: '/upload', icon: 'plus', words: say('upload') },
  ];
  const about: Place = { href: '/about', icon: 'info', words: say('about'), railOnly: true };
  if (!account) {
    return [
      ...everybodys,
      { href: signInPath(), icon: 'person', words: say('signIn') },
      { href: '/settings/language', icon: 'globe', words: say('language'), railOnly: true },
      about,
    ];
  }
  return [
    ...everybodys,
    { href: '/inbox', icon: 'inbox', words: say('inbox') },
    { href: profilePath(account), icon: 'person', words: say('me') },
    { href: '/library/saved', icon: 'bookmark', words: say('library'), railOnly: true },
    { href: '/studio', icon: 'studio', words: say('studio'), railOnly: true },
    { href: '/settings', icon: 'settings', words: say('settings'), railOnly: true },
    ...(isStaff(account)
      ? [{ href: '/admin', icon: 'shield', words: say('admin'), railOnly: true } as const]
      : []),
    about,
  ];
}

/** Whether a place, or a page below it, is the one that is shown. */
function isCurrent(href: string, path: string): boolean {
  const [place = href] = href.split('?');
  if (place === '/library/saved') return path.startsWith('/library/');
  return (
    path === place || (/^\/(?:about|admin|studio|settings)$/.test(place) && path.startsWith(`${place}/`))
  );
}

/** Visitors have no inbox, so that its code is fetched for others alone. */
const watcher = () => import('../state/watch-inbox.ts').then(({ watchInbox }) => watchInbox);

/** The places one can go to: a bar under the thumb on phones, a rail at the left on desktops. */
export function Navigation() {
  const { path } = useLocation();
  const viewer = me.value?.id;
  useEffect(() => (viewer === undefined ? undefined : begun(watcher)), [viewer]);
  return (
    <nav class={styles.navigation} aria-label={say('navigation')}>
      <a class={styles.brand} href="/" aria-label={serverName()} tabIndex={-1}>
        <Logo />
        <span class={styles.words}>{serverName()}</span>
      </a>
      <ul class={styles.list}>
        {places().map((place) => (
          <li key={place.href} class={place.railOnly ? styles.railOnly : undefined}>
            <NavigationLink {...place} current={isCurrent(place.href, path)} />
          </li>
        ))}
      </ul>
      <SessionActions />
    </nav>
  );
}

function NavigationLink({ href, icon, words, current }: Place & { current: boolean }) {
  const percent = href === '/upload' ? uploadPercent.value : undefined;
  const isInbox = href === '/inbox';
  return (
    <a
      class={styles.link}
      href={href}
      aria-current={current ? 'page' : undefined}
      aria-label={isInbox ? inboxLabel(unread.value) : undefined}
    >
      <Icon name={icon} />
      <span class={styles.words}>{words}</span>
      {percent !== undefined && <span class={styles.percent}>{say('uploading', { percent })}</span>}
      {isInbox && unread.value > 0 && (
        <>
          {' '}
          <span class={styles.percent} aria-hidden="true">
            {unread.value > unreadMost ? `${count(unreadMost)}+` : count(unread.value)}
          </span>
        </>
      )}
    </a>
  );
}

/** The place with what the badge says. */
function inboxLabel(n: number): string {
  if (n > unreadMost) return say('inboxMany', { n: count(unreadMost) });
  return n > 0 ? say('inboxUnread', { n: count(n) }) : say('inbox');
}

function SessionActions() {
  const { path } = useLocation();
  const account = me.value;
  if (account === undefined) return null;
  if (account) return <SignOutButton class={`${styles.link} ${styles.last}`} wordsClass={styles.words} />;
  if (!instance.value?.registrations.enabled || path === '/register') return null;
  return (
    <div class={styles.join}>
      <ButtonLink href="/register" wide>
        {say('register')}
      </ButtonLink>
    </div>
  );
}

/** Ends the session and goes home. */
export function SignOutButton(props: { class: string | undefined; wordsClass?: string | undefined }) {
  const { route } = useLocation();
  return (
    <button
      type="button"
      class={props.class}
      onClick={async () => {
        const failure = await signOut();
        if (failure) return toast(failure.sentence, 'error');
        toast(say('signedOut'));
        route('/');
      }}
    >
      <Icon name="leave" />
      <span class={props.wordsClass}>{say('signOut')}</span>
    </button>
  );
}
