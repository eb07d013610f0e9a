import { rankingLimits } from '../../../config/ranking-limits.ts';
import { type Catalogue, NONE } from './catalogue.ts';
import type { Counts } from './counts.ts';
import { type DescribeFor, featureGroups } from './features.ts';
import type { Features, Ranker } from './ftrl.ts';
import type { Heat } from './heat.ts';
import type { Kin } from './kin.ts';
import type { NeighbourScores, Scorer } from './models/model.ts';
import { heads, type RankingSettings } from './settings.ts';
import { type Candidates, contentLikeness } from './sources.ts';
import { likingOf, tagLiking } from './taste.ts';
import { topPlaces } from './top.ts';
import type { Viewer } from './viewer.ts';

/** The parts of a score in the order of their columns; what they are made of stands in docs/ranking-engine.md. */
export const parts = [
  ...(['collaborative', 'neighbours', 'content', 'trending', 'trends', 'quality', 'tags'] as const),
  ...(['creators', 'sounds', 'languages', 'social'] as const),
  ...featureGroups.map((group) => `ranker-${group}` as const),
  ...(['followed-boost', 'fresh-boost'] as const),
] as const;
export type Part = (typeof parts)[number];

const PART = Object.fromEntries(parts.map((name, at) => [name, at])) as Readonly<Record<Part, number>>;
const FIRST_OF_RANKER = PART['ranker-rates'];

/** Scores of candidates. The score of one is the sum of its row of `values`, in double precision. */
export interface Scored {
  readonly slots: readonly number[];
  /** slots x parts. */
  readonly values: Float64Array;
  readonly scores: Float64Array;
  /** Places of those that went through all of it, best first. */
  readonly order: readonly number[];
}

export interface ScoringDeps {
  readonly catalogue: Catalogue;
  readonly counts: Counts;
  readonly heat: Heat;
  readonly ranker: Ranker;
  readonly describeFor: DescribeFor;
  readonly scorer: Scorer | null;
  readonly kin: Kin | null;
  /** What the viewer's profile says by neighbours; null where it says nothing. */
  readonly neighbours: NeighbourScores | null;
  /** Scores of what trends. */
  readonly trends: ReadonlyMap<number, number>;
}

const RATE_STRENGTH = 6;
const SCRATCH = rankingLimits.featuresPerExample;

/**
 * Scores in two steps: all candidates by what costs little, then the best of them by the ranker and the boosts. What the model
 * says and heat are divided by their root mean square over all videos, other parts of the first kind by their spread among the candidates, so that
 * a weight means the same everywhere. What was drawn by chance is scored as well, and moves no score of another one.
 */
export function score(
  deps: ScoringDeps,
  viewer: Viewer,
  { slots, settled, liked, drawn }: Candidates,
  settings: RankingSettings,
  at: number,
): Scored {
  const values = new Float64Array(slots.length * parts.length);
  const scores = new Float64Array(slots.length);
  const { weights } = settings;
  /** `scale`: what a value is divided by; null: by the spread of the candidates. */
  const column = (part: Part, weight: number, of: (video: number) => number, scale: number | null): void => {
    if (weight === 0) return;
    const raw = slots.map(of);
    const factor = weight / (scale ?? spread(settled > 0 ? raw.slice(0, settled) : raw));
    for (const [row, value] of raw.entries()) {
      const share = value * factor;
      values[row * parts.length + PART[part]] = share;
      scores[row] = (scores[row] ?? 0) + share;
    }
  };
  const { catalogue, counts, heat, scorer, neighbours } = deps;
  const { columns } = catalogue;
  column('trending', weights.trending, (video) => heat.of(video, at), heatScale(deps, at));
  column('trends', weights.trends, (video) => Math.log1p(deps.trends.get(video) ?? 0), null);
  column('quality', weights.quality, (video) => counts.rate(video, RATE_STRENGTH), null);
  column('social', weights.social, (video) => Math.log2(1 + (liked.get(video)?.count ?? 0)), 1);
  const { languages } = viewer;
  if (languages.length > 0)
    column(
      'languages',
      weights.languages,
      (video) => languageFit(columns.language[video] ?? 0, languages),
      1,
    );
  if (viewer.isPersonal) {
    const { factor, content, taste } = viewer;
    if (factor && scorer)
      column('collaborative', weights.collaborative, affinityOf(deps, factor), scorer.affinityScale(factor));
    if (scorer && neighbours) {
      const { itemCount, rowOf } = scorer.model;
      const said = (video: number): number => {
        const row = video < itemCount ? (rowOf[video] ?? NONE) : NONE;
        return row === NONE ? 0 : neighbours.of(row);
      };
      column('neighbours', weights.neighbours, said, neighbours.scale);
    }
    if (content)
      column('content', weights.content, (video) => contentLikeness(catalogue, content, video), null);
    column('tags', weights.tags, (video) => tagLiking(catalogue, taste, video).mean, 1);
    column(
      'creators',
      weights.creators,
      (video) => likingOf(taste.creators, columns.author[video] ?? NONE, taste.mean),
      1,
    );
    column(
      'sounds',
      weights.sounds,
      (video) => likingOf(taste.sounds, columns.sound[video] ?? 0, taste.mean),
      1,
    );
  }
  const best = topPlaces(scores, settled, rankingLimits.ranked, Number.NEGATIVE_INFINITY);
  const isBest = new Set(best);
  for (const [row, video] of slots.entries()) if (drawn.has(video) && !isBest.has(row)) best.push(row);
  rankAll(deps, viewer, { slots, values, scores, best }, settings, at);
  const order = best.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  return { slots, values, scores, order };
}

