import type { Knex } from 'knex';

/** What a classifier said of videos, and which it still has to say something of. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('classifier_verdicts', (t) => {
    t.bigint('id').primary().comment('of the question: the same in every try');
    t.bigint('video_id')
      .notNullable()
      .unique()
      .references('videos.id')
      .onDelete('CASCADE')
      .onUpdate('CASCADE');
    t.text('state').notNullable().defaultTo('waiting').comment('waiting | answered | failed');
    t.jsonb('labels').notNullable().defaultTo('[]').comment('[{ name, score }], the surest first');
    t.text('failure').comment('why there is no answer');
    t.timestamp('asked_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('answered_at');
    t.index('asked_at');
  });
  await knex.raw(
    `create index classifier_verdicts_waiting on classifier_verdicts (asked_at) where state = 'waiting'`,
  );
  await knex.schema.alterTable('report_evidence', (t) => {
    t.jsonb('labels').notNullable().defaultTo('[]').comment('what the classifier had said of the video');
  });
}
