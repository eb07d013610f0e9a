import { z } from 'zod';
import { route } from '../../route.ts';

const moment = (time: Date | null) => time?.toISOString() ?? null;

export const getReleases = route({
  method: 'get',
  path: '/api/v1/admin/releases',
  summary: 'Which version runs on which schema, and whether there is a newer one.',
  audience: 'staff',
  permission: 'settings',
  scope: 'admin:read',
  output: z
    .object({
      version: z.string().describe('The one that runs'),
      schema: z.object({
        newest: z.string().nullable().describe('The last migration that ran'),
        from_newer: z.boolean().describe('A newer version has migrated, and this process is to be replaced'),
      }),
      watched: z.boolean().describe('Whether a feed of releases is configured'),
      checked_at: z.string().nullable(),
      last_error: z.string().nullable(),
      newest: z
        .object({ version: z.string(), url: z.string(), security: z.boolean() })
        .nullable()
        .describe('A newer version; `security` where it, or one before it, mends a hole'),
    })
    .meta({ id: 'Releases' }),
  handler: async ({ deps: { releases } }) => {
    const [{ running, isWatched, checkedAt, news, lastError }, schema] = await Promise.all([
      releases.status(),
      releases.schema(),
    ]);
    return {
      version: running,
      schema: { newest: schema.newest, from_newer: schema.isFromNewer },
      watched: isWatched,
      checked_at: moment(checkedAt),
      last_error: lastError,
      newest: news && { version: news.version, url: news.url, security: news.isSecurity },
    };
  },
});
