import { z } from 'zod';
import { maintenanceLimits } from '../../../../config/maintenance-limits.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { Lock } from '../../../modules/maintenance/index.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';

const staff = { audience: 'staff', permission: 'settings', path: '/api/v1/admin/maintenance' } as const;

const lockEntity = z
  .object({
    locked: z.boolean().describe('People and other servers change nothing, and workers begin nothing'),
    since: z.string().nullable(),
    note: z.string().describe('Why, for the people who are turned away'),
  })
  .meta({ id: 'ServerLock' });

const entityOf = (lock: Lock | null) => ({
  locked: lock !== null,
  since: lock?.since.toISOString() ?? null,
  note: lock?.note ?? '',
});

export const getServerLock = route({
  method: 'get',
  ...staff,
  summary: 'Whether the server is locked for work on it.',
  scope: 'admin:read',
  output: lockEntity,
  handler: async ({ deps: { serverLock } }) => entityOf(await serverLock.status()),
});

export const putServerLock = route({
  method: 'put',
  ...staff,
  summary:
    'Lock the server for work on it, or open it again: while it is locked, this is the one thing that can be changed.',
  scope: 'admin:write',
  body: z.object({
    locked: z.boolean(),
    note: z
      .string()
      .trim()
      .max(maintenanceLimits.maxNoteLength)
      .default('')
      .describe('Told to whoever is turned away'),
    reason: z.string().trim().max(500).default('').describe('For the log'),
  }),
  output: lockEntity,
  handler: async ({ deps: { inTx, serverLock, lockGate }, viewer, body: { locked, note, reason } }) => {
    const by = actorOf(viewer);
    const outcome = await inTx((tx) =>
      locked ? serverLock.lock(tx, by, { note, reason }) : serverLock.unlock(tx, by, { reason }),
    );
    if (!outcome.ok) throw refused(outcome);
    await lockGate.refresh();
    return entityOf(lockGate.now());
  },
});
