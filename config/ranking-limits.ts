/** Caps of the ranking engine: what bounds its memory and its work for one feed. Units are in the names. */
export const rankingLimits = {
  /** Of this many, vectors are searched: 64 bytes each. */
  videos: 1 << 21,
  /** Videos without a factor of their own that get one from their content at once, between feeds when a model is new, and with each feed. */
  mappedAtOnce: 256,
  mappedByFeed: 16,
  /** Of one video; further ones are not ranked by. */
  tagsPerVideo: 8,
  /** Distinct hashtags, sounds and languages that are told apart; later ones count as none. */
  names: { tags: 1 << 20, sounds: 1 << 20, languages: 1 << 12 },
  /** Videos somebody met last, exactly (ranking.md 7); of people elsewhere only what those here follow them for. */
  ledger: 500,
  ledgerOfStrangers: 64,
  /** Earlier ones, in two filters by turns: at .5 % false answers one of them holds some 11,000. */
  bloomBits: 1 << 17,
  bloomHashes: 7,
  bloomItems: 11_000,
  bloomMs: 30 * 24 * 3_600_000,
  /** Comments whose removal is still understood, of one person. */
  comments: 500,
  /** Videos with the most heat that are at hand. */
  hottest: 500,
  /** Videos that heat is compared over, at most. */
  heatOver: 7_000,
  /** Follows whose newest videos and likes one feed looks at, and how many of each. */
  followsRead: 200,
  newestOfFollowed: 5,
  likedOfFollowed: 5,
  /** What trends, of each scope that is looked at. */
  trending: 200,
  /** How long such a list is used, by the time of the feeds, and of how many scopes. */
  trendsKeptMs: 30_000,
  trendsKept: 200,
  /** Newest uploads that exploration prefers, and candidates of one draw. */
  newest: 2_048,
  drawFromNewest: 32,
  drawFromPool: 32,
  lookedAtInPool: 256,
  /** Of what is ranked highest for somebody, so many videos of the pool take part in a draw as well. */
  drawFromRanked: 8,
  /** Videos that are looked at, from the last on, when all sources together have too few. */
  filledFrom: 5_000,
  /** Of the candidates, so many are ranked by all features, and so many put in order with regard to each other. */
  ranked: 600,
  reranked: 200,
  /** Videos somebody met last that say what they like. */
  tasteFrom: 100,
  /** What somebody liked that candidates are searched by. */
  profile: 500,
  /** At most in one feed. */
  feed: 200,
  /** Examples that the ranker can be taught again from, and videos of one person that are compared with each other. */
  examples: 1 << 16,
  compared: 4,
  featuresPerExample: 24,
} as const;
