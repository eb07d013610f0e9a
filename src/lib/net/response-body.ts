import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { FetchStop } from './fetch-failure.ts';

export type Response = Dispatcher.ResponseData;

const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  deflate: createInflate,
};

/**
 * Reads a whole body into memory. `maxBytes` bounds what came over the wire and what it unpacks to, so a
 * compression bomb stops at the cap (security.md F5). Throws FetchStop.
 */
export async function readBody(response: Response, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  checkLength(response, maxBytes);
  const chunks: Buffer[] = [];
  const decoder = response.headers['content-length'] === '0' ? undefined : decoderFor(response);
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) chunks.push(chunk);
  };
  const wire = capBytes(maxBytes);
  if (decoder) await pipeline(response.body, wire, decoder, capBytes(maxBytes), collect, { signal });
  else await pipeline(response.body, wire, collect, { signal });
  return Buffer.concat(chunks);
}

export interface SaveOptions {
  readonly toPath: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** The bytes it must have, no more and no fewer, where they were asked for by their place. */
  readonly range?: { readonly length: number } | undefined;
  /** Called with bytes so far and the announced total, if there was one. */
  readonly onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
}

/**
 * Streams a body into a new file, readable by this user only; a file that already exists is never touched.
 * The file is removed when anything fails. Returns the bytes written. Throws FetchStop and disk errors.
 */
export async function saveBody(response: Response, options: SaveOptions): Promise<number> {
  checkLength(response, options.maxBytes);
  if (decoderFor(response)) throw packed();
  const total = announcedLength(response);
  const counter = capBytes(options.maxBytes, (bytes) => options.onProgress?.(bytes, total));
  const file = createWriteStream(options.toPath, { flags: 'wx', mode: 0o600 });
  let isOurs = false;
  file.once('open', () => {
    isOurs = true;
  });
  try {
    await pipeline(response.body, counter, file, { signal: options.signal });
    if (options.range && file.bytesWritten !== options.range.length) throw wrongRange();
  } catch (error) {
    if (isOurs) await rm(options.toPath, { force: true });
    throw error;
  }
  return file.bytesWritten;
}

/**
 * Throws FetchStop unless the answer says that it is exactly the range asked for (RFC 9110, 14.4): several ranges
 * in one body, or other bytes, would be taken for a part of the file that they are not.
 */
export function checkRange(
  response: Response,
  { start, length }: { readonly start: number; readonly length: number },
): void {
  const told = toldRange(response);
  if (told?.first !== start || told.last !== start + length - 1) throw wrongRange();
}

/** A part of a file, and how large the whole file is. */
export interface Part {
  readonly body: Buffer;
  readonly total: number;
}

/**
 * Reads a range into memory: exactly the bytes asked for, or up to the end of the file where that comes first. Throws
 * FetchStop, also where the answer does not say how large the file is.
 */
export async function readPart(
  response: Response,
  { start, length }: { readonly start: number; readonly length: number },
  signal: AbortSignal,
): Promise<Part> {
  if (decoderFor(response)) throw packed();
  const { first, last, total } = toldRange(response) ?? {};
  if (total === undefined || first !== start || last !== Math.min(start + length, total) - 1) {
    throw wrongRange();
  }
  const body = await readBody(response, last - first + 1, signal);
  if (body.length !== last - first + 1) throw wrongRange();
  return { body, total };
}

/** What an answer says that it is of a file; null where it says nothing, or several things. */
function toldRange(
  response: Response,
): { readonly first: number; readonly last: number; readonly total: number | undefined } | null {
  const [whole, first, last, total] =
    /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(String(response.headers['content-range'] ?? '')) ??
    [];
  if (whole === undefined) return null;
  return { first: Number(first), last: Number(last), total: total === '*' ? undefined : Number(total) };
}

/** Drops a body that nobody wants; a short one is read to its end so that the connection stays usable. */
export async function discardBody(response: Response, limit: number): Promise<void> {
  response.body.on('error', () => undefined);
  await response.body.dump({ limit }).catch(() => undefined);
}

/** Closes the connection when its answer was not read to the end; does nothing otherwise. */
export function dropRest(response: Response): void {
  if (response.body.readableEnded || response.body.destroyed) return;
  response.body.on('error', () => undefined);
  response.body.destroy();
}

function checkLength(response: Response, maxBytes: number): void {
  const length = announcedLength(response);
  if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes);
}

function announcedLength(response: Response): number | undefined {
  const value = response.headers['content-length'];
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function decoderFor(response: Response): Transform | undefined {
  const encoding = String(response.headers['content-encoding'] ?? 'identity')
    .trim()
    .toLowerCase();
  if (encoding === 'identity' || encoding === '') return undefined;
  const create = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (!create)
    throw new FetchStop('bad-response', 'The other server packed its answer in a way we do not read.');
  return create();
}

function capBytes(maxBytes: number, onProgress?: (bytes: number) => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) return done(tooLarge(maxBytes));
      onProgress?.(bytes);
      done(null, chunk);
    },
  });
}

function packed(): FetchStop {
  return new FetchStop('bad-response', 'The other server packed a file that was to come plain.');
}

function wrongRange(): FetchStop {
  return new FetchStop('bad-response', 'The other server sent other bytes than those asked for.');
}

function tooLarge(maxBytes: number): FetchStop {
  return new FetchStop('too-large', `The answer is larger than ${maxBytes} bytes.`);
}
