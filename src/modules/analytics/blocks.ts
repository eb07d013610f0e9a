import { analyticsLimits } from '../../../config/analytics-limits.ts';
import { addReleased, encodeReleased, nothingOf, type PartKind, type Released } from './parts.ts';

/**
 * Counters that are held back until they are those of enough people, whoever asks and for which days: what an answer shows is made of
 * such blocks alone, so that no difference of two answers is of fewer people than one block.
 */
export interface Block {
  /** The day (UTC) of the last people in it. */
  readonly day: string;
  /** Who had never watched the video before that day: other people than all before. */
  readonly newcomers: number;
  /** Of whom nothing is known before that day, and the most of such people on a day before it: they may be the same ones. */
  readonly others: number;
  readonly mostOthers: number;
  readonly counters: Uint32Array;
}

/** What one day adds. */
export interface Addition {
  readonly day: string;
  readonly newcomers: number;
  readonly others: number;
  readonly counters: Uint32Array;
}

export function addToBlock(kind: PartKind, block: Block | null, more: Addition): Block {
  const last = block ?? {
    ...more,
    newcomers: 0,
    others: 0,
    mostOthers: 0,
    counters: nothingOf(kind).counters,
  };
  const isSameDay = last.day === more.day;
  return {
    day: more.day,
    newcomers: last.newcomers + more.newcomers,
    others: more.others + (isSameDay ? last.others : 0),
    mostOthers: isSameDay ? last.mostOthers : Math.max(last.mostOthers, last.others),
    counters: last.counters.map((count, place) => count + (more.counters[place] ?? 0)),
  };
}

/** How many different people a block is of, as far as that is sure. */
export const peopleIn = ({ newcomers, others, mostOthers }: Block): number =>
  newcomers + Math.max(others, mostOthers);

/** Whether a block may be shown. */
export const isEnough = (block: Block): boolean => peopleIn(block) >= analyticsLimits.fewestPeople;

export const released = (block: Block): Released => ({
  people: peopleIn(block),
  counters: block.counters,
});

/** Adds a released block to what is stored of a day. */
export const added = (kind: PartKind, stored: Released | null, block: Released): Buffer =>
  encodeReleased(addReleased(stored ?? nothingOf(kind), block));
