/**
 * Which rows of a list, which is always newest first: older than `maxId`; the nearest ones newer than `minId`, so
 * that paging upwards leaves no gap; or the newest of those newer than `sinceId`.
 */
export interface Page {
  readonly maxId: string | null;
  readonly minId: string | null;
  readonly sinceId?: string | null;
  readonly limit: number;
}

/** Compares ids for a list that begins with the newest. */
function newerFirst(a: { readonly id: string }, b: { readonly id: string }): number {
  const [left, right] = [BigInt(a.id), BigInt(b.id)];
  return left === right ? 0 : left > right ? -1 : 1;
}

/** One page made of pages of several lists, newest first. */
export function merged<T extends { readonly id: string }>(page: Page, lists: readonly (readonly T[])[]): T[] {
  const all = lists.flat().sort(newerFirst);
  return page.minId === null ? all.slice(0, page.limit) : all.slice(-page.limit);
}
