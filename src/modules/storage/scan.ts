import { mediaLimits } from '../../../config/media-limits.ts';
import { storageUseLimits } from '../../../config/retention-limits.ts';
import { parseMediaKey } from '../../../media/keys.ts';
import type { ListedObject, ObjectStorage } from '../../../media/storage/storage.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type NamedObject, namedObjects, namesAmong, type OtherName, otherNames } from './named.ts';
import { orphansIn } from './orphans.ts';

export interface ScanDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  /** All stores as one. */
  readonly objects: ObjectStorage;
  /** Has a video made anew from its source; false where it cannot be. */
  readonly remake: (tx: Tx, videoId: VideoId) => Promise<boolean>;
}

export interface ScanFinding {
  readonly key: string;
  readonly problem: 'orphan' | 'missing';
  readonly bytes: number | null;
  readonly mended: 'removed' | 'remaking' | 'forgotten' | null;
}

/** The last search, or the one that runs. */
export interface ScanState {
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly objects: number;
  readonly orphans: number;
  readonly orphanBytes: number;
  readonly missing: number;
  readonly mended: number;
  readonly error: string | null;
}

export interface ScanOptions {
  /** Removes orphans; has what is missing made again, or forgets it where it comes back by itself. */
  readonly mend: boolean;
  readonly signal?: AbortSignal;
}

/** A search that has not ended by then was cut off. */
const STALE_MS = 12 * 3_600_000;

/**
 * Looks for what does not belong together, both ways: objects that no row names, and rows that name an object which no
 * store has. Contents are not read (see `checkContent` for that), so it costs one look at each object. What it finds is
 * kept for the staff to see, the first thousand by name.
 */
export async function scanStorage(
  deps: ScanDeps,
  { mend, signal }: ScanOptions,
): Promise<Result<ScanState & { findings: readonly ScanFinding[] }, 'busy'>> {
  if (!(await claim(deps))) return fail('busy', 'A search is under way already.');
  const count = { objects: 0, orphans: 0, orphan_bytes: 0, missing: 0, mended: 0 };
  const findings: ScanFinding[] = [];
  const note = (finding: ScanFinding) => {
    if (finding.problem === 'missing') count.missing += 1;
    else {
      count.orphans += 1;
      count.orphan_bytes += finding.bytes ?? 0;
    }
    if (finding.mended !== null) count.mended += 1;
    if (findings.length < storageUseLimits.findingsKept) findings.push(finding);
  };
  try {
    const pictures = { objects: 0, bytes: 0 };
    const onListed = (object: ListedObject) => {
      signal?.throwIfAborted();
      count.objects += 1;
      if (!isPicture(object.key)) return;
      pictures.objects += 1;
      pictures.bytes += object.size;
    };
    for await (const finding of orphaned(deps, mend, onListed)) note(finding);
    for await (const finding of missing(deps, mend, signal)) note(finding);
    await deps.inTx(async (tx) => {
      await tx('storage_use')
        .insert({ kind: 'pictures', ...pictures })
        .onConflict('kind')
        .merge();
      await end(tx, deps, count, findings);
    });
  } catch (error) {
    const sentence = String(error instanceof Error ? error.message : error);
    await deps.inTx((tx) => end(tx, deps, { ...count, error: sentence }, findings));
    throw error;
  }
  const state = await scanState(deps.db);
  if (!state) throw new Error('A search has left no trace.');
  return ok({ ...state, findings });
}

/** Null where nobody has ever searched. */
export async function scanState(db: Db): Promise<ScanState | null> {
  const row = await db('storage_scan').whereNotNull('started_at').first();
  if (!row) return null;
  return {
    startedAt: row.started_at,
    endedAt: row.ended_at,
    objects: Number(row.objects),
    orphans: Number(row.orphans),
    orphanBytes: Number(row.orphan_bytes),
    missing: Number(row.missing),
    mended: Number(row.mended),
    error: row.error,
  };
}

/** What the last search found, by name. */
export function scanFindings(
  db: Db,
  after: string | null,
  limit: number,
): Promise<(ScanFinding & { id: string })[]> {
  const query = db('storage_findings').orderBy('id').limit(limit);
  if (after !== null) query.where('id', '>', after);
  return query
    .select('id', 'key', 'problem', 'bytes', 'mended')
    .then((rows) => rows.map((row) => ({ ...row, bytes: row.bytes === null ? null : Number(row.bytes) })));
}

