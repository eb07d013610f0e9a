import type { Knex } from 'knex';

const FIGURES = [
  ...['views', 'viewers', 'completions', 'skips', 'playbacks', 'watched_ms', 'likes', 'comments', 'reposts'],
  ...['shares', 'saves', 'followers', 'unfollows'],
];

/** What authors are told of how their videos do: by minute for a moment, by quarters of an hour for a while, by days for good. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('analytics_tallies', (t) => {
    t.bigIncrements('id').comment('each row is added to the tables below once, and then gone');
    // Without a reference: whoever likes a video shall not wait for its row. What names a video that is gone is dropped.
    t.bigint('video_id');
    t.bigint('account_id').comment('null: the author of the video');
    t.timestamp('at').notNullable().comment('the minute in which it was received');
    for (const figure of FIGURES) t.bigint(figure).notNullable().defaultTo(0);
    t.binary('parts').comment(
      'sources, parts of the video that were watched, and of how many people that is',
    );
  });

  const figures = (t: Knex.CreateTableBuilder) => {
    t.text('grain').notNullable().comment('minute | quarter | day');
    t.timestamp('at').notNullable().comment('when it begins; days are those of UTC');
    for (const figure of FIGURES) t.bigint(figure).notNullable();
    t.binary('sources').comment('of days: views by source, of enough people together');
    t.binary('curve').comment('of days: how far people watched, of enough of them together');
  };
  await knex.schema.createTable('analytics_videos', (t) => {
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    figures(t);
    t.primary(['video_id', 'grain', 'at']);
  });
  await knex.schema.createTable('analytics_accounts', (t) => {
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    figures(t);
    t.primary(['account_id', 'grain', 'at']);
  });
  await knex.raw(
    `create index analytics_videos_of_author on analytics_videos (account_id, at) where grain = 'day'`,
  );
  for (const table of ['analytics_videos', 'analytics_accounts']) {
    await knex.raw(`create index ?? on ?? (grain, at) where grain <> 'day'`, [`${table}_fine`, table]);
    // Rows that change all the time: room beside each, so that its next version needs no new entry in an index.
    await knex.raw('alter table ?? set (fillfactor = 70)', [table]);
  }

  await knex.schema.createTable('analytics_pending', (t) => {
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.text('kind').notNullable().comment('sources | curve');
    t.date('day').notNullable().comment('of the last people in it');
    t.integer('newcomers').notNullable().comment('people of that day who had never watched it before');
    t.integer('others').notNullable().comment('other people of that day');
    t.integer('earlier').notNullable().comment('how many people there were before that day, at least');
    t.binary('counts').notNullable();
    t.primary(['video_id', 'kind']);
  });
  await knex.schema.createTable('analytics_viewers', (t) => {
    t.binary('key').primary().comment('salted hash of who, which video and which day');
    t.date('day').notNullable().index();
    t.specificType('seen', 'smallint')
      .notNullable()
      .comment('1: a view was counted, 2: a playback is in the curve');
  });
}
