import type { Db, InTx, Tx } from '../../db/database.ts';
import { isLocked } from '../../db/server-lock.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
import { type Merged, mergeRows } from './merging.ts';
import { type NaturalKey, naturalKeys } from './natural-keys.ts';

/** Rows that are one and the same, and what was done, or is to be done, about them. */
export interface Duplicate {
  readonly table: string;
  /** The key that they share. */
  readonly key: string;
  readonly rows: number;
  readonly way: NaturalKey['way'];
}

export interface DuplicatesReport {
  readonly duplicates: readonly Duplicate[];
  /** Unique indexes that are not there, or not whole; once everything is mended they are. */
  readonly indexes: readonly string[];
  /** How many of the duplicates are left: those that people have to look at. */
  readonly left: number;
}

interface Deps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly audit: Audit;
}

/**
 * Finds rows that unique indexes should have refused, as after a copy of the database to a machine that sorts text in
 * another way, or a damaged disk; makes one of them, and the index again. A key at a time, each in its own transaction.
 */
export function createDuplicates({ db, inTx, audit }: Deps) {
  return async (
    by: Actor,
    { dryRun }: { readonly dryRun: boolean },
    tell: (step: string) => void,
  ): Promise<Result<DuplicatesReport, 'permission-missing' | 'conflict'>> => {
    const allowed = permitted(by, 'storage');
    if (!allowed.ok) return allowed;
    // Without its index, a table would get new ones meanwhile.
    if (!dryRun && !(await isLocked(db))) {
      return fail('conflict', 'Lock the server first: vireo maintenance lock on');
    }
    const duplicates: Duplicate[] = [];
    const indexes: string[] = [];
    let left = 0;
    for (const natural of naturalKeys) {
      tell(`${natural.table} (${natural.columns.join(', ')})`);
      await inTx(async (tx) => {
        await tx.raw('set local statement_timeout = 0');
        const groups = await groupsOf(tx, natural);
        const isWhole = await hasIndex(tx, natural);
        if (!isWhole) indexes.push(natural.index);
        const mended = dryRun ? [] : await mendAll(tx, natural, groups);
        left += groups.length - mended.length;
        duplicates.push(
          ...groups.map((group) => ({
            ...{ table: natural.table, key: group.key, rows: group.rows.length },
            way: dryRun || mended.includes(group) ? natural.way : ('by-hand' as const),
          })),
        );
        if (dryRun || mended.length < groups.length) return;
        if (groups.length > 0 || !isWhole) await makeIndex(tx, natural);
      });
    }
    if (!dryRun && (duplicates.length > 0 || indexes.length > 0)) {
      const target = { kind: 'storage', id: 'tables' } as const;
      const counts = Object.fromEntries(
        [...Map.groupBy(duplicates, ({ table }) => table)].map(([table, ones]) => [table, ones.length]),
      );
      const deed = {
        action: 'maintenance.fix-duplicates',
        target,
        detail: { counts, indexes, left },
      } as const;
      await inTx((tx) => audit.record(tx, by, deed));
    }
    return ok({ duplicates, indexes, left });
  };
}

interface Group {
  readonly key: string;
  /** The one that stays first. */
  readonly rows: readonly Row[];
}

interface Row {
  readonly place: string;
  readonly id: string | null;
  readonly isOurs: boolean;
}

/** Which of several rows stays: one that has what the others would have to fetch, or else the first that came. */
const FIRST: Readonly<Record<string, string>> = {
  accounts: `state = 'active' desc, id`,
  videos: `media_state = 'ready' desc, id`,
};
const LAST_READ = 'fetched_at desc nulls last, id';

const OURS: Readonly<Record<string, string>> = {
  accounts: `domain = ''`,
  videos: 'local',
  comments: 'local',
};

/** Reads the table itself: an index that is damaged would hide what is looked for. */
async function groupsOf(tx: Tx, { table, columns, way }: NaturalKey): Promise<Group[]> {
  for (const scan of ['indexscan', 'indexonlyscan', 'bitmapscan'])
    await tx.raw(`set local enable_${scan} = off`);
  const hasId = await tx.schema.hasColumn(table, 'id');
  const order = way === 'rename' ? LAST_READ : (FIRST[table] ?? (hasId ? 'id' : 'ctid'));
  const { rows } = await tx.raw<{ rows: { key: string; rows: Row[] }[] }>(
    `select array_to_string(array[${columns.map(() => '??::text').join(', ')}], ' ') as key,
            json_agg(json_build_object('place', ctid::text, 'id', ${hasId ? 'id::text' : 'null'},
                                       'isOurs', ${OURS[table] ?? 'false'}) order by ${order}) as rows
       from ?? where num_nulls(${columns.map(() => '??').join(', ')}) = 0
      group by ${columns.map(() => '??').join(', ')} having count(*) > 1
      order by 1`,
    [...columns, table, ...columns, ...columns],
  );
  await tx.raw('reset enable_indexscan; reset enable_indexonlyscan; reset enable_bitmapscan');
  return rows;
}

/** Mends what can be; gives those that were. */
async function mendAll(tx: Tx, natural: NaturalKey, groups: readonly Group[]): Promise<Group[]> {
  const mended: Group[] = [];
  for (const group of groups) if (await mend(tx, natural, group)) mended.push(group);
  return mended;
}

async function mend(
  tx: Tx,
  { table, way }: NaturalKey,
  { rows: [kept, ...others] }: Group,
): Promise<boolean> {
  if (!kept || way === 'by-hand' || [kept, ...others].some(({ isOurs }) => isOurs)) return false;
  if (way === 'drop') {
    await tx(table)
      .whereRaw('ctid = any(?::tid[])', [others.map(({ place }) => place)])
      .delete();
    return true;
  }
  const ids = others.flatMap(({ id }) => id ?? []);
  // Rows with one id, too, are copies of one row that was there twice: nobody can tell what names which.
  if (kept.id === null || new Set([kept.id, ...ids]).size <= others.length) return false;
  if (way === 'merge') await mergeRows(tx, table as Merged, kept.id, ids);
  else await tx(table).whereIn('id', ids).update(WITHOUT_ITS_NAME(tx));
  return true;
}

/** As when another account of a server takes a name (`upsertRemoteAccount`). */
const WITHOUT_ITS_NAME = (tx: Tx) => ({
  state: 'deleted',
  username_key: tx.raw(`username_key || '!' || id`),
});

async function hasIndex(tx: Tx, { index }: NaturalKey): Promise<boolean> {
  const { rows } = await tx.raw<{ rows: unknown[] }>(
    `select from pg_index join pg_class on pg_class.oid = indexrelid
      where relname = ? and relnamespace = current_schema()::regnamespace and indisunique and indisvalid`,
    [index],
  );
  return rows.length > 0;
}

async function makeIndex(tx: Tx, { table, columns, index, as }: NaturalKey): Promise<void> {
  await tx.raw('alter table ?? drop constraint if exists ??', [table, index]);
  await tx.raw('drop index if exists ??', [index]);
  await tx.raw(`alter table ?? add constraint ?? ${as} (${columns.map(() => '??').join(', ')})`, [
    ...[table, index],
    ...columns,
  ]);
}
