import type { HttpDeps } from '../deps.ts';

/**
 * What no search engine needs to ask for: it is of one person alone, or no page. What of the rest may be listed each page says by
 * itself, as its author chose (`indexable`); a page that may not be asked for could not say so.
 */
const CLOSED = ['/api/', '/admin', '/settings', '/inbox', '/library', '/studio', '/oauth/', '/auth/'];

export const robotsTxt = ({ urls }: Pick<HttpDeps, 'urls'>): string =>
  ['User-agent: *', ...CLOSED.map((path) => `Disallow: ${path}`), 'Allow: /api/oembed', '']
    .concat(`Sitemap: ${urls.origin}/sitemap.xml`, '')
    .join('\n');
