import { z } from 'zod';
import { liveLimits } from '../../../config/live-limits.ts';
import type { CommittedEvent } from '../../jobs/relay.ts';
import {
  type AccountId,
  idSchema,
  type NotificationId,
  type SessionId,
  type VideoId,
} from '../../lib/ids.ts';
import { allows, type Scope } from '../../modules/auth/index.ts';
import { statusEntitiesOf } from '../api/entities.ts';
import { notificationEntitiesOf } from '../api/notifications/entities.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { type Placed, type Stream, tellsOf } from './streams.ts';

/** What a connection is told. The payload is text: JSON, or an id. */
export interface Message {
  readonly event: 'update' | 'status.update' | 'delete' | 'notification' | 'filters_changed';
  readonly payload: string;
}

/** One open connection of somebody. */
export interface Listener {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly network: string;
  readonly streams: ReadonlyMap<string, Stream>;
  send(stream: Stream, message: Message): void;
  /** Ends it: the right to listen is gone, or the server stops. */
  end(): void;
}

export type Hub = ReturnType<typeof createHub>;

const videoPayload = z.object({ videoId: idSchema<'video'>() });
const deletedPayload = videoPayload.extend({
  accountId: idSchema<'account'>(),
  visibility: z.enum(['public', 'unlisted', 'followers', 'direct']).nullable().default(null),
});
const notificationPayload = z.object({
  notificationId: idSchema<'notification'>(),
  accountId: idSchema<'account'>(),
});
const accountPayload = z.object({ accountId: idSchema<'account'>() });

const NOWHERE: Placed = { home: false, public: false, local: false, tags: [], listIds: [] };

/**
 * Who listens at this process, and what they are told. Events come by plain ids; whether somebody may see what they
 * tell of is asked when it is sent, and with it whether the session of the connection still is (security.md P1, P6).
 * One question serves all listeners of an event.
 */
