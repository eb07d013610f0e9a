import { language } from '../i18n/formats.ts';

/** Regions that are no countries. */
const NONE = new Set(['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ']);
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

export interface Country {
  readonly value: string;
  readonly name: string;
}

/** The countries that the browser can name, in the language of the page; codes of ISO 3166-1. */
export function countries(): readonly Country[] {
  const names = new Intl.DisplayNames([language()], { type: 'region', fallback: 'none' });
  const found = new Map<string, string>();
  for (const code of LETTERS.flatMap((first) => LETTERS.map((second) => `${first}${second}`))) {
    const name = NONE.has(code) ? undefined : names.of(code);
    // Codes of the past have the name of what is there now.
    if (
      name !== undefined &&
      (!found.has(name) || Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`)
    )
      found.set(name, code);
  }
  const order = new Intl.Collator(language());
  return [...found]
    .map(([name, value]) => ({ value, name }))
    .sort((one, other) => order.compare(one.name, other.name));
}
