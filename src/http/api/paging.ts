import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Page } from '../../modules/videos/index.ts';
import { searchOf } from '../query.ts';
import type { pageQuery } from './schemas.ts';

/** The part of a list that the query asks for. */
export function pageOf(query: z.output<typeof pageQuery>): Page {
  return {
    maxId: query.max_id ?? null,
    minId: query.min_id ?? null,
    sinceId: query.since_id ?? null,
    limit: query.limit,
  };
}

/** Writes the `Link` header by which clients of the Mastodon API page on. */
export function linkPages(
  req: Request,
  res: Response,
  origin: string,
  items: readonly { readonly id: string }[],
  limit: number,
): void {
  const first = items[0];
  const last = items.at(-1);
  if (!first || !last) return;
  const link = (rel: string, name: string, id: string): string => {
    const search = searchOf(req);
    for (const old of ['max_id', 'min_id', 'since_id']) search.delete(old);
    search.set(name, id);
    const url = Object.assign(new URL(origin), { pathname: req.path, search });
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [link('prev', 'min_id', first.id)];
  // Whoever came from below knows that there is more below.
  const isFromBelow = searchOf(req).has('min_id') || searchOf(req).has('since_id');
  if (items.length >= limit || isFromBelow) links.unshift(link('next', 'max_id', last.id));
  res.set('Link', links.join(', '));
}

/** The same for a list in another order than that of ids: it is paged on by a `cursor`, and not back. */
export function linkNext(req: Request, res: Response, origin: string, cursor: string): void {
  const search = searchOf(req);
  search.set('cursor', cursor);
  const url = Object.assign(new URL(origin), { pathname: req.path, search });
  res.set('Link', `<${url.href}>; rel="next"`);
}
