import { createRanker, type Features } from '../src/modules/ranking/ftrl.ts';
import { rankingDefaults } from '../src/modules/ranking/settings.ts';
import { createState } from '../src/modules/ranking/state.ts';
import type { Bench, Measurement } from './measurement.ts';
import { dayOf, type RankingData, type Shown } from './ranking/data.ts';
import { everyOf, numbers, readDays } from './ranking/days.ts';
import { signalsOf, userId, videoId } from './ranking/signals.ts';
import { type WithinQuality, withinQuality } from './ranking/within.ts';

/**
 * How well the ranker puts in order what people were really shown (ranking.md 3): each video is foreseen as it is shown, by all that was
 * heard before, and only then the ranker learns what came of it. Nothing but the ranker speaks here: no model, no heat, no rules.
 */

/**
 * For ten later days of the same people and videos: the best that was published (a factorisation machine that had learnt from four more
 * weeks), what is wanted, and the rate of a video alone. Other days are as hard as their own baselines say.
 */
const PUBLISHED = { primary: 0.5946, wanted: 0.605, rate: 0.5719 };
const TEN_DAYS_MS = 10 * 86_400_000;
/** Before this, only the order of what was shown is known. */
const FIRST_DAY = dayOf('2022-04-25');
const RATE_STRENGTH = 20;
const RATE_GUESS = 0.3;

/** Says how likely something is watched long that is shown just now; then it is told what came of it. */
interface Foresight {
  of(one: Shown): number;
  learn?(one: Shown): void;
}

export const rankingWithin: Bench = ({ isSmall }) => {
  const { data, at, until } = readDays(process.env);
  const every = everyOf(process.env, isSmall);
  const from = Math.max(FIRST_DAY, until - TEN_DAYS_MS);
  const { shown, scores } = foresee(data, from, until);
  const told = (name: string, since: number): Measurement[] => {
    const places = [...shown.keys()].filter((place) => {
      const one = shown[place];
      return one !== undefined && one.at >= since && one.user % every === 0;
    });
    const these = places.flatMap((place) => shown[place] ?? []);
    process.stderr.write(
      `${name}: ${these.length} times shown to ${new Set(these.map(({ user }) => user)).size} people\n`,
    );
    const qualities = new Map(
      [...scores].map(([method, said]) => [
        method,
        withinQuality(
          these,
          places.map((place) => said[place] ?? 0),
        ),
      ]),
    );
    return rowsOf(name, qualities);
  };
  return Promise.resolve([...told('ten days', from), ...(at > from ? told('last days', at) : [])]);
};

/** What each method said of everything that was shown from a moment on, in the order of time. */
function foresee(
  data: RankingData,
  from: number,
  until: number,
): { shown: Shown[]; scores: Map<string, number[]> } {
  const state = createState(rankingDefaults, () => rankingDefaults.exploration.impressions);
  const random = numbers(1);
  const foresights: Readonly<Record<string, Foresight>> = {
    random: { of: () => random() },
    'rate of the video': rateOf(data),
    'hashed ids': hashedIds(data),
    ranker: rankerOf(state),
  };
  const shown: Shown[] = [];
  const scores = new Map(Object.keys(foresights).map((name): [string, number[]] => [name, []]));
  let next = 0;
  for (const signal of signalsOf(data, until)) {
    // One impression is told for each that was shown, in the same order.
    const one = signal.kind === 'impression' ? data.shown[next] : undefined;
    if (one) {
      next += 1;
      if (one.at >= from) shown.push(one);
      for (const [name, { of, learn }] of Object.entries(foresights)) {
        if (one.at >= from) scores.get(name)?.push(of(one));
        learn?.(one);
      }
    }
    state.intake.ingest(signal);
  }
  return { shown, scores };
}

/** The ranker of the engine, by its head for what is watched to the end, or long enough. */
function rankerOf({
  catalogue,
  people,
  ranker,
  describe,
}: Pick<ReturnType<typeof createState>, 'catalogue' | 'people' | 'ranker' | 'describe'>): Foresight {
  const features = emptyFeatures();
  return {
    of(one) {
      const person = people.all[people.slotOf(userId(one.user))];
      if (!person) return 0;
      describe(person, catalogue.slotOf(videoId(one.video)), one.at, features);
      return ranker.logit(0, features);
    },
  };
}

/** How often a video was watched long so far, alike for everybody. */
function rateOf({ items }: RankingData): Foresight {
  const long = new Float64Array(items.length);
  const all = new Float64Array(items.length);
  return {
    of: ({ video }) =>
      ((long[video] ?? 0) + RATE_STRENGTH * RATE_GUESS) / ((all[video] ?? 0) + RATE_STRENGTH),
    learn({ video, isLong }) {
      all[video] = (all[video] ?? 0) + 1;
      if (isLong) long[video] = (long[video] ?? 0) + 1;
    },
  };
}

/** The same learner with nothing but names: of the video, its creator, sound and hashtags, and of the person with each of the latter. */
function hashedIds({ items }: RankingData): Foresight {
  const ranker = createRanker(rankingDefaults.ranker);
  const mask = (1 << rankingDefaults.ranker.bits) - 1;
  const features = emptyFeatures();
  const none = emptyFeatures();
  const put = (name: string): void => {
    let hash = 0x811c9dc5;
    for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
    features.indices[features.count] = (hash ^ (hash >>> 15)) & mask;
    features.values[features.count] = 1;
    features.count += 1;
  };
  const describe = ({ user, video }: Shown): Features => {
    const item = items[video];
    features.count = 0;
    put('all');
    put(`person ${user}`);
    put(`video ${video}`);
    for (const name of [
      `creator ${item?.author}`,
      `sound ${item?.music}`,
      ...(item?.tags ?? []).slice(0, 8),
    ]) {
      put(name);
      put(`${user} ${name}`);
    }
    return features;
  };
  return {
    of: (one) => ranker.logit(0, describe(one)),
    // Against nothing: the chance itself is learnt, not an order.
    learn(one) {
      const about = describe(one);
      if (one.isLong) ranker.learn(0, about, none, 1);
      else ranker.learn(0, none, about, 1);
    },
  };
}

function emptyFeatures(): Features {
  return { indices: new Uint32Array(32), values: new Float32Array(32), count: 0 };
}

function rowsOf(days: string, qualities: ReadonlyMap<string, WithinQuality>): Measurement[] {
  const ofChance = qualities.get('random');
  const ofRate = qualities.get('rate of the video');
  const ofRanker = qualities.get('ranker');
  if (!ofChance || !ofRate || !ofRanker) return [];
  const one = (metric: string, value: number, baseline: number, goal?: number): Measurement => ({
    ...{ metric: `${days}, ${metric}`, value, unit: '', baseline },
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    ...[...qualities].flatMap(([name, { gauc, ndcg5, primary }]) => [
      one(`${name}: GAUC`, gauc, ofChance.gauc),
      one(`${name}: nDCG@5`, ndcg5, ofChance.ndcg5),
      one(`${name}: primary`, primary, ofChance.primary),
    ]),
    one('ranker: primary', ofRanker.primary, PUBLISHED.primary, 1),
    one('ranker: primary', ofRanker.primary, PUBLISHED.wanted, 1),
    one(
      'ranker against rate: primary',
      ofRanker.primary,
      ofRate.primary,
      Number((PUBLISHED.primary / PUBLISHED.rate).toFixed(3)),
    ),
  ];
}
