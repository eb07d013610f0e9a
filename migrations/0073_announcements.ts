import type { Knex } from 'knex';

/** What the staff tells everybody, who has read it, and what people answer with a sign. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('announcements', (t) => {
    t.bigint('id').primary();
    t.text('text').notNullable().comment('Markdown');
    t.timestamp('starts_at').comment('of what it tells of');
    t.timestamp('ends_at').comment('of what it tells of; it is not shown any more from then on');
    t.boolean('all_day').notNullable().defaultTo(false);
    t.text('time_zone').notNullable().comment('IANA name: the one its times were written in');
    t.timestamp('publish_at').comment('null: a draft');
    t.timestamp('ended_at').comment('when the staff ended it, before its time');
    t.boolean('told')
      .notNullable()
      .defaultTo(false)
      .comment('whether those who listen were told that it is shown');
    t.timestamp('created_at').notNullable();
    t.timestamp('updated_at').notNullable();
  });
  for (const name of ['announcement_dismissals', 'announcement_reactions']) {
    await knex.schema.createTable(name, (t) => {
      t.bigint('announcement_id').notNullable().references('announcements.id').onDelete('CASCADE');
      t.bigint('account_id').notNullable().references('accounts.id').onDelete('CASCADE');
      t.index('account_id');
      if (name === 'announcement_dismissals') return void t.primary(['announcement_id', 'account_id']);
      t.text('name').notNullable().comment('an emoji');
      t.timestamp('created_at').notNullable();
      t.primary(['announcement_id', 'account_id', 'name']);
    });
  }
}
