import type { Db, Tx } from '../../db/database.ts';
import { emitter } from '../../db/outbox.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId, FollowId, IdSource, VideoId } from '../../lib/ids.ts';
import type { Account } from '../accounts/index.ts';
import type { Urls } from '../instances/index.ts';
import { block, unblock } from './blocks.ts';
import {
  acceptFollow,
  chooseHowToFollow,
  dropFollowsOf,
  follow,
  rejectFollow,
  unfollow,
} from './commands.ts';
import { domainBlocks } from './domain-blocks.ts';
import { endedFollows } from './ended-follows.ts';
import { socialEvents } from './events.ts';
import { followersAfter, type Move, moveBlocks, moveFollowers } from './moves.ts';
import { mutes } from './mutes.ts';
import { people } from './people.ts';
import { relationships } from './relationships.ts';

export { socialEvents } from './events.ts';
export type { Listed, PeoplePage } from './people.ts';
export type { Relationship } from './relationships.ts';
export { suggestionSources } from './suggestions.ts';

export type Social = ReturnType<typeof createSocial>;

type Pair = { followerId: AccountId; targetId: AccountId };

/** Who follows whom. */
export function createSocial(base: { db: Db; ids: IdSource; urls: Urls; unlistedDomains: UnlistedDomains }) {
  const { db } = base;
  const deps = { ...base, emit: emitter(socialEvents, base.ids) };
  const followedHere = async (targetIds: readonly AccountId[]): Promise<boolean[]> => {
    const { rows } = await db.raw<{ rows: { id: AccountId }[] }>(
      `select wanted.id from unnest(?::bigint[]) as wanted (id)
        where exists (
          select from follows join accounts on accounts.id = follows.follower_id
           where follows.target_id = wanted.id and follows.state = 'accepted' and accounts.domain = '')`,
      [[...new Set(targetIds)]],
    );
    const followed = new Set(rows.map(({ id }) => id));
    return targetIds.map((id) => followed.has(id));
  };
  /** Actor ids of one side of the follows, newest first, paged by follow id. */
  const page = async (
    by: 'follower_id' | 'target_id',
    id: AccountId,
    before: FollowId | null,
    limit: number,
  ) => {
    const other = by === 'target_id' ? 'follower_id' : 'target_id';
    const query = db('follows')
      .join('accounts', 'accounts.id', `follows.${other}`)
      .where({ [`follows.${by}`]: id, 'follows.state': 'accepted', 'accounts.state': 'active' })
      .orderBy('follows.id', 'desc')
      .limit(limit)
      .select<{ followId: FollowId; actorUri: string }[]>(
        'follows.id as followId',
        'accounts.actor_uri as actorUri',
      );
    return before === null ? query : query.where('follows.id', '<', before);
  };
  return {
    ...domainBlocks(deps),
    ...endedFollows(deps),
    ...mutes(deps),
    ...people(base),
    follow: (tx: Tx, follower: Account, target: Account, uri?: string, fromVideoId?: VideoId) =>
      follow(deps, tx, follower, target, uri, fromVideoId),
    choose: chooseHowToFollow,
    accept: (tx: Tx, pair: Pair & { uri?: string }) => acceptFollow(deps, tx, pair),
    reject: (tx: Tx, pair: Pair & { uri?: string }) => rejectFollow(deps, tx, pair),
    unfollow: (tx: Tx, pair: Pair & { uri?: string }) => unfollow(deps, tx, pair),
    dropSomeOf: dropFollowsOf,
    block: (tx: Tx, account: Account, target: Account, uri?: string) => block(deps, tx, account, target, uri),
    unblock: (tx: Tx, account: Account, target: Account, uri?: string) =>
      unblock(deps, tx, account, target, uri),
    moveBlocks: (tx: Tx, move: Move, place: Parameters<typeof moveBlocks>[3]) =>
      moveBlocks(deps, tx, move, place),
    moveFollowers: (tx: Tx, move: Move, followers: readonly Account[]) =>
      moveFollowers(deps, tx, move, followers),
    followersAfter,

    followersPage: (id: AccountId, before: FollowId | null, limit: number) =>
      page('target_id', id, before, limit),
    followingPage: (id: AccountId, before: FollowId | null, limit: number) =>
      page('follower_id', id, before, limit),

    /**
     * True when somebody of this server follows the account: the reason to keep what it sends. With `butBy`,
     * when somebody else does.
     */
    async isFollowedHere(targetId: AccountId, butBy?: AccountId): Promise<boolean> {
      if (butBy === undefined) return (await followedHere([targetId]))[0] === true;
      const other = await db('follows')
        .join('accounts', 'accounts.id', 'follows.follower_id')
        .where({ 'follows.target_id': targetId, 'follows.state': 'accepted', 'accounts.domain': '' })
        .whereNot('follows.follower_id', butBy)
        .first('follows.id');
      return other !== undefined;
    },

    /** True when the first account blocks the second. */
    async isBlocking(accountId: AccountId, targetId: AccountId): Promise<boolean> {
      const where = { account_id: accountId, target_id: targetId };
      return (await db('account_blocks').where(where).first('id')) !== undefined;
    },

    /** People of this server who follow an account or ask to, by follow id, after `after` where that is given. */
    async localFollowsPage(
      targetId: AccountId,
      after: FollowId | null,
      limit: number,
    ): Promise<{ followId: FollowId; followerId: AccountId; actorUri: string; isAccepted: boolean }[]> {
      const query = db('follows')
        .join('accounts', 'accounts.id', 'follows.follower_id')
        .where({ 'follows.target_id': targetId, 'accounts.domain': '', 'accounts.state': 'active' })
        .whereNot({ 'follows.state': 'undone' })
        .orderBy('follows.id')
        .limit(limit)
        .select(
          'follows.id as followId',
          'follows.follower_id as followerId',
          'accounts.actor_uri as actorUri',
          db.raw(`follows.state = 'accepted' as "isAccepted"`),
        );
      return after === null ? query : query.where('follows.id', '>', after);
    },

    /** Whom the id of a Block of an account stands for, or null. */
    async blockedByUri(accountId: AccountId, uri: string): Promise<AccountId | null> {
      const row = await db('account_blocks').where({ account_id: accountId, uri }).first('target_id');
      return row?.target_id ?? null;
    },

    /** The id of the Block of one account by another, or null. */
    async blockUri(accountId: AccountId, targetId: AccountId): Promise<string | null> {
      const where = { account_id: accountId, target_id: targetId };
      return (await db('account_blocks').where(where).first('uri'))?.uri ?? null;
    },

    /** The ids of the Follows of these pairs, also of those that wait for an answer, by `followerId targetId`. */
    async followUris(pairs: readonly Pair[]): Promise<Map<string, string>> {
      if (pairs.length === 0) return new Map();
      const { rows } = await db.raw<{ rows: { follower: AccountId; target: AccountId; uri: string }[] }>(
        `select asked.follower, asked.target, follows.uri
           from unnest(?::bigint[], ?::bigint[]) as asked (follower, target)
           join follows on follows.follower_id = asked.follower and follows.target_id = asked.target
          where follows.state <> 'undone'`,
        [pairs.map(({ followerId }) => followerId), pairs.map(({ targetId }) => targetId)],
      );
      return new Map(rows.map(({ follower, target, uri }) => [`${follower} ${target}`, uri]));
    },

    /** `isFollowedHere` of each account in turn, with one question to the database. */
    followedHere,

    /**
     * The pair behind the id of a Follow activity: ours, or with `followerId` that of a remote account, because
     * accounts of one server could use the same id.
     */
    async requestByUri(uri: string, followerId?: AccountId): Promise<Pair | null> {
      const row = await db('follows')
        .where(followerId === undefined ? { uri } : { uri, follower_id: followerId })
        .whereNot({ state: 'undone' })
        .first('follower_id as followerId', 'target_id as targetId');
      return row ?? null;
    },

    relationships: (viewerId: AccountId, targetIds: readonly AccountId[]) =>
      relationships(db, viewerId, targetIds),
  };
}
