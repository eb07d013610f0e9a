import { portabilityLimits } from '../../../config/account-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { JobRun } from '../../jobs/registry.ts';
import type { AccountId, ImportId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import {
  type ExportKind,
  failuresCsv,
  fromCsv,
  type ImportKind,
  type PortedRow,
  portedRow,
  toCsv,
} from './csv.ts';
import { portedRows } from './exporting.ts';
import { workImport } from './importing.ts';
import type { ImportLookup, ImportMode, ImportProgress, PortabilityDeps } from './model.ts';

export { exportKinds, importKinds } from './csv.ts';
export { type ImportProgress, importModes } from './model.ts';

export type Portability = ReturnType<typeof createPortability>;

/** What people take along when they come or go, as CSV: whom they follow, block and mute, their lists and bookmarks. */
export function createPortability(deps: PortabilityDeps) {
  const { db } = deps;
  /** Of this owner; nobody else's are there (security.md A10). */
  const importsOf = (accountId: AccountId) =>
    db('imports')
      .where({ account_id: accountId })
      .orderBy('id', 'desc')
      .limit(portabilityLimits.importsKept)
      .select<ImportProgress[]>(
        ...['id', 'kind', 'mode', 'total', 'done', 'failed', 'failures'],
        ...['created_at as createdAt', 'finished_at as finishedAt', 'cancelled_at as cancelledAt'],
      );
  return {
    /** The file of one kind, as Mastodon reads it. */
    async csvOf(accountId: AccountId, kind: ExportKind): Promise<string> {
      return toCsv(kind, await portedRows(deps, accountId, kind));
    },

    read: fromCsv,

    /** Works a file off in the background, one at a time for each account. */
    async begin(
      tx: Tx,
      accountId: AccountId,
      file: { readonly kind: ImportKind; readonly mode: ImportMode; readonly rows: readonly PortedRow[] },
    ): Promise<Result<{ id: ImportId }, 'import-running'>> {
      const { kind, mode, rows } = file;
      await tx('users').where({ account_id: accountId }).forUpdate().first('account_id');
      // By its job, so that one that was given up holds up no other.
      const running = await tx('imports')
        .join('jobs', 'jobs.key', tx.raw(`'import:' || imports.id`))
        .where({ 'imports.account_id': accountId, 'imports.finished_at': null, 'jobs.state': 'pending' })
        .first('imports.id');
      if (running)
        return fail('import-running', 'Another file is being worked off. Wait until that is done.');
      const id = deps.ids.next<'import'>();
      const facts = { id, account_id: accountId, kind, mode, total: rows.length };
      await tx('imports').insert({ ...facts, rows: JSON.stringify(rows) });
      const kept = tx('imports').where({ account_id: accountId }).orderBy('id', 'desc');
      await tx('imports')
        .where({ account_id: accountId })
        .whereNotIn('id', kept.limit(portabilityLimits.importsKept).select('id'))
        .delete();
      await deps.enqueue(tx, { name: 'accounts.import', payload: { importId: id }, key: `import:${id}` });
      return ok({ id });
    },

    /** The latest imports of an account, newest first. */
    importsOf: (accountId: AccountId): Promise<ImportProgress[]> => importsOf(accountId),

    /** One of them, or null. */
    async importOf(accountId: AccountId, id: ImportId): Promise<ImportProgress | null> {
      return (await importsOf(accountId).where({ id }))[0] ?? null;
    },

    /** The lines of an import that failed, as CSV with their reasons; null where there is no such import. */
    async failuresOf(accountId: AccountId, id: ImportId): Promise<string | null> {
      const [found] = await importsOf(accountId).where({ id });
      if (!found) return null;
      const rows: { row: unknown; reason: string }[] = await db('import_outcomes')
        .where({ import_id: id })
        .whereNotNull('reason')
        .orderBy('line')
        .select('row', 'reason');
      return failuresCsv(
        found.kind,
        rows.map(({ row, reason }) => ({ row: portedRow.parse(row), reason })),
      );
    },

    work: (lookup: ImportLookup, importId: ImportId, run: JobRun) => workImport(deps, lookup, importId, run),
  };
}
