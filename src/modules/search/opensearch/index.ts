import { z } from 'zod';
import { searchLimits } from '../../../../config/search-limits.ts';
import type { VideoId } from '../../../lib/ids.ts';
import { fail, type Ok, ok, type Result } from '../../../lib/result.ts';
import type { PostgresIndex } from '../postgres/index.ts';
import type { EngineState, Found, VideoQuery } from '../search-index.ts';
import { askEngine, type EngineFailure, soon } from './client.ts';
import { type Clause, engineQuery, isTooMuch, searchBody } from './compile.ts';
import { followWithEngine, type KeepingDeps, letGo, restartEngine } from './keeping.ts';
import { namesOf } from './layout.ts';

/** An OpenSearch that answers searches, and is kept like the index of PostgreSQL (ADR 0082). */
export interface Engine {
  /**
   * `absent`: it was not filled yet. `unavailable`: it is away or slow, and is not asked for a while. `refused`: it does not take this search;
   * others are asked on, or whoever writes what it refuses would keep it from all.
   */
  videos(query: VideoQuery): Promise<Result<Found, 'absent' | 'unavailable' | 'refused'>>;
  /** Tells it some of what changed; the number of changes. Where it is away nothing is done until it is due to be asked again. */
  follow(signal?: AbortSignal): Promise<number>;
  /** Ends a turn of it: another process may go on. */
  letGo(): Promise<void>;
  /** Has an index filled anew beside the one that is searched. */
  restart(): Promise<Result<object, EngineFailure['reason']>>;
  /** Without a question to the engine where `counts` is false. */
  state(asks?: { readonly counts: boolean }): Promise<EngineState>;
  /** Whether it did not answer this process a moment ago, or whoever tells it what changed. Counts nothing: it is asked every few seconds. */
  isFailing(): Promise<boolean>;
  /** Forgets that there is one: nothing piles up for it any more. */
  forget(): Promise<void>;
}

const hitsShape = z.object({
  timed_out: z.boolean(),
  _shards: z.object({ failed: z.number().int().min(0) }),
  hits: z.object({
    total: z.object({ value: z.number().int().min(0) }),
    hits: z
      .array(z.object({ _id: z.string().regex(/^[1-9]\d{0,18}$/), _score: z.number() }))
      .max(searchLimits.engineHits),
  }),
});
type Answered = { readonly said: z.output<typeof hitsShape> };
const countShape = z.object({ count: z.number().int().min(0) });

type Deps = Omit<KeepingDeps, 'holder'> & { readonly postgres: Pick<PostgresIndex, 'understand'> };

