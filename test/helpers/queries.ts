import type { Db } from '../../src/db/database.ts';
import type { TestServer } from './server.ts';

/** A statement as the server sends it to PostgreSQL. */
export interface Query {
  readonly sql: string;
  readonly bindings: readonly unknown[];
}

/** A step of a plan, with what PostgreSQL really did in it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** The statements that go to the database while `work` is done, in their order. */
export async function queriesOf(db: Db, work: () => Promise<unknown>): Promise<Query[]> {
  const queries: Query[] = [];
  const listen = ({ sql, bindings }: Query) => queries.push({ sql, bindings });
  db.on('query', listen);
  try {
    await work();
  } finally {
    db.removeListener('query', listen);
  }
  return queries;
}

/** The fewest statements of three times: the server may ask something of its own meanwhile. */
export async function fewestQueriesOf(db: Db, work: () => Promise<unknown>): Promise<Query[]> {
  let fewest = await queriesOf(db, work);
  for (let more = 0; more < 2; more += 1) {
    const again = await queriesOf(db, work);
    if (again.length < fewest.length) fewest = again;
  }
  return fewest;
}

/** Forgets the counts that are kept in Redis for a moment, of some videos or of none, so that each request asks for all. */
export async function forgetCounts({ context: { redis, config } }: TestServer): Promise<void> {
  const kept = await redis.keys(`${config.redisPrefix}:counts:*`);
  if (kept.length > 0) await redis.del(kept);
}

/** Every step of the plan by which PostgreSQL runs a statement; it is run for that. */
export async function stepsOf(db: Db, { sql, bindings }: Query): Promise<PlanNode[]> {
  const explained = await db.raw(
    `explain (analyze, timing off, summary off, format json) ${sql.replace(/\$\d+/g, '?')}`,
    bindings as string[],
  );
  const steps: PlanNode[] = [];
  const walk = (node: PlanNode): void => {
    steps.push(node);
    node.Plans?.forEach(walk);
  };
  walk(explained.rows[0]['QUERY PLAN'][0].Plan);
  return steps;
}

/** Rows that a step went through, those that it left out among them. */
export const rowsRead = (step: PlanNode): number =>
  (step['Actual Rows'] + (step['Rows Removed by Filter'] ?? 0)) * step['Actual Loops'];
