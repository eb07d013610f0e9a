import { type Html, html } from '../html.ts';
import { directions, type Language } from '../languages.ts';
import { wordsIn } from './words/index.ts';

/** What a page has of its own. */
interface PageParts {
  readonly language: Language;
  readonly head: Html;
  /** At the end of the body. */
  readonly end: Html;
}

export type Shell = ReturnType<typeof createShell>;

/** What stands in the built page in place of what each page has of its own. */
const PLACES = /<html lang="[^"]*">|<title>[^<]*<\/title>|<noscript>[^<]*<\/noscript>|<\/body>/g;

/** Takes the built page apart, once, and puts it together around what each address has of its own. */
export function createShell(built: string) {
  if (!/<title>[^<]*<\/title>/.test(built))
    throw new Error('The built page has no title: there is nothing to put a head in place of.');
  const kept = built.split(PLACES);
  const places = [...built.matchAll(PLACES)].map(([place]) => /^<\/?(\w+)/.exec(place)?.[1] ?? '');
  return ({ language, head, end }: PageParts): string => {
    const own: Readonly<Record<string, string>> = {
      html: html`<html lang="${language}" dir="${directions[language]}">`.html,
      title: head.html,
      noscript: html`<noscript>${wordsIn[language].needsScript}</noscript>`.html,
      body: `${end.html}</body>`,
    };
    return kept.map((text, at) => text + (own[places[at] ?? ''] ?? '')).join('');
  };
}
