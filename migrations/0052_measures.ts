import type { Knex } from 'knex';

/** What the staff does to accounts, videos and comments, what follows of it, and what people say against it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('measures', (t) => {
    t.bigint('id').primary();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.bigint('account_id')
      .notNullable()
      .references('accounts.id')
      .onDelete('cascade')
      .comment('whom it is about: of a video or a comment, its author');
    t.text('target_kind').notNullable().comment('account | video | comment');
    t.bigint('target_id').notNullable();
    t.text('measure').notNullable();
    t.text('facts').notNullable().defaultTo('').comment('as the person reads them');
    t.specificType('rule_ids', 'text[]').notNullable().defaultTo('{}');
    t.specificType('report_ids', 'bigint[]').notNullable().defaultTo('{}');
    t.boolean('automated').notNullable().defaultTo(false);
    t.bigint('by_account_id')
      .references('accounts.id')
      .onDelete('set null')
      .comment('who of the staff took it');
    t.integer('strike').comment('its number among those of the account; null where nobody is told');
    t.timestamp('expires_at').comment('when the strike stops to count');
    t.bigint('audit_id').unique();
    t.timestamp('lifted_at');
    t.timestamp('purge_at').comment('when it cannot be taken back any more, and what it hides is removed');
    t.timestamp('purged_at');
    t.index(['account_id', 'id']);
    t.unique(['account_id', 'strike']);
  });
  await knex.raw(
    `create unique index measures_in_force on measures (target_kind, target_id, measure)
      where lifted_at is null and measure <> 'warn'`,
  );
  await knex.raw(
    `create index measures_due on measures (purge_at) where lifted_at is null and purged_at is null and purge_at is not null`,
  );

  await knex.schema.createTable('appeals', (t) => {
    t.bigint('id').primary();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.bigint('measure_id').notNullable().unique().references('measures.id').onDelete('cascade');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('text').notNullable();
    t.text('state').notNullable().defaultTo('open').comment('open | accepted | rejected');
    t.bigint('assigned_to_id').references('accounts.id').onDelete('set null');
    t.bigint('decided_by_id').references('accounts.id').onDelete('set null');
    t.timestamp('decided_at');
    t.text('answer').notNullable().defaultTo('');
    t.index('account_id');
  });
  await knex.raw(`create index appeals_open on appeals (id) where state = 'open'`);

  await knex.schema.alterTable('notifications', (t) => {
    t.bigint('measure_id').references('measures.id').onDelete('cascade');
    t.index('measure_id');
  });

  await knex.schema.alterTable('accounts', (t) => {
    t.boolean('silenced').notNullable().defaultTo(false).comment('in public lists for its followers only');
    t.boolean('undiscoverable').notNullable().defaultTo(false).comment('in no feed, trend or search');
    t.boolean('frozen').notNullable().defaultTo(false).comment('may read, and do nothing');
    t.boolean('all_sensitive').notNullable().defaultTo(false);
    t.boolean('comments_off').notNullable().defaultTo(false).comment('below all of its videos');
  });
  await knex.schema.alterTable('videos', (t) => {
    t.boolean('staff_sensitive')
      .notNullable()
      .defaultTo(false)
      .comment('by its own measure, or its author’s');
    t.boolean('staff_comments_off').notNullable().defaultTo(false).comment('as staff_sensitive');
    t.boolean('undiscoverable').notNullable().defaultTo(false).comment('by its own measure alone');
    t.text('state_before_removal').comment('of one whose state is removed');
  });
  await knex.raw(
    `comment on column videos.state is 'uploading | received | rejected | draft | published | removed'`,
  );
  await knex.schema.alterTable('comments', (t) => {
    t.timestamp('removed_at').comment('by the staff: seen by nobody');
  });

  // A video that comes later stands under what was decided about its author.
  await knex.raw(`
    create function take_marks_of_author() returns trigger language plpgsql as $$
      begin
        select new.staff_sensitive or all_sensitive, new.staff_comments_off or comments_off
          into new.staff_sensitive, new.staff_comments_off from accounts where id = new.account_id;
        return new;
      end $$`);
  await knex.raw(`
    create trigger videos_take_marks before insert on videos
      for each row execute function take_marks_of_author()`);
}
