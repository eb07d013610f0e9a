/** Languages that many people write captions in (BCP 47); the ones of the reader are added to them. */
const common = [
  ...['ar', 'az', 'be', 'bg', 'bn', 'bs', 'ca', 'cs', 'cy', 'da', 'de', 'el', 'en', 'eo', 'es', 'et', 'eu'],
  ...['fa', 'fi', 'fil', 'fr', 'ga', 'gl', 'gu', 'he', 'hi', 'hr', 'hu', 'hy', 'id', 'is', 'it', 'ja', 'ka'],
  ...['kk', 'km', 'kn', 'ko', 'ku', 'lo', 'lt', 'lv', 'mk', 'ml', 'mn', 'mr', 'ms', 'my', 'nb', 'ne', 'nl'],
  ...[
    'nn',
    'pa',
    'pl',
    'ps',
    'pt',
    'pt-BR',
    'ro',
    'ru',
    'si',
    'sk',
    'sl',
    'so',
    'sq',
    'sr',
    'sv',
    'sw',
    'ta',
  ],
  ...['te', 'th', 'tr', 'uk', 'ur', 'uz', 'vi', 'yue', 'zh-Hans', 'zh-Hant', 'zu'],
] as const;

const commonTags: ReadonlySet<string> = new Set(common);

/** The last part of a name before its ending, as in `birds.pt-BR.vtt`. */
const inName = /[._]([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2})\.[A-Za-z]+$/;

/** The usual form of a tag: without the region where that makes no other language to read. */
export function plainLanguage(tag: string): string {
  const [canonical = tag] = canonicalOf(tag);
  const [base = canonical] = canonical.split('-');
  return !commonTags.has(canonical) && commonTags.has(base) ? base : canonical;
}

/** The language that the name of a file tells of, if it is one that people write in. */
export function languageOfFile(name: string): string | null {
  const found = inName.exec(name)?.[1];
  const tag = found && plainLanguage(found);
  return tag && commonTags.has(tag) ? tag : null;
}

/** The language to begin with: of the file, else the reader's first that is not taken. */
export function firstLanguage(
  fileName: string,
  readers: readonly string[],
  taken: readonly string[],
): string {
  const named = languageOfFile(fileName);
  if (named !== null) return named;
  const plain = readers.map(plainLanguage);
  return plain.find((tag) => !taken.includes(tag)) ?? plain[0] ?? 'en';
}

/** Every language to choose from, by its name in the language of the page. */
export function languageChoices(
  locale: string,
  further: readonly string[],
): { readonly value: string; readonly name: string }[] {
  return [...new Set([...common, ...further.map(plainLanguage)])]
    .map((value) => ({ value, name: languageName(value, locale) }))
    .sort((a, b) => a.name.localeCompare(b.name, locale));
}

/** A language as people call it; the tag itself where it has no name. */
export function languageName(tag: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

function canonicalOf(tag: string): string[] {
  try {
    return Intl.getCanonicalLocales(tag);
  } catch {
    return [];
  }
}
