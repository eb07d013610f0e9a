import { parseCookie } from 'cookie';
import type { Request } from 'express';

/** The languages that pages for people are in, with the way they are written. The first is for whoever reads none of them. */
export const directions = {
  en: 'ltr',
  de: 'ltr',
  fr: 'ltr',
  es: 'ltr',
  ja: 'ltr',
  ar: 'rtl',
} as const satisfies Readonly<Record<string, 'ltr' | 'rtl'>>;

/** BCP 47. */
export type Language = keyof typeof directions;

export const languages = Object.keys(directions);

/** What somebody chose by hand (web/src/language/choice.ts writes it). It is no secret, and scripts may read it. */
export const LANGUAGE_COOKIE = 'vireo-language';

export function isLanguage(code: unknown): code is Language {
  return typeof code === 'string' && Object.hasOwn(directions, code);
}

/** The language that whoever asks has chosen here, or else that which their browser reads. */
export function languageOf(req: Request): Language {
  const chosen = parseCookie(req.headers.cookie ?? '')[LANGUAGE_COOKIE];
  return isLanguage(chosen) ? chosen : languageOfBrowser(req);
}

/** The language that the browser reads, for answers that know no cookie. */
export function languageOfBrowser(req: Request): Language {
  const read = req.acceptsLanguages(...languages);
  return isLanguage(read) ? read : 'en';
}
