import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Part } from './federation/part.ts';
import type { FeedSizes } from './feed/seed.ts';
import { type Bench, type Measurement, quantile } from './measurement.ts';
import { type Served, withServer, withStack } from './server.ts';

const CONNECTIONS = 16;
const SMALL: readonly FeedSizes[] = [
  { accounts: 1_000, videos: 5_000, likes: 20_000, watched: 20_000, viewers: 60 },
];
/** BENCH_FEED_VIDEOS: one size alone, such as 1000000. BENCH_FEED_DATA: a folder where what is seeded is kept for the next run. */
const LARGE: readonly FeedSizes[] = [
  { accounts: 10_000, videos: 100_000, likes: 300_000, watched: 300_000, viewers: 400 },
  { accounts: 100_000, videos: 1_000_000, likes: 1_000_000, watched: 1_000_000, viewers: 400 },
];

/** Feeds a second that are asked for, whether the ones before are answered or not. */
const RATE = Number(process.env.BENCH_FEED_RATE ?? 20);
const FEEDS_OF_EACH = 3;
const LIMIT = 20;

/** A route of the same application, through the same checks, that asks nothing of the database. */
const BASELINE = '/api/v1/custom_emojis';

/** What the feed shall cost at most, with PostgreSQL and Redis beside it (ranking.md 7). */
const GOALS = { p50: 25, p99: 120, rssMb: 1_536, changedMs: 100 };

/** For You of real processes with PostgreSQL and Redis, for people who page, like, and page on. */
export const feed: Bench = async ({ isSmall }) => {
  const only = Number(process.env.BENCH_FEED_VIDEOS ?? 0);
  const sizes = (isSmall ? SMALL : LARGE).filter(({ videos }) => only === 0 || videos === only);
  const measured: Measurement[] = [];
  for (const size of sizes) measured.push(...(await withFeed(size, (ask, part) => measure(size, ask, part))));
  return measured;
};

/** Asks the server as somebody (null: nobody): the answer, and how long it took. */
type Ask = (
  path: string,
  token: string | null,
  method?: 'GET' | 'POST',
) => Promise<{ readonly ms: number; readonly body: FeedAnswer }>;

interface FeedAnswer {
  readonly videos: readonly { readonly id: string }[];
  readonly next_cursor: string | null;
}

interface Started {
  readonly part: Part;
  readonly tokens: readonly string[];
}

function withFeed<T>(size: FeedSizes, run: (ask: Ask, started: Started) => Promise<T>): Promise<T> {
  const { BENCH_FEED_DATA: data } = process.env;
  const server = {
    ...{ file: 'feed/vireo.ts', env: { RANKING: 'on', LOG_LEVEL: 'warn' } },
    seed: (part: Part) => part.ask<{ tokens: string[] }>('seed', size),
  };
  const begun = async ({ part, origin, seeded: { tokens } }: Served<{ tokens: string[] }>): Promise<T> => {
    await part.ask('listen');
    const learnt = await part.ask<{ loadedMs: number; learntMs: number }>('learnt');
    say({ loadedSeconds: seconds(learnt.loadedMs), learntSeconds: seconds(learnt.learntMs) });
    const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
    return run(askerOf(pool), { part, tokens }).finally(() => pool.destroy());
  };
  return withStack((stack) => withServer(stack, server, begun), {
    keptIn: data && join(data, String(size.videos)),
  });
}

const seconds = (ms: number) => Number((ms / 1_000).toFixed(1));
const say = (facts: object) => process.stderr.write(`${JSON.stringify(facts)}\n`);

