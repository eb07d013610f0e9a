import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../src/context.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createVideoFactory, type VideoFacts } from './factories.ts';
import { clip, ffmpegRaw } from './media-samples.ts';

/**
 * Makes published clips that can be watched, without a worker: rows of the factory, with one small file for all of them in the storage.
 * Their three seconds that move are the clip itself.
 */
export async function createClipFactory(context: Context) {
  const { db, storage } = context;
  const { video } = createVideoFactory(context);
  const directory = await mkdtemp(join(tmpdir(), 'vireo-clips-'));
  const file = await clip(directory, 'clip.mp4', { size: '180x320', seconds: 2 });
  const poster = join(directory, 'poster.jpg');
  await ffmpegRaw('-i', file, '-frames:v', '1', poster);
  const bytes = { mp4: await readFile(file), poster: await readFile(poster) };
  await rm(directory, { recursive: true });

  return async function playable(
    account: Account,
    { tags = [], ...facts }: VideoFacts & { readonly tags?: readonly string[] } = {},
  ): Promise<VideoId> {
    const id = await video(account, facts);
    const rows: { key: string; role: 'mp4' | 'poster'; content_type: string }[] = await db('video_assets')
      .where({ video_id: id })
      .select('key', 'role', 'content_type');
    for (const { key, role, content_type: contentType } of rows) {
      await storage.putBytes(key, bytes[role], { contentType });
    }
    const mp4 = rows.find(({ role }) => role === 'mp4');
    if (mp4) {
      await db('video_assets').where({ key: mp4.key }).update({ codecs: 'avc1.64001f,mp4a.40.2' });
      const key = mp4.key.replace('720.mp4', 'preview.mp4');
      await storage.putBytes(key, bytes.mp4, { contentType: 'video/mp4' });
      const about = { key, video_id: id, role: 'preview', content_type: 'video/mp4' };
      await db('video_assets').insert({ ...about, bytes: bytes.mp4.length, sha256: 'f'.repeat(64) });
    }
    if (tags.length > 0) await db('video_tags').insert(tags.map((tag) => ({ tag, video_id: id })));
    return id;
  };
}
