/**
 * What trends are made of (ranking.md 5). All of it is shown on the page about the algorithm; a change takes effect when the worker
 * starts. Units are in the names; weights are in units of one view.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What the aggregator, which knows no database, works by. */
export interface TrendSettings {
  readonly halfLivesMs: {
    readonly hot: number;
    readonly usual: number;
    readonly tag: number;
    readonly week: number;
  };
  /** What an action is worth. `complete` comes on top of its view; `use` is a video made with a sound or a hashtag. */
  readonly weights: {
    readonly view: number;
    readonly complete: number;
    readonly like: number;
    readonly comment: number;
    readonly share: number;
    readonly save: number;
  };
  /** What a person adds by a day for a hashtag, a sound or a creator, once each: by a view, by an action, by a video made with it. */
  readonly votes: {
    readonly view: number;
    readonly action: number;
    readonly use: number;
    /** What a deviation from a week ago adds to the logarithm of a sum. */
    readonly surge: number;
  };
  readonly account: { readonly newWeight: number; readonly newMs: number; readonly grownMs: number };
  readonly trust: {
    readonly least: number;
    /** Half of what time alone can give is there after so long. */
    readonly halfKnownMs: number;
    /** Parts of what can be earned: being known, being followed from here, having people who come back. */
    readonly known: number;
    readonly followed: number;
    readonly history: number;
    /** So many followers from here are half of all that following can give. */
    readonly halfFollowers: number;
    readonly halfActors: number;
    /** People of a server who may act before it looks like more than it has: so many, and this part of its population. */
    readonly freeActors: number;
    readonly actorsPerPerson: number;
    readonly reportsAllowed: number;
    readonly boostByFollowed: number;
    /** Servers heard of when the record begins are taken as known for so long, as nobody can say since when they were there. */
    readonly startMs: number;
    readonly startKnownMs: number;
  };
  readonly remote: {
    /** Mass of one server above this counts by its square root. */
    readonly knee: number;
    readonly perLocal: number;
    readonly perDoubling: number;
    readonly view: number;
    /** Views told by other servers make at most this part of a score. */
    readonly viewShare: number;
    readonly claim: number;
  };
  /** Watching from one network above this mass counts by its logarithm. */
  readonly networks: { readonly people: number; readonly nobody: number };
  readonly velocity: {
    /** What a deviation adds to the logarithm of a score, in the lists of each half-life. */
    readonly weight: {
      readonly hot: number;
      readonly usual: number;
      readonly tag: number;
      readonly week: number;
    };
    readonly least: number;
    readonly most: number;
    /** How fast a creator's usual hour follows. */
    readonly learning: number;
    /** From where a video is viral, and how many in the hour it takes at least. */
    readonly viral: number;
    readonly viralLeast: number;
  };
  readonly brake: {
    readonly strangers: number;
    /** Where strangers are usual, it takes so many times what is usual. */
    readonly timesUsual: number;
    /** How fast what is usual follows, an hour. */
    readonly learning: number;
    readonly oneDomain: number;
    /** Servers that are trusted this much are no reason. */
    readonly trusted: number;
    /** Mass of an hour below which nothing is held. */
    readonly leastMass: number;
    /** Who acted so long ago for the first time is no stranger. */
    readonly historyMs: number;
  };
  /**
   * What other servers say that trends there: together at most this part of the median of the best so many of a list; and where nothing
   * happened there yet, of so many views.
   */
  readonly told: { readonly most: number; readonly ofBest: number; readonly least: number };
  /** One server's part of the votes for a hashtag, a sound, a creator, and what it has in any case. */
  readonly perDomain: { readonly share: number; readonly free: number };
  readonly windowMs: number;
  readonly voteWindowMs: number;
  readonly horizonMs: number;
  /** How often what is past the horizon is looked for. */
  readonly sweepMs: number;
  readonly bounds: {
    readonly perBoard: number;
    readonly perSmallBoard: number;
    readonly boards: number;
    readonly acts: number;
    readonly votes: number;
    readonly accounts: number;
    readonly videos: number;
    /** Acts on videos that were not heard of yet. */
    readonly early: number;
  };
}

export const trendSettings: TrendSettings = {
  halfLivesMs: { hot: 2 * HOUR_MS, usual: 6 * HOUR_MS, tag: 12 * HOUR_MS, week: 48 * HOUR_MS },
  weights: { view: 1, complete: 2, like: 5, comment: 10, share: 20, save: 10 },
  votes: { view: 0.2, action: 0.8, use: 2, surge: 0.15 },
  account: { newWeight: 0.1, newMs: DAY_MS, grownMs: 7 * DAY_MS },
  trust: {
    least: 0.05,
    halfKnownMs: 28 * DAY_MS,
    known: 0.3,
    followed: 0.4,
    history: 0.3,
    halfFollowers: 2,
    halfActors: 5,
    freeActors: 20,
    actorsPerPerson: 0.3,
    reportsAllowed: 3,
    boostByFollowed: 1.5,
    startMs: HOUR_MS,
    startKnownMs: 56 * DAY_MS,
  },
  remote: { knee: 20, perLocal: 3, perDoubling: 40, view: 0.1, viewShare: 0.2, claim: 0.1 },
  networks: { people: 10, nobody: 3 },
  velocity: {
    weight: { hot: 0.15, usual: 0.02, tag: 0.02, week: 0 },
    least: -2,
    most: 6,
    learning: 0.2,
    viral: 4,
    viralLeast: 20,
  },
  brake: {
    strangers: 0.5,
    timesUsual: 2,
    learning: 0.05,
    oneDomain: 0.6,
    trusted: 0.5,
    leastMass: 60,
    historyMs: 6 * HOUR_MS,
  },
  told: { most: 0.3, ofBest: 50, least: 0.5 },
  perDomain: { share: 0.1, free: 2 },
  windowMs: 600_000,
  voteWindowMs: HOUR_MS,
  horizonMs: 8 * DAY_MS,
  sweepMs: 12 * HOUR_MS,
  bounds: {
    perBoard: 2_000,
    perSmallBoard: 500,
    boards: 20_000,
    acts: 4_000_000,
    votes: 4_000_000,
    accounts: 1_000_000,
    videos: 1_000_000,
    early: 20_000,
  },
};

/** Trends in the live server: what is read, written and asked at once. */
export const trendUpkeep = {
  /** How often what happened is taken in and the lists are written. */
  everyMs: 1_000,
  /** Rows of one kind that a load takes at once, and signals that one turn takes in. */
  rowsAtOnce: 2_000,
  signalsAtOnce: 20_000,
  /** Commands in one go to Redis. */
  commandsAtOnce: 500,
  /** Lists that nobody wrote to for so long go. */
  listsKeptSeconds: 8 * 24 * 3_600,
  /** How often servers and their trust are looked at, and which of them are shown. */
  trustEveryMs: 60_000,
  trustsShown: 500,
  /** How long caches may keep what trends for everybody. */
  cachedSeconds: 60,
  /** How often it is looked what other servers tell, and how many of the videos they tell of count. */
  toldEveryMs: 5_000,
  maxTold: 500,
  /** How long what spreads fast is kept at hand, and how many such videos there may be. */
  viralMs: 24 * 3_600_000,
  viralAtOnce: 50,
  /** Of views that a server told of one day, so many are taken from rows: what counts is bounded anyway. */
  remoteViewsPerRow: 50,
  /** A page of trends looks at so many more than it shows, for those that may not be shown. */
  spare: 60,
  maxNoteCharacters: 1_000,
  maxDecisionsShown: 100,
} as const;
