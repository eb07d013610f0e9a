import { z } from 'zod';
import { type Archive, archiveStages } from '../../../modules/archives/index.ts';
import type { Viewer } from '../../../modules/auth/index.ts';
import { ApiError } from '../../errors.ts';
import { downloadRoute, route } from '../../route.ts';
import { refuseApps } from '../sessions/own-sessions.ts';

const DOWNLOAD = '/api/v1/exports/archive/download';

const archiveEntity = z
  .object({
    id: z.string(),
    state: z
      .enum(['waiting', 'working', 'ready', 'failed', 'expired'])
      .describe('`waiting` for a worker; `expired`: it was removed'),
    stage: z.enum(archiveStages).nullable().describe('What is being done now'),
    percent: z.number().int().min(0).max(100),
    size: z.number().int().nullable().describe('In bytes, once it is ready'),
    created_at: z.string(),
    finished_at: z.string().nullable(),
    expires_at: z.string().nullable().describe('When it is removed'),
    download_url: z.string().nullable().describe('For the one alone who asked for it; takes ranges'),
  })
  .meta({ id: 'Archive' });

function entityOf(archive: Archive, origin: string): z.input<typeof archiveEntity> {
  const { id, state, stage, percent, bytes, createdAt, finishedAt, expiresAt } = archive;
  return {
    ...{ id, state, stage, percent, size: bytes },
    created_at: createdAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
    expires_at: expiresAt?.toISOString() ?? null,
    download_url: state === 'ready' ? origin + DOWNLOAD : null,
  };
}

export const askForArchive = route({
  method: 'post',
  path: '/api/v1/exports/archive',
  whileFrozen: true,
  summary:
    'Have everything of your account put into one zip, in the background: profile, posts, media, reactions, lists.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: { name: 'archives', points: 10, seconds: 900 },
  output: archiveEntity,
  handler: async ({ deps, viewer }) => {
    refuseApps(viewer);
    const asked = await deps.inTx((tx) => deps.archives.ask(tx, viewer.account.id));
    if (asked.ok) return entityOf(asked.archive, deps.config.origin);
    const { reason, detail, retryAfterSeconds: seconds } = asked;
    const headers = seconds === undefined ? undefined : { 'Retry-After': String(seconds) };
    throw new ApiError(reason, detail, headers && { headers });
  },
});

export const getArchive = route({
  method: 'get',
  path: '/api/v1/exports/archive',
  summary: 'How far your latest archive is, and where it can be fetched.',
  audience: 'signed-in',
  scope: 'read:accounts',
  output: archiveEntity,
  handler: async ({ deps, viewer }) => {
    refuseApps(viewer);
    const archive = await deps.archives.newest(viewer.account.id);
    if (!archive) throw new ApiError('not-found', 'You have not asked for an archive.');
    return entityOf(archive, deps.config.origin);
  },
});

export const downloadArchive = downloadRoute({
  path: DOWNLOAD,
  summary: 'Your archive. A download that broke off goes on with a `Range`.',
  audience: 'signed-in',
  scope: 'read:accounts',
  limit: { name: 'archive-downloads', points: 120, seconds: 900 },
  contentType: 'application/zip',
  handler: async ({ deps, viewer }) => {
    refuseApps(viewer);
    const stored = await deps.archives.stored(viewer.account.id);
    if (!stored) throw new ApiError('not-found', 'There is no archive of yours, or it was removed.');
    return { ...stored, name: nameOf(viewer, stored.createdAt) };
  },
});

/** Such as `alice-2026-03-01.zip`. */
function nameOf({ account }: Viewer, createdAt: Date): string {
  return `${account.username}-${createdAt.toISOString().slice(0, 10)}.zip`;
}
