import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { backupLimits } from '../../../config/backup-limits.ts';
import { contentTypeOf, type ListedObject, type ObjectStorage } from '../../../media/storage/storage.ts';
import { fitsKey } from '../../../media/storage/transfer.ts';
import type { Db } from '../../db/database.ts';
import type { ListedCopy } from './model.ts';
import { type Target, writeFile } from './target.ts';

/** Everything but archives, which are made again on request. */
const PREFIXES = ['media/', 'originals/'] as const;

export interface ObjectsDeps {
  readonly db: Db;
  /** The media of the server, wherever they lie. */
  readonly objects: ObjectStorage;
  readonly target: Target;
  /** Tells this target from others in `backup_objects`. */
  readonly place: string;
}

export interface CopyReport {
  readonly copied: number;
  readonly copiedBytes: number;
  /** Keys whose content is not what it should be; they are left out. */
  readonly damaged: ReadonlySet<string>;
}

/** Where a copy lies; backups share them, since an object never changes under its key. */
export function copyKey({ sealer, objectFolder }: Target, key: string, folder = objectFolder): string {
  return `objects/${folder}/${key}${sealer && folder !== 'plain' ? '.sealed' : ''}`;
}

/**
 * Copies what the target does not have yet, and marks everything as part of this backup. It is run before the snapshot
 * of the database and again after it, so that whatever the snapshot names was there at one of the two.
 */
export async function copyObjects(
  deps: ObjectsDeps,
  backup: string,
  onProgress: (done: { objects: number; bytes: number }) => void,
): Promise<CopyReport> {
  const damaged = new Set<string>();
  let [copied, copiedBytes] = [0, 0];
  for await (const page of pagesOf(deps.objects)) {
    const known = await knownAmong(deps, page);
    const hashes = await hashesOf(deps.db, page);
    const rows: CopiedRow[] = [];
    await inTurns(page, async (object) => {
      const before = known.get(object.key);
      if (
        before &&
        isSame(before, object) &&
        (await deps.target.store.stat(copyKey(deps.target, object.key)))
      ) {
        rows.push({ ...before, seen_in: backup });
        return;
      }
      const copy = await copyOne(deps, object.key, hashes.get(object.key));
      if (copy === 'damaged') damaged.add(object.key);
      if (copy === null || copy === 'damaged') return;
      [copied, copiedBytes] = [copied + 1, copiedBytes + copy.bytes];
      onProgress({ objects: copied, bytes: copiedBytes });
      const { place } = deps;
      const modified_at = new Date(object.modifiedAt);
      rows.push({ place, key: object.key, ...copy, modified_at, seen_in: backup });
    });
    if (rows.length > 0) await deps.db('backup_objects').insert(rows).onConflict(['place', 'key']).merge();
  }
  return { copied, copiedBytes, damaged };
}

interface CopiedRow {
  readonly place: string;
  readonly key: string;
  readonly bytes: string | number;
  readonly sha256: string;
  readonly modified_at: Date;
  readonly seen_in: string;
}

async function knownAmong({ db, place }: ObjectsDeps, page: readonly ListedObject[]) {
  const keys = page.map(({ key }) => key);
  const rows: CopiedRow[] = await db('backup_objects').where({ place }).whereIn('key', keys);
  return new Map(rows.map((row) => [row.key, row]));
}

function isSame(before: CopiedRow, { size, modifiedAt }: ListedObject): boolean {
  return Number(before.bytes) === size && before.modified_at.getTime() >= modifiedAt;
}

/** Null where it has been removed since it was listed. */
async function copyOne(
  { objects, target }: ObjectsDeps,
  key: string,
  expected: string | undefined,
): Promise<{ bytes: number; sha256: string } | 'damaged' | null> {
  const [plain, closed] = [join(target.scratchDir, randomUUID()), join(target.scratchDir, randomUUID())];
  try {
    const object = await objects.open(key);
    if (object === null) return null;
    const facts = await writeFile(plain, object.stream);
    const isGood = fitsKey(key, { size: facts.bytes, sha256: facts.sha256 });
    if (!isGood || (expected !== undefined && expected !== facts.sha256)) return 'damaged';
    const goal = copyKey(target, key);
    if (target.sealer === null) await target.store.putFile(goal, plain, { contentType: contentTypeOf(goal) });
    else {
      await writeFile(closed, target.sealer.seal(key, createReadStream(plain)));
      await target.store.putFile(goal, closed, { contentType: contentTypeOf(goal) });
    }
    return facts;
  } finally {
    await Promise.all([rm(plain, { force: true }), rm(closed, { force: true })]);
  }
}

/** All objects that this backup holds copies of, in the order of their keys. */
export async function* copiedIn({ db, place }: ObjectsDeps, backup: string): AsyncGenerator<ListedCopy> {
  let after = '';
  for (;;) {
    const rows: CopiedRow[] = await db('backup_objects')
      .where({ place, seen_in: backup })
      .where('key', '>', after)
      .orderBy('key')
      .limit(backupLimits.objectsPerPage);
    for (const { key, bytes, sha256 } of rows) yield { key, size: Number(bytes), sha256 };
    const last = rows.at(-1);
    if (!last) return;
    after = last.key;
  }
}

/** All objects that there are, with their hashes as far as the database knows them. */
export async function* listedNow({ db, objects }: ObjectsDeps): AsyncGenerator<ListedCopy> {
  for await (const page of pagesOf(objects)) {
    const hashes = await hashesOf(db, page);
    for (const { key, size } of page) yield { key, size, sha256: hashes.get(key) ?? null };
  }
}

/** Removes the copies that belong to no backup from this one on. */
export async function dropCopies({ db, target, place }: ObjectsDeps, oldestKept: string): Promise<number> {
  let dropped = 0;
  for (;;) {
    const keys: string[] = await db('backup_objects')
      .where({ place })
      .where('seen_in', '<', oldestKept)
      .limit(backupLimits.objectsPerPage)
      .pluck('key');
    if (keys.length === 0) return dropped;
    await target.store.remove(keys.map((key) => copyKey(target, key)));
    await db('backup_objects').where({ place }).whereIn('key', keys).delete();
    dropped += keys.length;
  }
}

async function hashesOf(db: Db, page: readonly ListedObject[]): Promise<Map<string, string>> {
  const keys = page.map(({ key }) => key);
  const rows: { key: string; sha256: string }[] = await db('video_assets')
    .select('key', db.raw('max(sha256) as sha256'))
    .whereIn('key', keys)
    .groupBy('key');
  return new Map(rows.map(({ key, sha256 }) => [key, sha256]));
}

async function* pagesOf(store: ObjectStorage): AsyncGenerator<ListedObject[]> {
  let page: ListedObject[] = [];
  for (const prefix of PREFIXES) {
    for await (const object of store.list(prefix)) {
      page.push(object);
      if (page.length < backupLimits.objectsPerPage) continue;
      yield page;
      page = [];
    }
  }
  if (page.length > 0) yield page;
}

/** A few at a time; throws what the first of them throws, once none is under way any more. */
export async function inTurns<T>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for await (const item of items) {
    const one = work(item)
      .catch((error) => void failures.push(error))
      .finally(() => running.delete(one));
    running.add(one);
    if (running.size >= backupLimits.copiesAtOnce) await Promise.race(running);
    if (failures.length > 0) break;
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
