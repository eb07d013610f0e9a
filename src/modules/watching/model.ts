import { watchLimits } from '../../../config/feed-limits.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';

/** What happened in a playback: it became a view; how long it lasted; it was watched to its end; it was left at once. */
export const watchKinds = ['view', 'watch', 'complete', 'skip'] as const;
export type WatchKind = (typeof watchKinds)[number];

/** Where the video was shown. */
export const watchSources = [
  ...(['for_you', 'following', 'local', 'federated', 'profile', 'tag', 'search', 'video', 'other'] as const),
] as const;
export type WatchSource = (typeof watchSources)[number];

/** As a client tells it. */
export interface WatchEvent {
  /** Its client's own; the same one again is the same event. */
  readonly id: string;
  readonly videoId: VideoId;
  readonly kind: WatchKind;
  /** Of this playback so far. Undefined: as long as the kind says at least. */
  readonly watchedMs: number | undefined;
  /** By the client's clock; null: now. */
  readonly at: Date | null;
  readonly source: WatchSource;
  /** Which 64ths of the video were watched: 16 hex digits, the lowest bit for the first of them. */
  readonly mask: string | null;
}

/** What one request tells. */
export interface WatchReport {
  readonly watcher: Watcher;
  /** The network it came from, as far as anybody may know of it; goes no further than a hash. */
  readonly network: string | null;
  readonly events: readonly WatchEvent[];
}

/** Who watches: an account, or for nobody who is signed in, a text by which repetitions within the hour are told. */
export type Watcher =
  | { readonly accountId: AccountId }
  | { readonly accountId: null; readonly visitor: string };

/** What an event counts for. */
export interface Measured {
  readonly watchedMs: number;
  readonly isView: boolean;
  readonly isComplete: boolean;
}

/** From how long on a playback is a view: 3 s, or a quarter of a video below 12 s (ranking.md 6). */
export function viewThresholdMs(durationMs: number | null): number {
  const { viewMs, shortVideoMs, viewPart } = watchLimits;
  return durationMs !== null && durationMs < shortVideoMs ? durationMs * viewPart : viewMs;
}

/** What is believed of an event, by the length of the video as this server knows it; null where it does not. */
export function measured(
  { kind, watchedMs }: Pick<TakenEvent, 'kind' | 'watchedMs'>,
  durationMs: number | null,
): Measured {
  const { maxLoops, maxUnknownMs, completePart } = watchLimits;
  const threshold = viewThresholdMs(durationMs);
  const implied = { view: threshold, watch: 0, complete: durationMs ?? threshold, skip: 0 }[kind];
  const most = durationMs === null ? maxUnknownMs : durationMs * maxLoops;
  const watched = Math.round(Math.min(Math.max(0, watchedMs ?? implied), most));
  // What is rounded must not fall below what it was measured against.
  const reaches = (bound: number) => watched >= Math.round(bound);
  return {
    watchedMs: watched,
    isView: kind !== 'skip' && watched > 0 && reaches(threshold),
    isComplete: kind === 'complete' && (durationMs === null || reaches(durationMs * completePart)),
  };
}

/** When it happened, as far as the clock of a client is believed. */
export function boundedMoment(at: Date | null, now: number): number {
  const told = at?.getTime() ?? now;
  return Math.min(now, Math.max(now - watchLimits.maxDelayMs, told));
}

/** An event as it waits to be stored: it names its sender by hashes, and by the account where there is one. */
export interface TakenEvent {
  /** `eventKey` and `viewKey`, in hex. */
  readonly key: string;
  readonly viewKey: string;
  readonly accountId: AccountId | null;
  readonly videoId: VideoId;
  readonly kind: WatchKind;
  readonly watchedMs: number | null;
  /** Milliseconds since 1970: when it happened, as far as that is believed, and when it came. */
  readonly at: number;
  readonly receivedAt: number;
  readonly source: WatchSource;
  /** Tells networks apart for a day, and names none. */
  readonly network: string | null;
  readonly mask: string | null;
}

/** An event that was stored just now, and not before. */
export interface FreshWatch {
  /** Null: nobody signed in, or somebody who keeps no history. */
  readonly accountId: AccountId | null;
  readonly videoId: VideoId;
  readonly kind: WatchKind;
  readonly watchedMs: number;
  readonly source: WatchSource;
  readonly at: number;
  readonly receivedAt: number;
  /** It counts, as the first of this person, video and hour. */
  readonly isView: boolean;
  readonly isComplete: boolean;
  readonly durationMs: number | null;
  readonly mask: string | null;
  readonly network: string | null;
  /** The same for all that one person does with one video in one day (UTC), as far as that can be told; see `viewerKey`. */
  readonly viewer: () => string;
}
