import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { hashLimits } from '../../../config/rule-limits.ts';
import { readFingerprint } from '../../../media/fingerprint.ts';
import { isTellable } from '../../../media/sound-match.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import type { IdSource, SoundId, VideoId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Sounds } from '../sounds/index.ts';
import { type Actor, type Audit, permitted, type Watch } from '../staff/index.ts';
import {
  type Listed,
  type ListedId,
  type ListedRow,
  type ListedSoundAction,
  listedFromRow,
  listedSoundActions,
  type Match,
  type MatchId,
  type MatchRow,
  matchFromRow,
} from './model.ts';

/** What finds listed sounds, and what is done about those that are here. */
export type ListedSounds = Pick<Sounds, 'listed' | 'unlisted'>;

type ListRefusal = 'permission-missing' | 'not-found' | 'hash-invalid' | 'known';

export interface NewListed {
  readonly sha256: string | null;
  /** In hex. */
  readonly phash: string | null;
  readonly label: string;
  readonly distance?: number;
  /** In hex, and what happens where it is heard. */
  readonly sound?: { readonly print: string; readonly action: ListedSoundAction } | null;
}

/** What came of the lines of a list. */
export interface Imported {
  readonly added: number;
  readonly known: number;
  /** Lines that say nothing that can be used, by their number. */
  readonly bad: readonly number[];
}

/** Lists of the first version end with the label; what stands behind it came with the second. */
const HEADER = ['sha256', 'phash', 'label', 'sound', 'sound_action'];
const WORD_HEX = 16;
const SOUND_WORD_HEX = 8;
/** Others write lists, too: one line that is not right is no reason to refuse all. */
const READING = { bom: true, trim: true, relax_column_count: true, relax_quotes: true } as const;

