import type { Db, Tx } from '../../db/database.ts';
import { type UnlistedDomains, visibleTo } from '../../db/visibility.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { AccountId, IdSource, SoundId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { carrySoon, handOn } from './carrying.ts';
import { SOURCE_COLUMNS, type SoundRefusal, type SourceRow, usable } from './policy.ts';
import { factsOfRegion, isWithin, type Place, regionsAmong } from './regions.ts';
import { takeToldRights } from './rights.ts';
import { barredAmong, hasRules, settleJob } from './rules.ts';

interface UseDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly unlistedDomains: UnlistedDomains;
}

/** A sound that may be used, and the video that it is taken from. */
export interface UsableSound {
  readonly soundId: SoundId;
  readonly originalId: VideoId;
  readonly originalUri: string;
}

/** Who may make videos with a sound, and which videos were made with one. */
export function soundUses({ db, ids, enqueue, unlistedDomains }: UseDeps) {
  async function seenSource(
    conn: Db | Tx,
    viewerId: AccountId,
    originalId: VideoId | null,
  ): Promise<SourceRow | null> {
    if (originalId === null) return null;
    const row: SourceRow | undefined = await conn('videos')
      .where({ 'videos.id': originalId, 'videos.state': 'published' })
      .modify(visibleTo(viewerId, unlistedDomains))
      .first(SOURCE_COLUMNS);
    return row ?? null;
  }

  /**
   * Whether this account may make a video with a sound, and what that is taken from: the one answer to it. `place` is where they ask from,
   * which counts when a video is begun.
   */
  async function mayUse(
    conn: Db | Tx,
    viewerId: AccountId,
    soundId: SoundId,
    place?: Place,
  ): Promise<Result<UsableSound, SoundRefusal>> {
    const sound = await conn('sounds').where({ id: soundId }).first('original_id');
    if (!sound) return fail('sound-not-found', 'There is no such sound here.');
    const row = await seenSource(conn, viewerId, sound.original_id);
    const allowed = usable(row, viewerId, (await barredAmong(conn, [soundId])).has(soundId));
    if (!allowed.ok) return allowed;
    const region = place && (await regionsAmong(conn, [soundId])).get(soundId);
    if (region && isWithin(region, place)) return fail('sound-region', factsOfRegion(region, place));
    // Without a source nothing is usable.
    if (row === null) throw new Error('A sound without an original was said to be usable.');
    return ok({ soundId, originalId: row.id, originalUri: row.uri });
  }

  return {
    mayUse,

    /** Writes down that a video that begins is made with a sound: it is among the videos of that from now on. */
    async use(
      tx: Tx,
      use: {
        readonly accountId: AccountId;
        readonly videoId: VideoId;
        readonly soundId: SoundId;
        readonly place: Place | undefined;
      },
    ): Promise<Result<UsableSound, SoundRefusal>> {
      const { accountId, videoId, soundId } = use;
      const found = await mayUse(tx, accountId, soundId, use.place);
      if (!found.ok) return found;
      await tx('videos')
        .where({ id: videoId, account_id: accountId })
        .update({ sound_id: soundId, sound_of_id: found.originalId, sound_of_uri: found.originalUri });
      return found;
    },

    /** Videos of other servers that are new here: those that say whose sound they have are looked into, in the background. */
    async onDiscovered(tx: Tx, events: readonly { readonly videoId: VideoId }[]): Promise<void> {
      const claimed: VideoId[] = await tx('videos')
        .whereIn(
          'id',
          events.map(({ videoId }) => videoId),
        )
        .where({ local: false, sound_of_id: null })
        .whereNotNull('sound_of_uri')
        .pluck('id');
      await enqueue(
        tx,
        claimed.map((videoId) => ({
          ...{ name: 'sounds.check' as const, payload: { videoId }, key: `sound:${videoId}` },
        })),
      );
      // What they say that they carry is known, where the original was here before them.
      const remixes: VideoId[] = await tx('carried_sounds')
        .whereIn(
          'video_id',
          events.map(({ videoId }) => videoId),
        )
        .distinct()
        .pluck('video_id');
      await carrySoon(enqueue, tx, remixes);
    },

    /** What a video of another server says whose sound it has; null where it says nothing, or that was seen to. */
    async claimOf(videoId: VideoId): Promise<string | null> {
      const row = await db('videos')
        .where({ id: videoId, local: false, sound_of_id: null })
        .first('sound_of_uri');
      return row?.sound_of_uri ?? null;
    },

    /**
     * Another server says that its video has the sound of this one. It counts where the author of that lets its author
     * use it; what was heard in it until then, and may be the mix of both, is forgotten with what nobody uses.
     */
    async credit(tx: Tx, videoId: VideoId, originalId: VideoId): Promise<Result<object, SoundRefusal>> {
      const video = await tx('videos').where({ id: videoId }).forUpdate().first('account_id');
      if (!video) return fail('sound-not-found', 'There is no such video here.');
      const row = await seenSource(tx, video.account_id, originalId);
      const allowed = usable(row, video.account_id);
      if (!allowed.ok) return allowed;
      const soundId = await soundOf(tx, originalId);
      await tx('videos').where({ id: videoId }).update({ sound_id: soundId, sound_of_id: originalId });
      // What was decided about it counts for one more video.
      if (await hasRules(tx)) await enqueue(tx, settleJob(soundId));
      await handOn(enqueue, tx, videoId);
      return ok();
    },
  };

  /** The sound of a video; one that was not listened to yet gets one, which is found once it is heard. */
  async function soundOf(tx: Tx, videoId: VideoId): Promise<SoundId> {
    const video = await tx('videos')
      .where({ id: videoId })
      .forUpdate()
      .first('sound_id', 'account_id', 'sound_title');
    if (video?.sound_id) return video.sound_id;
    const soundId = ids.next<'sound'>();
    await tx('sounds').insert({
      ...{ id: soundId, title: video?.sound_title ?? '', author_id: video?.account_id, original_id: videoId },
    });
    await tx('videos').where({ id: videoId }).update({ sound_id: soundId });
    await takeToldRights(tx, videoId);
    await handOn(enqueue, tx, videoId);
    return soundId;
  }
}
