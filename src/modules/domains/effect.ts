import type { Db } from '../../db/database.ts';

/** What hangs on some domains and their subdomains: whom and what a decision about them is about. */
export interface DomainEffect {
  /** Accounts known here. */
  readonly accounts: number;
  readonly videos: number;
  /** Follows of people here of accounts there, and how many people those are. */
  readonly followsOut: number;
  readonly localFollowers: number;
  /** Follows of accounts there of people here. */
  readonly followsIn: number;
  /** What waits to be delivered there. */
  readonly openDeliveries: number;
  /** Of copies of their videos. */
  readonly mediaBytes: number;
}

/**
 * Accounts about which a policy of one of the domains would decide: those below it about which none that is nearer does, other
 * than one of these.
 */
const THERE = `
  there as materialized (
    select accounts.id, accounts.host from accounts
     where accounts.domain <> ''
       and (domain_suffixes(accounts.domain) && :domains::text[] or domain_suffixes(accounts.host) && :domains::text[])
       and not exists (
         select from domain_policies as nearer
          where nearer.domain = any (domain_suffixes(accounts.domain) || domain_suffixes(accounts.host))
            and nearer.domain <> all (:domains::text[])
            and (nearer.expires_at is null or nearer.expires_at > now())
            and length(nearer.domain) > (
              select max(length(one)) from unnest(:domains::text[]) as one
               where one = any (domain_suffixes(accounts.domain) || domain_suffixes(accounts.host)))))`;

/** Counts what a decision about some domains would be about, before it is made. */
export async function effectOf(db: Db, domains: readonly string[]): Promise<DomainEffect> {
  const { rows } = await db.raw<{ rows: Record<keyof DomainEffect, string>[] }>(
    `with ${THERE},
       hosts as materialized (
         select distinct host from delivery_lanes where domain_suffixes(host) && :domains::text[]),
       follows_out as materialized (
         select follower_id from follows
          where target_id in (select id from there) and state = 'accepted'
            and exists (select from accounts where id = follower_id and domain = ''))
     select (select count(*) from there) as "accounts",
            (select count(*) from videos where account_id in (select id from there) and state = 'published') as "videos",
            (select count(*) from follows_out) as "followsOut",
            (select count(distinct follower_id) from follows_out) as "localFollowers",
            (select count(*) from follows
              where follower_id in (select id from there) and state = 'accepted'
                and exists (select from accounts where id = target_id and domain = '')) as "followsIn",
            (select count(*) from deliveries where state = 'queued' and host in (select host from hosts)) as "openDeliveries",
            (select coalesce(sum(video_assets.bytes), 0) from video_assets
               join videos on videos.id = video_assets.video_id
              where videos.account_id in (select id from there)) as "mediaBytes"`,
    { domains: [...domains] } as never,
  );
  const [row] = rows;
  if (!row) throw new Error('A count has no answer.');
  return {
    ...{ accounts: Number(row.accounts), videos: Number(row.videos) },
    ...{ followsOut: Number(row.followsOut), localFollowers: Number(row.localFollowers) },
    ...{ followsIn: Number(row.followsIn), openDeliveries: Number(row.openDeliveries) },
    mediaBytes: Number(row.mediaBytes),
  };
}
