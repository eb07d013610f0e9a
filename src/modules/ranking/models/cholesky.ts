/**
 * Solves A x = b for a symmetric positive definite A (n x n, row-major, only its lower triangle is read; both are overwritten, b by x).
 * False where A is not positive definite within what floating point tells.
 */
export function solveInPlace(a: Float64Array, b: Float64Array, n: number): boolean {
  return factorInPlace(a, n) && substitute(a, b, n);
}

/** A becomes L with A = L Lt, in its lower triangle, by rows: all sums run along memory. */
export function factorInPlace(a: Float64Array, n: number): boolean {
  for (let row = 0; row < n; row += 1) {
    const rowAt = row * n;
    for (let column = 0; column < row; column += 1) {
      const columnAt = column * n;
      let sum = a[rowAt + column] ?? 0;
      for (let k = 0; k < column; k += 1) sum -= (a[rowAt + k] ?? 0) * (a[columnAt + k] ?? 0);
      a[rowAt + column] = sum / (a[columnAt + column] ?? 0);
    }
    let rest = a[rowAt + row] ?? 0;
    for (let k = 0; k < row; k += 1) rest -= (a[rowAt + k] ?? 0) ** 2;
    if (!(rest > 0)) return false;
    a[rowAt + row] = Math.sqrt(rest);
  }
  return true;
}

/** b becomes x with L Lt x = b. */
export function substitute(l: Float64Array, b: Float64Array, n: number): boolean {
  for (let row = 0; row < n; row += 1) {
    let sum = b[row] ?? 0;
    for (let k = 0; k < row; k += 1) sum -= (l[row * n + k] ?? 0) * (b[k] ?? 0);
    b[row] = sum / (l[row * n + row] ?? 0);
  }
  for (let row = n - 1; row >= 0; row -= 1) {
    const x = (b[row] ?? 0) / (l[row * n + row] ?? 0);
    b[row] = x;
    for (let k = 0; k < row; k += 1) b[k] = (b[k] ?? 0) - (l[row * n + k] ?? 0) * x;
  }
  return Number.isFinite(b[0] ?? 0);
}
