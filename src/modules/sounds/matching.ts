import { soundLimits } from '../../../config/sound-limits.ts';
import { readFingerprint, type SoundFingerprint } from '../../../media/fingerprint.ts';
import { type Alignment, align, isTellable, soundKeys } from '../../../media/sound-match.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Id, SoundId } from '../../lib/ids.ts';

/** An entry of the list of what must not be posted: `ListedId` of modules/hashes. */
export type ListedSoundId = Id<'listed'>;

/** A known sound that is heard, and how well both fit. */
export interface Heard extends Alignment {
  readonly soundId: SoundId;
}

/** Something that has a fingerprint which is heard, and how well both fit. */
interface Alike extends Alignment {
  readonly id: string;
}

/** Where fingerprints lie: those of sounds that are known, and those that are listed. */
interface Shelf {
  readonly keys: 'sound_keys' | 'listed_sound_keys';
  readonly key: 'sound_id' | 'listed_id';
  readonly table: 'sounds' | 'listed_media';
  readonly print: 'print' | 'sound_print';
}

const SOUNDS: Shelf = { keys: 'sound_keys', key: 'sound_id', table: 'sounds', print: 'print' };
const LISTED: Shelf = {
  ...{ keys: 'listed_sound_keys', key: 'listed_id', table: 'listed_media', print: 'sound_print' },
} as const;

interface Candidate {
  readonly id: string;
  readonly place: number;
}

/**
 * Places in known sounds that share most keys with what is heard: a key of it votes for the sound it stands in and for
 * how far into it the other would begin.
 */
const candidatesSql = ({ keys, key }: Shelf) => `
  select id, place, count(*) as votes
    from unnest(?::int[], ?::int[]) as heard (key, position)
    cross join lateral (
      select ${key} as id, (known.position - heard.position) >> 3 as place from ${keys} as known
       where known.key = heard.key limit ${soundLimits.mostPerKey}) as voted
   group by id, place having count(*) >= ${soundLimits.fewestVotes}
   order by votes desc, id limit ${soundLimits.candidates}`;

/** Of sounds that are known; the bench measures it. */
export const CANDIDATES_SQL = candidatesSql(SOUNDS);

/** What the look-up is asked with: each key of what is heard, and where it stands. */
export function lookedUp(print: SoundFingerprint): [keys: number[], positions: number[]] {
  const keys = soundKeys(print, 1);
  return [keys.map(({ key }) => key), keys.map(({ position }) => position)];
}

/** Any number, the same for every process. */
const SOUNDS_LOCK = 7_461_399;

/** Until the transaction ends: who looks for a sound and adds it where there is none, or lists one, does so alone. */
export async function lockSounds(tx: Tx): Promise<void> {
  await tx.raw('select pg_advisory_xact_lock(?)', [SOUNDS_LOCK]);
}

/**
 * The known sounds that come near what is heard, the most alike first, whatever the verdict; none where silence, noise, a tone or too little was
 * heard. Costs two questions, however many sounds are known.
 */
export async function soundsLike(db: Db | Tx, print: SoundFingerprint): Promise<Heard[]> {
  const found = await alike(db, SOUNDS, print);
  return found.map((one) => ({ ...one, soundId: one.id as SoundId }));
}

/** All known sounds that are the same as what is heard, the most alike first. */
export async function sameSounds(db: Db | Tx, print: SoundFingerprint): Promise<SoundId[]> {
  const found = await soundsLike(db, print);
  return found.filter(({ verdict }) => verdict === 'same').map(({ soundId }) => soundId);
}

/** What is listed and the same as what is heard; null where nothing is. */
export async function findListed(db: Db | Tx, print: SoundFingerprint): Promise<ListedSoundId | null> {
  const [best] = await alike(db, LISTED, print);
  return best?.verdict === 'same' ? (best.id as ListedSoundId) : null;
}

/** Those that come near what is heard, each once, the most alike first. */
async function alike(db: Db | Tx, shelf: Shelf, print: SoundFingerprint): Promise<Alike[]> {
  if (!isTellable(print)) return [];
  const { rows } = await db.raw<{ rows: Candidate[] }>(candidatesSql(shelf), lookedUp(print));
  if (rows.length === 0) return [];
  const known: { id: string; print: Buffer }[] = await db(shelf.table)
    .whereRaw('id = any(?::bigint[])', [[...new Set(rows.map(({ id }) => id))]])
    .whereNotNull(shelf.print)
    .select('id', `${shelf.print} as print`);
  const prints = new Map(known.map((row) => [row.id, readFingerprint(row.print)]));
  const found = new Map<string, Alike>();
  for (const { id, place } of rows) {
    const one = prints.get(id);
    if (!one) continue;
    const { shiftWidth } = soundLimits;
    const laid = align(one, print, { shift: (place + 0.5) * shiftWidth, width: shiftWidth });
    if (laid.verdict === 'different' || laid.bitErrorRate >= (found.get(id)?.bitErrorRate ?? 1)) continue;
    found.set(id, { ...laid, id });
  }
  return [...found.values()].toSorted((a, b) => a.bitErrorRate - b.bitErrorRate);
}

/** Makes a sound findable. One that cannot be told from others is found by nobody. */
export function indexSound(tx: Tx, soundId: SoundId, print: SoundFingerprint): Promise<void> {
  return index(tx, SOUNDS, soundId, print);
}

/** The same for what is listed. */
export function indexListed(tx: Tx, id: ListedSoundId, print: SoundFingerprint): Promise<void> {
  return index(tx, LISTED, id, print);
}

async function index(tx: Tx, shelf: Shelf, id: string, print: SoundFingerprint): Promise<void> {
  if (!isTellable(print)) return;
  const keys = soundKeys(print, soundLimits.keyEvery);
  await tx.raw(
    `insert into ${shelf.keys} (key, ${shelf.key}, position)
     select key, ?, position from unnest(?::int[], ?::int[]) as told (key, position) on conflict do nothing`,
    [id, keys.map(({ key }) => key), keys.map(({ position }) => position)],
  );
}

/** The reverse. */
export async function unindexSound(tx: Tx, soundId: SoundId, print: SoundFingerprint): Promise<void> {
  const keys = soundKeys(print, soundLimits.keyEvery).map(({ key }) => key);
  await tx.raw('delete from sound_keys where sound_id = ? and key = any(?::int[])', [soundId, keys]);
}
