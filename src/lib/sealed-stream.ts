import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scryptSync } from 'node:crypto';

/**
 * Files sealed with a passphrase, as streams (docs/backup.md describes the format for those who must open one without
 * this program). The key of a file comes from the passphrase by scrypt (RFC 7914) and then, with the nonce and the name
 * of the file, by HKDF-SHA-256 (RFC 5869). The content is cut into chunks, each sealed with AES-256-GCM under a number
 * that says also whether it is the last: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015). So nothing
 * can be changed, left out, moved to another place, or put under another name.
 */
const MAGIC = Buffer.from('VIREOSL1', 'latin1');
const SALT_BYTES = 16;
const NONCE_BYTES = 16;
const HEADER_BYTES = MAGIC.length + 3 + SALT_BYTES + NONCE_BYTES;
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

/** N = 2^16, r = 8, p = 2: 64 MiB for a third of a second (OWASP Password Storage Cheat Sheet). */
const COST = { log2N: 16, r: 8, p: 2 } as const;
/** A header must not make us take more memory than ours does. */
const MAX_COST = { log2N: 18, r: 8, p: 4 } as const;

/** What is not as it was when it was sealed, or was sealed with another passphrase. */
export class CannotOpenError extends Error {
  override readonly name = 'CannotOpenError';
}

/** One passphrase; keys that were worked out once are kept. */
export interface Sealer {
  /** Seals a stream under a name. */
  seal(name: string, plain: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
  /** Gives back what was sealed under this name. Throws `CannotOpenError`, at the latest at the end. */
  open(name: string, sealed: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
  /** A key of 32 bytes for another purpose, the same for the same salt. */
  key(purpose: string): Buffer;
}

/** `salt` is used for what is sealed; what is opened names its own. */
export function createSealer(passphrase: string, salt: Buffer): Sealer {
  if (salt.length !== SALT_BYTES) throw new TypeError(`A salt has ${SALT_BYTES} bytes.`);
  const masters = new Map<string, Buffer>();

  function master(cost: { log2N: number; r: number; p: number }, from: Buffer): Buffer {
    const id = `${cost.log2N} ${cost.r} ${cost.p} ${from.toString('hex')}`;
    const N = 2 ** cost.log2N;
    const maxmem = 2 * 128 * N * cost.r;
    const known = masters.get(id) ?? scryptSync(passphrase, from, 32, { N, r: cost.r, p: cost.p, maxmem });
    masters.set(id, known);
    return known;
  }

  return {
    async *seal(name, plain) {
      const nonce = randomBytes(NONCE_BYTES);
      yield Buffer.concat([MAGIC, Buffer.from([COST.log2N, COST.r, COST.p]), salt, nonce]);
      const key = fileKey(master(COST, salt), nonce, name);
      let number = 0;
      for await (const { chunk, isLast } of chunks(plain, CHUNK_BYTES)) {
        const cipher = createCipheriv('aes-256-gcm', key, chunkNonce(number, isLast));
        yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
        number += 1;
      }
    },

    async *open(name, sealed) {
      const { header, rest } = await readHeader(sealed);
      const [log2N = 0, r = 0, p = 0] = header.subarray(MAGIC.length);
      const saltAt = MAGIC.length + 3;
      if (log2N > MAX_COST.log2N || r > MAX_COST.r || p > MAX_COST.p)
        throw new CannotOpenError(`${name} asks for more work than any file of ours.`);
      const nonce = header.subarray(saltAt + SALT_BYTES);
      const from = header.subarray(saltAt, saltAt + SALT_BYTES);
      const key = fileKey(master({ log2N, r, p }, from), nonce, name);
      let number = 0;
      for await (const { chunk, isLast } of chunks(rest, SEALED_CHUNK_BYTES)) {
        yield openChunk(key, name, number, chunk, isLast);
        number += 1;
      }
    },

    key: (purpose) => Buffer.from(hkdfSync('sha256', master(COST, salt), '', `vireo ${purpose}`, 32)),
  };
}

export function randomSalt(): Buffer {
  return randomBytes(SALT_BYTES);
}

function fileKey(master: Buffer, nonce: Buffer, name: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, nonce, `vireo file ${name}`, 32));
}

/** 11 bytes of number, and whether it is the last. The key is used for one file only, so numbers never meet. */
function chunkNonce(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function openChunk(key: Buffer, name: string, number: number, sealed: Buffer, isLast: boolean): Buffer {
  if (sealed.length < TAG_BYTES) throw new CannotOpenError(`${name} is cut off.`);
  const textEnd = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, chunkNonce(number, isLast), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(sealed.subarray(textEnd));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, textEnd)), decipher.final()]);
  } catch {
    throw new CannotOpenError(
      `${name} cannot be opened: it was changed or cut off, or sealed with another passphrase.`,
    );
  }
}

async function readHeader(
  source: AsyncIterable<Buffer>,
): Promise<{ header: Buffer; rest: AsyncIterable<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]();
  let read: Buffer = Buffer.alloc(0);
  while (read.length < HEADER_BYTES) {
    const { value, done } = await iterator.next();
    if (done) break;
    read = Buffer.concat([read, value]);
  }
  if (read.length < HEADER_BYTES || !read.subarray(0, MAGIC.length).equals(MAGIC))
    throw new CannotOpenError('It is no sealed file.');
  async function* rest(): AsyncGenerator<Buffer> {
    yield read.subarray(HEADER_BYTES);
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { header: read.subarray(0, HEADER_BYTES), rest: rest() };
}

/** The same bytes in pieces of one size. The last is the one that may be shorter, or empty where nothing came at all. */
async function* chunks(
  source: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ chunk: Buffer; isLast: boolean }> {
  let parts: Buffer[] = [];
  let waiting = 0;
  for await (const piece of source) {
    parts.push(piece);
    waiting += piece.length;
    if (waiting <= size) continue;
    // One that is exactly full may be the last.
    const all = Buffer.concat(parts);
    let at = 0;
    for (; all.length - at > size; at += size) yield { chunk: all.subarray(at, at + size), isLast: false };
    parts = [all.subarray(at)];
    waiting = all.length - at;
  }
  yield { chunk: Buffer.concat(parts), isLast: true };
}
