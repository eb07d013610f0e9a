import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../../config/config.ts';
import { searchLimits } from '../../../config/search-limits.ts';
import type { Db, InTx } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, SoundId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { FormPoster } from '../../lib/net/form-post.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Accounts } from '../accounts/index.ts';
import { parseTag } from '../tags/index.ts';
import { drivenBy } from './driven.ts';
import { createEngine } from './opensearch/index.ts';
import { findableAmong, type PeopleSearch, peopleLike } from './people.ts';
import { createPostgresIndex } from './postgres/index.ts';
import type { CaptionText } from './postgres/keeping.ts';
import type { EngineState, IndexState } from './search-index.ts';
import { shownSounds, shownTags } from './shown.ts';
import { type Searcher, searchVideos, type VideoSearch } from './videos.ts';

export { inTime } from './postgres/index.ts';
export { foundTo } from './shown.ts';
export type { Searcher, SearchPlace, VideoSearch } from './videos.ts';
export { spaced } from './words.ts';

export type Search = ReturnType<typeof createSearch>;

/** Finds videos, people and hashtags, and keeps what they are found by. */
export function createSearch(deps: {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  readonly accounts: Pick<Accounts, 'byHandle'>;
  readonly unlistedDomains: UnlistedDomains;
  readonly captionText: CaptionText;
  readonly config: Pick<Config, 'search'>;
  readonly poster: Pick<FormPoster, 'ask'>;
  readonly metrics: Pick<Metrics, 'searched'>;
  readonly log: Logger;
  /** Between 0 and 1. */
  readonly random: () => number;
}) {
  const { db, inTx, clock, accounts, unlistedDomains, captionText, config, poster, metrics, log } = deps;
  const now = () => clock.now();
  const index = createPostgresIndex({ db, inTx, captionText, now });
  const random = () => Math.floor(deps.random() * 36 ** 4).toString(36);
  const engine = createEngine({ db, log, now, random, config, poster, postgres: index });
  const driven = drivenBy({ postgres: index, engine, config, metrics });
  const accountsOf = async (handle: string): Promise<readonly AccountId[]> => {
    const account = await accounts.byHandle(handle);
    return account ? [account.id] : [];
  };
  const parts = { db, index, driven, unlistedDomains, now, accountsOf };

  const tags = async (
    viewerId: AccountId | null,
    { q, limit, offset }: { readonly q: string; readonly limit: number; readonly offset: number },
  ): Promise<string[]> => {
    const known = await Promise.all(
      namesIn(q).map((name) => index.tags(name, searchLimits.tagCandidates + offset)),
    );
    return (await shownTags(parts, viewerId, [...new Set(known.flat())])).slice(offset, offset + limit);
  };

  /** By the beginning of their name, and else by what is like it. */
  const begunSounds = async (viewerId: AccountId | null, q: string): Promise<SoundId[]> => {
    const begun = await shownSounds(parts, viewerId, await index.begunSounds(q, searchLimits.alikeSounds));
    if (begun.length > 0 || q.length < searchLimits.minAlike) return begun;
    return shownSounds(parts, viewerId, await index.sounds(q, searchLimits.alikeSounds));
  };

  return {
    videos: (searcher: Searcher, search: VideoSearch) => searchVideos(parts, searcher, search),
    people: (viewerId: AccountId | null, search: PeopleSearch): Promise<AccountId[]> =>
      peopleLike(parts, viewerId, search),
    /** Those of these accounts whom the viewer may find, in their order. */
    peopleAmong: (viewerId: AccountId, ids: readonly AccountId[]) => findableAmong(parts, viewerId, ids),
    tags,
    /** Sounds by their name. */
    async sounds(
      viewerId: AccountId | null,
      { q, limit, offset }: { readonly q: string; readonly limit: number; readonly offset: number },
    ): Promise<SoundId[]> {
      const known = await index.sounds(q, searchLimits.alikeSounds);
      return (await shownSounds(parts, viewerId, known)).slice(offset, offset + limit);
    },
    /** What somebody may mean who has begun to write. */
    async suggest(viewerId: AccountId | null, q: string, limit: number) {
      const isTag = q.startsWith('#');
      const isName = q.startsWith('@');
      const [people, names, sounds] = await Promise.all([
        isTag ? [] : peopleLike(parts, viewerId, { q, limit, offset: 0, orAlike: true }),
        isName ? [] : tags(viewerId, { q, limit, offset: 0 }),
        isTag || isName ? [] : begunSounds(viewerId, q),
      ]);
      return { people, tags: names, sounds: sounds.slice(0, limit) };
    },

    /** Takes in what changed, until there is nothing left, the time is over or `signal` says so; the number of changes. */
    follow: (until: Until = {}) => againAndAgain(() => index.follow(), until),
    /** Tells the engine what PostgreSQL's index took in, in the same way. Where there is no engine, nothing is kept for one. */
    async followEngine(until: Until = {}): Promise<number> {
      if (!driven.hasEngine()) {
        await engine.forget();
        return 0;
      }
      try {
        return await againAndAgain(() => engine.follow(until.signal), until);
      } finally {
        await engine.letGo();
      }
    },
    /**
     * Reads everything anew, or (`isResumed`) goes on with what is left of an earlier run; searches are answered meanwhile. With an engine, an
     * index of it is then filled beside the one that is searched, and takes its place; with `engineOnly` nothing else is done. A run that
     * is ended loses nothing: the upkeep of the server goes on with it. Tells after each step how many changes are left.
     */
    async reindex(how: Reindexing): Promise<Result<SearchState, EngineRefusal>> {
      const { isResumed, engineOnly = false, onStep } = how;
      if (!engineOnly) {
        if (!isResumed) await index.restart();
        await untilDone({
          onStep,
          follow: () => index.follow(),
          behind: async () => (await index.state()).behind,
        });
      }
      if (driven.hasEngine()) {
        const filled = await refillEngine(how);
        if (!filled.ok) return filled;
      }
      return ok(await state());
    },
    state,
    /** Has the engine learn everything anew, from a database that is another than the one it was told by. */
    forgetEngine: () => engine.forget(),
    /** Whether the engine is told what changes, where there is one; null where there is none. */
    async engineHealth(): Promise<'ok' | 'failing' | null> {
      if (!driven.hasEngine()) return null;
      return (await engine.isFailing()) ? 'failing' : 'ok';
    },
  };

  async function refillEngine({ isResumed, onStep }: Reindexing): Promise<Result<object, EngineRefusal>> {
    const behind = async () => {
      const { failure, ...known } = await engine.state({ counts: false });
      if (failure !== null) throw new EngineAway(failure);
      return known.isFilling ? Math.max(1, known.behind) : known.behind;
    };
    try {
      // What it failed by before may be mended by now: it is tried before that is looked at.
      const begun = isResumed ? ok({ done: await engine.follow() }) : await engine.restart();
      if (begun.ok) await untilDone({ onStep, follow: () => engine.follow(), behind });
      return begun;
    } catch (error) {
      if (error instanceof EngineAway) return fail('unavailable', error.message);
      throw error;
    } finally {
      await engine.letGo();
    }
  }

  async function state(): Promise<SearchState> {
    return { ...(await index.state()), engine: driven.hasEngine() ? await engine.state() : null };
  }
}

