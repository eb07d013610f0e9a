import type pg from 'pg';

/** A column as an older program meets it. */
interface ColumnShape {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly hasDefault: boolean;
}

/** What every row of a table must be like. */
interface Rule {
  readonly table: string;
  readonly rule: string;
  readonly columns: readonly string[];
}

type Shape = ReadonlyMap<string, ColumnShape>;

/** All columns of the tables of the schema, and the check constraints and unique indexes that every write must pass. */
export async function schemaShape(
  client: pg.Client,
): Promise<{ columns: Shape; rules: ReadonlyMap<string, Rule> }> {
  const { rows } = await client.query<ColumnShape>(
    `select relname as table, attname as column, format_type(atttypid, atttypmod) as type,
            attnotnull as "isRequired", (atthasdef or attidentity <> '') as "hasDefault"
       from pg_attribute join pg_class on pg_class.oid = attrelid
      where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace
        and attnum > 0 and not attisdropped`,
  );
  const found = await client.query<Rule>(
    `select conrelid::regclass::text as table, pg_get_constraintdef(oid) as rule,
            array(select attname::text from pg_attribute where attrelid = conrelid and attnum = any(conkey)) as columns
       from pg_constraint
      where contype in ('c', 'f', 'x') and connamespace = current_schema()::regnamespace
     union all
     select indrelid::regclass::text, 'unique ' || substring(pg_get_indexdef(indexrelid) from ' USING .*'),
            array(select attname::text from pg_attribute where attrelid = indrelid and attnum = any(indkey))
       from pg_index join pg_class on pg_class.oid = indexrelid
      where indisunique and relnamespace = current_schema()::regnamespace`,
  );
  return {
    columns: new Map(rows.map((row) => [`${row.table}.${row.column}`, row])),
    rules: new Map(found.rows.map((rule) => [`${rule.table} ${rule.rule}`, rule])),
  };
}

/** What of a change would break a program that knows only the schema before. */
export function whatBreaks(
  before: Awaited<ReturnType<typeof schemaShape>>,
  after: Awaited<ReturnType<typeof schemaShape>>,
): string[] {
  const broken: string[] = [];
  const tables = new Set([...before.columns.values()].map(({ table }) => table));
  for (const [name, was] of before.columns) {
    const is = after.columns.get(name);
    if (!is) broken.push(`${name} is gone`);
    else if (is.type !== was.type) broken.push(`${name} was ${was.type} and is ${is.type}`);
    else if (is.isRequired && !was.isRequired && !is.hasDefault) broken.push(`${name} is required now`);
    else if (was.hasDefault && !is.hasDefault && is.isRequired)
      broken.push(`${name} has no default any more`);
  }
  for (const [name, is] of after.columns) {
    if (before.columns.has(name) || !tables.has(is.table)) continue;
    if (is.isRequired && !is.hasDefault) broken.push(`${name} is new and required, without a default`);
  }
  for (const [text, { table, columns }] of after.rules) {
    // An older program leaves a new column at its default, which its rule allows.
    const isAboutOld = columns.every((column) => before.columns.has(`${table}.${column}`));
    if (!before.rules.has(text) && tables.has(table) && isAboutOld) broken.push(`a new rule: ${text}`);
  }
  return broken;
}
