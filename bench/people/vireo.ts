import { readConfig } from '../../config/config.ts';
import { createContext } from '../../src/context.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import { servePart } from '../federation/part.ts';
import { type PeopleSizes, seedPeople } from './seed.ts';

/** The parts of Vireo over a database of many people, asked without HTTP: what the questions cost is what is measured. */
const read = readConfig(process.env);
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const created = await createContext(read.config);
if (!created.ok) throw new Error(created.detail);
const { context } = created;

interface Asked {
  readonly viewerId: AccountId;
  readonly tags: readonly string[];
}

const suggest = ({ viewerId, tags }: Asked) =>
  context.social.suggestionsFor(viewerId, { tags, recommended: [], limit: 40 });

servePart(
  {
    seed: (sizes: PeopleSizes) => seedPeople(context.databaseUrl, sizes),
    /** How long it took, in milliseconds, and how many were suggested. */
    suggest: async (asked: Asked) => {
      const askedAt = performance.now();
      const found = await suggest(asked);
      return { ms: performance.now() - askedAt, found: found.length };
    },
    /** What PostgreSQL did for it, each question as `explain (analyze, buffers)` tells it. */
    plans: async (asked: Asked) => {
      const questions: { sql: string; bindings: never[] }[] = [];
      const listen = (question: (typeof questions)[number]) => questions.push(question);
      context.db.on('query', listen);
      await suggest(asked);
      context.db.removeListener('query', listen);
      const plans: string[] = [];
      for (const { sql, bindings } of questions) {
        const { rows } = await context.db.raw<{ rows: { 'QUERY PLAN': string }[] }>(
          `explain (analyze, buffers) ${sql.replace(/\$\d+/g, '?')}`,
          bindings,
        );
        plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      }
      return plans;
    },
  },
  () => context.close(),
);
