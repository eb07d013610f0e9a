/** Columns of numbers by slot that grow together: one typed array each, doubled when a slot beyond their end is used. */

type Column = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int32Array | Float32Array | Float64Array;

/** Makes every column of `table` (of `width` numbers a slot, 1 where not told) long enough for `slots` slots. */
export function growColumns<T extends object>(
  table: T,
  slots: number,
  width: Partial<Record<keyof T, number>> = {},
): void {
  for (const name of Object.keys(table)) {
    const column: unknown = Reflect.get(table, name);
    if (!isColumn(column)) continue;
    const needed = slots * (Reflect.get(width, name) ?? 1);
    if (column.length >= needed) continue;
    Reflect.set(table, name, grown(column, Math.max(needed, column.length * 2)));
  }
}

/** Zeros in every column of one slot. */
export function clearColumns<T extends object>(
  table: T,
  slot: number,
  width: Partial<Record<keyof T, number>> = {},
): void {
  for (const name of Object.keys(table)) {
    const column: unknown = Reflect.get(table, name);
    const wide = Reflect.get(width, name) ?? 1;
    if (isColumn(column)) column.fill(0, slot * wide, (slot + 1) * wide);
  }
}

function isColumn(value: unknown): value is Column {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function grown<C extends Column>(column: C, length: number): Column {
  const larger = emptyLike(column, length);
  larger.set(column);
  return larger;
}

function emptyLike(column: Column, length: number): Column {
  if (column instanceof Uint8Array) return new Uint8Array(length);
  if (column instanceof Uint16Array) return new Uint16Array(length);
  if (column instanceof Uint32Array) return new Uint32Array(length);
  if (column instanceof Int8Array) return new Int8Array(length);
  if (column instanceof Int32Array) return new Int32Array(length);
  if (column instanceof Float32Array) return new Float32Array(length);
  return new Float64Array(length);
}

/** Adds to one number of a column, not going below 0. */
export function bump(column: Column, slot: number, by: number): void {
  column[slot] = Math.max(0, (column[slot] ?? 0) + by);
}
