import { setTimeout as pause } from 'node:timers/promises';
import { treesMib } from './processes.ts';
import type { Watched } from './stack.ts';

const EVERY_MS = 2_000;
const SAMPLES_PER_TELLING = 60_000 / EVERY_MS;

/** What every part took at one moment, and all of them together. */
interface Sample {
  readonly atMs: number;
  readonly mib: ReadonlyMap<string, number>;
}

/** A part over the time that was watched, in MiB. */
export interface Course {
  readonly name: string;
  readonly first: number;
  readonly peak: number;
  readonly last: number;
  /** The middle value of each stretch of time, in order. */
  readonly stretches: readonly number[];
}

/** Without ffmpeg, whose size is that of what was uploaded. */
export const TOGETHER = 'everything but ffmpeg';

/** Looks every two seconds at what the parts take, from now until it is stopped, and tells of it once a minute. */
export function startSampler(watched: readonly Watched[], tell: (text: string) => void) {
  const samples: Sample[] = [];
  const over = new AbortController();
  const running = (async () => {
    while (!over.signal.aborted) {
      const now = await sample(watched);
      samples.push(now);
      if (samples.length % SAMPLES_PER_TELLING === 1) {
        tell([...now.mib].map(([name, mib]) => `${name} ${mib.toFixed(0)}`).join(', '));
      }
      await pause(EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  return {
    /** Stops, and tells of each part and of all together, in so many stretches of time. */
    async stop(stretches: number): Promise<Course[]> {
      over.abort();
      await running;
      const names = [...(samples[0]?.mib.keys() ?? [])];
      return names.map((name) => courseOf(name, samples, stretches));
    },
  };
}

async function sample(watched: readonly Watched[]): Promise<Sample> {
  const atMs = performance.now();
  const trees = await treesMib(watched.map(({ pid }) => pid));
  const mib = new Map<string, number>();
  let encoding = 0;
  for (const [at, { name, children }] of watched.entries()) {
    const tree = trees[at];
    mib.set(name, (children ? tree?.own : tree?.all) ?? 0);
    if (!children) continue;
    mib.set(children.name, tree?.children ?? 0);
    encoding += tree?.children ?? 0;
  }
  const all = [...mib.values()].reduce((sum, size) => sum + size, 0);
  mib.set(TOGETHER, all - encoding).set('with ffmpeg', all);
  return { atMs, mib };
}

function courseOf(name: string, samples: readonly Sample[], count: number): Course {
  const sizes = samples.map(({ mib }) => mib.get(name) ?? 0);
  const [began, ended] = [samples[0]?.atMs ?? 0, (samples.at(-1)?.atMs ?? 0) + 1];
  const stretches = Array.from({ length: count }, (): number[] => []);
  for (const [at, { atMs }] of samples.entries())
    stretches[Math.floor(((atMs - began) / (ended - began)) * count)]?.push(sizes[at] ?? 0);
  return {
    name,
    ...{ first: sizes[0] ?? 0, peak: Math.max(...sizes), last: sizes.at(-1) ?? 0 },
    stretches: stretches.map(median),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
