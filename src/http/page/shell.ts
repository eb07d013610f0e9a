import type { Html } from '../html.ts';
import type { PageLocale } from './locale.ts';

/** What a page has of its own. */
interface PageParts extends PageLocale {
  readonly head: Html;
  /** At the end of the body. */
  readonly end: Html;
}

export type Shell = ReturnType<typeof createShell>;

/** Takes the built page apart, once, and puts it together around what each address has of its own. */
export function createShell(built: string) {
  const title = /<title>[^<]*<\/title>/.exec(built);
  if (title === null)
    throw new Error('The built page has no title: there is nothing to put a head in place of.');
  const before = built.slice(0, title.index).split(/<html lang="[^"]*">/);
  const after = built.slice(title.index + title[0].length).split('</body>');
  return ({ lang, dir, head, end }: PageParts): string =>
    [
      before.join(`<html lang="${lang}" dir="${dir}">`),
      head.html,
      after.length === 1 ? `${after[0]}${end.html}` : after.join(`${end.html}</body>`),
    ].join('');
}
