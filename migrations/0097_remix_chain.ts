import type { Knex } from 'knex';

/**
 * What a video was made from, as it is told to other servers and by them: kept also where the original is not here, or not any more.
 * How often a video was remixed is kept by the database itself, whichever of the many ways a remix comes and goes by.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.text('remix_layout').comment('of a duet: how the two stand beside each other');
    t.text('remix_of_uri').comment('ActivityPub id of the original; stays when that goes');
    t.text('remix_consent').comment('given | asked | refused: what the author of the original says');
    t.text('remix_stamp_uri').comment('where the consent can be checked (FEP-044f)');
    t.text('remix_policy').comment(
      'of a remote video, what its server says of remixes: open | ask | closed; null: nothing',
    );
  });
  const oneOf = (column: string, values: readonly string[]) =>
    knex.raw(
      `alter table videos add constraint videos_${column}
       check (${column} in (${values.map((value) => `'${value}'`).join(', ')})) not valid`,
    );
  await oneOf('remix_layout', ['side_by_side', 'top_bottom', 'picture_in_picture']);
  await oneOf('remix_consent', ['given', 'asked', 'refused']);
  await oneOf('remix_policy', ['open', 'ask', 'closed']);
  await knex.raw(`
    update videos set remix_consent = 'given', remix_of_uri = original.uri
      from videos as original where original.id = videos.remix_of_id`);
  await knex.raw(
    'create index videos_unlinked_remixes on videos using hash (remix_of_uri) where remix_of_uri is not null and remix_of_id is null',
  );
  await knex.raw(
    'create index videos_remix_stamps on videos using hash (remix_stamp_uri) where remix_stamp_uri is not null',
  );

  await knex.schema.alterTable('video_stats', (t) => {
    t.integer('remixes')
      .notNullable()
      .defaultTo(0)
      .comment('public and unlisted ones whose use the author allows');
  });
  await knex.raw(`
    insert into video_stats (video_id, remixes)
    select remix_of_id, count(*) from videos where ${COUNTED('videos')} group by remix_of_id
    on conflict (video_id) do update set remixes = excluded.remixes`);
  await countRemixes(knex);
}

const COUNTED = (row: string) =>
  `${row}.remix_of_id is not null and ${row}.remix_consent = 'given' and ${row}.state = 'published'
   and ${row}.visibility in ('public', 'unlisted')`;

/** The one that is remixed may be going in the same statement: its count goes along, and must not be written any more. */
async function countRemixes(knex: Knex): Promise<void> {
  await knex.raw(`
    create function count_remixes() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'INSERT' and ${COUNTED('old')} then
        update video_stats set remixes = remixes - 1
         where video_id = old.remix_of_id and exists (select from videos where id = old.remix_of_id);
      end if;
      if tg_op <> 'DELETE' and ${COUNTED('new')} then
        insert into video_stats as s (video_id, remixes) select id, 1 from videos where id = new.remix_of_id
        on conflict (video_id) do update set remixes = s.remixes + 1;
      end if;
      return null;
    end $$`);
  await knex.raw(`
    create trigger remixes_counted after insert on videos
    for each row when (${COUNTED('new')}) execute function count_remixes()`);
  await knex.raw(`
    create trigger remixes_counted_on_delete after delete on videos
    for each row when (${COUNTED('old')}) execute function count_remixes()`);
  await knex.raw(`
    create trigger remixes_counted_on_update
    after update of state, visibility, remix_of_id, remix_consent on videos
    for each row when ((${COUNTED('old')}) is distinct from (${COUNTED('new')})
                       or old.remix_of_id is distinct from new.remix_of_id)
    execute function count_remixes()`);
}
