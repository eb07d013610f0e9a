import type { ModelSettings } from '../../../../config/model-limits.ts';
import { solveInPlace } from './cholesky.ts';
import type { Interactions, Sparse } from './interactions.ts';

/**
 * Implicit alternating least squares (Hu, Koren, Volinsky 2008) with the regularisation by frequency of Rendle et al. 2021: what was liked
 * shall have the product 1, weighted by how much it was liked; everything else 0, weighted by alpha.
 */
export interface Ials {
  /** rows x dim. */
  readonly factors: Float32Array;
  /** alpha * YtY (dim x dim): what all videos together say to somebody. */
  readonly gram: Float32Array;
}

export interface IalsStart {
  /** rows x dim, where to begin. */
  readonly factors: Float32Array;
  readonly passes: number;
}

/** `weights` are of the entries of `byUser`, above 0. People are solved before videos in each pass, so none need be known. */
export function trainIals(
  { byUser, byItem, userRows, itemRows }: Interactions,
  weights: { readonly byUser: Float32Array; readonly byItem: Float32Array },
  settings: ModelSettings,
  start: IalsStart,
): Ials {
  const { dim } = settings;
  const items = start.factors.slice();
  const people = new Float32Array(userRows * dim);
  for (let pass = 0; pass < start.passes; pass += 1) {
    improveSide(byUser, weights.byUser, items, people, itemRows, settings);
    improveSide(byItem, weights.byItem, people, items, userRows, settings);
  }
  return { factors: items, gram: gramOf(items, dim, settings.alpha) };
}

/** One side, given the other, by a few steps of conjugate gradients from where it stood (Takács, Pilászy, Tikk 2011): a third of the time of exact solves. */
function improveSide(
  { start, index }: Sparse,
  weights: Float32Array,
  fixed: Float32Array,
  solved: Float32Array,
  others: number,
  settings: ModelSettings,
): void {
  const { dim, alpha, lambda, steps } = settings;
  const gram = gramOf(fixed, dim, alpha);
  const buffers = { x: new Float64Array(dim), r: new Float64Array(dim), p: new Float64Array(dim) };
  const ap = new Float64Array(dim);
  for (let row = 0; row + 1 < start.length; row += 1) {
    const [from, end] = [start[row] ?? 0, start[row + 1] ?? 0];
    const regular = lambda * (end - from + alpha * others);
    const { x, r, p } = buffers;
    for (let k = 0; k < dim; k += 1) x[k] = solved[row * dim + k] ?? 0;
    multiply(x, ap, { gram, fixed, index, weights, from, end, regular, dim });
    r.fill(0);
    for (let at = from; at < end; at += 1) {
      const weight = weights[at] ?? 0;
      const base = (index[at] ?? 0) * dim;
      for (let k = 0; k < dim; k += 1) r[k] = (r[k] ?? 0) + weight * (fixed[base + k] ?? 0);
    }
    for (let k = 0; k < dim; k += 1) r[k] = (r[k] ?? 0) - (ap[k] ?? 0);
    p.set(r);
    let rr = dot(r, r, dim);
    for (let step = 0; step < steps && rr > 1e-20; step += 1) {
      multiply(p, ap, { gram, fixed, index, weights, from, end, regular, dim });
      const length = rr / dot(p, ap, dim);
      for (let k = 0; k < dim; k += 1) {
        x[k] = (x[k] ?? 0) + length * (p[k] ?? 0);
        r[k] = (r[k] ?? 0) - length * (ap[k] ?? 0);
      }
      const left = dot(r, r, dim);
      for (let k = 0; k < dim; k += 1) p[k] = (r[k] ?? 0) + (left / rr) * (p[k] ?? 0);
      rr = left;
    }
    for (let k = 0; k < dim; k += 1) solved[row * dim + k] = x[k] ?? 0;
  }
}

interface Side {
  readonly gram: Float32Array;
  readonly fixed: Float32Array;
  readonly index: Int32Array;
  readonly weights: Float32Array;
  readonly from: number;
  readonly end: number;
  readonly regular: number;
  readonly dim: number;
}

