import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../../config/config.ts';
import { createContext } from '../../src/context.ts';
import { startWeb } from '../../src/server.ts';
import { servePart } from '../federation/part.ts';
import { type FeedSizes, seedFeed } from './seed.ts';

/** A web process of Vireo as `src/main.ts` runs it, which fills its database before it listens. */
const read = readConfig(process.env);
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const created = await createContext(read.config);
if (!created.ok) throw new Error(created.detail);
const { context } = created;
let web: Awaited<ReturnType<typeof startWeb>> | null = null;

servePart(
  {
    seed: (sizes: FeedSizes) => seedFeed(context, sizes),
    listen: async () => {
      web = await startWeb(context);
    },
    /** Milliseconds until everything is read, and learnt from. */
    learnt: async () => {
      const startedAt = performance.now();
      while (!context.recommending.isLoaded()) await pause(50);
      const loadedMs = performance.now() - startedAt;
      while (context.recommending.trainings() === 0) await pause(50);
      return { loadedMs, learntMs: performance.now() - startedAt - loadedMs };
    },
  },
  async () => {
    await web?.stop();
    await context.close();
  },
);
