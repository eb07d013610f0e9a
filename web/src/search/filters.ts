/** What of all clips is looked for; an empty value: all of them. The address of the page has it, too. */
export interface Filters {
  readonly language: string;
  readonly age: (typeof AGES)[number] | '';
  readonly length: (typeof LENGTHS)[number] | '';
  readonly place: (typeof PLACES)[number] | '';
}

export const AGES = ['day', 'week', 'month', 'year'] as const;
export const LENGTHS = ['short', 'medium', 'long'] as const;
export const PLACES = ['local', 'remote'] as const;

export const NO_FILTERS: Filters = { language: '', age: '', length: '', place: '' };

const DAYS = { day: 1, week: 7, month: 31, year: 366 } as const;
/** Seconds, as the server's filters write them. */
const LENGTH_FILTERS = {
  short: 'shorter:30',
  medium: 'longer:30 shorter:60',
  long: 'longer:60',
} as const;

const isOneOf = <T extends string>(list: readonly T[], text: string): text is T =>
  (list as readonly string[]).includes(text);

/** Reads them out of an address; what is none of them counts as nothing. */
export function readFilters(query: Readonly<Record<string, string | undefined>>): Filters {
  const { language = '', age = '', length = '', place = '' } = query;
  return {
    language: /^[a-z]{2,3}$/.test(language) ? language : '',
    age: isOneOf(AGES, age) ? age : '',
    length: isOneOf(LENGTHS, length) ? length : '',
    place: isOneOf(PLACES, place) ? place : '',
  };
}

/** The address of a search. */
export function searchPath(text: string, filters: Filters): string {
  const query = new URLSearchParams(text === '' ? {} : { q: text });
  for (const [name, value] of Object.entries(filters)) if (value !== '') query.set(name, value);
  return query.size > 0 ? `/search?${query}` : '/search';
}

/** What is written, with the filters as the server reads them. */
export function withFilters(text: string, { language, age, length, place }: Filters, now: Date): string {
  const after = age === '' ? null : new Date(now.getTime() - DAYS[age] * 86_400_000);
  return [
    text,
    ...(language === '' ? [] : [`language:${language}`]),
    ...(after === null ? [] : [`after:${after.toISOString()}`]),
    ...(length === '' ? [] : [LENGTH_FILTERS[length]]),
    ...(place === '' ? [] : [`is:${place}`]),
  ].join(' ');
}

export const isFiltered = (filters: Filters): boolean => Object.values(filters).some((value) => value !== '');