/** What the staff does with the list of what must not be posted again. */
export function listCommands({
  db,
  ids,
  audit,
  sounds,
}: {
  readonly db: Db;
  readonly ids: IdSource;
  readonly audit: Audit;
  readonly sounds: ListedSounds;
}) {
  async function insert(
    tx: Tx,
    input: NewListed,
  ): Promise<Result<{ id: ListedId }, 'hash-invalid' | 'known'>> {
    const { sha256, phash, label, distance = hashLimits.distance, sound = null } = input;
    if (!isUsable(input)) {
      return fail(
        'hash-invalid',
        'Give a SHA-256 of 64 hex digits, hashes of frames of 16 hex digits each, or the fingerprint of a sound of at least 8 seconds.',
      );
    }
    const id = ids.next<'listed'>();
    const bytes = phash === null ? null : Buffer.from(phash, 'hex');
    const print = sound && Buffer.from(sound.print, 'hex');
    if (sha256 === null && (await isKnown(tx, { phash: bytes, sound_print: print }))) return known();
    const rows = await tx('listed_media')
      .insert({
        ...{ id, sha256, phash: bytes, distance, label: label.slice(0, hashLimits.maxLabelCharacters) },
        ...{ sound_print: print, sound_action: sound?.action ?? null },
      })
      .onConflict('sha256')
      .ignore()
      .returning('id');
    if (rows.length === 0) return known();
    if (print) await sounds.listed(tx, id, print);
    return ok({ id });
  }

  async function take(
    tx: Tx,
    csv: string,
  ): Promise<Omit<Imported, 'added'> & { readonly added: readonly ListedId[] }> {
    const lines: string[][] = parse(csv, { ...READING, to: hashLimits.maxImportLines });
    const added: ListedId[] = [];
    let known = 0;
    const bad: number[] = [];
    for (const [at, [sha256 = '', phash = '', label = '', print = '', action = '']] of lines.entries()) {
      if (at === 0 && sha256.toLowerCase() === HEADER[0]) continue;
      const made = await insert(tx, {
        ...{ sha256: sha256.toLowerCase() || null, phash: phash.toLowerCase() || null, label },
        sound: print === '' ? null : { print: print.toLowerCase(), action: actionOf(action) },
      });
      if (made.ok) added.push(made.id);
      else if (made.reason === 'known') known += 1;
      else bad.push(at + 1);
    }
    return { added, known, bad };
  }

  return {
    async list(page: Page): Promise<Listed[]> {
      const rows: ListedRow[] = await db('listed_media').modify(within(page, 'listed_media.id'));
      return rows.map(listedFromRow);
    },

    async matches(page: Page): Promise<Match[]> {
      const rows: MatchRow[] = await db('listed_media_matches').modify(
        within(page, 'listed_media_matches.id'),
      );
      return rows.map(matchFromRow);
    },

    /** Lists what is made known of something; what is there already stays as it is. */
    async add(tx: Tx, by: Actor, input: NewListed): Promise<Result<{ id: ListedId }, ListRefusal>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      const made = await insert(tx, input);
      if (!made.ok) return made;
      const target = { kind: 'rule', id: made.id } as const;
      await audit.recordNew(tx, by, { action: 'hash.add', target }, among([made.id]));
      return made;
    },

    /** Lists a video that is here, by its file and by its pictures, as far as they are known. */
    async addVideo(
      tx: Tx,
      by: Actor,
      { videoId, label }: { readonly videoId: VideoId; readonly label: string },
    ): Promise<Result<{ id: ListedId }, ListRefusal>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      const video = await tx('videos')
        .leftJoin('video_fingerprints', 'video_fingerprints.video_id', 'videos.id')
        .where({ 'videos.id': videoId })
        .first('original_sha256', 'source_sha256', 'phash');
      if (!video) return fail('not-found', 'There is no such video.');
      const phash = video.phash?.length > 0 ? video.phash.toString('hex') : null;
      const made = await insert(tx, { sha256: video.original_sha256 ?? video.source_sha256, phash, label });
      if (!made.ok && made.reason === 'hash-invalid') {
        return fail('hash-invalid', 'Nothing is known of the file of this video: it was not copied here.');
      }
      if (!made.ok) return made;
      const target = { kind: 'video', id: videoId } as const;
      const deed = { action: 'hash.add', target, detail: { listedId: made.id } } as const;
      await audit.recordNew(tx, by, deed, among([made.id]));
      return made;
    },

    /** Lists what is heard in a sound that is here, so that videos with it are muted, or not taken. */
    async addSound(
      tx: Tx,
      by: Actor,
      input: { readonly soundId: SoundId; readonly action: ListedSoundAction; readonly label: string },
    ): Promise<Result<{ id: ListedId }, ListRefusal>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      const { soundId, action, label } = input;
      const sound: { print: Buffer | null } | undefined = await tx('sounds')
        .where({ id: soundId })
        .first('print');
      if (!sound) return fail('not-found', 'There is no such sound.');
      if (sound.print === null)
        return fail(
          'hash-invalid',
          'This sound cannot be told from others: it is too short, silent, a tone or noise.',
        );
      const made = await insert(tx, {
        ...{ sha256: null, phash: null, label, sound: { print: sound.print.toString('hex'), action } },
      });
      if (!made.ok) return made;
      const target = { kind: 'sound', id: soundId } as const;
      const deed = { action: 'hash.add', target, detail: { listedId: made.id, action } } as const;
      await audit.recordNew(tx, by, deed, among([made.id]));
      return made;
    },

    /** An entry was put back, or taken away again. */
    async restored(tx: Tx, id: string): Promise<void> {
      const row: ListedRow | undefined = await tx('listed_media').where({ id }).first();
      if (!row) await sounds.unlisted(tx, id as ListedId);
      else if (row.sound_print) await sounds.listed(tx, row.id, row.sound_print);
    },

    async remove(tx: Tx, by: Actor, id: ListedId): Promise<Result<object, ListRefusal>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      const removed = await audit.recordRows(
        tx,
        by,
        { action: 'hash.remove', target: { kind: 'rule', id } },
        { watch: among([id]), write: () => tx('listed_media').where({ id }).delete() },
      );
      if (removed === null) return fail('not-found', 'There is no such entry in the list.');
      await sounds.unlisted(tx, id);
      return ok();
    },

    /** Takes a list as `export` writes it; other columns are left out. */
    async import(tx: Tx, by: Actor, csv: string): Promise<Result<{ imported: Imported }, ListRefusal>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      const { added, ...imported } = await take(tx, csv);
      const detail = { ...imported, added: added.length, bad: imported.bad.length };
      const target = { kind: 'rule', id: 'hash-list' } as const;
      await audit.recordNew(tx, by, { action: 'hash.import', target, detail }, among(added));
      return ok({ imported: { ...imported, added: added.length } });
    },

    /** What an import of this list would come to; nothing stays of it. */
    async preview(csv: string, inTx: InTx): Promise<Imported> {
      const tried = await inTx(async (tx) => {
        const { added, ...imported } = await take(tx, csv);
        throw new OnlyTried({ ...imported, added: added.length });
      }).catch((error: unknown) => {
        if (error instanceof OnlyTried) return error.imported;
        throw error;
      });
      return tried;
    },

    /** The whole list, for another server. */
    async export(): Promise<string> {
      const rows: ListedRow[] = await db('listed_media').orderBy('id');
      const lines = rows.map(({ sha256, phash, label, sound_print, sound_action }) => [
        ...[sha256 ?? '', phash?.toString('hex') ?? '', label],
        ...[sound_print?.toString('hex') ?? '', sound_action ?? ''],
      ]);
      return stringify([HEADER, ...lines]);
    },

    /** A match whose file somebody may look at, since the same person put the reason on record a short while ago. */
    async opened(by: Actor, id: MatchId, now: number): Promise<Match | null> {
      const row: MatchRow | undefined = await db('listed_media_matches').where({ id }).first();
      if (!row || by.kind !== 'person') return null;
      const since = new Date(now - hashLimits.evidenceOpenMs);
      const entries = await audit.list(
        {
          ...{ actorId: by.accountId, action: 'hash.evidence', since },
          target: { kind: 'video', id: row.video_id },
        },
        { maxId: null, minId: null, sinceId: null, limit: 1 },
      );
      return entries.length === 0 ? null : matchFromRow(row);
    },

    /** A match whose file somebody is about to look at: on record, with the reason. */
    async openEvidence(
      tx: Tx,
      by: Actor,
      { id, reason }: { readonly id: MatchId; readonly reason: string },
    ): Promise<Result<{ match: Match }, ListRefusal>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      const row: MatchRow | undefined = await tx('listed_media_matches').where({ id }).first();
      if (!row) return fail('not-found', 'There is no such match.');
      const target = { kind: 'video', id: row.video_id } as const;
      await audit.record(tx, by, { action: 'hash.evidence', target, reason, detail: { matchId: id } });
      return ok({ match: matchFromRow(row) });
    },
  };
}

