import { soundLimits } from '../../../config/sound-limits.ts';
import { readFingerprint, type SoundFingerprint } from '../../../media/fingerprint.ts';
import { isTellable } from '../../../media/sound-match.ts';
import type { Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { AccountId, IdSource, SoundId, VideoId } from '../../lib/ids.ts';
import { handOn } from './carrying.ts';
import {
  findListed,
  indexSound,
  type ListedSoundId,
  lockSounds,
  sameSounds,
  unindexSound,
} from './matching.ts';
import { regionsAmong } from './regions.ts';
import { takeToldRights } from './rights.ts';
import { barredAmong, handRuleOn, rulingOf, settleJob } from './rules.ts';

interface AttachDeps {
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
}

/**
 * Gives a video the sound that is heard in it: the one it was made with, a known one that is the same, or else a new one
 * of its own. `print` is null where nothing can be known by it, which is a sound of its own as well. Of what is heard in it, what was
 * decided about counts. Repeating it changes nothing. The row of the video must be locked.
 */
export async function attachSound(
  deps: AttachDeps,
  tx: Tx,
  videoId: VideoId,
  { print: bytes }: { readonly print: Buffer | null },
): Promise<void> {
  const video: VideoRow | undefined = await tx('videos')
    .where({ id: videoId })
    .first('id', 'sound_id', 'account_id', 'sound_title');
  if (!video) return;
  const print = bytes && readFingerprint(bytes);
  const heard = bytes && print && isTellable(print) ? await hear(tx, { bytes, print }) : UNHEARD;
  if (video.sound_id !== null) return hearAtLast(deps, tx, { ...video, sound_id: video.sound_id }, heard);
  if (heard.known) await takeSound(deps, tx, videoId, heard.known.soundId);
  else await ownSound(deps, tx, video, heard);
}

/** What was made from it carries that as well. */
async function takeSound({ enqueue }: AttachDeps, tx: Tx, videoId: VideoId, soundId: SoundId): Promise<void> {
  await tx('videos').where({ id: videoId }).update({ sound_id: soundId });
  await handOn(enqueue, tx, videoId);
}

interface HeardInIt {
  /** Null: nothing can be known by it. */
  readonly findable: { readonly bytes: Buffer; readonly print: SoundFingerprint } | null;
  /** A sound that is known, and is the same; whether something was decided about it. */
  readonly known: { readonly soundId: SoundId; readonly isRuled: boolean } | null;
  readonly listedId: ListedSoundId | null;
}

const UNHEARD: HeardInIt = { findable: null, known: null, listedId: null };

/**
 * What is heard in a video, with nobody else adding a sound meanwhile. Where a song follows another one, both are: that about which the strictest
 * was decided goes first. What is listed and heard beside a sound counts for this video, and not for all others with that sound: else one
 * post of both would silence them.
 */
async function hear(tx: Tx, findable: NonNullable<HeardInIt['findable']>): Promise<HeardInIt> {
  // Two videos with the same new sound would make two of it.
  await lockSounds(tx);
  const ids = await sameSounds(tx, findable.print);
  const ruled = await strictestAmong(tx, ids);
  const [soundId = null] = ruled ? [ruled.soundId] : ids;
  const listedId = await findListed(tx, findable.print);
  const known = soundId && { soundId, isRuled: ruled !== null };
  // The list asks for no more than that.
  if (listedId === null || ruled?.isRefused || (soundId && (await isListed(tx, soundId)))) {
    return { findable, known, listedId: null };
  }
  return { findable: ids.length > 0 ? null : findable, known: null, listedId };
}

/** Of several sounds the one about which the strictest was decided: it is refused, muted, or either of it in some countries. */
async function strictestAmong(
  tx: Tx,
  ids: readonly SoundId[],
): Promise<{ readonly soundId: SoundId; readonly isRefused: boolean } | null> {
  const [barred, regional] = [await barredAmong(tx, ids), await regionsAmong(tx, ids)];
  const muted: SoundId[] = [];
  for (const soundId of ids.filter((id) => barred.has(id))) {
    if ((await rulingOf(tx, soundId))?.action === 'refuse') return { soundId, isRefused: true };
    muted.push(soundId);
  }
  const [soundId] = [...muted, ...ids.filter((id) => regional.has(id))];
  return soundId === undefined ? null : { soundId, isRefused: false };
}

async function isListed(tx: Tx, soundId: SoundId): Promise<boolean> {
  const row = await tx('sounds')
    .join('listed_media', 'listed_media.id', 'sounds.listed_id')
    .where('sounds.id', soundId)
    .first('sounds.id');
  return row !== undefined;
}

/** A sound that is new here. */
async function ownSound(
  deps: AttachDeps,
  tx: Tx,
  { id: videoId, account_id: authorId, sound_title: title }: VideoRow,
  { findable, listedId }: HeardInIt,
): Promise<void> {
  const soundId = deps.ids.next<'sound'>();
  await tx('sounds').insert({
    ...{ id: soundId, title, author_id: authorId, original_id: videoId },
    ...{ print: findable?.bytes ?? null, listed_id: listedId },
  });
  if (findable) await indexSound(tx, soundId, findable.print);
  await takeSound(deps, tx, videoId, soundId);
  await takeToldRights(tx, videoId);
}

/**
 * A sound that was used before anybody here had heard it, as that of its original: from now on it is known by what is
 * heard, or is the known one that is the same. A video that was made with a sound keeps that, whatever is heard in it, but for what more was
 * decided about than about that.
 */
async function hearAtLast(
  deps: AttachDeps,
  tx: Tx,
  video: VideoRow & { readonly sound_id: SoundId },
  heard: HeardInIt,
): Promise<void> {
  const { sound_id: soundId, id: videoId } = video;
  const { findable, known, listedId } = heard;
  const unheard = { id: soundId, original_id: videoId, print: null };
  if (!(await tx('sounds').where(unheard).first('id'))) {
    const strictest = await strictestAmong(tx, known?.isRuled ? [soundId, known.soundId] : [soundId]);
    if (known?.isRuled) {
      if (strictest?.soundId === known.soundId) await takeSound(deps, tx, videoId, known.soundId);
    } else if (listedId !== null && !strictest?.isRefused && !(await isListed(tx, soundId))) {
      await ownSound(deps, tx, video, heard);
    }
  } else if (known) {
    await handRuleOn(deps.enqueue, tx, { from: soundId, to: known.soundId });
    await becomes(tx, soundId, known.soundId);
  } else if (findable || listedId) {
    await tx('sounds')
      .where({ id: soundId })
      .update({ print: findable?.bytes ?? null, listed_id: listedId });
    if (findable) await indexSound(tx, soundId, findable.print);
    // Others have it by now.
    if (listedId) await deps.enqueue(tx, settleJob(soundId));
  }
}

/** The videos of a sound, those that carry it, and who keeps it, go over to another one; it is forgotten with what nobody uses. */
async function becomes(tx: Tx, from: SoundId, to: SoundId): Promise<void> {
  await tx('videos').where({ sound_id: from }).update({ sound_id: to });
  await tx.raw(
    `insert into carried_sounds (video_id, sound_id)
     select video_id, ? from carried_sounds where sound_id = ? on conflict do nothing`,
    [to, from],
  );
  await tx('carried_sounds').where({ sound_id: from }).delete();
  await tx('saved_sounds')
    .where({ sound_id: from })
    .whereNotIn('account_id', (keeping) =>
      keeping.select('account_id').from('saved_sounds').where({ sound_id: to }),
    )
    .update({ sound_id: to });
}

interface VideoRow {
  readonly id: VideoId;
  readonly sound_id: SoundId | null;
  readonly account_id: AccountId;
  readonly sound_title: string;
}

/** Forgets sounds that no video has any more. Returns how many. */
export async function forgetUnused(tx: Tx, now: number): Promise<number> {
  await lockSounds(tx);
  const rows: { id: SoundId; print: Buffer | null }[] = await tx('sounds')
    .where({ uses: 0 })
    // What was decided about one counts for whoever posts it again.
    .whereNotExists((rule) =>
      rule.select('sound_id').from('sound_rules').whereRaw('sound_rules.sound_id = sounds.id'),
    )
    .where('created_at', '<', new Date(now - soundLimits.unusedMs))
    .whereNotExists((used) => used.select('id').from('videos').whereRaw('videos.sound_id = sounds.id'))
    .whereNotExists((carried) =>
      carried.select('video_id').from('carried_sounds').whereRaw('carried_sounds.sound_id = sounds.id'),
    )
    .orderBy('created_at')
    .limit(soundLimits.forgottenAtOnce)
    .select('id', 'print');
  for (const { id, print } of rows) {
    if (print) await unindexSound(tx, id, readFingerprint(print));
  }
  await tx('sounds')
    .whereRaw('id = any(?::bigint[])', [rows.map(({ id }) => id)])
    .delete();
  return rows.length;
}
