import { signalValues } from '../../../config/model-limits.ts';
import { rankingLimits } from '../../../config/ranking-limits.ts';
import type { Catalogue } from './catalogue.ts';
import { type Ledger, mark, placeOf } from './ledger.ts';
import type { Person } from './people.ts';

/** What somebody did with the videos of a hashtag, a creator, a sound or a language. */
export interface Liking {
  /** Videos met, and of these watched to the end. */
  met: number;
  finished: number;
  value: number;
}

/** What somebody likes, by the last videos they met. */
export interface Taste {
  readonly tags: ReadonlyMap<number, Liking>;
  readonly creators: ReadonlyMap<number, Liking>;
  readonly sounds: ReadonlyMap<number, Liking>;
  readonly languages: ReadonlyMap<number, Liking>;
  /** What an average video of theirs is worth: likings are told against it. */
  readonly mean: number;
}

/** So many videos are needed to believe half of what they say. */
const DOUBT = 3;
/** A hashtag that somebody chose is as good as so many videos watched to the end. */
const CHOSEN = 3;
const MOST = 2;

export const noTaste: Taste = {
  tags: new Map(),
  creators: new Map(),
  sounds: new Map(),
  languages: new Map(),
  mean: 0,
};

/** What an entry of a ledger is worth (ranking.md 4): what was watched of it, and what was done. */
export function worthOf(marks: number, watched: number): number {
  const has = (bit: number, value: number) => ((marks & bit) === 0 ? 0 : value);
  return (
    watched +
    has(mark.liked, signalValues.like) +
    has(mark.commented, signalValues.comment) +
    has(mark.shared, signalValues.share) +
    has(mark.saved, signalValues.save) +
    has(mark.followed, signalValues.follow) +
    has(mark.hidden, signalValues.notInterested) +
    has(mark.reported, signalValues.report)
  );
}

/** Reads the last `rankingLimits.tasteFrom` entries, but for the video that is to be foreseen. */
export function tasteOf(catalogue: Catalogue, person: Person): Taste {
  const taste = {
    tags: new Map<number, Liking>(),
    creators: new Map<number, Liking>(),
    sounds: new Map<number, Liking>(),
    languages: new Map<number, Liking>(),
    mean: 0,
  };
  for (const tag of person.interests) add(taste.tags, tag, CHOSEN, 0, CHOSEN);
  const { ledger } = person;
  if (!ledger) return taste;
  let sum = 0;
  let count = 0;
  const from = Math.max(0, ledger.size - rankingLimits.tasteFrom);
  for (let at = from; at < ledger.size; at += 1) {
    const place = placeOf(ledger, at);
    if (!holds(catalogue, ledger, place)) continue;
    const slot = ledger.videos[place] ?? 0;
    const marks = ledger.marks[place] ?? 0;
    const value = Math.max(-MOST, Math.min(MOST, worthOf(marks, ledger.watched[place] ?? 0)));
    const finished = (marks & mark.completed) === 0 ? 0 : 1;
    sum += value;
    count += 1;
    note(catalogue, taste, slot, finished, value);
  }
  return { ...taste, mean: sum / (count + DOUBT) };
}

function note(
  { columns }: Catalogue,
  taste: { readonly [K in Exclude<keyof Taste, 'mean'>]: Map<number, Liking> },
  slot: number,
  finished: number,
  value: number,
): void {
  const from = slot * rankingLimits.tagsPerVideo;
  for (let at = from; at < from + rankingLimits.tagsPerVideo; at += 1) {
    const tag = columns.tags[at] ?? 0;
    if (tag === 0) break;
    add(taste.tags, tag, 1, finished, value);
  }
  add(taste.creators, columns.author[slot] ?? 0, 1, finished, value);
  const sound = columns.sound[slot] ?? 0;
  if (sound !== 0) add(taste.sounds, sound, 1, finished, value);
  const language = columns.language[slot] ?? 0;
  if (language !== 0) add(taste.languages, language, 1, finished, value);
}

/** An entry whose video is still the one that was met. */
export function holds({ columns }: Catalogue, ledger: Ledger, place: number): boolean {
  const slot = ledger.videos[place] ?? 0;
  return columns.live[slot] === 1 && columns.generation[slot] === ledger.generations[place];
}

/** How much better than others somebody likes what this is of: 0 where nothing is known, from about -2 to 2. */
export function likingOf(known: ReadonlyMap<number, Liking>, key: number, mean: number): number {
  const liking = known.get(key);
  return liking ? (liking.value - mean * liking.met) / (liking.met + DOUBT) : 0;
}

/** The hashtag of a video that somebody likes most, and the mean liking of all of them. */
export function tagLiking(
  { columns }: Catalogue,
  taste: Taste,
  slot: number,
): { mean: number; best: number } {
  let sum = 0;
  let count = 0;
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  const from = slot * rankingLimits.tagsPerVideo;
  for (let at = from; at < from + rankingLimits.tagsPerVideo; at += 1) {
    const tag = columns.tags[at] ?? 0;
    if (tag === 0) break;
    const liking = likingOf(taste.tags, tag, taste.mean);
    sum += liking;
    count += 1;
    if (liking > most) [best, most] = [tag, liking];
  }
  return { mean: count === 0 ? 0 : sum / count, best };
}

function add(known: Map<number, Liking>, key: number, met: number, finished: number, value: number): void {
  const liking = known.get(key);
  if (!liking) known.set(key, { met, finished, value });
  else {
    liking.met += met;
    liking.finished += finished;
    liking.value += value;
  }
}
