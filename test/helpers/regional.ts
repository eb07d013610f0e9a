import { createHash } from 'node:crypto';
import { mediaKey } from '../../media/keys.ts';
import type { Context } from '../../src/context.ts';
import type { SoundId, VideoId } from '../../src/lib/ids.ts';
import type { Region, RegionalAction } from '../../src/modules/sounds/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { jobRun } from './job-run.ts';

/** Really stores files of a video, in which nothing is to be seen or heard. */
export async function storedFiles({ storage, db }: Pick<Context, 'storage' | 'db'>, id: VideoId) {
  const add = async (role: string, suffix: string, contentType: string) => {
    const bytes = Buffer.from(`${suffix} of ${id}`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = mediaKey(id, sha256, suffix);
    await storage.putBytes(key, bytes, { contentType });
    const about = { key, video_id: id, role, content_type: contentType, bytes: bytes.length, sha256 };
    await db('video_assets').insert({ ...about, height: 1280, width: 720 });
  };
  await add('mp4', '720.mp4', 'video/mp4');
  await add('poster', 'poster.jpg', 'image/jpeg');
  await add('hls-master', 'master.m3u8', 'application/vnd.apple.mpegurl');
}

/** Has a sound refused, or muted, in some countries, and its videos follow. */
export async function refuseIn(
  { sounds, inTx, handlers }: Pick<Context, 'sounds' | 'inTx'> & { handlers: Context['handlers'] },
  soundId: SoundId,
  region: Region | null,
  reason = '',
  action: RegionalAction = 'refuse',
): Promise<void> {
  const rule = { soundId, action, reason, region };
  const made = await inTx((tx) => sounds.setRule(tx, operator, rule));
  if (!made.ok) throw new Error(made.reason);
  const finish = await handlers['sounds.settle']({ soundId }, jobRun());
  if (finish) await inTx(finish);
}
