/** How fast bytes come, learnt from our own requests. */
export interface Throughput {
  /** Notes a request that was answered whole: what came, and the time from asking to the last byte. */
  note(bytes: number, ms: number): void;
  /** Bits per second that can be counted on; null as long as nothing was learnt. */
  bitsPerSecond(): number | null;
}

/** Answers below this tell of the way there and back, not of the line. */
const LEAST_BYTES = 16_000;
/** Seconds of loading after which half of what was known before is forgotten: one follows falls, one outlives bursts. */
const HALF_LIVES_S = [2, 6] as const;

/** Two moving averages, weighted by how long a request took; the more careful one counts. */
export function createThroughput(): Throughput {
  const averages = HALF_LIVES_S.map((halfLife) => ({ halfLife, weighted: 0, weight: 0 }));
  return {
    note(bytes, ms) {
      if (bytes < LEAST_BYTES || ms <= 0) return;
      const seconds = ms / 1_000;
      for (const average of averages) {
        const kept = 0.5 ** (seconds / average.halfLife);
        average.weighted = average.weighted * kept + ((bytes * 8) / seconds) * (1 - kept);
        average.weight = average.weight * kept + (1 - kept);
      }
    },
    bitsPerSecond() {
      const known = averages.filter(({ weight }) => weight > 0);
      return known.length === 0 ? null : Math.min(...known.map(({ weighted, weight }) => weighted / weight));
    },
  };
}

/** What the line of this visit gives. */
export const line = createThroughput();
