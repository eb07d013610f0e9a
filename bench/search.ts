import { join } from 'node:path';
import pg from 'pg';
import { Pool } from 'undici';
import type { Part } from './federation/part.ts';
import { type Bench, type Measurement, quantile } from './measurement.ts';
import type { SearchSizes } from './search/seed.ts';
import { createRandom, wordAt, zipf } from './search/words.ts';
import { withServer, withStack } from './server.ts';

const SMALL: SearchSizes = { accounts: 1_000, videos: 20_000, words: 20_000 };
/** BENCH_SEARCH_DATA: a folder where what is seeded is kept for the next run. BENCH_SEARCH_PLANS=1: plans are printed. */
const LARGE: SearchSizes = { accounts: 50_000, videos: 1_000_000, words: 200_000 };
/** What shall be met at a million videos. */
const GOALS = { search: 100, suggestions: 50 };
const OF_EACH = 60;
const WARM = 8;
/** The plain ways are slow: a few say enough. */
const OF_PLAIN = 5;

/** A route of the same application, through the same checks, that asks nothing of the database. */
const FLOOR = '/api/v1/custom_emojis';

/** Queries as people write them, by kind. */
function kinds(random: () => number, words: number): Readonly<Record<string, () => string>> {
  const any = () => wordAt(zipf(random, words));
  const among = (from: number, to: number) => wordAt(from + Math.floor(random() * (to - from)));
  const slipped = (word: string) => `${word.slice(0, 2)}x${word.slice(2)}`;
  return {
    'a word that most have': () => among(0, 5),
    'a common word': () => among(20, 2_000),
    'a rare word': () => among(words / 10, words / 2),
    'two words': () => `${any()} ${any()}`,
    'a phrase': () => `"${among(0, 30)} ${among(0, 30)}"`,
    'a hashtag': () => `#t${wordAt(zipf(random, 20_000))}`,
    'a word, filtered': () => `${any()} language:de is:local longer:20`,
    'a word of last year': () => `${among(0, 200)} after:2026-01 before:2026-06`,
    'a word without another': () => `${among(0, 200)} -${among(0, 5)}`,
    'a filter alone': () => 'language:fr',
    'a word with a slip': () => slipped(among(100, 3_000)),
    'a word that is begun': () => among(50, 5_000).slice(0, 4),
  };
}

/** Search and suggestions of a real web process with PostgreSQL and Redis, beside plain ways to search in the same rows. */
export const search: Bench = async ({ isSmall }) => {
  const sizes = isSmall ? SMALL : LARGE;
  return withSearch(sizes, async ({ pool, part, databaseUrl }) => {
    const random = createRandom(5);
    const floor: number[] = [];
    for (let n = 0; n < OF_EACH; n += 1) floor.push(await timed(pool, FLOOR));
    const measured: Measurement[] = [];
    const all: number[] = [];
    for (const [kind, make] of Object.entries(kinds(random, sizes.words))) {
      const unfinished = kind.endsWith('begun') ? '&unfinished=true' : '';
      const path = () => `/api/v1/search/videos?limit=20${unfinished}&q=${encodeURIComponent(make())}`;
      const ms = await several(pool, path);
      all.push(...ms);
      measured.push(...quantiles(`search, ${kind}`, ms, GOALS.search, floor));
      if (process.env.BENCH_SEARCH_PLANS) await printPlans(part, make());
    }
    measured.push(...quantiles('search, all of these', all, GOALS.search, floor));
    const begun = () => {
      const word = wordAt(zipf(random, sizes.words));
      return `${random() < 0.3 ? '#t' : ''}${word.slice(0, 1 + Math.floor(random() * word.length))}`;
    };
    const suggested = await several(
      pool,
      () => `/api/v1/search/suggestions?q=${encodeURIComponent(begun())}`,
      3,
    );
    measured.push(...quantiles('suggestions', suggested, GOALS.suggestions, floor));
    return [...measured, ...(await plainWays(databaseUrl, sizes, all))];
  });
};

