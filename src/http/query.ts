import type { Request } from 'express';

/** The query of a request. Only what stands behind the `?` is read: the rest may name any host (security.md W4). */
export function searchOf(req: Request): URLSearchParams {
  const start = req.originalUrl.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : req.originalUrl.slice(start));
}

/** Repeated keys make arrays, with or without `[]` behind the name, as clients of the Mastodon API send them. */
export function queryOf(req: Request): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null);
  const search = searchOf(req);
  for (const key of new Set(search.keys())) {
    const values = search.getAll(key);
    const isList = key.endsWith('[]');
    query[isList ? key.slice(0, -2) : key] = isList || values.length > 1 ? values : (values[0] ?? '');
  }
  return query;
}
