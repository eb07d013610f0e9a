import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { Upload } from '@tus/server';
import type { Config } from '../../config/config.ts';
import { originalKey } from '../../media/keys.ts';
import type { ObjectStorage } from '../../media/storage/storage.ts';
import type { InTx } from '../db/database.ts';
import type { Videos } from '../modules/videos/index.ts';

/** The bytes of an upload, and what tus remembers of it. */
const UPLOAD_FILE = /^[0-9a-f]{32}(\.json)?$/;

export type UploadFiles = ReturnType<typeof createUploadFiles>;

/** The files of uploads on the disk of this machine, by the ids of the uploads, until they lie in the object store. */
export function createUploadFiles(deps: {
  readonly config: Config;
  readonly inTx: InTx;
  readonly videos: Videos;
  readonly storage: ObjectStorage;
}) {
  const directory = join(deps.config.dataDir, 'uploads');
  const finishing = new Map<string, Promise<boolean>>();

  /** Moves a complete upload on; false where it is not complete, or not there. Safe to repeat. */
  function finish(id: string): Promise<boolean> {
    const running = finishing.get(id);
    if (running) return running;
    const run = finishOnce(id).finally(() => finishing.delete(id));
    finishing.set(id, run);
    return run;
  }

  async function finishOnce(id: string): Promise<boolean> {
    const upload = await deps.videos.upload(id);
    if (!upload) return false;
    const path = join(directory, id);
    const file = await stat(path).catch(() => null);
    if (file?.size !== upload.bytes) return false;
    const key = originalKey(upload.videoId);
    await deps.storage.putFile(key, path, { contentType: 'application/octet-stream' });
    const completed = await deps.inTx((tx) => deps.videos.completeUpload(tx, id, key));
    // Taken back in the last moment: nobody would ever look for what was just stored.
    if (!completed && !(await deps.videos.internal(upload.videoId))) await deps.storage.remove([key]);
    await removeFiles(id);
    return completed;
  }

  async function removeFiles(id: string): Promise<void> {
    await rm(join(directory, id), { force: true });
    await rm(join(directory, `${id}.json`), { force: true });
  }

  /** No upload lives that long, so these are left from a crash between a row's end and its file's. */
  async function removeOldFiles(before: Date): Promise<void> {
    for (const name of await readdir(directory)) {
      if (!UPLOAD_FILE.test(name)) continue;
      const path = join(directory, name);
      const file = await stat(path).catch(() => null);
      if (file && file.mtime < before) await rm(path, { force: true });
    }
  }

  /** Makes a file of this machine that of an upload, which is begun after it: what is left from a crash in between is old one day. */
  async function take(id: string, path: string): Promise<void> {
    await mkdir(directory, { recursive: true });
    const place = join(directory, id);
    // Two folders of a data directory may be on two disks.
    await rename(path, place).catch(() => copyFile(path, place));
  }

  /** Makes place for an upload that comes by tus, and is begun after it, as `take`. */
  async function announce(id: string, bytes: number): Promise<void> {
    await mkdir(directory, { recursive: true });
    await new FileStore({ directory }).create(new Upload({ id, size: bytes, offset: 0 }));
  }

  return { directory, finish, removeFiles, removeOldFiles, take, announce };
}
