import type { Context } from '../../src/context.ts';
import { type SearchEngineDouble, startSearchEngine } from './opensearch.ts';
import { startTestServer, type TestServer } from './server.ts';

/** What both drivers have to pass is described for each: `describe.each(SEARCH_DRIVERS)`. */
export const SEARCH_DRIVERS = ['postgres', 'opensearch'] as const;
type SearchDriver = (typeof SEARCH_DRIVERS)[number];

export interface SearchServer extends TestServer {
  /** Null: PostgreSQL answers. */
  readonly engine: SearchEngineDouble | null;
  /** Until the index, and the engine where there is one, has taken in all that changed. */
  follow(): Promise<void>;
}

/** A server whose searches the driver answers. */
export async function startSearchServer(driver: SearchDriver): Promise<SearchServer> {
  const engine = driver === 'opensearch' ? await startSearchEngine() : null;
  const server = await startTestServer({
    variables: engine ? { SEARCH_DRIVER: 'opensearch', SEARCH_URL: engine.url } : {},
  });
  return {
    ...server,
    engine,
    follow: () => followSearch(server.context),
    async close() {
      const { body } = await server.context.metrics.page();
      await server.close();
      await engine?.close();
      // Tests that passed because PostgreSQL answered would say nothing of the engine.
      if (engine && !/outcome="opensearch"/.test(body)) throw new Error('The engine answered nothing.');
      if (engine && /outcome="postgres"/.test(body))
        throw new Error('PostgreSQL answered in place of the engine.');
    },
  };
}

export async function followSearch({ search }: Context): Promise<void> {
  await search.follow();
  await search.followEngine();
}
