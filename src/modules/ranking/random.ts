/** Uniform numbers in [0, 1). */
export type Random = () => number;

/**
 * A quick stream of random numbers (mulberry32) that one draw of `random` begins. A feed takes one draw of what was injected however
 * much chance it needs, so that what one person is shown does not move the numbers that the next one gets.
 */
export function branch(random: Random): Random {
  let state = Math.floor(random() * 4_294_967_296) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Spreads a number over 32 bits (the end of murmur3). */
export function scatter(number: number): number {
  let mixed = number | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
