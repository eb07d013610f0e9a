import type { TrendSettings } from '../../../config/trend-limits.ts';
import { createBoards } from './boards.ts';
import { type Domains, LOCAL } from './domains.ts';
import type { Masses } from './masses.ts';
import type { Person } from './people.ts';
import { createPriors } from './priors.ts';
import type { TrendScope } from './scopes.ts';
import { createScoring, type Half, halves } from './scoring.ts';
import { createVelocity, type Recent } from './velocity.ts';
import type { Topic, Votes } from './votes.ts';

const HOUR_MS = 3_600_000;
/** So long after the last event of a video or topic its speed is looked at. */
const LIVELY_MS = 2 * HOUR_MS;
/** It changes by windows of minutes: looking at it more often than this shows nothing new. */
const SPEED_MS = 60_000;

/** What people decide about a video, a hashtag, a sound or a creator, or the brake for them. */
export type Standing = 'held' | 'vetoed' | 'approved';

export interface TrendVideo {
  readonly slot: number;
  readonly id: string;
  author: Person;
  domain: number;
  publishedAt: number;
  topics: readonly Topic[];
  tags: readonly string[];
  soundId: string | null;
  language: string | null;
  isSensitive: boolean;
  isRemoved: boolean;
  /** When it counted as a vote for what it is made with. */
  usedAt: number;
  recent: Recent | null;
  lastAt: number;
  people: number;
  claimed: number;
  /** Keys of the boards it is on. */
  boards: readonly { readonly key: string; readonly half: Half; readonly cap: number }[];
}

type Member = Pick<TrendVideo, 'slot' | 'id'>;

/** Why the brake held a video, in numbers. */
export interface Hold {
  readonly videoId: string;
  readonly at: number;
  readonly reason: 'strangers' | 'one-domain';
  /** The part of the last hour that strangers, or one server, did; and that server. */
  readonly share: number;
  readonly domain: string | null;
}

/** The windows that videos of everywhere and of here have a list for. */
export type TrendWindow = 'hot' | 'usual' | 'week';

/** The list that this server tells others of, without what it has by their word. */
export const OWN_BOARD = 'global:usual';

/** The half-life that the values of a board decay by. */
export function halfOfBoard(key: string): Half {
  const [within = '', window] = key.split(':');
  if (within === 'creators') return 'week';
  if (within === 'global' || within === 'local')
    return window === 'hot' || window === 'week' ? window : 'usual';
  return within === 'language' ? 'usual' : 'tag';
}

/** The key of the board of a scope. */
export function boardKey(scope: TrendScope, window: TrendWindow): string {
  if (scope.of !== 'videos') return scope.of;
  if ('key' in scope) return `${scope.within}:${scope.key}`;
  return `${scope.within}:${window}`;
}

