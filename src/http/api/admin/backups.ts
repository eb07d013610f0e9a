import { z } from 'zod';
import { backupLimits } from '../../../../config/backup-limits.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import { namePattern, runKinds } from '../../../modules/backups/index.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { emptyEntity } from '../schemas.ts';

const MAX_LISTED = 100;
const DAY_MS = 86_400_000;
const staff = { audience: 'staff', permission: 'storage' } as const;

const moment = (time: Date | null) => time?.toISOString() ?? null;

const runEntity = z
  .object({
    kind: z.enum(runKinds),
    name: z.string().nullable(),
    state: z
      .enum(['running', 'done', 'failed', 'cut-off'])
      .describe('`cut-off`: its process has said nothing for two minutes'),
    step: z.string().nullable().describe('How far it is, in words of the program'),
    started_at: z.string(),
    finished_at: z.string().nullable(),
    fault: z.string().nullable(),
    bytes: z.number(),
    detail: z.record(z.string(), z.number()).describe('What came of it: rows, objects, tables, keys, …'),
  })
  .meta({ id: 'BackupRun' });

export const getBackups = route({
  method: 'get',
  path: '/api/v1/admin/backups',
  summary:
    'Whether there is a recent backup, what became of the last tries, newest first, and how it is set.',
  ...staff,
  scope: 'admin:read',
  output: z
    .object({
      nightly: z.boolean().describe('Whether this server makes them by itself'),
      hour: z.number().describe('When, in UTC'),
      media: z.boolean().describe('Whether copies of the media belong to them'),
      place: z.object({
        address: z.string(),
        sealed: z.boolean().describe('Whether whoever gets at them needs the passphrase'),
      }),
      keeps: z.object({ all_days: z.number(), daily: z.number(), weekly: z.number(), monthly: z.number() }),
      last_good_at: z.string().nullable(),
      last_rehearsal_at: z.string().nullable().describe('When a restore was last tried out, and went well'),
      last_error: z.string().nullable(),
      stale: z.boolean().describe('There has been no good one for 36 hours: somebody has to look'),
      asked: z
        .array(z.object({ kind: z.enum(runKinds), name: z.string().nullable(), asked_at: z.string() }))
        .describe('What the staff asked for and no worker has begun'),
      runs: z.array(runEntity),
    })
    .meta({ id: 'Backups' }),
  handler: async ({ deps: { backups } }) => {
    const [status, runs, asked] = await Promise.all([
      backups.status(),
      backups.runs(MAX_LISTED),
      backups.asked(),
    ]);
    const { isNightly, hour, media } = backups.settings;
    const { address, isSealed } = backups.place();
    const { allMs, daily, weekly, monthly } = backupLimits;
    return {
      ...{ nightly: isNightly, hour, media, place: { address, sealed: isSealed } },
      keeps: { all_days: allMs / DAY_MS, daily, weekly, monthly },
      last_good_at: moment(status.lastGoodAt),
      last_rehearsal_at: moment(status.lastRehearsalAt),
      ...{ last_error: status.lastError, stale: status.isStale },
      asked: asked.map(({ kind, name, askedAt }) => ({ kind, name, asked_at: askedAt.toISOString() })),
      runs: runs.map(({ startedAt, finishedAt, detail, ...run }) => ({
        ...run,
        started_at: startedAt.toISOString(),
        finished_at: moment(finishedAt),
        detail: { ...detail },
      })),
    };
  },
});

export const listKeptBackups = route({
  method: 'get',
  path: '/api/v1/admin/backups/kept',
  summary: 'The backups that lie in their place, newest first, as far as the process that answers sees it.',
  ...staff,
  scope: 'admin:read',
  output: z
    .object({
      problem: z.string().nullable().describe('Why the place cannot be looked into'),
      backups: z.array(
        z.object({
          name: z.string(),
          started_at: z.string(),
          version: z.string(),
          sealed: z.boolean(),
          media: z.boolean().describe('Whether copies of the media belong to it'),
          rows: z.number(),
          objects: z.number(),
          bytes: z.number().describe('Without the copies of media, which backups share'),
        }),
      ),
      unfinished: z.array(z.string()),
      unreadable: z.array(z.string()).describe('Damaged, or sealed with another passphrase'),
    })
    .meta({ id: 'KeptBackups' }),
  handler: async ({ deps: { backups } }) => {
    const kept = await backups.kept();
    if (!kept.ok) {
      return { problem: kept.detail ?? kept.reason, backups: [], unfinished: [], unreadable: [] };
    }
    return {
      problem: null,
      backups: kept.backups.map(({ startedAt, vireo, ...one }) => ({
        ...one,
        ...{ started_at: startedAt, version: vireo },
      })),
      ...{ unfinished: kept.unfinished, unreadable: kept.unreadable },
    };
  },
});

export const askForBackup = route({
  method: 'post',
  path: '/api/v1/admin/backups/ask',
  summary: 'Have a worker make a backup, read one to the last byte, or try a restore of one, within seconds.',
  ...staff,
  scope: 'admin:write',
  body: z.object({
    kind: z.enum(runKinds),
    name: z
      .string()
      .regex(namePattern, 'This is not the name of a backup.')
      .nullish()
      .describe('Null: the newest'),
  }),
  output: emptyEntity,
  handler: async ({ deps, body: { kind, name }, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.backups.ask(tx, actorOf(viewer), { kind, name: kind === 'create' ? null : (name ?? null) }),
    );
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});
