import type { FeedReason, FeedSettings } from '../../api/types.ts';
import type { english } from './words.ts';

type Source = FeedReason['sources'][number];
type PartKey = Extract<keyof typeof english, `part${Capitalize<string>}`>;

/** A part of a score as it is shown: the parts of one name together. */
export interface ShownPart {
  readonly feature: string;
  readonly value: number;
  /** Of the largest of all, 0 to 1. */
  readonly size: number;
}

/** The parts of a score, the largest first, whatever its sign; those that are nothing are left out. */
export function shownParts(parts: FeedReason['parts']): ShownPart[] {
  const sums = new Map<string, number>();
  for (const { feature, value } of parts) sums.set(feature, (sums.get(feature) ?? 0) + value);
  const all = [...sums].filter(([, value]) => Math.abs(value) >= SEEN);
  const most = Math.max(...all.map(([, value]) => Math.abs(value)), SEEN);
  return all
    .toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .map(([feature, value]) => ({ feature, value, size: Math.abs(value) / most }));
}

/** What would be shown as 0.00. */
const SEEN = 0.005;

/** The key of the word for a part: `tag-affinity` is `partTagAffinity`. */
export function partKey(feature: string, words: Readonly<Record<string, unknown>>): PartKey | null {
  const key = `part${feature.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
  return Object.hasOwn(words, key) ? (key as PartKey) : null;
}

/** Keys of the words for what spoke for a clip most, the strongest first. */
export function strongest(
  parts: FeedReason['parts'],
  words: Readonly<Record<string, unknown>>,
  most = 3,
): PartKey[] {
  return shownParts(parts)
    .filter(({ value }) => value > 0)
    .flatMap(({ feature }) => partKey(feature, words) ?? [])
    .slice(0, most);
}

const HALF = 0.5;
/** Less than this is hardly any; what is not shown at all cannot be liked again. */
const LEAST = 0.125;

/** Sliders with which clips of these sources count half as much; `null` where they count as little as they can already. */
export function withFewer(
  sliders: FeedSettings['sliders'],
  sources: readonly Source[],
): Record<string, number> | null {
  const now: Record<string, number> = { ...sliders };
  const names = sources.map((source) => `source.${source}`).filter((name) => (now[name] ?? 1) > LEAST);
  if (names.length === 0) return null;
  for (const name of names) now[name] = Math.max(LEAST, (now[name] ?? 1) * HALF);
  return now;
}
