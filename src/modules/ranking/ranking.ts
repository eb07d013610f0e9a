import { rankingLimits } from '../../../config/ranking-limits.ts';
import type { Signal } from '../signals/index.ts';
import { createTrends, type Trending, type TrendScope } from '../trending/index.ts';

import { NONE } from './catalogue.ts';
import { contributionsOf } from './contributions.ts';
import {
  type Contribution,
  candidateSources,
  type FeedRequest,
  type RankedFeed,
  type RankedItem,
  type RankingEngine,
} from './engine.ts';
import type { Model, TrainInput } from './models/model.ts';
import { branch, type Random } from './random.ts';
import { type Scored, score } from './scoring.ts';
import { type RankingSettings, rankingDefaults, settingsVersion, withSliders } from './settings.ts';
import { type Chosen, compose } from './slate.ts';
import { type Candidates, gather } from './sources.ts';
import { createState } from './state.ts';
import { createBars, type Viewer, viewerOf } from './viewer.ts';

/** What the engine asks of trends. */
export interface TrendSource {
  ingest(signal: Signal): void;
  top(scope: TrendScope, n: number, at: number): readonly Trending[];
  /** What stands behind the trend of a video: people and their servers; null where it is not known. */
  scoreOf(videoId: string, at: number): { readonly people: number; readonly servers: number } | null;
  forget(userId: string): void;
}

export interface RankingOptions {
  readonly random: Random;
  /** Its own where none are given. */
  readonly trends?: TrendSource;
  readonly settings?: RankingSettings;
}

/** An engine that its host can tune, and train elsewhere. */
export interface TunableEngine extends RankingEngine {
  /** Ranks by these from now on; `version` is what feeds say they were ranked by. What the ranker learnt stays. */
  configure(settings: RankingSettings, version?: string): void;
  /** What training reads, to be trained in another thread: `adopt` takes the outcome. One training at a time. */
  trainInput(at: number): TrainInput;
  adopt(model: Model): void;
  /** After `adopt`, until it says that there are no more: has some videos found by what they are about that have no factor of their own. */
  mapMore(): boolean;
  /** How well the ranker orders what one person is shown, before it learns from it: the share of pairs in the right order. */
  accuracy(): { readonly pairs: number; readonly right: number };
}

/**
 * Ranks the videos of a server for its people. All it knows it heard by `ingest`; it has no clock, no database and no chance of its own. Memory
 * is bounded by `config/ranking-limits.ts` for each person and video; one feed costs the same however many videos there are, but for the
 * search of their vectors. Forgetting takes effect at once for all counts and lists; the ranker learns anew before the next feed, and the
 * model with the next training, until when it holds the forgotten person's part of what videos have in common.
 */