interface Started {
  readonly pool: Pool;
  readonly part: Part;
  readonly databaseUrl: string;
}

function withSearch<T>(sizes: SearchSizes, run: (started: Started) => Promise<T>): Promise<T> {
  const { BENCH_SEARCH_DATA: data } = process.env;
  const server = {
    ...{ file: 'search/vireo.ts', env: { RANKING: 'off', LOG_LEVEL: 'warn', TRUSTED_PROXIES: 'loopback' } },
    seed: (part: Part) => part.ask<object>('seed', sizes),
  };
  return withStack(
    (stack) =>
      withServer(stack, server, async ({ part, origin }) => {
        await part.ask('listen');
        const pool = new Pool(origin, { connections: 4, pipelining: 1 });
        return run({ pool, part, databaseUrl: stack.databaseUrl }).finally(() => pool.destroy());
      }),
    { keptIn: data && join(data, String(sizes.videos)) },
  );
}

let caller = 0;

/** From a network of its own each time: how often one may ask is not what is measured. */
async function timed(pool: Pool, path: string): Promise<number> {
  caller += 1;
  const headers = { 'x-forwarded-for': `10.${(caller >> 16) & 255}.${(caller >> 8) & 255}.${caller & 255}` };
  const askedAt = performance.now();
  const answer = await pool.request({ path, method: 'GET', headers });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text}`);
  return performance.now() - askedAt;
}

/** One after the other; what is read from the disk for the first time is not counted. */
async function several(pool: Pool, path: () => string, times = 1): Promise<number[]> {
  for (let n = 0; n < WARM; n += 1) await timed(pool, path());
  const ms: number[] = [];
  for (let n = 0; n < OF_EACH * times; n += 1) ms.push(await timed(pool, path()));
  return ms;
}

function quantiles(
  metric: string,
  ms: readonly number[],
  goal: number,
  floor: readonly number[],
): Measurement[] {
  return [
    {
      metric: `${metric}: p50`,
      value: quantile(ms, 0.5),
      unit: 'ms',
      baseline: quantile(floor, 0.5),
      lessIsBetter: true,
    },
    {
      metric: `${metric}: p95`,
      value: quantile(ms, 0.95),
      unit: 'ms',
      baseline: goal,
      goal: 1,
      lessIsBetter: true,
    },
  ];
}

/** What a common word costs without an index of words, and with one where everything that matches is put in order. */
async function plainWays(
  databaseUrl: string,
  { words }: SearchSizes,
  ours: readonly number[],
): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const baseline = quantile(ours, 0.95);
  const ways = {
    'plain ILIKE': `select id from videos where caption ilike '%' || $1::text || '%' and state = 'published' and visibility = 'public' order by id desc limit 20`,
    'ts_rank of all that match': `select video_id from search_documents where document @@ plainto_tsquery('simple', $1::text)
      order by ts_rank(document, plainto_tsquery('simple', $1::text)) desc, video_id desc limit 20`,
  };
  const random = createRandom(9);
  const measured: Measurement[] = [];
  for (const [name, sql] of Object.entries(ways)) {
    for (const [which, word] of [
      ['a word that most have', () => wordAt(Math.floor(random() * 5))],
      ['a rare word', () => wordAt(words / 10 + Math.floor(random() * (words / 2)))],
    ] as const) {
      const ms: number[] = [];
      for (let n = 0; n < OF_PLAIN; n += 1) {
        const askedAt = performance.now();
        await client.query(sql, [word()]);
        ms.push(performance.now() - askedAt);
      }
      measured.push({ metric: `${name}, ${which}: p50`, value: quantile(ms, 0.5), unit: 'ms', baseline });
    }
  }
  await client.end();
  return measured;
}

async function printPlans(part: Part, q: string): Promise<void> {
  const plans = await part.ask<string[]>('plans', q);
  for (const plan of plans) process.stderr.write(`\n${q}\n${plan}\n`);
}
