import type { Redis } from 'ioredis';
import type { Noted } from '../../db/committed.ts';
import type { Db } from '../../db/database.ts';
import { idSchema, type VideoId } from '../../lib/ids.ts';
import { COUNTS_CHANGED } from '../engagement/index.ts';
import { countsOf } from './counts.ts';
import { createHotCounts } from './hot.ts';
import { recount } from './recount.ts';

export { type Counts, NO_COUNTS } from './counts.ts';
export { recountReactions } from './recount.ts';

export type Counters = ReturnType<typeof createCounters>;

const videoId = idSchema<'video'>();

/** How often people here watched videos, liked, commented on, passed on and saved them. */
export function createCounters(deps: { readonly db: Db; readonly redis: Redis; readonly prefix: string }) {
  const { db } = deps;
  const hot = createHotCounts({ ...deps, load: (ids: readonly VideoId[]) => countsOf(db, ids) });
  return {
    /**
     * Exact, but of videos that everybody asks for just now as of two seconds ago at most; and never from before what this
     * process changed.
     */
    of: hot.of,
    cache: hot.cache,
    /** Hears what a transaction of this process noted, once it is committed. */
    hear(noted: readonly Noted[]): void {
      hot.changed(
        noted.flatMap(({ name, payload }) => {
          const id = name === COUNTS_CHANGED ? videoId.safeParse(payload).data : undefined;
          return id === undefined ? [] : [id];
        }),
      );
    },
    recount: (isDry: boolean) => recount(db, isDry),
  };
}
