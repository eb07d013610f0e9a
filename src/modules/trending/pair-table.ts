/** Slots are full to this part at most. */
const LOAD = 0.6;

/**
 * A table of two whole numbers to a number and an amount, in typed arrays (16 bytes a slot): open addressing, linear probing, removal
 * by shifting back. The first part of a key is never 0. Places are valid until something is added or removed.
 */
export class PairTable {
  #high: Uint32Array;
  #low: Uint32Array;
  #values: Uint32Array;
  #amounts: Float32Array;
  #mask: number;
  #size = 0;

  constructor(slots = 1_024) {
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#values = new Uint32Array(slots);
    this.#amounts = new Float32Array(slots);
    this.#mask = slots - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** The place of a key, or -1. */
  find(high: number, low: number): number {
    let place = this.#home(high, low);
    while (this.#high[place] !== 0) {
      if (this.#high[place] === high >>> 0 && this.#low[place] === low >>> 0) return place;
      place = (place + 1) & this.#mask;
    }
    return -1;
  }

  /** Adds a key that is not there. */
  add(high: number, low: number, value: number, amount: number): void {
    if (this.#size + 1 > (this.#mask + 1) * LOAD) this.#rebuild((this.#mask + 1) * 2, () => true);
    this.#insert(high, low, value, amount);
  }

  value(place: number): number {
    return this.#values[place] ?? 0;
  }

  amount(place: number): number {
    return this.#amounts[place] ?? 0;
  }

  set(place: number, value: number, amount: number): void {
    this.#values[place] = value;
    this.#amounts[place] = amount;
  }

  remove(place: number): void {
    let hole = place;
    let next = (hole + 1) & this.#mask;
    while (this.#high[next] !== 0) {
      const home = this.#home(this.#high[next] ?? 0, this.#low[next] ?? 0);
      // It may move back unless its home lies behind the hole.
      if (((next - home) & this.#mask) >= ((next - hole) & this.#mask)) {
        this.#high[hole] = this.#high[next] ?? 0;
        this.#low[hole] = this.#low[next] ?? 0;
        this.#values[hole] = this.#values[next] ?? 0;
        this.#amounts[hole] = this.#amounts[next] ?? 0;
        hole = next;
      }
      next = (next + 1) & this.#mask;
    }
    this.#high[hole] = 0;
    this.#size -= 1;
  }

  /** Tells of every entry. Nothing may be added or removed meanwhile. */
  each(tell: (high: number, low: number, value: number, amount: number) => void): void {
    for (let place = 0; place <= this.#mask; place += 1) {
      const high = this.#high[place] ?? 0;
      if (high !== 0) {
        tell(high, this.#low[place] ?? 0, this.#values[place] ?? 0, this.#amounts[place] ?? 0);
      }
    }
  }

  /** Drops all entries but those. */
  keep(isKept: (high: number, low: number, value: number) => boolean): void {
    this.#rebuild(this.#mask + 1, isKept);
  }

  #rebuild(slots: number, isKept: (high: number, low: number, value: number) => boolean): void {
    const old = [this.#high, this.#low, this.#values, this.#amounts] as const;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#values = new Uint32Array(slots);
    this.#amounts = new Float32Array(slots);
    this.#mask = slots - 1;
    this.#size = 0;
    const [highs, lows, values, amounts] = old;
    for (let place = 0; place < highs.length; place += 1) {
      const high = highs[place] ?? 0;
      const low = lows[place] ?? 0;
      const value = values[place] ?? 0;
      if (high !== 0 && isKept(high, low, value)) this.#insert(high, low, value, amounts[place] ?? 0);
    }
  }

  #insert(high: number, low: number, value: number, amount: number): void {
    let place = this.#home(high, low);
    while (this.#high[place] !== 0) place = (place + 1) & this.#mask;
    this.#high[place] = high;
    this.#low[place] = low;
    this.#values[place] = value;
    this.#amounts[place] = amount;
    this.#size += 1;
  }

  #home(high: number, low: number): number {
    let mixed = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
    return (mixed ^ (mixed >>> 13)) & this.#mask;
  }
}

/** 31 bits of a text, never 0 (FNV-1a): tells texts apart where a rare mistake does no harm. */
export function shortHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 15;
  return hash & 0x7fffffff || 1;
}
