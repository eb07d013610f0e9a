import type { Db, Tx } from '../../src/db/database.ts';
import { newestStatement, popularStatement } from '../../src/modules/search/postgres/candidates.ts';
import { compile } from '../../src/modules/search/postgres/compile.ts';
import { searching } from '../../src/modules/search/postgres/index.ts';
import type { Statement } from '../../src/modules/search/postgres/statement.ts';
import type { SearchToken } from '../../src/modules/search/query.ts';

/** How PostgreSQL finds what a query asks for, as `explain (analyze, buffers)` tells it: for measurements. */
export function explained(db: Db, tokens: readonly SearchToken[], asOf: number): Promise<string[]> {
  return searching(db, async (tx) => {
    const asked = {
      tokens: tokens.filter((token) => token.kind !== 'from'),
      authors: null,
      notAuthors: [],
      below: null,
    };
    const compiled = await compile(tx, { ...asked, languages: [], asOf }, ['en']);
    if (compiled.query === null) return [];
    const statements = [newestStatement, popularStatement].map((make) =>
      make(compiled, compiled.query ?? '', asOf),
    );
    const plans: string[] = [];
    for (const statement of statements) plans.push(await planOf(tx, statement));
    return plans;
  });
}

async function planOf(tx: Tx, { sql, bindings }: Statement): Promise<string> {
  const { rows } = await tx.raw<{ rows: { 'QUERY PLAN': string }[] }>(
    `explain (analyze, buffers) ${sql}`,
    bindings,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
