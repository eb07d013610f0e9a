import type { IRouter, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { sha256 } from '../lib/crypto.ts';
import { allows, isUnconfirmed, type Viewer } from '../modules/auth/index.ts';
import { withBody } from './body.ts';
import type { HttpDeps } from './deps.ts';
import { type Download, sendDownload } from './download.ts';
import { ApiError } from './errors.ts';
import { networkOf, type RateLimit } from './limits.ts';
import { hasAlready } from './media/conditions.ts';
import { queryOf } from './query.ts';
import { acts, type Route } from './route.ts';
import { anyViewerOfRequest } from './session.ts';
import { sendTable, type Table } from './table.ts';

/**
 * Mounts declared routes. Order of the checks: who, may they, how often, what did they send; only then the
 * handler runs. What it returns is parsed by the route's output schema before it leaves.
 */
export function mountRoutes(router: IRouter, deps: HttpDeps, routes: readonly Route[]): void {
  for (const route of routes) router[route.method](route.path, serve(deps, route));
}

function serve(deps: HttpDeps, route: Route): RequestHandler {
  return async (req, res) => {
    const viewer = await anyViewerOfRequest(deps, req);
    checkAudience(route, viewer);
    const caller = viewer ? `account:${viewer.account.id}` : `network:${networkOf(req.ip)}`;
    await takeLimit(deps, res, route.limit, caller);
    const { dataDir, video } = deps.config;
    const incoming = { route, req, res, dataDir, maxFileBytes: video.maxUploadBytes };
    await withBody(incoming, async ({ file, files, body }) => {
      const input = {
        deps,
        viewer,
        req,
        res,
        file,
        files,
        params: parse(route.params, req.params, 'path'),
        query: parse(route.query, queryOf(req), 'query'),
        body: file ? undefined : parse(route.body, body, 'body'),
      };
      await answer(deps, route, { ...input, caller });
    });
  };
}

/** Counts the request, and tells the client how many more it has, as the Mastodon API does. */
export async function takeLimit(
  deps: Pick<HttpDeps, 'limits' | 'clock'>,
  res: Response,
  limit: RateLimit,
  caller: string,
): Promise<void> {
  const tell = (remaining: number, resetsInMs: number) => {
    res.set('X-RateLimit-Limit', String(limit.points));
    res.set('X-RateLimit-Remaining', String(remaining));
    res.set('X-RateLimit-Reset', new Date(deps.clock.now() + resetsInMs).toISOString());
  };
  try {
    const left = await deps.limits.take(limit, caller);
    tell(left.remaining, left.resetsInMs);
  } catch (refusal) {
    const seconds = refusal instanceof ApiError ? Number(refusal.headers['Retry-After']) : Number.NaN;
    if (!Number.isNaN(seconds)) tell(0, seconds * 1_000);
    throw refusal;
  }
}

interface Asked {
  readonly req: Request;
  readonly res: Response;
  readonly viewer: Viewer | null;
  /** By whom its requests are counted. */
  readonly caller: string;
}

async function answer(deps: HttpDeps, route: Route, input: Asked): Promise<void> {
  const { req, res, viewer, caller } = input;
  if (route.event !== undefined) {
    const { event } = route;
    const begin = async (signal: AbortSignal) => parsed(route, await call(route, { ...input, signal }));
    const isAllowed = () => isStill(deps, req, viewer);
    await deps.streams.serve(req, res, { caller, event, begin, isAllowed });
    return;
  }
  if (route.download && route.contentType !== undefined) {
    await sendDownload(req, res, route.contentType, await call<Download>(route, input));
    return;
  }
  if (route.table) {
    await sendTable(req, res, await call<Table>(route, input));
    return;
  }
  const result = await call(route, input);
  const output = route.output.parse(result);
  if (res.hasHeader('Cache-Control')) return sendKept(req, res, output);
  // Answers about people are for one viewer at one moment.
  res.set('Cache-Control', 'private, no-store');
  if (route.contentType === undefined) res.json(output);
  else res.type(route.contentType).send(String(output));
}

/** An answer whose handler says how long it may be kept: whoever has it already hears that it is the same. */
function sendKept(req: Request, res: Response, output: unknown): void {
  const text = JSON.stringify(output);
  const etag = `"${sha256(text).toString('base64url').slice(0, 27)}"`;
  res.set('ETag', etag);
  if (hasAlready(req, etag)) res.status(304).end();
  else res.type('json').send(text);
}

function call<T = unknown>(route: Route, input: object): Promise<T> {
  return (route.handler as unknown as (input: object) => Promise<T>)(input);
}

/** Nothing undeclared leaves in events, either. */
async function* parsed(route: Route, items: unknown): AsyncIterable<unknown> {
  for await (const item of items as AsyncIterable<unknown>) yield route.output.parse(item);
}

/** Whether a request that began earlier would still be taken as the same person's. */
async function isStill(deps: HttpDeps, req: Request, viewer: Viewer | null): Promise<boolean> {
  return (await anyViewerOfRequest(deps, req))?.account.id === viewer?.account.id;
}

function checkAudience(route: Route, viewer: Viewer | null): void {
  if (!viewer && route.audience === 'anyone') return;
  if (!viewer) throw new ApiError('not-signed-in');
  const isPublic = route.audience === 'anyone' && (route.method === 'get' || route.scope === null);
  if (isUnconfirmed(viewer) && !isPublic && !route.beforeConfirmed) throw new ApiError('email-unconfirmed');
  if (viewer.account.limits.frozen && acts(route)) throw new ApiError('frozen');
  if (route.audience === 'staff' && viewer.permissions.length === 0) throw new ApiError('staff-only');
  if (route.permission !== undefined && !viewer.permissions.includes(route.permission)) {
    throw new ApiError(
      'permission-missing',
      `Your role on this server does not include “${route.permission}”.`,
    );
  }
  if (route.audience === 'staff' && viewer.lacksSecondFactor) throw new ApiError('staff-second-factor');
  if (route.scope !== null && !allows(viewer.scopes, route.scope)) {
    throw new ApiError('scope-missing', `This token may not do that; it needs the scope ${route.scope}.`);
  }
}

function parse(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return undefined;
  const outcome = schema.safeParse(value);
  if (outcome.success && holdsNul(outcome.data)) {
    throw new ApiError('validation-failed', 'A text holds a NUL character. Remove it and try again.');
  }
  if (outcome.success) return outcome.data;
  const details = outcome.error.issues.slice(0, 20).map((issue) => ({
    field: issue.path.join('.') || where,
    message: issue.message,
  }));
  const first = details[0];
  throw new ApiError(
    'validation-failed',
    first ? `${first.field}: ${first.message}` : 'The input is not valid.',
    {
      details,
    },
  );
}

/** PostgreSQL stores no NUL, so none gets as far as a query (security.md R7). */
function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\u0000');
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsNul);
}
