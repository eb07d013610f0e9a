import { analyticsLimits } from '../../../config/analytics-limits.ts';
import { addReleased, encodeReleased, nothingOf, type PartKind, type Released } from './parts.ts';

/**
 * Counters that are held back until they are those of enough people, whoever asks and for which days: what an answer shows is made of
 * such blocks alone, so that no difference of two answers is of fewer people than one block.
 */
export interface Block {
  /** The day (UTC) of the last people in it. */
  readonly day: string;
  /** People of that day who had never watched the video before: others than all who are in it from earlier days. */
  readonly newcomers: number;
  /** Other people of that day. They may be in it from earlier days. */
  readonly others: number;
  /** How many different people there were before that day, as far as that is sure. */
  readonly earlier: number;
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
  const last = block ?? { ...more, newcomers: 0, others: 0, earlier: 0, counters: nothingOf(kind).counters };
  const today = last.day === more.day ? last : { newcomers: 0, others: 0, earlier: peopleIn(last) };
  return {
    day: more.day,
    newcomers: today.newcomers + more.newcomers,
    others: today.others + more.others,
    earlier: today.earlier,
    counters: last.counters.map((count, place) => count + (more.counters[place] ?? 0)),
  };
}

/**
 * How many different people a block is of, as far as that is sure: newcomers are others than all of earlier days, and those who are not may
 * all be among them.
 */
export const peopleIn = ({ newcomers, others, earlier }: Omit<Block, 'day' | 'counters'>): number =>
  newcomers + Math.max(others, earlier);

/** Whether a block may be shown. */
export const isEnough = (block: Block): boolean => peopleIn(block) >= analyticsLimits.fewestPeople;

export const released = (block: Block): Released => ({
  people: peopleIn(block),
  counters: block.counters,
});

/** Adds a released block to what is stored of a day. */
export const added = (kind: PartKind, stored: Released | null, block: Released): Buffer =>
  encodeReleased(addReleased(stored ?? nothingOf(kind), block));