export function createHub(deps: HttpDeps) {
  const listeners = new Set<Listener>();
  let waiting = 0;
  let work: Promise<void> = Promise.resolve();

  const counted = (is: (listener: Listener) => boolean) => [...listeners].filter(is).length;

  /** What the sessions of these may do; connections of others are ended. */
  async function alive(some: readonly Listener[]): Promise<(listener: Listener) => readonly Scope[]> {
    const sessions = await deps.auth.aliveAmong([...new Set(some.map(({ sessionId }) => sessionId))]);
    for (const one of some) if (!sessions.has(one.sessionId)) one.end();
    return ({ sessionId }) => sessions.get(sessionId) ?? [];
  }

  async function tell(
    some: readonly Listener[],
    wants: (stream: Stream, listener: Listener) => boolean,
    message: Message,
  ): Promise<void> {
    const may = await alive(some);
    for (const listener of some) {
      for (const stream of listener.streams.values()) {
        if (listeners.has(listener) && allows(may(listener), stream.scope) && wants(stream, listener))
          listener.send(stream, message);
      }
    }
  }

  async function tellOfVideo(videoId: VideoId, event: 'update' | 'status.update'): Promise<void> {
    const facts = await deps.streaming.factsOf(videoId, event === 'update');
    if (!facts) return;
    const some = [...listeners];
    const places = await deps.streaming.placesOf(videoId, [...new Set(some.map((one) => one.accountId))]);
    const of = new Map(places.map((place) => [place.viewerId, { ...place, ...facts }]));
    const wants = (stream: Stream, { accountId }: Listener) => tellsOf(stream, of.get(accountId) ?? NOWHERE);
    const wanting = some.filter((one) => [...one.streams.values()].some((stream) => wants(stream, one)));
    // Nobody waits for it: then it need not be written down.
    const payload = wanting.length > 0 ? await statusText(deps, videoId) : null;
    if (payload !== null) await tell(wanting, wants, { event, payload });
  }

  async function tellOfDeletion(deleted: z.output<typeof deletedPayload>): Promise<void> {
    const { videoId, accountId, visibility } = deleted;
    if (visibility === null || visibility === 'direct') return;
    const some = [...listeners];
    const fans = await deps.streaming.followersAmong(accountId, [
      ...new Set(some.map((one) => one.accountId)),
    ]);
    const wants = ({ name }: Stream, listener: Listener) => {
      if (name === 'user:notification') return false;
      return name === 'user' || name === 'list' ? fans.has(listener.accountId) : visibility === 'public';
    };
    await tell(some, wants, { event: 'delete', payload: videoId });
  }

  async function tellOfNotification(id: NotificationId, accountId: AccountId): Promise<void> {
    const some = [...listeners].filter((one) => one.accountId === accountId);
    const found = some.length > 0 ? await deps.notifications.forViewer(id, accountId) : null;
    const [entity] = found ? await notificationEntitiesOf(deps, [found], accountId) : [];
    if (!entity) return;
    const may = await alive(some);
    await tell(
      some.filter((one) => allows(may(one), 'read:notifications')),
      ({ name }) => name === 'user' || name === 'user:notification',
      { event: 'notification', payload: JSON.stringify(entity) },
    );
  }

  async function handle({ name, payload }: CommittedEvent): Promise<void> {
    if (listeners.size === 0) return;
    switch (name) {
      case 'video.published':
      case 'video.discovered':
        return tellOfVideo(videoPayload.parse(payload).videoId, 'update');
      case 'video.updated':
      case 'video.revised':
        return tellOfVideo(videoPayload.parse(payload).videoId, 'status.update');
      case 'video.deleted':
        return tellOfDeletion(deletedPayload.parse(payload));
      case 'notification.added': {
        const { notificationId, accountId } = notificationPayload.parse(payload);
        return tellOfNotification(notificationId, accountId);
      }
      case 'filters.changed': {
        const { accountId } = accountPayload.parse(payload);
        const mine = [...listeners].filter((one) => one.accountId === accountId);
        return tell(mine, (stream) => stream.name === 'user', { event: 'filters_changed', payload: '' });
      }
      default:
        return;
    }
  }

  return {
    /** Takes events in their order. */
    hear(events: readonly CommittedEvent[]): void {
      for (const event of events) {
        if (waiting >= liveLimits.maxWaiting) return;
        waiting += 1;
        work = work
          .then(() => handle(event))
          .catch((error) => deps.log.warn({ err: error, event: event.name }, 'an event was not streamed'))
          .finally(() => {
            waiting -= 1;
          });
      }
    },

    /** Throws where there are too many connections already. */
    add(listener: Listener): void {
      const { accountId, network } = listener;
      if (
        counted((one) => one.accountId === accountId) >= liveLimits.perAccount ||
        counted((one) => one.network === network) >= liveLimits.perNetwork
      ) {
        throw new ApiError('too-many-streams', 'Too many streams are open already.');
      }
      listeners.add(listener);
    },

    remove: (listener: Listener): boolean => listeners.delete(listener),
    count: (): number => listeners.size,

    /** Ends the connections of sessions that are no more. */
    async check(): Promise<void> {
      if (listeners.size > 0) await alive([...listeners]);
    },

    endAll(): void {
      for (const listener of [...listeners]) listener.end();
    },
  };
}

/**
 * A video as a status for everybody who listens, without what depends on who looks: apps keep what they know of that,
 * as with Mastodon. Whether each may see it is not decided here.
 */
async function statusText(deps: HttpDeps, videoId: VideoId): Promise<string | null> {
  const video = await deps.videos.internal(videoId);
  if (!video) return null;
  const [entity] = await statusEntitiesOf(deps, await deps.feed.withAuthors([video]), null);
  const personal = new Set(['favourited', 'reblogged', 'bookmarked', 'muted', 'pinned', 'filtered']);
  return JSON.stringify(entity, (key, value) => (personal.has(key) ? undefined : value));
}
