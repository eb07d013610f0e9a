import { z } from 'zod';
import { apiLimits } from '../../../../config/limits.ts';
import { hashLimits } from '../../../../config/rule-limits.ts';
import type { Tx } from '../../../db/database.ts';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import { type Listed, listedSoundActions } from '../../../modules/hashes/index.ts';
import type { Actor } from '../../../modules/staff/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { downloadRoute, route } from '../../route.ts';
import { linkPages, pageOf } from '../paging.ts';
import { emptyEntity, pageQuery } from '../schemas.ts';

const forStaff = { audience: 'staff', permission: 'rules' } as const;

const listedEntity = z
  .object({
    id: z.string(),
    sha256: z.string().nullable(),
    frames: z.number().describe('Of how many frames the hashes are known; 0: only the file is listed'),
    distance: z.number().describe('Bits of 64 by which a frame may differ'),
    sound_seconds: z.number().describe('How much of a sound is known; 0: it is not listed by its sound'),
    sound_action: z
      .enum(listedSoundActions)
      .nullable()
      .describe('What happens to videos in which that sound is heard'),
    label: z.string(),
    created_at: z.string(),
  })
  .meta({ id: 'ListedMedia' });

const matchEntity = z
  .object({
    id: z.string(),
    listed_id: z.string().nullable(),
    video_id: z.string(),
    account_id: z.string(),
    acct: z.string().nullable().describe('Null: the account is gone'),
    evidence: z.boolean().describe('Whether the file is kept'),
    found_by: z.enum(['file', 'picture']),
    created_at: z.string(),
  })
  .meta({ id: 'ListedMatch' });

const idEntity = z.object({ id: z.string() }).meta({ id: 'ListedId' });

const HEX_PER_FRAME = 16;
/** Eight values of 32 bits. */
const HEX_PER_SECOND = 64;
const HEX_PER_VALUE = 8;

const entityOf = ({ phash, sound, soundAction, createdAt, ...rest }: Listed) => ({
  ...rest,
  frames: (phash?.length ?? 0) / HEX_PER_FRAME,
  sound_seconds: Math.round((sound?.length ?? 0) / HEX_PER_SECOND),
  sound_action: soundAction,
  created_at: createdAt.toISOString(),
});

const hex = (max: number) =>
  z
    .string()
    .trim()
    .toLowerCase()
    .max(max)
    .regex(/^[0-9a-f]*$/, 'Write hex digits.')
    .nullish()
    .transform((text) => text || null);

export const listHashes = route({
  method: 'get',
  path: '/api/v1/admin/hashes',
  summary: 'Files and videos that must not be posted again, newest first.',
  ...forStaff,
  scope: 'admin:read',
  query: pageQuery,
  output: z.array(listedEntity),
  handler: async ({ deps, query, req, res }) => {
    const listed = await deps.hashes.list(pageOf(query));
    linkPages(req, res, deps.urls.origin, listed, query.limit);
    return listed.map(entityOf);
  },
});

const newListed = z.union([
  z.strictObject({
    video_id: idSchema<'video'>(),
    label: z.string().trim().max(hashLimits.maxLabelCharacters).default(''),
  }),
  z.strictObject({
    sound_id: idSchema<'sound'>(),
    sound_action: z.enum(listedSoundActions).default('refuse'),
    label: z.string().trim().max(hashLimits.maxLabelCharacters).default(''),
  }),
  z
    .strictObject({
      sha256: hex(64),
      phash: hex(hashLimits.maxFrames * HEX_PER_FRAME).describe(
        'Of frames, two a second, 16 hex digits each',
      ),
      distance: z.number().int().min(0).max(hashLimits.maxDistance).default(hashLimits.distance),
      sound: hex(hashLimits.maxSoundValues * HEX_PER_VALUE).describe(
        'Chromaprint within the band of a telephone, 8 hex digits a value, low byte first',
      ),
      sound_action: z.enum(listedSoundActions).default('refuse'),
      label: z.string().trim().max(hashLimits.maxLabelCharacters).default(''),
    })
    .refine(
      ({ sha256, phash, sound }) => sha256 !== null || phash !== null || sound !== null,
      'Give a SHA-256, hashes of frames, or the fingerprint of a sound.',
    ),
]);
type NewListed = z.output<typeof newListed>;

function listing({ hashes }: HttpDeps, tx: Tx, by: Actor, body: NewListed) {
  const { label } = body;
  if ('video_id' in body) return hashes.addVideo(tx, by, { videoId: body.video_id, label });
  if ('sound_id' in body)
    return hashes.addSound(tx, by, { soundId: body.sound_id, action: body.sound_action, label });
  const { sound: print, sound_action: action, ...rest } = body;
  return hashes.add(tx, by, { ...rest, sound: print === null ? null : { print, action } });
}

export const addHash = route({
  method: 'post',
  path: '/api/v1/admin/hashes',
  summary: 'List a video or a sound that is here, or what is known of a file, its pictures or its sound.',
  ...forStaff,
  scope: 'admin:write',
  body: newListed,
  output: idEntity,
  handler: async ({ deps, body, viewer }) => {
    const by = actorOf(viewer);
    const outcome = await deps.inTx((tx) => listing(deps, tx, by, body));
    if (!outcome.ok) throw refused(outcome);
    return { id: outcome.id };
  },
});

