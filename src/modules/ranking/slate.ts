import { rankingLimits } from '../../../config/ranking-limits.ts';
import { type Catalogue, NONE } from './catalogue.ts';
import type { Counts } from './counts.ts';
import { type Belief, createTrials, explorationPlaces } from './explore.ts';
import type { Random } from './random.ts';
import { createDiversity, createListRules, type ListRules, type Placed } from './rerank.ts';
import type { Scored } from './scoring.ts';
import type { RankingSettings } from './settings.ts';
import type { Candidates } from './sources.ts';
import type { Viewer } from './viewer.ts';

/** What was put at a place of a list. */
export interface Chosen {
  /** Row of the candidates. */
  readonly row: number;
  /** Where it is a trial: how likely it was, and the value that was drawn for it. */
  readonly trial: { readonly propensity: number; readonly drawn: number } | null;
}

/**
 * Puts a list together: most places go to the best by score with regard to the rules and to what came before, the others to trials.
 * Where there is nothing to try, the next best comes; where rules leave nothing, the list ends. The rule of hashtags alone gives way then.
 */
export function compose(
  { catalogue, counts }: { readonly catalogue: Catalogue; readonly counts: Counts },
  viewer: Viewer,
  { candidates, scored }: { readonly candidates: Candidates; readonly scored: Scored },
  plan: {
    readonly settings: RankingSettings;
    readonly n: number;
    readonly at: number;
    readonly isDiverse: boolean;
  },
  random: Random,
): Chosen[] {
  const { settings, n } = plan;
  const { rerank, exploration } = settings;
  const placedAt = new Map<number, Placed>();
  const placedOf = (row: number): Placed => {
    const known = placedAt.get(row);
    if (known) return known;
    const placed = describe(catalogue, scored.slots[row] ?? NONE);
    placedAt.set(row, placed);
    return placed;
  };
  const rows = scored.order.slice(0, Math.max(rankingLimits.reranked, 3 * n));
  const ranked = createDiversity(
    rows.map(placedOf),
    rows.map((row) => scored.scores[row] ?? 0),
    plan.isDiverse ? rerank.mmrLambda : 1,
  );
  const rules = createListRules(rerank, n);
  const isCold = viewer.isPersonal && viewer.person !== null;
  const trials = explorationPlaces(
    n,
    {
      share: exploration.share,
      coldShare: exploration.coldShare,
      coldLeft: isCold ? Math.max(0, exploration.coldVideos - viewer.met) : 0,
    },
    random,
  );
  const drawable = drawableRows(catalogue, scored, candidates, exploration.share > 0);
  const tried = [...drawable.keys()];
  const isUnknown = (row: number): boolean => {
    const { impressions, publishedAt } = catalogue.columns;
    const video = scored.slots[row] ?? NONE;
    const isYoung = plan.at - (publishedAt[video] ?? 0) < exploration.youngMs;
    return isYoung && (impressions[video] ?? 0) < exploration.firstImpressions;
  };
  const trialsOf = once(() => {
    const fitOf = fitIn(scored);
    return createTrials(
      tried.map((row) => {
        const fit = viewer.isPersonal ? fitOf(row) : 0;
        return beliefOf(catalogue, counts, scored.slots[row] ?? NONE, fit, settings);
      }),
    );
  });
  const chosen: Chosen[] = [];
  const put = (row: number, trial: Chosen['trial']): void => {
    const placed = placedOf(row);
    rules.place(placed);
    ranked.placed(placed);
    const at = rows.indexOf(row);
    if (at >= 0) ranked.take(at);
    drawable.delete(row);
    chosen.push({ row, trial });
  };
  const tryOne = (): boolean => {
    const open = tried.flatMap((row, at) => (drawable.has(row) && rules.allows(placedOf(row)) ? [at] : []));
    // A young video that hardly anybody was shown has nobody else to speak for it; what more people know is found without trials.
    const unknown = open.filter((place) => isUnknown(tried[place] ?? NONE));
    const drawn = trialsOf().draw(unknown.length > 0 ? unknown : open, random);
    const row = tried[drawn?.at ?? 0];
    if (!drawn || row === undefined) return false;
    put(row, { propensity: drawn.propensity * (drawable.get(row) ?? 1), drawn: drawn.drawn });
    return true;
  };
  for (let place = 0; place < n; place += 1) {
    if (trials[place] === true && tryOne()) continue;
    const at = nextOf(ranked, rules);
    const row = at === null ? undefined : rows[at];
    if (row !== undefined) put(row, null);
    else if (!tryOne()) break;
  }
  return chosen;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function nextOf(ranked: ReturnType<typeof createDiversity>, rules: ListRules): number | null {
  return (
    ranked.next((one) => rules.allows(one)) ?? ranked.next((one) => rules.allows({ ...one, tags: NO_TAGS }))
  );
}
const NO_TAGS: readonly number[] = [];

/**
 * Rows of what may be tried out with how likely each was to be among them: what the pool gave, and of what is ranked highest for this
 * person the videos that few were shown. What was ranked only because it was drawn is as likely as that, however high it ranks.
 */
function drawableRows(
  { columns }: Catalogue,
  { slots, order }: Scored,
  { drawn, settled }: Candidates,
  isAny: boolean,
): Map<number, number> {
  const rows = new Map<number, number>();
  if (!isAny) return rows;
  for (const [row, video] of slots.entries()) {
    const chance = drawn.get(video);
    if (chance !== undefined) rows.set(row, chance);
  }
  let left: number = rankingLimits.drawFromRanked;
  for (const row of order) {
    if (left === 0) break;
    if (row >= settled || (columns.pooled[slots[row] ?? NONE] ?? NONE) === NONE) continue;
    rows.set(row, 1);
    left -= 1;
  }
  return rows;
}

/** How far a score lies above the mean of all that were ranked, in deviations. */
function fitIn({ order, scores }: Scored): (row: number) => number {
  let sum = 0;
  let squares = 0;
  for (const row of order) {
    const value = scores[row] ?? 0;
    sum += value;
    squares += value * value;
  }
  const mean = sum / Math.max(1, order.length);
  const deviation = Math.sqrt(Math.max(1e-12, squares / Math.max(1, order.length) - mean * mean));
  return (row) => Math.max(-MOST_FIT, Math.min(MOST_FIT, ((scores[row] ?? 0) - mean) / deviation));
}
const MOST_FIT = 4;

function describe({ columns }: Catalogue, slot: number): Placed {
  const tags: number[] = [];
  const from = slot * rankingLimits.tagsPerVideo;
  for (let at = from; at < from + rankingLimits.tagsPerVideo; at += 1) {
    const tag = columns.tags[at] ?? 0;
    if (tag === 0) break;
    tags.push(tag);
  }
  return { slot, author: columns.author[slot] ?? NONE, sound: columns.sound[slot] ?? 0, tags };
}

/** Beta of the guess by creator and hashtags, moved by how well it fits this person, and of what people did so far. */
function beliefOf(
  { columns }: Catalogue,
  counts: Counts,
  video: number,
  fit: number,
  { exploration }: RankingSettings,
): Belief {
  const prior = counts.prior(video);
  const odds = (prior / (1 - prior)) * Math.exp(exploration.personal * fit);
  const guess = exploration.priorStrength * (odds / (1 + odds));
  const shown = columns.impressions[video] ?? 0;
  const finished = Math.min(shown, columns.completions[video] ?? 0);
  return { a: guess + finished, b: exploration.priorStrength - guess + shown - finished };
}
