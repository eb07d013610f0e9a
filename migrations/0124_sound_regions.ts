import type { Knex } from 'knex';

/** Sounds that are refused in some countries alone. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('sound_rules', (t) => {
    t.specificType('countries', 'text[]').comment(
      'ISO 3166-1 alpha-2: what is decided holds in these; null: everywhere',
    );
    t.boolean('countries_except').notNullable().defaultTo(false).comment('it holds everywhere but in these');
    t.check(
      `countries is null or (action = 'refuse' and cardinality(countries) > 0)`,
      {},
      'sound_rules_countries',
    );
  });
  await knex.schema.alterTable('videos', (t) => {
    t.boolean('regional')
      .notNullable()
      .defaultTo(false)
      .comment('its sound has a rule for some countries: where somebody is decides who is given its media');
  });
  // With the sound comes its rule. Whoever decides about the sound holds its row: either this waits for that, or that for this.
  await knex.raw(`
    create function mark_regional() returns trigger language plpgsql as $$
    begin
      if new.sound_id is null then
        new.regional := false;
        return new;
      end if;
      perform from sounds where id = new.sound_id for key share;
      new.regional := exists (select from sound_rules where sound_id = new.sound_id and countries is not null);
      return new;
    end $$`);
  await knex.raw(`
    create trigger videos_regional before update of sound_id on videos
      for each row when (new.sound_id is distinct from old.sound_id) execute function mark_regional()`);
  await knex.raw(`
    create trigger videos_regional_new before insert on videos
      for each row when (new.sound_id is not null) execute function mark_regional()`);
}
