import { z } from 'zod';
import { mediaLimits, remixLimits } from '../../config/media-limits.ts';
import { duetLayouts, duetSounds, type RemixOrder } from '../../media/remix-plan.ts';
import type { Tx } from '../db/database.ts';
import { idSchema, type VideoId } from '../lib/ids.ts';
import { fail } from '../lib/result.ts';
import type { Viewer } from '../modules/auth/index.ts';
import type { Video } from '../modules/videos/index.ts';
import type { HttpDeps } from './deps.ts';
import { refused } from './errors.ts';

const of = idSchema<'video'>().describe('The id of the video that this one answers to');
const volume = z.number().min(0).max(1).default(1);
const seconds = z.number().min(0).max(86_400);

/** How an upload is put together with another video. */
export const remixInput = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('duet'),
    of,
    layout: z
      .enum(duetLayouts)
      .default('side_by_side')
      .describe('The own picture is the left one, the upper one, or the small one'),
    sound: z.enum(duetSounds).default('mix'),
    volumes: z
      .object({ original: volume, own: volume })
      .default({ original: 1, own: 1 })
      .describe('Of a mix: 1 is as loud as videos are here'),
  }),
  z.object({
    kind: z.literal('stitch'),
    of,
    clip: z
      .object({ start: seconds, end: seconds })
      .refine(
        ({ start, end }) =>
          end - start >= mediaLimits.minDurationSeconds && end - start <= remixLimits.maxClipSeconds,
        `Choose a part of ${mediaLimits.minDurationSeconds} to ${remixLimits.maxClipSeconds} seconds.`,
      )
      .describe('The part of the other video that it begins with, in seconds of that'),
  }),
]);

type OrderedRemix = z.output<typeof remixInput>;

/** What the media pipeline is told of it. */
export function orderOf({ of: _, ...order }: OrderedRemix): RemixOrder {
  return order;
}

/** Throws where a part of a video ends after it does. */
export function refuseOutside(
  { durationSeconds: length }: Pick<Video, 'durationSeconds'>,
  end: number,
  tolerance: number = mediaLimits.durationToleranceSeconds,
): void {
  if (length === null || end <= length + tolerance) return;
  throw refused(
    fail(
      'clip-outside',
      `The original is ${length.toFixed(1)} seconds long. Choose a part that lies within it.`,
    ),
  );
}

/**
 * Writes down what an upload that begins answers to, where the author of that allows it, and has the original brought
 * here meanwhile; throws the refusal otherwise.
 */
export async function attachRemix(
  deps: HttpDeps,
  tx: Tx,
  { account }: Viewer,
  videoId: VideoId,
  remix: OrderedRemix,
): Promise<void> {
  const order = orderOf(remix);
  const layout = order.kind === 'duet' ? order.layout : null;
  const attached = await deps.remixes.attach(tx, {
    account,
    videoId,
    originalId: remix.of,
    kind: order.kind,
    layout,
    carriesSound: order.kind === 'stitch' || order.sound !== 'own',
  });
  if (!attached.ok) throw refused(attached);
  const { original } = attached;
  if (order.kind === 'stitch') refuseOutside(original, order.clip.end);
  // Made by the time the upload is here, it need not be fetched for this alone.
  if (!original.local) await deps.videos.opened(tx, original.id);
}
