import { z } from 'zod';
import { licenceIds, rightsFields } from '../../../modules/sounds/index.ts';
import { permission } from '../remixes/schemas.ts';
import { accountEntity, withheldEntity } from '../schemas.ts';

/** What is said of the rights to a sound, as it comes in: what is left out stays as it is. */
export const rightsForm = z.object({
  licence: rightsFields.licence
    .describe(`One of ${licenceIds.join(', ')}, or words of its own; empty: none is said`)
    .optional(),
  holder: rightsFields.holder.describe('Whose the rights are').optional(),
  isrc: rightsFields.isrc.describe('Of the recording, with or without hyphens').optional(),
  source_url: rightsFields.sourceUrl.describe('Where the sound is from').optional(),
});

export const rightsEntity = z
  .object({
    licence: z
      .string()
      .describe('An id that is known, or words of its own; empty as all of these: nothing is said'),
    known_licence: z.enum(licenceIds).nullable().describe('The same, where it is known'),
    licence_url: z.string().nullable().describe('What it allows'),
    holder: z.string(),
    isrc: z.string().describe('Without hyphens'),
    source_url: z.string(),
    by_staff: z.boolean().describe('Whether the staff says it: the author cannot change it then'),
  })
  .meta({ id: 'SoundRights' });

/** A sound that videos share. */
export const soundEntity = z
  .object({
    id: z.string(),
    title: z.string().describe('Empty: it has no name'),
    url: z.string().describe('Its page'),
    author: accountEntity
      .nullable()
      .describe('Who posted it first; null where that is not for the viewer to know'),
    video_id: z
      .string()
      .nullable()
      .describe('The video it was heard in first, where the viewer may see that'),
    preview_url: z.string().nullable().describe('The poster of that video'),
    audio_url: z.string().nullable().describe('That video as an MP4, to listen to'),
    duration: z.number().nullable().describe('Of that video, in seconds'),
    uses: z.number().describe('Public and unlisted videos with it, as far as this server knows'),
    history: z
      .array(
        z.object({
          day: z.string().describe('Its first moment, UTC, in seconds since 1970'),
          uses: z.string(),
        }),
      )
      .describe('Uses on each of the last days, the newest first'),
    saved: z.boolean().describe('By the viewer'),
    use: permission
      .nullable()
      .describe('Whether the viewer may make a video with it, and where not, why; null for nobody'),
    withheld: withheldEntity.nullable(),
    here: z
      .enum(['given', 'muted', 'withheld'])
      .nullable()
      .describe('How its videos are given where this is asked from: of one sound alone, null in lists'),
    rights: rightsEntity.nullable().describe('What its author, or the staff, says of the rights to it'),
    own: z.boolean().describe('Whether the viewer may name it, and say whose it is'),
    created_at: z.string(),
  })
  .meta({ id: 'Sound' });

export type SoundEntity = z.input<typeof soundEntity>;
