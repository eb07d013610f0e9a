import type { Config } from '../../../config/config.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { fail, type Result } from '../../lib/result.ts';
import type { Engine } from './opensearch/index.ts';
import type { PostgresIndex } from './postgres/index.ts';
import type { Found, SearchedBy, VideoQuery } from './search-index.ts';

const GONE =
  'The search engine that found the first page cannot be reached now. Search again from the first page.';

/** As it is counted. */
const WHY_NOT = {
  absent: 'opensearch-unfilled',
  unavailable: 'opensearch-away',
  refused: 'opensearch-refused',
} as const;

export type Driven = ReturnType<typeof drivenBy>;

/** Lets the engine answer where the settings say so, and PostgreSQL wherever it cannot. */
export function drivenBy(deps: {
  readonly postgres: PostgresIndex;
  readonly engine: Engine;
  readonly config: Pick<Config, 'search'>;
  readonly metrics: Pick<Metrics, 'searched'>;
}) {
  const { postgres, engine, config, metrics } = deps;
  const hasEngine = () => config.search.driver === 'opensearch' && config.search.engine !== null;

  return {
    hasEngine,
    /** `by`: who answered the page before; another one ranks in another way, and pages would not follow each other. Null: the first page. */
    async videos(
      query: VideoQuery,
      by: SearchedBy | null,
    ): Promise<Result<{ found: Found; by: SearchedBy }, 'unavailable'>> {
      if (by !== 'postgres' && hasEngine()) {
        const found = await engine.videos(query);
        if (found.ok) {
          metrics.searched('opensearch');
          return { ok: true, found, by: 'opensearch' };
        }
        metrics.searched(WHY_NOT[found.reason]);
      }
      if (by === 'opensearch') return fail('unavailable', GONE);
      const found = await postgres.videos(query);
      metrics.searched(found.ok ? 'postgres' : 'postgres-too-slow');
      return found.ok ? { ok: true, found, by: 'postgres' } : found;
    },
  };
}
