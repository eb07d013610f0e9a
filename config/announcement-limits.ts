/** What the staff tells everybody. */
export const announcementLimits = {
  maxCharacters: 5_000,
  /** Kept at once, whether they are shown or not: the staff deletes old ones. */
  maxKept: 200,
  /** Different signs below one of them, as elsewhere in the fediverse. */
  maxReactions: 8,
  /** How late those who listen are told that one is shown or over. */
  tellMs: 5_000,
  /** Who dismissed what ended this long ago is forgotten. */
  dismissalsKeptMs: 30 * 24 * 3_600_000,
} as const;
