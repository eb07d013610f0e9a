import { randomUUID } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../src/context.ts';
import { emitter } from '../../src/db/outbox.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { videoEvents } from '../../src/modules/videos/events.ts';

interface Copy {
  readonly author: Account;
  readonly caption: string;
  readonly tag: string;
}

/**
 * Publishes copies of a clip that the pipeline has made: all of its files and facts under an id, an author and a caption
 * of their own. They are what uploads would have left, without the minutes that many uploads take.
 */
export async function publishCopies(context: Context, source: string, copies: readonly Copy[]) {
  const { ids, inTx, urls, config } = context;
  const emit = emitter(videoEvents, ids);
  const media = (id: string) => join(config.dataDir, 'media', 'media', id);
  const publish = async ({ author, caption, tag }: Copy): Promise<VideoId> => {
    const id = ids.next<'video'>();
    await cp(media(source), media(id), { recursive: true });
    const said = {
      ...{ id, uuid: randomUUID(), account_id: author.id, caption, caption_html: `<p>${caption}</p>` },
      ...{ uri: urls.video(id), url: urls.videoPage(author.username, id), published_at: new Date() },
    };
    await inTx(async (tx) => {
      await tx.raw('insert into videos select (jsonb_populate_record(v, ?)).* from videos v where id = ?', [
        JSON.stringify(said),
        source,
      ]);
      await tx.raw(
        `insert into video_assets
         select (jsonb_populate_record(a, jsonb_build_object('video_id', ?::text, 'key', replace(a.key, ?, ?)))).*
         from video_assets a where video_id = ?`,
        [id, `/${source}/`, `/${id}/`, source],
      );
      await tx('video_tags').insert({ tag, video_id: id });
      await emit(tx, 'video.published', { videoId: id });
    });
    return id;
  };
  return Promise.all(copies.map(publish));
}
