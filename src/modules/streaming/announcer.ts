import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { CommittedEvent } from '../../jobs/relay.ts';
import type { Logger } from '../../lib/log.ts';

/** Events that somebody who is connected may want to hear of. */
export const announced: ReadonlySet<string> = new Set([
  ...['video.published', 'video.discovered', 'video.updated', 'video.revised', 'video.deleted'],
  ...['video.removed', 'video.restored'],
  ...['comment.published', 'comment.updated', 'comment.hidden', 'comment.shown', 'comment.deleted'],
  ...['share.added', 'share.removed', 'notification.added', 'filters.changed'],
  ...['announcement.shown', 'announcement.gone', 'announcement.reacted'],
]);

const messageSchema = z.array(z.object({ name: z.string(), payload: z.unknown() }));

/** The Redis channel of all processes of one server. Channels do not belong to a numbered database, so its number is in it. */
function channelOf(redis: Redis, prefix: string): string {
  return `${prefix}:announced:${redis.options.db ?? 0}`;
}

/** Tells every web process of committed events, by plain ids. While Redis is away they are lost, as is what it holds. */
export function createAnnouncer({ redis, prefix, log }: { redis: Redis; prefix: string; log: Logger }) {
  return (events: readonly CommittedEvent[]): void => {
    const wanted = events.filter(({ name }) => announced.has(name));
    if (wanted.length === 0 || redis.status !== 'ready') return;
    redis
      .publish(channelOf(redis, prefix), JSON.stringify(wanted))
      .catch((error) => log.debug({ err: error }, 'events were not announced'));
  };
}

/** Hears what `createAnnouncer` tells, on a connection of its own, until it is stopped. */
export async function hearAnnouncements(
  { redis, prefix }: { redis: Redis; prefix: string },
  hear: (events: readonly CommittedEvent[]) => void,
): Promise<() => void> {
  const own = redis.duplicate();
  // It connects again by itself; what is told meanwhile is lost.
  own.on('error', () => undefined);
  own.on('message', (_channel, text) => {
    const read = messageSchema.safeParse(JSON.parse(text));
    if (read.success) hear(read.data);
  });
  const subscribed = own.subscribe(channelOf(redis, prefix)).catch(() => undefined);
  // A Redis that is away must not keep the server from starting.
  if (redis.status === 'ready') await subscribed;
  return () => own.disconnect();
}
