/** The languages that the page is shipped in (src/http/languages.ts and web/words have the same). */
export const shipped = ['en', 'de', 'fr', 'es', 'ja', 'ar'] as const;
export type Shipped = (typeof shipped)[number];

/** What the server reads before it writes the page (src/http/languages.ts). */
const COOKIE = 'vireo-language';
const YEAR_S = 31_536_000;
/** Of what tells the page that it was loaded anew for a language. */
const CHOSEN = 'vireo.language-chosen';

/** What a language is called by those who speak it. */
export function ownName(language: Shipped): string {
  const name = new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** Keeps the language on this device and loads the page in it, where it is. */
export function chooseLanguage(language: Shipped): void {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it, and not every browser has the Cookie Store API.
  document.cookie = `${COOKIE}=${language}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
  try {
    sessionStorage.setItem(CHOSEN, language);
  } catch {
    // The page comes in the new language all the same; only the focus begins anew.
  }
  location.reload();
}

/** Whether the page was just loaded anew for this language; true once. */
export function wasJustChosen(language: string): boolean {
  try {
    const isChosen = sessionStorage.getItem(CHOSEN) === language;
    if (isChosen) sessionStorage.removeItem(CHOSEN);
    return isChosen;
  } catch {
    return false;
  }
}
