import type { Knex } from 'knex';

/**
 * How often display names begin alike. PostgreSQL counts nothing of an expression in a partial index, and took every beginning
 * to be rare: it then read all accounts that match before it sorted them, in place of the first few by the index.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('create statistics accounts_names on (lower(display_name)) from accounts');
}
