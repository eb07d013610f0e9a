import type { Knex } from 'knex';

/**
 * How many follow an account, how many it follows, and what it published for everybody: kept in its row by the database
 * itself, whichever of the many ways a follow or a video comes and goes by, so that no page counts rows.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('accounts', (t) => {
    t.integer('followers_count').notNullable().defaultTo(0);
    t.integer('following_count').notNullable().defaultTo(0);
    t.integer('statuses_count').notNullable().defaultTo(0).comment('videos that are public or unlisted');
    t.timestamp('last_status_at');
  });
  await countFollows(knex);
  await countVideos(knex);
  await knex.raw(`
    update accounts set
      followers_count = coalesce((select count(*) from follows where target_id = accounts.id and state = 'accepted'), 0),
      following_count = coalesce((select count(*) from follows where follower_id = accounts.id and state = 'accepted'), 0),
      statuses_count = coalesce((select count(*) from videos where account_id = accounts.id and ${OPEN('videos')}), 0),
      last_status_at = (select max(published_at) from videos where account_id = accounts.id and ${OPEN('videos')})
    where exists (select from follows where target_id = accounts.id or follower_id = accounts.id)
       or exists (select from videos where account_id = accounts.id)`);
}

/** One update for all rows of a statement, in the order of ids: whoever counts at the same time does so in the same. */
async function countFollows(knex: Knex): Promise<void> {
  const change = (rows: string, by: 1 | -1) => `
    select target_id as account_id, ${by} as followers, 0 as following from ${rows} where state = 'accepted'
    union all
    select follower_id, 0, ${by} from ${rows} where state = 'accepted'`;
  const add = (changes: string) => `
    with changes as (
      select account_id, sum(followers) as followers, sum(following) as following from (${changes}) as each_row
      group by account_id having sum(followers) <> 0 or sum(following) <> 0
    ), locked as (
      select id from accounts where id in (select account_id from changes) order by id for no key update
    )
    update accounts set
      followers_count = followers_count + changes.followers,
      following_count = following_count + changes.following
    from changes, locked where accounts.id = changes.account_id and locked.id = accounts.id;`;
  const events = {
    insert: { tables: 'new table as added', changes: change('added', 1) },
    delete: { tables: 'old table as removed', changes: change('removed', -1) },
    update: {
      tables: 'old table as removed new table as added',
      changes: `${change('removed', -1)} union all ${change('added', 1)}`,
    },
  };
  for (const [event, { tables, changes }] of Object.entries(events)) {
    await knex.raw(`
      create function count_follows_on_${event}() returns trigger language plpgsql as $$
      begin ${add(changes)} return null; end $$`);
    await knex.raw(`
      create trigger follows_counted_on_${event} after ${event} on follows referencing ${tables}
      for each statement execute function count_follows_on_${event}()`);
  }
}

const OPEN = (row: string) => `${row}.state = 'published' and ${row}.visibility in ('public', 'unlisted')`;

/** Videos change all the time while they are made: only what changes the count calls the function. */
async function countVideos(knex: Knex): Promise<void> {
  await knex.raw(`
    create function count_videos() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'INSERT' and ${OPEN('old')} then
        update accounts set statuses_count = statuses_count - 1, last_status_at = (
          select published_at from videos where account_id = old.account_id and ${OPEN('videos')}
          order by id desc limit 1
        ) where id = old.account_id;
      end if;
      if tg_op <> 'DELETE' and ${OPEN('new')} then
        update accounts set statuses_count = statuses_count + 1,
          last_status_at = greatest(last_status_at, new.published_at)
        where id = new.account_id;
      end if;
      return null;
    end $$`);
  await knex.raw(`
    create trigger videos_counted after insert on videos
    for each row when (${OPEN('new')}) execute function count_videos()`);
  await knex.raw(`
    create trigger videos_counted_on_delete after delete on videos
    for each row when (${OPEN('old')}) execute function count_videos()`);
  await knex.raw(`
    create trigger videos_counted_on_update after update of state, visibility, account_id on videos
    for each row when ((${OPEN('old')}) is distinct from (${OPEN('new')}) or old.account_id <> new.account_id)
    execute function count_videos()`);
}
