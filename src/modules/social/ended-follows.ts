import { endedFollowLimits } from '../../../config/domain-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import { ofDomain, ofOpenDomains, ofSuspendedDomain, type UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId, IdSource } from '../../lib/ids.ts';
import type { Urls } from '../instances/index.ts';
import type { socialEvents } from './events.ts';

interface EndedFollowDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly urls: Urls;
  readonly emit: Emit<typeof socialEvents>;
  readonly unlistedDomains: UnlistedDomains;
}

/** A follow that may come back. */
interface Returning {
  readonly follower_id: AccountId;
  readonly target_id: AccountId;
  readonly uri: string;
  readonly reblogs: boolean;
  readonly notify: boolean;
  readonly languages: string[] | null;
  /** Whether somebody here follows, and not somebody there. */
  readonly is_ours: boolean;
  readonly may_return: boolean;
}

/** Follows that the suspension of a domain ended: kept for a while, and brought back when it is lifted. */
export function endedFollows({ db, ids, urls, emit, unlistedDomains }: EndedFollowDeps) {
  /**
   * Brings some of them back: where both are still there and neither blocks the other. Whoever is of this server asks anew, and
   * follows once the other server agrees. Those of there follow again at once: nobody told them that it ended, and what their server
   * says otherwise counts.
   */
  async function bringBack(tx: Tx, domain: string): Promise<number> {
    const some = tx('ended_follows')
      .join('accounts', (side) =>
        side.on(tx.raw(`accounts.id in (follower_id, target_id) and accounts.domain <> ''`)),
      )
      .modify(ofDomain(domain))
      .modify(ofOpenDomains(unlistedDomains))
      .limit(endedFollowLimits.atOnce)
      .select('follower_id', 'target_id');
    const { rows } = await tx.raw<{ rows: Returning[] }>(
      `with taken as (
         delete from ended_follows where (follower_id, target_id) in ? returning *)
       select taken.*, follower.domain = '' as is_ours,
              taken.ended_at > now() - ? * interval '1 ms'
              and follower.state = 'active' and target.state = 'active'
              and not exists (select from account_blocks
                               where (account_id, target_id) in ((follower.id, target.id), (target.id, follower.id)))
              and not exists (select from account_domain_blocks
                               where account_id = follower.id and domain = any (domain_suffixes(target.domain))
                                  or account_id = target.id and domain = any (domain_suffixes(follower.domain))) as may_return
         from taken join accounts as follower on follower.id = follower_id join accounts as target on target.id = target_id`,
      [some, endedFollowLimits.keptMs] as never,
    );
    const returning = rows.filter((row) => row.may_return);
    const made = returning.map((row) => {
      const { follower_id, target_id, reblogs, notify, languages, is_ours } = row;
      const id = ids.next<'follow'>();
      return {
        ...{ id, follower_id, target_id, reblogs, notify, languages },
        ...(is_ours ? { uri: urls.follow(id), state: 'pending' } : { uri: row.uri, state: 'accepted' }),
      };
    });
    if (made.length > 0) {
      const added: { follower_id: AccountId; target_id: AccountId; uri: string; state: string }[] = await tx(
        'follows',
      )
        .insert(made)
        .onConflict(['follower_id', 'target_id'])
        .ignore()
        .returning(['follower_id', 'target_id', 'uri', 'state']);
      const asked = added.filter(({ state }) => state === 'pending');
      await emit(
        tx,
        'follow.requested',
        asked.map((row) => ({ followerId: row.follower_id, targetId: row.target_id, uri: row.uri })),
      );
    }
    return rows.length;
  }

  return {
    /** Ends every follow with accounts of a suspended domain, both ways. Nobody is told: nothing goes out. */
    async dropAllOfSuspended(tx: Tx, domain: string): Promise<void> {
      const there = tx('accounts').modify(ofSuspendedDomain(domain, unlistedDomains)).select('id');
      await tx.raw(
        `with there as materialized (?),
           gone as (
             delete from follows
              where id in (select id from follows where follower_id in (select id from there)
                           union select id from follows where target_id in (select id from there))
             returning *)
         insert into ended_follows (follower_id, target_id, uri, reblogs, notify, languages)
         select follower_id, target_id, uri, reblogs, notify, languages from gone where state = 'accepted'
             on conflict (follower_id, target_id) do update
                set (uri, reblogs, notify, languages, ended_at) =
                    (excluded.uri, excluded.reblogs, excluded.notify, excluded.languages, now())`,
        [there] as never,
      );
    },

    /** Reaction to the end of a suspension; asks for the next step while there are more. */
    async onDomainLifted(tx: Tx, { domain }: { domain: string }): Promise<void> {
      const looked = await bringBack(tx, domain);
      if (looked === endedFollowLimits.atOnce) await emit(tx, 'domain.follows-return', { domain });
    },

    /** How many follows of each direction would be asked for or come back if a domain were lifted now. */
    async returnable(domain: string): Promise<{ out: number; in: number }> {
      const row = await db('ended_follows')
        .join('accounts', (side) =>
          side.on(db.raw(`accounts.id in (follower_id, target_id) and accounts.domain <> ''`)),
        )
        .modify(ofDomain(domain))
        .whereRaw(`ended_at > now() - ? * interval '1 ms'`, [endedFollowLimits.keptMs])
        .first(
          db.raw('count(*) filter (where accounts.id = target_id) as "out"'),
          db.raw('count(*) filter (where accounts.id = follower_id) as "in"'),
        );
      return { out: Number(row?.out ?? 0), in: Number(row?.in ?? 0) };
    },

    /** Forgets those that come back no more. */
    sweepEndedFollows: (): Promise<number> =>
      db('ended_follows')
        .whereRaw(`ended_at <= now() - ? * interval '1 ms'`, [endedFollowLimits.keptMs])
        .delete(),
  };
}
