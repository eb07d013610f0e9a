import type { Knex } from 'knex';

/** Duets and stitches that wait until the author of the original says yes, and those who ask that of people here. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.boolean('remix_asks')
      .notNullable()
      .defaultTo(false)
      .comment('who makes a duet or a stitch of it waits for its author');
    t.boolean('awaits_consent')
      .notNullable()
      .defaultTo(false)
      .comment('a remix that nobody sees before the author of its original allows it');
    t.timestamp('consent_asked_at').comment('since when that author has the question');
    t.text('remix_refusal').comment('why there is no consent: declined | silence | gone | withdrawn');
  });
  await knex.raw(
    `alter table videos add constraint videos_remix_refusal
     check (remix_refusal in ('declined', 'silence', 'gone', 'withdrawn')) not valid`,
  );
  await knex.raw('create index videos_awaiting_consent on videos (id) where awaits_consent');
  await knex.schema.alterTable('users', (t) => {
    t.boolean('default_remix_asks').notNullable().defaultTo(false);
  });
  await knex.schema.alterTable('quote_authorizations', (t) => {
    t.text('kind').comment('duet | stitch; null: a plain quote, which shows no pictures');
  });

  await knex.schema.createTable('remix_requests', (t) => {
    t.bigint('id').primary();
    t.bigint('video_id')
      .notNullable()
      .references('videos.id')
      .onDelete('cascade')
      .onUpdate('cascade')
      .comment('the original');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade').comment('who asks');
    t.text('kind').notNullable().comment('duet | stitch');
    t.text('instrument_uri').notNullable().comment('ActivityPub id of the remix');
    t.text('request_uri').comment('id of the QuoteRequest; null where both are here');
    t.bigint('remix_id')
      .references('videos.id')
      .onDelete('cascade')
      .onUpdate('cascade')
      .comment('where it is here');
    t.text('caption').notNullable().defaultTo('');
    t.text('preview_url').comment('where it can be watched before it is published');
    t.text('state').notNullable().comment('waiting | refused; what is allowed has a stamp instead');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.unique(['video_id', 'instrument_uri']);
    t.index(['account_id', 'id']);
    t.index(['remix_id']);
  });
  await knex.raw(
    `alter table remix_requests add constraint remix_requests_state check (state in ('waiting', 'refused'))`,
  );
}
