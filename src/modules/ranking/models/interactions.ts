import { type ModelSettings, signalValues } from '../../../../config/model-limits.ts';
import type { Signal } from '../../signals/index.ts';
import type { TrainInput } from './model.ts';

/** Positive values of people and videos, by row on both sides: rows of people with any, rows of active videos. */
export interface Interactions {
  readonly userRows: number;
  readonly itemRows: number;
  readonly rowOf: Int32Array;
  readonly slotOf: Int32Array;
  readonly byUser: Sparse;
  readonly byItem: Sparse;
}

/** Compressed rows: those of row r lie from start[r] to start[r + 1]. Ascending by time in a person's row, by person in a video's. */
export interface Sparse {
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly value: Float32Array;
  readonly time: Float64Array;
}

/**
 * What an event says of its video for the one who caused it: above 0 it was liked, below 0 disliked, 0 it says nothing. A watch is
 * worth the part that was seen, and as much as a whole one from `longMs` on: of a long video nobody sees 95 %. Taking back
 * is worth 0; whoever keeps sums subtracts what `on: true` was worth.
 */
export function signalValue(signal: Signal, durationMs: number | null): number {
  if (signal.kind === 'watch') return watchValue(signal, durationMs);
  if ('on' in signal && !signal.on) return 0;
  switch (signal.kind) {
    case 'like':
      return signalValues.like;
    case 'comment':
      return signalValues.comment;
    case 'share':
      return signalValues.share;
    case 'save':
      return signalValues.save;
    case 'follow':
      return signalValues.follow;
    case 'not-interested':
      return signalValues.notInterested;
    case 'report':
      return signalValues.report;
    default:
      return 0;
  }
}

function watchValue(
  { watchedMs, isView, isComplete }: { watchedMs: number; isView: boolean; isComplete: boolean },
  durationMs: number | null,
): number {
  const part = durationMs ? watchedMs / durationMs : 0;
  if (isComplete) return part >= 1.9 ? signalValues.again : signalValues.complete;
  if (!isView) return signalValues.skip;
  if (watchedMs >= signalValues.longMs) return signalValues.complete;
  if (part >= 0.5) return signalValues.half;
  return part >= 0.25 ? signalValues.quarter : 0;
}

/**
 * Sums what is told several times, leaves out what is not above 0, takes the newest of each person where they have more than
 * `perPerson`, and gives rows to videos with at least `minPositives` people. Rows are in the order of slots, which is the order
 * in which things came to be known: names play no part.
 */
export function interactionsOf(input: TrainInput, settings: ModelSettings): Interactions {
  const byUser = newestOf(summed(grouped(input)), settings.perPerson);
  const people = new Int32Array(input.itemCount);
  for (const item of byUser.index) people[item] = (people[item] ?? 0) + 1;
  const rowOf = new Int32Array(input.itemCount).fill(-1);
  const slots: number[] = [];
  for (let slot = 0; slot < input.itemCount; slot += 1) {
    if ((people[slot] ?? 0) < settings.minPositives || input.isLive[slot] !== 1) continue;
    rowOf[slot] = slots.length;
    slots.push(slot);
  }
  const kept = activeOf(byUser, rowOf);
  return {
    ...{ userRows: kept.start.length - 1, itemRows: slots.length, rowOf, slotOf: Int32Array.from(slots) },
    ...{ byUser: kept, byItem: transposed(kept, slots.length) },
  };
}

/** All entries above 0 by person, each person's by time. */
function grouped({ users, items, values, times, userCount, itemCount }: TrainInput): Sparse {
  const start = new Int32Array(userCount + 1);
  const holds = (at: number) =>
    (values[at] ?? 0) > 0 && (users[at] ?? -1) < userCount && (items[at] ?? -1) < itemCount;
  for (let at = 0; at < users.length; at += 1) if (holds(at)) bump(start, (users[at] ?? 0) + 1);
  for (let user = 0; user < userCount; user += 1) bump(start, user + 1, start[user]);
  const next = start.slice();
  const order = new Int32Array(start[userCount] ?? 0);
  for (let at = 0; at < users.length; at += 1) {
    if (!holds(at)) continue;
    const user = users[at] ?? 0;
    order[next[user] ?? 0] = at;
    bump(next, user);
  }
  for (let user = 0; user < userCount; user += 1) {
    order.subarray(start[user], start[user + 1]).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  }
  return {
    start,
    index: Int32Array.from(order, (at) => items[at] ?? 0),
    value: Float32Array.from(order, (at) => values[at] ?? 0),
    time: Float64Array.from(order, (at) => times[at] ?? 0),
  };
}

