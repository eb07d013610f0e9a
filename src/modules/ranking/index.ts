export { contributionFeatures } from './contributions.ts';
export {
  type CandidateSource,
  type Contribution,
  candidateSources,
  type FeedRequest,
  type RankedFeed,
  type RankedItem,
} from './engine.ts';
export { explain } from './explain.ts';
export { type Model, type TrainInput, transferablesOf } from './models/model.ts';
export { train } from './models/train.ts';
export { createRankingEngine, type TrendSource, type TunableEngine } from './ranking.ts';
export { type RankingSettings, rankingDefaults, rankingSettingsSchema, settingsVersion } from './settings.ts';
