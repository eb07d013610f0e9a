import type { TrendSettings } from '../../../config/trend-limits.ts';
import { logAdd, timeConstant } from './log-decay.ts';
import type { Half } from './scoring.ts';

const NOTHING = Number.NEGATIVE_INFINITY;

/** Of a board, what is read for the median of its best. */
interface RealBest {
  readonly best: (key: string, n: number) => readonly (readonly [member: number, value: number])[];
}

/**
 * What other servers say that trends there, as a prior of what trends here (ranking.md 5): at most `most` (.3) of the median of
 * the best fifty of the same board that stand there by what really happened, whoever tells and how many of them. So half of those stand
 * above whatever is only told. Where nothing happened yet, it is worth less than one view. It decays with everything else, and ends
 * when nobody tells it any more.
 */
export function createPriors(settings: Pick<TrendSettings, 'told' | 'halfLivesMs'>, boards: RealBest) {
  const { most, ofBest, least } = settings.told;
  /** By slot of the video: how much of the prior it has (0 to 1), and its values by what really happened. */
  const told = new Map<number, { share: number; readonly real: Map<string, number> }>();
  /** By board, for as long as nothing is brought up to another time. */
  let medians = new Map<string, number>();

  /** The logarithm of the median; `-Infinity` where nothing stands there by itself. */
  const median = (key: string): number => {
    const known = medians.get(key);
    if (known !== undefined) return known;
    const values = boards
      .best(key, ofBest + told.size)
      .map(([slot, value]) => told.get(slot)?.real.get(key) ?? (told.has(slot) ? NOTHING : value))
      .filter((value) => value !== NOTHING)
      .sort((a, b) => b - a)
      .slice(0, ofBest);
    const found = values[Math.floor(values.length / 2)] ?? NOTHING;
    medians.set(key, found);
    return found;
  };

  return {
    /** Begins anew with what the boards say now. */
    begin(): void {
      medians = new Map();
    },

    /** Takes in what is told now; returns the slots whose places follow: what happened meanwhile counts for what is told as well. */
    know(shares: ReadonlyMap<number, number>): number[] {
      const gone = [...told.keys()].filter((slot) => !shares.has(slot));
      for (const slot of gone) told.delete(slot);
      for (const [slot, share] of shares) told.set(slot, { share, real: told.get(slot)?.real ?? new Map() });
      return [...gone, ...shares.keys()];
    },

    /** What these have on a board by what happened; null: nothing. */
    realOn: (key: string): [slot: number, real: number | null][] =>
      [...told].map(([slot, { real }]) => {
        const value = real.get(key) ?? NOTHING;
        return [slot, value === NOTHING ? null : value];
      }),

    has: (slot: number): boolean => told.has(slot),
    forget: (slot: number): boolean => told.delete(slot),

    /** The value of a video on a board: `real` is what it has there by what happened, as a logarithm. */
    add(
      slot: number,
      board: { readonly key: string; readonly half: Half },
      real: number,
      at: number,
    ): number {
      const known = told.get(slot);
      if (!known) return real;
      known.real.set(board.key, real);
      const usual = median(board.key);
      const part = Math.log(most * known.share);
      const prior =
        usual === NOTHING
          ? Math.log(least) + part + at / timeConstant(settings.halfLivesMs[board.half])
          : usual + part;
      return logAdd(real, prior);
    },
  };
}

/**
 * How much of the prior a video has that servers and auxiliary services tell of. What services call a rank is comparable within one
 * software alone (FASP trends v0.1), so that it never adds up with what others tell: whoever says most counts.
 */
export function shareAmong(ranks: {
  readonly servers: readonly number[];
  readonly services: readonly number[];
}): number {
  return Math.max(shareOf(ranks.servers), ...ranks.services.map((rank) => shareOf([rank])));
}

/** How much of the prior a video has that servers tell of with these ranks (1 to 100): each further one adds less, and it is never all. */
export function shareOf(ranks: readonly number[]): number {
  return 1 - ranks.reduce((rest, rank) => rest * (1 - Math.min(100, Math.max(0, rank)) / 200), 1);
}
