import type { Knex } from 'knex';

/** How somebody of the staff likes to work: how evidence is shown, and when nobody disturbs. Without a row, as the program says. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('staff_preferences', (t) => {
    t.bigint('account_id').primary().references('accounts.id').onDelete('cascade');
    t.boolean('blur').notNullable();
    t.boolean('greyscale').notNullable();
    t.boolean('mute').notNullable();
    t.smallint('quiet_from').comment('hour of the day, where they are; null: no quiet hours');
    t.smallint('quiet_until');
    t.boolean('urgent').notNullable().comment('what cannot wait is told in quiet hours, too');
    t.text('time_zone').notNullable().comment('of the IANA database');
    t.boolean('digest').notNullable().comment('by mail each morning: what waits');
    t.timestamp('digest_at').comment('when the next one is due; null: never');
    t.check('(quiet_from is null) = (quiet_until is null)');
  });
  await knex.raw(
    'create index staff_preferences_due on staff_preferences (digest_at) where digest_at is not null',
  );
}
