import { createHash } from 'node:crypto';
import { mediaKey } from '../../media/keys.ts';
import { contentTypeOf } from '../../media/storage/storage.ts';
import type { Context } from '../../src/context.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Visibility } from '../../src/modules/videos/index.ts';
import type { VideoState } from '../../src/modules/videos/model.ts';

export interface VideoFacts {
  /** Default: a new one. */
  readonly id?: string;
  readonly visibility?: Visibility;
  readonly state?: VideoState;
  readonly caption?: string;
  /** Uploaded as media, for a post that is not written yet. */
  readonly awaitsPost?: boolean;
  /** The roles of the objects it has. Their bytes are only stored by `storeObject`. */
  readonly assets?: readonly ('mp4' | 'poster' | 'hls-master' | 'cmaf')[];
}

const suffixes = { mp4: '720.mp4', poster: 'poster.jpg', 'hls-master': 'master.m3u8', cmaf: '720-cmaf.mp4' };

/** Makes videos without processing any: rows as the pipeline leaves them, at any step. */
export function createVideoFactory({ db, ids, inTx, urls, videos }: Context) {
  async function video(account: Account, facts: VideoFacts = {}): Promise<VideoId> {
    const {
      visibility = 'public',
      state = 'published',
      caption = 'A clip',
      assets = ['mp4', 'poster'],
    } = facts;
    const local = account.domain === null;
    const id = (facts.id as VideoId | undefined) ?? ids.next<'video'>();
    await db('videos').insert({
      id,
      account_id: account.id,
      local,
      uri: local ? urls.video(id) : `${account.actorUri}/videos/${id}`,
      url: local ? urls.videoPage(account.username, id) : `${account.url}/${id}`,
      state,
      visibility,
      caption: local ? caption : '',
      caption_html: `<p>${caption}</p>`,
      awaits_post: facts.awaitsPost ?? false,
      hold: state === 'held',
      media_state: ['published', 'draft', 'held'].includes(state) ? 'ready' : 'working',
      published_at: state === 'published' ? new Date() : null,
      width: 720,
      height: 1280,
      duration_seconds: 5,
    });
    if (assets.length > 0) {
      await db('video_assets').insert(
        assets.map((role) => {
          const sha256 = createHash('sha256').update(`${id} ${role}`).digest('hex');
          const key = mediaKey(id, sha256, suffixes[role]);
          return { key, video_id: id, role, content_type: contentTypeOf(key), bytes: 10, sha256 };
        }),
      );
    }
    return id;
  }
  return {
    video,
    /** One that was published and is deleted: its tombstone stays. */
    async deleted(account: Account, facts: VideoFacts = {}): Promise<VideoId> {
      const id = await video(account, facts);
      await inTx((tx) => videos.remove(tx, id, account.id));
      return id;
    },
  };
}

export type VideoFactory = ReturnType<typeof createVideoFactory>;
