import { z } from 'zod';
import { mediaEntity } from '../media/schemas.ts';
import { originalAuthor, remixOfEntity } from '../remixes/schemas.ts';
import { accountEntity, processingEntity, withheldEntity } from '../schemas.ts';

/** A video for clients that are made for videos; what a status says, under the names of that trade. */
export const videoEntity = z
  .object({
    id: z.string(),
    status: processingEntity.shape.state.describe('To everybody but its author: published'),
    created_at: z.string(),
    scheduled_at: z.string().nullable().describe('When it is posted, where it waits for that'),
    edited_at: z.string().nullable(),
    uri: z.string().describe('Its ActivityPub id'),
    url: z.string(),
    author: accountEntity,
    caption: z.string().describe('HTML, safe to show'),
    hashtags: z.array(z.string()),
    content_warning: z.string(),
    sensitive: z.boolean(),
    alt_text: z.string(),
    language: z.string().nullable(),
    visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
    duration: z.number().nullable().describe('Seconds'),
    width: z.number().nullable(),
    height: z.number().nullable(),
    poster_url: z.string().nullable(),
    blurhash: z.string().nullable(),
    playback_urls: z.object({
      hls: z.string().nullable(),
      dash: z.string().nullable(),
      mp4: z.string().nullable(),
      qualities: z
        .array(z.object({ short_side: z.number(), width: z.number(), height: z.number(), url: z.string() }))
        .describe('Fragmented MP4, largest first'),
    }),
    captions: mediaEntity.shape.captions,
    sound: z
      .object({
        id: z.string().nullable().describe('Null until it was looked for who else has it'),
        title: z.string().describe('As its author calls it; empty where it has no name'),
        original: z.boolean().describe('Whether it was heard in this video first'),
        account: originalAuthor
          .nullable()
          .describe(
            'Whose it is, where the video was made with it; null where it is its own, or was only heard',
          ),
        muted: z.boolean().describe('Whether those who run this server have the video played without it'),
        withheld: withheldEntity.nullable(),
      })
      .nullable()
      .describe('What is heard in it, which other videos may have as well; null where that is nothing'),
    remix_of: remixOfEntity.nullable().describe('What it was made from; null where that is no other video'),
    permissions: z
      .object({
        ...{ comment: z.boolean(), download: z.boolean(), duet: z.boolean(), stitch: z.boolean() },
        sound: z.boolean(),
        ask: z
          .boolean()
          .describe('Of duets and stitches that are allowed: each waits for its author to agree'),
      })
      .describe('What its author lets others do with it'),
    download_url: z
      .string()
      .nullable()
      .describe('The MP4 to keep; null where its author does not want that, or there is none yet'),
    stats: z.object({
      views: z.number().describe('How often it was watched here'),
      likes: z.number(),
      comments: z.number(),
      shares: z.number().describe('How often it was sent out of the app'),
      reposts: z.number().describe('How often it was passed on to followers: a boost'),
      saves: z.number().describe('How many keep it among their bookmarks'),
      remixes: z.number().describe('Duets and stitches of it'),
    }),
    viewer: z
      .object({ liked: z.boolean(), reposted: z.boolean(), saved: z.boolean() })
      .describe('What the one who asks has done with it'),
  })
  .meta({ id: 'Video' });

export type VideoEntity = z.input<typeof videoEntity>;