/** The engine as a `SearchIndex` may use it: asked while it answers, told what changes; after failures it is left alone for a while. */
export function createEngine(given: Deps): Engine {
  const { db, config, log, postgres } = given;
  const deps = { ...given, holder: `${given.random()}${given.random()}${given.random()}` };
  const searching = createPause(deps.now);
  const telling = createPause(deps.now);
  const names = () => namesOf(config.search.engine?.prefix ?? '');

  /** Said once when it begins, and once when it is over. */
  const away = (pause: Pause, what: string, { detail, reason }: EngineFailure) => {
    if (!pause.isOn()) log.warn({ detail, reason }, `${what}; PostgreSQL answers searches meanwhile`);
    pause.begin();
  };
  const back = (pause: Pause) => {
    if (pause.end()) log.info('the search engine is back');
  };

  const reached = async () => {
    back(telling);
    await db('search_engine').whereNotNull('failing_since').update({ failing_since: null, failure: null });
  };

  /** The answer to the whole of a question: one of a part is none. */
  const asked = async (wanted: Clause, query: VideoQuery): Promise<Ok<Answered> | EngineFailure> => {
    const answer = await askEngine(
      deps,
      {
        method: 'POST',
        path: `/${names().live}/_search?allow_partial_search_results=false`,
        body: JSON.stringify(searchBody(wanted, query)),
        ...{ deadlineMs: searchLimits.engineMs, maxBytes: searchLimits.engineBytes },
      },
      hitsShape,
    );
    if (!answer.ok) return answer;
    const { timed_out: isLate, _shards: shards } = answer.said;
    if (isLate) return fail('unavailable', 'The search engine took too long.');
    if (shards.failed > 0) return fail('unavailable', 'A part of the search engine did not answer.');
    return answer;
  };

  return {
    async videos(query) {
      if (searching.holds()) return fail('unavailable', 'The search engine did not answer a moment ago.');
      const understood = await postgres.understand(query);
      if (!understood.ok) return understood;
      if (isTooMuch(understood.texts))
        return fail('refused', 'The search has too many words for the engine.');
      const wanted = engineQuery(query, understood.texts);
      if (wanted === null) return ok({ videos: [], next: null, isAnything: false });
      const answer = await asked(wanted, query);
      if (!answer.ok) {
        const { reason, detail } = answer;
        if (reason === 'unavailable') away(searching, 'the search engine does not answer', answer);
        if (reason === 'refused')
          log.warn({ detail }, 'the search engine refuses a search; PostgreSQL answers it');
        return answer;
      }
      back(searching);
      const { total, hits } = answer.said.hits;
      const videos = hits.map(({ _id, _score }) => ({ id: _id as VideoId, score: _score }));
      const next = videos.length === searchLimits.engineHits ? (videos.at(-1) ?? null) : null;
      return ok({ videos, next, isAnything: total.value > 0 });
    },

    async follow(signal) {
      if (telling.holds()) return 0;
      const outcome = await followWithEngine(deps, signal);
      if (outcome === null) return 0;
      if (outcome.ok) {
        await reached();
        return outcome.done;
      }
      if (signal?.aborted) return 0;
      away(telling, 'the search engine cannot be told what changed', outcome);
      await db('search_engine').update({
        failing_since: db.raw('coalesce(failing_since, now())'),
        failure: outcome.detail ?? outcome.reason,
      });
      return 0;
    },

    letGo: () => letGo(deps),

    async restart() {
      const outcome = await restartEngine(deps);
      if (outcome.ok) await reached();
      return outcome;
    },

    async state({ counts } = { counts: true }) {
      const { rows } = await db.raw<{ rows: StateRow[] }>(
        `select (select count(*) from search_engine_changes)::int as changes, failing_since as "failingSince", failure,
                case when building is null then 0
                     else (select count(*) from search_documents where video_id > filled_to)::int end as unfilled,
                building is not null as "isFilling"
           from (select 1) as one left join search_engine on true`,
      );
      const {
        changes = 0,
        unfilled = 0,
        ...state
      } = rows[0] ?? { failingSince: null, failure: null, isFilling: false };
      const answer = counts
        ? await askEngine(
            deps,
            {
              method: 'POST',
              path: `/${names().live}/_count`,
              ...soon({}),
              deadlineMs: searchLimits.engineMs,
            },
            countShape,
          )
        : null;
      return {
        ...{ documents: answer?.ok ? answer.said.count : null, behind: changes + unfilled },
        ...{ isFilling: state.isFilling, failingSince: state.failingSince },
        failure: answer?.ok === false && answer.reason !== 'absent' ? (answer.detail ?? null) : state.failure,
      };
    },

    async isFailing() {
      if (searching.holds()) return true;
      return (await db('search_engine').whereNotNull('failing_since').first('id')) !== undefined;
    },

    async forget() {
      if ((await db('search_engine').first('id')) === undefined) return;
      // All or nothing: lines without a row would stay for ever, and a row without its lines would have missed them.
      await db.transaction(async (tx) => {
        await tx('search_engine').delete();
        await tx('search_engine_changes').delete();
      });
    },
  };
}

interface StateRow {
  readonly changes: number;
  readonly unfilled: number;
  readonly isFilling: boolean;
  readonly failingSince: Date | null;
  readonly failure: string | null;
}

type Pause = ReturnType<typeof createPause>;

/** After a failure nothing is tried for a while, and longer after each one. */
function createPause(now: () => number) {
  let until = 0;
  let ms: number = 0;
  return {
    /** Whether to wait still. */
    holds: () => now() < until,
    isOn: () => ms > 0,
    begin() {
      if (now() < until) return;
      ms = Math.min(searchLimits.engineRetryMaxMs, ms === 0 ? searchLimits.engineRetryMs : ms * 2);
      until = now() + ms;
    },
    /** True where there was one. */
    end(): boolean {
      const was = ms > 0;
      [until, ms] = [0, 0];
      return was;
    },
  };
}
