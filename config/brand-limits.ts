/** Of the pictures that stand for a server. */
export const brandLimits = {
  maxPictureBytes: 5 * 1024 * 1024,
  /** A logo is a word or a sign in a bar; twice of what is shown, for dense screens. */
  maxLogoWidth: 640,
  maxLogoHeight: 160,
  /** The largest icon that the page names. */
  iconPixels: 512,
  maxAltCharacters: 1_500,
  /** How long a change takes to count in other processes than the one where it was made. */
  keptMs: 5_000,
  /** Pictures whose bytes a process keeps. */
  inMemory: 8,
} as const;
