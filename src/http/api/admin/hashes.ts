import { z } from 'zod';
import { hashLimits } from '../../../../config/rule-limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { Listed } from '../../../modules/hashes/index.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { emptyEntity } from '../schemas.ts';

const forStaff = { audience: 'staff', permission: 'rules' } as const;

const listedEntity = z
  .object({
    id: z.string(),
    sha256: z.string().nullable(),
    frames: z.number().describe('Of how many frames the hashes are known; 0: only the file is listed'),
    distance: z.number().describe('Bits of 64 by which a frame may differ'),
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
    found_by: z.enum(['file', 'picture']),
    created_at: z.string(),
  })
  .meta({ id: 'ListedMatch' });

const idEntity = z.object({ id: z.string() }).meta({ id: 'ListedId' });

const HEX_PER_FRAME = 16;

const entityOf = ({ phash, createdAt, ...rest }: Listed) => ({
  ...rest,
  frames: (phash?.length ?? 0) / HEX_PER_FRAME,
  created_at: createdAt.toISOString(),
});

const paging = z.object({
  max_id: idSchema().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(40),
});
const pageOf = ({ max_id, limit }: z.output<typeof paging>) => ({
  ...{ maxId: max_id ?? null, minId: null, sinceId: null, limit },
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
  query: paging,
  output: z.array(listedEntity),
  handler: async ({ deps, query }) => (await deps.hashes.list(pageOf(query))).map(entityOf),
});

export const addHash = route({
  method: 'post',
  path: '/api/v1/admin/hashes',
  summary: 'List a video that is here, or what is known of a file or its pictures.',
  ...forStaff,
  scope: 'admin:write',
  body: z.union([
    z.strictObject({
      video_id: idSchema<'video'>(),
      label: z.string().trim().max(hashLimits.maxLabelCharacters).default(''),
    }),
    z
      .strictObject({
        sha256: hex(64),
        phash: hex(hashLimits.maxFrames * HEX_PER_FRAME).describe(
          'Of frames, two a second, 16 hex digits each',
        ),
        distance: z.number().int().min(0).max(hashLimits.maxDistance).default(hashLimits.distance),
        label: z.string().trim().max(hashLimits.maxLabelCharacters).default(''),
      })
      .refine(
        ({ sha256, phash }) => sha256 !== null || phash !== null,
        'Give a SHA-256, or hashes of frames.',
      ),
  ]),
  output: idEntity,
  handler: async ({ deps, body, viewer }) => {
    const by = actorOf(viewer);
    const outcome = await deps.inTx((tx) =>
      'video_id' in body
        ? deps.hashes.addVideo(tx, by, { videoId: body.video_id, label: body.label })
        : deps.hashes.add(tx, by, body),
    );
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
  query: paging,
  output: z.array(matchEntity),
  handler: async ({ deps, query }) =>
    (await deps.hashes.matches(pageOf(query))).map((match) => ({
      ...{ id: match.id, listed_id: match.listedId, video_id: match.videoId, account_id: match.accountId },
      ...{ found_by: match.foundBy, created_at: match.createdAt.toISOString() },
    })),
});