/** out = (gram + sum of w y yt over the entries + regular I) v, without making that matrix. */
function multiply(v: Float64Array, out: Float64Array, side: Side): void {
  const { gram, fixed, index, weights, from, end, regular, dim } = side;
  for (let k = 0; k < dim; k += 1) {
    let sum = regular * (v[k] ?? 0);
    const rowAt = k * dim;
    for (let m = 0; m < dim; m += 1) sum += (gram[rowAt + m] ?? 0) * (v[m] ?? 0);
    out[k] = sum;
  }
  for (let at = from; at < end; at += 1) {
    const base = (index[at] ?? 0) * dim;
    let product = 0;
    for (let k = 0; k < dim; k += 1) product += (fixed[base + k] ?? 0) * (v[k] ?? 0);
    product *= weights[at] ?? 0;
    for (let k = 0; k < dim; k += 1) out[k] = (out[k] ?? 0) + product * (fixed[base + k] ?? 0);
  }
}

function dot(x: Float64Array, y: Float64Array, dim: number): number {
  let sum = 0;
  for (let k = 0; k < dim; k += 1) sum += (x[k] ?? 0) * (y[k] ?? 0);
  return sum;
}

type Solve = (
  fixed: Float32Array,
  gram: Float32Array,
  rows: ArrayLike<number>,
  weights: ArrayLike<number>,
  out: Float32Array,
  at: number,
) => void;

/** Solves one factor, given those of the other side (`others` of them); the buffers are its own, so that no call allocates any. */
export function createSolver({ dim, alpha, lambda }: ModelSettings, others: number): Solve {
  const a = new Float64Array(dim * dim);
  const b = new Float64Array(dim);
  return (fixed, gram, rows, weights, out, at) => {
    a.set(gram);
    b.fill(0);
    const regular = lambda * (rows.length + alpha * others);
    for (let k = 0; k < dim; k += 1) a[k * dim + k] = (a[k * dim + k] ?? 0) + regular;
    for (let one = 0; one < rows.length; one += 1) {
      const weight = weights[one] ?? 0;
      const base = (rows[one] ?? 0) * dim;
      for (let k = 0; k < dim; k += 1) {
        const scaled = weight * (fixed[base + k] ?? 0);
        b[k] = (b[k] ?? 0) + scaled;
        const rowAt = k * dim;
        for (let m = 0; m <= k; m += 1) a[rowAt + m] = (a[rowAt + m] ?? 0) + scaled * (fixed[base + m] ?? 0);
      }
    }
    const isSolved = solveInPlace(a, b, dim);
    for (let k = 0; k < dim; k += 1) out[at + k] = isSolved ? (b[k] ?? 0) : 0;
  };
}

/** scale * FtF. */
export function gramOf(factors: Float32Array, dim: number, scale: number): Float32Array {
  const sums = new Float64Array(dim * dim);
  for (let base = 0; base < factors.length; base += dim) {
    for (let k = 0; k < dim; k += 1) {
      const one = factors[base + k] ?? 0;
      const rowAt = k * dim;
      for (let m = 0; m <= k; m += 1)
        sums[rowAt + m] = (sums[rowAt + m] ?? 0) + one * (factors[base + m] ?? 0);
    }
  }
  for (let k = 0; k < dim; k += 1) for (let m = 0; m < k; m += 1) sums[m * dim + k] = sums[k * dim + m] ?? 0;
  return Float32Array.from(sums, (sum) => sum * scale);
}

/** Small numbers around 0 that depend on the slot of a video and nothing else, so that the same events give the same model. */
export function firstFactors(slots: Int32Array, dim: number): Float32Array {
  const factors = new Float32Array(slots.length * dim);
  const size = 0.1 / Math.sqrt(dim);
  slots.forEach((slot, row) => {
    for (let k = 0; k < dim; k += 1)
      factors[row * dim + k] = size * (spread(slot * dim + k) + spread(~(slot * dim + k)));
  });
  return factors;
}

/** -1 to 1 (the finaliser of MurmurHash3). */
function spread(seed: number): number {
  let h = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 0x7fffffff - 1;
}
