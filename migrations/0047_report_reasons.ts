import type { Knex } from 'knex';

/** Why somebody reports: one of a few categories, and the rules that are broken. Other servers name neither. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('reports', (t) => {
    t.text('category').notNullable().defaultTo('other').comment('spam | legal | violation | other');
    t.specificType('rule_ids', 'text[]')
      .notNullable()
      .defaultTo('{}')
      .comment('as the API numbered them when it was filed');
  });
}
