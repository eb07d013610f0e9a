import type { Knex } from 'knex';

/**
 * Sounds that a duet or a stitch has from what it was made from, whatever a fingerprint finds in it: what is decided about them counts for
 * it as well. They stay when the original goes.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.boolean('carries_sound').comment(
      'of a remix: the sound of its original is in it; null: its server does not say',
    );
  });
  await knex.raw(`
    update videos set carries_sound = remix_kind = 'stitch' or remix_order->>'sound' <> 'own'
     where remix_kind is not null`);
  await knex.raw(
    'create index videos_carriers on videos (remix_of_id, id) where remix_of_id is not null and carries_sound',
  );

  await knex.schema.createTable('carried_sounds', (t) => {
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade').onUpdate('cascade');
    t.bigint('sound_id').notNullable().references('sounds.id').onDelete('cascade');
    t.primary(['video_id', 'sound_id']);
    t.index(['sound_id', 'video_id']);
  });
  // A remix of a remix has the sounds of both.
  await knex.raw(`
    insert into carried_sounds (video_id, sound_id)
    with recursive carried (video_id, sound_id) as (
      select remix.id, original.sound_id from videos as remix join videos as original on original.id = remix.remix_of_id
       where remix.carries_sound and original.sound_id is not null
      union
      select remix.id, carried.sound_id from videos as remix join carried on carried.video_id = remix.remix_of_id
       where remix.carries_sound)
    select video_id, sound_id from carried`);

  await knex.raw(`
    create function carry_sounds() returns trigger language plpgsql as $$
    begin
      insert into carried_sounds (video_id, sound_id)
      select new.id, sound_id from videos where id = new.remix_of_id and sound_id is not null
      union select new.id, sound_id from carried_sounds where video_id = new.remix_of_id
      on conflict do nothing;
      return null;
    end $$`);
  await knex.raw(`
    create trigger sounds_carried_new after insert on videos
      for each row when (new.remix_of_id is not null and new.carries_sound) execute function carry_sounds()`);
  await knex.raw(`
    create trigger sounds_carried after update of remix_of_id, carries_sound on videos
      for each row when (new.remix_of_id is not null and new.carries_sound
        and (new.remix_of_id is distinct from old.remix_of_id or new.carries_sound is distinct from old.carries_sound))
      execute function carry_sounds()`);
  await followRegions(knex);
}

/** A rule for some countries counts for what carries the sound, too. */
async function followRegions(knex: Knex): Promise<void> {
  await knex.raw(`
    create or replace function mark_regional() returns trigger language plpgsql as $$
    begin
      if new.sound_id is not null then
        perform from sounds where id = new.sound_id for key share;
      end if;
      new.regional := exists (
        select from sound_rules where countries is not null and (sound_id = new.sound_id
            or sound_id in (select carried.sound_id from carried_sounds as carried where carried.video_id = new.id)));
      return new;
    end $$`);
  await knex.raw(`
    create function mark_carrier_regional() returns trigger language plpgsql as $$
    begin
      update videos set regional = true
       where id = new.video_id and not regional
         and exists (select from sound_rules where sound_id = new.sound_id and countries is not null);
      return null;
    end $$`);
  await knex.raw(`
    create trigger carriers_regional after insert or update of sound_id on carried_sounds
      for each row execute function mark_carrier_regional()`);
  await knex.raw(`
    update videos set regional = true
     where not regional and id in (
       select carried.video_id from carried_sounds as carried
         join sound_rules on sound_rules.sound_id = carried.sound_id and sound_rules.countries is not null)`);
  // What was decided before is done to what carries the sound. Ids are never given twice: that of the sound is free among those of jobs.
  await knex.raw(`
    insert into jobs (id, name, queue, payload, key)
    select id, 'sounds.settle', 'default', jsonb_build_object('soundId', id::text), 'sounds.settle:' || id from sounds
     where id in (select sound_id from carried_sounds)
       and (listed_id is not null or id in (select sound_id from sound_rules))
    on conflict do nothing`);
}
