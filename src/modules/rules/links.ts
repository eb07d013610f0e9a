import { ruleLimits } from '../../../config/rule-limits.ts';

/** With the first sign of what is shown, behind a `span` that other servers put there. */
const HREF = /<a href="(https?:[^"]{1,2048})"[^>]{0,200}>(?:<span>)?(.)/gsu;

/** Links of cleaned HTML, in which addresses stand in double quotes; those of mentions and hashtags are none. */
export function linksOf(html: string): URL[] {
  const found: URL[] = [];
  for (const match of html.matchAll(HREF)) {
    if (found.length >= ruleLimits.maxLinksRead) break;
    if (match[2] === '@' || match[2] === '#') continue;
    const url = URL.parse((match[1] ?? '').replaceAll('&amp;', '&'));
    if (url) found.push(url);
  }
  return found;
}

/** The hosts of links, each once, a line each. */
export function hostsOf(links: readonly URL[]): string {
  return [...new Set(links.map(({ hostname }) => hostname))].join('\n');
}