async function claim({ db, clock }: ScanDeps): Promise<boolean> {
  const startedAt = new Date(clock.now());
  await db('storage_scan').insert({}).onConflict('is_only').ignore();
  const rows = await db('storage_scan')
    .where((free) =>
      free
        .whereNull('started_at')
        .orWhereNotNull('ended_at')
        .orWhere('started_at', '<', new Date(clock.now() - STALE_MS)),
    )
    .update({ started_at: startedAt, ended_at: null, error: null });
  return rows === 1;
}

async function end(
  tx: Tx,
  { clock }: ScanDeps,
  outcome: object,
  findings: readonly ScanFinding[],
): Promise<void> {
  await tx('storage_scan').update({ ended_at: new Date(clock.now()), ...outcome });
  await tx('storage_findings').delete();
  if (findings.length > 0) await tx.batchInsert('storage_findings', [...findings], 500);
}

const isPicture = (key: string) => /^(?:avatar|header)\./.test(parseMediaKey(key)?.suffix ?? '');

async function* orphaned(
  { db, clock, objects }: ScanDeps,
  mend: boolean,
  onListed: (object: ListedObject) => void,
): AsyncGenerator<ScanFinding> {
  const before = clock.now() - mediaLimits.orphanAgeMs;
  for await (const { key, size } of orphansIn(db, objects, { before, onListed })) {
    if (mend) await objects.remove([key]);
    yield { key, problem: 'orphan', bytes: size, mended: mend ? 'removed' : null };
  }
}

async function* missing(deps: ScanDeps, mend: boolean, signal?: AbortSignal): AsyncGenerator<ScanFinding> {
  for await (const object of missingAssets(deps, signal)) {
    yield {
      key: object.key,
      problem: 'missing',
      bytes: null,
      mended: mend ? await mendAsset(deps, object) : null,
    };
  }
  for await (const name of otherNames(deps.db)) {
    signal?.throwIfAborted();
    if (await isThere(deps, name.key)) continue;
    yield { key: name.key, problem: 'missing', bytes: null, mended: mend ? await forget(deps, name) : null };
  }
}

/** Objects come in the order of their keys, so those of one owner lie together: one list for each owner is enough. */
async function* missingAssets(deps: ScanDeps, signal?: AbortSignal): AsyncGenerator<NamedObject> {
  let prefix = '';
  let there = new Set<string>();
  for await (const object of namedObjects(deps.db, '')) {
    signal?.throwIfAborted();
    const own = object.key.slice(0, object.key.lastIndexOf('/') + 1);
    if (own !== prefix) {
      prefix = own;
      there = new Set();
      for await (const { key } of deps.objects.list(own)) there.add(key);
    }
    if (!there.has(object.key) && !(await isThere(deps, object.key))) yield object;
  }
}

/** Asked a second time where it is not: it may be new, moved at that moment, or no longer named. */
async function isThere({ db, objects }: ScanDeps, key: string): Promise<boolean> {
  if (await objects.stat(key)) return true;
  return !(await namesAmong(db, [key])).has(key);
}

/** A poster of a video that is not copied comes back with the next look at it; all else is made anew. */
function mendAsset(deps: ScanDeps, { key, videoIds }: NamedObject): Promise<ScanFinding['mended']> {
  return deps.inTx(async (tx) => {
    const forgotten = await tx('video_assets')
      .where({ key })
      .whereIn('role', ['poster', 'poster-webp'])
      .whereIn('video_id', (uncopied) =>
        uncopied.from('videos').where({ local: false }).whereNot({ media_state: 'ready' }).select('id'),
      )
      .delete();
    if (forgotten === videoIds.length) return 'forgotten';
    const asked: boolean[] = [];
    for (const videoId of videoIds) asked.push(await deps.remake(tx, videoId));
    return asked.includes(false) ? null : 'remaking';
  });
}

/** The row does not name it any more. A picture of another server is fetched again once somebody looks at it. */
async function forget({ inTx }: ScanDeps, { table, column, key }: OtherName): Promise<ScanFinding['mended']> {
  const also: Readonly<Record<OtherName['column'], object>> = {
    original_key: { original_bytes: null },
    poster_key: {},
    avatar_key: { avatar_asked: null },
    header_key: { header_asked: null },
    object_key: { state: 'expired' },
    picture_key: {},
  };
  return inTx(async (tx) => {
    const rows = tx(table).where({ [column]: key });
    // What is being made still needs its file: that job says what is wrong.
    if (column === 'original_key') rows.where({ state: 'published', media_state: 'ready' });
    return (await rows.update({ [column]: null, ...also[column] })) > 0 ? 'forgotten' : null;
  });
}
