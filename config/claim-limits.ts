/** Copyright claims and what is answered to them. Units are in the names. */

const minute = 60_000;
const day = 24 * 60 * minute;

export const claimLimits = {
  maxVideos: 20,
  maxOriginals: 20,
  maxUrlCharacters: 2_000,
  maxNameCharacters: 200,
  maxAddressCharacters: 500,
  maxTextCharacters: 5_000,
  /** Of the description of the work, in what the uploader is told of the removal. */
  toldWorkCharacters: 500,
  /** A claim whose address nobody confirmed within this is forgotten. */
  unconfirmedMs: 3 * day,
  /** Claims that one address may file in an hour: each sends a mail there. */
  perAddressAndHour: 4,
  /** After a removal, the uploader may answer for this long. */
  counterMs: 30 * day,
  /** Claims that were decided are kept for three years: so long can one sue over them (17 U.S.C. 507(b)). */
  keptDays: 3 * 365,
  /** Copies and remixes that are looked for at once: those that the staff is shown before, and those of one portion. */
  maxCascade: 1_000,
  /** Videos that one transaction removes for a claim, or brings back. */
  changedAtOnce: 100,
  /** Fingerprints that are compared at once. */
  comparedAtOnce: 200,
  /** How long the look at pictures may take before somebody decides; the removal looks through all. */
  previewMs: 1_500,
  /** The same at the command line, where somebody may wait. */
  dryRunMs: 10 * minute,
  /** Counter-notices whose time is over that one round of upkeep brings back. */
  dueAtOnce: 50,
  maxListed: 200,
} as const;
