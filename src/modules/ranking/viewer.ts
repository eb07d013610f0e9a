import { rankingLimits } from '../../../config/ranking-limits.ts';
import { type Catalogue, languageKey, NONE } from './catalogue.ts';
import type { FeedRequest } from './engine.ts';
import { placeOf } from './ledger.ts';
import type { Profile, Scorer } from './models/model.ts';
import type { People, Person } from './people.ts';
import { wasSeenEarlier } from './seen.ts';
import { holds, noTaste, type Taste, tasteOf, worthOf } from './taste.ts';

/** Whoever a feed is for, as far as the engine may know them. */
export interface Viewer {
  /** NONE: nobody, or nobody who is known. */
  readonly slot: number;
  readonly person: Person | null;
  /** Nothing but follows, blocks and mutes is used where this is false. */
  readonly isPersonal: boolean;
  readonly languages: readonly number[];
  readonly taste: Taste;
  readonly profile: Profile;
  /** The person's factor; null without a model or without anything that was liked. */
  readonly factor: Float32Array | null;
  /** Mean content vector of what was liked, of length 1; null where nothing was. */
  readonly content: Float32Array | null;
  readonly met: number;
  /** What is followed and neither blocked nor muted, at most `rankingLimits.followsRead`, the latest first. */
  readonly follows: readonly number[];
}

const NOTHING: Profile = { items: [], values: [], times: [] };

export function viewerOf(
  { catalogue, people, scorer }: { catalogue: Catalogue; people: People; scorer: Scorer | null },
  { userId, isPersonal = true, languages, at }: FeedRequest,
): Viewer {
  const slot = userId === null ? NONE : people.slotOf(userId);
  const person = people.all[slot] ?? null;
  const isKnown = isPersonal && person !== null;
  const asked = languages?.map((one) => catalogue.languageNames.find(languageKey(one)));
  const profile = isKnown ? profileOf(catalogue, person) : NOTHING;
  const barred = barredBy(person);
  const follows = [...(person?.following ?? [])]
    .filter((followed) => !barred.some((set) => set.has(followed)))
    .slice(-rankingLimits.followsRead)
    .reverse();
  return {
    ...{ slot, person, isPersonal, follows, profile },
    languages: asked ?? (isKnown ? person.languages : []),
    taste: isKnown ? tasteOf(catalogue, person) : noTaste,
    factor: scorer && profile.items.length > 0 ? scorer.foldIn(profile, at) : null,
    content: contentOf(catalogue, profile),
    met: isKnown ? person.met : 0,
  };
}

/** Whom somebody does not want to see, and who does not want to be seen by them. */
function barredBy(person: Person | null): ReadonlySet<number>[] {
  return [person?.blocking, person?.blocked, person?.muting].filter((set) => set != null);
}

/** What somebody liked, oldest first. */
export function profileOf(catalogue: Catalogue, { ledger }: Person): Profile {
  const profile = { items: [] as number[], values: [] as number[], times: [] as number[] };
  if (!ledger) return profile;
  for (let at = Math.max(0, ledger.size - rankingLimits.profile); at < ledger.size; at += 1) {
    const place = placeOf(ledger, at);
    const value = worthOf(ledger.marks[place] ?? 0, ledger.watched[place] ?? 0);
    if (value <= 0 || !holds(catalogue, ledger, place)) continue;
    profile.items.push(ledger.videos[place] ?? 0);
    profile.values.push(value);
    profile.times.push(ledger.times[place] ?? 0);
  }
  return profile;
}

function contentOf({ columns }: Catalogue, { items, values }: Profile): Float32Array | null {
  if (items.length === 0) return null;
  const mean = new Float32Array(64);
  for (let at = 0; at < items.length; at += 1) {
    const from = (items[at] ?? 0) * 64;
    for (let dim = 0; dim < 64; dim += 1)
      mean[dim] = (mean[dim] ?? 0) + (values[at] ?? 0) * (columns.content[from + dim] ?? 0);
  }
  const length = Math.hypot(...mean);
  return length > 0 ? mean.map((value) => value / length) : null;
}

/**
 * Who may not be shown what, for one feed: marks what was met, waits or is by somebody who is blocked, so that asking costs one look.
 * The marks of the feed before are told by their number, nothing is cleared.
 */
export interface Bars {
  begin(viewer: Viewer, without: readonly string[]): (video: number) => boolean;
}

export function createBars(catalogue: Catalogue): Bars {
  let marks = new Uint32Array(1_024);
  let turn = 0;
  return {
    begin({ slot, person, isPersonal }, without) {
      if (marks.length < catalogue.size()) marks = new Uint32Array(catalogue.size() * 2);
      turn = turn >= 0xffff_fffe ? 1 : turn + 1;
      if (turn === 1) marks.fill(0);
      for (const id of without) {
        const video = catalogue.slotOf(id);
        if (video !== NONE) marks[video] = turn;
      }
      const ledger = isPersonal ? person?.ledger : null;
      for (let at = 0; ledger && at < ledger.size; at += 1) {
        const place = placeOf(ledger, at);
        if (holds(catalogue, ledger, place)) marks[ledger.videos[place] ?? 0] = turn;
      }
      const older = isPersonal ? person?.older : null;
      const barred = barredBy(person);
      return (video) => {
        const author = catalogue.columns.author[video] ?? NONE;
        if (catalogue.columns.live[video] !== 1 || marks[video] === turn || author === slot) return false;
        if (barred.some((set) => set.has(author))) return false;
        return !older || !wasSeenEarlier(older, catalogue.keyOf(video));
      };
    },
  };
}
