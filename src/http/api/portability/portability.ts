import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { portabilityLimits } from '../../../../config/account-limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import {
  exportKinds,
  type ImportProgress,
  importKinds,
  importModes,
} from '../../../modules/portability/index.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { refuseApps } from '../sessions/own-sessions.ts';

const importEntity = z
  .object({
    id: z.string(),
    type: z.enum(importKinds),
    mode: z.enum(importModes),
    total: z.number().int(),
    done: z.number().int().describe('Lines that were tried'),
    failed: z.number().int(),
    failures: z.array(z.object({ name: z.string(), reason: z.string() })).describe('The first of them'),
    created_at: z.string(),
    finished_at: z.string().nullable(),
    cancelled_at: z.string().nullable().describe('When it was ended early, since you left'),
  })
  .meta({ id: 'Import' });

function entityOf(progress: ImportProgress): z.input<typeof importEntity> {
  const { kind, failures, createdAt, finishedAt, cancelledAt, ...rest } = progress;
  return {
    ...rest,
    failures: [...failures],
    type: kind,
    created_at: createdAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
    cancelled_at: cancelledAt?.toISOString() ?? null,
  };
}

const importId = z.object({ id: idSchema<'import'>() });

export const exportCsv = route({
  method: 'get',
  path: '/api/v1/exports/:kind',
  summary:
    'Whom you follow, block or mute, your lists and bookmarks, or who follows you, as a CSV file that Mastodon reads.',
  audience: 'signed-in',
  scope: 'read:accounts',
  limit: { name: 'exports', points: 30, seconds: 900 },
  params: z.object({
    kind: z
      .string()
      .max(40)
      .describe(`One of ${exportKinds.join(', ')}, and .csv`),
  }),
  contentType: 'text/csv',
  output: z.string(),
  handler: async ({ deps, params, viewer, res }) => {
    refuseApps(viewer);
    const kind = exportKinds.find((one) => params.kind === `${one}.csv`);
    if (kind === undefined) throw new ApiError('not-found');
    res.attachment(params.kind);
    return deps.portability.csvOf(viewer.account.id, kind);
  },
});

export const importCsv = route({
  method: 'post',
  path: '/api/v1/import',
  summary:
    'Follow, block, mute, list or bookmark what a CSV file names, in the background. `overwrite` also takes away what it does not name.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: { name: 'imports', points: 10, seconds: 900 },
  fileParts: { data: { types: ['text/*', 'application/*'], maxBytes: portabilityLimits.maxFileBytes } },
  body: z.object({ type: z.enum(importKinds), mode: z.enum(importModes).default('merge') }),
  output: z.object({ id: z.string(), total: z.number().int() }),
  handler: async ({ deps, body, files, viewer }) => {
    refuseApps(viewer);
    if (!files.data) throw new ApiError('validation-failed', 'data: Send the CSV file in this field.');
    const read = deps.portability.read(body.type, await readFile(files.data.path, 'utf8'));
    if (!read.ok) throw refused(read);
    const begun = await deps.inTx((tx) =>
      deps.portability.begin(tx, viewer.account.id, { kind: body.type, mode: body.mode, rows: read.rows }),
    );
    if (!begun.ok) throw refused(begun);
    return { id: begun.id, total: read.rows.length };
  },
});

export const listImports = route({
  method: 'get',
  path: '/api/v1/imports',
  summary: 'How far the files have got that you brought, the latest first.',
  audience: 'signed-in',
  scope: 'read:accounts',
  output: z.array(importEntity),
  handler: async ({ deps, viewer }) => {
    refuseApps(viewer);
    const imports = await deps.portability.importsOf(viewer.account.id);
    return imports.map(entityOf);
  },
});

export const getImport = route({
  method: 'get',
  path: '/api/v1/imports/:id',
  summary: 'How far one of them has got.',
  audience: 'signed-in',
  scope: 'read:accounts',
  params: importId,
  output: importEntity,
  handler: async ({ deps, params, viewer }) => {
    refuseApps(viewer);
    const found = await deps.portability.importOf(viewer.account.id, params.id);
    if (!found) throw new ApiError('not-found');
    return entityOf(found);
  },
});

export const importFailures = route({
  method: 'get',
  path: '/api/v1/imports/:id/failures',
  summary: 'The lines that failed, each with its reason: put right, the file can be brought again.',
  audience: 'signed-in',
  scope: 'read:accounts',
  limit: { name: 'exports', points: 30, seconds: 900 },
  params: importId,
  contentType: 'text/csv',
  output: z.string(),
  handler: async ({ deps, params, viewer, res }) => {
    refuseApps(viewer);
    const csv = await deps.portability.failuresOf(viewer.account.id, params.id);
    if (csv === null) throw new ApiError('not-found');
    res.attachment(`failures-${params.id}.csv`);
    return csv;
  },
});
