import { rankingLimits } from '../../../config/ranking-limits.ts';
import { type Catalogue, NONE } from './catalogue.ts';
import { bump, growColumns } from './columns.ts';
import type { Pool } from './pool.ts';

/** How often videos were shown and watched to the end, with what this says about their creators and hashtags. */
export interface Counts {
  /** `shown` and `finished` more (or less) than before. Decides whether the video is still one to explore. */
  add(slot: number, shown: number, finished: number): void;
  /** Before a video is removed or changed: its creator and hashtags lose what is of it; and after. */
  withdraw(slot: number): void;
  enter(slot: number): void;
  /** How much of it people are expected to watch to the end before anybody was shown it: as its creator's and its hashtags' videos. */
  prior(slot: number): number;
  /** The same with what people did: a Beta posterior mean, where the prior weighs as many people as `strength`. */
  rate(slot: number, strength: number): number;
}

/** People that a guess weighs as much as: of all videos for a hashtag, of the hashtags for a creator. */
const TAG_STRENGTH = 30;
const CREATOR_STRENGTH = 20;
const FIRST_GUESS = { shown: 10, finished: 3 };

export function createCounts(catalogue: Catalogue, pool: Pool, enough: () => number): Counts {
  const { columns } = catalogue;
  const tags = { shown: new Float64Array(64), finished: new Float64Array(64) };
  const creators = { shown: new Float64Array(64), finished: new Float64Array(64) };
  const all = { ...FIRST_GUESS };
  const width = rankingLimits.tagsPerVideo;

  const spread = (slot: number, shown: number, finished: number): void => {
    all.shown += shown;
    all.finished += finished;
    const author = columns.author[slot] ?? NONE;
    growColumns(creators, author + 1);
    bump(creators.shown, author, shown);
    bump(creators.finished, author, finished);
    for (let at = slot * width; at < (slot + 1) * width; at += 1) {
      const tag = columns.tags[at] ?? 0;
      if (tag === 0) break;
      growColumns(tags, tag + 1);
      bump(tags.shown, tag, shown);
      bump(tags.finished, tag, finished);
    }
  };
  const prior = (slot: number): number => {
    const base = Math.min(0.95, Math.max(0.01, all.finished / all.shown));
    let sum = 0;
    let count = 0;
    for (let at = slot * width; at < (slot + 1) * width; at += 1) {
      const tag = columns.tags[at] ?? 0;
      if (tag === 0) break;
      sum += blend(tags, tag, base, TAG_STRENGTH);
      count += 1;
    }
    return blend(creators, columns.author[slot] ?? NONE, count === 0 ? base : sum / count, CREATOR_STRENGTH);
  };
  return {
    add(slot, shown, finished) {
      bump(columns.impressions, slot, shown);
      bump(columns.completions, slot, finished);
      spread(slot, shown, finished);
      if ((columns.impressions[slot] ?? 0) >= enough()) pool.remove(slot);
      else if (shown < 0) pool.add(slot, false);
    },
    withdraw: (slot) => spread(slot, -(columns.impressions[slot] ?? 0), -(columns.completions[slot] ?? 0)),
    enter: (slot) => spread(slot, columns.impressions[slot] ?? 0, columns.completions[slot] ?? 0),
    prior,
    rate(slot, strength) {
      const shown = columns.impressions[slot] ?? 0;
      // Somebody may have watched what nobody here was told was shown.
      const finished = Math.min(shown, columns.completions[slot] ?? 0);
      return (finished + strength * prior(slot)) / (shown + strength);
    },
  };
}

function blend(
  of: { readonly shown: Float64Array; readonly finished: Float64Array },
  key: number,
  guess: number,
  strength: number,
): number {
  const shown = of.shown[key] ?? 0;
  return (Math.min(shown, of.finished[key] ?? 0) + strength * guess) / (shown + strength);
}
