/** Bounds of search: no word, however common, and no query, however long, may cost more than these. */
export const searchLimits = {
  /** Characters of a query. Longer ones are addresses, which are looked up and not searched for. */
  maxCharacters: 1_024,
  /** Words and filters of one query; what comes after is left out. */
  maxTokens: 24,
  /** Characters of one word. */
  maxWord: 100,
  /** Videos that a query is answered from: the newest that match, and besides those that most people liked. */
  newest: 400,
  popular: 200,
  /** Of a stretch of months, so many are looked at before the newest of them are taken. */
  ofLongStretch: 1_600,
  /** Looked up at once, to see which of them somebody may see. */
  checkedAtOnce: 60,
  /** PostgreSQL stops a search that takes longer. */
  timeoutMs: 2_000,
  /** And what is only a help, such as a word that is like another. */
  helpMs: 150,
  /** Words of others that an unfinished word can become. */
  completions: 24,
  /** Shorter beginnings are those of too many words. */
  minBeginning: 2,
  /** Shorter words are like too many others to be taken for a slip. */
  minAlike: 4,
  /** A word that so few videos have is not proposed in place of another. */
  minUsesOfCorrection: 2,
  /** Accounts that are like what is written, of which those are shown that may be. */
  alikeAccounts: 40,
  /** Sounds that are called nearly so, of which those are shown that somebody may see a video with. */
  alikeSounds: 60,
  /** Starter packs that a search finds; so many that have its words are looked at before the best are taken. */
  packs: 60,
  packsLookedAt: 400,
  /** Of all that begins so, so much is looked at before what is used most is taken. */
  begunLookedAt: 10_000,
  /** So few letters begin more than that; of what is used most, so much is looked at. */
  commonLetters: 3,
  commonLookedAt: 200,
  /** Hashtags of which those are shown that somebody may see a video with. */
  tagCandidates: 40,
  /** Names that the words of a query are tried as. */
  tagNames: 4,
  /** Of each of these, the newest videos are looked at for one that may be seen. */
  videosOfTag: 40,
  videosOfSound: 40,
  /** Languages whose endings are tried: those of most videos here. */
  languages: 6,
  languagesMs: 10 * 60_000,
  suggested: 5,
  maxSuggested: 10,
  /** Characters of captions that a video is found by. */
  maxSpoken: 20_000,
  /** Videos that are put into the index at once. */
  indexedAtOnce: 200,
  /** With more changes than these, documents of before are reckoned with. */
  farBehind: 2_000,
  /** And documents that are gone, whose words are taken off at once: more than come with those. */
  forgottenAtOnce: 1_000,
  /** Of a search engine: answered, or PostgreSQL does it. The engine itself is to stop a little sooner. */
  engineMs: 1_500,
  engineStopsMs: 1_200,
  /** What it may answer with: ids and scores of so many videos. */
  engineHits: 120,
  engineBytes: 512 * 1024,
  /** Of words, each in each field, it is asked for so many at once; filters come to them, and it takes 1,024 of both. */
  engineWords: 900,
  /** Pages of hits that one page of results may take: where somebody may see few of them, the next request goes on. */
  engineRounds: 8,
  /** While it is away, it is asked again after so long, and twice as long each time, up to the second. */
  engineRetryMs: 5_000,
  engineRetryMaxMs: 60_000,
  /** What it is told: so many documents at once, in requests of so many characters, each answered within this. */
  engineToldAtOnce: 200,
  engineToldCharacters: 4_000_000,
  engineToldMs: 30_000,
  engineToldBytes: 1024 * 1024,
  /** For so long one process does it; if that dies, another begins then. */
  engineHeldMs: 60_000,
  /** How often changes are looked for. */
  everyMs: 2_000,
  /** And for how long changes are taken in then: other upkeep waits meanwhile. */
  turnMs: 1_000,
} as const;

/** In the rank, beside how well the words match. */
export const searchRank = {
  /** Of words in the captions, the description and the hashtags: PostgreSQL's weights D, C, B, A. */
  weights: [0.05, 0.15, 0.5, 1],
  /** What a new video has ahead of an old one of the same words; half of it is gone after so many days. */
  recency: 0.6,
  halfLifeDays: 30,
  /** What each doubling of likes, comments and shares adds. */
  popularity: 0.08,
} as const;
