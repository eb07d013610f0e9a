import type { Tx } from '../../db/database.ts';
import { giveOver, type Reference } from '../../db/take-over.ts';

/** Tables whose rows have ids that others name. */
export type Merged = 'accounts' | 'videos' | 'comments';

const named = (column: string, ...tables: readonly string[]): Reference[] =>
  tables.map((table) => ({ table, column }));

/** Columns that name one without a foreign key. */
const UNCHECKED: Readonly<Record<Merged, readonly Reference[]>> = {
  accounts: [
    ...named('account_id', 'watch_history', 'analytics_tallies', 'listed_media_matches', 'claim_videos'),
    { table: 'measures', column: 'target_id', only: { target_kind: 'account' } },
    { table: 'rule_hits', column: 'target_id', only: { target_kind: 'account' } },
  ],
  videos: [
    ...named('video_id', 'watch_history', 'analytics_tallies', 'listed_media_matches', 'claim_videos'),
    ...named('via_video_id', 'claim_videos'),
    { table: 'measures', column: 'target_id', only: { target_kind: 'video' } },
    { table: 'rule_hits', column: 'target_id', only: { target_kind: 'video' } },
    { table: 'report_evidence', column: 'post_id', only: { post_kind: 'video' } },
  ],
  comments: [
    ...named('hidden_root_id', 'comments'),
    { table: 'measures', column: 'target_id', only: { target_kind: 'comment' } },
    { table: 'rule_hits', column: 'target_id', only: { target_kind: 'comment' } },
    { table: 'report_evidence', column: 'post_id', only: { post_kind: 'comment' } },
  ],
};

/** Columns with lists of ids. */
const LISTS: Readonly<Record<Merged, readonly Reference[]>> = {
  accounts: [],
  videos: named('video_ids', 'reports'),
  comments: named('comment_ids', 'reports'),
};

/** The files of a copy belong to the row they were made for: they go with it. */
const STAYS_BEHIND: ReadonlySet<string> = new Set(['video_assets', 'video_fingerprints']);

/** Gives all that names one of the rows to `kept`, and removes the others. */
export async function mergeRows(
  tx: Tx,
  table: Merged,
  kept: string,
  others: readonly string[],
): Promise<void> {
  const references = [...(await checkedReferences(tx, table)), ...UNCHECKED[table]];
  for (const other of others) {
    for (const reference of references) await giveOver(tx, reference, { from: other, to: kept });
    for (const list of LISTS[table]) {
      await tx(list.table)
        .whereRaw('?? @> array[?::bigint]', [list.column, other])
        .update({
          [list.column]: tx.raw('array_replace(??, ?::bigint, ?::bigint)', [list.column, other, kept]),
        });
    }
    await tx(table).where({ id: other }).delete();
  }
}

async function checkedReferences(tx: Tx, table: Merged): Promise<Reference[]> {
  const { rows } = await tx.raw<{ rows: Reference[] }>(
    `select constraints.conrelid::regclass::text as table, attributes.attname as column
       from pg_constraint as constraints
       join pg_attribute as attributes
         on attributes.attrelid = constraints.conrelid and attributes.attnum = any (constraints.conkey)
      where constraints.contype = 'f' and constraints.confrelid = ?::regclass
      order by 1, 2`,
    [table],
  );
  return rows.filter((reference) => !STAYS_BEHIND.has(reference.table));
}
