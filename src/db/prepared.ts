import type { Client, QueryConfig } from 'pg';

/** PostgreSQL keeps some 50 kB a plan and connection. */
const MOST_NAMED = 300;
/** Texts that are counted until they are named or forgotten. */
const MOST_COUNTED = 2_000;
/** What is asked once in a while is not worth a plan that is kept. */
const USES_BEFORE_NAMED = 3;

/** `in ($1, $2, $3, $4)` has as many texts as there are lengths of the list; `= any($1)` has one. */
const HAS_LIST = /\bin \(\$\d+, \$\d+, \$\d+, \$/i;
/** So has `values ($1, $2), ($3, $4)`, by the number of rows; a name that is taken is never given back. */
const HAS_ROWS = /\bvalues\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*,\s*\(/i;
/** Longer ones are made for the occasion. */
const LONGEST_NAMED = 8_192;
const IS_PLANNED = /^\s*(?:select|with|insert|update|delete)\b/i;
/** Gives other columns once a migration has run, and PostgreSQL refuses to run its kept plan from then on. */
const HAS_ALL_COLUMNS = /(?:\bselect\s+|\breturning\s+|\.|,\s*)\*/i;
const FEATURE_NOT_SUPPORTED = '0A000';

type Done = (error: (Error & { code?: string }) | null, result?: unknown) => void;
type Query = (config: QueryConfig, done: Done) => unknown;

/**
 * Has a connection prepare what it is asked again and again, so that PostgreSQL parses and plans it once and not each time:
 * planning is most of what a read by an index costs. A plan that a migration made useless is made anew, unnoticed.
 */
export function prepareRepeated(connection: Client): void {
  const names = new Map<string, string>();
  const uses = new Map<string, number>();
  let named = 0;
  const query = connection.query.bind(connection) as unknown as Query;

  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= MOST_NAMED || text.length > LONGEST_NAMED || !IS_PLANNED.test(text)) return undefined;
    if (HAS_LIST.test(text) || HAS_ROWS.test(text)) return undefined;
    const used = (uses.get(text) ?? 0) + 1;
    if (uses.size >= MOST_COUNTED) uses.clear();
    uses.set(text, used);
    if (used <= USES_BEFORE_NAMED) return undefined;
    uses.delete(text);
    named += 1;
    const name = `vireo_${named}`;
    names.set(text, name);
    return name;
  };

  const ask: Query = (config, done) => {
    if (typeof config.text !== 'string' || typeof done !== 'function' || 'submit' in config || config.name) {
      return query(config, done);
    }
    const { text } = config;
    const isAlone = connection.getTransactionStatus() === 'I';
    // In a transaction a refused plan would take along what was done before.
    const name = isAlone || !HAS_ALL_COLUMNS.test(text) ? nameOf(text) : undefined;
    if (name === undefined) return query(config, done);
    return query({ ...config, name }, (error, result) => {
      if (error?.code !== FEATURE_NOT_SUPPORTED) return done(error, result);
      names.delete(text);
      return isAlone ? query(config, done) : done(error, result);
    });
  };
  Object.assign(connection, { query: ask });
}
