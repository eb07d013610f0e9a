import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { ZipFile } from 'yazl';
import type { ByteRange, ObjectStorage, OpenedObject } from '../../../../media/storage/storage.ts';
import type { HeldItem, LegalHold } from './model.ts';

/** An export as it can be sent: the same bytes each time, so that a broken download goes on where it ended. */
export interface HoldExport {
  readonly size: number;
  /** SHA-256 of its list of hashes, in hex: whoever has the log knows whether an export is the one that was handed out. */
  readonly sums: string;
  open(range: ByteRange): Promise<OpenedObject>;
}

interface Entry {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly at: Date;
  open(): Promise<Readable>;
}

/** Everything that is kept of a hold in one ZIP, with `manifest.json` and, as `sha256sum -c` reads them, `SHA256SUMS`. */
export async function exportOf(
  storage: ObjectStorage,
  hold: LegalHold,
  items: readonly HeldItem[],
): Promise<HoldExport> {
  const kept = items.flatMap((item) => entryOf(storage, item) ?? []);
  const manifest = textEntry('manifest.json', hold.createdAt, manifestOf(hold, items));
  const sums = [manifest, ...kept].map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('');
  const entries = [manifest, ...kept, textEntry('SHA256SUMS', hold.createdAt, sums)];
  const size = await sizeOf(entries);
  return {
    size,
    sums: hashOf(sums),
    open: async (range) => ({
      ...{ size, contentType: 'application/zip' },
      stream: part(streamOf(entries), range),
    }),
  };
}

function manifestOf(hold: LegalHold, items: readonly HeldItem[]): string {
  const { id, target, label, reason, reference, createdAt, releasedAt } = hold;
  return `${JSON.stringify(
    {
      hold: { id, target, label, reason, reference, created_at: createdAt, released_at: releasedAt },
      files: items.map(({ path, state, sha256, bytes, keptAt }) => ({
        ...{ path, state, sha256, bytes, kept_at: keptAt },
      })),
    },
    null,
    2,
  )}\n`;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function textEntry(path: string, at: Date, text: string): Entry {
  const bytes = Buffer.from(text);
  return { path, at, sha256: hashOf(text), bytes: bytes.length, open: async () => Readable.from([bytes]) };
}

/** Null where nothing is kept of it. */
function entryOf(
  storage: ObjectStorage,
  { path, content, key, sha256, bytes, keptAt }: HeldItem,
): Entry | null {
  const at = keptAt ?? new Date(0);
  if (content !== null) return textEntry(path, at, content);
  if (key === null || sha256 === null || bytes === null) return null;
  return {
    ...{ path, at, sha256, bytes },
    async open() {
      const object = await storage.open(key);
      if (!object) throw new Error(`${path} is not in the store any more`);
      return object.stream.compose(checked(path, sha256)) as Readable;
    },
  };
}

/** Breaks off at the end of a file that is not what was kept: an export is whole, or there is none. */
function checked(path: string, sha256: string): Transform {
  const hash = createHash('sha256');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const isSame = hash.digest('hex') === sha256;
      done(isSame ? null : new Error(`${path} is not what was kept: its SHA-256 differs`));
    },
  });
}

const optionsOf = ({ at: mtime, bytes: size }: Entry) => ({ mtime, size, compress: false });

/** Nothing is packed, so that the size is known before anything is read. */
function sizeOf(entries: readonly Entry[]): Promise<number> {
  const zip = new ZipFile();
  for (const entry of entries) zip.addReadStreamLazy(entry.path, optionsOf(entry), () => undefined);
  return new Promise((resolve) => zip.end(undefined, (...size: number[]) => resolve(size[0] ?? 0)));
}

function streamOf(entries: readonly Entry[]): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  let current: Readable | undefined;
  zip.on('error', (error) => output.destroy(error));
  // Whoever wants no more leaves no file open.
  output.on('close', () => current?.destroy());
  for (const entry of entries) {
    zip.addReadStreamLazy(entry.path, optionsOf(entry), (give) => {
      entry.open().then(
        (stream) => {
          current = stream;
          if (output.destroyed) return void stream.destroy();
          stream.on('error', (error) => output.destroy(error));
          give(null, stream);
        },
        (error) => output.destroy(error),
      );
    });
  }
  zip.end();
  return output;
}

/** The bytes of a range, both ends included. What is behind them is not read. */
const part = (source: Readable, range: ByteRange): Readable =>
  Readable.from(bytesIn(source, range), { objectMode: false });

async function* bytesIn(source: Readable, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const [from, to] = [Math.max(0, start - at), Math.min(chunk.length, end + 1 - at)];
    at += chunk.length;
    if (to > from) yield chunk.subarray(from, to);
    if (at > end) return;
  }
}
