import { portabilityLimits } from '../../../../config/account-limits.ts';
import { visibleTo } from '../../../db/visibility.ts';
import type { SoundId } from '../../../lib/ids.ts';
import { fail, ok } from '../../../lib/result.ts';
import type { LibraryPart } from './part.ts';

/** Sounds that somebody keeps, each by a clip that it is heard in: its own address says nothing to another server. */
export const soundsPart: LibraryPart = {
  async rows({ db }, accountId) {
    const heardIn = () =>
      db('videos').modify(visibleTo(accountId, 'shown')).whereRaw('videos.sound_id = saved_sounds.sound_id');
    const rows: { first: string | null; any: string | null }[] = await db('saved_sounds')
      .join('sounds', 'sounds.id', 'saved_sounds.sound_id')
      .where('saved_sounds.account_id', accountId)
      .orderBy('saved_sounds.id')
      .limit(portabilityLimits.maxExportRows)
      .select(heardIn().whereRaw('videos.id = sounds.original_id').select('videos.uri').as('first'))
      .select(heardIn().orderBy('videos.id').limit(1).select('videos.uri').as('any'));
    return rows.flatMap(({ first, any }) => {
      const name = first ?? any;
      return name === null ? [] : { name };
    });
  },

  there: (_deps, tx, accountId) =>
    tx('saved_sounds')
      .join('sounds', 'sounds.id', 'saved_sounds.sound_id')
      .leftJoin('videos', 'videos.id', 'sounds.original_id')
      .where('saved_sounds.account_id', accountId)
      .select(tx.raw(`sounds.id::text as names, e'\\n' || coalesce(videos.uri, '') as name`)),

  async add({ sounds }, tx, { id }, named) {
    const videoId = 'post' in named && 'videoId' in named.post ? named.post.videoId : null;
    const video: { sound_id: SoundId | null } | undefined = await tx('videos')
      .where({ id: videoId })
      .first('sound_id');
    const soundId = video?.sound_id ?? null;
    const known = soundId !== null && (await sounds.among([soundId], id)).has(soundId);
    if (!known || soundId === null) {
      return fail(
        'not-found',
        'What is heard in this clip is not known here yet. Bring this line again once the clip plays here.',
      );
    }
    await sounds.save(tx, id, soundId);
    return ok({ names: soundId });
  },

  take: ({ sounds }, tx, { id }, names) => sounds.unsave(tx, id, names as SoundId),
};
