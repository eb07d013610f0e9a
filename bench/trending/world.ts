import type { Signal } from '../../src/modules/signals/index.ts';
import { attacks } from './attacks.ts';
import { numbers, type Random } from './numbers.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 4;
/** What people do fades by half in this time after a video came. */
const FADING_MS = 12 * HOUR_MS;
const HALF_LIFE_MS = 6 * HOUR_MS;

export interface WorldSize {
  readonly videos: number;
  readonly people: number;
  readonly domains: number;
  readonly acts: number;
}

export interface World {
  /** In the order of their times. */
  readonly signals: readonly Signal[];
  readonly end: number;
  /** What trends ought to show: the interest people really have in a video at the end, by its id. */
  readonly heat: ReadonlyMap<string, number>;
  /** The videos that somebody pushed, by what they did. */
  readonly attacked: ReadonlyMap<string, string>;
}

/** Where attackers find what they need. */
export interface Stage {
  readonly random: Random;
  readonly start: number;
  readonly end: number;
  readonly domains: readonly string[];
  readonly people: readonly string[];
}

/**
 * An instance over four days: videos of very unequal interest, from here and from other servers, people of both who act on
 * them as that interest has it, and beside them attackers, each pushing a video that nobody cares for. The same seed makes
 * the same world.
 */
export function simulate(size: WorldSize, seed: number, { isAttacked = true } = {}): World {
  const random = numbers(seed);
  const start = Date.UTC(2026, 2, 2);
  const end = start + DAYS * DAY_MS;
  const domains = Array.from({ length: size.domains }, (_, one) => `server-${one}.example`);
  const people = Array.from({ length: size.people }, (_, one) => `person-${one}`);
  const homes = people.map(() => (random() < 0.5 ? '' : pickUnequal(domains, random)));
  const signals: Signal[] = people.map((id, one) =>
    account(id, homes[one] ?? '', start - 30 * DAY_MS * (1 + random()), start),
  );
  people.forEach((actorId, one) => {
    if (homes[one] !== '') return;
    for (let times = 0; times < 5; times += 1) {
      const targetId = people[Math.floor(random() * people.length)] ?? actorId;
      signals.push({ kind: 'follow', at: start, actorId, targetId, on: true });
    }
  });

  const made = makeVideos(size.videos, people, homes, start, end, random);
  const heat = new Map(made.map((video) => [video.id, video.interest * remaining(video.publishedAt, end)]));
  const acts = actsOn(made, size.acts, people, homes, end, random);
  const attacked = new Map<string, string>();
  if (isAttacked) {
    const stage = { random, start, end, domains, people };
    for (const [name, attack] of Object.entries(attacks)) {
      const id = `pushed-${name}`;
      attacked.set(id, name);
      heat.set(id, 0);
      signals.push(video(id, 'person-0', '', end - 5 * HOUR_MS));
      for (const signal of attack(id, stage)) signals.push(signal);
    }
  }
  for (const { id, author, home, publishedAt } of made) signals.push(video(id, author, home, publishedAt));
  for (const act of acts) signals.push(act);
  signals.sort((a, b) => a.at - b.at);
  return { signals, end, heat, attacked };
}

export function account(id: string, domain: string, createdAt: number, at: number): Signal {
  return { kind: 'account', at, id, domain, createdAt: Math.floor(createdAt), languages: [], interests: [] };
}

function video(id: string, authorId: string, domain: string, at: number): Signal {
  return {
    ...{ kind: 'video', at, id, authorId, domain, publishedAt: at, tags: [], soundId: null },
    ...{ language: null, durationMs: 20_000, caption: '', sensitive: false },
  };
}

interface Made {
  readonly id: string;
  readonly author: string;
  readonly home: string;
  readonly publishedAt: number;
  readonly interest: number;
}

function makeVideos(
  count: number,
  people: readonly string[],
  homes: readonly string[],
  start: number,
  end: number,
  random: Random,
): Made[] {
  return Array.from({ length: count }, (_, one) => {
    const by = Math.floor(random() * people.length);
    return {
      id: `video-${one}`,
      author: people[by] ?? '',
      home: homes[by] ?? '',
      publishedAt: Math.floor(start + random() * (end - start - HOUR_MS)),
      interest: Math.exp(1.6 * normal(random)),
    };
  });
}

/** What of the interest in a video is worth something at the end, as the half-life has it. */
function remaining(publishedAt: number, end: number): number {
  let sum = 0;
  for (let step = 0.5; step < 400; step += 1) {
    const t = publishedAt + ((end - publishedAt) * step) / 400;
    sum += 2 ** (-(t - publishedAt) / FADING_MS) * 2 ** (-(end - t) / HALF_LIFE_MS);
  }
  return (sum * (end - publishedAt)) / 400 / FADING_MS;
}

function actsOn(
  videos: readonly Made[],
  count: number,
  people: readonly string[],
  homes: readonly string[],
  end: number,
  random: Random,
): Signal[] {
  const sums: number[] = [];
  let total = 0;
  for (const { interest, publishedAt } of videos) {
    total += interest * (1 - 2 ** (-(end - publishedAt) / FADING_MS));
    sums.push(total);
  }
  return Array.from({ length: count }, (_, turn): Signal => {
    const of = videos[lowerBound(sums, random() * total)] ?? videos[0];
    if (!of) throw new Error('A world has videos.');
    const share = 1 - 2 ** (-(end - of.publishedAt) / FADING_MS);
    const at = Math.floor(of.publishedAt - FADING_MS * Math.log2(1 - random() * share));
    const who = Math.floor(random() * people.length);
    const actorId = people[who] ?? '';
    const act = { at, actorId, videoId: of.id };
    const what = random();
    if (homes[who] === '' && what < 0.6) {
      const seen = { watchedMs: 20_000, isView: true, isComplete: random() < 0.4, network: `net-${who}` };
      return { kind: 'watch', ...act, source: 'for_you', ...seen };
    }
    if (what < 0.8) return { kind: 'like', ...act, on: true };
    if (what < 0.9) return { kind: 'comment', ...act, commentId: `comment-${turn}`, on: true };
    return { kind: 'share', ...act, on: true };
  });
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** One of them, the first far more often than the last. */
function pickUnequal<T extends string>(from: readonly T[], random: Random): string {
  return from[Math.floor(from.length * random() ** 3)] ?? '';
}

function lowerBound(sums: readonly number[], value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
