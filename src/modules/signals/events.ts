import { z } from 'zod';

/**
 * What happens on a server, as ranking, trends and analytics hear it: one vocabulary for the live server, for benchmarks and for
 * simulated worlds. Events are facts, told in the order of their times as far as possible; telling the same one twice changes nothing
 * where its kind says so. Whoever hears them keeps no other input, so that the same events always give the same feeds.
 */

/** Opaque to whoever ranks: text that stays the same, and says nothing. */
const id = z.string().min(1).max(64);
/** Milliseconds since 1970. */
const at = z.number().int().nonnegative();
/** The server that somebody or something belongs to; empty for this one. */
const domain = z.string().max(253);
const words = z.array(z.string().max(100)).max(50);
const language = z.string().max(35).nullable();

/** Where a video was shown. */
export const signalSources = [
  ...([
    'for_you',
    'following',
    'local',
    'federated',
    'profile',
    'tag',
    'search',
    'video',
    'remote',
    'other',
  ] as const),
] as const;

const base = { at };
const action = { ...base, actorId: id, videoId: id };

export const signalSchema = z.discriminatedUnion('kind', [
  /** Somebody is here, or changed. Everybody who acts is told of first; whoever was not, counts as a stranger of an unknown server. */
  z.strictObject({
    kind: z.literal('account'),
    ...base,
    id,
    domain,
    createdAt: at,
    /** Those the person reads, and hashtags the person chose; empty where nothing was said. */
    languages: words,
    interests: words,
  }),
  /** Somebody is gone for good, with all that was theirs. */
  z.strictObject({ kind: z.literal('account-removed'), ...base, id }),
  /** A public video is there, or changed. */
  z.strictObject({
    kind: z.literal('video'),
    ...base,
    id,
    authorId: id,
    domain,
    publishedAt: at,
    /** In their folded form, without `#`. */
    tags: words,
    soundId: id.nullable(),
    language,
    durationMs: z.number().nonnegative().nullable(),
    caption: z.string().max(10_000),
    sensitive: z.boolean(),
  }),
  /** Deleted, hidden, not public any more. */
  z.strictObject({ kind: z.literal('video-removed'), ...base, id }),
  /** `actorId` follows, blocks or mutes `targetId`; `on: false` takes it back. Twice is once. */
  z.strictObject({
    kind: z.enum(['follow', 'block', 'mute']),
    ...base,
    actorId: id,
    targetId: id,
    on: z.boolean(),
  }),
  /** A video was put before somebody (null: nobody signed in), watched or not. */
  z.strictObject({
    kind: z.literal('impression'),
    ...base,
    actorId: id.nullable(),
    videoId: id,
    source: z.enum(signalSources),
  }),
  /**
   * A playback ended. `isView`: it lasted 3 s, or a quarter of a video below 12 s, and counts, as the first of this person, video and hour.
   * `isComplete`: 95 % of it was seen. Neither, and below 3 s: it was skipped.
   */
  z.strictObject({
    kind: z.literal('watch'),
    ...base,
    actorId: id.nullable(),
    videoId: id,
    watchedMs: z.number().nonnegative(),
    isView: z.boolean(),
    isComplete: z.boolean(),
    source: z.enum(signalSources),
    /** Tells networks apart without naming them: a salted hash of the first parts of an address; null where unknown. */
    network: z.string().max(64).nullable(),
  }),
  /** Twice by the same person is once; `on: false` takes it back. */
  z.strictObject({ kind: z.enum(['like', 'share', 'save']), ...action, on: z.boolean() }),
  /** Each comment by itself, with its id; `on: false`: it was removed. */
  z.strictObject({ kind: z.literal('comment'), ...action, commentId: id, on: z.boolean() }),
  z.strictObject({ kind: z.enum(['not-interested', 'report']), ...action, on: z.boolean() }),
  /** Another server says that somebody there watched (View, WatchAction). Nobody here can check it. */
  z.strictObject({ kind: z.literal('remote-view'), ...base, domain, actorId: id.nullable(), videoId: id }),
  /** What the server of a video says of its totals: shown, never believed. */
  z.strictObject({
    kind: z.literal('claimed-totals'),
    ...base,
    domain,
    videoId: id,
    likes: z.number().nonnegative(),
    shares: z.number().nonnegative(),
  }),
]);

export type Signal = z.output<typeof signalSchema>;
export type SignalKind = Signal['kind'];

/** The event of a kind. */
export type SignalOf<K extends SignalKind> = Extract<Signal, { kind: K }>;
