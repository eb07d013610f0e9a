/** The name of a language in English; the code itself where it is none that is known, or none at all. */
export function nameOfLanguage(code: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** The tag of a language in its usual spelling (BCP 47), or null where it is none. */
export function languageTag(text: string): string | null {
  if (!/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}$/.test(text)) return null;
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch {
    return null;
  }
}

/**
 * The code of a language that a program names by its code or by its English name, such as `de` or `german`; null for
 * one of neither kind.
 */
export function codeOfLanguage(name: string): string | null {
  const wanted = name.trim().toLowerCase();
  codes ??= codesByName();
  return codes.get(wanted) ?? (/^[a-z]{2,3}$/.test(wanted) && wanted !== 'und' ? languageTag(wanted) : null);
}

/** Names that services of speech recognition use, and nobody else. */
const OTHER_NAMES = [
  ...([
    ['bengali', 'bn'],
    ['maori', 'mi'],
    ['myanmar', 'my'],
    ['nynorsk', 'nn'],
  ] as const),
  ...([
    ['cantonese', 'yue'],
    ['hawaiian', 'haw'],
    ['tagalog', 'fil'],
  ] as const),
] as const;

let codes: ReadonlyMap<string, string> | undefined;

/** All languages of two letters, by their English names in lower case. */
function codesByName(): Map<string, string> {
  const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const found = new Map<string, string>(OTHER_NAMES);
  for (const code of letters.flatMap((one) => letters.map((two) => one + two))) {
    const name = languageTag(code) === code ? names.of(code) : undefined;
    if (name !== undefined) found.set(name.toLowerCase(), code);
  }
  return found;
}
