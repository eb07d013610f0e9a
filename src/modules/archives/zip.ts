import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** One file of an archive. */
export interface ArchiveEntry {
  readonly path: string;
  readonly modifiedAt: Date;
  /** In bytes, of what is stored as it is; null for text, which is packed while it is written. */
  readonly size: number | null;
  /** Called when its turn has come: one is open at a time. */
  readonly open: () => Promise<Readable>;
}

export interface WrittenZip {
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * Writes a zip, with the 64-bit fields where its size asks for them, one entry after the other: what it holds in memory
 * does not grow with what the entries hold. Throws what an entry or the disk threw; then nothing is of use.
 */
export async function writeZip(
  path: string,
  entries: AsyncIterable<ArchiveEntry>,
  { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes?: (bytes: number) => void },
): Promise<WrittenZip> {
  const zip = new ZipFile();
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  // Such as a file that has another size than it was said to have.
  zip.on('error', (error) => failed.abort(error));
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const writing = pipeline(zip.outputStream, measure, createWriteStream(path, { flags: 'wx', mode: 0o600 }), {
    signal: stop,
  });
  writing.catch((error) => failed.abort(error));
  try {
    for await (const entry of entries) {
      stop.throwIfAborted();
      await add(zip, entry, stop, onBytes);
    }
    zip.end();
    await writing;
  } catch (error) {
    failed.abort(error);
    await writing.catch(() => undefined);
    // Whatever came first: of what it ended, only that is heard that it was ended.
    throw signal.aborted ? signal.reason : failed.signal.reason;
  }
  return { size, sha256: hash.digest('hex') };
}

async function add(
  zip: ZipFile,
  { path, modifiedAt: mtime, size, open }: ArchiveEntry,
  signal: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<void> {
  const source = await open();
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes?.(chunk.length);
      done(null, chunk);
    },
  });
  // What is a video or a picture is packed already.
  zip.addReadStream(counted, path, size === null ? { mtime } : { mtime, size, compress: false });
  await pipeline(source, counted, { signal });
}
