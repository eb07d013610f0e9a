/** Time is passed in, so that tests can move it. Milliseconds since 1970 UTC. */
export interface Clock {
  now(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() };
