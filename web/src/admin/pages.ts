import type { ComponentType } from 'preact';
import type { PlainKey } from '../i18n/values.ts';
import type { IconName } from '../ui/icon.tsx';
import type { AdminPageProps } from './page-props.ts';
import type { Permission } from './permissions.ts';
import type { english } from './words.ts';

export type AdminGroup = 'people' | 'content' | 'federation' | 'server';

export interface AdminEntry {
  /** How the navigation calls it: a word of the area `admin`. */
  readonly title: PlainKey<typeof english>;
  readonly icon: IconName;
  readonly group: AdminGroup;
  /** What somebody needs to see it; null: everybody of the staff does. */
  readonly needs: Permission | null;
  /** Whether it has pages about single things, at `/admin/PAGE/ID`. */
  readonly hasDetails?: true;
  readonly load: () => Promise<ComponentType<AdminPageProps>>;
}

/** The pages for the staff by their name in the address, in the order of the navigation; each is fetched once it is opened. */
export const adminPages: Readonly<Record<string, AdminEntry>> = {
  accounts: {
    ...{ title: 'accounts', icon: 'person', group: 'people', needs: 'accounts', hasDetails: true },
    load: () => import('./accounts/accounts-page.tsx').then((module) => module.AccountsPage),
  },
  reports: {
    ...{ title: 'reports', icon: 'flag', group: 'people', needs: 'reports', hasDetails: true },
    load: () => import('./reports/reports-page.tsx').then((module) => module.ReportsPage),
  },
  appeals: {
    ...{ title: 'appeals', icon: 'shield', group: 'people', needs: 'reports' },
    load: () => import('./actions/appeals-page.tsx').then((module) => module.AppealsPage),
  },
  claims: {
    ...{ title: 'claims', icon: 'shield', group: 'content', needs: 'reports', hasDetails: true },
    load: () => import('./claims/claims-page.tsx').then((module) => module.ClaimsPage),
  },
  videos: {
    ...{ title: 'videos', icon: 'play', group: 'content', needs: 'content' },
    load: () => import('./actions/videos-page.tsx').then((module) => module.VideosPage),
  },
  approvals: {
    ...{ title: 'approvals', icon: 'check', group: 'people', needs: 'sign-ups' },
    load: () => import('./approvals/approvals-page.tsx').then((module) => module.ApprovalsPage),
  },
  invites: {
    ...{ title: 'invites', icon: 'link', group: 'people', needs: 'invites' },
    load: () => import('./invites/invites-page.tsx').then((module) => module.AllInvitesPage),
  },
  joining: {
    ...{ title: 'joining', icon: 'block', group: 'people', needs: 'sign-ups' },
    load: () => import('./joining/joining-page.tsx').then((module) => module.JoiningPage),
  },
  storage: {
    ...{ title: 'storage', icon: 'download', group: 'server', needs: 'storage' },
    load: () => import('./storage/storage-page.tsx').then((module) => module.StoragePage),
  },
  held: {
    ...{ title: 'held', icon: 'clock', group: 'content', needs: 'content' },
    load: () => import('./held/held-page.tsx').then((module) => module.HeldPage),
  },
  rules: {
    ...{ title: 'rules', icon: 'flag', group: 'content', needs: 'rules' },
    load: () => import('./rules/rules-page.tsx').then((module) => module.RulesPage),
  },
  hashes: {
    ...{ title: 'hashes', icon: 'hash', group: 'content', needs: 'rules' },
    load: () => import('./hashes/hashes-page.tsx').then((module) => module.HashesPage),
  },
  sounds: {
    ...{ title: 'sounds', icon: 'soundOn', group: 'content', needs: 'rules', hasDetails: true },
    load: () => import('./sounds/sounds-page.tsx').then((module) => module.SoundsPage),
  },
  holds: {
    ...{ title: 'holds', icon: 'shield', group: 'content', needs: 'legal', hasDetails: true },
    load: () => import('./holds/holds-page.tsx').then((module) => module.HoldsPage),
  },
  trends: {
    ...{ title: 'trends', icon: 'studio', group: 'content', needs: 'trends' },
    load: () => import('./trends/trends-page.tsx').then((module) => module.TrendsPage),
  },
  ranking: {
    ...{ title: 'ranking', icon: 'settings', group: 'content', needs: 'ranking' },
    load: () => import('./ranking/ranking-page.tsx').then((module) => module.RankingPage),
  },
  roles: {
    ...{ title: 'roles', icon: 'key', group: 'server', needs: 'roles' },
    load: () => import('./roles/roles-page.tsx').then((module) => module.RolesPage),
  },
  audit: {
    ...{ title: 'audit', icon: 'clock', group: 'server', needs: 'audit' },
    load: () => import('./audit/audit-page.tsx').then((module) => module.AuditPage),
  },
  servers: {
    ...{ title: 'servers', icon: 'globe', group: 'federation', needs: 'domains', hasDetails: true },
    load: () => import('./domains/servers-page.tsx').then((module) => module.ServersPage),
  },
  domains: {
    ...{ title: 'domains', icon: 'block', group: 'federation', needs: 'domains' },
    load: () => import('./domains/domains-page.tsx').then((module) => module.DomainsPage),
  },
  'domain-lists': {
    ...{ title: 'domainLists', icon: 'link', group: 'federation', needs: 'domains' },
    load: () => import('./domains/lists-page.tsx').then((module) => module.DomainListsPage),
  },
  relays: {
    ...{ title: 'relays', icon: 'share', group: 'federation', needs: 'domains' },
    load: () => import('./relays/relays-page.tsx').then((module) => module.RelaysPage),
  },
  discovery: {
    ...{ title: 'discovery', icon: 'search', group: 'federation', needs: 'domains' },
    load: () => import('./discovery/discovery-page.tsx').then((module) => module.DiscoveryPage),
  },
  services: {
    ...{ title: 'services', icon: 'globe', group: 'federation', needs: 'domains' },
    load: () => import('./services/services-page.tsx').then((module) => module.ServicesPage),
  },
  deliveries: {
    ...{ title: 'deliveries', icon: 'mail', group: 'federation', needs: 'queues' },
    load: () => import('./deliveries/deliveries-page.tsx').then((module) => module.DeliveriesPage),
  },
  about: {
    ...{ title: 'about', icon: 'info', group: 'server', needs: 'settings' },
    load: () => import('./about/about-page.tsx').then((module) => module.AboutSettingsPage),
  },
  announcements: {
    ...{ title: 'announcements', icon: 'info', group: 'server', needs: 'announcements' },
    load: () => import('./announcements/announcements-page.tsx').then((module) => module.AnnouncementsPage),
  },
  preferences: {
    ...{ title: 'preferences', icon: 'person', group: 'server', needs: null },
    load: () => import('./preferences/preferences-page.tsx').then((module) => module.PreferencesPage),
  },
  settings: {
    ...{ title: 'settings', icon: 'settings', group: 'server', needs: 'settings' },
    load: () => import('./settings/settings-page.tsx').then((module) => module.SettingsPage),
  },
  backups: {
    ...{ title: 'backups', icon: 'download', group: 'server', needs: 'storage' },
    load: () => import('./backups/backups-page.tsx').then((module) => module.BackupsPage),
  },
  server: {
    ...{ title: 'version', icon: 'info', group: 'server', needs: 'settings' },
    load: () => import('./server/server-page.tsx').then((module) => module.ServerPage),
  },
  queues: {
    ...{ title: 'queues', icon: 'clock', group: 'server', needs: 'queues' },
    load: () => import('./queues/queues-page.tsx').then((module) => module.QueuesPage),
  },
};

export const adminGroups: readonly AdminGroup[] = ['people', 'content', 'federation', 'server'];
