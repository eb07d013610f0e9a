/** The name of a language in English; the code itself where it is none that is known, or none at all. */
export function nameOfLanguage(code: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' }).of(code) ?? code;
  } catch {
    return code;
  }
}
