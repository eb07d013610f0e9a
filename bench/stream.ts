import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { migrate } from '../src/db/migrate.ts';
import type { AccountId, VideoId } from '../src/lib/ids.ts';
import type { Bench, Measurement } from './measurement.ts';
import { withStack } from './server.ts';
import { createBareLoop } from './stream/bare.ts';
import { spentPerEvent, spentSoFar } from './stream/cpu.ts';
import { accountId, openWatching, type Sizes, seed, videoId } from './stream/parts.ts';

const WORKER = fileURLToPath(new URL('./stream/worker.ts', import.meta.url));
const CACHE = fileURLToPath(new URL('../.cache/compile', import.meta.url));
const LARGE = { accounts: 10_000, videos: 2_000, rounds: 5, warm: 2, seconds: 60, kills: 10 };
const SMALL = { accounts: 500, videos: 200, rounds: 1, warm: 0, seconds: 2, kills: 2 };
const BATCH = 20_000;
const WANTED_PER_SECOND = 20_000;
/** More than is wanted: what is stored after the last was sent counts as time, too. */
const OFFERED_PER_SECOND = 25_000;
const PER_REPORT = 10;
/** Of the reports, so many come twice, as from clients that lost the answer. */
const TWICE = 0.02;

/**
 * From acknowledged to counted: how many events a second the consumer moves from the stream to PostgreSQL, beside a bare loop of the same
 * inserts; then 20,000 a second while it is killed ten times, after which every sum must be exact.
 */
export const stream: Bench = ({ isSmall }) => {
  const sizes = isSmall ? SMALL : LARGE;
  return withStack(async ({ databaseUrl, redisUrl }) => {
    await migrate(databaseUrl);
    // A clock that stands still: which views are of one hour is known beforehand.
    const now = Date.now();
    const addresses = [databaseUrl, redisUrl] as const;
    const parts = openWatching(...addresses, 1, { now: () => now });
    await seed(parts.db, sizes);
    const speed = await consumed(parts, sizes);
    const kills = await killed(parts, addresses, sizes);
    await parts.close();
    return [speed, kills];
  });
};

type Parts = ReturnType<typeof openWatching>;

/** What must have come out in the end. */
interface Expected {
  events: number;
  readonly views: Set<string>;
  watchedMs: number;
}

/** Half of them are signed in; a quarter skips, and a seventh of the rest watches to the end. */
function createReporter({ watching }: Parts, { accounts, videos }: Sizes) {
  const expected: Expected = { events: 0, views: new Set(), watchedMs: 0 };
  const any = (count: number) => Math.floor(Math.random() * count);
  function event(who: string) {
    const [video, chance] = [videoId(any(videos)) as VideoId, Math.random()];
    const kind = chance < 0.25 ? 'skip' : chance < 0.89 ? 'watch' : 'complete';
    const watchedMs = kind === 'skip' ? any(1_000) : kind === 'watch' ? 3_000 + any(9_000) : 12_000;
    expected.events += 1;
    if (kind !== 'complete') expected.watchedMs += watchedMs;
    if (kind !== 'skip') expected.views.add(`${who} ${video}`);
    return {
      id: randomUUID(),
      videoId: video,
      kind,
      watchedMs,
      at: null,
      source: 'for_you',
      mask: null,
    } as const;
  }
  async function report(): Promise<void> {
    const n = any(accounts);
    const isSignedIn = Math.random() < 0.5;
    const network = `10.${n >> 8}.${n & 255}`;
    const watcher = isSignedIn
      ? { accountId: accountId(n) as AccountId }
      : { accountId: null, visitor: network };
    const told = {
      watcher,
      network,
      events: Array.from({ length: PER_REPORT }, () => event(`${isSignedIn} ${n}`)),
    };
    for (let times = Math.random() < TWICE ? 2 : 1; times > 0; times -= 1) {
      const outcome = await watching.report(told);
      if (typeof outcome === 'string' || outcome.accepted !== PER_REPORT)
        throw new Error('A report was not taken.');
    }
  }
  const send = async (events: number) => {
    await Promise.all(Array.from({ length: Math.ceil(events / PER_REPORT) }, report));
  };
  return { send, expected };
}

