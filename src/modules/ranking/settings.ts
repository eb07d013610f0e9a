import { createHash } from 'node:crypto';
import { z } from 'zod';
import { candidateSources } from './engine.ts';

const share = z.number().min(0).max(1);
const weight = z.number().min(-100).max(100);
const factor = z.number().min(1).max(10);

/** What the ranker foresees of somebody and a video; each is a head of the model. */
export const heads = ['complete', 'like', 'share', 'follow', 'hide'] as const;

/**
 * Everything that an instance can tune in its feeds, and that it shows: nothing else decides what somebody is shown. Scores are sums;
 * a weight of 1 means that the part spreads the candidates of one feed by about 1.
 */
export const rankingSettingsSchema = z.strictObject({
  /** Parts of the candidates by where they come from; what one does not use goes to the others. */
  mix: z.record(z.enum(candidateSources), share),
  /** Candidates of one feed. */
  candidates: z.number().int().min(10).max(5_000),
  weights: z.strictObject({
    /** What people with the same taste watch (matrix factorisation). */
    collaborative: weight,
    /** What goes with videos that were liked. */
    neighbours: weight,
    /** The same by content, for videos too new for both. */
    content: weight,
    /** What people here like just now, and what trends beyond this server. */
    trending: weight,
    trends: weight,
    /** How much of it people here watch, compared to other videos. */
    quality: weight,
    /** Hashtags, creators and sounds that somebody watches to the end, or chose. */
    tags: weight,
    creators: weight,
    sounds: weight,
    languages: weight,
    /** What those liked or shared whom somebody follows. */
    social: weight,
    /** Of the whole of the heads below. */
    ranker: weight,
  }),
  /** What a foreseen action is worth. */
  heads: z.record(z.enum(heads), weight),
  boosts: z.strictObject({
    followed: factor,
    fresh: factor,
    freshMs: z.number().int().nonnegative(),
    /** A score below this is multiplied as if it were this. */
    floor: z.number().min(0).max(10),
  }),
  exploration: z.strictObject({
    share,
    /** For the first videos of somebody new. */
    coldShare: share,
    coldVideos: z.number().int().nonnegative(),
    /** Videos shown less often than this are explored. */
    impressions: z.number().int().nonnegative(),
    /** Younger ones come first until so many people were shown them. */
    youngMs: z.number().int().nonnegative(),
    firstImpressions: z.number().int().nonnegative(),
    /** How much is believed before anybody watched: as many people as this. */
    priorStrength: z.number().min(1).max(100),
    /** How far this guess goes by how well a video fits the person: logits for each deviation of its score. */
    personal: z.number().min(0).max(4),
  }),
  rerank: z.strictObject({
    maxRun: z.number().int().min(1),
    perCreator: z.number().int().min(1),
    /** `perCreator` in any so many. */
    window: z.number().int().min(1).max(100),
    tagShare: share,
    /** 1: by score alone, 0: as different from each other as can be. */
    mmrLambda: share,
  }),
  heatHalfLifeMs: z.number().int().min(60_000),
  /** Ranker: rate, and bits of its table of weights. */
  ranker: z.strictObject({
    alpha: z.number().positive(),
    beta: z.number().positive(),
    l1: z.number().nonnegative(),
    l2: z.number().nonnegative(),
    bits: z.number().int().min(8).max(22),
  }),
});
export type RankingSettings = z.output<typeof rankingSettingsSchema>;

export const rankingDefaults: RankingSettings = {
  mix: { collaborative: 0.4, content: 0.3, social: 0.2, trending: 0.05, exploration: 0.05 },
  candidates: 1_500,
  weights: {
    ...{ collaborative: 1, neighbours: 0.3, content: 0.1, trending: 0.25, trends: 0.05, quality: 0.05 },
    ...{ tags: 0.1, creators: 0.1, sounds: 0.05, languages: 1, social: 0.3, ranker: 0.1 },
  },
  heads: { complete: 1, like: 0.5, share: 0.5, follow: 0.5, hide: -2 },
  boosts: { followed: 1.3, fresh: 1.2, freshMs: 3_600_000, floor: 0.5 },
  exploration: {
    ...{ share: 0.1, coldShare: 0.2, coldVideos: 10, impressions: 150 },
    ...{ youngMs: 48 * 3_600_000, firstImpressions: 30, priorStrength: 6, personal: 1 },
  },
  rerank: { maxRun: 2, perCreator: 3, window: 30, tagShare: 0.4, mmrLambda: 0.9 },
  heatHalfLifeMs: 24 * 3_600_000,
  ranker: { alpha: 0.05, beta: 1, l1: 0.01, l2: 1, bits: 20 },
};

/** Says which weights ranked: the same settings have the same version everywhere. Twelve hexadecimal digits. */
export function settingsVersion(settings: RankingSettings): string {
  const told = JSON.stringify(settings, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(told).digest('hex').slice(0, 12);
}

/**
 * The settings as somebody's sliders change them: `source.NAME` multiplies a part of the mix, `weight.NAME` a weight, `head.NAME` what
 * an action is worth. Factors go from 0 to 4; names that are not known do nothing.
 */
export function withSliders(
  settings: RankingSettings,
  sliders: Readonly<Record<string, number>>,
): RankingSettings {
  const scaled = <K extends string>(
    prefix: string,
    values: Readonly<Record<K, number>>,
  ): Record<K, number> => {
    const result: Record<K, number> = { ...values };
    for (const name in result) {
      const slider = sliders[`${prefix}.${name}`];
      if (slider !== undefined && Number.isFinite(slider)) result[name] *= Math.min(4, Math.max(0, slider));
    }
    return result;
  };
  return {
    ...settings,
    mix: scaled('source', settings.mix),
    weights: scaled('weight', settings.weights),
    heads: scaled('head', settings.heads),
  };
}
