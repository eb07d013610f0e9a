import { z } from 'zod';
import { packLimits } from '../../../../config/exchange-limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { DiscoveryPack } from '../../../modules/exchange/index.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { changed, changedEntity, forStaff } from './changes.ts';

const packEntity = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'stopped', 'done']),
    topics: z.array(z.string()),
    hosts: z
      .array(z.string())
      .describe('Servers whose trends, and whose posts with these hashtags, are read'),
    accounts: z.array(z.string()).describe('Handles of accounts whose newest videos are brought'),
    max_videos: z.number().int(),
    created_at: z.string(),
    ended_at: z.string().nullable(),
    waiting: z.number().int().describe('Lists and posts whose server is still to be asked'),
    found: z.number().int().describe('Videos that are here by it'),
    playable: z.number().int().describe('Those of them that can be played here'),
    refused: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  })
  .meta({ id: 'DiscoveryPack' });

const startedEntity = z.object({ id: z.string(), audit_id: z.string() }).meta({ id: 'DiscoveryStart' });
const changeEntity = changedEntity('DiscoveryChange');

const params = z.object({ id: idSchema<'discovery-pack'>() });
const names = (most: number) => z.array(z.string().trim().min(1).max(300)).max(most).default([]);

const entityOf = (pack: DiscoveryPack): z.input<typeof packEntity> => ({
  ...{ id: pack.id, state: pack.state, topics: [...pack.topics], hosts: [...pack.hosts] },
  ...{ accounts: [...pack.accounts], max_videos: pack.maxVideos },
  created_at: pack.createdAt.toISOString(),
  ended_at: pack.endedAt?.toISOString() ?? null,
  ...{ waiting: pack.waiting, found: pack.found, playable: pack.playable, refused: [...pack.refused] },
});

const listPacks = route({
  method: 'get',
  path: '/api/v1/admin/discovery',
  summary: 'What was brought from elsewhere for a server to begin with, and how far that is.',
  ...forStaff,
  scope: 'admin:read',
  output: z.array(packEntity),
  handler: async ({ deps }) => (await deps.exchange.packs.list()).map(entityOf),
});

const startPack = route({
  method: 'post',
  path: '/api/v1/admin/discovery',
  summary:
    'Fill the feeds: bring videos with these hashtags, of these servers and accounts, each from where it is.',
  ...forStaff,
  scope: 'admin:write',
  body: z.object({
    topics: names(packLimits.maxTopics),
    hosts: names(packLimits.maxHosts),
    accounts: names(packLimits.maxAccounts),
    max_videos: z.number().int().min(1).max(packLimits.maxVideos).default(packLimits.defaultVideos),
  }),
  output: startedEntity,
  handler: async ({ deps, body: { max_videos: maxVideos, ...what }, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.exchange.packs.start(tx, actorOf(viewer), { ...what, maxVideos }),
    );
    if (outcome.ok) return { id: outcome.id, audit_id: outcome.auditId };
    if (outcome.reason === 'permission-missing') throw refused(outcome);
    throw new ApiError(outcome.reason === 'pack-invalid' ? 'validation-failed' : 'conflict', outcome.detail);
  },
});

const turning = (verb: 'stop' | 'resume', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/admin/discovery/:id/${verb}`,
    summary,
    ...forStaff,
    scope: 'admin:write',
    params,
    output: changeEntity,
    handler: async ({ deps, params: { id }, viewer }) => {
      const how = { isStopped: verb === 'stop' };
      const outcome = await deps.inTx((tx) => deps.exchange.packs.stop(tx, actorOf(viewer), id, how));
      return changed(outcome);
    },
  });

export const discoveryRoutes = [
  ...[listPacks, startPack],
  turning('stop', 'Bring no more of it; what is here stays.'),
  turning('resume', 'Go on with one that was stopped.'),
];
