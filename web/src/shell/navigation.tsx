import { useLocation } from 'preact-iso/router';
import { instance, isStaff, mayInvite, me, signOut } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { uploadPercent } from '../state/uploads.ts';
import { strings } from '../strings.ts';
import { inviteStrings, securityStrings } from '../strings-settings.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { profilePath } from '../ui/links.ts';
import { Logo } from './logo.tsx';
import styles from './navigation.module.css';

interface Place {
  readonly href: string;
  readonly icon: IconName;
  readonly words: string;
  /** Only where there is room: phones reach it through the profile. */
  readonly railOnly?: boolean;
}

function places(): Place[] {
  const text = strings.nav;
  const account = me.value;
  return [
    { href: '/', icon: 'home', words: text.home },
    { href: '/search', icon: 'search', words: text.find },
    { href: '/upload', icon: 'plus', words: text.upload },
    account
      ? { href: profilePath(account), icon: 'person', words: text.me }
      : { href: '/login', icon: 'person', words: text.signIn },
    ...(account
      ? [{ href: '/settings/security', icon: 'key', words: securityStrings.nav, railOnly: true } as const]
      : []),
    ...(mayInvite()
      ? [{ href: '/settings/invites', icon: 'mail', words: inviteStrings.nav, railOnly: true } as const]
      : []),
    ...(isStaff(account)
      ? [{ href: '/admin/approvals', icon: 'shield', words: text.approvals, railOnly: true } as const]
      : []),
  ];
}

/** The places one can go to: a bar under the thumb on phones, a rail at the left on desktops. */
export function Navigation() {
  const { path } = useLocation();
  return (
    <nav class={styles.navigation} aria-label={strings.nav.label}>
      <a class={styles.brand} href="/" aria-label={instance.value?.title ?? strings.product} tabIndex={-1}>
        <Logo />
        <span class={styles.words}>{instance.value?.title ?? strings.product}</span>
      </a>
      <ul class={styles.list}>
        {places().map((place) => (
          <li key={place.href} class={place.railOnly ? styles.railOnly : undefined}>
            <NavigationLink {...place} current={path === place.href} />
          </li>
        ))}
      </ul>
      <SessionActions />
    </nav>
  );
}

function NavigationLink({ href, icon, words, current }: Place & { current: boolean }) {
  const percent = href === '/upload' ? uploadPercent.value : undefined;
  return (
    <a class={styles.link} href={href} aria-current={current ? 'page' : undefined}>
      <Icon name={icon} />
      <span class={styles.words}>{words}</span>
      {percent !== undefined && <span class={styles.percent}>{strings.nav.uploading(percent)}</span>}
    </a>
  );
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
        {strings.nav.register}
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
        toast(strings.auth.signedOut);
        route('/');
      }}
    >
      <Icon name="leave" />
      <span class={props.wordsClass}>{strings.nav.signOut}</span>
    </button>
  );
}
