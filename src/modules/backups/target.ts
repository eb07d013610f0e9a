import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { backupLimits } from '../../../config/backup-limits.ts';
import { contentTypeOf, type ObjectStorage } from '../../../media/storage/storage.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { createSealer, randomSalt, type Sealer } from '../../lib/sealed-stream.ts';
import { fitsSeal, type Manifest, manifestSchema, namePattern, type Part, sealOf } from './model.ts';

/** Where backups go to, and how they are read there. */
export interface Target {
  readonly store: ObjectStorage;
  /** Null: what is stored can be read by whoever gets at it. */
  readonly sealer: Sealer | null;
  /** The folder of copied objects that this passphrase opens. */
  readonly objectFolder: string;
  readonly scratchDir: string;
}

const ABOUT_KEY = 'vireo-backups.json';
const aboutSchema = z.object({ format: z.literal(1), origin: z.url(), salt: z.base64() });

export interface TargetOptions {
  readonly store: ObjectStorage;
  readonly passphrase: string | null;
  readonly scratchDir: string;
}

export type TargetProblem = 'storage-unusable' | 'no-backups' | 'of-another-server';

/** Opens what holds backups already; with an origin, one for backups of that server, which is made where it is new. */
export async function openTarget(
  { store, passphrase, scratchDir }: TargetOptions,
  origin: string | null,
): Promise<Result<{ target: Target }, TargetProblem>> {
  await mkdir(scratchDir, { recursive: true });
  if (origin !== null) {
    const usable = await store.check();
    if (!usable.ok) return fail('storage-unusable', usable.detail);
  }
  let text = await textAt(store, ABOUT_KEY);
  if (text === null && origin !== null) {
    text = JSON.stringify({ format: 1, origin, salt: randomSalt().toString('base64') });
    await putText(store, ABOUT_KEY, text);
  }
  if (text === null) return fail('no-backups', 'There are no backups of Vireo.');
  const about = aboutSchema.parse(JSON.parse(text));
  if (origin !== null && about.origin !== origin) {
    return fail(
      'of-another-server',
      `Here lie the backups of ${about.origin}. Choose another place for those of ${origin}.`,
    );
  }
  const sealer = passphrase === null ? null : createSealer(passphrase, Buffer.from(about.salt, 'base64'));
  const objectFolder = sealer ? sealer.key('backup objects').toString('hex').slice(0, 16) : 'plain';
  return ok({ target: { store, sealer, objectFolder, scratchDir } });
}

export async function textAt(store: ObjectStorage, key: string): Promise<string | null> {
  const found = await bytesAt(store, key);
  return found?.toString('utf8') ?? null;
}

async function bytesAt(store: ObjectStorage, key: string): Promise<Buffer | null> {
  const object = await store.open(key);
  if (object === null) return null;
  if (object.size > backupLimits.maxManifestBytes) {
    object.stream.destroy();
    return null;
  }
  return buffer(object.stream);
}

function putText(store: ObjectStorage, key: string, text: string): Promise<void> {
  return store.putBytes(key, Buffer.from(text), { contentType: contentTypeOf(key) });
}

export const folderOf = (backup: string) => `backups/${backup}/`;

/** The names of everything that was begun there, oldest first, and whether it was finished. */
export async function listBackups(store: ObjectStorage): Promise<Map<string, { isWhole: boolean }>> {
  const found = new Map<string, { isWhole: boolean }>();
  for await (const { key } of store.list('backups/')) {
    const [, name = '', file] = key.split('/');
    if (!namePattern.test(name)) continue;
    const known = found.get(name) ?? { isWhole: false };
    found.set(name, { isWhole: known.isWhole || file === 'manifest.json' });
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The manifest is written last, and makes a backup of what lies there. */
export async function writeManifest({ store, sealer }: Target, manifest: Manifest): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(manifestSchema.parse(manifest), null, 1));
  const folder = folderOf(manifest.name);
  await putText(store, `${folder}manifest.seal`, sealOf(bytes, sealer?.key('backup manifest') ?? null));
  await store.putBytes(`${folder}manifest.json`, bytes, { contentType: 'application/json' });
}

export type ManifestProblem = 'not-found' | 'unfinished' | 'cannot-open' | 'damaged';

