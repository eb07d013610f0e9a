import { portabilityLimits } from '../../../config/account-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { AccountId, IdSource, ImportId, ListId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account, Accounts, RemoteLookup } from '../accounts/index.ts';
import type { Urls } from '../instances/index.ts';
import type { Lists } from '../lists/index.ts';
import type { Social } from '../social/index.ts';
import { type ExportKind, fromCsv, type ImportKind, type PortedRow, portedRow, toCsv } from './csv.ts';

export { exportKinds, importKinds } from './csv.ts';

export interface PortabilityDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly social: Social;
  readonly lists: Lists;
}

/** How far an import has got. */
export interface ImportProgress {
  readonly id: ImportId;
  readonly kind: ImportKind;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** The first of those that failed. */
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

interface ImportRow {
  readonly id: ImportId;
  readonly account_id: AccountId;
  readonly kind: ImportKind;
  readonly rows: unknown[];
  readonly total: number;
  readonly done: number;
}

export type Portability = ReturnType<typeof createPortability>;

/** What people take along when they come or go, as CSV: whom they follow, block and mute, and their lists. */
export function createPortability(deps: PortabilityDeps) {
  const { db } = deps;
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
      kind: ImportKind,
      rows: readonly PortedRow[],
    ): Promise<Result<{ id: ImportId }, 'import-running'>> {
      await tx('users').where({ account_id: accountId }).forUpdate().first('account_id');
      // By its job, so that one that was given up holds up no other.
      const running = await tx('imports')
        .join('jobs', 'jobs.key', tx.raw(`'import:' || imports.id`))
        .where({ 'imports.account_id': accountId, 'imports.finished_at': null, 'jobs.state': 'pending' })
        .first('imports.id');
      if (running)
        return fail('import-running', 'Another file is being worked off. Wait until that is done.');
      const id = deps.ids.next<'import'>();
      const facts = { id, account_id: accountId, kind, total: rows.length };
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
    importsOf: (accountId: AccountId): Promise<ImportProgress[]> =>
      db('imports')
        .where({ account_id: accountId })
        .orderBy('id', 'desc')
        .limit(portabilityLimits.importsKept)
        .select(
          ...['id', 'kind', 'total', 'done', 'failed', 'failures'],
          ...['created_at as createdAt', 'finished_at as finishedAt'],
        ),

    /** The job `accounts.import`: does some lines, and comes back for more. Each line counts with what it does. */
    async work(
      lookup: Pick<RemoteLookup, 'account'>,
      importId: ImportId,
      run: JobRun,
    ): Promise<Finish | undefined> {
      const found: ImportRow | undefined = await db('imports').where({ id: importId }).first();
      const account = found && (await deps.accounts.byId(found.account_id));
      if (!found || account?.state !== 'active') return undefined;
      const until = Math.min(found.total, found.done + portabilityLimits.rowsPerRun);
      for (let at = found.done; at < until; at += 1) {
        run.signal.throwIfAborted();
        await doOne(deps, lookup, { found, account, at });
      }
      if (until < found.total) return async () => new Date();
      return async (tx) => {
        await tx('imports').where({ id: importId }).update({ finished_at: tx.fn.now(), rows: '[]' });
        return null;
      };
    },
  };
}

/** Finds whom a line names, does what it says, and notes that it was done, or why not. */
async function doOne(
  deps: PortabilityDeps,
  lookup: Pick<RemoteLookup, 'account'>,
  { found, account, at }: { found: ImportRow; account: Account; at: number },
): Promise<void> {
  const row = portedRow.parse(found.rows[at]);
  const named = found.kind === 'domain_blocks' ? null : await targetOf(deps, lookup, row.name);
  await deps.inTx(async (tx) => {
    const mine = tx('imports').where({ id: found.id, done: at });
    // Another worker was faster.
    if (!(await mine.clone().forUpdate().first('id'))) return;
    const outcome =
      named && !named.ok ? named : await apply(deps, tx, found.kind, account, named?.account, row);
    const failure = outcome.ok ? null : { name: row.name, reason: outcome.detail ?? outcome.reason };
    await mine.update({
      done: at + 1,
      ...(failure && {
        failed: tx.raw('failed + 1'),
        failures: tx.raw(
          `case when jsonb_array_length(failures) < ? then failures || ?::jsonb else failures end`,
          [portabilityLimits.failuresKept, JSON.stringify([failure])],
        ),
      }),
    });
  });
}