/** What PostgreSQL's index has, and the engine where there is one. */
export type SearchState = IndexState & { readonly engine: EngineState | null };

interface Until {
  readonly signal?: AbortSignal;
  readonly forMs?: number;
}

type EngineRefusal = 'absent' | 'unavailable' | 'refused';

interface Reindexing {
  readonly isResumed: boolean;
  readonly engineOnly?: boolean;
  readonly onStep: (behind: number) => void;
}

/** Ends a reindex: somebody waits for it, and is told what to mend. */
class EngineAway extends Error {}

/** The sum of what was done, until there was nothing to do, the time is over or `signal` says so. */
async function againAndAgain(step: () => Promise<number>, { signal, forMs }: Until): Promise<number> {
  const end = performance.now() + (forMs ?? Number.POSITIVE_INFINITY);
  let all = 0;
  while (performance.now() < end && !signal?.aborted) {
    const done = await step();
    if (done === 0) break;
    all += done;
  }
  return all;
}

async function untilDone(work: {
  readonly onStep: (behind: number) => void;
  readonly follow: () => Promise<number>;
  readonly behind: () => Promise<number>;
}): Promise<void> {
  let known = await work.behind();
  let behind = known;
  while (known > 0) {
    work.onStep(Math.max(0, behind));
    const done = await work.follow();
    behind -= done;
    if (done > 0 && behind > 0) continue;
    // Where a process of the server is at it, it is done by that one.
    if (done === 0) await pause(searchLimits.everyMs / 4);
    known = await work.behind();
    behind = known;
  }
}

/** The hashtags that words can be: all of them as one, and each. */
export function namesIn(text: string): string[] {
  const words = text.trim().split(/\s+/);
  const names = [words.join(''), ...words].slice(0, searchLimits.tagNames).map(parseTag);
  return [...new Set(names.filter((name) => name !== null))];
}
