import { createRankingEngine, type RankingSettings } from '../../src/modules/ranking/index.ts';
import type { Signal } from '../../src/modules/signals/index.ts';
import { createWorld, DAY, type Random, type World, type WorldSizes } from './world.ts';

/** How the places for trials are filled. `random` puts any video of the pool there, each as likely. */
export type Policy = 'thompson' | 'random' | 'greedy';

export interface Outcome {
  /** Share of the best tenth of the new videos that so many people were shown within a day. */
  readonly found: number;
  /** Share of what was shown that was watched to the end. */
  readonly reward: number;
  /** Share of places that were trials. */
  readonly explored: number;
  readonly msPerFeed: number;
}

/** A video is found when so many people have been shown it: enough to know it by, and three times what chance alone gives each. */
const FOUND = 25;
const POOL = 150;
const TRAIN_MS = 6 * 3_600_000;

/** Lives through the days of a world with one policy. The same seed is the same world for all. */
export function live(sizes: WorldSizes, settings: RankingSettings, policy: Policy, seed: number): Outcome {
  const world = createWorld(sizes, seeded(seed));
  const random = seeded(seed + 1_000);
  const engine = createRankingEngine({
    random: seeded(seed + 2_000),
    settings: settingsOf(settings, policy),
  });
  for (const signal of world.settled) engine.ingest(signal);
  warmUp(world, engine.ingest, random, sizes);
  const told = [...world.uploads].reverse();
  const pool = new Set<string>();
  const met = new Map<string, Set<string>>(world.people.map(({ id }) => [id, new Set()]));
  const shownTo = new Map<string, number>();
  const count = { shown: 0, finished: 0, trials: 0, ms: 0 };
  let trained = world.start;
  engine.train(world.start);
  for (const { at, person } of world.visits) {
    for (let next = told.at(-1); next && next.at <= at; next = told.at(-1)) {
      told.pop();
      engine.ingest(next);
      if (next.kind === 'video') pool.add(next.id);
    }
    if (at - trained >= TRAIN_MS) {
      engine.train(at);
      trained = at;
    }
    const before = performance.now();
    const { items } = engine.feed({ userId: person, n: sizes.feed, at });
    count.ms += performance.now() - before;
    const ids = items.map(({ videoId }) => videoId);
    count.trials += items.filter(({ propensity }) => propensity !== null).length;
    if (policy === 'random') count.trials += replaceAtRandom(ids, pool, met.get(person), settings, random);
    for (const videoId of ids) {
      const isFinished = random() < world.chance(person, videoId);
      for (const signal of watched(person, videoId, at, isFinished)) engine.ingest(signal);
      if (isFinished && random() < 0.1)
        engine.ingest({ kind: 'like', at, actorId: person, videoId, on: true });
      count.shown += 1;
      count.finished += isFinished ? 1 : 0;
      met.get(person)?.add(videoId);
      const video = world.videos.get(videoId);
      if (!video || at - video.publishedAt > DAY) continue;
      const times = (shownTo.get(videoId) ?? 0) + 1;
      shownTo.set(videoId, times);
      if (times >= POOL) pool.delete(videoId);
    }
  }
  // Only those that had their day.
  const best = world.bestOf().filter(({ publishedAt }) => publishedAt <= world.end - DAY);
  return {
    found: best.filter(({ id }) => (shownTo.get(id) ?? 0) >= FOUND).length / Math.max(1, best.length),
    reward: count.finished / Math.max(1, count.shown),
    explored: count.trials / Math.max(1, count.shown),
    msPerFeed: count.ms / world.visits.length,
  };
}

function settingsOf(settings: RankingSettings, policy: Policy): RankingSettings {
  if (policy === 'thompson') return settings;
  // Without trials, and without looking at what is to be tried: what is new has to come by itself.
  return {
    ...settings,
    mix: policy === 'greedy' ? { ...settings.mix, exploration: 0 } : settings.mix,
    exploration: { ...settings.exploration, share: 0, coldShare: 0 },
  };
}

/** What people watched before the first day: old videos, at random. */
function warmUp(world: World, ingest: (signal: Signal) => void, random: Random, sizes: WorldSizes): void {
  const old = [...world.videos.values()].filter(({ isNew }) => !isNew);
  const views = sizes.people * 40;
  for (let view = 0; view < views; view += 1) {
    const person = world.people[Math.floor(random() * world.people.length)]?.id ?? '';
    // Popular ones far more often than others.
    const video = old[Math.floor(random() ** 2 * old.length)]?.id ?? '';
    const at = Math.round(world.start - (1 - view / views) * 5 * DAY);
    for (const signal of watched(person, video, at, random() < world.chance(person, video))) ingest(signal);
  }
}

function watched(actorId: string, videoId: string, at: number, isComplete: boolean): Signal[] {
  const base = { at, actorId, videoId, source: 'for_you' } as const;
  const watch = { watchedMs: isComplete ? 20_000 : 2_000, isView: isComplete, isComplete, network: null };
  return [
    { kind: 'impression', ...base },
    { kind: 'watch', ...base, ...watch },
  ];
}

function replaceAtRandom(
  ids: string[],
  pool: ReadonlySet<string>,
  met: ReadonlySet<string> | undefined,
  { exploration }: RankingSettings,
  random: Random,
): number {
  const open = [...pool].filter((id) => !met?.has(id) && !ids.includes(id));
  let replaced = 0;
  for (
    let place = ids.length - 1;
    place >= 0 && replaced < Math.round(ids.length * exploration.share);
    place -= 10
  ) {
    const id = open[Math.floor(random() * open.length)];
    if (id === undefined || ids.includes(id)) continue;
    ids[place] = id;
    replaced += 1;
  }
  return replaced;
}

/** The same numbers in every run (mulberry32). */
function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
