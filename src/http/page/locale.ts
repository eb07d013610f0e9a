import type { Request } from 'express';

/** The languages that the page is shipped in, with the way they are written. The first is for whoever reads none of them. */
const directions = { en: 'ltr' } as const satisfies Readonly<Record<string, 'ltr' | 'rtl'>>;

export interface PageLocale {
  /** BCP 47. */
  readonly lang: keyof typeof directions;
  readonly dir: 'ltr' | 'rtl';
}

const isShipped = (code: unknown): code is PageLocale['lang'] =>
  typeof code === 'string' && Object.hasOwn(directions, code);

/** The language of a page, by what the browser says. */
export function pageLocaleOf(req: Request): PageLocale {
  const read = req.acceptsLanguages(...Object.keys(directions));
  const lang = isShipped(read) ? read : 'en';
  return { lang, dir: directions[lang] };
}
