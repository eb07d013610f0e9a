import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Page } from '../../modules/videos/index.ts';
import type { pageQuery } from './schemas.ts';

/** The part of a list that the query asks for. `since_id` is the older name of `min_id`. */
export function pageOf(query: z.output<typeof pageQuery>): Page {
  return { maxId: query.max_id ?? null, minId: query.min_id ?? query.since_id ?? null, limit: query.limit };
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
    const url = new URL(req.originalUrl, origin);
    for (const old of ['max_id', 'min_id', 'since_id']) url.searchParams.delete(old);
    url.searchParams.set(name, id);
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [link('prev', 'min_id', first.id)];
  if (items.length >= limit) links.unshift(link('next', 'max_id', last.id));
  res.set('Link', links.join(', '));
}
