/** The list with one item at another place. Positions outside of it are its ends. */
export function movedTo<T>(items: readonly T[], from: number, to: number): readonly T[] {
  const item = items[from];
  const target = Math.max(0, Math.min(items.length - 1, to));
  return item === undefined || target === from ? items : items.toSpliced(from, 1).toSpliced(target, 0, item);
}

/** How a key moves what has the focus: from one position to which; null where it does nothing of the kind. */
export function targetOfKey(key: string, position: number, count: number): number | null {
  const target = { ArrowUp: position - 1, ArrowDown: position + 1, Home: 0, End: count - 1 }[key];
  return target === undefined || target < 0 || target >= count ? null : target;
}

/** The row that a pointer is over, by the middles of the rows: each stands for what is nearer to it than to the next. */
export function rowAt(y: number, rows: readonly { readonly top: number; readonly bottom: number }[]): number {
  const below = rows.findIndex(({ bottom }) => y < bottom);
  return below < 0 ? rows.length - 1 : below;
}
