/** Measures of what the pages of the server say of themselves to programs. */
export const pageLimits = {
  /** Of what somebody wrote, read for a head. */
  readCharacters: 4_000,
  /** As much as search results and link previews show. */
  titleCharacters: 70,
  descriptionCharacters: 200,
  altCharacters: 420,
  /** Pages of one network, of which each asks the database. */
  perNetwork: { points: 600, seconds: 60 },
  /** What is chosen for everybody who is not signed in is written into the page anew after so long, for so many readings of languages. */
  firstPageMs: 1_000,
  firstPages: 64,
  /** As the page itself asks for it. */
  firstPageClips: 10,
} as const;

/** Measures of clips in pages of others. */
export const embedLimits = {
  /** Pixels, where nobody asks for other ones. */
  longSide: 720,
  /** Programs that unfold links get no larger file. */
  mostLines: 720,
  maxUrlCharacters: 2_000,
  maxPixels: 10_000,
  /** How long others may keep what an oEmbed answer says. */
  cacheSeconds: 3_600,
} as const;

/** Measures of what programs of others read again and again: feeds and sitemaps. */
export const outwardLimits = {
  /** Clips of one feed, and those that are read to find so many that may be in it. */
  maxEntries: 20,
  maxRead: 60,
  /** How long others may keep an answer. */
  cacheSeconds: 300,
  /** All days are looked for at most so often. */
  sitemapMs: 3_600_000,
  /** By the protocol of sitemaps. */
  maxSitemaps: 50_000,
  maxInSitemap: 50_000,
} as const;
