import { LRUCache } from 'lru-cache';
import { servingLimits } from '../../../config/media-limits.ts';
import type { Clock } from '../../lib/clock.ts';
import type { MediaAccess } from '../../modules/videos/index.ts';

export type AccessCache = ReturnType<typeof createAccessCache>;

/**
 * Who may fetch the media of whom, remembered for `accessKeptMs`: that is how long a change takes to count in other
 * processes than the one where it was made. That somebody may not, or is unknown, is never remembered.
 */
export function createAccessCache(deps: {
  readonly ask: (ownerId: string) => Promise<MediaAccess | null>;
  readonly clock: Clock;
}) {
  const known = new LRUCache<string, { access: MediaAccess; until: number }>({
    max: servingLimits.ownersInMemory,
  });
  const asking = new Map<string, Promise<MediaAccess | null>>();
  return {
    of(ownerId: string): MediaAccess | Promise<MediaAccess | null> {
      const found = known.get(ownerId);
      if (found && found.until > deps.clock.now()) return found.access;
      const running = asking.get(ownerId);
      if (running) return running;
      const asked = deps
        .ask(ownerId)
        .then((access) => {
          // Not where it changed meanwhile: then nobody is asking any more.
          if (access !== null && asking.get(ownerId) === asked) {
            known.set(ownerId, { access, until: deps.clock.now() + servingLimits.accessKeptMs });
          }
          return access;
        })
        .finally(() => {
          if (asking.get(ownerId) === asked) asking.delete(ownerId);
        });
      asking.set(ownerId, asked);
      return asked;
    },

    /** Asks anew of everybody: after what may concern many. */
    forgetAll(): void {
      known.clear();
      asking.clear();
    },

    /** Asks anew from now on: call it after a change was committed. */
    forget(ownerId: string): void {
      known.delete(ownerId);
      asking.delete(ownerId);
    },
  };
}
