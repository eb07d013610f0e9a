import { portabilityLimits } from '../../../config/account-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import { type AccountId, type ImportId, type ListId, parseId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account } from '../accounts/index.ts';
import { type PortedRow, portedRow } from './csv.ts';
import { libraryPartOf, type Named } from './library/index.ts';
import type { ImportLookup, ImportRow, PortabilityDeps } from './model.ts';
import { takeAwaySome } from './overwriting.ts';

/**
 * The job `accounts.import`: does some lines, and comes back for more. Each line counts with what it does. An import
 * whose owner has left ends there: whoever comes back brings the file again.
 */
export async function workImport(
  deps: PortabilityDeps,
  lookup: ImportLookup,
  importId: ImportId,
  run: JobRun,
): Promise<Finish | undefined> {
  const found: ImportRow | undefined = await deps
    .db('imports')
    .where({ id: importId, finished_at: null })
    .first();
  if (!found) return undefined;
  const account = await deps.accounts.byId(found.account_id);
  if (account?.state !== 'active') return (tx) => end(tx, importId, 'cancelled');
  const until = Math.min(found.total, found.done + portabilityLimits.rowsPerRun);
  for (let at = found.done; at < until; at += 1) {
    run.signal.throwIfAborted();
    if (!(await doOne(deps, lookup, { found, account, at }))) return (tx) => end(tx, importId, 'cancelled');
  }
  if (until < found.total) return async () => new Date();
  if (found.mode === 'overwrite') {
    run.signal.throwIfAborted();
    const more = await deps.inTx(
      async (tx) => (await isActive(tx, account.id)) && takeAwaySome(deps, tx, found, account),
    );
    if (more) return async () => new Date();
  }
  return (tx) => end(tx, importId, 'finished');
}

async function end(tx: Tx, id: ImportId, how: 'finished' | 'cancelled'): Promise<null> {
  await tx('imports')
    .where({ id, finished_at: null })
    .update({
      ...{ finished_at: tx.fn.now(), rows: '[]' },
      ...(how === 'cancelled' ? { cancelled_at: tx.fn.now() } : {}),
    });
  await tx('import_outcomes').where({ import_id: id, reason: null }).delete();
  return null;
}

/** Locked, so that nobody leaves while something is done in her name. */
async function isActive(tx: Tx, id: AccountId): Promise<boolean> {
  return (await tx('accounts').where({ id, state: 'active' }).forShare().first('id')) !== undefined;
}

/** Finds what a line names, does what it says, and notes that it was done, or why not. False where the owner has left. */
async function doOne(
  deps: PortabilityDeps,
  lookup: ImportLookup,
  { found, account, at }: { found: ImportRow; account: Account; at: number },
): Promise<boolean> {
  const row = portedRow.parse(found.rows[at]);
  const named = await namedBy(deps, lookup, found, account, row);
  return deps.inTx(async (tx) => {
    if (!(await isActive(tx, account.id))) return false;
    const mine = tx('imports').where({ id: found.id, done: at });
    // Another worker was faster.
    if (!(await mine.clone().forUpdate().first('id'))) return true;
    const outcome = named.ok ? await apply(deps, tx, found, account, named.named, row) : named;
    const reason = outcome.ok ? null : (outcome.detail ?? outcome.reason);
    if (reason !== null || found.mode === 'overwrite') {
      await tx('import_outcomes').insert({
        ...{ import_id: found.id, line: at, reason },
        row: reason === null ? null : JSON.stringify(row),
        names: outcome.ok ? outcome.names : null,
      });
    }
    await mine.update({
      done: at + 1,
      ...(reason !== null && {
        failed: tx.raw('failed + 1'),
        failures: tx.raw(
          `case when jsonb_array_length(failures) < ? then failures || ?::jsonb else failures end`,
          [portabilityLimits.failuresKept, JSON.stringify([{ name: row.name, reason }])],
        ),
      }),
    });
    return true;
  });
}

async function namedBy(
  { accounts, urls, videos, comments }: PortabilityDeps,
  lookup: ImportLookup,
  { kind }: ImportRow,
  viewer: Account,
  { name }: PortedRow,
): Promise<Result<{ named: Named }, string>> {
  if (kind === 'domain_blocks') return ok({ named: { domain: name } });
  if (kind === 'tags') return ok({ named: { tag: name } });
  if (namesPosts.has(kind)) {
    const found = await lookup.address(name, { ask: true });
    if (!found.ok) return found;
    const post = found.found.kind === 'post' ? found.found.id : null;
    const [videoId, commentId] = [post && parseId<'video'>(post), post && parseId<'comment'>(post)];
    if (videoId && (await videos.forViewer(videoId, viewer.id))) return ok({ named: { post: { videoId } } });
    if (commentId && (await comments.forViewer(commentId, viewer.id)))
      return ok({ named: { post: { commentId } } });
    return fail('not-found', 'There is no such post, or you may not see it.');
  }
  // Of this server: nobody has to be asked.
  const local = name.toLowerCase().endsWith(`@${urls.domain}`) ? await accounts.byHandle(name) : null;
  const found = local?.state === 'active' ? ok({ account: local }) : await lookup.account(name);
  return found.ok ? ok({ named: { account: found.account } }) : found;
}

const namesPosts: ReadonlySet<ImportRow['kind']> = new Set(['bookmarks', 'folders', 'playlists', 'sounds']);

/** Gives what `overwrite` has to leave where it is; see overwriting.ts. */
async function apply(
  deps: PortabilityDeps,
  tx: Tx,
  { kind }: ImportRow,
  account: Account,
  named: Named,
  row: PortedRow,
): Promise<Result<{ names: string }, string>> {
  const { social, lists, engagement } = deps;
  const part = libraryPartOf(kind);
  if (part) return part.add(deps, tx, account, named, row);
  if ('domain' in named) {
    const blocked = await social.blockDomain(tx, account.id, named.domain);
    return blocked.ok ? ok({ names: named.domain }) : blocked;
  }
  if ('post' in named) {
    await engagement.bookmark(tx, account.id, named.post);
    return ok({ names: 'videoId' in named.post ? named.post.videoId : named.post.commentId });
  }
  if (!('account' in named)) return fail('not-found');
  const target = named.account;
  const naming = <R extends string>(outcome: Result<object, R>) =>
    outcome.ok ? ok({ names: target.id as string }) : outcome;
  const pair = { followerId: account.id, targetId: target.id };
  switch (kind) {
    case 'following': {
      const followed = await social.follow(tx, account, target);
      if (followed.ok) await social.choose(tx, pair, row);
      return naming(followed);
    }
    case 'blocks':
      return naming(await social.block(tx, account, target));
    case 'mutes': {
      const how = { notifications: row.notifications ?? true, durationSeconds: 0 };
      return naming(await social.mute(tx, { accountId: account.id, targetId: target.id, ...how }));
    }
    case 'lists':
      return addToList(lists, tx, account.id, target.id, row.list ?? '');
    default:
      return fail('not-found');
  }
}

async function addToList(
  lists: PortabilityDeps['lists'],
  tx: Tx,
  ownerId: AccountId,
  targetId: AccountId,
  title: string,
): Promise<Result<{ names: string }, string>> {
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
  return added.ok || added.reason === 'already-listed' ? ok({ names: `${id}:${targetId}` }) : added;
}
