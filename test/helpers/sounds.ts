import { fingerprintBytes, type SoundFingerprint } from '../../media/fingerprint.ts';
import type { Context } from '../../src/context.ts';
import type { Tx } from '../../src/db/database.ts';
import type { SoundId, VideoId } from '../../src/lib/ids.ts';
import type { Result } from '../../src/lib/result.ts';
import { soundsLike } from '../../src/modules/sounds/matching.ts';
import type { Actor } from '../../src/modules/staff/index.ts';

/** Tells what is heard in a video as the job that makes one does in its last step; null: nothing that can be told from others. */
export async function heardIn(
  { inTx, sounds, db }: Pick<Context, 'inTx' | 'sounds' | 'db'>,
  id: VideoId,
  print: SoundFingerprint | null = null,
): Promise<SoundId> {
  await inTx(async (tx) => {
    await tx('videos').where({ id }).forUpdate().first('id');
    await sounds.attach(tx, id, { print: print && fingerprintBytes(print) });
  });
  const row = await db('videos').where({ id }).first('sound_id');
  return row.sound_id;
}

/** The known sound that is most like what is heard; null where none comes near. */
export const findSound = async (db: Context['db'], print: SoundFingerprint) =>
  (await soundsLike(db, print))[0] ?? null;

/** A sound about which somebody of the staff has decided that its videos are muted. */
export async function ruledSound(
  { ids, sounds }: Pick<Context, 'ids' | 'sounds'>,
  tx: Tx,
  by: Actor,
): Promise<SoundId> {
  const soundId = ids.next<'sound'>();
  await tx('sounds').insert({ id: soundId });
  const made = await sounds.setRule(tx, by, { soundId, action: 'mute', reason: '' });
  if (!made.ok) throw new Error(made.reason);
  return soundId;
}

/** What the staff decides about a sound, each with what has to be so before it. */
export function soundTrials(context: Pick<Context, 'ids' | 'sounds'>, boss: Actor) {
  const { sounds } = context;
  const before = (tx: Tx): Promise<SoundId> => ruledSound(context, tx, boss);
  const done = async (made: Promise<Result<object, string>>): Promise<void> => {
    const outcome = await made;
    if (!outcome.ok) throw new Error(outcome.reason);
  };
  return {
    'sound.rule': { deed: before },
    'sound.unrule': {
      before,
      deed: (tx: Tx, soundId: SoundId) => done(sounds.removeRule(tx, boss, { soundId })),
    },
    'sound.rights': {
      before,
      deed: (tx: Tx, soundId: SoundId) =>
        done(sounds.setRights(tx, boss, { soundId, rights: { holder: 'Rain Records' }, reason: '' })),
    },
  };
}

/** The fingerprint of a sound that is like no other of another seed. */
export const printOfSound = (seed: number, length = 140): SoundFingerprint =>
  Uint32Array.from({ length }, (_, n) => Math.imul(seed * 7_919 + n, 0x9e3779b1) >>> 0);
