import type { Knex } from 'knex';

/** The rule about countries is only wider: whoever knows none but refusals withholds what is muted, too. */
export const oldestCode = 0;

/** Sounds that are muted in some countries: beside the files of a video lie those that are given there. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('sound_rules', (t) => {
    t.dropChecks('sound_rules_countries');
    t.check(
      `countries is null or (action in ('mute', 'refuse') and cardinality(countries) > 0)`,
      {},
      'sound_rules_where',
    );
  });
  await knex.schema.alterTable('video_assets', (t) => {
    t.text('heard_key').comment('of what is given where a sound is muted: the object in whose place it is');
    t.check(`role <> 'muted' or heard_key is not null`, {}, 'video_assets_heard_key');
  });
  await knex.raw(
    `create index video_assets_muted on video_assets (split_part(heard_key, '/', 2)) where heard_key is not null`,
  );
}
