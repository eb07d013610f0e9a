import { searchLimits, searchRank } from '../../../../config/search-limits.ts';
import type { Tx } from '../../../db/database.ts';
import type { VideoId } from '../../../lib/ids.ts';
import type { Found } from '../search-index.ts';
import { type Compiled, isEmptyRange } from './compile.ts';
import { rowsOf, type Statement } from './statement.ts';
import { popularSteps, type Window, windowsBefore } from './windows.ts';

interface Row {
  readonly id: VideoId;
  readonly publishedMs: number;
  readonly popularity: number;
  readonly match: number;
}

const FAR = Date.UTC(9999, 0, 1);
const COLUMNS = 'video_id, published_at, popularity, document';

/** What of a row has to be so besides the words of the index. */
function conditionsOf({ longer, shorter }: Compiled): string {
  return [
    ...(longer === null ? [] : [' and duration_seconds >= :longer']),
    ...(shorter === null ? [] : [' and duration_seconds < :shorter']),
  ].join('');
}

/** Rows of one part, as what is shown needs them. */
function ranked(parts: string, most: string, compiled: Compiled): string {
  const match =
    compiled.words === null
      ? '1'
      : `ts_rank('{${searchRank.weights.join(',')}}', document, :words::tsquery, 1)`;
  return `select video_id as id, (extract(epoch from published_at) * 1000)::float8 as "publishedMs", popularity,
    (${match})::float8 as match from (select * from (${parts}) as parts limit ${most}) as found`;
}

/** The newest that match: stretches of time one after the other, of which PostgreSQL begins no more than it needs. */
export function newestStatement(compiled: Compiled, query: string, asOf: number): Statement {
  const bindings: Record<string, string | number> = bindingsOf(compiled, query);
  const inWindow = ({ from, to, query: marks, isShort }: Window, at: number): string => {
    bindings[`from${at}`] = new Date(from).toISOString();
    bindings[`to${at}`] = new Date(Math.min(to, FAR)).toISOString();
    bindings[`query${at}`] = marks === null ? query : `(${query}) & (${marks})`;
    const rows = `select ${COLUMNS} from search_documents where document @@ :query${at}::tsquery
      and published_at >= :from${at}::timestamptz and published_at < :to${at}::timestamptz${conditionsOf(compiled)}`;
    const order = 'order by published_at desc, video_id desc limit :newest';
    return isShort
      ? `(${rows} ${order})`
      : `(select ${COLUMNS} from (${rows} limit :ofLongStretch) as stretch ${order})`;
  };
  const parts = windowsBefore(asOf, compiled).map(inWindow).join(' union all ');
  const sql = ranked(parts, ':newest', compiled);
  return {
    sql,
    bindings: { ...bindings, newest: searchLimits.newest, ofLongStretch: searchLimits.ofLongStretch },
  };
}

/** Those of them that most people liked, in the same way. */
export function popularStatement(compiled: Compiled, query: string, asOf: number): Statement {
  const bindings: Record<string, string | number> = bindingsOf(compiled, query);
  const order = compiled.isNarrow ? ' order by popularity desc, video_id desc' : '';
  const steps = popularSteps(compiled.isNarrow).map((marks, at) => {
    bindings[`query${at}`] = `(${query}) & (${marks})`;
    return `(select ${COLUMNS} from search_documents where document @@ :query${at}::tsquery
      and published_at >= :from::timestamptz and published_at < :to::timestamptz${conditionsOf(compiled)}${order} limit :popular)`;
  });
  const sql = ranked(steps.join(' union all '), ':popular', compiled);
  const range = {
    from: new Date(compiled.after).toISOString(),
    to: new Date(Math.min(compiled.before, asOf + 1, FAR)).toISOString(),
  };
  return { sql, bindings: { ...bindings, ...range, popular: searchLimits.popular } };
}

function bindingsOf({ words, longer, shorter }: Compiled, query: string): Record<string, string | number> {
  return {
    query,
    ...(words === null ? {} : { words }),
    ...(longer === null ? {} : { longer }),
    ...(shorter === null ? {} : { shorter }),
  };
}

/** Whatever a word is, at most so many rows are ranked. */
export async function candidates(tx: Tx, compiled: Compiled, asOf: number): Promise<Found> {
  if (compiled.query === null || isEmptyRange(compiled, asOf)) {
    return { videos: [], next: null, isAnything: false };
  }
  const newest = await rowsOf<Row>(tx, newestStatement(compiled, compiled.query, asOf));
  const isAll = newest.length < searchLimits.newest;
  // Where these are all, those that were liked are among them.
  const popular = isAll ? [] : await rowsOf<Row>(tx, popularStatement(compiled, compiled.query, asOf));
  const rows = new Map([...newest, ...popular].map((row) => [row.id, row]));
  const videos = [...rows.values()]
    .map((row) => ({ id: row.id, score: scoreOf(row, asOf) }))
    .sort((a, b) => b.score - a.score || (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  return { videos, next: null, isAnything: videos.length > 0 };
}

const DAY_MS = 86_400_000;

/** How well it matches, times what it has ahead for being new and liked. */
function scoreOf({ match, publishedMs, popularity }: Row, asOf: number): number {
  const ageDays = Math.max(0, asOf - publishedMs) / DAY_MS;
  const recency = searchRank.recency * 2 ** (-ageDays / searchRank.halfLifeDays);
  return match * (1 + recency + searchRank.popularity * popularity);
}
