import { z } from 'zod';
import { watchLimits } from '../../../../config/feed-limits.ts';
import { isUnconfirmed } from '../../../modules/auth/index.ts';
import type { Watcher } from '../../../modules/watching/index.ts';
import { ApiError } from '../../errors.ts';
import { networkOf } from '../../limits.ts';
import { route } from '../../route.ts';
import { comesFromOurPage } from '../../session.ts';
import { eventSchema, watchedEntity } from './schemas.ts';

export const reportEvents = route({
  method: 'post',
  path: '/api/v1/events',
  summary:
    'Tell what was watched, many events at once, also as `navigator.sendBeacon` sends them. Answered once none of it can be lost.',
  audience: 'anyone',
  scope: 'write:history',
  beforeConfirmed: true,
  limit: { name: 'events', points: 120, seconds: 60 },
  beacon: true,
  body: z.object({ events: z.array(eventSchema).min(1).max(watchLimits.eventsPerRequest) }),
  output: watchedEntity,
  handler: async ({ deps: { config, watching, recommending }, body, viewer, req }) => {
    // Any page could make its visitors watch: `text/plain` and forms need no leave of ours, and nobody's requests carry no cookie.
    if (viewer?.via !== 'bearer' && !comesFromOurPage(req, config.origin)) throw new ApiError('cross-site');
    // Of an account that is not confirmed nothing is kept: it may never be.
    const network = networkPrefixOf(req.ip);
    const watcher: Watcher =
      viewer && !isUnconfirmed(viewer)
        ? { accountId: viewer.account.id }
        : { accountId: null, visitor: network };
    const events = body.events.map(({ id, video_id, type, watched_seconds, at, source, mask }) => ({
      ...{ id, videoId: video_id, kind: type, source },
      watchedMs: watched_seconds === undefined ? undefined : watched_seconds * 1_000,
      at: at === undefined ? null : new Date(at),
      mask: mask ?? null,
    }));
    const outcome = await watching.report({ watcher, network, events });
    if (outcome === 'refused') throw new ApiError('validation-failed', 'These events cannot be stored.');
    if (outcome === 'busy') {
      throw new ApiError('unavailable', 'The server is busy. Send these events again in a moment.', {
        headers: { 'Retry-After': String(watchLimits.busyRetrySeconds) },
      });
    }
    if (watcher.accountId !== null) {
      const kinds = events.map(({ kind }) => (kind === 'skip' ? ('skip' as const) : ('other' as const)));
      recommending.hearWatched(watcher.accountId, kinds);
    }
    return outcome;
  },
});

/**
 * Somebody who is not signed in, as far as that can be told: the network (/24, /64). Nothing that a client says of itself, or one could
 * count as many as it has names. It goes no further than a salted hash.
 */
function networkPrefixOf(ip: string | undefined): string {
  return networkOf(ip).replace(/^(\d+\.\d+\.\d+)\.\d+$/, '$1');
}
