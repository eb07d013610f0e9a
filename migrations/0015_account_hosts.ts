import type { Knex } from 'knex';

/** The server of an account, beside the domain of its handle: the two may differ, and policies hold for both. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    `alter table accounts add column host text generated always as (lower(split_part(actor_uri, '/', 3))) stored`,
  );
  await knex.raw(
    `create index accounts_host_suffixes on accounts using gin (domain_suffixes(host)) where domain <> ''`,
  );
}
