import { rankingLimits } from '../../../config/ranking-limits.ts';
import { NONE } from './catalogue.ts';
import { growColumns } from './columns.ts';

/**
 * How much people here like a video just now: each positive value counts, and halves with every half-life. Kept as of a fixed moment
 * (forward decay: Cormode et al. 2009), so that time alone changes no number and no order, and taking back is a subtraction. Unlike trends
 * it hears local people alone, what they watched to the end above all, and is not shown to anybody as a rank.
 */
export interface Heat {
  add(slot: number, value: number, at: number): void;
  /** As of `at`. */
  of(slot: number, at: number): number;
  clear(slot: number): void;
  /** Slots with the most heat, best first; at most `rankingLimits.hottest`. */
  hottest(): readonly number[];
}

/** Numbers are moved to a later moment before they grow beyond what adds exactly. */
const MAX_HALF_LIVES = 400;

export function createHeat(halfLifeMs: number): Heat {
  const columns = { mass: new Float64Array(1_024), place: new Int32Array(1_024) };
  const top: number[] = [];
  let since: number | null = null;
  let sorted = true;
  /** Of the least hot in `top`, never more than it is. */
  let least = 0;

  const rebase = (at: number): void => {
    const factor = 2 ** (((since ?? at) - at) / halfLifeMs);
    for (const [slot, mass] of columns.mass.entries()) columns.mass[slot] = mass * factor;
    least *= factor;
    since = at;
  };
  const massOf = (slot: number) => columns.mass[slot] ?? 0;
  const sort = (): void => {
    if (sorted) return;
    top.sort((a, b) => massOf(b) - massOf(a) || a - b);
    for (const [place, slot] of top.entries()) columns.place[slot] = place + 1;
    sorted = true;
  };
  const enter = (slot: number): void => {
    const mass = massOf(slot);
    if ((columns.place[slot] ?? 0) > 0) {
      sorted = false;
      least = Math.min(least, mass);
      return;
    }
    if (top.length >= rankingLimits.hottest) {
      if (mass <= least) return;
      sort();
      const last = top.at(-1) ?? NONE;
      least = massOf(last);
      if (mass <= least) return;
      top.pop();
      columns.place[last] = 0;
      least = Math.min(mass, massOf(top.at(-1) ?? NONE));
    }
    top.push(slot);
    columns.place[slot] = top.length;
    sorted = false;
  };
  const clear = (slot: number): void => {
    if ((columns.place[slot] ?? 0) > 0) {
      sort();
      top.splice((columns.place[slot] ?? 1) - 1, 1);
      columns.place[slot] = 0;
      sorted = false;
      least = 0;
    }
    if (slot < columns.mass.length) columns.mass[slot] = 0;
  };

  return {
    add(slot, value, at) {
      since ??= at;
      if (at - since > MAX_HALF_LIVES * halfLifeMs) rebase(at);
      growColumns(columns, slot + 1);
      const mass = massOf(slot) + value * 2 ** ((at - since) / halfLifeMs);
      if (mass < 1e-9) return clear(slot);
      columns.mass[slot] = mass;
      enter(slot);
    },
    of: (slot, at) => (since === null ? 0 : massOf(slot) * 2 ** ((since - at) / halfLifeMs)),
    clear,
    hottest() {
      sort();
      return top;
    },
  };
}
