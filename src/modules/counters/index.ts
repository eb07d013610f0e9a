import type { Redis } from 'ioredis';
import type { Db } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';
import { countsOf } from './counts.ts';
import { createHotCounts } from './hot.ts';
import { recount } from './recount.ts';

export { type Counts, NO_COUNTS } from './counts.ts';

export type Counters = ReturnType<typeof createCounters>;

/** How often people here watched videos, liked, commented on, passed on and saved them. */
export function createCounters(deps: { readonly db: Db; readonly redis: Redis; readonly prefix: string }) {
  const { db } = deps;
  return {
    /** Exact, but of videos that everybody asks for just now as of two seconds ago at most. */
    of: createHotCounts({ ...deps, load: (ids: readonly VideoId[]) => countsOf(db, ids) }),
    recount: (isDry: boolean) => recount(db, isDry),
  };
}