/** Keeps the boards in order: scores of what changed, speed of what is lively, the brake, and what people decided. */
export function createStandings(deps: {
  readonly settings: TrendSettings;
  readonly masses: Masses;
  readonly domains: Domains;
  readonly votes: Votes;
  readonly videoAt: (slot: number) => TrendVideo | undefined;
  /** Whether somebody takes the changes of the boards. */
  readonly notesChanges: boolean;
}) {
  const { settings, masses, domains, votes } = deps;
  const scoring = createScoring(deps);
  const velocity = createVelocity(settings.velocity, settings.windowMs);
  const boards = createBoards(settings.bounds.boards);
  const priors = createPriors(settings, boards);
  const decided = new Map<string, Standing>();
  const holds = new Map<string, Hold>();
  const dirtyVideos = new Set<TrendVideo>();
  const dirtyTopics = new Set<Topic>();
  const livelyVideos = new Set<TrendVideo>();
  const livelyTopics = new Set<Topic>();
  /** Boards and members that changed since somebody took the changes. */
  let changes = new Map<string, Map<string, number>>();
  /** When the speed of what is lively was looked at last. */
  let speedsAt = Number.NEGATIVE_INFINITY;
  /** The part that strangers usually do, by the hour, whatever an hour had; and what this hour had so far. */
  const usual = { share: 1, all: 0, strange: 0 };

  const offer = (board: TrendVideo['boards'][number], { slot, id }: Member, value: number): void => {
    boards.offer(board.key, board.cap, slot, value);
    if (!deps.notesChanges) return;
    const changed = changes.get(board.key) ?? new Map<string, number>();
    changes.set(board.key, changed);
    changed.set(id, value);
  };

  const isShut = (video: TrendVideo): boolean => {
    const own = decided.get(`videos:${video.id}`);
    return (
      video.isRemoved ||
      video.isSensitive ||
      own === 'held' ||
      own === 'vetoed' ||
      decided.get(`creators:${video.author.id}`) === 'vetoed'
    );
  };

  /** Holds a video whose last hour looks made up; true where it did. */
  const brake = (video: TrendVideo, at: number): boolean => {
    if (decided.has(`videos:${video.id}`)) return false;
    const { brake: limits } = settings;
    const window = masses.windowOf(at);
    const scored = scoring.scoreWithHour(video.slot, window - HOUR_MS / settings.windowMs, window);
    if (scored.hour < limits.leastMass) return false;
    const strange = scored.strange / scored.hour;
    const one = scored.remoteHour > 0 ? scored.largestHour / scored.remoteHour : 0;
    const trust = domains.at(scored.largestDomain)?.trust ?? 1;
    const isStrange = strange > Math.max(limits.strangers, limits.timesUsual * usual.share);
    const isOne = one > limits.oneDomain && trust < limits.trusted && scored.remoteHour > scored.hour / 2;
    if (!isStrange && !isOne) return false;
    decided.set(`videos:${video.id}`, 'held');
    holds.set(video.id, {
      ...{ videoId: video.id, at, reason: isStrange ? 'strangers' : 'one-domain' },
      share: isStrange ? strange : one,
      domain: isStrange ? null : (domains.at(scored.largestDomain)?.name ?? null),
    });
    return true;
  };

  const speed = (video: TrendVideo, at: number): number =>
    video.recent ? velocity.of(video.recent, video.author.usual, video.publishedAt, at) : 0;

  const standVideo = (video: TrendVideo, at: number): void => {
    const scored = isShut(video) ? null : scoring.score(video.slot, video.claimed, video.publishedAt);
    const mayStand =
      scored !== null && !(scored.local + scored.remote >= settings.brake.leastMass && brake(video, at));
    const fast = mayStand ? speed(video, at) : 0;
    for (const board of video.boards) {
      const log = mayStand
        ? (scored.logs[halves.indexOf(board.half)] ?? Number.NEGATIVE_INFINITY)
        : Number.NEGATIVE_INFINITY;
      const real = log + settings.velocity.weight[board.half] * fast;
      offer(board, video, mayStand ? priors.add(video.slot, board, real, at) : real);
    }
    if (mayStand && video.recent) livelyVideos.add(video);
    else livelyVideos.delete(video);
  };

  const touchSlots = (slots: Iterable<number>): void => {
    for (const slot of slots) {
      const video = deps.videoAt(slot);
      if (video) dirtyVideos.add(video);
    }
  };

  const standTopic = (topic: Topic, at: number): void => {
    const standing = decided.get(`${topic.of}:${topic.id}`);
    const isOut = standing === 'vetoed' || standing === 'held';
    const log = isOut ? Number.NEGATIVE_INFINITY : votes.log(topic);
    const boost = log === Number.NEGATIVE_INFINITY ? 0 : settings.votes.surge * votes.surge(topic, at);
    const half = topic.of === 'creators' ? 'week' : 'tag';
    offer({ key: topic.of, half, cap: settings.bounds.perBoard }, topic, log + boost);
    livelyTopics.add(topic);
  };

  return {
    velocity,
    scoring,
    holds,
    speed,
    touchVideo: (video: TrendVideo) => void dirtyVideos.add(video),
    touchTopic: (topic: Topic) => void dirtyTopics.add(topic),
    standingOf: (key: string): Standing | null => decided.get(key) ?? null,

    /** Takes in that something counted, for what is usual. */
    counted(amount: number, isStrange: boolean): void {
      usual.all += amount;
      if (isStrange) usual.strange += amount;
    },

    /** An hour is over: one that was unlike others, as by an attack, moves little of what is usual. */
    endHour(): void {
      if (usual.all > 0) usual.share += settings.brake.learning * (usual.strange / usual.all - usual.share);
      usual.all = 0;
      usual.strange = 0;
    },

    decide(key: string, standing: Standing | null): void {
      if (standing === null) decided.delete(key);
      else decided.set(key, standing);
    },

    /** Brings the boards up to a time. */
    settle(at: number): void {
      if (Math.abs(at - speedsAt) >= SPEED_MS) {
        speedsAt = at;
        for (const video of livelyVideos) dirtyVideos.add(video);
        for (const topic of livelyTopics) dirtyTopics.add(topic);
      }
      const isQuiet = (lastAt: number): boolean => at - lastAt > LIVELY_MS;
      const stand = (video: TrendVideo): void => {
        standVideo(video, at);
        if (isQuiet(video.lastAt)) livelyVideos.delete(video);
      };
      for (const video of dirtyVideos) if (!priors.has(video.slot)) stand(video);
      // After all that really happened: by that is known how much those of them may have.
      priors.begin();
      for (const video of dirtyVideos) if (priors.has(video.slot)) stand(video);
      for (const topic of dirtyTopics) {
        standTopic(topic, at);
        if (isQuiet(topic.lastAt)) livelyTopics.delete(topic);
      }
      dirtyVideos.clear();
      dirtyTopics.clear();
    },

    /** The best of a board; values are ln of scores with forward decay. */
    best: boards.best,

    /** Everything that stands on a board with mass of other servers. */
    touchRemote(): void {
      const seen = new Set<number>();
      for (const board of boards.all()) {
        if (!board.key.includes(':')) continue;
        for (const slot of board.members.keys()) seen.add(slot);
      }
      touchSlots(seen);
    },

    /** Of videos that other servers tell of, by their slots, what they have in the list of all by what happened here. */
    realOfTold: () => priors.realOn(OWN_BOARD),

    /** Takes in how much of the prior videos have by what other servers tell, by their slots; see priors.ts. */
    knowTold: (shares: ReadonlyMap<number, number>): void => touchSlots(priors.know(shares)),

    /** Takes a video off the boards that it is on. */
    leave(video: TrendVideo): void {
      for (const board of video.boards) offer(board, video, Number.NEGATIVE_INFINITY);
    },

    /** Forgets a video. */
    drop(video: TrendVideo): void {
      dirtyVideos.delete(video);
      livelyVideos.delete(video);
      holds.delete(video.id);
      decided.delete(`videos:${video.id}`);
      priors.forget(video.slot);
    },

    /** Every board as it changed since this was asked last. */
    takeChanges(): ReadonlyMap<string, ReadonlyMap<string, number>> {
      const taken = changes;
      changes = new Map();
      return taken;
    },

    boards,

    /** Videos that go far faster than their creator's usual. */
    viral(at: number): TrendVideo[] {
      const { viral, viralLeast } = settings.velocity;
      return [...livelyVideos].filter(
        (video) =>
          video.recent !== null &&
          velocity.lastHour(video.recent, at) >= viralLeast &&
          speed(video, at) >= viral,
      );
    },

    /** The boards of a video. */
    boardsOf(video: TrendVideo): TrendVideo['boards'] {
      const { perBoard, perSmallBoard } = settings.bounds;
      const wide = (['hot', 'usual', 'week'] as const).flatMap((half) => [
        { key: `global:${half}`, half, cap: perBoard },
        ...(video.domain === LOCAL ? [{ key: `local:${half}`, half, cap: perBoard }] : []),
      ]);
      const small = (key: string, half: Half) => ({ key, half, cap: perSmallBoard });
      return [
        ...wide,
        ...video.topics.filter(({ of }) => of === 'tags').map(({ id }) => small(`tag:${id}`, 'tag')),
        ...(video.soundId === null ? [] : [small(`sound:${video.soundId}`, 'tag')]),
        ...(video.language === null
          ? []
          : [{ key: `language:${video.language}`, half: 'usual' as const, cap: perBoard }]),
      ];
    },
  };
}

export type Standings = ReturnType<typeof createStandings>;
