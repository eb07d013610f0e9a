import { portabilityLimits } from '../../../config/account-limits.ts';
import type { Db } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import { addressesOf } from './addresses.ts';
import type { ExportKind, PortedRow } from './csv.ts';
import { HANDLE_SQL, libraryParts } from './library/index.ts';
import type { PortabilityDeps } from './model.ts';

/** The lines of one kind of file, oldest first. */
export async function portedRows(
  deps: PortabilityDeps,
  accountId: AccountId,
  kind: ExportKind,
): Promise<PortedRow[]> {
  const { db, urls } = deps;
  const name = db.raw(`${HANDLE_SQL} as name`, [urls.domain]);
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
    case 'bookmarks':
      return bookmarked(deps, accountId);
    default:
      return libraryParts[kind].rows(deps, accountId);
  }
}

/** The addresses of what an account keeps and may still see. */
async function bookmarked(deps: PortabilityDeps, accountId: AccountId): Promise<PortedRow[]> {
  const found: PortedRow[] = [];
  const { bookmarksAtOnce: limit, maxExportRows } = portabilityLimits;
  for (let maxId: string | null = null; found.length < maxExportRows; ) {
    const posts = await deps.engagement.bookmarksOf(accountId, { maxId, minId: null, limit });
    const addressOf = await addressesOf(deps, posts, accountId);
    for (const post of posts) {
      const name = addressOf(post);
      if (name !== undefined) found.push({ name });
    }
    maxId = posts.at(-1)?.id ?? null;
    if (maxId === null || posts.length < limit) break;
  }
  return found.reverse();
}
