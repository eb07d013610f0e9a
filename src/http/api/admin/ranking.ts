import { z } from 'zod';
import { actorOf } from '../../../modules/auth/index.ts';
import { rankingDefaults } from '../../../modules/ranking/index.ts';
import { numbersOf, type SettingsChange } from '../../../modules/recommending/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { text } from '../inputs.ts';

/** What For You is ranked by, and who changed it: for those who run the server. What it is now, everybody may read. */

const CHANGES_SHOWN = 50;
const MAX_REASON = 500;
const numbers = z.record(z.string().max(100), z.number());

const changeEntity = z.object({
  id: z.string(),
  settings: numbers.describe('What differed from the defaults from then on'),
  weights_version: z.string(),
  account_id: z.string().nullable().describe('Null: the command line, or somebody who is gone'),
  reason: z.string(),
  changed_at: z.string(),
});

const rankingEntity = z
  .object({
    weights_version: z.string(),
    settings: numbers.describe('Every number, by its path'),
    defaults: numbers,
    changes: z.array(changeEntity).describe('The last first'),
  })
  .meta({ id: 'AdminRanking' });

function toChange({
  changedAt,
  accountId,
  version,
  ...change
}: SettingsChange): z.input<typeof changeEntity> {
  const { id, settings, reason } = change;
  return {
    ...{ id, settings: { ...settings }, weights_version: version, account_id: accountId, reason },
    changed_at: changedAt.toISOString(),
  };
}

async function rankingOf({
  recommending,
}: Pick<HttpDeps, 'recommending'>): Promise<z.input<typeof rankingEntity>> {
  const [{ settings, version }, changes] = await Promise.all([
    recommending.settings.current(),
    recommending.settings.changes(CHANGES_SHOWN),
  ]);
  return {
    ...{ weights_version: version, settings: numbersOf(settings), defaults: numbersOf(rankingDefaults) },
    changes: changes.map(toChange),
  };
}

export const getRanking = route({
  method: 'get',
  path: '/api/v1/admin/ranking',
  summary: 'What For You is ranked by, and who changed it.',
  audience: 'staff',
  permission: 'ranking',
  scope: 'admin:read',
  output: rankingEntity,
  handler: async ({ deps }) => rankingOf(deps),
});

export const setRanking = route({
  method: 'patch',
  path: '/api/v1/admin/ranking',
  summary:
    'Change numbers that For You is ranked by; those that are not given stay. Counts with the next feed.',
  audience: 'staff',
  permission: 'ranking',
  scope: 'admin:write',
  body: z.object({
    settings: numbers.describe('By their paths, such as `weights.trending`'),
    reason: text(MAX_REASON).default('').describe('For those who ask later'),
  }),
  output: rankingEntity,
  handler: async ({ deps, body, viewer }) => {
    const change = { numbers: body.settings, reason: body.reason };
    const outcome = await deps.inTx((tx) => deps.recommending.settings.change(tx, actorOf(viewer), change));
    if (!outcome.ok) throw refused(outcome);
    return rankingOf(deps);
  },
});

export const resetRanking = route({
  method: 'delete',
  path: '/api/v1/admin/ranking',
  summary: 'Rank by the defaults again.',
  audience: 'staff',
  permission: 'ranking',
  scope: 'admin:write',
  output: rankingEntity,
  handler: async ({ deps, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.recommending.settings.reset(tx, actorOf(viewer)));
    if (!outcome.ok) throw refused(outcome);
    return rankingOf(deps);
  },
});
