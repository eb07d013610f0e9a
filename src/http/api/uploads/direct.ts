import { z } from 'zod';
import { placeOf } from '../../place.ts';
import { route } from '../../route.ts';
import { uploadMetadata } from '../../upload-begin.ts';
import { abortDirect, beginDirect, completeDirect } from '../../upload-direct.ts';

const uploadParams = z.object({ id: z.string().regex(/^[0-9a-z]{1,64}$/) });
const MAX_PARTS = 10_000;

export const beginDirectUpload = route({
  method: 'post',
  path: '/api/v1/uploads/direct',
  summary:
    'Begin an upload that goes straight to the object storage: PUT each part to its address, keep the ETag of each answer. Where the server does not offer it (404), upload by tus to /api/v1/uploads.',
  audience: 'signed-in',
  scope: 'write:media',
  limit: { name: 'upload', points: 60, seconds: 3_600 },
  body: uploadMetadata.extend({
    bytes: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
    sensitive: z
      .boolean()
      .nullish()
      .transform((value) => (value ? ('true' as const) : value === false ? ('false' as const) : null)),
  }),
  output: z.object({
    id: z.string(),
    video_id: z.string(),
    part_bytes: z.number(),
    parts: z.array(z.object({ number: z.number(), url: z.string(), bytes: z.number() })),
  }),
  handler: async ({ deps, viewer, body, req }) => {
    const { id, videoId, partBytes, parts } = await beginDirect(deps, viewer, {
      ...body,
      place: placeOf(req, deps.config.regions),
    });
    return { id, video_id: videoId, part_bytes: partBytes, parts };
  },
});

export const completeDirectUpload = route({
  method: 'post',
  path: '/api/v1/uploads/direct/:id/complete',
  summary:
    'All parts of a direct upload were sent: make a video of them. Repeat it after an answer that never came; 404 then says that it was done.',
  audience: 'signed-in',
  scope: 'write:media',
  params: uploadParams,
  body: z.object({
    parts: z
      .array(
        z.object({
          number: z.number().int().min(1).max(MAX_PARTS),
          etag: z.string().regex(/^"?[\w.-]{1,128}"?$/),
        }),
      )
      .min(1)
      .max(MAX_PARTS),
  }),
  output: z.object({ video_id: z.string() }),
  handler: async ({ deps, viewer, params, body }) => {
    const parts = body.parts
      .map(({ number, etag }) => ({ partNumber: number, etag: etag.replaceAll('"', '') }))
      .sort((a, b) => a.partNumber - b.partNumber);
    return { video_id: await completeDirect(deps, viewer, params.id, parts) };
  },
});

export const abortDirectUpload = route({
  method: 'delete',
  path: '/api/v1/uploads/direct/:id',
  summary: 'Take a direct upload back, with what was sent of it.',
  audience: 'signed-in',
  scope: 'write:media',
  params: uploadParams,
  output: z.object({}),
  handler: async ({ deps, viewer, params }) => {
    await abortDirect(deps, viewer, params.id);
    return {};
  },
});