export const removeHash = route({
  method: 'delete',
  path: '/api/v1/admin/hashes/:id',
  summary: 'Take something from the list. What it kept away stays away.',
  ...forStaff,
  scope: 'admin:write',
  params: z.object({ id: idSchema<'listed'>() }),
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.hashes.remove(tx, actorOf(viewer), params.id));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

export const listMatches = route({
  method: 'get',
  path: '/api/v1/admin/hashes/matches',
  summary: 'Videos that were kept away because of the list, newest first.',
  ...forStaff,
  scope: 'admin:read',
  query: pageQuery,
  output: z.array(matchEntity),
  handler: async ({ deps, query, req, res }) => {
    const matches = await deps.hashes.matches(pageOf(query));
    linkPages(req, res, deps.urls.origin, matches, query.limit);
    const accounts = await deps.accounts.byIds(matches.map(({ accountId }) => accountId));
    return matches.map((match) => ({
      ...{ id: match.id, listed_id: match.listedId, video_id: match.videoId, account_id: match.accountId },
      acct: accounts.get(match.accountId)?.acct ?? null,
      evidence: match.evidenceKey !== null,
      ...{ found_by: match.foundBy, created_at: match.createdAt.toISOString() },
    }));
  },
});

const importEntity = z
  .object({
    added: z.number(),
    known: z.number(),
    bad: z.array(z.number()).describe('Lines that say nothing that can be used, by their number'),
  })
  .meta({ id: 'ListedImport' });

export const importHashes = route({
  method: 'post',
  path: '/api/v1/admin/hashes/import',
  summary: 'Add the entries of a list as `export` writes it; with `dry_run` they are looked at only.',
  ...forStaff,
  scope: 'admin:write',
  query: z.object({ dry_run: z.enum(['true', 'false']).default('false') }),
  file: {
    types: ['text/csv', 'text/plain', 'application/octet-stream'],
    maxBytes: hashLimits.maxImportBytes,
  },
  output: importEntity,
  handler: async ({ deps, query, file, viewer }) => {
    if (!file) throw new ApiError('validation-failed', 'Send the list as the body, as text/csv.');
    const csv = Buffer.from(file).toString('utf8');
    if (query.dry_run === 'true') {
      const { bad, ...counts } = await deps.hashes.preview(csv, deps.inTx);
      return { ...counts, bad: [...bad] };
    }
    const outcome = await deps.inTx((tx) => deps.hashes.import(tx, actorOf(viewer), csv));
    if (!outcome.ok) throw refused(outcome);
    return { ...outcome.imported, bad: [...outcome.imported.bad] };
  },
});

export const exportHashes = route({
  method: 'get',
  path: '/api/v1/admin/hashes/export',
  summary: 'The whole list, for another server: CSV with sha256, phash, label, sound and sound_action.',
  ...forStaff,
  scope: 'admin:read',
  contentType: 'text/csv',
  output: z.string(),
  handler: async ({ deps, res }) => {
    res.attachment('hash-list.csv');
    return deps.hashes.export();
  },
});

const matchParams = z.object({ id: idSchema<'listed-match'>() });

export const openEvidence = route({
  method: 'post',
  path: '/api/v1/admin/hashes/matches/:id/evidence',
  summary: 'Say why you look at the file of a match: for an hour, you may. It is put on record.',
  ...forStaff,
  scope: 'admin:write',
  params: matchParams,
  body: z.object({ reason: z.string().trim().min(1).max(apiLimits.maxReasonCharacters) }),
  output: z.object({ url: z.string() }).meta({ id: 'ListedEvidence' }),
  handler: async ({ deps, params: { id }, body, viewer }) => {
    const input = { id, reason: body.reason };
    const outcome = await deps.inTx((tx) => deps.hashes.openEvidence(tx, actorOf(viewer), input));
    if (!outcome.ok) throw refused(outcome);
    return { url: `${deps.urls.origin}/api/v1/admin/hashes/matches/${id}/file` };
  },
});

export const getEvidence = downloadRoute({
  path: '/api/v1/admin/hashes/matches/:id/file',
  summary: 'The file of a match, for whoever has said within the hour why.',
  ...forStaff,
  scope: 'admin:read',
  limit: { name: 'hash-evidence', points: 120, seconds: 900 },
  params: matchParams,
  contentType: 'video/mp4',
  handler: async ({ deps, params: { id }, viewer }) => {
    const match = await deps.hashes.opened(actorOf(viewer), id, deps.clock.now());
    if (!match) throw new ApiError('not-found', 'There is no such match, or you have not said why you look.');
    const stored = await deps.hashes.evidenceOf(match);
    if (!stored) throw new ApiError('not-found', 'The file of this match is not kept any more.');
    return { ...stored, name: `evidence-${id}`, etag: `"evidence-${id}"` };
  },
});
