import type { Knex } from 'knex';
import { readFingerprint } from '../../../media/fingerprint.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { SoundId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted, type Watch } from '../staff/index.ts';
import { indexListed, type ListedSoundId, lockSounds, sameSounds } from './matching.ts';
import type { Region } from './regions.ts';

export const soundActions = ['mute', 'refuse', 'allow'] as const;
/**
 * `mute`: videos with it are played without their sound. `refuse`: that as well, and new ones are not taken. `allow`: it is let
 * through, whatever is listed.
 */
export type SoundAction = (typeof soundActions)[number];

export interface SoundRule {
  readonly soundId: SoundId;
  readonly action: SoundAction;
  /** As the authors of videos with it read it. */
  readonly reason: string;
  /** Where it holds; null: everywhere. What is allowed is so everywhere. */
  readonly region: Region | null;
  readonly createdAt: Date;
}

/** What is decided; without a region, it holds everywhere. */
type NewRule = Omit<SoundRule, 'createdAt' | 'region'> & Partial<Pick<SoundRule, 'region'>>;

/** What counts for a sound now. */
export interface Ruling {
  readonly action: Exclude<SoundAction, 'allow'>;
  readonly reason: string;
  /** Where no rule of its own, but the list says so. */
  readonly listedId: ListedSoundId | null;
}

type RuleRefusal = 'permission-missing' | 'not-found' | 'region-not-possible';

/** Joins the rule of a sound that holds everywhere: for one that holds in some countries, see regions.ts. */
const everywhere = (join: Knex.JoinClause): void => {
  join.on('sound_rules.sound_id', 'sounds.id').andOnNull('sound_rules.countries');
};

interface RuleDeps {
  readonly audit: Audit;
  readonly enqueue: Enqueue;
}

/** What counts for a sound everywhere: a rule of its own, else what is listed and heard in it; null where it may be used. */
export async function rulingOf(conn: Db | Tx, soundId: SoundId): Promise<Ruling | null> {
  const row:
    | {
        action: SoundAction | null;
        reason: string | null;
        sound_action: Ruling['action'] | null;
        id: ListedSoundId;
      }
    | undefined = await conn('sounds')
    .leftJoin('sound_rules', everywhere)
    .leftJoin('listed_media', 'listed_media.id', 'sounds.listed_id')
    .where('sounds.id', soundId)
    .first('sound_rules.action', 'sound_rules.reason', 'listed_media.sound_action', 'listed_media.id');
  if (!row) return null;
  const { action, reason, sound_action: listed, id } = row;
  if (action === 'allow') return null;
  if (action !== null) return { action, reason: reason ?? '', listedId: null };
  return listed === null ? null : { action: listed, reason: '', listedId: id };
}

/** Those of these sounds that may not be used, whatever their authors say. */
export async function barredAmong(conn: Db | Tx, ids: readonly SoundId[]): Promise<Set<SoundId>> {
  const barred: SoundId[] = await conn('sounds')
    .leftJoin('sound_rules', everywhere)
    .leftJoin('listed_media', 'listed_media.id', 'sounds.listed_id')
    .whereRaw('sounds.id = any(?::bigint[])', [[...ids]])
    .whereRaw(`coalesce(sound_rules.action, listed_media.sound_action, 'allow') <> 'allow'`)
    .pluck('sounds.id');
  return new Set(barred);
}

/** Whether anything was decided about any sound: where not, a video need not wait for its sound to be looked up. */
export async function hasRules(conn: Db | Tx): Promise<boolean> {
  const { rows } = await conn.raw<{ rows: { yes: boolean }[] }>(
    `select exists (select from sound_rules where action <> 'allow')
         or exists (select from listed_media where sound_print is not null) as yes`,
  );
  return rows[0]?.yes === true;
}

/** What the words of a rule, or the lack of them, come to for an author. */
export function factsOf({ action, reason }: Ruling): string {
  const what =
    action === 'refuse'
      ? 'This server does not take videos with this sound.'
      : 'This server plays no video with this sound aloud.';
  return reason === '' ? what : `${what} ${reason}`;
}

/** Has the videos with a sound be as what counts for it says. */
export const settleJob = (soundId: SoundId) =>
  ({ name: 'sounds.settle', payload: { soundId }, key: `sounds.settle:${soundId}` }) as const;

