import { z } from 'zod';
import { videoLimits } from '../../../../config/limits.ts';
import { passwordLimits } from '../../../modules/auth/index.ts';
import { route } from '../../route.ts';

const output = z
  .object({
    domain: z.string(),
    title: z.string(),
    version: z.string(),
    description: z.string(),
    registrations: z.object({
      enabled: z.boolean(),
      approval_required: z.boolean(),
      min_password_length: z.number(),
      max_password_length: z.number(),
    }),
    configuration: z.object({
      media_attachments: z.object({
        video_size_limit: z.number().describe('Bytes'),
        video_duration_limit: z.number().describe('Seconds'),
      }),
      statuses: z.object({ max_characters: z.number() }),
      vapid: z.object({ public_key: z.string() }),
    }),
  })
  .meta({ id: 'Instance' });

export const getInstance = route({
  method: 'get',
  path: '/api/v2/instance',
  summary: 'What this server is, and its limits.',
  audience: 'anyone',
  scope: null,
  output,
  handler: async ({ deps }) => ({
    domain: deps.urls.domain,
    title: deps.config.instance.name,
    version: `4.5.0 (compatible; Vireo ${deps.version})`,
    description: deps.config.instance.description,
    registrations: {
      enabled: deps.auth.registrations !== 'closed',
      approval_required: deps.auth.registrations === 'approval',
      min_password_length: passwordLimits.min,
      max_password_length: passwordLimits.max,
    },
    configuration: {
      media_attachments: {
        video_size_limit: deps.config.video.maxUploadBytes,
        video_duration_limit: deps.config.video.maxDurationSeconds,
      },
      statuses: { max_characters: videoLimits.maxCaptionCharacters },
      vapid: { public_key: deps.push.publicKey },
    },
  }),
});