/** The consumer and the bare loop in turns, so that whatever else the machine does falls on both. */
async function consumed(parts: Parts, sizes: typeof LARGE): Promise<Measurement> {
  const bare = await createBareLoop(parts.db);
  const { send } = createReporter(parts, sizes);
  const consumer = parts.watching.consumer(parts.redis);
  const spent = { ours: 0, bare: 0 };
  const timed = async (work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    return (performance.now() - began) / 1_000;
  };
  for (let round = -sizes.warm; round < sizes.rounds; round += 1) {
    await send(BATCH);
    const batch = bare.make(BATCH, sizes);
    const ours = await timed(async () => {
      while ((await consumer.step()) === 'stored');
    });
    const bareSeconds = await timed(() => bare.run(batch));
    if (round < 0) continue;
    spent.ours += ours;
    spent.bare += bareSeconds;
  }
  const events = sizes.rounds * BATCH;
  return { metric: 'consumed', value: events / spent.ours, unit: 'events/s', baseline: events / spent.bare };
}

/** Kills the consumer again and again under a steady load. Throws where a sum is not exact. */
async function killed(
  parts: Parts,
  addresses: readonly [string, string],
  sizes: typeof LARGE,
): Promise<Measurement> {
  const before = await sumsOf(parts);
  const { send, expected } = createReporter(parts, sizes);
  // What was reported before must count no second time here.
  await parts.db.raw('truncate view_keys');
  let node = 2;
  // As `npm start` runs the server: what is compiled once is not compiled again after a kill.
  const env = { NODE_COMPILE_CACHE: CACHE, ...process.env };
  const start = () =>
    fork(WORKER, [...addresses, String(node++)], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let worker: ChildProcess = start();
  const spentBefore = await spentSoFar();
  const began = performance.now();
  const endsAt = began + sizes.seconds * 1_000;
  const killing = (async () => {
    for (let kills = 0; kills < sizes.kills; kills += 1) {
      await pause(((endsAt - began) / (sizes.kills + 1)) * (0.5 + Math.random()));
      worker.kill('SIGKILL');
      await once(worker, 'exit');
      worker = start();
    }
  })();
  for (let slices = 1; performance.now() < endsAt; slices += 1) {
    await send(OFFERED_PER_SECOND / 20);
    await pause(Math.max(0, began + slices * 50 - performance.now()));
  }
  await killing;
  while ((await parts.redis.xlen('bench:watched')) > 0) await pause(20);
  const seconds = (performance.now() - began) / 1_000;
  const spent = spentPerEvent(spentBefore, await spentSoFar(), expected.events);
  process.stderr.write(`stream: ${spent}\n`);
  worker.kill('SIGKILL');
  const after = await sumsOf(parts);
  const counted = after.map((sum, at) => sum - (before[at] ?? 0));
  const wanted = [expected.events, expected.views.size, expected.watchedMs];
  if (counted.join() !== wanted.join()) {
    throw new Error(`Events, views and milliseconds are ${counted.join()} and should be ${wanted.join()}.`);
  }
  return {
    ...{ metric: `${sizes.kills} kills, sums exact`, value: expected.events / seconds, unit: 'events/s' },
    ...{ baseline: WANTED_PER_SECOND, goal: 1 },
  };
}

/** Events that were stored, views that were counted, and the time that was watched. */
async function sumsOf({ db, watching }: Parts): Promise<number[]> {
  await watching.addTallies();
  const seen = await db('watch_seen').count('* as count').first();
  const sums = await db('video_views').sum({ views: 'views', ms: 'watched_ms' }).first();
  return [Number(seen?.count), Number(sums?.views ?? 0), Number(sums?.ms ?? 0)];
}
