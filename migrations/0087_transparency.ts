import type { Knex } from 'knex';

/**
 * What was done on the server, in numbers that stay when the rows are gone. Whatever is counted leaves a line in the same transaction; upkeep
 * adds the lines up by month. Lines instead of sums, so that nobody who reports waits for somebody else who does.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('transparency_notes', (t) => {
    t.specificType('id', 'bigint generated always as identity').primary();
    t.date('month').notNullable().comment('its first day (UTC)');
    t.text('subject').notNullable();
    t.text('kind').notNullable();
    t.integer('count').notNullable();
  });
  await knex.schema.createTable('transparency_months', (t) => {
    t.date('month').notNullable();
    t.text('subject').notNullable();
    t.text('kind').notNullable();
    t.bigint('count').notNullable();
    t.primary(['month', 'subject', 'kind']);
  });
  await knex.schema.alterTable('reports', (t) => {
    t.timestamp('first_closed_at').comment('when it was decided for the first time; null: not yet');
  });
  await knex.raw(`
    create function vireo_month(moment timestamptz) returns date language sql immutable as
      $$ select date_trunc('month', moment at time zone 'UTC')::date $$`);
  for (const statement of [...NOTING, ...SO_FAR]) await knex.raw(statement);
}

const note = (subject: string, kind: string, from: string, moment = 'now()') => `
  insert into transparency_notes (month, subject, kind, count)
  select vireo_month(${moment}), ${subject}, ${kind}, count(*) from ${from} group by 1, 2, 3`;

/** Who reported: people of this server, other servers, or the server itself. */
const SOURCE = `case when a.domain <> '' then 'servers' when a.actor_type = 'Application' then 'server' else 'people' end`;
const BY = `measure || case when automated then ' automated' else ' people' end`;
/** Of a quarter of a doubling each, in seconds: the middle is known to a tenth. */
const BUCKET = (moment: string) =>
  `floor(4 * log(2.0, greatest(1, extract(epoch from ${moment} - created_at))::numeric))::int::text`;

const trigger = (name: string, table: string, when: string, body: string) =>
  [
    `create function vireo_note_${name}() returns trigger language plpgsql as $$ begin ${body}; return null; end $$`,
    `create trigger note_${name} after ${when} for each statement execute function vireo_note_${name}()`.replace(
      'after',
      'after',
    ),
  ].map((statement) => statement.replaceAll('TABLE', table));

const added = (table: string) => `insert on ${table} referencing new table as added`;
const changed = (table: string) => `update on ${table} referencing old table as was new table as now_is`;
const turned = (more: string) =>
  `(select n.* from now_is n join was o using (id) where n.state is distinct from o.state ${more}) as turned`;

const NOTING = [
  ...trigger(
    'reports',
    'reports',
    added('reports'),
    [
      note(`'report'`, `'all'`, 'added', 'created_at'),
      note(`'report-source'`, SOURCE, 'added r join accounts a on a.id = r.reporter_id', 'r.created_at'),
      note(`'report-category'`, 'category', 'added', 'created_at'),
      note(`'report-rule'`, 'rule', 'added, unnest(rule_ids) as rule', 'created_at'),
    ].join(';'),
  ),
  `create function vireo_note_first_close() returns trigger language plpgsql as $$ begin
     if old.first_closed_at is null and new.closed_at is not null then
       new.first_closed_at := new.closed_at;
       insert into transparency_notes (month, subject, kind, count)
       select vireo_month(closing.created_at), 'report-decided', ${BUCKET('closing.closed_at').replace('created_at', 'closing.created_at')}, 1
         from (select new.created_at, new.closed_at) as closing;
     end if;
     return new;
   end $$`,
  `create trigger note_first_close before update on reports
     for each row execute function vireo_note_first_close()`,
  ...trigger('measures', 'measures', added('measures'), note(`'measure'`, BY, 'added', 'created_at')),
  ...trigger(
    'measures_lifted',
    'measures',
    changed('measures'),
    note(
      `'measure-lifted'`,
      'measure',
      '(select n.* from now_is n join was o using (id) where o.lifted_at is null and n.lifted_at is not null) as lifted',
    ),
  ),
  ...trigger('appeals', 'appeals', added('appeals'), note(`'appeal'`, `'filed'`, 'added', 'created_at')),
  ...trigger(
    'appeals_decided',
    'appeals',
    changed('appeals'),
    note(`'appeal'`, 'state', turned(`and n.state <> 'open'`)),
  ),
  ...trigger(
    'claims',
    'claims',
    added('claims'),
    note(`'claim'`, `'filed'`, `(select * from added where state <> 'unconfirmed') as filed`),
  ),
  ...trigger(
    'claims_decided',
    'claims',
    changed('claims'),
    [
      note(
        `'claim'`,
        `'filed'`,
        `(select n.* from now_is n join was o using (id) where o.state = 'unconfirmed' and n.state <> 'unconfirmed') as filed`,
      ),
      note(`'claim'`, 'state', turned(`and n.state not in ('open', 'unconfirmed')`)),
    ].join(';'),
  ),
  ...trigger(
    'counters',
    'claim_counters',
    added('claim_counters'),
    note(`'counter-notice'`, `'filed'`, 'added', 'created_at'),
  ),
  ...trigger(
    'counters_decided',
    'claim_counters',
    changed('claim_counters'),
    note(`'counter-notice'`, 'state', turned(`and n.state <> 'waiting'`)),
  ),
  ...trigger('domains', 'domain_policies', added('domain_policies'), note(`'domain'`, 'severity', 'added')),
  ...trigger(
    'domains_changed',
    'domain_policies',
    changed('domain_policies'),
    note(
      `'domain'`,
      'severity',
      '(select n.* from now_is n join was o using (domain) where n.severity <> o.severity) as changed',
    ),
  ),
  ...trigger(
    'domains_removed',
    'domain_policies',
    'delete on domain_policies referencing old table as gone',
    note(`'domain'`, `'removed'`, 'gone'),
  ),
];

/** What is on record from before. */
const SO_FAR = [
  `update reports set first_closed_at = closed_at where closed_at is not null`,
  note(`'report'`, `'all'`, 'reports', 'created_at'),
  note(`'report-source'`, SOURCE, 'reports r join accounts a on a.id = r.reporter_id', 'r.created_at'),
  note(`'report-category'`, 'category', 'reports', 'created_at'),
  note(`'report-rule'`, 'rule', 'reports, unnest(rule_ids) as rule', 'created_at'),
  note(`'measure'`, BY, 'measures', 'created_at'),
  note(`'measure-lifted'`, 'measure', 'measures where lifted_at is not null', 'lifted_at'),
  note(`'appeal'`, `'filed'`, 'appeals', 'created_at'),
  note(`'appeal'`, 'state', `appeals where state <> 'open'`, 'coalesce(decided_at, created_at)'),
  note(`'claim'`, `'filed'`, `claims where state <> 'unconfirmed'`, 'created_at'),
  note(
    `'claim'`,
    'state',
    `claims where state not in ('open', 'unconfirmed')`,
    'coalesce(decided_at, created_at)',
  ),
  note(`'counter-notice'`, `'filed'`, 'claim_counters', 'created_at'),
  note(
    `'counter-notice'`,
    'state',
    `claim_counters where state <> 'waiting'`,
    'coalesce(decided_at, created_at)',
  ),
];
