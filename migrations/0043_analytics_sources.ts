import type { Knex } from 'knex';

/**
 * What people do with videos is noted by the database itself, whichever of the many ways a like, a comment or a follow comes and goes by.
 * What is taken back is taken from the time at which it was made; a follow that ends counts for when it ends.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function moment_of_id(id bigint) returns timestamptz language sql immutable parallel safe
      return to_timestamp(1704067200 + (id >> 22) / 1000.0)`);
  await knex.schema.alterTable('follows', (t) => {
    t.bigint('from_video_id')
      .references('videos.id')
      .onDelete('set null')
      .comment('the video at which the follower said so');
  });
  await knex.raw(
    'create index follows_from_video on follows (from_video_id) where from_video_id is not null',
  );
  for (const source of SOURCES) await noteRows(knex, source);
  await noteHiddenComments(knex);
  await noteFollows(knex);
  await noteWhatWas(knex);
}

interface Source {
  readonly table: string;
  readonly figure: string;
  /** When a row was made. */
  readonly moment: string;
  readonly only?: string;
}

const SOURCES: readonly Source[] = [
  { table: 'likes', figure: 'likes', moment: 'moment_of_id(changed.id)' },
  { table: 'shares', figure: 'reposts', moment: 'moment_of_id(changed.id)' },
  { table: 'bookmarks', figure: 'saves', moment: 'moment_of_id(changed.id)' },
  { table: 'outward_shares', figure: 'shares', moment: 'changed.created_at' },
  {
    ...{ table: 'comments', figure: 'comments', moment: 'moment_of_id(changed.id)' },
    only: 'changed.hidden_root_id is null',
  },
];

/** Of videos of this server alone; one that is being deleted is gone already, and takes along what hangs on it. */
const tally = ({ figure, moment, only = 'true' }: Source, rows: string, by: 1 | -1, every = 'minute') => `
  insert into analytics_tallies (video_id, at, ${figure})
  select changed.video_id, date_trunc('${every}', ${moment}), ${by} * count(*)
    from ${rows} as changed join videos on videos.id = changed.video_id and videos.local
   where ${only} group by 1, 2`;

async function noteRows(knex: Knex, source: Source): Promise<void> {
  const { table } = source;
  for (const [event, by, rows] of [
    ['insert', 1, 'new table as rows_of_it'],
    ['delete', -1, 'old table as rows_of_it'],
  ] as const) {
    const name = `note_${table}_on_${event}`;
    await knex.raw(`
      create function ${name}() returns trigger language plpgsql as $$
      begin ${tally(source, 'rows_of_it', by)}; return null; end $$`);
    await knex.raw(`
      create trigger ${table}_noted_on_${event} after ${event} on ${table} referencing ${rows}
      for each statement execute function ${name}()`);
  }
}

/** What an author hides is taken back, and given again when it is shown. */
async function noteHiddenComments(knex: Knex): Promise<void> {
  await knex.raw(`
    create function note_hidden_comments() returns trigger language plpgsql as $$
    begin
      insert into analytics_tallies (video_id, at, comments)
      select new.video_id, date_trunc('minute', moment_of_id(new.id)),
             case when new.hidden_root_id is null then 1 else -1 end
        from videos where videos.id = new.video_id and videos.local;
      return null;
    end $$`);
  await knex.raw(`
    create trigger comments_noted_on_hiding after update of hidden_root_id on comments
    for each row when ((old.hidden_root_id is null) <> (new.hidden_root_id is null))
    execute function note_hidden_comments()`);
}

/** Who follows a channel follows its owner. */
const follows = (rows: string, figure: string, at: string, video: string) => `
  insert into analytics_tallies (account_id, video_id, at, ${figure})
  select coalesce(accounts.owner_id, accounts.id), ${video}, date_trunc('minute', ${at}), count(*)
    from ${rows} as changed join accounts on accounts.id = changed.target_id and accounts.domain = ''
   where changed.state = 'accepted' group by 1, 2, 3`;

async function noteFollows(knex: Knex): Promise<void> {
  const functions = {
    insert: follows('rows_of_it', 'followers', 'moment_of_id(changed.id)', 'changed.from_video_id'),
    delete: follows('rows_of_it', 'unfollows', 'now()', 'null::bigint'),
    update: `
      if new.state = 'accepted' then
        ${follows('(select new.*)', 'followers', 'now()', 'changed.from_video_id')};
      elsif old.state = 'accepted' then
        ${follows('(select old.*)', 'unfollows', 'now()', 'null::bigint')};
      end if`,
  };
  for (const [event, body] of Object.entries(functions)) {
    await knex.raw(`
      create function note_follows_on_${event}() returns trigger language plpgsql as $$
      begin ${body}; return null; end $$`);
  }
  await knex.raw(`
    create trigger follows_noted_on_insert after insert on follows referencing new table as rows_of_it
    for each statement execute function note_follows_on_insert()`);
  await knex.raw(`
    create trigger follows_noted_on_delete after delete on follows referencing old table as rows_of_it
    for each statement execute function note_follows_on_delete()`);
  await knex.raw(`
    create trigger follows_noted_on_update after update of state on follows
    for each row when (old.state <> new.state) execute function note_follows_on_update()`);
}

/** What there was before: views by days, at noon, so that they lie in the same day of most time zones. */
async function noteWhatWas(knex: Knex): Promise<void> {
  for (const source of SOURCES) await knex.raw(tally(source, source.table, 1, 'hour'));
  await knex.raw(
    follows('follows', 'followers', `date_trunc('hour', moment_of_id(changed.id))`, 'null::bigint'),
  );
  for (const table of ['video_view_days', 'view_tallies']) {
    await knex.raw(`
      insert into analytics_tallies (video_id, at, views, completions, skips, watched_ms)
      select video_id, day::timestamp at time zone 'utc' + interval '12 hours',
             sum(kept.views), sum(kept.completions), sum(kept.skips), sum(kept.watched_ms)
        from ${table} as kept join videos on videos.id = kept.video_id and videos.local group by 1, 2`);
  }
}
