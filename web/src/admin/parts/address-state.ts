import { useLocation } from 'preact-iso/router';

/** What is said in the address beside the filters: where a page of the list begins. */
const CURSORS = ['max_id', 'min_id', 'since_id', 'offset', 'cursor'] as const;

export interface AddressState {
  /** What the address says of a filter; '' where it says nothing. */
  readonly get: (name: string) => string;
  /** Sets filters, and goes back to the first page. '' takes one away. The address is replaced: "back" leaves the list. */
  readonly set: (values: Readonly<Record<string, string>>) => void;
  /** All that the address says, as the query of a call to the API. */
  readonly query: Readonly<Record<string, string>>;
  /** Whether any filter is set, other than where the page begins. */
  readonly isFiltered: boolean;
  readonly isFirstPage: boolean;
  /** The address of this list from its beginning. */
  readonly firstPage: string;
  /** The address of this list where another page of it begins, as the API names that page. */
  readonly pageAt: (next: string) => string;
}

/** Keeps the state of a list in the address, so that it can be sent to others, and "back" finds it as it was. */
export function useAddressState(): AddressState {
  const { path, query, route } = useLocation();
  const filters = Object.entries(query).filter(([name]) => !isCursor(name));
  const at = (entries: readonly (readonly [string, string])[]): string => {
    const text = new URLSearchParams(
      entries.filter(([, value]) => value !== '').map(([name, value]) => [name, value]),
    ).toString();
    return text === '' ? path : `${path}?${text}`;
  };
  return {
    query,
    get: (name) => query[name] ?? '',
    set: (values) => route(at(Object.entries({ ...Object.fromEntries(filters), ...values })), true),
    isFiltered: filters.some(([, value]) => value !== ''),
    isFirstPage: filters.length === Object.keys(query).length,
    firstPage: at(filters),
    pageAt: (next) => {
      const cursor = [...new URL(next, location.origin).searchParams].filter(([name]) => isCursor(name));
      return at([...filters, ...cursor]);
    },
  };
}

const isCursor = (name: string): boolean => CURSORS.some((cursor) => cursor === name);
