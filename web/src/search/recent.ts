import { signal } from '@preact/signals';
import { parseJson } from '../api/client.ts';
import { store, stored } from '../state/stored.ts';

const KEY = 'vireo.searches';
const MOST = 8;
const MAX_LENGTH = 200;

/** What was searched for lately, the last first. It stays in this browser. */
export const recentSearches = signal<readonly string[]>(readSearches(stored(KEY)));

/** Reads what was stored; what is of another shape counts as nothing. */
export function readSearches(text: string | null): string[] {
  const read = text === null ? null : parseJson(text);
  if (!Array.isArray(read)) return [];
  return read.filter((one): one is string => typeof one === 'string' && one !== '').slice(0, MOST);
}

function keep(searches: readonly string[]): void {
  recentSearches.value = searches;
  store(KEY, searches.length === 0 ? null : JSON.stringify(searches));
}

/** Puts a search on top. */
export function rememberSearch(text: string): void {
  const wanted = text.trim();
  if (wanted === '' || wanted.length > MAX_LENGTH) return;
  keep(
    [wanted, ...recentSearches.value.filter((one) => one.toLowerCase() !== wanted.toLowerCase())].slice(
      0,
      MOST,
    ),
  );
}

export function forgetSearch(text: string): void {
  keep(recentSearches.value.filter((one) => one !== text));
}

export function forgetSearches(): void {
  keep([]);
}
