import type { Knex } from 'knex';

/** Whole profiles, what people decide about each other, lists, filters, and how far they have read. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('accounts', (t) => {
    t.text('bio_text').notNullable().defaultTo('').comment('as written; empty for remote accounts');
    t.jsonb('fields').notNullable().defaultTo('[]').comment('name, value, html and verifiedAt of each');
    t.boolean('hide_collections').notNullable().defaultTo(false);
    t.text('avatar_key').comment('object of the picture, once it is stored here');
    t.text('header_key');
    t.text('avatar_url').comment('of a remote account: where its server has the picture');
    t.text('header_url');
    t.text('avatar_asked').comment('the avatar_url that avatar_key was made of, or that gave none');
    t.text('header_asked');
  });
  await knex.raw('create index accounts_of_avatar on accounts (avatar_key) where avatar_key is not null');
  await knex.raw('create index accounts_of_header on accounts (header_key) where header_key is not null');
  // For people who type the beginning of a name.
  const shown = `state = 'active' and owner_id is null`;
  await knex.raw(
    `create index accounts_by_username on accounts (username_key text_pattern_ops) where ${shown}`,
  );
  await knex.raw(
    `create index accounts_by_name on accounts (lower(display_name) text_pattern_ops) where ${shown}`,
  );
  await knex.raw(`create index accounts_discoverable on accounts (id) where discoverable and ${shown}`);

  await knex.schema.alterTable('users', (t) => {
    t.text('default_visibility').notNullable().defaultTo('public');
    t.boolean('default_sensitive').notNullable().defaultTo(false);
    t.text('default_language');
  });

  await knex.schema.alterTable('follows', (t) => {
    t.boolean('reblogs')
      .notNullable()
      .defaultTo(true)
      .comment('whether boosts are shown in the home timeline');
    t.boolean('notify').notNullable().defaultTo(false);
    t.specificType('languages', 'text[]').comment('posts in others are left out; null: all');
  });

  await knex.schema.createTable('account_mutes', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('target_id').notNullable().references('accounts.id').onDelete('cascade');
    t.boolean('notifications').notNullable();
    t.timestamp('expires_at').index();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.unique(['account_id', 'target_id']);
    t.index(['account_id', 'id']);
    t.index('target_id');
  });
  await knex.raw('create index account_blocks_of_account on account_blocks (account_id, id)');

  for (const [table, more] of [
    ['account_notes', 'note'],
    ['suggestion_dismissals', null],
  ] as const) {
    await knex.schema.createTable(table, (t) => {
      t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
      t.bigint('target_id').notNullable().references('accounts.id').onDelete('cascade');
      if (more) t.text(more).notNullable();
      t.primary(['account_id', 'target_id']);
      t.index('target_id');
    });
  }

  await knex.schema.createTable('lists', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('title').notNullable();
    t.text('replies_policy').notNullable().comment('followed | list | none');
    t.boolean('exclusive').notNullable().comment('who is in it is left out of the home timeline');
    t.index(['account_id', 'id']);
  });
  await knex.schema.createTable('list_accounts', (t) => {
    t.bigint('id').primary();
    t.bigint('list_id').notNullable().references('lists.id').onDelete('cascade');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('follow_id')
      .references('follows.id')
      .onDelete('cascade')
      .comment('who is not followed any more leaves the list; null for oneself');
    t.unique(['list_id', 'account_id']);
    t.index(['list_id', 'id']);
    t.index('account_id');
    t.index('follow_id');
  });

  await knex.schema.createTable('filters', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('title').notNullable();
    t.specificType('contexts', 'text[]').notNullable();
    t.text('action').notNullable().comment('warn | hide | blur');
    t.timestamp('expires_at');
    t.index(['account_id', 'id']);
  });
  await knex.schema.createTable('filter_keywords', (t) => {
    t.bigint('id').primary();
    t.bigint('filter_id').notNullable().references('filters.id').onDelete('cascade');
    t.text('keyword').notNullable();
    t.boolean('whole_word').notNullable();
    t.index(['filter_id', 'id']);
  });
  await knex.schema.createTable('filter_statuses', (t) => {
    t.bigint('id').primary();
    t.bigint('filter_id').notNullable().references('filters.id').onDelete('cascade');
    t.bigint('status_id').notNullable().comment('of a video or a comment');
    t.unique(['filter_id', 'status_id']);
    t.index(['filter_id', 'id']);
  });

  await knex.schema.createTable('markers', (t) => {
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('timeline').notNullable().comment('home | notifications');
    t.bigint('last_read_id').notNullable();
    t.integer('version').notNullable();
    t.timestamp('updated_at').notNullable();
    t.primary(['account_id', 'timeline']);
  });
}
