import type { Knex } from 'knex';
import { soundLimits } from '../../../config/sound-limits.ts';
import { readFingerprint } from '../../../media/fingerprint.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { JobRun } from '../../jobs/registry.ts';
import type { AuditId, MeasureId, SoundId, VideoId } from '../../lib/ids.ts';
import { nextWithSound, soundsOf } from './carrying.ts';
import { findListed } from './matching.ts';
import { regionsAmong } from './regions.ts';
import { factsOf, type Ruling, rulingOf } from './rules.ts';

/**
 * What rules do to the videos with a sound: by measures alone (ADR 0043), so that each is told, appealed against and taken back like any
 * other; those for some countries are none (ADR 0084, ADR 0085).
 */

export interface SettleDeps {
  readonly db: Db;
  readonly inTx: InTx;
  /**
   * Takes the measure that mutes a video, and gives its id; null where nothing changed: the staff has muted it, which stays so when
   * the rule goes, or it belongs to the staff, which is left to a person.
   */
  readonly mute: (tx: Tx, videoId: VideoId, facts: string) => Promise<MeasureId | null>;
  /** Takes such a measure back, by its entry in the log. */
  readonly unmute: (tx: Tx, auditId: AuditId, reason: string) => Promise<unknown>;
  /** Has what is given of a video where its sound is muted made, or removed, where that is due. */
  readonly resound: (tx: Tx, videoId: VideoId) => Promise<void>;
  /** Copies what was refused for its sound, now that it is not refused any more. */
  readonly readmit: (tx: Tx, soundId: SoundId) => Promise<void>;
}

/**
 * Mutes a video where one of its sounds says so, unless a rule did before and somebody has taken that back. Returns what counts for it: of several
 * rulings the strictest. Repeating it changes nothing. The row of the video must not be locked: measures lock its author first.
 */
export async function judge(deps: SettleDeps, tx: Tx, videoId: VideoId): Promise<Ruling | null> {
  let strictest: Ruling | null = null;
  for (const soundId of await soundsOf(tx, videoId)) {
    const ruling = await judgeBy(deps, tx, videoId, soundId);
    if (ruling && (strictest === null || ruling.action === 'refuse')) strictest = ruling;
  }
  return strictest;
}

async function judgeBy(deps: SettleDeps, tx: Tx, videoId: VideoId, soundId: SoundId): Promise<Ruling | null> {
  const ruling = await rulingOf(tx, soundId);
  if (!ruling) return null;
  const isKnown = await tx('sound_rule_measures')
    .where({ video_id: videoId, sound_id: soundId })
    .first('video_id');
  if (isKnown) return ruling;
  const measureId = await deps.mute(tx, videoId, factsOf(ruling));
  if (measureId === null) return ruling;
  await tx('sound_rule_measures').insert({
    ...{ measure_id: measureId, video_id: videoId, sound_id: soundId },
  });
  return ruling;
}

/** Makes all videos with a sound be as what counts for it says, in short transactions. Can be cut off anywhere, and run again. */
export async function settleSound(deps: SettleDeps, soundId: SoundId, { signal }: Pick<JobRun, 'signal'>) {
  const ruling = await deps.inTx(async (tx) => {
    await lookUpAgain(tx, soundId);
    return rulingOf(tx, soundId);
  });
  const isMutedSomewhere = await markRegional(deps, soundId, signal);
  await resoundAll(deps, soundId, isMutedSomewhere, signal);
  if (ruling) await muteAll(deps, soundId, signal);
  else await unmuteAll(deps, soundId, signal);
  if (ruling?.action !== 'refuse') await deps.inTx((tx) => deps.readmit(tx, soundId));
  signal.throwIfAborted();
  return undefined;
}

/** What was heard in it may be on the list no more, while something else is. */
async function lookUpAgain(tx: Tx, soundId: SoundId): Promise<void> {
  const sound: { print: Buffer | null; listed: string | null } | undefined = await tx('sounds')
    .leftJoin('listed_media', 'listed_media.id', 'sounds.listed_id')
    .where('sounds.id', soundId)
    .first('sounds.print', 'listed_media.id as listed');
  if (!sound || sound.listed !== null) return;
  const listedId = sound.print && (await findListed(tx, readFingerprint(sound.print)));
  await tx('sounds').where({ id: soundId }).update({ listed_id: listedId });
}

