import { logAdd, timeConstant } from './log-decay.ts';
import { PairTable } from './pair-table.ts';

/** No group, no node. */
const NONE = -1;

export interface MassSettings {
  readonly windowMs: number;
  readonly halfLivesMs: readonly number[];
}

/**
 * How much was done for a subject (a video, a hashtag …), by source (this server, another one): as plain sums per window of time, and as
 * sums with forward decay for several half-lives. Times count to the middle of their window, so that the sums with decay can be
 * made anew from the plain ones: that is how something is taken back. Typed arrays; costs of a change do not depend on how much there is.
 */
export class Masses {
  readonly #windowMs: number;
  readonly #constants: readonly number[];
  readonly #groups = new PairTable();
  #owner = new Uint32Array(1_024);
  #source = new Uint32Array(1_024);
  #raw = new Float64Array(1_024);
  #logs: Float64Array;
  #nextGroup = new Int32Array(1_024);
  #newest = new Int32Array(1_024);
  #isStale = new Uint8Array(1_024);
  #first = new Int32Array(1_024).fill(NONE);
  #groupCount = 0;
  #freeGroup = NONE;
  #window = new Uint32Array(1_024);
  #mass = new Float64Array(1_024);
  #strange = new Float64Array(1_024);
  #nextNode = new Int32Array(1_024);
  #nodeCount = 0;
  #freeNode = NONE;

  constructor({ windowMs, halfLivesMs }: MassSettings) {
    this.#windowMs = windowMs;
    this.#constants = halfLivesMs.map(timeConstant);
    this.#logs = new Float64Array(1_024 * halfLivesMs.length);
  }

