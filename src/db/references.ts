import type { AccountId } from '../lib/ids.ts';
import type { Tx } from './database.ts';

/**
 * What outlives an account of this server that was deleted, by column: what tells other servers of its end, with the
 * key that signs it, its channel, and what the staff has to know.
 */
const KEPT = new Set([
  ...['activities.account_id', 'actor_keys.account_id', 'accounts.owner_id'],
  ...['reports.reporter_id', 'reports.target_id'],
]);

/** Columns that name an account without a foreign key: their rows come by the thousand (ADR 0031). */
const UNCHECKED = [{ table: 'watch_history', column: 'account_id', clears: false }];

/**
 * Events of watching that were set aside name who watched within a text (`watching.store`): they become nobody's, and those of others beside
 * them stay as they are. No other id is that of an account, so that what stands in quotes is it, in entries of other releases, too.
 */
async function clearSetAside(tx: Tx, accountId: AccountId, limit: number): Promise<number> {
  const name = `"${accountId}"`;
  return tx('jobs')
    .whereRaw(
      `id in (select id from jobs where name = 'watching.store' and strpos(payload->>'entry', ?) > 0 order by id limit ? for update)`,
      [name, limit],
    )
    .update({
      payload: tx.raw(`jsonb_set(payload, '{entry}', to_jsonb(replace(payload->>'entry', ?, 'null')))`, [
        name,
      ]),
    });
}

/** Every column that names an account, and whether it is emptied where the account goes, in place of its row. */
export async function accountReferences(
  tx: Tx,
): Promise<{ table: string; column: string; clears: boolean }[]> {
  const { rows } = await tx.raw<{ rows: { table: string; column: string; clears: boolean }[] }>(
    `select constraints.conrelid::regclass::text as table, attributes.attname as column,
            constraints.confdeltype = 'n' as clears
       from pg_constraint as constraints
       join pg_attribute as attributes
         on attributes.attrelid = constraints.conrelid and attributes.attnum = any (constraints.conkey)
      where constraints.contype = 'f' and constraints.confrelid = 'accounts'::regclass
      order by 1, 2`,
  );
  return [...rows, ...UNCHECKED];
}

/**
 * Does to rows that name an account what deleting the row of the account would do, and keeps that one: other servers
 * know it. The database itself knows which rows those are, but for a few, so that no table that comes later is forgotten. At most
 * `limit` rows at once; returns how many, which is less than that when nothing is left.
 */
export async function dropReferences(tx: Tx, accountId: AccountId, limit: number): Promise<number> {
  let left = limit;
  for (const { table, column, clears } of await accountReferences(tx)) {
    if (left === 0) break;
    if (KEPT.has(`${table}.${column}`)) continue;
    // Locked by a statement of its own: one that is changed meanwhile lies elsewhere afterwards, and the next looks there.
    const found: { place: string }[] = await tx(table)
      .where({ [column]: accountId })
      .limit(left)
      .forUpdate()
      .select(tx.raw('ctid::text as place'));
    if (found.length === 0) continue;
    const naming = tx(table).whereRaw('ctid = any(?::tid[])', [found.map(({ place }) => place)]);
    left -= await (clears ? naming.update({ [column]: null }) : naming.delete());
  }
  if (left > 0) left -= await clearSetAside(tx, accountId, left);
  return limit - left;
}
