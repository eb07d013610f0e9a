import { rankingLimits } from '../../../config/ranking-limits.ts';
import { type Catalogue, NONE } from './catalogue.ts';
import type { Describe } from './features.ts';
import type { Features, Ranker } from './ftrl.ts';
import { findEntry, mark } from './ledger.ts';
import type { People, Person } from './people.ts';
import { heads } from './settings.ts';

/**
 * What the ranker learns from: for each video that somebody here was shown, its features at that moment. A few of one person are
 * compared as soon as what became of the first of them is known. The last of them are kept, without what was learnt from older ones: when
 * somebody is forgotten, theirs are thrown away and the ranker learns anew from those of the others.
 */
export interface Lessons {
  shown(user: number, person: Person, video: number, at: number): void;
  forget(user: number): void;
  /** Learns anew if somebody was forgotten; a second at most. */
  settle(): void;
  /** Share of pairs of shown videos, one watched to the end and one not, that the ranker had in the right order before it learnt from them. */
  accuracy(): { readonly pairs: number; readonly right: number };
}

/** Marks that make a video better than others by a head; the last head foresees what was bad. */
const MARKS_OF_HEAD = [
  mark.completed,
  mark.liked | mark.saved,
  mark.shared | mark.commented,
  mark.followed,
  mark.hidden | mark.reported | mark.skipped,
] as const;

export function createLessons(
  catalogue: Catalogue,
  people: People,
  ranker: Ranker,
  describe: Describe,
): Lessons {
  const { examples, compared, featuresPerExample: width } = rankingLimits;
  const indices = new Uint32Array(examples * width);
  const values = new Float32Array(examples * width);
  const kept = {
    counts: new Uint8Array(examples),
    users: new Int32Array(examples).fill(NONE),
    keys: new Float64Array(examples),
    outcomes: new Uint16Array(examples),
    /** Examples that were compared with each other have the same number; 0 for those that were not yet. */
    groups: new Uint32Array(examples),
  };
  let next = 0;
  let group = 0;
  let stale = false;
  const score = { pairs: 0, right: 0 };

  const featuresAt = (place: number): Features => ({
    indices: indices.subarray(place * width, (place + 1) * width),
    values: values.subarray(place * width, (place + 1) * width),
    count: kept.counts[place] ?? 0,
  });
  const outcomeOf = (person: Person, key: number): number => {
    const place = person.ledger ? findEntry(person.ledger, Math.floor(key / 256), key % 256) : NONE;
    return place === NONE ? 0 : (person.ledger?.marks[place] ?? 0);
  };
  const close = (person: Person, user: number): void => {
    const places = person.examples.splice(0).filter((serial) => serial >= next - examples);
    group += 1;
    const mine = places.map((serial) => serial % examples).filter((place) => kept.users[place] === user);
    for (const place of mine) {
      kept.groups[place] = group;
      kept.outcomes[place] = outcomeOf(person, kept.keys[place] ?? 0);
    }
    compare(mine, true);
  };
  const compare = (places: readonly number[], isMeasured: boolean): void => {
    const features = places.map(featuresAt);
    for (let head = 0; head < heads.length; head += 1) {
      const bits = MARKS_OF_HEAD[head] ?? 0;
      const better = places.flatMap((place, at) => (((kept.outcomes[place] ?? 0) & bits) === 0 ? [] : [at]));
      const worse = places.flatMap((place, at) => (((kept.outcomes[place] ?? 0) & bits) === 0 ? [at] : []));
      if (head === 0 && isMeasured) measure(features, better, worse);
      const importance = 1 / Math.max(1, Math.min(better.length, worse.length));
      for (const good of better)
        for (const bad of worse) learnPair(features[good], features[bad], head, importance);
    }
  };
  const learnPair = (
    good: Features | undefined,
    bad: Features | undefined,
    head: number,
    importance: number,
  ): void => {
    if (good && bad) ranker.learn(head, good, bad, importance);
  };
  const measure = (
    features: readonly Features[],
    better: readonly number[],
    worse: readonly number[],
  ): void => {
    const logits = features.map((one) => ranker.logit(0, one));
    for (const good of better)
      for (const bad of worse) {
        const gap = (logits[good] ?? 0) - (logits[bad] ?? 0);
        score.pairs += 1;
        score.right += gap > 0 ? 1 : gap === 0 ? 0.5 : 0;
      }
  };

  return {
    accuracy: () => ({ ...score }),
    shown(user, person, video, at) {
      const place = next % examples;
      const features = featuresAt(place);
      describe(person, video, at, features);
      kept.counts[place] = features.count;
      kept.users[place] = user;
      kept.keys[place] = catalogue.keyOf(video);
      kept.groups[place] = 0;
      person.examples.push(next);
      next += 1;
      // The one that was just shown waits for its outcome.
      if (person.examples.length > compared) {
        const last = person.examples.pop() ?? 0;
        close(person, user);
        person.examples.push(last);
      }
    },
    forget(user) {
      for (let place = 0; place < Math.min(next, examples); place += 1) {
        if (kept.users[place] !== user) continue;
        if ((kept.groups[place] ?? 0) > 0) stale = true;
        indices.fill(0, place * width, (place + 1) * width);
        values.fill(0, place * width, (place + 1) * width);
        for (const column of Object.values(kept)) column[place] = 0;
        kept.users[place] = NONE;
      }
      const person = people.all[user];
      if (person) person.examples = [];
    },
    settle() {
      if (!stale) return;
      stale = false;
      ranker.reset();
      const byGroup = Map.groupBy(
        Array.from({ length: Math.min(next, examples) }, (_, place) => place).filter(
          (place) => (kept.groups[place] ?? 0) > 0,
        ),
        (place) => kept.groups[place] ?? 0,
      );
      for (const [, places] of [...byGroup].sort(([a], [b]) => a - b)) compare(places, false);
    },
  };
}
