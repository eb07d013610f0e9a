import { liveLimits } from '../../../config/live-limits.ts';
import type { CommittedEvent } from '../../jobs/relay.ts';
import { allows, type Scope } from '../../modules/auth/index.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import type { Listener } from './audience.ts';
import { createNews } from './news.ts';

export type Hub = ReturnType<typeof createHub>;

/**
 * Who listens at this process, and what they are told. Events come by plain ids; whether somebody may see what they
 * tell of is asked when it is sent, and with it whether the session of the connection still is (security.md P1, P6).
 * One question serves all listeners of an event.
 */
export function createHub(deps: HttpDeps) {
  const listeners = new Set<Listener>();
  let waiting = 0;
  let work: Promise<void> = Promise.resolve();
  let checking: Promise<void> = Promise.resolve();

  const counted = (is: (listener: Listener) => boolean) => [...listeners].filter(is).length;

  /** What the sessions of these may do; connections of others are ended. */
  async function alive(some: readonly Listener[]): Promise<(listener: Listener) => readonly Scope[]> {
    const sessions = await deps.auth.aliveAmong([...new Set(some.map(({ sessionId }) => sessionId))]);
    for (const one of some) if (!sessions.has(one.sessionId)) one.end();
    return ({ sessionId }) => sessions.get(sessionId) ?? [];
  }

  const news = createNews(deps, {
    all: () => [...listeners],
    async tell(some, wants, message, scope) {
      const may = await alive(some);
      for (const listener of some) {
        const scopes = may(listener);
        if (scope !== undefined && !allows(scopes, scope)) continue;
        for (const stream of listener.streams.values()) {
          if (listeners.has(listener) && allows(scopes, stream.scope) && wants(stream, listener))
            listener.send(stream, message);
        }
      }
    },
  });

  return {
    /** Takes events in their order. */
    hear(events: readonly CommittedEvent[]): void {
      for (const event of events) {
        if (waiting >= liveLimits.maxWaiting) return;
        waiting += 1;
        work = work
          .then(() => (listeners.size > 0 ? news.handle(event) : undefined))
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
    check(): void {
      checking = checking
        .then(() => (listeners.size > 0 ? alive([...listeners]) : undefined))
        .then(() => undefined)
        .catch((error) => deps.log.warn({ err: error }, 'sessions of streams could not be looked at'));
    },

    /** Ends every connection, and then what is being done for them: nothing is asked of the database any more. */
    async close(): Promise<void> {
      for (const listener of [...listeners]) listener.end();
      await Promise.all([work, checking]);
    },
  };
}
