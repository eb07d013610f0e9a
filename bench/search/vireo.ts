import { readConfig } from '../../config/config.ts';
import { createContext } from '../../src/context.ts';
import { parseQuery } from '../../src/modules/search/query.ts';
import { startWeb } from '../../src/server.ts';
import { servePart } from '../federation/part.ts';
import { explained } from './explained.ts';
import { type SearchSizes, seedSearch } from './seed.ts';

/** A web process of Vireo as `src/main.ts` runs it, which fills its database before it listens. */
const read = readConfig(process.env);
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const created = await createContext(read.config);
if (!created.ok) throw new Error(created.detail);
const { context } = created;
let web: Awaited<ReturnType<typeof startWeb>> | null = null;

servePart(
  {
    seed: (sizes: SearchSizes) => seedSearch(context.databaseUrl, sizes),
    listen: async () => {
      web = await startWeb(context);
    },
    plans: (q: string) => explained(context.db, parseQuery(q), context.clock.now()),
  },
  async () => {
    await web?.stop();
    await context.close();
  },
);
