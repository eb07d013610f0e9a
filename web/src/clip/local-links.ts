import type { Status } from '../api/types.ts';

type Links = Pick<Status, 'tags' | 'mentions'>;

/**
 * Where a link of a caption leads on this server: hashtags to their page, people to their profile. `null` for all others, which lead
 * where they say. Posts of other servers link to the pages there, and some of them write `#` outside of the link.
 */
export function localTarget({ tags, mentions }: Links, link: { href: string; text: string }): string | null {
  const mentioned = mentions.find(({ url }) => url === link.href);
  if (mentioned) return `/@${mentioned.acct}`;
  const name = /^#?([\p{L}\p{M}\p{N}_]+)$/u.exec(link.text.trim())?.[1];
  const isTag = /^#/.test(link.text.trim()) || /\/tags?\/[^/]+$/i.test(link.href);
  if (name === undefined || !isTag) return null;
  const folded = name.toLowerCase();
  return tags.some((tag) => tag.name.toLowerCase() === folded) ? `/tags/${encodeURIComponent(name)}` : null;
}

/** Turns the links of a caption that lead to something this server has a page of into links to that. */
export function linkHere(box: ParentNode, links: Links): void {
  for (const link of box.querySelectorAll('a')) {
    const target = localTarget(links, { href: link.href, text: link.textContent ?? '' });
    if (target === null) continue;
    link.setAttribute('href', target);
    link.removeAttribute('target');
  }
}
