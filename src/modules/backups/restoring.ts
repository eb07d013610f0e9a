import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { backupLimits } from '../../../config/backup-limits.ts';
import { contentTypeOf, type ObjectStorage } from '../../../media/storage/storage.ts';
import { openDatabase } from '../../db/database.ts';
import { dropSchema, emptySchema, inSchema, loadTables } from '../../db/load.ts';
import { migrate, migrationNames } from '../../db/migrate.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { CannotOpenError } from '../../lib/sealed-stream.ts';
import { stoppable } from './creating.ts';
import type { Manifest } from './model.ts';
import { inTurns } from './objects.ts';
import { DamagedError, folderOf, readParts, type Target, writeFile } from './target.ts';
import { listOf, openCopy, readSecrets } from './verifying.ts';

const REHEARSAL_SCHEMA = 'vireo_rehearsal';

type Tell = (step: string) => void;

/** Whether this program knows the schema of a backup. */
export async function whyNotLoadable({ database, vireo }: Manifest): Promise<string | null> {
  const known = await migrationNames();
  const unknown = database.migrations.filter((name) => !known.includes(name));
  if (unknown.length === 0) return null;
  return `The backup was made by a newer version of Vireo (${vireo}, migration ${unknown.at(-1)}). Install that version first.`;
}

/** Makes the tables as they were and fills them, in a database or schema where there are none. */
async function loadDatabase(
  databaseUrl: string,
  target: Target,
  manifest: Manifest,
  tell: Tell,
  signal?: AbortSignal,
): Promise<void> {
  const { migrations, tables, sequences } = manifest.database;
  await migrate(databaseUrl, { only: migrations });
  const partsOf = new Map(tables.map(({ name, parts }) => [name, parts]));
  await loadTables(databaseUrl, {
    tables,
    sequences,
    rowsOf: ({ name }) =>
      stoppable(readParts(target, folderOf(manifest.name), partsOf.get(name) ?? []), signal),
    onTable: (name) => tell(`${name} is loaded`),
  });
}

/**
 * Puts the database of a backup into an empty one, and brings it up to the schema of this program. Where that fails,
 * the database is empty again.
 */
export async function restoreDatabase(
  databaseUrl: string,
  target: Target,
  manifest: Manifest,
  tell: Tell,
): Promise<Result<object, 'damaged'>> {
  try {
    await loadDatabase(databaseUrl, target, manifest, tell);
    await migrate(databaseUrl);
    await forgetPlaces(databaseUrl, manifest);
    return ok();
  } catch (error) {
    await emptySchema(databaseUrl, 'public');
    return damage(error);
  }
}

/** What is wrong with the files of a backup is an outcome; all else is thrown on. */
function damage(error: unknown): Result<object, 'damaged'> & { ok: false } {
  if (error instanceof DamagedError || error instanceof CannotOpenError)
    return fail('damaged', error.message);
  throw error;
}

/** What was so of the server that was backed up, and is not of this one. */
async function forgetPlaces(databaseUrl: string, manifest: Manifest): Promise<void> {
  const db = openDatabase(databaseUrl, 1);
  try {
    // Where the media lay is no matter any more: they are put where this server is told to keep them.
    if (manifest.objects.folder !== null) await db('storage_state').delete();
    // It may have been locked for the backup.
    await db('server_lock').delete();
  } finally {
    await db.destroy();
  }
}

export interface Rehearsal {
  readonly tables: number;
  readonly rows: number;
  /** Private keys of accounts that were opened with the secret key of the backup: all, or so many. */
  readonly keys: number;
}

/** Restores the database of a backup beside the one that runs, in a schema of its own, looks at it and removes it. */
export async function rehearse(
  deps: { readonly databaseUrl: string; readonly opensKey: (secretKey: string, sealed: string) => boolean },
  target: Target,
  manifest: Manifest,
  tell: Tell,
  signal?: AbortSignal,
): Promise<Result<{ rehearsal: Rehearsal }, 'newer' | 'cannot-open' | 'damaged'>> {
  const newer = await whyNotLoadable(manifest);
  if (newer !== null) return fail('newer', newer);
  const secrets = await readSecrets(target, manifest).catch(damage);
  if ('ok' in secrets) return secrets;
  const { secretKey } = secrets;
  await emptySchema(deps.databaseUrl, REHEARSAL_SCHEMA);
  const url = inSchema(deps.databaseUrl, REHEARSAL_SCHEMA);
  try {
    await loadDatabase(url, target, manifest, tell, signal);
    const db = openDatabase(url, 1);
    try {
      const sealed: string[] = await db('actor_keys')
        .orderBy('created_at', 'desc')
        .limit(backupLimits.keysTried)
        .pluck('private_key_sealed');
      if (!sealed.every((key) => deps.opensKey(secretKey, key))) {
        return fail('cannot-open', 'The secret key of the backup does not open the keys of its accounts.');
      }
      const { tables } = manifest.database;
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      return ok({ rehearsal: { tables: tables.length, rows, keys: sealed.length } });
    } finally {
      await db.destroy();
    }
  } catch (error) {
    return damage(error);
  } finally {
    await dropSchema(deps.databaseUrl, REHEARSAL_SCHEMA);
  }
}

export interface RestoredObjects {
  readonly objects: number;
  readonly bytes: number;
  /** Keys of copies that are missing or damaged. */
  readonly missing: readonly string[];
}

/** Puts the copied objects into the store of the server, each compared with the list of the backup. */
export async function restoreObjects(
  objects: ObjectStorage,
  target: Target,
  manifest: Manifest,
  tell: Tell,
): Promise<RestoredObjects> {
  const { folder } = manifest.objects;
  let [count, bytes] = [0, 0];
  const missing: string[] = [];
  if (folder === null) return { objects: 0, bytes: 0, missing };
  await inTurns(listOf(target, manifest), async ({ key, size, sha256 }) => {
    const path = join(target.scratchDir, randomUUID());
    try {
      const copy = await openCopy(target, folder, key);
      const found = copy && (await writeFile(path, copy).catch(() => null));
      if (found?.sha256 !== sha256 || found.bytes !== size) return void missing.push(key);
      await objects.putFile(key, path, { contentType: contentTypeOf(key) });
      [count, bytes] = [count + 1, bytes + size];
      tell(`${count} objects (${bytes} bytes) are back`);
    } finally {
      await rm(path, { force: true });
    }
  });
  return { objects: count, bytes, missing };
}
