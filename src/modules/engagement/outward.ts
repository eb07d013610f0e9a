import { noteInTx } from '../../db/committed.ts';
import type { Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { tellSignals } from '../signals/index.ts';
import type { Shareable } from './commands.ts';
import { COUNTS_CHANGED } from './stats.ts';

/**
 * Counts that somebody sent a video elsewhere: by a message, a link, another app. Once for each person and day (UTC);
 * what the person did with it is not known and not kept. Passing it on to one’s followers is another thing.
 */
export async function shareOutward(
  tx: Tx,
  accountId: AccountId,
  video: Pick<Shareable, 'id' | 'visibility'>,
): Promise<Result<object, 'not-public'>> {
  if (video.visibility !== 'public' && video.visibility !== 'unlisted') {
    return fail('not-public', 'Only videos that everybody may see can be shared.');
  }
  const day = tx.raw(`(now() at time zone 'utc')::date`);
  const rows = await tx('outward_shares')
    .insert({ video_id: video.id, account_id: accountId, day })
    .onConflict(['video_id', 'account_id', 'day'])
    .ignore()
    .returning('video_id');
  if (rows.length === 0) return ok();
  await tx.raw(
    `insert into video_stats as s (video_id, outward_shares) values (?, 1)
     on conflict (video_id) do update set outward_shares = s.outward_shares + 1`,
    [video.id],
  );
  noteInTx(tx, { name: COUNTS_CHANGED, payload: video.id });
  await tellSignals(tx, [{ kind: 'share', actorId: accountId, videoId: video.id, on: true }]);
  return ok();
}
