import pg from 'pg';
import { maintenanceLimits } from '../../../config/maintenance-limits.ts';
import type { Db, InTx } from '../../db/database.ts';
import { isLocked } from '../../db/server-lock.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';

/** A table as PostgreSQL counts it; the numbers of rows are its estimates. */
interface TableState {
  readonly table: string;
  readonly live: number;
  readonly dead: number;
  /** With its indexes. */
  readonly bytes: number;
}

export interface Vacuumed extends TableState {
  /** How large it is afterwards; null where nothing was done. */
  readonly bytesAfter: number | null;
}

export interface VacuumWish {
  /** Also those with few dead rows. */
  readonly all: boolean;
  /** Writes tables anew, and so gives room back to the disk; nobody reads or writes them meanwhile. */
  readonly full: boolean;
  readonly dryRun: boolean;
}

interface Deps {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly inTx: InTx;
  readonly audit: Audit;
}

/** Has PostgreSQL clear dead rows away, in tables where there are many of them, the worst first. */
export function createVacuum({ db, databaseUrl, inTx, audit }: Deps) {
  return async (
    by: Actor,
    { all, full, dryRun }: VacuumWish,
    tell: (step: string) => void,
  ): Promise<Result<{ tables: Vacuumed[] }, 'permission-missing' | 'conflict'>> => {
    const allowed = permitted(by, 'storage');
    if (!allowed.ok) return allowed;
    // Whoever asked meanwhile would wait until a table is written anew, and be turned away after all.
    if (full && !dryRun && !(await isLocked(db))) {
      return fail('conflict', 'Lock the server first: vireo maintenance lock on');
    }
    const found = (await tableStates(db)).filter((table) => all || isWorthIt(table));
    if (dryRun) return ok({ tables: found.map((table) => ({ ...table, bytesAfter: null })) });
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'vireo-vacuum' });
    await client.connect();
    const tables: Vacuumed[] = [];
    try {
      for (const table of found) {
        tell(`${table.table}, ${tables.length + 1} of ${found.length}`);
        const name = pg.escapeIdentifier(table.table);
        await client.query(`vacuum (${full ? 'full, ' : ''}analyze) ${name}`);
        const { rows } = await client.query<{ bytes: string }>(
          'select pg_total_relation_size($1::regclass) as bytes',
          [name],
        );
        tables.push({ ...table, bytesAfter: Number(rows[0]?.bytes) });
      }
    } finally {
      await client.end();
    }
    const target = { kind: 'storage', id: 'tables' } as const;
    const detail = { full, tables: tables.map(({ table }) => table) };
    await inTx((tx) => audit.record(tx, by, { action: 'maintenance.vacuum', target, detail }));
    return ok({ tables });
  };
}

function isWorthIt({ live, dead }: TableState): boolean {
  return dead >= maintenanceLimits.vacuumDeadRows && dead >= live * maintenanceLimits.vacuumDeadShare;
}

async function tableStates(db: Db): Promise<TableState[]> {
  const { rows } = await db.raw<{ rows: (Omit<TableState, 'bytes'> & { bytes: string })[] }>(
    `select relname as table, n_live_tup::float as live, n_dead_tup::float as dead,
            pg_total_relation_size(relid) as bytes
       from pg_stat_user_tables where schemaname = current_schema()
      order by n_dead_tup desc, relname`,
  );
  return rows.map(({ bytes, ...row }) => ({ ...row, bytes: Number(bytes) }));
}
