import { z } from 'zod';
import { route } from '../../route.ts';

const MAX_LISTED = 100;

const moment = (time: Date | null) => time?.toISOString() ?? null;

export const getBackups = route({
  method: 'get',
  path: '/api/v1/admin/backups',
  summary: 'Whether there is a recent backup, and what became of the last tries, newest first.',
  audience: 'staff',
  permission: 'storage',
  scope: 'admin:read',
  output: z
    .object({
      nightly: z.boolean().describe('Whether this server makes them by itself'),
      last_good_at: z.string().nullable(),
      last_rehearsal_at: z.string().nullable().describe('When a restore was last tried out, and went well'),
      last_error: z.string().nullable(),
      stale: z.boolean().describe('There has been no good one for 36 hours: somebody has to look'),
      runs: z.array(
        z
          .object({
            kind: z.enum(['create', 'rehearse']),
            name: z.string().nullable(),
            started_at: z.string(),
            finished_at: z.string().nullable(),
            fault: z.string().nullable(),
            bytes: z.number(),
          })
          .meta({ id: 'BackupRun' }),
      ),
    })
    .meta({ id: 'Backups' }),
  handler: async ({ deps: { backups } }) => {
    const [status, runs] = await Promise.all([backups.status(), backups.runs(MAX_LISTED)]);
    return {
      nightly: backups.settings.isNightly,
      last_good_at: moment(status.lastGoodAt),
      last_rehearsal_at: moment(status.lastRehearsalAt),
      last_error: status.lastError,
      stale: status.isStale,
      runs: runs.map(({ kind, name, startedAt, finishedAt, fault, bytes }) => ({
        ...{ kind, name, fault, bytes },
        started_at: startedAt.toISOString(),
        finished_at: moment(finishedAt),
      })),
    };
  },
});

export const getReleases = route({
  method: 'get',
  path: '/api/v1/admin/releases',
  summary: 'Which version runs, and whether there is a newer one.',
  audience: 'staff',
  permission: 'settings',
  scope: 'admin:read',
  output: z
    .object({
      version: z.string().describe('The one that runs'),
      watched: z.boolean().describe('Whether a feed of releases is configured'),
      checked_at: z.string().nullable(),
      last_error: z.string().nullable(),
      newest: z
        .object({ version: z.string(), url: z.string(), security: z.boolean() })
        .nullable()
        .describe('A newer version; `security` where it, or one before it, mends a hole'),
    })
    .meta({ id: 'Releases' }),
  handler: async ({ deps }) => {
    const { running, isWatched, checkedAt, news, lastError } = await deps.releases.status();
    return {
      version: running,
      watched: isWatched,
      checked_at: moment(checkedAt),
      last_error: lastError,
      newest: news && { version: news.version, url: news.url, security: news.isSecurity },
    };
  },
});
