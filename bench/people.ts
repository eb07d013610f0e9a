import pg from 'pg';
import type { Part } from './federation/part.ts';
import { type Bench, type Measurement, quantile } from './measurement.ts';
import { ACCOUNT, type PeopleSizes } from './people/seed.ts';
import { withServer, withStack } from './server.ts';

const SMALL: PeopleSizes = { accounts: 5_000, follows: 25_000, videos: 5_000 };
/** BENCH_PEOPLE_PLANS=1: plans are printed. */
const LARGE: PeopleSizes = { accounts: 200_000, follows: 1_000_000, videos: 300_000 };
/** Milliseconds of all questions together. */
const GOAL = 100;
const OF_EACH = 40;
const WARM = 5;

/** Whom suggestions are asked for: somebody as most are, one who follows nobody yet, and the one who follows most. */
const viewers: Readonly<Record<string, (accounts: number, n: number) => number>> = {
  somebody: (accounts, n) => ACCOUNT + ((n * 7_919) % accounts),
  'one who follows very many': () => ACCOUNT,
};

/** Whom PostgreSQL counts where nothing bounds it. */
const PLAIN = `select theirs.target_id, count(*) from follows as mine
  join follows as theirs on theirs.follower_id = mine.target_id and theirs.state = 'accepted'
  join accounts on accounts.id = theirs.target_id and accounts.discoverable
 where mine.follower_id = $1 and mine.state = 'accepted' group by 1 order by 2 desc limit 40`;

/** Suggestions of people on a server that knows many, beside a plain count of friends of friends in the same rows. */
export const people: Bench = async ({ isSmall }) => {
  const sizes = isSmall ? SMALL : LARGE;
  return withPeople(sizes, async (part, databaseUrl) => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const measured: Measurement[] = [];
    for (const [who, idOf] of Object.entries(viewers)) {
      const ask = (n: number) => ({
        viewerId: String(idOf(sizes.accounts, n)),
        tags: ['t0', 't1', 't7', `t${n}`],
      });
      const ours: number[] = [];
      const plain: number[] = [];
      for (let n = 0; n < WARM + OF_EACH; n += 1) {
        const { ms, found } = await part.ask<{ ms: number; found: number }>('suggest', ask(n));
        if (found === 0) throw new Error(`${who}: nobody was suggested.`);
        const askedAt = performance.now();
        await client.query(PLAIN, [ask(n).viewerId]);
        if (n < WARM) continue;
        ours.push(ms);
        plain.push(performance.now() - askedAt);
      }
      const metric = `suggestions for ${who}`;
      const baseline = quantile(plain, 0.5);
      measured.push(
        { metric: `${metric}: p50`, value: quantile(ours, 0.5), unit: 'ms', baseline },
        {
          metric: `${metric}: p95`,
          value: quantile(ours, 0.95),
          unit: 'ms',
          baseline: GOAL,
          goal: 1,
          lessIsBetter: true,
        },
      );
      if (process.env.BENCH_PEOPLE_PLANS)
        process.stderr.write(`\n${who}\n${(await part.ask<string[]>('plans', ask(1))).join('\n\n')}\n`);
    }
    await client.end();
    return measured;
  });
};

function withPeople<T>(sizes: PeopleSizes, run: (part: Part, databaseUrl: string) => Promise<T>): Promise<T> {
  const server = {
    ...{ file: 'people/vireo.ts', env: { RANKING: 'off', LOG_LEVEL: 'warn' } },
    seed: (part: Part) => part.ask<object>('seed', sizes),
  };
  return withStack((stack) => withServer(stack, server, ({ part }) => run(part, stack.databaseUrl)));
}