/**
 * A sound turned out to be another one, to which its videos are about to go: so does what was decided about it, unless something was decided
 * about the other, which counts for all of them then.
 */
export async function handRuleOn(
  enqueue: Enqueue,
  tx: Tx,
  { from, to }: { readonly from: SoundId; readonly to: SoundId },
): Promise<void> {
  await tx('sounds').whereIn('id', [from, to]).orderBy('id').forUpdate().select('id');
  await tx('sound_rules')
    .where({ sound_id: from })
    .whereNotExists((other) =>
      other.select('sound_id').from('sound_rules as other').where('other.sound_id', to),
    )
    .update({ sound_id: to });
  await tx('sound_rule_measures').where({ sound_id: from }).update({ sound_id: to });
  await enqueue(tx, settleJob(to));
}

/** What the staff decides about sounds. */
export function ruleCommands({ audit, enqueue }: RuleDeps) {
  const settleSoon = (tx: Tx, soundId: SoundId) => enqueue(tx, settleJob(soundId));
  /** Videos that get the sound meanwhile wait, and then know what counts; those that just did are waited for, so that the job finds them. */
  const locked = (tx: Tx, soundId: SoundId) =>
    tx('sounds').where({ id: soundId }).forUpdate().first<{ id: SoundId } | undefined>('id');

  return {
    async setRule(
      tx: Tx,
      by: Actor,
      { soundId, action, reason, region = null }: NewRule,
    ): Promise<Result<object, RuleRefusal>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      if (region !== null && action === 'allow') {
        return fail(
          'region-not-possible',
          'A sound is muted or refused in some countries, and allowed everywhere or not at all.',
        );
      }
      if (!(await locked(tx, soundId))) return fail('not-found', 'There is no such sound here.');
      const where = { countries: region?.countries ?? null, countries_except: region?.except ?? false };
      const write = () =>
        tx('sound_rules')
          .insert({ sound_id: soundId, action, reason, ...where })
          .onConflict('sound_id')
          .merge({ action, reason, ...where });
      await audit.recordRows(
        ...([tx, by] as const),
        {
          action: 'sound.rule',
          target: { kind: 'sound', id: soundId },
          reason,
          detail: { action, ...region },
        },
        { watch: ofSound(soundId), write },
      );
      await settleSoon(tx, soundId);
      return ok();
    },

    async removeRule(
      tx: Tx,
      by: Actor,
      { soundId, reason = '' }: { readonly soundId: SoundId; readonly reason?: string },
    ): Promise<Result<object, RuleRefusal>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      await locked(tx, soundId);
      const removed = await audit.recordRows(
        ...([tx, by] as const),
        { action: 'sound.unrule', target: { kind: 'sound', id: soundId }, reason },
        { watch: ofSound(soundId), write: () => tx('sound_rules').where({ sound_id: soundId }).delete() },
      );
      if (removed === null) return fail('not-found', 'Nothing was decided about this sound.');
      await settleSoon(tx, soundId);
      return ok();
    },

    /** A rule was put back as it was, or taken away again. */
    async ruleRestored(tx: Tx, soundId: SoundId): Promise<void> {
      await locked(tx, soundId);
      await settleSoon(tx, soundId);
    },

    /** What is listed is to be found, and counts for the sounds that it is heard in. */
    async listed(tx: Tx, id: ListedSoundId, print: Buffer): Promise<void> {
      const values = readFingerprint(print);
      // One that is heard just now is found by either.
      await lockSounds(tx);
      await indexListed(tx, id, values);
      for (const soundId of await sameSounds(tx, values)) {
        await tx('sounds').where({ id: soundId, listed_id: null }).update({ listed_id: id });
        await settleSoon(tx, soundId);
      }
    },

    /** Something is on the list no more. */
    async unlisted(tx: Tx, id: ListedSoundId): Promise<void> {
      const ids: SoundId[] = await tx('sounds').where({ listed_id: id }).pluck('id');
      for (const soundId of ids) await settleSoon(tx, soundId);
    },
  };
}

const ofSound = (soundId: SoundId): Watch => ({
  table: 'sound_rules',
  where: (query) => query.where({ sound_id: soundId }),
});
