import type { Tx } from '../../../db/database.ts';

/** A statement with its bindings. */
export interface Statement {
  readonly sql: string;
  readonly bindings: Readonly<Record<string, string | number | string[] | boolean[]>>;
}

/** Runs a statement. `T` is what its columns are: nothing checks that. */
export async function rowsOf<T>(tx: Tx, { sql, bindings }: Statement): Promise<T[]> {
  return (await tx.raw<{ rows: T[] }>(sql, bindings)).rows;
}
