import { readConfig } from '../../config/config.ts';
import { createContext } from '../../src/context.ts';
import { startWeb } from '../../src/server.ts';
import { servePart } from '../federation/part.ts';
import { type Sizes, seed } from './seed.ts';

/** A web process of Vireo as `src/main.ts` runs it, which tells what it asks of PostgreSQL. */
const read = readConfig(process.env);
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const created = await createContext(read.config);
if (!created.ok) throw new Error(created.detail);
const { context } = created;
const web = await startWeb(context);

interface Query {
  readonly sql: string;
  readonly bindings: readonly unknown[];
}
let queries: Query[] = [];
const listen = ({ sql, bindings }: Query) => queries.push({ sql, bindings });

servePart(
  {
    seed: (sizes: Sizes) => seed(context, sizes),
    listen: () => {
      queries = [];
      context.db.on('query', listen);
    },
    heard: () => {
      context.db.removeListener('query', listen);
      return queries;
    },
  },
  async () => {
    await web.stop();
    await context.close();
  },
);
