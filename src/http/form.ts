import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { apiLimits, formLimits } from '../../config/limits.ts';
import { ApiError } from './errors.ts';

/** A file that a route takes with its form. */
export interface FilePart {
  /** Media types that a client may give it: `image/png`, or all of a kind as `video/*`. What the file is, its bytes say. */
  readonly types: readonly string[];
  readonly maxBytes: number;
}

/** A file that came with a form. It is removed once the route has answered: move or read it before. */
export interface ReceivedFile {
  readonly path: string;
  readonly bytes: number;
  /** As the client says. */
  readonly type: string;
  /** As the client says, without folders; no path is made of it. */
  readonly filename: string;
}

export interface Form {
  readonly fields: readonly (readonly [string, string])[];
  readonly files: Readonly<Record<string, ReceivedFile>>;
}

type Parts = Readonly<Record<string, FilePart>>;

/** Folders of forms below the folder for work under way. */
const FOLDER = 'form-';

/**
 * Reads multipart/form-data (RFC 7578): fields into memory, files that the route declares onto the disk, each no
 * longer than it may be, into a folder that is gone once `use` has ended, however it ends. Throws the refusal for
 * the client where the form is too large, malformed or has a file that is not taken; the rest of the body is then
 * read to nowhere, so that the client hears of it.
 */
export async function withForm<T>(
  input: { readonly req: IncomingMessage; readonly parts: Parts; readonly workDir: string },
  use: (form: Form) => Promise<T>,
): Promise<T> {
  const { req, parts, workDir } = input;
  const takesFiles = Object.keys(parts).length > 0;
  if (takesFiles) await mkdir(workDir, { recursive: true });
  const dir = takesFiles ? await mkdtemp(join(workDir, FOLDER)) : null;
  try {
    return await use(await readForm(req, parts, dir));
  } finally {
    if (dir !== null) await rm(dir, { recursive: true, force: true });
  }
}

/** Removes what forms left behind when their process was killed. */
export async function sweepForms(workDir: string, now: number): Promise<void> {
  const found = await readdir(workDir).catch(() => []);
  for (const name of found.filter((one) => one.startsWith(FOLDER))) {
    const path = join(workDir, name);
    const made = (await stat(path).catch(() => null))?.mtimeMs ?? now;
    if (now - made > formLimits.keptMs) await rm(path, { recursive: true, force: true });
  }
}

async function readForm(req: IncomingMessage, parts: Parts, dir: string | null): Promise<Form> {
  const parser = parserOf(req, Object.keys(parts).length);
  const counter = new ByteCap(maxFormBytes(parts));
  const fields: [string, string][] = [];
  const files: Record<string, ReceivedFile> = Object.create(null);
  const saving: Promise<void>[] = [];
  const refusal = new AbortController();
  const refuse = (error: unknown) => refusal.abort(error);
  let characters = 0;
  parser.on('field', (name, value, { valueTruncated }) => {
    characters += name.length + value.length;
    const isTooLong = valueTruncated || characters > apiLimits.maxJsonBytes;
    if (isTooLong) refuse(tooLarge('What the form says'));
    else fields.push([name, value]);
  });
  parser.on('file', (name, stream, info) => {
    const save = async () => {
      const file = await saveFile(stream, { part: parts[name], name, dir, number: saving.length, ...info });
      if (file && name in files) throw refusedFile(name, 'This file came twice.');
      if (file) files[name] = file;
    };
    saving.push(save().catch(refuse));
  });
  for (const limit of ['fieldsLimit', 'filesLimit'] as const) {
    parser.on(limit, () => refuse(new ApiError('validation-failed', 'The form has too many fields.')));
  }
  const hungUp = () => {
    if (!req.complete) refuse(new ApiError('body-invalid', 'The form was cut off.'));
  };
  req.once('close', hungUp);
  try {
    // The request is no part of it: it would be destroyed with the others, and its connection has to carry the answer.
    await pipeline(req.pipe(counter), parser, { signal: refusal.signal });
    await Promise.all(saving);
    refusal.signal.throwIfAborted();
    return { fields, files };
  } catch (error) {
    await Promise.all(saving);
    req.unpipe(counter).resume();
    throw reasonOf(refusal.signal.aborted ? refusal.signal.reason : error);
  } finally {
    req.off('close', hungUp);
  }
}

/** Of a refusal of ours, or of what the parser or the disk says; only the last is a failure of this server. */
function reasonOf(error: unknown): unknown {
  const isOfDisk = error instanceof Error && 'syscall' in error;
  if (error instanceof ApiError || isOfDisk) return error;
  return new ApiError('body-invalid', 'The form cannot be read.');
}

function parserOf(req: IncomingMessage, files: number) {
  try {
    return busboy({
      headers: req.headers,
      defParamCharset: 'utf8',
      limits: {
        fieldSize: apiLimits.maxJsonBytes,
        fields: formLimits.maxFields,
        // One more than there may be: a file that is not taken is refused, not passed over.
        files: files + 1,
        headerPairs: formLimits.maxPartHeaders,
      },
    });
  } catch {
    throw new ApiError('body-invalid', 'The form cannot be read.');
  }
}

/** All fields together may be as long as JSON, with room for what stands between them. */
function maxFormBytes(parts: Parts): number {
  const ofFiles = Object.values(parts).reduce((sum, part) => sum + part.maxBytes, 0);
  return 2 * apiLimits.maxJsonBytes + ofFiles;
}

interface Incoming {
  readonly part: FilePart | undefined;
  readonly name: string;
  readonly number: number;
  readonly dir: string | null;
  readonly filename: string | undefined;
  readonly mimeType: string;
}

/** Null for what a page sends where no file was chosen: no name, and nothing in it. */
async function saveFile(stream: Readable, incoming: Incoming): Promise<ReceivedFile | null> {
  const { part, name, dir, filename } = incoming;
  if (!filename) {
    for await (const _chunk of stream) throw refusedFile(name, 'A file needs a name.');
    return null;
  }
  if (!part || dir === null) throw refusedFile(name, 'No file is taken here.');
  const type = incoming.mimeType.toLowerCase();
  if (!part.types.some((taken) => matches(type, taken))) {
    throw new ApiError('type-unsupported', `${name}: ${type || 'a file of no type'} is not taken here.`);
  }
  const path = join(dir, String(incoming.number));
  const counter = new ByteCap(part.maxBytes);
  await pipeline(stream, counter, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  return { path, bytes: counter.bytes, type, filename };
}

function matches(type: string, taken: string): boolean {
  return taken.endsWith('/*') ? type.startsWith(taken.slice(0, -1)) : type === taken;
}

/** Passes on at most so many bytes; more of them are an error. */
class ByteCap extends Transform {
  bytes = 0;
  readonly #max: number;

  constructor(max: number) {
    super();
    this.#max = max;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#max) done(tooLarge('What was sent'));
    else done(null, chunk);
  }
}

function tooLarge(what: string): ApiError {
  return new ApiError('too-large', `${what} is too large.`);
}

function refusedFile(field: string, message: string): ApiError {
  return new ApiError('validation-failed', `${field}: ${message}`, { details: [{ field, message }] });
}
