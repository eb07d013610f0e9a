import type { Group } from './chunk-index.ts';

/** From and to, in seconds. */
export type Span = readonly [start: number, end: number];

/** Between two spans that belong together sound and picture may differ by this much. */
const SEAM_S = 0.1;

/** The spans of a `TimeRanges`. */
export function spansOf(ranges: TimeRanges): Span[] {
  return Array.from({ length: ranges.length }, (_, n) => [ranges.start(n), ranges.end(n)] as const);
}

/** How many seconds can be played from a position on without another byte. */
export function secondsAhead(buffered: readonly Span[], position: number): number {
  let end = position;
  for (const [from, to] of buffered) if (from <= end + SEAM_S && to > end) end = to;
  return end - position;
}

/** Whether a group is in the buffer: browsers drop what they like, and the ends of sound and picture differ. */
export function isBuffered(buffered: readonly Span[], { start, end }: Group): boolean {
  const middle = (start + end) / 2;
  return buffered.some(([from, to]) => from <= middle && middle < to);
}

/** The group that is shown at a position. */
export function groupAt(groups: readonly Group[], position: number): number {
  const next = groups.findIndex(({ start }) => start > position);
  return next === -1 ? groups.length - 1 : Math.max(0, next - 1);
}

/**
 * The next group to load: the first that is not `held` within `goalSeconds` from a position on. A clip begins anew at
 * its end, so what follows its last group is its first one. Null where there is nothing to do.
 */
export function nextGroup(
  groups: readonly Group[],
  held: { has(group: number): boolean },
  position: number,
  goalSeconds: number,
): number | null {
  const first = groupAt(groups, position);
  let reached = -Math.max(0, position - (groups[first]?.start ?? 0));
  for (let n = 0; n < groups.length && reached < goalSeconds; n += 1) {
    const at = (first + n) % groups.length;
    const group = groups[at];
    if (!group) return null;
    if (!held.has(at)) return at;
    reached += group.end - group.start;
  }
  return null;
}

/**
 * Which groups to let go so that what is held fits into so many bytes. Those that are played last go first: the ones just
 * played, since a clip begins anew. The group that is played, and the one after it, stay whatever they weigh.
 */
export function groupsToDrop(
  groups: readonly Group[],
  held: ReadonlyMap<number, number>,
  position: number,
  mostBytes: number,
): number[] {
  let bytes = 0;
  for (const size of held.values()) bytes += size;
  const current = groupAt(groups, position);
  const distance = (group: number) => (group - current + groups.length) % groups.length;
  const dropped: number[] = [];
  for (const group of [...held.keys()].sort((a, b) => distance(b) - distance(a))) {
    if (bytes <= mostBytes || distance(group) <= 1) break;
    bytes -= held.get(group) ?? 0;
    dropped.push(group);
  }
  return dropped;
}

/**
 * Which groups to let go for one that is to be loaded: those that are played later than it, the last ones first. Null where
 * that is not enough: it has to wait until what is held was played. What is played now, and next, never waits.
 */
export function roomFor(
  groups: readonly Group[],
  held: ReadonlyMap<number, number>,
  position: number,
  mostBytes: number,
  wanted: { readonly group: number; readonly bytes: number },
): number[] | null {
  const current = groupAt(groups, position);
  const distance = (group: number) => (group - current + groups.length) % groups.length;
  const later = new Map([...held].filter(([group]) => distance(group) > distance(wanted.group)));
  let kept = wanted.bytes;
  for (const [group, bytes] of held) if (!later.has(group)) kept += bytes;
  if (kept > mostBytes && distance(wanted.group) > 1) return null;
  return groupsToDrop(groups, later, position, Math.max(0, mostBytes - kept));
}
