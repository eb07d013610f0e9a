/** One figure with what it is compared to, both measured in the same run: absolute numbers depend on the machine. */
export interface Measurement {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number;
  /** The ratio of value to baseline that is wanted at least; absent where it is only told. */
  readonly goal?: number;
  /** The ratio is then wanted at most, not at least. */
  readonly lessIsBetter?: boolean;
}

export interface BenchOptions {
  /** A quick run that shows that everything works; its figures say little. Benchmarks that have no such run ignore it. */
  readonly isSmall: boolean;
  /** How long to look at what takes its time; each benchmark has a length of its own where none is given. */
  readonly minutes?: number | undefined;
}

export type Bench = (options: BenchOptions) => Promise<readonly Measurement[]>;

/** The value that a share (0 to 1) of them is not above: 0.5 is their median. NaN where there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Calls per second of processor time of this process, over at least a second and a few calls. */
export async function callsPerCpuSecond(call: () => Promise<unknown>): Promise<number> {
  for (let warm = 0; warm < 20; warm += 1) await call();
  const before = process.cpuUsage();
  let calls = 0;
  for (;;) {
    for (let batch = 0; batch < 20; batch += 1) await call();
    calls += 20;
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1_000_000;
    if (seconds > 1.5) return calls / seconds;
  }
}
