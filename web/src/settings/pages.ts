import type { PlainKey } from '../i18n/values.ts';
import type { IconName } from '../ui/icon.tsx';
import type { english } from './words.ts';

export type SettingsPageName =
  | (
      | 'profile'
      | 'account'
      | 'security'
      | 'apps'
      | 'invites'
      | 'privacy'
      | 'feed'
      | 'filters'
      | 'hashtags'
      | 'notifications'
      | 'reports'
      | 'status'
    )
  | ('playback' | 'accessibility' | 'appearance' | 'app' | 'language' | 'data' | 'move' | 'delete');

interface SettingsEntry {
  readonly name: SettingsPageName;
  readonly icon: IconName;
  /** Keys of its words. */
  readonly title: PlainKey<typeof english>;
  readonly about: PlainKey<typeof english>;
  /** Also for people who are not signed in: it is about this device. */
  readonly isLocal?: true;
  /** It shows something to people who are not signed in any more. */
  readonly asksItself?: true;
}

interface SettingsGroup {
  readonly title: PlainKey<typeof english>;
  readonly entries: readonly SettingsEntry[];
}

const groups: readonly SettingsGroup[] = [
  {
    title: 'groupYou',
    entries: [
      { name: 'profile', icon: 'person', title: 'profile', about: 'profileAbout' },
      { name: 'account', icon: 'mail', title: 'account', about: 'accountAbout' },
      { name: 'security', icon: 'key', title: 'security', about: 'securityAbout' },
      { name: 'apps', icon: 'link', title: 'apps', about: 'appsAbout' },
      { name: 'invites', icon: 'plus', title: 'invites', about: 'invitesAbout' },
    ],
  },
  {
    title: 'groupSeen',
    entries: [
      { name: 'privacy', icon: 'shield', title: 'privacy', about: 'privacyAbout' },
      { name: 'feed', icon: 'heart', title: 'feed', about: 'feedAbout' },
      { name: 'filters', icon: 'block', title: 'filters', about: 'filtersAbout' },
      { name: 'hashtags', icon: 'hash', title: 'hashtags', about: 'hashtagsAbout' },
      { name: 'notifications', icon: 'inbox', title: 'notifications', about: 'notificationsAbout' },
      { name: 'reports', icon: 'flag', title: 'reports', about: 'reportsAbout' },
      { name: 'status', icon: 'alert', title: 'status', about: 'statusAbout', asksItself: true },
      { name: 'language', icon: 'globe', title: 'language', about: 'languageAbout', isLocal: true },
    ],
  },
  {
    title: 'groupDevice',
    entries: [
      { name: 'playback', icon: 'play', title: 'playback', about: 'playbackAbout', isLocal: true },
      {
        name: 'accessibility',
        icon: 'captions',
        title: 'accessibility',
        about: 'accessibilityAbout',
        isLocal: true,
      },
      { name: 'appearance', icon: 'theme', title: 'appearance', about: 'appearanceAbout', isLocal: true },
      { name: 'app', icon: 'plus', title: 'app', about: 'appAbout', isLocal: true },
    ],
  },
  {
    title: 'groupLeave',
    entries: [
      { name: 'data', icon: 'download', title: 'data', about: 'dataAbout' },
      { name: 'move', icon: 'external', title: 'move', about: 'moveAbout' },
      { name: 'delete', icon: 'trash', title: 'delete', about: 'deleteAbout', asksItself: true },
    ],
  },
];

/** The pages that somebody can use, in groups. */
export function settingsGroups(who: {
  readonly isSignedIn: boolean;
  readonly mayInvite: boolean;
}): SettingsGroup[] {
  return groups
    .map(({ title, entries }) => ({
      title,
      entries: entries.filter(
        ({ name, isLocal }) => (who.isSignedIn || isLocal) && (name !== 'invites' || who.mayInvite),
      ),
    }))
    .filter(({ entries }) => entries.length > 0);
}

/** The page of a name in an address. */
export function settingsEntry(name: string): SettingsEntry | undefined {
  return groups.flatMap(({ entries }) => entries).find((entry) => entry.name === name);
}
