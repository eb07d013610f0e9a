import type { ComponentType } from 'preact';
import type { Permission } from '../permissions.ts';

export interface OverviewTile {
  /** What somebody needs to see it. */
  readonly needs: Permission;
  /** Asks for its own numbers, and is a `StatTile`, or several. */
  readonly load: () => Promise<ComponentType>;
}

/** What stands on the overview, in this order. */
export const overviewTiles: readonly OverviewTile[] = [
  { needs: 'settings', load: () => import('../server/lock-tile.tsx').then((module) => module.LockTile) },
  { needs: 'domains', load: () => import('../discovery/tile.tsx').then((module) => module.BeginningTile) },
  { needs: 'reports', load: () => import('../reports/tile.tsx').then((module) => module.ReportsTile) },
  { needs: 'reports', load: () => import('../claims/tile.tsx').then((module) => module.ClaimsTile) },
  { needs: 'content', load: () => import('../held/tile.tsx').then((module) => module.HeldTile) },
  {
    needs: 'reports',
    load: () => import('../actions/appeals-tile.tsx').then((module) => module.AppealsTile),
  },
  { needs: 'sign-ups', load: () => import('../approvals/tile.tsx').then((module) => module.SignUpsTile) },
  { needs: 'storage', load: () => import('../backups/tile.tsx').then((module) => module.BackupsTile) },
  { needs: 'storage', load: () => import('../storage/tile.tsx').then((module) => module.StorageTile) },
  {
    needs: 'domains',
    load: () => import('../domains/notice-tile.tsx').then((module) => module.BlockNoticesTile),
  },
  { needs: 'queues', load: () => import('../queues/tile.tsx').then((module) => module.QueuesTile) },
  { needs: 'queues', load: () => import('../deliveries/tile.tsx').then((module) => module.DeliveriesTile) },
  { needs: 'settings', load: () => import('../server/tile.tsx').then((module) => module.ServerTile) },
];
