/** Bytes from the start of a file: before anything is known of it but its peak bit rate. */

/** What sets up a decoder, with room to spare. */
const INIT_BYTES = 2_000;
/** Seconds that show a picture and begin to play; and those that are there before a clip is watched (web.md 3.4). */
const FIRST_S = 0.6;
const START_S = 1.5;
/** However large a size is: what a clip costs that nobody watches. */
const MOST_BYTES = 120_000;

/** The first bytes: a picture, and the beginning of what follows it. */
export const firstBytes = (bandwidth: number) => bytesOf(bandwidth, FIRST_S);

/** All bytes that are loaded of a clip before it is watched. */
export const startBytes = (bandwidth: number) => bytesOf(bandwidth, START_S);

function bytesOf(bandwidth: number, seconds: number): number {
  return Math.min(MOST_BYTES, Math.ceil(INIT_BYTES + (bandwidth / 8) * seconds));
}
