import { z } from 'zod';
import { storageUseLimits } from '../../../../config/retention-limits.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import { type ClassState, retentionClasses } from '../../../modules/retention/index.ts';
import type { SearchState } from '../../../modules/search/index.ts';
import { type StorageKind, storageKinds } from '../../../modules/storage/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { emptyEntity, flagSchema } from '../schemas.ts';

const moment = z.string().nullable();
const iso = (date: Date | null) => date?.toISOString() ?? null;

const retentionEntity = z
  .object({
    class: z.enum(retentionClasses),
    state: z
      .enum(['kept', 'waiting', 'running', 'ok', 'failing', 'overdue'])
      .describe('`kept`: nothing goes by itself. `overdue`: not done for two days.'),
    days: z.number().nullable().describe('Null: age does not count, or things carry their own end'),
    max_bytes: z.number().nullable(),
    last_started_at: moment,
    last_ok_at: moment,
    next_at: moment,
    freed: z
      .object({ rows: z.number(), bytes: z.number(), at: z.string() })
      .nullable()
      .describe('By the last run that took anything'),
    failure: z.object({ at: z.string(), error: z.string() }).nullable(),
  })
  .meta({ id: 'RetentionClass' });

const storageEntity = z
  .object({
    level: z
      .enum(['open', 'no-copies', 'full'])
      .describe('`no-copies`: no new copies of what other servers have. `full`: uploads are refused, too.'),
    places: z
      .array(z.object({ name: z.string(), used_bytes: z.number(), total_bytes: z.number() }))
      .describe('Disks of the process that answers, and the share of the bucket where it has an end'),
    kinds: z.array(
      z.object({
        kind: z.enum(storageKinds),
        objects: z.number(),
        bytes: z.number(),
        max_bytes: z.number().nullable(),
      }),
    ),
    measured_at: moment.describe('When the kinds were added up'),
    retention: z.array(retentionEntity),
    scan: z
      .object({
        started_at: z.string(),
        ended_at: moment,
        objects: z.number(),
        orphans: z.number(),
        orphan_bytes: z.number(),
        missing: z.number(),
        mended: z.number(),
        error: z.string().nullable(),
      })
      .nullable()
      .describe('The last search for objects that nothing names, and for names without an object'),
    search: z
      .object({
        documents: z.number().describe('Videos that can be found by words'),
        behind: z.number().describe('Changes that the index does not know of yet'),
        engine: z
          .object({
            documents: z.number().nullable().describe('Null: it does not say, or has no index yet'),
            behind: z.number().describe('Changes that it was not told yet'),
            filling: z.boolean().describe('A new index is being filled'),
            failing_since: moment,
            failure: z.string().nullable(),
          })
          .nullable()
          .describe('The search engine beside PostgreSQL, where there is one'),
      })
      .describe('What searches for videos look in'),
  })
  .meta({ id: 'AdminStorage' });

export const getStorage = route({
  method: 'get',
  path: '/api/v1/admin/storage',
  summary: 'What is stored by kind, how full the disks are, and what is kept for how long.',
  audience: 'staff',
  permission: 'storage',
  scope: 'admin:read',
  output: storageEntity,
  handler: async ({ deps }) => {
    const [{ kinds, measuredAt }, { level, places }, classes, scan, index] = await Promise.all([
      deps.media.use.last(),
      deps.room.state(),
      deps.retention.list(),
      deps.media.scan.last(),
      deps.search.state(),
    ]);
    return {
      level,
      places: places.map((place) => ({
        ...{ name: place.name, used_bytes: place.usedBytes, total_bytes: place.totalBytes },
      })),
      kinds: kinds.map((use) => ({ ...use, max_bytes: capOf(deps, use.kind) })),
      measured_at: iso(measuredAt),
      retention: classes.map(retentionOf),
      scan: scan && {
        ...{ started_at: scan.startedAt.toISOString(), ended_at: iso(scan.endedAt), objects: scan.objects },
        ...{ orphans: scan.orphans, orphan_bytes: scan.orphanBytes, missing: scan.missing },
        ...{ mended: scan.mended, error: scan.error },
      },
      search: searchOf(index),
    };
  },
});

function capOf({ config }: HttpDeps, kind: StorageKind): number | null {
  if (kind === 'remote-videos') return config.remoteCache.maxBytes;
  return kind === 'remote-posters' ? config.remotePosters.maxBytes : null;
}

const searchOf = ({ documents, behind, engine }: SearchState) => ({
  ...{ documents, behind },
  engine: engine && {
    ...{ documents: engine.documents, behind: engine.behind, filling: engine.isFilling },
    ...{ failing_since: iso(engine.failingSince), failure: engine.failure },
  },
});

function retentionOf({ failure, freed, ...state }: ClassState) {
  return {
    ...{ class: state.class, state: state.state, days: state.days, max_bytes: state.maxBytes },
    ...{ last_started_at: iso(state.startedAt), last_ok_at: iso(state.okAt), next_at: iso(state.nextAt) },
    freed: freed && { ...freed, at: freed.at.toISOString() },
    failure: failure && { ...failure, at: failure.at.toISOString() },
  };
}

export const cleanStorage = route({
  method: 'post',
  path: '/api/v1/admin/storage/clean',
  summary: 'Have what is over of one class taken away at the next turn of upkeep, within seconds.',
  audience: 'staff',
  permission: 'storage',
  scope: 'admin:write',
  body: z.object({ class: z.enum(retentionClasses) }),
  output: emptyEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.retention.ask(tx, actorOf(viewer), body.class));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

export const scanStorage = route({
  method: 'post',
  path: '/api/v1/admin/storage/scan',
  summary: 'Search in the background for objects that nothing names, and for names whose object is nowhere.',
  audience: 'staff',
  permission: 'storage',
  scope: 'admin:write',
  body: z.object({
    mend: flagSchema
      .default(false)
      .describe(
        'Remove the first; have the second made again, or forget them where they come back by themselves',
      ),
  }),
  output: emptyEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.media.scan.ask(tx, actorOf(viewer), body));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

export const listFindings = route({
  method: 'get',
  path: '/api/v1/admin/storage/findings',
  summary: 'What the last search found, the first thousand by name.',
  audience: 'staff',
  permission: 'storage',
  scope: 'admin:read',
  query: z.object({
    after: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional(),
    limit: z.coerce.number().int().min(1).max(200).default(storageUseLimits.findingsListed),
  }),
  output: z.array(
    z
      .object({
        id: z.string(),
        key: z.string(),
        problem: z.enum(['orphan', 'missing']),
        bytes: z.number().nullable(),
        mended: z.enum(['removed', 'remaking', 'forgotten']).nullable(),
      })
      .meta({ id: 'StorageFinding' }),
  ),
  handler: ({ deps, query }) => deps.media.scan.findings(query.after ?? null, query.limit),
});
