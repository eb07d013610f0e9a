import { join } from 'node:path';
import { promisify } from 'node:util';
import { json, type Request, type Response, raw, text } from 'express';
import { apiLimits } from '../../config/limits.ts';
import { ApiError } from './errors.ts';
import { type ReceivedFile, withForm } from './form.ts';
import { readFields } from './form-fields.ts';
import type { Route } from './route.ts';

/** What a request carried, not yet held against the schema of its route. */
export interface Body {
  /** Where the route takes files as they are, and this is one. */
  readonly file: Uint8Array | null;
  /** Files of a form, by the names of the parts that the route declares. */
  readonly files: Readonly<Record<string, ReceivedFile>>;
  readonly body: unknown;
}

interface Incoming {
  readonly route: Pick<Route, 'body' | 'maxJsonBytes' | 'beacon' | 'file' | 'fileParts'>;
  readonly req: Request;
  readonly res: Response;
  readonly dataDir: string;
  /** No file of a form may be longer, whatever its part allows. */
  readonly maxFileBytes?: number;
}

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';
const PLAIN = 'text/plain';

const jsonReader = (limit: number) => promisify(json({ limit, strict: true }));
const readJson = jsonReader(apiLimits.maxJsonBytes);
const readBeacon = promisify(json({ type: PLAIN, limit: apiLimits.maxJsonBytes, strict: true }));
const readForm = promisify(text({ type: FORM, limit: apiLimits.maxJsonBytes }));

/** Where the files of forms lie while their requests last. */
export function formsDir(dataDir: string): string {
  return join(dataDir, 'work');
}

/**
 * Reads the body as what it says it is, where the route takes one: JSON, a form with its fields in the URL's
 * encoding, a form of parts, or a file. Files of a form are there while `use` runs. Throws the refusal for the client.
 */
export async function withBody(incoming: Incoming, use: (body: Body) => Promise<void>): Promise<void> {
  const { route, req, res } = incoming;
  const none = { file: null, files: {} };
  const file = await readFile(incoming);
  if (file) return use({ ...none, file, body: undefined });
  if (!route.body && !route.fileParts) return use({ ...none, body: {} });
  if (req.is(MULTIPART)) {
    const form = { req, parts: partsOf(incoming), workDir: formsDir(incoming.dataDir) };
    return withForm(form, ({ fields, files }) => use({ ...none, files, body: fieldsOf(fields) }));
  }
  if (req.is(FORM)) {
    await readForm(req, res);
    const written = typeof req.body === 'string' ? req.body : '';
    return use({ ...none, body: fieldsOf(new URLSearchParams(written)) });
  }
  if (route.beacon && req.is(PLAIN)) await readBeacon(req, res);
  else await (route.maxJsonBytes ? jsonReader(route.maxJsonBytes) : readJson)(req, res);
  return use({ ...none, body: req.body ?? {} });
}

/** What the route takes, as far as the admin allows. */
function partsOf({ route, maxFileBytes = Number.POSITIVE_INFINITY }: Incoming) {
  const parts = Object.entries(route.fileParts ?? {}).map(([name, part]) => [
    name,
    { ...part, maxBytes: Math.min(part.maxBytes, maxFileBytes) },
  ]);
  return Object.fromEntries(parts) as NonNullable<Route['fileParts']>;
}

function fieldsOf(pairs: Iterable<readonly [string, string]>): object {
  const read = readFields(pairs);
  if (!read.ok) throw new ApiError('validation-failed', read.detail);
  return read.fields;
}

/** Null where the body is not of a type that the route takes as it is. */
async function readFile({ route: { file }, req, res }: Incoming): Promise<Uint8Array | null> {
  if (!file || !req.is([...file.types])) return null;
  await promisify(raw({ type: [...file.types], limit: file.maxBytes }))(req, res);
  return req.body instanceof Uint8Array ? req.body : null;
}