/** Adds what the ranker and the boosts say to the rows in `best`, and sums them up once more, exactly. */
function rankAll(
  deps: ScoringDeps,
  viewer: Viewer,
  { slots, values, scores, best }: Omit<Scored, 'order'> & { readonly best: readonly number[] },
  settings: RankingSettings,
  at: number,
): void {
  const worth = Float64Array.from(heads, (head) => settings.heads[head] * settings.weights.ranker);
  const features: Features = {
    indices: new Uint32Array(SCRATCH),
    values: new Float32Array(SCRATCH),
    count: 0,
  };
  const groups = new Uint8Array(SCRATCH);
  const isForeseen = viewer.isPersonal && settings.weights.ranker !== 0;
  const follows = new Set(viewer.follows);
  for (const row of best) {
    const video = slots[row] ?? NONE;
    const from = row * parts.length;
    if (isForeseen) {
      deps.describeFor(viewer, video, at, features, groups);
      for (let each = 0; each < features.count; each += 1) {
        const place = from + FIRST_OF_RANKER + (groups[each] ?? 0);
        const value = deps.ranker.weight(features.indices[each] ?? 0, worth) * (features.values[each] ?? 0);
        values[place] = (values[place] ?? 0) + value;
      }
    }
    const base = sumOf(values, from);
    const { followed, fresh, freshMs, floor } = settings.boosts;
    const boosted = Math.max(base, floor);
    if (follows.has(deps.catalogue.columns.author[video] ?? NONE))
      values[from + PART['followed-boost']] = (followed - 1) * boosted;
    const age = at - (deps.catalogue.columns.publishedAt[video] ?? 0);
    if (age < freshMs) values[from + PART['fresh-boost']] = (fresh - 1) * boosted;
    scores[row] = sumOf(values, from);
  }
}

function sumOf(values: Float64Array, from: number): number {
  let sum = 0;
  for (let at = from; at < from + parts.length; at += 1) sum += values[at] ?? 0;
  return sum;
}

/**
 * What the model says of any video for a person: of one without a factor of its own by its kin and its content. The map from content to factors is
 * turned round once, so that such a video costs no more than another one.
 */
function affinityOf(
  { catalogue, scorer, kin }: ScoringDeps,
  factor: Float32Array,
): (video: number) => number {
  if (!scorer || !kin) return () => 0;
  const { contentMap, dim, itemCount, rowOf } = scorer.model;
  const wanted = new Float64Array(64);
  for (let row = 0; row < dim; row += 1)
    for (let at = 0; at < 64; at += 1)
      wanted[at] = (wanted[at] ?? 0) + ((factor[row] ?? 0) * (contentMap[row * 64 + at] ?? 0)) / 127;
  const { content } = catalogue.columns;
  const unknown = kin.affinities(factor, (video) => {
    let dot = 0;
    for (let at = 0; at < 64; at += 1) dot += (wanted[at] ?? 0) * (content[video * 64 + at] ?? 0);
    return dot;
  });
  return (video) =>
    video < itemCount && (rowOf[video] ?? NONE) !== NONE ? scorer.affinity(factor, video) : unknown(video);
}

/**
 * Root mean square of heat over all active videos, by the hottest: what the others add to it is little. Null before anything was
 * learnt. Of a large server only so many videos count: a million that nobody looks at must not make the hottest worth more.
 */
function heatScale({ heat, scorer }: ScoringDeps, at: number): number | null {
  if (!scorer || scorer.model.slotOf.length === 0) return null;
  let squares = 0;
  for (const video of heat.hottest()) squares += heat.of(video, at) ** 2;
  return Math.sqrt(squares / Math.min(scorer.model.slotOf.length, rankingLimits.heatOver)) || 1;
}

/** A language somebody reads is as good as none; another one is not. */
function languageFit(language: number, languages: readonly number[]): number {
  return language === 0 || languages.includes(language) ? 0 : -1;
}

/** Standard deviation; 1 where all are the same. */
function spread(values: readonly number[]): number {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / Math.max(1, values.length);
  const deviation = Math.sqrt(Math.max(0, squares / Math.max(1, values.length) - mean * mean));
  return deviation > 1e-9 ? deviation : 1;
}
