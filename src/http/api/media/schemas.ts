import { z } from 'zod';

export const mediaEntity = z
  .object({
    id: z.string(),
    type: z.literal('video'),
    url: z
      .string()
      .nullable()
      .describe(
        'MP4; null while a video of another server is being copied. Where this server passes on the bytes of another one, MP4 or WebM',
      ),
    preview_url: z.string().nullable(),
    remote_url: z.string().nullable(),
    description: z.string(),
    blurhash: z.string().nullable(),
    thumbhash: z.string().nullable().describe('Base64'),
    preview_webp_url: z.string().nullable().describe('The poster as WebP'),
    teaser_url: z.string().nullable().describe('Three seconds of it, small and silent'),
    storyboard_url: z.string().nullable().describe('WebVTT whose cues name parts of one picture'),
    captions: z.array(
      z.object({
        url: z.string(),
        language: z.string().describe('As in BCP 47; und where it is not known'),
        label: z.string(),
        automatic: z.boolean().describe('Nobody wrote them: a service did'),
      }),
    ),
    preview_remote_url: z.string().nullable(),
    text_url: z.null(),
    meta: z.object({
      length: z.string().optional().describe('Hours, minutes and seconds'),
      original: z.object({
        width: z.number().nullable(),
        height: z.number().nullable(),
        size: z.string().optional(),
        duration: z.number().nullable(),
        aspect: z.number().nullable(),
        frame_rate: z.string().optional().describe('A fraction'),
        bitrate: z.number().optional().describe('Bits per second'),
      }),
      small: z
        .object({ width: z.number(), height: z.number(), size: z.string(), aspect: z.number() })
        .optional()
        .describe('The poster'),
      focus: z
        .object({ x: z.number(), y: z.number() })
        .optional()
        .describe('What matters in the picture: from -1 (left, bottom) to 1 (right, top)'),
    }),
    hls_url: z.string().nullable(),
    dash_url: z.string().nullable(),
    chunks_url: z.string().nullable().describe('JSON with the byte ranges of every size, in pieces of 0.4 s'),
    renditions: z.array(
      z.object({
        url: z.string(),
        width: z.number(),
        height: z.number(),
        bandwidth: z.number(),
        codecs: z.string(),
      }),
    ),
    processing: z
      .object({
        state: z
          .enum(['making', 'copying', 'on-demand', 'elsewhere', 'failed'])
          .describe(
            'making: its author alone sees it until then; on-demand: it is copied here once GET /api/v1/statuses/:id asks for it; elsewhere: it can be watched on its own page only',
          ),
        percent: z.number(),
        detail: z.string().nullable(),
      })
      .nullable()
      .describe('Why there is nothing to play yet; null once there is'),
  })
  .meta({ id: 'Media' });

export type MediaEntity = z.input<typeof mediaEntity>;