export async function readManifest(
  { store, sealer }: Target,
  name: string,
): Promise<Result<{ manifest: Manifest }, ManifestProblem>> {
  if (!namePattern.test(name)) return fail('not-found', `${name} is no name of a backup.`);
  const bytes = await bytesAt(store, `${folderOf(name)}manifest.json`);
  if (bytes === null) {
    const isBegun = (await listBackups(store)).has(name);
    return isBegun
      ? fail('unfinished', `The backup ${name} was begun and never finished.`)
      : fail('not-found', `There is no backup ${name}.`);
  }
  const seal = (await textAt(store, `${folderOf(name)}manifest.seal`)) ?? '';
  const isSealed = seal.startsWith('hmac-sha256 ');
  if (isSealed && sealer === null)
    return fail('cannot-open', `The backup ${name} is sealed: set BACKUP_PASSPHRASE.`);
  if (!fitsSeal(bytes, isSealed && sealer ? sealer.key('backup manifest') : null, seal)) {
    return isSealed
      ? fail(
          'cannot-open',
          `BACKUP_PASSPHRASE is not the one that sealed ${name}, or its manifest was changed.`,
        )
      : fail('damaged', `The manifest of ${name} was changed or damaged.`);
  }
  const parsed = manifestSchema.safeParse(JSON.parse(bytes.toString('utf8')));
  if (!parsed.success)
    return fail('damaged', `The manifest of ${name} cannot be read by this version of Vireo.`);
  if (parsed.data.sealed !== isSealed) return fail('damaged', `The manifest of ${name} was changed.`);
  return ok({ manifest: parsed.data });
}

/** Stores a stream, however long: compressed, sealed, and cut into files of a bounded size. */
export async function storeParts(
  { store, sealer, scratchDir }: Target,
  folder: string,
  name: string,
  source: AsyncIterable<Buffer>,
): Promise<Part[]> {
  const iterator = source[Symbol.asyncIterator]();
  const stored: Part[] = [];
  for (;;) {
    const first = await iterator.next();
    if (first.done) return stored;
    const part = `${name}-${String(stored.length + 1).padStart(5, '0')}.gz${sealer ? '.sealed' : ''}`;
    const path = join(scratchDir, randomUUID());
    try {
      const packed = upTo(backupLimits.partBytes, first.value, iterator);
      const zipped = createGzip();
      const work = pipeline(packed, zipped);
      const sealed: AsyncIterable<Buffer> = sealer ? sealer.seal(part, zipped) : zipped;
      const [facts] = await Promise.all([writeFile(path, sealed), work]);
      await store.putFile(`${folder}${part}`, path, { contentType: contentTypeOf(part) });
      stored.push({ name: part, ...facts });
    } finally {
      await rm(path, { force: true });
    }
  }
}

async function* upTo(limit: number, first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let bytes = first.length; bytes < limit; ) {
    const { value, done } = await rest.next();
    if (done) return;
    bytes += value.length;
    yield value;
  }
}

/** Writes a stream into a new file; gives what was written. */
export async function writeFile(
  path: string,
  source: AsyncIterable<Buffer>,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path, { flags: 'wx', mode: 0o600 }),
  );
  return { bytes, sha256: hash.digest('hex') };
}

/** A stored file is missing, or not what the manifest says. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError';
}

/** Gives back what `storeParts` stored. Throws `DamagedError` or `CannotOpenError` where it is not what it was. */
export async function* readParts(
  { store, sealer }: Target,
  folder: string,
  parts: readonly Part[],
): AsyncGenerator<Buffer> {
  for (const part of parts) {
    const object = await store.open(`${folder}${part.name}`);
    if (object === null) throw new DamagedError(`${part.name} is missing.`);
    const checked = checkedAs(object.stream, part);
    const zipped = part.name.endsWith('.sealed') ? unsealed(sealer, part.name, checked) : checked;
    const plain = createGunzip();
    const work = pipeline(zipped, plain);
    // Whoever stops reading early ends both; the error of the pipe is the one of the loop.
    work.catch(() => undefined);
    try {
      for await (const chunk of plain) yield chunk as Buffer;
    } catch (error) {
      await work;
      throw error;
    } finally {
      object.stream.destroy();
    }
    await work;
  }
}

function unsealed(sealer: Sealer | null, name: string, sealed: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  if (sealer === null) throw new DamagedError(`${name} is sealed: set BACKUP_PASSPHRASE.`);
  return sealer.open(name, sealed);
}

async function* checkedAs(source: AsyncIterable<Buffer>, part: Part): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source) {
    hash.update(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes !== part.bytes || hash.digest('hex') !== part.sha256)
    throw new DamagedError(`${part.name} is damaged: it is not what was stored.`);
}