async function targetOf(
  { accounts, urls }: PortabilityDeps,
  lookup: Pick<RemoteLookup, 'account'>,
  name: string,
) {
  // Of this server: nobody has to be asked.
  const local = name.toLowerCase().endsWith(`@${urls.domain}`) ? await accounts.byHandle(name) : null;
  return local?.state === 'active' ? ok({ account: local }) : lookup.account(name);
}

async function apply(
  { social, lists }: PortabilityDeps,
  tx: Tx,
  kind: ImportKind,
  account: Account,
  target: Account | undefined,
  row: PortedRow,
): Promise<Result<object, string>> {
  if (kind === 'domain_blocks') return social.blockDomain(tx, account.id, row.name);
  if (!target) return fail('not-found', `There is no account ${row.name}.`);
  const pair = { followerId: account.id, targetId: target.id };
  switch (kind) {
    case 'following': {
      const followed = await social.follow(tx, account, target);
      if (followed.ok) await social.choose(tx, pair, row);
      return followed;
    }
    case 'blocks':
      return social.block(tx, account, target);
    case 'mutes': {
      const how = { notifications: row.notifications ?? true, durationSeconds: 0 };
      return social.mute(tx, { accountId: account.id, targetId: target.id, ...how });
    }
    case 'lists':
      return addToList(lists, tx, account.id, target.id, row.list ?? '');
  }
}

async function addToList(
  lists: Lists,
  tx: Tx,
  ownerId: AccountId,
  targetId: AccountId,
  title: string,
): Promise<Result<object, string>> {
  const known: { id: ListId } | undefined = await tx('lists')
    .where({ account_id: ownerId, title })
    .first('id');
  const made = known
    ? null
    : await lists.create(tx, ownerId, { title, repliesPolicy: 'list', exclusive: false });
  if (made && !made.ok) return made;
  const id = known?.id ?? made?.list.id;
  if (id === undefined) return fail('not-found');
  const added = await lists.add(tx, ownerId, id, [targetId]);
  return added.ok || added.reason === 'already-listed' ? ok() : added;
}

async function portedRows(
  deps: PortabilityDeps,
  accountId: AccountId,
  kind: ExportKind,
): Promise<PortedRow[]> {
  const { db, urls } = deps;
  const name = db.raw(
    `accounts.username || '@' || case when accounts.domain = '' then ? else accounts.domain end as name`,
    [urls.domain],
  );
  const named = (query: ReturnType<Db>) =>
    query.where('accounts.state', 'active').limit(portabilityLimits.maxExportRows);
  switch (kind) {
    case 'following':
    case 'followers': {
      const [mine, other] =
        kind === 'following' ? ['follower_id', 'target_id'] : ['target_id', 'follower_id'];
      return named(
        db('follows')
          .join('accounts', 'accounts.id', `follows.${other}`)
          .where({ [`follows.${mine}`]: accountId, 'follows.state': 'accepted' })
          .orderBy('follows.id'),
      ).select(name, 'follows.reblogs', 'follows.notify', 'follows.languages');
    }
    case 'blocks':
    case 'mutes': {
      const table = kind === 'blocks' ? 'account_blocks' : 'account_mutes';
      return named(
        db(table)
          .join('accounts', 'accounts.id', `${table}.target_id`)
          .where({ [`${table}.account_id`]: accountId })
          .orderBy(`${table}.id`),
      ).select(name, ...(kind === 'mutes' ? ['account_mutes.notifications'] : []));
    }
    case 'domain_blocks':
      return db('account_domain_blocks')
        .where({ account_id: accountId })
        .orderBy('domain')
        .limit(portabilityLimits.maxExportRows)
        .select('domain as name');
    case 'lists':
      return named(
        db('list_accounts')
          .join('lists', 'lists.id', 'list_accounts.list_id')
          .join('accounts', 'accounts.id', 'list_accounts.account_id')
          .where({ 'lists.account_id': accountId })
          .orderBy(['lists.id', 'list_accounts.id']),
      ).select(name, 'lists.title as list');
  }
}
