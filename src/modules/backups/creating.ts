import { backupLimits } from '../../../config/backup-limits.ts';
import { type Snapshot, withLock, withSnapshot } from '../../db/dump.ts';
import { randomHex } from '../../lib/crypto.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import {
  type BackupFacts,
  FORMAT,
  factsOf,
  type ListedCopy,
  type Manifest,
  nameAt,
  type Secrets,
} from './model.ts';
import { copiedIn, copyObjects, dropCopies, listedNow, type ObjectsDeps } from './objects.ts';
import { toForget } from './retention.ts';
import { folderOf, listBackups, readManifest, storeParts, type Target, writeManifest } from './target.ts';

/** Any number, the same for every process: one backup at a time. */
const BACKUP_LOCK = 7_461_346;

export interface CreateDeps extends ObjectsDeps {
  readonly databaseUrl: string;
  readonly secrets: Secrets;
  readonly origin: string;
  readonly version: string;
  readonly now: () => Date;
}

export interface CreateOptions {
  /** Copy the objects too, or only list them. */
  readonly media: boolean;
  readonly onProgress?: (step: string) => void;
  /** Ends it: the server is stopping. */
  readonly signal?: AbortSignal;
}

export interface Created extends BackupFacts {
  /** What was copied this time; the rest was there from backups before. */
  readonly copied: number;
  readonly copiedBytes: number;
  readonly damaged: readonly string[];
  /** Names of older backups that are gone now. */
  readonly forgotten: readonly string[];
}

/**
 * Makes a backup: the database as it was at one moment, the secret key and the configuration, the list of all objects,
 * and where wanted the objects. The server goes on meanwhile. Then removes older backups that need not be kept.
 * What is killed half-way leaves files without a manifest, which are no backup and are swept away by a later one.
 */
export async function createBackup(
  deps: CreateDeps,
  options: CreateOptions,
): Promise<Result<{ created: Created }, 'busy'>> {
  const created = await withLock(deps.databaseUrl, BACKUP_LOCK, async () => {
    const startedAt = deps.now();
    const name = nameAt(startedAt, randomHex(3));
    const { manifest, ...copies } = await writeBackup(deps, options, name, startedAt);
    const forgotten = await forgetOld(deps);
    return { ...factsOf(manifest), ...copies, forgotten };
  });
  return created === null ? fail('busy', 'Another backup is being made.') : ok({ created });
}

async function writeBackup(deps: CreateDeps, options: CreateOptions, name: string, startedAt: Date) {
  const { target } = deps;
  const { signal, onProgress } = options;
  const tell = (step: string) => {
    signal?.throwIfAborted();
    onProgress?.(step);
  };
  const folder = folderOf(name);
  const copy = () =>
    copyObjects(deps, name, ({ objects, bytes }) => tell(`${objects} objects copied (${bytes} bytes)`));
  const first = options.media ? await copy() : null;
  const database = await withSnapshot(deps.databaseUrl, (snapshot) =>
    storeDatabase(target, folder, snapshot, tell, signal),
  );
  const second = options.media ? await copy() : null;
  const damaged = [...new Set([...(first?.damaged ?? []), ...(second?.damaged ?? [])])];
  const listed = counted(options.media ? copiedIn(deps, name) : listedNow(deps));
  const list = await storeParts(target, folder, 'objects', listed.lines());
  const secrets = await storeParts(target, folder, 'secrets', textOf(JSON.stringify(deps.secrets)));
  const manifest: Manifest = {
    ...{ format: FORMAT, name, vireo: deps.version, origin: deps.origin },
    startedAt: startedAt.toISOString(),
    finishedAt: deps.now().toISOString(),
    sealed: target.sealer !== null,
    ...{ database, secrets },
    objects: {
      ...listed.sums(),
      folder: options.media ? target.objectFolder : null,
      damaged: damaged.length,
      list,
    },
  };
  await writeManifest(target, manifest);
  const copied = (first?.copied ?? 0) + (second?.copied ?? 0);
  const copiedBytes = (first?.copiedBytes ?? 0) + (second?.copiedBytes ?? 0);
  return { manifest, copied, copiedBytes, damaged };
}

async function storeDatabase(
  target: Target,
  folder: string,
  { migrations, tables, sequences, copy }: Snapshot,
  tell: (step: string) => void,
  signal: AbortSignal | undefined,
): Promise<Manifest['database']> {
  const stored: Manifest['database']['tables'] = [];
  for (const table of tables) {
    let rows = 0;
    const source = copy(table, (count) => {
      rows = count;
    });
    const parts = await storeParts(target, folder, `table-${table.name}`, stoppable(source, signal));
    stored.push({ name: table.name, columns: [...table.columns], rows, parts });
    tell(`${table.name}: ${rows} rows`);
  }
  return { migrations: [...migrations], tables: stored, sequences: [...sequences] };
}

/** The same stream, until somebody wants it to end. */
export async function* stoppable(
  source: AsyncIterable<Buffer>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    signal?.throwIfAborted();
    yield chunk;
  }
}

function counted(objects: AsyncIterable<ListedCopy>) {
  let [count, bytes] = [0, 0];
  return {
    async *lines(): AsyncGenerator<Buffer> {
      for await (const object of objects) {
        count += 1;
        bytes += object.size;
        yield Buffer.from(`${JSON.stringify(object)}\n`);
      }
    },
    sums: () => ({ count, bytes }),
  };
}

async function* textOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** Copies of objects are of use as long as a backup names them: the last that does stays, whatever came after it. */
async function newestWithMedia(target: Target, names: readonly string[]): Promise<string | null> {
  for (const name of names.toReversed()) {
    const read = await readManifest(target, name);
    if (read.ok && read.manifest.objects.folder !== null) return name;
  }
  return null;
}

/** Removes what need not be kept: whole backups by age, halves that nobody works on any more, copies of no backup. */
async function forgetOld(deps: CreateDeps): Promise<string[]> {
  const { store } = deps.target;
  const all = await listBackups(store);
  const names = [...all.keys()];
  const whole = names.filter((name) => all.get(name)?.isWhole);
  const kept = await newestWithMedia(deps.target, whole);
  const forgotten = toForget(whole, deps.now()).filter((name) => name !== kept);
  const cutoff = nameAt(new Date(deps.now().getTime() - backupLimits.unfinishedMs), '');
  const halves = names.filter((name) => !all.get(name)?.isWhole && name < cutoff);
  // The manifest first: what is left of one that is cut off here is no backup any more.
  for (const name of forgotten) await store.remove([`${folderOf(name)}manifest.json`]);
  for (const name of [...forgotten, ...halves]) {
    const keys: string[] = [];
    for await (const { key } of store.list(folderOf(name))) keys.push(key);
    await store.remove(keys);
  }
  const oldest = whole.find((name) => !forgotten.includes(name));
  if (oldest !== undefined) await dropCopies(deps, oldest);
  return forgotten;
}
