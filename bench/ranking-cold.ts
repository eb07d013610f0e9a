import { createRankingEngine } from '../src/modules/ranking/index.ts';
import type { Bench, Measurement } from './measurement.ts';
import { listBy, type Method } from './ranking/baselines.ts';
import type { RankingData } from './ranking/data.ts';
import { everyOf, numbers, readDays } from './ranking/days.ts';
import { qualityOf, type Split, splitAt } from './ranking/protocol.ts';
import { signalsOf, userId, videoId } from './ranking/signals.ts';

/**
 * What becomes of videos that nobody was shown yet (ranking.md 3): every tenth one loses all that was done with it before the days that
 * are foreseen, and these alone are put in order, for everybody who then did something positive with one of them. What an engine
 * can say of them is what they are about, whose they are, and what sounds in them.
 */

const PART = 10;
const SEED = 7;
const LISTED = 50;
/** Ranking.md 3, of all that is known of a video that nobody met. */
const BAR = 0.137;

export const rankingCold: Bench = async ({ isSmall }) => {
  const { env } = process;
  const { data, at, until } = readDays(env);
  const random = numbers(SEED);
  const isCold = Uint8Array.from(data.items, () => (random() < 1 / PART ? 1 : 0));
  const known = {
    ...data,
    shown: data.shown.filter((one) => one.at >= at || isCold[one.video] !== 1),
  };
  const split = poolOf(splitAt(data, at, until), isCold);
  const every = everyOf(env, isSmall);
  const users = [...split.targets.keys()].filter((_, place) => place % every === 0);
  const pool = data.items.filter(({ video }) => isCold[video] === 1).length;
  process.stderr.write(`${users.length} people, ${pool} videos that nobody was shown\n`);
  const recall = (listOf: (user: number) => readonly number[]): number =>
    qualityOf(split, users, listOf).recall50;
  const chance = recall(listBy(split, atRandom(split, isCold), LISTED));
  const byTags = recall(listBy(split, tagAffinity(split, isCold), LISTED));
  const engine = recall(engineOf(known, split, isCold));
  const told = (metric: string, value: number, baseline: number, goal?: number): Measurement => ({
    ...{ metric: `cold Recall@50: ${metric}`, value, unit: '', baseline },
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    told('random', chance, chance),
    told('tag affinity', byTags, chance),
    told('engine against random', engine, chance),
    told('engine against tag affinity', engine, byTags, 1),
    told('engine', engine, BAR, 1),
  ];
};

/** Only what is in the pool is foreseen, and nothing that was done with it is known; who was shown what of it is not to be foreseen still holds. */
function poolOf(split: Split, isCold: Uint8Array): Split {
  const targets = new Map<number, ReadonlySet<number>>();
  for (const [user, wanted] of split.targets) {
    const cold = new Set([...wanted].filter((video) => isCold[video] === 1));
    if (cold.size > 0) targets.set(user, cold);
  }
  return { ...split, targets, positives: split.positives.filter(({ video }) => isCold[video] !== 1) };
}

function atRandom({ items }: Split, isCold: Uint8Array): Method {
  const random = numbers(SEED + 1);
  const scores = new Float64Array(items.length);
  return () => {
    for (let video = 0; video < scores.length; video += 1)
      scores[video] = isCold[video] === 1 ? random() : Number.NEGATIVE_INFINITY;
    return scores;
  };
}

/** The part of what somebody liked that has a hashtag, and a little of what all liked. */
function tagAffinity({ items, positives }: Split, isCold: Uint8Array): Method {
  const ofAll = new Map<string, number>();
  const ofUser = new Map<number, Map<string, number>>();
  for (const { user, video } of positives) {
    const mine = ofUser.get(user) ?? new Map<string, number>();
    ofUser.set(user, mine);
    for (const tag of items[video]?.tags ?? []) {
      mine.set(tag, (mine.get(tag) ?? 0) + 1);
      ofAll.set(tag, (ofAll.get(tag) ?? 0) + 1);
    }
  }
  const scores = new Float64Array(items.length);
  return (user) => {
    const mine = ofUser.get(user);
    for (const { video, tags } of items) {
      let score = isCold[video] === 1 ? 0 : Number.NEGATIVE_INFINITY;
      for (const tag of tags)
        score += ((mine?.get(tag) ?? 0) + (ofAll.get(tag) ?? 0) / positives.length) / tags.length;
      scores[video] = score;
    }
    return scores;
  };
}

/** The feed of the engine where it may show nothing but the pool, with all its rules and trials. */
function engineOf(known: RankingData, { at, seen }: Split, isCold: Uint8Array): (user: number) => number[] {
  const engine = createRankingEngine({ random: numbers(1) });
  for (const signal of signalsOf(known, at)) engine.ingest(signal);
  engine.train(at);
  const warm = known.items.filter(({ video }) => isCold[video] !== 1).map(({ video }) => videoId(video));
  const numberOf = new Map(known.items.map(({ video }) => [videoId(video), video]));
  return (user) => {
    const met = [...(seen.get(user) ?? [])].filter((video) => isCold[video] === 1).map(videoId);
    return engine
      .feed({ userId: userId(user), n: LISTED, at, without: [...warm, ...met] })
      .items.map((item) => numberOf.get(item.videoId) ?? -1);
  };
}
