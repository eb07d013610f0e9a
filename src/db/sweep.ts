import type { Db } from './database.ts';

/** Rows that one statement deletes: short transactions, whatever has piled up. */
const AT_ONCE = 2_000;

/**
 * Deletes the rows for which `condition` holds, a few thousand at a time until none is left or `signal` says so.
 * `condition` is SQL of the program, with a `?` for each of the bindings. Returns how many rows went.
 */
export async function deleteInBatches(
  db: Db,
  table: string,
  { condition, bindings = [] }: { readonly condition: string; readonly bindings?: readonly SweepValue[] },
  signal?: AbortSignal,
): Promise<number> {
  let total = 0;
  for (let swept = AT_ONCE; swept === AT_ONCE && !signal?.aborted; total += swept) {
    const { rowCount } = await db.raw<{ rowCount: number }>(
      `delete from ?? where ctid = any(array(select ctid from ?? where ${condition} limit ?))`,
      [table, table, ...bindings, AT_ONCE],
    );
    swept = rowCount;
  }
  return total;
}

type SweepValue = string | number | Date;
