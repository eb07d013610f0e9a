import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dayOf, type RankingData, readRankingData } from './data.ts';

/** The data and the days that a run is about, as the environment tells them (docs/ranking-engine.md). */
export interface Days {
  readonly data: RankingData;
  /** The first moment that is foreseen. */
  readonly at: number;
  readonly until: number;
}

export function readDays(env: NodeJS.ProcessEnv): Days {
  const folder = resolve(env.RANKING_DATA ?? join(env.SHARED_DIR ?? '../shared', 'ranking-data/dev'));
  const files =
    env.RANKING_EVENTS?.split(',') ?? readdirSync(folder).filter((name) => /^events_.*\.csv\.gz$/.test(name));
  return {
    data: readRankingData(folder, files),
    at: dayOf(env.RANKING_TRAIN_UNTIL ?? '2022-05-01'),
    until: dayOf(env.RANKING_TEST_UNTIL ?? '2022-05-05'),
  };
}

/** Only every so manieth person is asked for. */
export function everyOf(env: NodeJS.ProcessEnv, isSmall: boolean): number {
  const text = env.RANKING_EVERY ?? (isSmall ? '20' : '1');
  const every = Number(text);
  if (!Number.isInteger(every) || every < 1)
    throw new Error(`RANKING_EVERY is not a number from 1 on: ${text}`);
  return every;
}

/** Numbers from 0 to below 1, the same in every run (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
