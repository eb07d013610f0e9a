import { Pool } from 'undici';
import type { Seeded, Sizes } from './api/seed.ts';
import type { Part } from './federation/part.ts';
import { type Bench, type Measurement, quantile } from './measurement.ts';
import { type Served, withServer, withStack } from './server.ts';

const CONNECTIONS = 8;
const LARGE: Sizes = { accounts: 10_000, videos: 100_000, likes: 1_000_000, viewers: 200 };
const SMALL: Sizes = { accounts: 500, videos: 2_000, likes: 10_000, viewers: 40 };

/** Of the read and of the baseline in turns, so that whatever else the machine does falls on both. */
const ROUNDS = 4;
const ROUND_MS = 1_000;
const SMALL_ROUND_MS = 150;

/** A route of the same application, through the same checks, that asks nothing of the database. */
const BASELINE = '/api/v1/custom_emojis';

/** What is asked often. `small` has little in it, `large` much: both must cost the same number of queries. */
interface Read {
  readonly name: string;
  readonly isSignedIn: boolean;
  path(size: 'small' | 'large', viewer: Seeded['viewers'][number]): string;
}

function readsOf({ accounts, videos }: Seeded): Read[] {
  const account = { large: accounts[0], small: accounts[1] };
  const video = { large: videos[0], small: videos[1] };
  const limit = { large: 40, small: 5 };
  const ids = (count: number) =>
    Array.from({ length: count }, (_, at) => `id[]=${Number(accounts[0]) + at}`).join('&');
  const read = (name: string, path: Read['path'], isSignedIn = true): Read => ({ name, path, isSignedIn });
  return [
    read('home timeline', (size) => `/api/v1/timelines/home?limit=${limit[size]}`),
    read('public timeline', (size) => `/api/v1/timelines/public?limit=${limit[size]}`, false),
    read('hashtag timeline', (size) => `/api/v1/timelines/tag/birds?limit=${limit[size]}`),
    read('list timeline', (size, { listId }) => `/api/v1/timelines/list/${listId}?limit=${limit[size]}`),
    // Of as many kinds in both cases: comments, shares and videos.
    read(
      'posts of an account',
      (size) => `/api/v1/accounts/${account.large}/statuses?limit=${size === 'large' ? 40 : 15}`,
    ),
    read('account', (size) => `/api/v1/accounts/${account[size]}`),
    read('status', (size) => `/api/v1/statuses/${video[size]}`),
    read('context', (size) => `/api/v1/statuses/${video[size]}/context`),
    read('notifications', (size) => `/api/v1/notifications?limit=${limit[size]}`),
    read('notifications in groups', (size) => `/api/v2/notifications?limit=${limit[size]}`),
    read('account search', (size) => `/api/v1/accounts/search?q=person&limit=${limit[size]}`),
    read('search', (size) => `/api/v2/search?q=@person${size === 'large' ? 2 : 4}`),
    read('verify_credentials', () => '/api/v1/accounts/verify_credentials'),
    read('relationships', (size) => `/api/v1/accounts/relationships?${ids(limit[size])}`),
  ];
}

interface Run {
  readonly wallMs: number;
  readonly latencies: readonly number[];
}

/**
 * The reads that apps repeat all day, of a web process with real PostgreSQL and Redis and as much in them as a community
 * gathers, against a route of the same application that asks nothing of the database.
 */
export const api: Bench = ({ isSmall }) => {
  const server = {
    file: 'api/vireo.ts',
    seed: (web: Part) => web.ask<Seeded>('seed', isSmall ? SMALL : LARGE),
  };
  const measured = async ({ part: web, origin, seeded }: Served<Seeded>): Promise<Measurement[]> => {
    process.stderr.write(`${JSON.stringify(seeded.counted)}\n`);
    const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
    return measure(web, pool, seeded, isSmall ? SMALL_ROUND_MS : ROUND_MS).finally(() => pool.destroy());
  };
  return withStack((stack) => withServer(stack, server, measured));
};

async function measure(web: Part, pool: Pool, seeded: Seeded, roundMs: number): Promise<Measurement[]> {
  const asker = createAsker(pool, seeded);
  const baseline: Read = { name: 'baseline', isSignedIn: false, path: () => BASELINE };
  await asker.repeat(baseline, roundMs);
  const found: Measurement[] = [];
  for (const read of readsOf(seeded)) {
    const counts = {
      small: await asker.queries(web, read, 'small'),
      large: await asker.queries(web, read, 'large'),
    };
    await asker.repeat(read, roundMs / 3);
    const ours: Run[] = [];
    const floor: Run[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await asker.repeat(read, roundMs));
      floor.push(await asker.repeat(baseline, roundMs / 3));
    }
    const ratio = (metric: string, unit: string, of: (runs: readonly Run[]) => number, isTime: boolean) => ({
      ...{
        metric: `${read.name}${metric}`,
        unit,
        value: of(ours),
        baseline: of(floor),
        lessIsBetter: isTime,
      },
    });
    found.push(
      ratio('', 'a second', perSecond, false),
      ratio(': p50', 'ms', (runs) => quantile(latenciesOf(runs), 0.5), true),
      ratio(': p99', 'ms', (runs) => quantile(latenciesOf(runs), 0.99), true),
      {
        ...{ metric: `${read.name}: queries`, unit: 'a request', value: counts.large },
        ...{ baseline: counts.small, goal: 1, lessIsBetter: true },
      },
    );
  }
  return found;
}

function createAsker(pool: Pool, { viewers }: Seeded) {
  let turn = 0;
  const ask = async (read: Read, size: 'small' | 'large', asViewer?: Seeded['viewers'][number]) => {
    turn += 1;
    const viewer = asViewer ?? viewers[turn % viewers.length];
    if (!viewer) throw new Error('There are no viewers.');
    // Everybody has a limit of their own, visitors by their address.
    const headers: Record<string, string> = read.isSignedIn
      ? { authorization: `Bearer ${viewer.token}` }
      : { 'x-forwarded-for': `10.${turn % 200}.${Math.floor(turn / 200) % 200}.1` };
    const answer = await pool.request({ path: read.path(size, viewer), method: 'GET', headers });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${read.name}: ${answer.statusCode} ${text}`);
  };
  return {
    /** How many statements one request causes, once everything that is kept in memory is there. */
    async queries(web: Part, read: Read, size: 'small' | 'large'): Promise<number> {
      const [viewer] = viewers;
      for (let n = 0; n < 2; n += 1) await ask(read, size, viewer);
      await web.ask('listen');
      await ask(read, size, viewer);
      return (await web.ask<unknown[]>('heard')).length;
    },
    async repeat(read: Read, forMs: number): Promise<Run> {
      const latencies: number[] = [];
      const startedAt = performance.now();
      const worker = async () => {
        while (performance.now() - startedAt < forMs) {
          const askedAt = performance.now();
          await ask(read, 'large');
          latencies.push(performance.now() - askedAt);
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, worker));
      return { wallMs: performance.now() - startedAt, latencies };
    },
  };
}

function perSecond(runs: readonly Run[]): number {
  const wallMs = runs.reduce((sum, run) => sum + run.wallMs, 0);
  return (1_000 * runs.reduce((sum, run) => sum + run.latencies.length, 0)) / wallMs;
}

const latenciesOf = (runs: readonly Run[]): number[] => runs.flatMap(({ latencies }) => latencies);
