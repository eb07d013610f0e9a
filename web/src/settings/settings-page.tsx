import type { ComponentType } from 'preact';
import { useRoute } from 'preact-iso/router';
import { AppPage } from '../device/app-page.tsx';
import { NotFoundPage } from '../shell/not-found.tsx';
import { mayInvite, me } from '../state/session.ts';
import { Beside, Place, PlaceGroup } from '../ui/beside.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { signInPath } from '../ui/links.ts';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Page } from '../ui/page.tsx';
import { AccountPage } from './account-page.tsx';
import { HashtagsPage } from './hashtags/tags-page.tsx';
import { InvitesPage } from './invites/invites-page.tsx';
import { DataPage } from './leaving/data-page.tsx';
import { DeletePage } from './leaving/delete-page.tsx';
import { MovePage } from './leaving/move-page.tsx';
import { type SettingsPageName, settingsEntry, settingsGroups } from './pages.ts';
import { PrivacyPage } from './privacy-page.tsx';
import { ProfileSettingsPage } from './profile-page.tsx';
import { OwnReportsPage } from './reports/reports-page.tsx';
import { say } from './say.ts';
import { AppsPage } from './security/apps-page.tsx';
import { SecurityPage } from './security/security-page.tsx';
import styles from './settings-page.module.css';
import { AccountStatusPage } from './status/status-page.tsx';
import { AccessibilityPage } from './watching/accessibility-page.tsx';
import { AppearancePage } from './watching/appearance-page.tsx';
import { FeedSettingsPage } from './watching/feed-page.tsx';
import { FiltersPage } from './watching/filters-page.tsx';
import { LanguagePage } from './watching/language-page.tsx';
import { NotificationsPage } from './watching/notifications-page.tsx';
import { PlaybackPage } from './watching/playback-page.tsx';

const pages: Readonly<Record<SettingsPageName, ComponentType>> = {
  profile: ProfileSettingsPage,
  account: AccountPage,
  security: SecurityPage,
  apps: AppsPage,
  invites: InvitesPage,
  privacy: PrivacyPage,
  feed: FeedSettingsPage,
  filters: FiltersPage,
  hashtags: HashtagsPage,
  notifications: NotificationsPage,
  reports: OwnReportsPage,
  status: AccountStatusPage,
  language: LanguagePage,
  playback: PlaybackPage,
  accessibility: AccessibilityPage,
  appearance: AppearancePage,
  app: AppPage,
  data: DataPage,
  move: MovePage,
  delete: DeletePage,
};

/** Everything somebody can set: a list, or one page of it with the list beside where there is room. */
export function SettingsPage() {
  const name = useRoute().params.page;
  if (name === undefined) return <Overview />;
  const entry = settingsEntry(name);
  if (!entry) return <NotFoundPage />;
  const Content = pages[entry.name];
  return (
    <Beside label={say('title')} places={<SettingsList current={entry.name} />}>
      <div class={styles.content}>
        <a class={styles.back} href="/settings">
          <Icon name="back" size={20} />
          {say('title')}
        </a>
        {entry.isLocal || entry.asksItself ? (
          <Content key={name} />
        ) : (
          <NeedsSession title={say(entry.title)} text={say('needed')}>
            <Content key={name} />
          </NeedsSession>
        )}
      </div>
    </Beside>
  );
}

function Overview() {
  return (
    <Page title={say('title')} width="wide">
      {me.value === null && (
        <div class={styles.visitor}>
          <p>{say('visitor')}</p>
          <ButtonLink href={signInPath()}>{say('signIn')}</ButtonLink>
        </div>
      )}
      <nav class={styles.overview} aria-label={say('title')}>
        <SettingsList withAbout />
      </nav>
      <p class={styles.server}>
        <a href="/about">{say('aboutServer')}</a>
        <a href="/about/rules">{say('rules')}</a>
        <a href="/about/privacy">{say('serverPrivacy')}</a>
      </p>
    </Page>
  );
}

function SettingsList({ current, withAbout }: { current?: SettingsPageName; withAbout?: boolean }) {
  return (
    <>
      {settingsGroups({ isSignedIn: Boolean(me.value), mayInvite: mayInvite() }).map((group) => (
        <PlaceGroup key={group.title} title={say(group.title)}>
          {group.entries.map((entry) => (
            <li key={entry.name}>
              <Place
                href={`/settings/${entry.name}`}
                icon={entry.icon}
                title={say(entry.title)}
                isCurrent={entry.name === current}
                {...(withAbout ? { about: say(entry.about) } : {})}
              />
            </li>
          ))}
        </PlaceGroup>
      ))}
    </>
  );
}
