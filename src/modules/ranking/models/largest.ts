/**
 * The largest of many numbers, without sorting all of them: a heap of `count` places, the least on top. Of equals the lower name wins, so
 * that the same numbers always give the same choice.
 */
export class Largest {
  readonly #names: Int32Array;
  readonly #scores: Float64Array;
  #size = 0;

  constructor(count: number) {
    this.#names = new Int32Array(count);
    this.#scores = new Float64Array(count);
  }

  get count(): number {
    return this.#names.length;
  }

  /** What a score must exceed to be taken, once all places are. */
  get floor(): number {
    return this.#size < this.#names.length ? Number.NEGATIVE_INFINITY : (this.#scores[0] ?? 0);
  }

  offer(name: number, score: number): void {
    if (this.#size < this.#names.length) {
      this.#rise(name, score);
    } else if (this.#isLess(0, name, score)) {
      this.#sink(name, score, this.#size);
    }
  }

  /** The best first; it is empty afterwards. */
  take(): { readonly name: number; readonly score: number }[] {
    const taken: { name: number; score: number }[] = [];
    while (this.#size > 0) {
      taken.push({ name: this.#names[0] ?? 0, score: this.#scores[0] ?? 0 });
      this.#size -= 1;
      this.#sink(this.#names[this.#size] ?? 0, this.#scores[this.#size] ?? 0, this.#size);
    }
    return taken.reverse();
  }

  /** The place holds what is worse. */
  #isLess(place: number, name: number, score: number): boolean {
    const held = this.#scores[place] ?? 0;
    return held < score || (held === score && (this.#names[place] ?? 0) > name);
  }

  #rise(name: number, score: number): void {
    let place = this.#size;
    this.#size += 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#isLess(parent, name, score)) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#put(place, name, score);
  }

  #sink(name: number, score: number, size: number): void {
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#isLess(right, this.#names[child] ?? 0, this.#scores[child] ?? 0))
        child = right;
      if (!this.#isLess(child, name, score)) break;
      this.#move(child, place);
      place = child;
    }
    if (size > 0) this.#put(place, name, score);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#names[from] ?? 0, this.#scores[from] ?? 0);
  }

  #put(place: number, name: number, score: number): void {
    this.#names[place] = name;
    this.#scores[place] = score;
  }
}