export function createRankingEngine(options: RankingOptions): TunableEngine {
  const { random, trends = createTrends() } = options;
  let settings = options.settings ?? rankingDefaults;
  let weightsVersion = settingsVersion(settings);
  const state = createState(settings, () => settings.exploration.impressions);
  const { catalogue, people, pool, heat, counts, ranker, lessons, learning, intake, describeFor } = state;
  const bars = createBars(catalogue);

  /** Lists change little within moments, and cost more than the rest of a feed. */
  const lists = new Map<string, { readonly at: number; readonly list: readonly Trending[] }>();
  const topOf = (scope: TrendScope, at: number): readonly Trending[] => {
    const key = JSON.stringify(scope);
    const known = lists.get(key);
    if (known && Math.abs(at - known.at) < rankingLimits.trendsKeptMs) return known.list;
    if (lists.size >= rankingLimits.trendsKept) lists.clear();
    const list = trends.top(scope, rankingLimits.trending, at);
    lists.set(key, { at, list });
    return list;
  };

  /** What trends here, in the languages of the viewer, and everywhere, with their scores. */
  const trendsFor = (viewer: Viewer, at: number): Map<number, number> => {
    const languages = viewer.languages.map((language) => catalogue.languageNames.text(language));
    const scopes: TrendScope[] = [
      ...languages.filter(Boolean).map((key) => ({ of: 'videos', within: 'language', key }) as const),
      { of: 'videos', within: 'local' },
      { of: 'videos', within: 'global' },
    ];
    const found = new Map<number, number>();
    for (const scope of scopes)
      for (const { id, score: value } of topOf(scope, at)) {
        const video = catalogue.slotOf(id);
        if (video !== NONE) found.set(video, Math.max(value, found.get(video) ?? 0));
      }
    return found;
  };

  const feed = (request: FeedRequest): RankedFeed => {
    const chance = branch(random);
    lessons.settle();
    const { at, effort = 'full', sliders } = request;
    const n = Math.min(request.n, rankingLimits.feed);
    const tuned = sliders ? withSliders(settings, sliders) : settings;
    const scorer = learning.scorer();
    const viewer = viewerOf({ catalogue, people, scorer }, request);
    const { isPersonal, profile } = viewer;
    const neighbours = (isPersonal && profile.items.length > 0 && scorer?.neighbours(profile, at)) || null;
    const trending = trendsFor(viewer, at);
    const candidates = gather(
      { catalogue, people, pool, heat, scorer, neighbours, nearest: learning.nearest },
      viewer,
      {
        ...{ at, mix: tuned.mix, count: tuned.candidates, mayScan: effort !== 'least', least: 3 * n },
        ...{ trending: [...trending.keys()], allows: bars.begin(viewer, request.without ?? []) },
      },
      chance,
    );
    const scored = score(
      {
        catalogue,
        counts,
        heat,
        ranker,
        describeFor,
        scorer,
        kin: learning.kin(),
        neighbours,
        trends: trending,
      },
      viewer,
      candidates,
      tuned,
      at,
    );
    const plan = { settings: tuned, n, at, isDiverse: effort === 'full' };
    const chosen = compose({ catalogue, counts }, viewer, { candidates, scored }, plan, chance);
    return { items: chosen.map((one) => itemOf(viewer, candidates, scored, one, at)), weightsVersion };
  };

  const itemOf = (
    viewer: Viewer,
    candidates: Candidates,
    scored: Scored,
    { row, trial }: Chosen,
    at: number,
  ): RankedItem => {
    const video = scored.slots[row] ?? NONE;
    const videoId = catalogue.idOf(video);
    const contributions: Contribution[] = contributionsOf(
      {
        ...{ catalogue, people, scorer: learning.scorer() },
        trendAbout: () => aboutTrend(trends.scoreOf(videoId, at)),
      },
      viewer,
      scored,
      row,
      { candidates, at },
    );
    if (trial) contributions.push(trialOf(viewer, video, trial.drawn));
    const from = candidates.from.get(video) ?? 0;
    const exploration = candidateSources.indexOf('exploration');
    const bits = trial ? from | (1 << exploration) : from;
    return {
      videoId,
      score: contributions.reduce((sum, { value }) => sum + value, 0),
      sources: candidateSources.filter((_, bit) => (bits & (1 << bit)) !== 0),
      contributions,
      propensity: trial ? trial.propensity : null,
    };
  };

  /** What was drawn for it is what it won its place by. */
  const trialOf = ({ taste, person, isPersonal }: Viewer, video: number, drawn: number): Contribution => ({
    feature: 'exploration',
    value: drawn,
    about: {
      shown: catalogue.columns.impressions[video] ?? 0,
      // Of whoever is not known, or shall not be, nothing is claimed.
      ...(isPersonal && person
        ? { creatorSeen: taste.creators.get(catalogue.columns.author[video] ?? NONE)?.met ?? 0 }
        : {}),
    },
  });

  return {
    ingest(event) {
      trends.ingest(event);
      // Whoever taught the model nothing is not in it: accounts of other servers go all day.
      if (event.kind === 'account-removed' && intake.hasTaught(event.id)) learning.startOver();
      intake.ingest(event);
    },
    feed,
    trending: (scope, n, at) => trends.top(scope, n, at),
    forget(userId) {
      const slot = people.slotOf(userId);
      if (slot === NONE) return;
      // Whoever made videos that stay has them in trends as well, and what others did with them is not theirs.
      if (people.all[slot]?.videos === 0) trends.forget(userId);
      if (intake.hasTaught(userId)) learning.startOver();
      intake.forget(userId);
    },
    train: learning.train,
    trainInput: learning.input,
    adopt: learning.adopt,
    mapMore: () => learning.mapMore(rankingLimits.mappedAtOnce),
    accuracy: lessons.accuracy,
    configure(next, version) {
      settings = next;
      weightsVersion = version ?? settingsVersion(next);
    },
  };
}

function aboutTrend(
  trend: { readonly people: number; readonly servers: number } | null,
): Readonly<Record<string, number>> {
  return trend ? { people: trend.people, servers: trend.servers } : {};
}
