export { contributionFeatures } from './contributions.ts';
export {
  type CandidateSource,
  type Contribution,
  candidateSources,
  type FeedRequest,
  type RankedFeed,
  type RankedItem,
  type RankingEngine,
} from './engine.ts';
export { explain, type Naming } from './explain.ts';
export { createRankingEngine, type RankingOptions, type TrendSource, type TunableEngine } from './ranking.ts';
export { type RankingSettings, rankingDefaults, rankingSettingsSchema, settingsVersion } from './settings.ts';
