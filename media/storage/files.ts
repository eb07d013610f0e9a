import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  copyFile,
  type FileHandle,
  lstat,
  mkdir,
  open,
  opendir,
  readdir,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { mediaLimits } from '../../config/media-limits.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import {
  assertPrefix,
  assertWritable,
  clampRange,
  contentTypeOf,
  isSafeKey,
  type ListedObject,
  newCheckKey,
  type ObjectStorage,
} from './storage.ts';

/** Half-written objects wait here, on the same file system. No key can start with a dot. */
const TEMPORARY = '.tmp';
const MAX_RENAME_ATTEMPTS = 100;

/**
 * Objects as files below `root`, which is made when it is missing; `root` itself may be a symbolic
 * link, links below it are refused. A put writes beside, syncs, renames and syncs the directories, so
 * an object is whole and survives a power cut once the promise resolves.
 */
export function createFileStorage(deps: {
  readonly root: string;
  readonly clock?: Clock;
  /** The variable that names the root, for the admin who reads that it cannot be used. */
  readonly variable?: 'DATA_DIR' | 'BACKUP_DIR';
}): ObjectStorage {
  const clock = deps.clock ?? systemClock;
  let realRoot: Promise<string> | undefined;

  function root(): Promise<string> {
    realRoot ??= prepareRoot(deps.root);
    realRoot.catch(() => {
      realRoot = undefined;
    });
    return realRoot;
  }

  async function put(key: string, fill: (path: string) => Promise<void>): Promise<void> {
    const base = await root();
    const temporary = join(base, TEMPORARY, randomUUID());
    try {
      await fill(temporary);
      await sync(temporary);
      await moveInto(base, temporary, join(base, key));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async function openFile(key: string): Promise<{ handle: FileHandle; size: number } | null> {
    if (!isSafeKey(key)) return null;
    const path = join(await root(), key);
    try {
      if ((await realpath(path)) !== path) return null;
      const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      const facts = await handle.stat();
      if (facts.isFile()) return { handle, size: facts.size };
      await handle.close();
      return null;
    } catch (error) {
      if (isAbsence(error)) return null;
      throw error;
    }
  }

  const storage: ObjectStorage = {
    async putFile(key, path, options) {
      assertWritable(key, options);
      await put(key, (temporary) => copyFile(path, temporary, constants.COPYFILE_FICLONE));
    },
    async putBytes(key, bytes, options) {
      assertWritable(key, options);
      await put(key, (temporary) => writeFile(temporary, bytes));
    },
    async open(key, range) {
      const file = await openFile(key);
      if (file === null) return null;
      const { handle, size } = file;
      try {
        const stream = size === 0 && !range ? await emptyStream(handle) : streamOf(handle, size, range);
        return { stream, size, contentType: contentTypeOf(key) };
      } catch (error) {
        await handle.close();
        throw error;
      }
    },
    async stat(key) {
      const file = await openFile(key);
      if (file === null) return null;
      try {
        return { size: file.size, modifiedAt: Math.floor((await file.handle.stat()).mtimeMs) };
      } finally {
        await file.handle.close();
      }
    },
    async download(key, path) {
      const file = await openFile(key);
      if (file === null) return false;
      await file.handle.close();
      try {
        await copyFile(join(await root(), key), path, constants.COPYFILE_FICLONE);
        return true;
      } catch (error) {
        await rm(path, { force: true });
        // Removed between the look and the copy.
        if (isAbsence(error) && (await storage.stat(key)) === null) return false;
        throw error;
      }
    },
    async remove(keys) {
      const base = await root();
      for (const key of keys) {
        assertWritable(key, { contentType: contentTypeOf(key) });
        await removeFile(base, key);
      }
    },
    async *list(prefix) {
      assertPrefix(prefix);
      yield* walk(await root(), prefix);
    },
    check: () => checkFiles(storage, deps, root, clock),
  };
  return storage;
}

async function prepareRoot(root: string): Promise<string> {
  await mkdir(join(root, TEMPORARY), { recursive: true });
  return realpath(root);
}

function streamOf(handle: FileHandle, size: number, range?: { start: number; end: number }): Readable {
  return handle.createReadStream(clampRange(range ?? { start: 0, end: size - 1 }, size));
}

async function emptyStream(handle: FileHandle): Promise<Readable> {
  await handle.close();
  return Readable.from([]);
}

/** A directory may vanish between mkdir and rename, when the last object of a video is removed. */
async function moveInto(base: string, temporary: string, target: string): Promise<void> {
  const directory = dirname(target);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(directory, { recursive: true });
      if ((await realpath(directory)) !== directory) {
        throw new Error(`${directory} is a symbolic link; objects are not written through links`);
      }
      await rename(temporary, target);
      break;
    } catch (error) {
      if (!isAbsence(error) || attempt === MAX_RENAME_ATTEMPTS) throw error;
    }
  }
  for (let at = directory; at.startsWith(base); at = dirname(at)) await sync(at);
}

/** Forces a file, or the names in a directory, to disk. A directory that has just gone needs no sync. */
async function sync(path: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY);
  } catch (error) {
    if (isAbsence(error)) return;
    throw error;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeFile(base: string, key: string): Promise<void> {
  const path = join(base, key);
  try {
    const directory = dirname(path);
    if ((await realpath(directory)) !== directory) return;
    await unlink(path);
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
  for (let at = dirname(path); at.startsWith(base + sep); at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return; // not empty, or already gone
    }
  }
}

async function* walk(base: string, prefix: string): AsyncGenerator<ListedObject> {
  const start = join(base, prefix.slice(0, prefix.lastIndexOf('/') + 1));
  const waiting = [start];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const entry of await entriesOf(at)) {
      const path = join(at, entry.name);
      const key = relative(base, path).split(sep).join('/');
      if (entry.isDirectory()) {
        if (entry.name !== TEMPORARY && (key.startsWith(prefix) || prefix.startsWith(`${key}/`)))
          waiting.push(path);
      } else if (entry.isFile() && key.startsWith(prefix)) {
        const facts = await lstat(path).catch(() => null);
        if (facts) yield { key, size: facts.size, modifiedAt: Math.floor(facts.mtimeMs) };
      }
    }
  }
}

async function entriesOf(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

async function checkFiles(
  storage: ObjectStorage,
  { root: configuredRoot, variable = 'DATA_DIR' }: Parameters<typeof createFileStorage>[0],
  root: () => Promise<string>,
  clock: Clock,
): Promise<Result> {
  try {
    await sweepTemporary(join(await root(), TEMPORARY), clock.now() - mediaLimits.staleTemporaryFileMs);
    const checkKey = newCheckKey();
    await storage.putBytes(checkKey, Buffer.from('ok'), { contentType: contentTypeOf(checkKey) });
    const found = await storage.stat(checkKey);
    await storage.remove([checkKey]);
    if (found !== null) return ok();
    return fail('storage-unusable', `Files written to ${configuredRoot} disappear. Check the disk.`);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return fail(
      'storage-unusable',
      `Nothing can be stored in ${configuredRoot} (${cause}). Make the directory writable, or set ${variable}.`,
    );
  }
}

/** What a crash left half written. */
async function sweepTemporary(directory: string, olderThan: number): Promise<void> {
  for await (const entry of await opendir(directory)) {
    const path = join(directory, entry.name);
    const facts = await stat(path).catch(() => null);
    if (facts && facts.mtimeMs < olderThan) await rm(path, { force: true });
  }
}

function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'EISDIR';
}
