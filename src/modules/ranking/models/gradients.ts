/** Stops where what is left is this part of what was asked: far below what separates two neighbours. */
const ENOUGH = 1e-5;
const MOST_STEPS = 60;

/**
 * Solves A x = b for symmetric positive definite A (n x n, row-major, n up to `size`) by conjugate gradients. A ridge keeps the
 * eigenvalues close together, so a dozen steps do what a factorisation needs n / 6 of. What it returns is overwritten by the next call.
 */
export function createGradients(size: number): (a: Float64Array, b: Float64Array, n: number) => Float64Array {
  const [x, r, p, ap] = [0, 1, 2, 3].map(() => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return (a, b, n) => {
    x.fill(0);
    let rr = 0;
    for (let k = 0; k < n; k += 1) {
      r[k] = p[k] = b[k] ?? 0;
      rr += (b[k] ?? 0) ** 2;
    }
    const enough = rr * ENOUGH ** 2;
    for (let step = 0; step < MOST_STEPS && rr > enough; step += 1) {
      let curve = 0;
      for (let k = 0; k < n; k += 1) {
        let sum = 0;
        const rowAt = k * n;
        for (let m = 0; m < n; m += 1) sum += (a[rowAt + m] ?? 0) * (p[m] ?? 0);
        ap[k] = sum;
        curve += sum * (p[k] ?? 0);
      }
      const length = rr / curve;
      let left = 0;
      for (let k = 0; k < n; k += 1) {
        x[k] = (x[k] ?? 0) + length * (p[k] ?? 0);
        r[k] = (r[k] ?? 0) - length * (ap[k] ?? 0);
        left += (r[k] ?? 0) ** 2;
      }
      for (let k = 0; k < n; k += 1) p[k] = (r[k] ?? 0) + (left / rr) * (p[k] ?? 0);
      rr = left;
    }
    return x;
  };
}
