import type { Random } from './random.ts';

/** What is believed of how much of a video people watch to the end: a Beta distribution. */
export interface Belief {
  readonly a: number;
  readonly b: number;
}

/** Steps of a belief. Drawn from and reckoned with as they are, so that what is logged is the chance of the very draw. */
const CELLS = 64;
/** Gauss-Legendre on [0, 1] with three points: exact for polynomials up to the fifth degree. */
const POINTS = [0.5 - Math.sqrt(0.15), 0.5, 0.5 + Math.sqrt(0.15)] as const;
const POINT_WEIGHTS = [5 / 18, 8 / 18, 5 / 18] as const;

const logs = Float64Array.from({ length: CELLS }, (_, cell) => Math.log((cell + 0.5) / CELLS));

export interface Trial {
  /** Place of the belief that won. */
  readonly at: number;
  readonly propensity: number;
  /** The value that was drawn for it. */
  readonly drawn: number;
}

/**
 * Thompson sampling: draws one value from each belief and takes the largest, so that a video is tried as often as it may be the best. With
 * it comes the propensity, how likely just this one was to be taken among those that were `open`:
 * P(i) = sum over cells of p_i * integral of the product of the others' distribution functions, by quadrature within each cell. None of it is
 * simulated. Beliefs are taken as histograms of 64 even cells; within a cell every value is as likely.
 */
export function createTrials(beliefs: readonly Belief[]): {
  /** Null where nothing is open. `open`: places of beliefs, each once. */
  draw(open: readonly number[], random: Random): Trial | null;
} {
  const upTo = new Float64Array(beliefs.length * (CELLS + 1));
  for (let at = 0; at < beliefs.length; at += 1)
    fillDistribution(beliefs[at] ?? UNKNOWN, upTo, at * (CELLS + 1));
  return {
    draw(open, random) {
      let best: number | null = null;
      let most = -1;
      for (const at of open) {
        const value = draw(upTo, at * (CELLS + 1), random());
        if (value > most) [best, most] = [at, value];
      }
      if (best === null) return null;
      return { at: best, propensity: chanceOf(best, upTo, open), drawn: most / CELLS };
    },
  };
}
const UNKNOWN: Belief = { a: 1, b: 1 };

/** Distribution function of a belief at the edges of the cells. */
function fillDistribution({ a, b }: Belief, upTo: Float64Array, from: number): void {
  let peak = Number.NEGATIVE_INFINITY;
  for (let cell = 0; cell < CELLS; cell += 1) {
    const density = (a - 1) * (logs[cell] ?? 0) + (b - 1) * (logs[CELLS - 1 - cell] ?? 0);
    upTo[from + cell + 1] = density;
    if (density > peak) peak = density;
  }
  let sum = 0;
  for (let cell = 1; cell <= CELLS; cell += 1) {
    sum += Math.exp((upTo[from + cell] ?? 0) - peak);
    upTo[from + cell] = sum;
  }
  for (let cell = 1; cell <= CELLS; cell += 1) upTo[from + cell] = (upTo[from + cell] ?? 0) / sum;
  upTo[from] = 0;
}

/** The value below which a part of a belief lies. */
function draw(upTo: Float64Array, from: number, part: number): number {
  let low = 0;
  let high = CELLS;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((upTo[from + middle] ?? 0) <= part) low = middle;
    else high = middle;
  }
  const below = upTo[from + low] ?? 0;
  const width = (upTo[from + high] ?? 1) - below;
  return low + (width > 0 ? (part - below) / width : 0);
}

function chanceOf(chosen: number, upTo: Float64Array, open: readonly number[]): number {
  const mine = chosen * (CELLS + 1);
  let chance = 0;
  for (let cell = 0; cell < CELLS; cell += 1) {
    const mass = (upTo[mine + cell + 1] ?? 0) - (upTo[mine + cell] ?? 0);
    if (mass < 1e-9) continue;
    for (let point = 0; point < POINTS.length; point += 1) {
      const within = POINTS[point] ?? 0;
      let others = 1;
      for (let which = 0; which < open.length; which += 1) {
        const at = open[which] ?? chosen;
        if (at === chosen) continue;
        const edge = at * (CELLS + 1) + cell;
        const below = upTo[edge] ?? 0;
        others *= below + ((upTo[edge + 1] ?? 0) - below) * within;
      }
      chance += mass * (POINT_WEIGHTS[point] ?? 0) * others;
    }
  }
  return Math.min(1, chance);
}

/**
 * Which places of a feed explore: the last of each stretch of 1 / share places, so that any 1 / share places in a row have one,
 * and the best places go to what is known to be good. `coldLeft` more videos make somebody known; until then it is the share of the cold.
 * Feeds that are shorter than a stretch explore by chance, as often as their length says.
 */
export function explorationPlaces(
  n: number,
  shares: { readonly share: number; readonly coldShare: number; readonly coldLeft: number },
  random: Random,
): boolean[] {
  let owed = 0;
  const places = Array.from({ length: n }, (_, at) => {
    owed += at < shares.coldLeft ? Math.max(shares.share, shares.coldShare) : shares.share;
    const isOne = owed >= 1 - 1e-9;
    if (isOne) owed -= 1;
    return isOne;
  });
  if (n > 0 && random() < owed) places[n - 1] = true;
  return places;
}
