import { soundLimits } from '../../../config/sound-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Clock } from '../../lib/clock.ts';
import type { SoundId, VideoId } from '../../lib/ids.ts';

export interface TellDeps {
  readonly enqueue: Enqueue;
  readonly clock: Clock;
}

/**
 * Other servers read of a sound what the video says that it was heard in first: they are told of that anew, where it is of this server. A little
 * later, so that somebody who corrects a name twice tells them once.
 */
export async function tellSoon({ enqueue, clock }: TellDeps, tx: Tx, soundId: SoundId): Promise<void> {
  const row: { id: VideoId } | undefined = await tx('videos')
    .join('sounds', 'sounds.original_id', 'videos.id')
    .where({ 'sounds.id': soundId, 'videos.local': true, 'videos.state': 'published' })
    .first('videos.id');
  if (!row) return;
  const runAt = new Date(clock.now() + soundLimits.toldAfterMs);
  await enqueue(tx, {
    ...{ name: 'sounds.tell' as const, payload: { videoId: row.id }, key: `sounds.tell:${row.id}`, runAt },
  });
}
