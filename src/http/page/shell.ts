import type { Html } from '../html.ts';
import type { PageLocale } from './locale.ts';

/** What a page has of its own. */
interface PageParts extends PageLocale {
  /** Stands before the styles: what it begins does not wait for them. */
  readonly head: Html;
  /** Whether its script comes a round trip later, behind the first bytes of a clip (web/start-script.ts). */
  readonly isBehind: boolean;
}

/** The address of the script of the page, as the build writes it. */
const SCRIPT = /(<script type="module"[^>]* src="\/assets\/[^"]+)(\.js">)/;

export type Shell = ReturnType<typeof createShell>;

/** Takes the built page apart, once, and puts it together around what each address has of its own. */
export function createShell(built: string) {
  const title = /<title>[^<]*<\/title>/.exec(built);
  if (title === null)
    throw new Error('The built page has no title: there is nothing to put a head in place of.');
  const before = built.slice(0, title.index).split(/<html lang="[^"]*">/);
  const after = built.slice(title.index + title[0].length);
  const behind = after.replace(SCRIPT, '$1.behind$2');
  return ({ lang, dir, head, isBehind }: PageParts): string =>
    `${before.join(`<html lang="${lang}" dir="${dir}">`)}${head.html}${isBehind ? behind : after}`;
}
