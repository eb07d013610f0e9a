import type { AccountId, SessionId } from '../../lib/ids.ts';
import type { Scope } from '../../modules/auth/index.ts';
import type { Stream } from './streams.ts';

/** What a connection is told. The payload is text: JSON, or an id. */
export interface Message {
  readonly event:
    | 'update'
    | 'status.update'
    | 'delete'
    | 'notification'
    | 'filters_changed'
    | `announcement${'' | '.delete' | '.reaction'}`;
  readonly payload: string;
}

/** One open connection of somebody. */
export interface Listener {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly network: string;
  /** An app, and not a page of ours: it is told of no types that only we have. */
  readonly isApp: boolean;
  readonly streams: ReadonlyMap<string, Stream>;
  send(stream: Stream, message: Message): void;
  /** Ends it: the right to listen is gone, or the server stops. */
  end(): void;
}

/** Those who listen, for whoever knows what there is to be told. */
export interface Audience {
  all(): readonly Listener[];
  /**
   * Tells those of `some` whose sessions are still alive and have the scope of the stream, and `scope`, where that is
   * given; others are left out, and where their session is gone, ended.
   */
  tell(
    some: readonly Listener[],
    wants: (stream: Stream, listener: Listener) => boolean,
    message: Message,
    scope?: Scope,
  ): Promise<void>;
}
