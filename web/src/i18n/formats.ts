/** The language that the page is in (BCP 47), as its server wrote it. */
export const language = (): string => globalThis.document?.documentElement.lang || 'en';

/** Makes each thing once: a formatter takes a hundred times longer to make than to use. */
const once = <A extends readonly unknown[], T>(make: (...args: A) => T) => {
  const made = new Map<string, T>();
  return (...args: A): T => {
    const key = JSON.stringify(args);
    const known = made.get(key) ?? make(...args);
    made.set(key, known);
    return known;
  };
};

export const formatters = {
  getNumberFormat: once(
    (locale: string, options: Intl.NumberFormatOptions = {}) => new Intl.NumberFormat(locale, options),
  ),
  getDateTimeFormat: once(
    (locale: string, options: Intl.DateTimeFormatOptions = {}) => new Intl.DateTimeFormat(locale, options),
  ),
  getPluralRules: once(
    (locale: string, options: Intl.PluralRulesOptions) => new Intl.PluralRules(locale, options),
  ),
};

/** A number as people of the page's language write it. */
export const number = (value: number, options: Intl.NumberFormatOptions = {}): string =>
  formatters.getNumberFormat(language(), options).format(value);

/** A date as people of the page's language write it, in their time zone where the options name no other. */
export const date = (value: Date, options: Intl.DateTimeFormatOptions): string =>
  formatters.getDateTimeFormat(language(), options).format(value);
