import type { Request } from 'express';
import type { AccountId } from '../../lib/ids.ts';
import type { Account } from '../../modules/accounts/index.ts';
import type { HttpDeps } from '../deps.ts';
import type { Language } from '../languages.ts';
import { type PageHead, PLAIN_HEAD } from './head.ts';

/** What a head is made of. */
export interface Asked {
  readonly deps: HttpDeps;
  readonly params: Request['params'];
  /** That of the page. */
  readonly language: Language;
  /**
   * Who looks; null: nobody who is signed in. It decides whether there is something for them, and nothing of what the head says: that is
   * the same for everybody who may be told.
   */
  readonly viewerId: () => Promise<AccountId | null>;
}

/** Finds out what the page of an address shows. */
export type Describe = (asked: Asked) => Promise<PageHead>;

/** One part of an address, and the empty text where it has none. */
export const paramOf = ({ params }: Pick<Asked, 'params'>, name: string): string => {
  const value = params[name];
  return typeof value === 'string' ? value : '';
};

/** The head of a page about which nothing is told: what is absent looks as what is not for everybody (security.md P2). */
export function untold({ config }: Pick<HttpDeps, 'config'>, status: PageHead['status']): PageHead {
  const { name, description } = config.instance;
  return { ...PLAIN_HEAD, status, title: name, description };
}

/** Where programs find what is new there. */
export function feedLinks({ urls }: Pick<HttpDeps, 'urls'>, of: string) {
  return (['atom', 'rss'] as const).map((format) => ({
    ...{ rel: 'alternate', type: `application/${format}+xml`, href: `${urls.origin}/feeds/${of}.${format}` },
    title: format === 'atom' ? 'Atom' : 'RSS',
  }));
}

/** Where other programs ask what a page shows. */
export function oEmbedLink({ urls }: Pick<HttpDeps, 'urls'>, address: string, title: string) {
  const href = `${urls.origin}/api/oembed?${new URLSearchParams({ url: address, format: 'json' })}`;
  return { rel: 'alternate', type: 'application/json+oembed', href, title };
}

/** `name@server`, also for accounts of this server. */
export const fullHandle = ({ config }: Pick<HttpDeps, 'config'>, { username, domain }: Account): string =>
  `${username}@${domain ?? config.domain}`;

/** What somebody is called. */
export const nameOf = ({ displayName, username }: Account): string => displayName.trim() || username;
