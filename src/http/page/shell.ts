import { type Html, html } from '../html.ts';
import { directions, type Language } from '../languages.ts';
import { wordsIn } from './words/index.ts';

/** What a page has of its own. */
interface PageParts {
  readonly language: Language;
  /** Stands before the styles: what it begins does not wait for them. */
  readonly head: Html;
  /** Whether its script comes a round trip later, behind the first bytes of a clip (web/start-script.ts). */
  readonly isBehind: boolean;
}

/** The address of the script of the page, as the build writes it. */
const SCRIPT = /(<script type="module"[^>]* src="\/assets\/[^"]+)(\.js">)/;

export type Shell = ReturnType<typeof createShell>;

/** What stands in the built page in place of what each page has of its own. */
const PLACES = /<html lang="[^"]*">|<title>[^<]*<\/title>|<noscript>[^<]*<\/noscript>/g;

/** Takes the built page apart, once, and puts it together around what each address has of its own. */
export function createShell(built: string) {
  if (!/<title>[^<]*<\/title>/.test(built))
    throw new Error('The built page has no title: there is nothing to put a head in place of.');
  const kept = built.split(PLACES);
  const places = [...built.matchAll(PLACES)].map(([place]) => /^<\/?(\w+)/.exec(place)?.[1] ?? '');
  const behind = kept.map((text) => text.replace(SCRIPT, '$1.behind$2'));
  return ({ language, head, isBehind }: PageParts): string => {
    const own: Readonly<Record<string, string>> = {
      html: html`<html lang="${language}" dir="${directions[language]}">`.html,
      title: head.html,
      noscript: html`<noscript>${wordsIn[language].needsScript}</noscript>`.html,
    };
    return (isBehind ? behind : kept).map((text, at) => text + (own[places[at] ?? ''] ?? '')).join('');
  };
}