const among = (ids: readonly ListedId[]): Watch => ({
  table: 'listed_media',
  where: (query) => query.whereRaw('id = any(?::bigint[])', [[...ids]]),
});
/** Ends the transaction of an import that was only tried. */
class OnlyTried extends Error {
  readonly imported: Imported;
  constructor(imported: Imported) {
    super('Nothing is to stay of this.');
    this.imported = imported;
  }
}

const known = () => fail('known', 'This is on the list already.');

async function isKnown(
  tx: Tx,
  by: { readonly phash: Buffer | null; readonly sound_print: Buffer | null },
): Promise<boolean> {
  return (await tx('listed_media').where(by).first('id')) !== undefined;
}

/** What others say of a sound without a word of ours is not taken. */
const actionOf = (text: string): ListedSoundAction =>
  listedSoundActions.find((action) => action === text.toLowerCase()) ?? 'refuse';

function isSound({ sound = null }: NewListed): boolean {
  if (sound === null) return true;
  const { print } = sound;
  if (!/^[0-9a-f]+$/.test(print) || print.length % SOUND_WORD_HEX !== 0) return false;
  if (print.length > hashLimits.maxSoundValues * SOUND_WORD_HEX) return false;
  return isTellable(readFingerprint(Buffer.from(print, 'hex')));
}

function isUsable(input: NewListed): boolean {
  const { sha256, phash, distance = hashLimits.distance, sound = null } = input;
  const isFile = sha256 === null || /^[0-9a-f]{64}$/.test(sha256);
  const isPicture =
    phash === null ||
    (/^[0-9a-f]+$/.test(phash) &&
      phash.length % WORD_HEX === 0 &&
      phash.length <= hashLimits.maxFrames * WORD_HEX &&
      phash.length >= hashLimits.fewestFrames * WORD_HEX);
  const isNear = Number.isInteger(distance) && distance >= 0 && distance <= hashLimits.maxDistance;
  const says = sha256 !== null || phash !== null || sound !== null;
  return isFile && isPicture && isNear && isSound(input) && says;
}
