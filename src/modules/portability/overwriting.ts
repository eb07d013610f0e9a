import type { Knex } from 'knex';
import { portabilityLimits } from '../../../config/account-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { AccountId, CommentId, ListId, VideoId } from '../../lib/ids.ts';
import { type Account, lockCounts } from '../accounts/index.ts';
import { type ImportKind, portedRow } from './csv.ts';
import { HANDLE_SQL, libraryParts } from './library/index.ts';
import type { ImportRow, PortabilityDeps } from './model.ts';

/** Something that is there and that the file may name: `names` as in `import_outcomes`, `name` as in the file. */
interface There {
  readonly names: string;
  readonly name: string;
}

/**
 * Takes away some of what is there and the file does not name, once all its lines were tried; returns whether there may be
 * more. What a line names stays, also where that line failed: a server that is away is no reason to stop following.
 */
export async function takeAwaySome(
  deps: PortabilityDeps,
  tx: Tx,
  found: ImportRow,
  account: Account,
): Promise<boolean> {
  const written = found.rows.map((row) => portedRow.parse(row));
  const kept = [...new Set(written.map(({ name, list = '' }) => fold(`${list}\n${name}`)))];
  const kind = KINDS[found.kind];
  const there: There[] = await tx
    .from(kind.there(deps, tx, account.id).as('there'))
    .whereNotIn(
      'names',
      tx('import_outcomes').where({ import_id: found.id }).whereNotNull('names').select('names'),
    )
    .whereRaw('not lower(name) = any(?)', [kept])
    .limit(portabilityLimits.takenAwayAtOnce)
    .select('names', 'name');
  if (found.kind === 'following') {
    await lockCounts(tx, [account.id, ...there.map(({ names }) => names as AccountId)]);
  }
  for (const { names } of there) await kind.take(deps, tx, account, names);
  return there.length === portabilityLimits.takenAwayAtOnce;
}

const fold = (text: string) => text.toLowerCase();

interface Kind {
  /** Of everything of an account: `names` and `name`, which begins with the title of a list and a line break. */
  there(deps: PortabilityDeps, tx: Tx, accountId: AccountId): Knex.QueryBuilder;
  take(deps: PortabilityDeps, tx: Tx, account: Account, names: string): Promise<unknown>;
}

/** Of a table that names an account beside its owner. */
function people(table: string, owner: string, target: string, where: object = {}): Kind['there'] {
  return ({ urls }, tx, accountId) =>
    tx(table)
      .join('accounts', 'accounts.id', `${table}.${target}`)
      .where({ [`${table}.${owner}`]: accountId, ...where })
      .select(tx.raw(`${table}.${target}::text as names`))
      .select(tx.raw(`e'\\n' || ${HANDLE_SQL} as name`, [urls.domain]));
}

const KINDS: Readonly<Record<ImportKind, Kind>> = {
  ...libraryParts,
  following: {
    there: (deps, tx, id) =>
      people('follows', 'follower_id', 'target_id')(deps, tx, id).whereNot('follows.state', 'undone'),
    take: ({ social }, tx, { id }, names) =>
      social.unfollow(tx, { followerId: id, targetId: names as AccountId }),
  },
  blocks: {
    there: people('account_blocks', 'account_id', 'target_id'),
    async take({ accounts, social }, tx, account, names) {
      const target = await accounts.byId(names as AccountId);
      if (target) await social.unblock(tx, account, target);
    },
  },
  mutes: {
    there: people('account_mutes', 'account_id', 'target_id'),
    take: ({ social }, tx, { id }, names) => social.unmute(tx, id, names as AccountId),
  },
  domain_blocks: {
    there: (_deps, tx, accountId) =>
      tx('account_domain_blocks')
        .where({ account_id: accountId })
        .select('domain as names', tx.raw(`e'\\n' || domain as name`)),
    take: ({ social }, tx, { id }, names) => social.unblockDomain(tx, id, names),
  },
  lists: {
    // Whom a list holds; a list that holds nobody and is not named stays: no file can name it.
    there: ({ urls }, tx, accountId) =>
      tx('list_accounts')
        .join('lists', 'lists.id', 'list_accounts.list_id')
        .join('accounts', 'accounts.id', 'list_accounts.account_id')
        .where({ 'lists.account_id': accountId })
        .select(tx.raw(`lists.id || ':' || accounts.id as names`))
        .select(tx.raw(`lists.title || e'\\n' || ${HANDLE_SQL} as name`, [urls.domain])),
    take: ({ lists }, tx, { id }, names) => {
      const [listId = '', memberId = ''] = names.split(':');
      return lists.take(tx, id, listId as ListId, [memberId as AccountId]);
    },
  },
  bookmarks: {
    there: (_deps, tx, accountId) =>
      tx('bookmarks')
        .leftJoin('videos', 'videos.id', 'bookmarks.video_id')
        .leftJoin('comments', 'comments.id', 'bookmarks.comment_id')
        .where({ 'bookmarks.account_id': accountId })
        .select(tx.raw('coalesce(bookmarks.video_id, bookmarks.comment_id)::text as names'))
        .select(tx.raw(`e'\\n' || coalesce(videos.uri, comments.uri) as name`)),
    async take({ engagement }, tx, { id }, names) {
      await engagement.unbookmark(tx, id, { videoId: names as VideoId });
      await engagement.unbookmark(tx, id, { commentId: names as CommentId });
    },
  },
};
