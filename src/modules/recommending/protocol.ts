import type { UnlistedDomains } from '../../db/visibility.ts';
import type { FeedRequest } from '../ranking/index.ts';
import type { Signal } from '../signals/index.ts';
import type { PackedFeed } from './packing.ts';

/** What the thread is started with. */
export interface ThreadData {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisPrefix: string;
  readonly unlistedDomains: UnlistedDomains;
  /** The moment by the clock of the server, and how far that is from the clock of the machine. */
  readonly clockOffsetMs: number;
}

/** What the thread is asked and told. */
export type ToThread =
  | {
      readonly kind: 'feed';
      readonly ticket: number;
      readonly request: FeedRequest;
      /** By `monotonicMs`: nobody waits for it any more from then on. */
      readonly until: number;
    }
  | { readonly kind: 'signals'; readonly signals: readonly Signal[] }
  | { readonly kind: 'forget'; readonly accountId: string }
  | { readonly kind: 'settle'; readonly ticket: number };

/** What the thread answers and tells. */
export type FromThread =
  | { readonly kind: 'feed'; readonly ticket: number; readonly feed: PackedFeed }
  | { readonly kind: 'overdue'; readonly ticket: number }
  | { readonly kind: 'failed'; readonly ticket: number; readonly detail: string }
  | { readonly kind: 'settled'; readonly ticket: number }
  | { readonly kind: 'loaded'; readonly signals: number; readonly ms: number }
  | { readonly kind: 'trained'; readonly ms: number }
  | { readonly kind: 'settings'; readonly version: string }
  /** It goes on with what it has, but something is missing. */
  | { readonly kind: 'stale'; readonly detail: string }
  | { readonly kind: 'warning'; readonly detail: string };

/** Milliseconds since some moment, which is the same one in all threads of a process. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);
