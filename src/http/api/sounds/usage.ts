import { z } from 'zod';
import { type AccountId, idSchema, type SoundId } from '../../../lib/ids.ts';
import { usageHeader } from '../../../modules/sounds/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { tableRoute } from '../../route.ts';
import type { Table } from '../../table.ts';

/** Who used a sound, as a table for a spreadsheet. */

const LIMIT = { name: 'exports', points: 30, seconds: 900 } as const;
const params = z.object({ id: idSchema<'sound'>() });

const query = z
  .object({
    from: z.iso.date().optional().describe('First day of the plays, UTC'),
    to: z.iso.date().optional().describe('The last one'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    ...{ message: 'The period ends before it begins.', path: ['from'] },
  });

function tableOf(
  { sounds }: HttpDeps,
  { from, to }: z.output<typeof query>,
  { soundId, authorId }: { readonly soundId: SoundId | null; readonly authorId: AccountId | null },
): Table {
  const name = ['sound-usage', soundId, from, to].filter(Boolean).join('-');
  return {
    ...{ name: `${name}.csv`, header: usageHeader },
    rows: sounds.usage({ soundId, authorId, from: from ?? null, to: to ?? null }),
  };
}

const noSound = () => new ApiError('not-found', 'There is no such sound here.');

export const ownUsage = tableRoute({
  path: '/api/v1/studio/sounds/export',
  summary: 'Public videos with sounds that you posted first, with their plays.',
  scope: 'read:statuses',
  limit: LIMIT,
  query,
  handler: async ({ deps, query, viewer }) =>
    tableOf(deps, query, { soundId: null, authorId: viewer.account.id }),
});

export const ownSoundUsage = tableRoute({
  path: '/api/v1/studio/sounds/:id/export',
  summary: 'The same of one of your sounds.',
  scope: 'read:statuses',
  limit: LIMIT,
  params,
  query,
  handler: async ({ deps, params: { id }, query, viewer }) => {
    const sound = (await deps.sounds.among([id], viewer.account.id)).get(id);
    if (sound?.authorId !== viewer.account.id) throw noSound();
    return tableOf(deps, query, { soundId: id, authorId: viewer.account.id });
  },
});

export const staffUsage = tableRoute({
  path: '/api/v1/admin/sounds/export',
  summary: 'Public and unlisted videos with sounds, with their plays.',
  ...{ audience: 'staff', permission: 'rules', scope: 'admin:read', limit: LIMIT },
  query,
  handler: async ({ deps, query }) => tableOf(deps, query, { soundId: null, authorId: null }),
});

export const staffSoundUsage = tableRoute({
  path: '/api/v1/admin/sounds/:id/export',
  summary: 'The same of one sound.',
  ...{ audience: 'staff', permission: 'rules', scope: 'admin:read', limit: LIMIT },
  params,
  query,
  handler: async ({ deps, params: { id }, query }) => {
    if (!(await deps.sounds.forStaffById(id))) throw noSound();
    return tableOf(deps, query, { soundId: id, authorId: null });
  },
});
