import type { Tx } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { editVideo, type VideoCommandDeps } from './commands.ts';
import type { VideoDetails, VideoRow } from './model.ts';
import { mayBecome, ruleColumns, type VideoRules } from './rules.ts';

/** Changes a video of this server: what it says, where `details` are given, and its rules. Others are told once. */
export async function changeVideo(
  deps: VideoCommandDeps,
  tx: Tx,
  change: {
    readonly videoId: VideoId;
    readonly accountId: AccountId;
    readonly details: Omit<VideoDetails, 'visibility'> | null;
    readonly rules: VideoRules;
  },
): Promise<Result<object, 'not-found' | 'visibility-fixed'>> {
  const { videoId, accountId, details, rules } = change;
  const row: VideoRow | undefined = await tx('videos')
    .where({ id: videoId, account_id: accountId, local: true })
    .forUpdate()
    .first();
  if (!row) return fail('not-found', 'There is no such video.');
  if (rules.visibility !== undefined && !mayBecome(row, rules.visibility)) {
    return fail(
      'visibility-fixed',
      'Other servers know this video: its audience can be made wider, and no narrower. Delete it instead.',
    );
  }
  const columns = ruleColumns(rules);
  if (Object.keys(columns).length > 0) await tx('videos').where({ id: videoId }).update(columns);
  if (details) return editVideo(deps, tx, videoId, accountId, details);
  if (row.state === 'published' && !row.unannounced && Object.keys(columns).length > 0) {
    await deps.emit(tx, 'video.updated', { videoId });
  }
  return ok();
}
