import type { ComponentType } from 'preact';
import type { IconName } from '../ui/icon.tsx';
import type { Permission } from './permissions.ts';
import type { english } from './words.ts';

/** What the address names behind the page: `/admin/PAGE/ID`. Nothing for the list of its things. */
export interface AdminPageProps {
  readonly id: string | undefined;
}

export type AdminGroup = 'people' | 'content' | 'federation' | 'server';

export interface AdminEntry {
  /** How the navigation calls it: a word of the area `admin`. */
  readonly title: keyof typeof english;
  readonly icon: IconName;
  readonly group: AdminGroup;
  /** What somebody needs to see it. */
  readonly needs: Permission;
  /** Whether it has pages about single things, at `/admin/PAGE/ID`. */
  readonly hasDetails?: true;
  readonly load: () => Promise<ComponentType<AdminPageProps>>;
}

/** The pages for the staff by their name in the address, in the order of the navigation; each is fetched once it is opened. */
export const adminPages: Readonly<Record<string, AdminEntry>> = {
  reports: {
    ...{ title: 'reports', icon: 'flag', group: 'people', needs: 'reports', hasDetails: true },
    load: () => import('./reports/reports-page.tsx').then((module) => module.ReportsPage),
  },
  approvals: {
    ...{ title: 'approvals', icon: 'check', group: 'people', needs: 'sign-ups' },
    load: () => import('./approvals/approvals-page.tsx').then((module) => module.ApprovalsPage),
  },
  storage: {
    ...{ title: 'storage', icon: 'download', group: 'server', needs: 'storage' },
    load: () => import('./storage/storage-page.tsx').then((module) => module.StoragePage),
  },
};

export const adminGroups: readonly AdminGroup[] = ['people', 'content', 'federation', 'server'];
