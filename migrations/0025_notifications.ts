import type { Knex } from 'knex';

/** What people are told of, and of whom they do not want to hear. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('notifications', (t) => {
    // Apps read this number as one from messages that are pushed to them, so it must stay below 2^53.
    t.specificType('id', 'bigint generated always as identity').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade').comment('who is told');
    t.text('type').notNullable();
    t.bigint('from_account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id').references('videos.id').onDelete('cascade').onUpdate('cascade');
    t.bigint('comment_id').references('comments.id').onDelete('cascade');
    t.bigint('report_id').references('reports.id').onDelete('cascade');
    t.text('subject').notNullable().comment('what it is about: nobody is told of the same thing twice');
    t.text('group_key').notNullable();
    t.text('state').notNullable().defaultTo('shown').comment('shown | undone | dismissed');
    t.boolean('filtered').notNullable().defaultTo(false).comment('set aside until its recipient decides');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.unique(['account_id', 'subject']);
    t.index(['account_id', 'id']);
    t.index(['account_id', 'group_key', 'id']);
    t.index(['account_id', 'from_account_id', 'id']);
    for (const column of ['from_account_id', 'video_id', 'comment_id', 'report_id']) t.index(column);
  });

  await knex.schema.createTable('notification_policies', (t) => {
    t.bigint('account_id').primary().references('accounts.id').onDelete('cascade');
    const about = ['not_following', 'not_followers', 'new_accounts', 'private_mentions', 'limited_accounts'];
    for (const whom of about)
      t.text(`for_${whom}`)
        .notNullable()
        .defaultTo(whom === 'limited_accounts' ? 'filter' : 'accept')
        .comment('accept | filter | drop');
    t.specificType('muted_types', 'text[]')
      .notNullable()
      .defaultTo('{}')
      .comment('of these, nothing is told');
  });

  await knex.schema.createTable('notification_permissions', (t) => {
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('from_account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.primary(['account_id', 'from_account_id']);
    t.index('from_account_id');
  });
}
