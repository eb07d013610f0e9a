import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMediaKey } from '../keys.ts';
import { contentTypeOf, type ObjectStorage } from './storage.ts';

/** What bytes are, whatever they are called. */
export interface Digest {
  readonly size: number;
  /** In lower-case hex. */
  readonly sha256: string;
}

/** What is stored under a key, read to its last byte; null where there is nothing. */
/** What a stream holds, read to its end. */
export async function digestOf(storage: ObjectStorage, key: string): Promise<Digest | null> {
  const object = await storage.open(key);
  return object && digest(object.stream);
}

/** Whether content is what its key says it is. Keys that carry no hash fit everything. */
export function fitsKey(key: string, { sha256 }: Digest): boolean {
  const hash = parseMediaKey(key)?.hash;
  return hash === undefined || sha256.startsWith(hash);
}

export interface Transfer {
  readonly from: ObjectStorage;
  readonly to: ObjectStorage;
  readonly key: string;
  /** An existing folder for one copy of the object. */
  readonly scratchDir: string;
  /** Whether what comes is worth copying. Default: it is. What is not is given back, and nothing is done. */
  readonly accepts?: (coming: Digest) => boolean;
  /** Whether what lies at the goal already is to stay, where it is something else. Default: it is not. */
  readonly keeps?: (there: Digest, coming: Digest) => boolean;
}

/**
 * Copies an object to another store and reads it back from there: once it resolves, the goal holds the same
 * size and SHA-256, or what `keeps` wanted kept. Gives what the origin holds, or null where that is nothing.
 * Throws where the copy is not the same. The origin stays as it is.
 */
export async function transfer(job: Transfer): Promise<Digest | null> {
  const { from, to, key, scratchDir, accepts = () => true, keeps = () => false } = job;
  const path = join(scratchDir, randomUUID());
  try {
    if (!(await from.download(key, path))) return null;
    const coming = await digest(createReadStream(path));
    if (!accepts(coming)) return coming;
    const there = await digestOf(to, key);
    if (there && (isSame(there, coming) || keeps(there, coming))) return coming;
    await to.putFile(key, path, { contentType: contentTypeOf(key) });
    const stored = await digestOf(to, key);
    if (stored && isSame(stored, coming)) return coming;
    await to.remove([key]);
    throw new Error(`${key} was copied and reads differently: the origin is kept`);
  } finally {
    await rm(path, { force: true });
  }
}

function isSame(a: Digest, b: Digest): boolean {
  return a.size === b.size && a.sha256 === b.sha256;
}

/** What a stream holds, read to its end. */
export async function digest(stream: AsyncIterable<Buffer>): Promise<Digest> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: hash.digest('hex') };
}
