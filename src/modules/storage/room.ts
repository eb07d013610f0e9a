import { roomLimits } from '../../../config/retention-limits.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

/** What of a file system is taken, in bytes, as `df` counts it. */
export interface DiskUse {
  readonly usedBytes: number;
  /** Used, and free for this process; blocks kept for root are neither. */
  readonly totalBytes: number;
}

/** `open`: everything is taken in. `no-copies`: nothing new of other servers. `full`: nothing at all. */
export type RoomLevel = 'open' | 'no-copies' | 'full';

export interface RoomState {
  readonly level: RoomLevel;
  readonly places: readonly (DiskUse & { readonly name: string })[];
}

/** Somewhere that can become full; null where that cannot be told now. */
export interface Place {
  readonly name: string;
  use(): Promise<DiskUse | null>;
}

export type Room = ReturnType<typeof createRoom>;

/**
 * Whether there is room, by the fullest of all places. What was stopped goes on only once clearly less is taken than
 * what stopped it, so that it does not start and stop with every file. Where nothing can be told, nothing is stopped.
 */
export function createRoom(deps: {
  readonly places: readonly Place[];
  readonly clock: Clock;
  readonly log: Logger;
}) {
  const { clock, log } = deps;
  let last: RoomState = { level: 'open', places: [] };
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<RoomState> | undefined;

  async function ask(): Promise<RoomState> {
    const began = clock.now();
    const uses = await Promise.all(
      deps.places.map(async (place) => {
        const use = await place.use().catch((error) => {
          log.warn({ err: error, place: place.name }, 'it cannot be told how full this is');
          return null;
        });
        return use ? [{ name: place.name, ...use }] : [];
      }),
    );
    const places = uses.flat();
    const level = levelOf(last.level, Math.max(0, ...places.map(shareOf)));
    if (level !== last.level)
      log.warn({ from: last.level, to: level, places }, 'the room that is left has changed');
    last = { level, places };
    askedAt = began;
    return last;
  }

  function state(): Promise<RoomState> {
    if (clock.now() - askedAt < roomLimits.askedAgainMs) return Promise.resolve(last);
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  return {
    state,

    /** Whether copies of what other servers have may be made. */
    takesCopies: async (): Promise<boolean> => (await state()).level === 'open',

    /** Whether so many bytes may be taken in: an upload, or a part of one. */
    async check(bytes: number): Promise<Result<object, 'disk-full'>> {
      const { level, places } = await state();
      const isTooMuch = places.some(
        ({ usedBytes, totalBytes }) => usedBytes + bytes > totalBytes * roomLimits.afterUpload,
      );
      if (level !== 'full' && !isTooMuch) return ok();
      return fail(
        'disk-full',
        'This server has no room for new videos now. Nothing of yours is lost; try again later, or tell its administrator.',
      );
    },
  };
}

const shareOf = ({ usedBytes, totalBytes }: DiskUse) => (totalBytes > 0 ? usedBytes / totalBytes : 0);

function levelOf(before: RoomLevel, share: number): RoomLevel {
  const { full, takesAgain, noCopies, copiesAgain } = roomLimits;
  if (share >= full || (before === 'full' && share > takesAgain)) return 'full';
  if (share >= noCopies || (before !== 'open' && share > copiesAgain)) return 'no-copies';
  return 'open';
}
