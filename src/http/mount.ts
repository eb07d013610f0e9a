import { type IRouter, json, type Request, type RequestHandler } from 'express';
import type { z } from 'zod';
import { apiLimits } from '../../config/limits.ts';
import { isStaff, type Viewer } from '../modules/auth/index.ts';
import type { HttpDeps } from './deps.ts';
import { ApiError } from './errors.ts';
import { networkOf } from './limits.ts';
import type { Route } from './route.ts';
import { viewerOfRequest } from './session.ts';

/**
 * Mounts declared routes. Order of the checks: who, may they, how often, what did they send; only then the
 * handler runs. What it returns is parsed by the route's output schema before it leaves.
 */
export function mountRoutes(router: IRouter, deps: HttpDeps, routes: readonly Route[]): void {
  const parseJson = json({ limit: apiLimits.maxJsonBytes, strict: true });
  for (const route of routes) {
    const handlers: RequestHandler[] = route.body ? [parseJson, serve(deps, route)] : [serve(deps, route)];
    router[route.method](route.path, ...handlers);
  }
}

function serve(deps: HttpDeps, route: Route): RequestHandler {
  return async (req, res) => {
    const viewer = await viewerOfRequest(deps, req);
    checkAudience(route, viewer);
    const caller = viewer ? `account:${viewer.account.id}` : `network:${networkOf(req.ip)}`;
    await deps.limits.take(route.limit, caller);
    const input = {
      deps,
      viewer,
      req,
      res,
      params: parse(route.params, req.params, 'path'),
      query: parse(route.query, queryOf(req), 'query'),
      body: parse(route.body, req.body ?? {}, 'body'),
    };
    const result = await (route.handler as (input: unknown) => Promise<unknown>)(input);
    // Answers about people are for one viewer at one moment.
    res.set('Cache-Control', 'private, no-store');
    res.json(route.output.parse(result));
  };
}

function checkAudience(route: Route, viewer: Viewer | null): void {
  if (route.audience === 'anyone') return;
  if (!viewer) throw new ApiError('not-signed-in');
  if (route.audience === 'staff' && !isStaff(viewer.role)) throw new ApiError('staff-only');
  if (route.scope !== null && !viewer.scopes.includes(route.scope)) {
    throw new ApiError('scope-missing', `This token may not do that; it needs the scope ${route.scope}.`);
  }
}

/** Repeated keys make arrays, with or without `[]` behind the name, as clients of the Mastodon API send them. */
function queryOf(req: Request): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null);
  const search = new URL(req.originalUrl, 'http://query.invalid').searchParams;
  for (const key of new Set(search.keys())) {
    const values = search.getAll(key);
    const isList = key.endsWith('[]');
    query[isList ? key.slice(0, -2) : key] = isList || values.length > 1 ? values : (values[0] ?? '');
  }
  return query;
}

function parse(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return undefined;
  const outcome = schema.safeParse(value);
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