function askerOf(pool: Pool): Ask {
  return async (path, token, method = 'GET') => {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const askedAt = performance.now();
    const answer = await pool.request({ path, method, headers });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text}`);
    return { ms: performance.now() - askedAt, body: JSON.parse(text) };
  };
}

async function measure(size: FeedSizes, ask: Ask, { part, tokens }: Started): Promise<Measurement[]> {
  const half = Math.floor(tokens.length / 2);
  const name = (metric: string) => `${size.videos} videos, ${metric}`;
  // What is compiled, cached and connected at first is no feed of anybody.
  await paged(ask, tokens.slice(half, half + 20), RATE);
  const floor: number[] = [];
  for (let n = 0; n < 100; n += 1) floor.push((await ask(BASELINE, null)).ms);
  const before = await part.usage();
  const { first, next } = await paged(ask, tokens.slice(0, half), RATE);
  const spentMs = 1_000 * ((await part.usage()).cpuSeconds - before.cpuSeconds);
  const changed = await likes(ask, tokens.slice(half + 20, half + 60));
  const { rssBytes } = await part.usage();
  const times = (
    metric: string,
    all: readonly number[],
    goals: { p50?: number; p99?: number },
  ): Measurement[] =>
    (['p50', 'p95', 'p99'] as const).map((quantileName) => {
      const value = quantile(all, Number(quantileName.slice(1)) / 100);
      const goal = quantileName === 'p95' ? undefined : goals[quantileName];
      // Against what is wanted at most, where that is said; else against a route that asks nothing of anybody.
      return {
        ...{ metric: name(`${metric}: ${quantileName}`), value, unit: 'ms', lessIsBetter: true },
        ...(goal === undefined ? { baseline: quantile(floor, 0.5) } : { baseline: goal, goal: 1 }),
      };
    });
  return [
    ...times('a feed', [...first, ...next], { p50: GOALS.p50, p99: GOALS.p99 }),
    ...times('first page', first, {}),
    ...times('page after', next, {}),
    ...times('from a like to the page it changed', changed.ms, { p99: GOALS.changedMs }),
    {
      // Tells what a feed costs where other programs keep the processors busy.
      ...{ metric: name('processor time of a page'), value: spentMs / (first.length + next.length) },
      ...{ unit: 'ms', baseline: GOALS.p50, goal: 1, lessIsBetter: true },
    },
    {
      ...{ metric: name('likes that changed the next page'), value: changed.changed, unit: 'likes' },
      ...{ baseline: changed.ms.length, goal: 1 },
    },
    {
      ...{ metric: name('memory'), value: rssBytes / 2 ** 20, unit: 'MB', baseline: GOALS.rssMb },
      ...{ goal: 1, lessIsBetter: true },
    },
  ];
}

/** Everybody asks for a feed and some pages below; feeds begin at a steady rate. */
async function paged(ask: Ask, tokens: readonly string[], perSecond: number) {
  const first: number[] = [];
  const next: number[] = [];
  const one = async (token: string): Promise<void> => {
    let cursor: string | null = null;
    for (let pages = 0; pages < FEEDS_OF_EACH; pages += 1) {
      const below: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { ms, body } = await ask(`/api/v1/feed?limit=${LIMIT}${below}`, token);
      (pages === 0 ? first : next).push(ms);
      cursor = body.next_cursor;
      if (cursor === null) break;
      await pause(300);
    }
  };
  const running: Promise<void>[] = [];
  for (const token of tokens) {
    running.push(one(token));
    await pause((1_000 * FEEDS_OF_EACH) / perSecond);
  }
  await Promise.all(running);
  return { first, next };
}

/** A like of what is shown, and the page below: how long until that is there, and whether it is another one. */
async function likes(ask: Ask, tokens: readonly string[]) {
  const ms: number[] = [];
  let changed = 0;
  for (const token of tokens) {
    const top = await ask(`/api/v1/feed?limit=${LIMIT}`, token);
    const below = `/api/v1/feed?limit=${LIMIT}&cursor=${top.body.next_cursor}`;
    const before = await ask(below, token);
    const [liked] = top.body.videos;
    if (!liked) throw new Error('Nothing is shown.');
    await ask(`/api/v1/statuses/${liked.id}/favourite`, token, 'POST');
    const likedAt = performance.now();
    const after = await ask(below, token);
    ms.push(performance.now() - likedAt);
    const ids = ({ videos }: FeedAnswer) => videos.map(({ id }) => id).join();
    if (ids(after.body) !== ids(before.body)) changed += 1;
  }
  return { ms, changed };
}
