import { rankingLimits } from '../../../config/ranking-limits.ts';
import { type Catalogue, NONE } from './catalogue.ts';
import { type CandidateSource, candidateSources } from './engine.ts';
import type { Heat } from './heat.ts';
import { mark, placeOf } from './ledger.ts';
import { Largest } from './models/largest.ts';
import type { NeighbourScores, Scorer } from './models/model.ts';
import type { People } from './people.ts';
import type { Pool } from './pool.ts';
import type { Random } from './random.ts';
import { holds } from './taste.ts';
import { topPlaces } from './top.ts';
import type { Viewer } from './viewer.ts';

/** The videos that a feed is chosen from, in no order but one: those that are there by chance alone come last. */
export interface Candidates {
  readonly slots: readonly number[];
  /** So many come first that are there whatever was drawn: nothing about them may depend on the draw, or its chances would be wrong. */
  readonly settled: number;
  /** Bit i: it came from the i-th of `candidateSources`. */
  readonly from: Map<number, number>;
  /** What exploration may draw, and how likely each was to be among them. */
  readonly drawn: ReadonlyMap<number, number>;
  /** Somebody who is followed and liked or shared it, and how many did. */
  readonly liked: ReadonlyMap<number, { by: number; count: number }>;
}

export interface SourceDeps {
  readonly catalogue: Catalogue;
  readonly people: People;
  readonly pool: Pool;
  readonly heat: Heat;
  readonly scorer: Scorer | null;
  /** What the viewer's profile says by neighbours; null where it says nothing. */
  readonly neighbours: NeighbourScores | null;
  /** Videos whose factors are nearest to a person's, best first. */
  nearest(factor: Float32Array, n: number): ArrayLike<number>;
}

/**
 * Asks every source for its best, in the parts of the mix. A video that several give counts for the first and notes all; what a source
 * does not use of its part goes on to the others. Exploration comes last, and its part is reckoned without what was drawn: what
 * the others give is the same whatever that is.
 */
export function gather(
  deps: SourceDeps,
  viewer: Viewer,
  plan: {
    readonly at: number;
    readonly mix: Readonly<Record<CandidateSource, number>>;
    readonly count: number;
    readonly mayScan: boolean;
    /** Where the sources have fewer than this, it is filled up. */
    readonly least: number;
    /** What trends where the viewer is, best first. */
    readonly trending: readonly number[];
    allows(video: number): boolean;
  },
  random: Random,
): Candidates {
  const { social, liked } = socialOf(deps, viewer);
  const isPersonal = viewer.isPersonal;
  const offers: Readonly<Record<SettledSource, readonly number[]>> = {
    collaborative: isPersonal ? collaborative(deps, viewer, plan) : [],
    content: isPersonal ? contentOf(deps, viewer, plan.count) : [],
    social,
    trending: inTurns(deps.heat.hottest(), plan.trending),
  };
  const from = new Map<number, number>();
  const total = candidateSources.reduce((sum, source) => sum + plan.mix[source], 0) || 1;
  const partOf = (source: CandidateSource) => Math.round((plan.count * plan.mix[source]) / total);
  const next = new Map<SettledSource, number>();
  let left = plan.count - Math.min(partOf('exploration'), drawFromNewest + drawFromPool);
  const take = (source: SettledSource, most: number): void => {
    const bit = 1 << candidateSources.indexOf(source);
    const offer = offers[source];
    let at = next.get(source) ?? 0;
    for (let taken = 0; taken < most && at < offer.length; at += 1) {
      const video = offer[at] ?? NONE;
      const known = from.get(video);
      if (known !== undefined) {
        from.set(video, known | bit);
        continue;
      }
      if (!plan.allows(video)) continue;
      from.set(video, bit);
      taken += 1;
      left -= 1;
    }
    next.set(source, at);
  };
  for (const source of settledSources) if (plan.mix[source] > 0) take(source, partOf(source));
  for (const source of settledSources) if (plan.mix[source] > 0) take(source, left);
  // Whatever there is is looked at where the rest is too little; and what may be tried out, even where the mix has no part for it.
  if (from.size < plan.least) fillUp(deps, plan, from);
  const settled = from.size;
  const drawn = drawPool(deps.pool, deps.catalogue, viewer, plan.allows, random);
  const bit = 1 << candidateSources.indexOf('exploration');
  for (const video of drawn.keys()) from.set(video, (from.get(video) ?? 0) | bit);
  return { slots: [...from.keys()], settled, from, drawn, liked };
}
const { drawFromNewest, drawFromPool, lookedAtInPool } = rankingLimits;
type SettledSource = Exclude<CandidateSource, 'exploration'>;
const settledSources = candidateSources.filter((source): source is SettledSource => source !== 'exploration');

/** Adds newest videos, then any, for whoever met what the sources have: a small server is soon watched to its end. */
function fillUp(
  { pool, catalogue }: SourceDeps,
  { least, allows }: { readonly least: number; allows(video: number): boolean },
  from: Map<number, number>,
): void {
  const bit = 1 << candidateSources.indexOf('exploration');
  const add = (video: number): void => {
    if (from.size < least && !from.has(video) && allows(video)) from.set(video, bit);
  };
  for (const video of pool.newest) add(video);
  const last = catalogue.size() - 1;
  for (let back = 0; back < rankingLimits.filledFrom && back <= last && from.size < least; back += 1)
    add(last - back);
}

