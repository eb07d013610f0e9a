/**
 * Finds the vectors with the largest products with a query, among slots that are dense numbers. The one here is in this process and
 * exact but for rounding to int8; another one may stand on another server.
 */
export interface VectorIndex {
  /** Vectors it holds. */
  readonly size: number;
  /** Of memory it has taken. */
  readonly bytes: number;
  /** Adds or replaces. Numbers beyond the range are cut. False where the slot is beyond what it was made for. */
  set(slot: number, vector: Float32Array): boolean;
  delete(slot: number): void;
  /** Forgets all vectors; from now on numbers go from -range to range. */
  clear(range: number): void;
  /**
   * The `count` best, best first, of equals the lower slot. `allowed`: bit s & 7 of byte s >> 3 is set where slot s may be found; slots
   * beyond its end may not. Null: all may. Fewer where there are no more.
   */
  search(query: Float32Array, count: number, allowed: Uint8Array | null): VectorHits;
}

/** Parallel. */
export interface VectorHits {
  readonly slots: Int32Array;
  readonly scores: Float32Array;
}
