import { z } from 'zod';
import { mediaLimits } from '../../config/media-limits.ts';
import type { SoundOrder } from '../../media/remix-plan.ts';
import type { Tx } from '../db/database.ts';
import { idSchema, type VideoId } from '../lib/ids.ts';
import type { Viewer } from '../modules/auth/index.ts';
import type { Place } from '../modules/sounds/index.ts';
import type { HttpDeps } from './deps.ts';
import { refused } from './errors.ts';
import { refuseOutside } from './remix-order.ts';

const volume = z.number().min(0).max(1).default(1);

/** The sound of another video that an upload is made with. */
export const soundInput = z.object({
  id: idSchema<'sound'>().describe('The id of the sound'),
  start: z.number().min(0).max(86_400).default(0).describe('Where in it the video begins, in seconds'),
  volumes: z
    .object({ sound: volume.refine((value) => value > 0, 'A sound that nobody hears is none.'), own: volume })
    .default({ sound: 1, own: 1 })
    .describe('Of the sound and of what was recorded: 1 is as loud as videos are here, 0 is silent'),
});

type ChosenSound = z.output<typeof soundInput>;

/** What the media pipeline is told of it. */
export function soundOrderOf({ start, volumes }: ChosenSound): SoundOrder {
  return { kind: 'sound', start, volumes: { original: volumes.sound, own: volumes.own } };
}

/**
 * Writes down which sound an upload that begins is made with, where its author allows it, and has the original brought
 * here meanwhile; throws the refusal otherwise.
 */
export async function attachSound(
  deps: HttpDeps,
  tx: Tx,
  { account }: Viewer,
  {
    id: soundId,
    start,
    videoId,
    place,
  }: ChosenSound & { readonly videoId: VideoId; readonly place: Place | undefined },
): Promise<void> {
  const used = await deps.sounds.use(tx, { accountId: account.id, videoId, soundId, place });
  if (!used.ok) throw refused(used);
  const original = await deps.videos.forViewer(used.originalId, account.id);
  if (original) refuseOutside(original, start + mediaLimits.minDurationSeconds, 0);
  // Made by the time the upload is here, it need not be fetched for this alone.
  if (original && !original.local) await deps.videos.opened(tx, original.id);
}
