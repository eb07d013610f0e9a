import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Scope, Viewer } from '../modules/auth/index.ts';
import type { Permission } from '../modules/staff/index.ts';
import type { HttpDeps } from './deps.ts';
import type { Download } from './download.ts';
import type { FilePart, ReceivedFile } from './form.ts';
import type { RateLimit } from './limits.ts';
import type { Table } from './table.ts';

/** Who may call a route: anybody, anybody signed in, or staff. */
export type Audience = 'anyone' | 'signed-in' | 'staff';

type Schema = z.ZodType;
type FileParts = Readonly<Record<string, FilePart>>;

interface FileBody {
  readonly types: readonly string[];
  readonly maxBytes: number;
}

/**
 * One endpoint, declared once. The router mounts it, checks audience, scope, rate and input, and parses
 * the output before it leaves, so that nothing undeclared can leak; the OpenAPI page and the types of the
 * web client are generated from the same table.
 */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Express path; parameters in it must appear in `params`. */
  readonly path: string;
  readonly summary: string;
  readonly audience: Audience;
  /** What of the staff’s permissions it needs: of each route for the staff but what each of them has, and of no other. */
  readonly permission?: Permission;
  /** What a bearer token must be allowed. Null only for routes that reveal and change nothing personal. */
  readonly scope: Scope | null;
  readonly limit: RateLimit;
  /** Whether somebody may call it who has not confirmed the e-mail address yet. What everybody may read, they may read. */
  readonly beforeConfirmed?: boolean;
  /** Writes, and is open to somebody whose account is frozen. */
  readonly whileFrozen?: boolean;
  readonly params?: Schema;
  readonly query?: Schema;
  readonly body?: Schema;
  /** How long its JSON may be, where that is more than usual. */
  readonly maxJsonBytes?: number;
  /**
   * The JSON may come as `text/plain`, as `navigator.sendBeacon` sends it. Pages of any site may send that unasked: the handler has to look
   * where it comes from.
   */
  readonly beacon?: true;
  /** A body that is taken as it is: its media types, and at most how much. Others are JSON or a form, where there is a `body`. */
  readonly file?: FileBody;
  /** Files that come with the fields of a form, by the name of their part: their media types, and at most how much. */
  readonly fileParts?: FileParts;
  /** Of the answer, or of the data of each event. */
  readonly output: Schema;
  /** Of an answer that is a text and no JSON: its media type. */
  readonly contentType?: 'text/csv' | 'application/zip' | 'image/jpeg' | 'video/mp4';
  /** The handler gives a stored file, which is sent as `contentType`, whole or a range of it. */
  readonly download?: true;
  /** The handler gives the lines of a table, which are sent as they are read. */
  readonly table?: true;
  /** Answers with a stream of events of this name; the handler then gives what they tell. */
  readonly event?: string;
  readonly handler: (input: never) => Promise<unknown>;
}

/** What a handler gets. `viewer` is null only where the audience is `anyone`. */
export interface RouteInput<P, Q, B, V, F extends FileParts = Record<never, FilePart>> {
  readonly deps: HttpDeps;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The body where the route takes files; null where it is something else. */
  readonly file: Uint8Array | null;
  /** Those that came of the declared parts. They are removed once the handler has ended. */
  readonly files: { readonly [Part in keyof F]?: ReceivedFile };
  readonly viewer: V;
  readonly req: Request;
  readonly res: Response;
}

/** What the handler of a stream gets besides. */
export interface StreamInput<P, V> extends RouteInput<P, undefined, undefined, V> {
  /** Aborted when nobody listens any more. */
  readonly signal: AbortSignal;
}

type Out<S> = S extends Schema ? z.output<S> : undefined;

/** Declares a route with its types checked: the handler must return what `output` accepts. */
export function route<
  A extends Audience,
  O extends Schema,
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
  F extends FileParts = Record<never, FilePart>,
>(declaration: {
  method: Route['method'];
  path: string;
  summary: string;
  audience: A;
  permission?: Permission;
  scope: Scope | null;
  limit?: RateLimit;
  beforeConfirmed?: boolean;
  whileFrozen?: boolean;
  params?: P;
  query?: Q;
  body?: B;
  maxJsonBytes?: number;
  beacon?: true;
  file?: FileBody;
  fileParts?: F;
  output: O;
  contentType?: 'text/csv';
  handler: (
    input: RouteInput<Out<P>, Out<Q>, Out<B>, A extends 'anyone' ? Viewer | null : Viewer, F>,
  ) => Promise<z.input<O>>;
}): Route {
  const limit = declaration.limit ?? usualLimit(declaration.method);
  return { ...declaration, limit } as unknown as Route;
}

/** Declares a route that answers with a stream of events. What it throws before its first event is a usual refusal. */
export function eventRoute<A extends Audience, O extends Schema, P extends Schema>(declaration: {
  path: string;
  summary: string;
  audience: A;
  permission?: Permission;
  scope: Scope | null;
  limit: RateLimit;
  params: P;
  event: string;
  output: O;
  handler: (
    input: StreamInput<Out<P>, A extends 'anyone' ? Viewer | null : Viewer>,
  ) => Promise<AsyncIterable<z.input<O>>>;
}): Route {
  return { ...declaration, method: 'get' } as unknown as Route;
}

/** Declares a route that answers with a stored file, for the viewer alone. */
export function downloadRoute<A extends Audience, P extends Schema | undefined = undefined>(declaration: {
  path: string;
  summary: string;
  audience: A;
  permission?: Permission;
  params?: P;
  scope: Scope;
  limit: RateLimit;
  contentType: NonNullable<Route['contentType']>;
  handler: (
    input: RouteInput<Out<P>, undefined, undefined, A extends 'anyone' ? Viewer | null : Viewer>,
  ) => Promise<Download>;
}): Route {
  const output = z.string().meta({ override: { type: 'string', format: 'binary' } });
  return { ...declaration, method: 'get', download: true, output } as unknown as Route;
}

/** Declares a route that answers with a table, for the viewer alone. What it throws before its first line is a usual refusal. */
export function tableRoute<P extends Schema | undefined, Q extends Schema>(declaration: {
  path: string;
  summary: string;
  audience?: 'signed-in' | 'staff';
  permission?: Permission;
  scope: Scope;
  limit: RateLimit;
  params?: P;
  query: Q;
  handler: (input: RouteInput<Out<P>, Out<Q>, undefined, Viewer>) => Promise<Table>;
}): Route {
  const fixed = {
    method: 'get',
    audience: 'signed-in',
    table: true,
    contentType: 'text/csv',
    output: z.string(),
  };
  return { ...fixed, ...declaration } as unknown as Route;
}

/** Whether it does something that a frozen account may not do: that reads, signs out, and takes its data with it. */
export function acts({ method, whileFrozen, beforeConfirmed }: Route): boolean {
  return method !== 'get' && !whileFrozen && !beforeConfirmed;
}

/** Reading is cheap, writing less so; routes that are dear or guessable name their own limit. */
function usualLimit(method: Route['method']): RateLimit {
  return method === 'get'
    ? { name: 'read', points: 600, seconds: 60 }
    : { name: 'write', points: 120, seconds: 60 };
}
