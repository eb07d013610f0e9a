/**
 * Forward decay in the domain of logarithms (ranking.md 5; Cormode et al. 2009): what happened at t weighs w·e^(t/τ), so that sums
 * need no rewriting as time goes and their order never changes by itself. Shown is e^(L - now/τ).
 */

/** ln(e^a + e^b), without leaving the range of numbers. `-Infinity` is nothing. */
export function logAdd(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return b;
  if (b === Number.NEGATIVE_INFINITY) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

/** The time constant of a half-life, both in milliseconds. */
export function timeConstant(halfLifeMs: number): number {
  return halfLifeMs / Math.LN2;
}

/** A mass that was kept as L, as it is worth at a time. */
export function decayed(log: number, at: number, halfLifeMs: number): number {
  return Math.exp(log - at / timeConstant(halfLifeMs));
}
