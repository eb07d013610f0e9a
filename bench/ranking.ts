import { createRankingEngine } from '../src/modules/ranking/index.ts';
import type { Bench, Measurement } from './measurement.ts';
import {
  ease,
  ialsAlone,
  itemKnn,
  learntFrom,
  listBy,
  type Method,
  plainTrend,
  popularity,
} from './ranking/baselines.ts';
import type { RankingData } from './ranking/data.ts';
import { everyOf, numbers, readDays } from './ranking/days.ts';
import { type Quality, qualityOf, type Split, splitAt } from './ranking/protocol.ts';
import { signalsOf, userId, videoId } from './ranking/signals.ts';

/**
 * The quality of feeds on what real people did (docs/ranking-engine.md): the engine hears everything before a day in the order of time, by its
 * events alone, learns, and is asked for the feed of everybody who did something in the days after. Which days, and which files, is
 * told by the environment. All other methods are computed in the same run, on the same days.
 */

/** What the engine shall reach at once on the days from 1 to 4 May (ranking.md 3); no single method does. */
const BAR = { ndcg20: 0.08, recall50: 0.285, coverage20: 0.3, gini: 0.955, trainSeconds: 120 };
const FEED = 50;

export const ranking: Bench = async ({ isSmall }) => {
  const { env } = process;
  const { data, at, until } = readDays(env);
  const split = splitAt(data, at, until);
  const every = everyOf(env, isSmall);
  const users = [...split.targets.keys()].filter((_, at) => at % every === 0);
  const targets = users.reduce((sum, user) => sum + (split.targets.get(user)?.size ?? 0), 0);
  process.stderr.write(`${users.length} people, ${targets} videos to foresee\n`);
  const others = env.RANKING_ALONE === '1' ? [] : measureOthers(data, split, users);
  return [...others, ...measureEngine(data, split, users)];
};

function measureOthers(data: RankingData, split: Split, users: readonly number[]): Measurement[] {
  const learnt = learntFrom(split, data.userCount);
  const methods: Readonly<Record<string, () => Method>> = {
    popularity: () => popularity(split),
    'plain trend': () => plainTrend(split, data.shown),
    'item-kNN': () => itemKnn(split, learnt),
    'iALS alone': () => ialsAlone(split, learnt),
    'EASE of 2,000': () => ease(split, learnt),
  };
  let baseline: Quality | undefined;
  return Object.entries(methods).flatMap(([name, make]) => {
    const quality = qualityOf(split, users, listBy(split, make(), FEED));
    baseline ??= quality;
    return told(name, quality, baseline);
  });
}

function measureEngine(data: RankingData, split: Split, users: readonly number[]): Measurement[] {
  const engine = createRankingEngine({ random: numbers(1) });
  const heardAt = performance.now();
  let heard = 0;
  for (const signal of signalsOf(data, split.at)) {
    engine.ingest(signal);
    heard += 1;
  }
  const trainedAt = performance.now();
  engine.train(split.at);
  const askedAt = performance.now();
  const numberOf = new Map(data.items.map(({ video }) => [videoId(video), video]));
  const quality = qualityOf(split, users, (user) =>
    engine
      .feed({ userId: userId(user), n: FEED, at: split.at })
      .items.map((item) => numberOf.get(item.videoId) ?? -1),
  );
  const endedAt = performance.now();
  const seconds = (trainedAt - heardAt) / 1_000;
  process.stderr.write(`${heard} events heard in ${seconds.toFixed(1)} s\n`);
  return [
    ...told('engine', quality, BAR, 1),
    ...[
      {
        ...{ metric: 'engine: training', value: (askedAt - trainedAt) / 1_000, unit: 's' },
        ...{ baseline: BAR.trainSeconds, goal: 1, lessIsBetter: true },
      },
      {
        ...{ metric: 'engine: a feed of 50', value: (endedAt - askedAt) / users.length, unit: 'ms' },
        ...{ baseline: 25, lessIsBetter: true },
      },
    ],
  ];
}

function told(name: string, quality: Quality, baseline: Quality, goal?: number): Measurement[] {
  const one = (metric: string, of: keyof Quality, lessIsBetter: boolean): Measurement => ({
    ...{ metric: `${name}: ${metric}`, value: quality[of], unit: '', baseline: baseline[of], lessIsBetter },
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    one('NDCG@20', 'ndcg20', false),
    one('Recall@50', 'recall50', false),
    one('coverage@20', 'coverage20', false),
    one('creator Gini', 'gini', true),
  ];
}