/** What people with the same taste watch and what goes with what was liked, in turns. */
function collaborative(
  { scorer, neighbours, nearest }: SourceDeps,
  { factor }: Viewer,
  { count, mayScan }: { count: number; mayScan: boolean },
): number[] {
  if (!scorer || !neighbours) return [];
  const best = new Largest(count);
  for (const row of neighbours.rows) {
    const value = neighbours.of(row);
    if (value > 0) best.offer(row, value);
  }
  const alike = best.take().map(({ name }) => scorer.model.slotOf[name] ?? NONE);
  return factor && mayScan ? inTurns(nearest(factor, count), alike) : alike;
}

/** Of the newest videos and those people like just now, what is most like what was liked. */
function contentOf({ catalogue, pool, heat }: SourceDeps, { content }: Viewer, count: number): number[] {
  if (!content) return [];
  const looked = [...new Set([...pool.newest, ...heat.hottest()])];
  const values = Float32Array.from(looked, (video) => contentLikeness(catalogue, content, video));
  return topPlaces(values, looked.length, count, 0.05).map((at) => looked[at] ?? NONE);
}

/** Cosine of a video's content with a vector of length 1; 0 where nothing is known of it. */
export function contentLikeness({ columns }: Catalogue, content: Float32Array, video: number): number {
  let dot = 0;
  let square = 0;
  for (let dim = 0, at = video * 64; dim < 64; dim += 1, at += 1) {
    const value = columns.content[at] ?? 0;
    dot += value * (content[dim] ?? 0);
    square += value * value;
  }
  return square > 0 ? dot / Math.sqrt(square) : 0;
}

/** The newest of whom somebody follows, and what those liked or shared last; the newest first. */
function socialOf(
  { catalogue, people }: SourceDeps,
  { follows }: Viewer,
): { social: number[]; liked: Map<number, { by: number; count: number }> } {
  const { columns } = catalogue;
  const newest: number[] = [];
  const liked = new Map<number, { by: number; count: number }>();
  for (const followed of follows) {
    let video = catalogue.newestOf(followed);
    for (let at = 0; at < rankingLimits.newestOfFollowed && video !== NONE; at += 1) {
      newest.push(video);
      video = columns.older[video] ?? NONE;
    }
    const ledger = people.all[followed]?.ledger;
    let found = 0;
    for (
      let at = (ledger?.size ?? 0) - 1;
      ledger && at >= 0 && found < rankingLimits.likedOfFollowed;
      at -= 1
    ) {
      const place = placeOf(ledger, at);
      if (((ledger.marks[place] ?? 0) & (mark.liked | mark.shared)) === 0 || !holds(catalogue, ledger, place))
        continue;
      const of = ledger.videos[place] ?? 0;
      const known = liked.get(of);
      liked.set(of, known ? { ...known, count: known.count + 1 } : { by: followed, count: 1 });
      found += 1;
    }
  }
  const social = [...new Set([...newest, ...liked.keys()])].sort(
    (a, b) => (columns.publishedAt[b] ?? 0) - (columns.publishedAt[a] ?? 0) || a - b,
  );
  return { social, liked };
}

/**
 * Draws from the pool: some of the newest and some of the others, each as likely as any other of its kind, so that the chance of being
 * drawn is known. Where there are few others, more of the newest. Who reads certain languages is offered those, and what has none.
 */
function drawPool(
  pool: Pool,
  { columns }: Catalogue,
  { languages }: Viewer,
  allows: (video: number) => boolean,
  random: Random,
): Map<number, number> {
  const reads = (video: number) =>
    languages.length === 0 ||
    columns.language[video] === 0 ||
    languages.includes(columns.language[video] ?? 0);
  const isOpen = (video: number) => (columns.pooled[video] ?? NONE) !== NONE && reads(video) && allows(video);
  const newest = new Set(pool.newest.filter(isOpen));
  // Of a large pool only some can be looked at; how likely that was is part of the chance.
  const looked = some(pool.all, lookedAtInPool, random);
  const rest = looked.filter((video) => isOpen(video) && !newest.has(video));
  const others = some(rest, drawFromPool, random);
  const ofOthers =
    (others.length / Math.max(1, rest.length)) * (looked.length / Math.max(1, pool.all.length));
  const young = some([...newest], drawFromNewest + drawFromPool - others.length, random);
  const ofNewest = young.length / Math.max(1, newest.size);
  return new Map([
    ...others.map((video) => [video, ofOthers] as const),
    ...young.map((video) => [video, ofNewest] as const),
  ]);
}

/** `count` different ones of a list, each as likely (Floyd: Bentley 1987); all where there are no more. */
function some(list: readonly number[], count: number, random: Random): number[] {
  if (list.length <= count) return [...list];
  const places = new Set<number>();
  for (let last = list.length - count; last < list.length; last += 1) {
    const place = Math.floor(random() * (last + 1));
    places.add(places.has(place) ? last : place);
  }
  return [...places].map((place) => list[place] ?? NONE);
}

function inTurns(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const mixed: number[] = [];
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    if (at < a.length) mixed.push(a[at] ?? NONE);
    if (at < b.length) mixed.push(b[at] ?? NONE);
  }
  return mixed;
}