/** Has it asked where somebody is before they are given media of its videos, or no more. Tells whether it is muted somewhere. */
async function markRegional(
  { db, inTx }: SettleDeps,
  soundId: SoundId,
  signal: AbortSignal,
): Promise<boolean> {
  const region = (await regionsAmong(db, [soundId])).get(soundId);
  const isRegional = region !== undefined;
  // Another sound of it may have such a rule.
  const others = `exists (select from sound_rules as rule where rule.countries is not null and (rule.sound_id = videos.sound_id
    or rule.sound_id in (select carried.sound_id from carried_sounds as carried where carried.video_id = videos.id)))`;
  for (let after = '0'; !signal.aborted; ) {
    const ids = await nextWithSound(db, soundId, after);
    await inTx((tx) =>
      tx('videos')
        .whereIn('id', (some) =>
          some
            .select('id')
            .from('videos')
            .whereIn('id', ids)
            .where({ regional: !isRegional })
            .modify((query) => !isRegional && query.whereRaw(`not ${others}`))
            .orderBy('id')
            .forUpdate(),
        )
        .update({ regional: isRegional }),
    );
    const last = ids.at(-1);
    if (last === undefined) break;
    after = last;
  }
  return region?.action === 'mute';
}

/** Has what is given where it is muted made beside its videos; where it is muted nowhere, what there is of that removed. */
function resoundAll(deps: SettleDeps, soundId: SoundId, isMuted: boolean, signal: AbortSignal) {
  const those = (videos: Knex.QueryBuilder) => {
    if (isMuted) return;
    videos.whereExists((made) =>
      made
        .select('key')
        .from('video_assets')
        .whereRaw('video_assets.video_id = videos.id')
        .where({ role: 'muted' }),
    );
  };
  return eachVideo(deps, soundId, signal, (tx, id) => deps.resound(tx, id), those);
}

function muteAll(deps: SettleDeps, soundId: SoundId, signal: AbortSignal): Promise<void> {
  return eachVideo(deps, soundId, signal, (tx, id) => judge(deps, tx, id));
}

/** Does something to each video with a sound that there is by now, each in a transaction of its own. */
async function eachVideo(
  { db, inTx }: SettleDeps,
  soundId: SoundId,
  signal: AbortSignal,
  act: (tx: Tx, id: VideoId) => Promise<unknown>,
  narrow: (videos: Knex.QueryBuilder) => void = () => undefined,
): Promise<void> {
  for (let after = '0'; !signal.aborted; ) {
    const ids = await nextWithSound(db, soundId, after);
    const made: VideoId[] = await db('videos')
      .whereIn('id', ids)
      .whereNotIn('state', ['uploading', 'rejected'])
      .modify(narrow)
      .orderBy('id')
      .pluck('id');
    for (const id of made) await inTx((tx) => act(tx, id));
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

interface Held {
  readonly video_id: VideoId;
  readonly measure_id: MeasureId;
  readonly audit_id: AuditId | null;
  readonly lifted_at: Date | null;
}

async function unmuteAll(deps: SettleDeps, soundId: SoundId, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const held: Held[] = await deps
      .db('sound_rule_measures as held')
      .join('measures', 'measures.id', 'held.measure_id')
      .where('held.sound_id', soundId)
      .orderBy('held.measure_id')
      .limit(soundLimits.settledAtOnce)
      .select('held.video_id', 'held.measure_id', 'measures.audit_id', 'measures.lifted_at');
    for (const row of held) await deps.inTx((tx) => giveBack(deps, tx, row));
    if (held.length === 0) return;
  }
}

async function giveBack(
  deps: SettleDeps,
  tx: Tx,
  { video_id, measure_id, audit_id, lifted_at }: Held,
): Promise<void> {
  // Refused only where somebody has taken it back meanwhile, or it is gone for good: there is nothing left to do then.
  if (lifted_at === null && audit_id !== null) await deps.unmute(tx, audit_id, 'The sound is allowed now.');
  await tx('sound_rule_measures').where({ measure_id }).delete();
  // Another sound of it may keep it muted.
  await judge(deps, tx, video_id);
}
