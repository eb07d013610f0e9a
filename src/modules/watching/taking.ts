import type { Clock } from '../../lib/clock.ts';
import { dayOf, eventKey, type KeyedHash, networkKey, viewKey } from './keys.ts';
import { boundedMoment, type TakenEvent, type WatchReport } from './model.ts';

/**
 * Makes of a report what is stored of it. From here on nothing says who a visitor is, or where anybody's network lies: not in Redis, nor in
 * PostgreSQL. The same report again gives the same keys, within the hour; its event keys are the same for good.
 */
export function createTaking(deps: {
  readonly clock: Clock;
  /** For ids of events; see `eventKey`. */
  readonly hashId: KeyedHash;
  readonly hashOf: (day: string) => Promise<KeyedHash>;
}) {
  return async ({ watcher, network, events }: WatchReport): Promise<TakenEvent[]> => {
    const now = deps.clock.now();
    const hash = await deps.hashOf(dayOf(now));
    const hashed = network === null ? null : networkKey(hash, network);
    return events.map((event) => ({
      key: eventKey(deps.hashId, watcher, event),
      viewKey: viewKey(hash, { watcher, videoId: event.videoId, now }),
      accountId: watcher.accountId,
      videoId: event.videoId,
      kind: event.kind,
      watchedMs: event.watchedMs === undefined ? null : Math.round(event.watchedMs),
      at: boundedMoment(event.at, now),
      receivedAt: now,
      source: event.source,
      network: hashed,
      mask: event.kind === 'watch' || event.kind === 'complete' ? event.mask : null,
    }));
  };
}