/** Each video once in a person's row, with the sum of its values, at the place of its newest. */
function summed({ start, index, value, time }: Sparse): Sparse {
  const sums = new Map<number, number>();
  const kept = { start: new Int32Array(start.length), index: index.slice(), value: value.slice(), time };
  const times = time.slice();
  let to = 0;
  for (let row = 0; row + 1 < start.length; row += 1) {
    sums.clear();
    const [from = 0, end = 0] = [start[row], start[row + 1]];
    for (let at = from; at < end; at += 1) {
      sums.set(index[at] ?? 0, (sums.get(index[at] ?? 0) ?? 0) + (value[at] ?? 0));
    }
    // Backwards, so that the newest keeps its place; then turned round.
    const first = to;
    for (let at = end - 1; at >= from; at -= 1) {
      const sum = sums.get(index[at] ?? 0);
      if (sum === undefined) continue;
      sums.delete(index[at] ?? 0);
      kept.index[to] = index[at] ?? 0;
      kept.value[to] = sum;
      times[to] = time[at] ?? 0;
      to += 1;
    }
    kept.start[row + 1] = to;
    for (const part of [kept.index, kept.value, times]) part.subarray(first, to).reverse();
  }
  return {
    ...{ start: kept.start, index: kept.index.slice(0, to) },
    ...{ value: kept.value.slice(0, to), time: times.slice(0, to) },
  };
}

function newestOf(sparse: Sparse, count: number): Sparse {
  return filtered(sparse, (at, end) => end - at <= count, sparse.index);
}

/** Only active videos, by row; people who have none of them have no row. */
function activeOf(sparse: Sparse, rowOf: Int32Array): Sparse {
  const rows = Int32Array.from(sparse.index, (slot) => rowOf[slot] ?? -1);
  const kept = filtered(sparse, (at) => (rows[at] ?? -1) >= 0, rows);
  const starts = [0];
  for (let row = 0; row + 1 < kept.start.length; row += 1) {
    if ((kept.start[row + 1] ?? 0) > (kept.start[row] ?? 0)) starts.push(kept.start[row + 1] ?? 0);
  }
  return { ...kept, start: Int32Array.from(starts) };
}

function filtered(sparse: Sparse, holds: (at: number, end: number) => boolean, names: Int32Array): Sparse {
  const { start, index, value, time } = sparse;
  const kept = {
    ...{ start: new Int32Array(start.length), index: new Int32Array(index.length) },
    ...{ value: new Float32Array(index.length), time: new Float64Array(index.length) },
  };
  let to = 0;
  for (let row = 0; row + 1 < start.length; row += 1) {
    const end = start[row + 1] ?? 0;
    for (let at = start[row] ?? 0; at < end; at += 1) {
      if (!holds(at, end)) continue;
      kept.index[to] = names[at] ?? 0;
      kept.value[to] = value[at] ?? 0;
      kept.time[to] = time[at] ?? 0;
      to += 1;
    }
    kept.start[row + 1] = to;
  }
  return {
    ...{ start: kept.start, index: kept.index.slice(0, to) },
    ...{ value: kept.value.slice(0, to), time: kept.time.slice(0, to) },
  };
}

/** The same entries by the other side; within a row in the order of the rows they came from. */
export function transposed({ start, index, value, time }: Sparse, rows: number): Sparse {
  const turned = {
    ...{ start: new Int32Array(rows + 1), index: new Int32Array(index.length) },
    ...{ value: new Float32Array(index.length), time: new Float64Array(index.length) },
  };
  for (const row of index) bump(turned.start, row + 1);
  for (let row = 0; row < rows; row += 1) bump(turned.start, row + 1, turned.start[row]);
  const next = turned.start.slice();
  for (let row = 0; row + 1 < start.length; row += 1) {
    for (let at = start[row] ?? 0; at < (start[row + 1] ?? 0); at += 1) {
      const to = next[index[at] ?? 0] ?? 0;
      turned.index[to] = row;
      turned.value[to] = value[at] ?? 0;
      turned.time[to] = time[at] ?? 0;
      bump(next, index[at] ?? 0);
    }
  }
  return turned;
}

function bump(counts: Int32Array, at: number, by = 1): void {
  counts[at] = (counts[at] ?? 0) + by;
}