  windowOf(at: number): number {
    return Math.floor(at / this.#windowMs);
  }

  /** Adds (or with a negative amount takes back) what happened in a window. `isStrange`: by somebody without history. */
  add(subject: number, source: number, window: number, amount: number, isStrange: boolean): void {
    const group = this.#groupOf(subject, source);
    const node = this.#nodeOf(group, window);
    this.#raw[group] = (this.#raw[group] ?? 0) + amount;
    this.#mass[node] = (this.#mass[node] ?? 0) + amount;
    if (isStrange) this.#strange[node] = (this.#strange[node] ?? 0) + amount;
    if (amount < 0) {
      this.#isStale[group] = 1;
      return;
    }
    const at = (window + 0.5) * this.#windowMs;
    const log = Math.log(amount);
    const base = group * this.#constants.length;
    for (let half = 0; half < this.#constants.length; half += 1) {
      const before = this.#logs[base + half] ?? Number.NEGATIVE_INFINITY;
      this.#logs[base + half] = logAdd(before, log + at / (this.#constants[half] ?? 1));
    }
  }

  /** The first group of a subject, and the next after one; below 0: none. */
  first(subject: number): number {
    return this.#first[subject] ?? NONE;
  }

  next(group: number): number {
    return this.#nextGroup[group] ?? NONE;
  }

  source(group: number): number {
    return this.#source[group] ?? 0;
  }

  /** The plain sum over all that is kept. */
  raw(group: number): number {
    if (this.#isStale[group] === 1) this.#renew(group);
    return Math.max(0, this.#raw[group] ?? 0);
  }

  /** L of a group for one of the half-lives. */
  log(group: number, half: number): number {
    if (this.#isStale[group] === 1) this.#renew(group);
    return this.#logs[group * this.#constants.length + half] ?? Number.NEGATIVE_INFINITY;
  }

  /** What came in windows from one to another, both included: all of it, and what of it strangers did. */
  between(group: number, from: number, to: number): { readonly mass: number; readonly strange: number } {
    let mass = 0;
    let strange = 0;
    for (let node = this.#newest[group] ?? NONE; node >= 0; node = this.#nextNode[node] ?? NONE) {
      const window = this.#window[node] ?? 0;
      if (window < from) break;
      if (window <= to) {
        mass += this.#mass[node] ?? 0;
        strange += this.#strange[node] ?? 0;
      }
    }
    return { mass, strange };
  }

  /** Forgets a subject. */
  drop(subject: number): void {
    let group = this.first(subject);
    while (group >= 0) {
      const next = this.next(group);
      this.#release(group);
      group = next;
    }
    if (subject < this.#first.length) this.#first[subject] = NONE;
  }

  /** Forgets what came before a window; tells of subjects that lost something. */
  sweep(before: number, tell: (subject: number) => void): void {
    for (let subject = 0; subject < this.#first.length; subject += 1) {
      let group = this.#first[subject] ?? NONE;
      let previous = NONE;
      let hasLost = false;
      while (group >= 0) {
        const next = this.next(group);
        if (this.#sweepGroup(group, before)) hasLost = true;
        if ((this.#newest[group] ?? NONE) < 0) {
          if (previous < 0) this.#first[subject] = next;
          else this.#nextGroup[previous] = next;
          this.#release(group);
        } else previous = group;
        group = next;
      }
      if (hasLost) tell(subject);
    }
  }

  /** Drops windows of a group from the oldest on; true where there were some. */
  #sweepGroup(group: number, before: number): boolean {
    let previous = NONE;
    let node = this.#newest[group] ?? NONE;
    while (node >= 0 && (this.#window[node] ?? 0) >= before) {
      previous = node;
      node = this.#nextNode[node] ?? NONE;
    }
    if (node < 0) return false;
    if (previous < 0) this.#newest[group] = NONE;
    else this.#nextNode[previous] = NONE;
    this.#releaseNodes(node);
    this.#isStale[group] = 1;
    return true;
  }

  /** Makes the sums of a group anew from its windows. */
  #renew(group: number): void {
    this.#isStale[group] = 0;
    const base = group * this.#constants.length;
    this.#logs.fill(Number.NEGATIVE_INFINITY, base, base + this.#constants.length);
    let raw = 0;
    for (let node = this.#newest[group] ?? NONE; node >= 0; node = this.#nextNode[node] ?? NONE) {
      const mass = this.#mass[node] ?? 0;
      if (mass <= 1e-6) continue;
      raw += mass;
      const at = ((this.#window[node] ?? 0) + 0.5) * this.#windowMs;
      for (let half = 0; half < this.#constants.length; half += 1) {
        const before = this.#logs[base + half] ?? Number.NEGATIVE_INFINITY;
        this.#logs[base + half] = logAdd(before, Math.log(mass) + at / (this.#constants[half] ?? 1));
      }
    }
    this.#raw[group] = raw;
  }

  #groupOf(subject: number, source: number): number {
    const place = this.#groups.find(subject + 1, source);
    if (place >= 0) return this.#groups.value(place);
    const group = this.#freeGroup >= 0 ? this.#freeGroup : this.#groupCount;
    if (group === this.#groupCount) {
      this.#groupCount += 1;
      if (group >= this.#owner.length) this.#growGroups();
    } else this.#freeGroup = this.#nextGroup[group] ?? NONE;
    if (subject >= this.#first.length) {
      const grown = new Int32Array(Math.max(subject + 1, this.#first.length * 2)).fill(NONE);
      grown.set(this.#first);
      this.#first = grown;
    }
    this.#owner[group] = subject;
    this.#source[group] = source;
    this.#raw[group] = 0;
    const base = group * this.#constants.length;
    this.#logs.fill(Number.NEGATIVE_INFINITY, base, base + this.#constants.length);
    this.#newest[group] = NONE;
    this.#isStale[group] = 0;
    this.#nextGroup[group] = this.#first[subject] ?? NONE;
    this.#first[subject] = group;
    this.#groups.add(subject + 1, source, group, 0);
    return group;
  }

  /** The node of a window, in a list from the newest to the oldest. */
  #nodeOf(group: number, window: number): number {
    let previous = NONE;
    let node = this.#newest[group] ?? NONE;
    while (node >= 0 && (this.#window[node] ?? 0) > window) {
      previous = node;
      node = this.#nextNode[node] ?? NONE;
    }
    if (node >= 0 && this.#window[node] === window) return node;
    const made = this.#freeNode >= 0 ? this.#freeNode : this.#nodeCount;
    if (made === this.#nodeCount) {
      this.#nodeCount += 1;
      if (made >= this.#window.length) this.#growNodes();
    } else this.#freeNode = this.#nextNode[made] ?? NONE;
    this.#window[made] = window;
    this.#mass[made] = 0;
    this.#strange[made] = 0;
    this.#nextNode[made] = node;
    if (previous < 0) this.#newest[group] = made;
    else this.#nextNode[previous] = made;
    return made;
  }

  #release(group: number): void {
    const place = this.#groups.find((this.#owner[group] ?? 0) + 1, this.#source[group] ?? 0);
    if (place >= 0) this.#groups.remove(place);
    this.#releaseNodes(this.#newest[group] ?? NONE);
    this.#newest[group] = NONE;
    this.#nextGroup[group] = this.#freeGroup;
    this.#freeGroup = group;
  }

  #releaseNodes(from: number): void {
    let node = from;
    while (node >= 0) {
      const next = this.#nextNode[node] ?? NONE;
      this.#nextNode[node] = this.#freeNode;
      this.#freeNode = node;
      node = next;
    }
  }

  #growGroups(): void {
    const length = this.#owner.length * 2;
    this.#owner = grown(this.#owner, new Uint32Array(length));
    this.#source = grown(this.#source, new Uint32Array(length));
    this.#raw = grown(this.#raw, new Float64Array(length));
    this.#logs = grown(this.#logs, new Float64Array(length * this.#constants.length));
    this.#nextGroup = grown(this.#nextGroup, new Int32Array(length));
    this.#newest = grown(this.#newest, new Int32Array(length));
    this.#isStale = grown(this.#isStale, new Uint8Array(length));
  }

  #growNodes(): void {
    const length = this.#window.length * 2;
    this.#window = grown(this.#window, new Uint32Array(length));
    this.#mass = grown(this.#mass, new Float64Array(length));
    this.#strange = grown(this.#strange, new Float64Array(length));
    this.#nextNode = grown(this.#nextNode, new Int32Array(length));
  }
}

function grown<A extends { set(other: A): void }>(old: A, into: A): A {
  into.set(old);
  return into;
}
