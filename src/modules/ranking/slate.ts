import { rankingLimits } from '../../../config/ranking-limits.ts';
import { type Catalogue, NONE } from './catalogue.ts';
import type { Counts } from './counts.ts';
import { type Belief, explorationPlaces, thompson } from './explore.ts';
import type { Random } from './random.ts';
import { createDiversity, createListRules, type ListRules, type Placed } from './rerank.ts';
import type { Scored } from './scoring.ts';
import type { RankingSettings } from './settings.ts';
import type { Candidates } from './sources.ts';
import { likingOf, tagLiking } from './taste.ts';
import type { Viewer } from './viewer.ts';

/** What was put at a place of a list. */
export interface Chosen {
  /** Row of the candidates. */
  readonly row: number;
  /** Where it is a trial: how likely it was, and the value that was drawn for it. */
  readonly trial: { readonly propensity: number; readonly drawn: number } | null;
}

/** Liking of the hashtags and the creator moves the guess of how much somebody watches by so much. */
const TASTE = 0.5;

/**
 * Puts a list together: most places go to the best by score with regard to the rules and to what came before, the others to trials.
 * Where there is nothing to try, the next best comes; where rules leave nothing, the list ends. The rule of hashtags alone gives way then.
 */
export function compose(
  { catalogue, counts }: { readonly catalogue: Catalogue; readonly counts: Counts },
  viewer: Viewer,
  { candidates, scored }: { readonly candidates: Candidates; readonly scored: Scored },
  plan: { readonly settings: RankingSettings; readonly n: number; readonly isDiverse: boolean },
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
  const drawable = drawableRows(scored, candidates, exploration.share > 0);
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
    const open = [...drawable].filter((row) => rules.allows(placedOf(row)));
    const beliefs = open.map((row) =>
      beliefOf(catalogue, counts, viewer, scored.slots[row] ?? NONE, settings),
    );
    const drawn = thompson(beliefs, random);
    const row = open[drawn?.at ?? 0];
    if (!drawn || row === undefined) return false;
    const inclusion = candidates.drawn.get(scored.slots[row] ?? NONE) ?? 1;
    put(row, { propensity: drawn.propensity * inclusion, drawn: drawn.drawn });
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

function nextOf(ranked: ReturnType<typeof createDiversity>, rules: ListRules): number | null {
  return (
    ranked.next((one) => rules.allows(one)) ?? ranked.next((one) => rules.allows({ ...one, tags: NO_TAGS }))
  );
}
const NO_TAGS: readonly number[] = [];

/** Rows of what may be tried out, as the pool gave it. */
function drawableRows({ slots }: Scored, { drawn }: Candidates, isAny: boolean): Set<number> {
  const rows = new Set<number>();
  if (isAny) for (const [row, video] of slots.entries()) if (drawn.has(video)) rows.add(row);
  return rows;
}

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

/** Beta of the guess by creator and hashtags, moved by what this person likes, and of what people did so far. */
function beliefOf(
  catalogue: Catalogue,
  counts: Counts,
  { taste }: Viewer,
  video: number,
  { exploration }: RankingSettings,
): Belief {
  const { columns } = catalogue;
  const liking =
    tagLiking(catalogue, taste, video).mean +
    likingOf(taste.creators, columns.author[video] ?? NONE, taste.mean);
  const prior = counts.prior(video);
  const odds = (prior / (1 - prior)) * Math.exp(TASTE * liking);
  const guess = exploration.priorStrength * (odds / (1 + odds));
  const shown = columns.impressions[video] ?? 0;
  const finished = Math.min(shown, columns.completions[video] ?? 0);
  return { a: guess + finished, b: exploration.priorStrength - guess + shown - finished };
}
