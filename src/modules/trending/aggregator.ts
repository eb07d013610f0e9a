import { type TrendSettings, trendSettings } from '../../../config/trend-limits.ts';
import type { Signal, SignalOf } from '../signals/index.ts';
import { createActs } from './acts.ts';
import { createDomains, type DomainTrust, LOCAL, trustIn } from './domains.ts';
import { type ActOnVideo, createEarlyActs } from './early.ts';
import { decayed } from './log-decay.ts';
import { Masses } from './masses.ts';
import { createPeople } from './people.ts';
import { plainTag } from './plain-tag.ts';
import type { Trending, TrendScope } from './scopes.ts';
import { halves } from './scoring.ts';
import {
  boardKey,
  createStandings,
  type Hold,
  halfOfBoard,
  type Standing,
  type TrendVideo,
  type TrendWindow,
} from './standing.ts';
import { createVotes, type Topic } from './votes.ts';

const HOUR_MS = 3_600_000;

/** What trends may be decided about. */
export interface TrendSubject {
  readonly of: 'videos' | 'tags' | 'sounds' | 'creators';
  readonly id: string;
}

/** A score with all that it is made of. */
export interface TrendScore {
  readonly score: number;
  /** What counts, without decay, by where it comes from; they make up the parts of the score. */
  readonly local: number;
  readonly remote: number;
  readonly remoteViews: number;
  readonly people: number;
  readonly servers: number;
  /** Deviations from what the creator's videos usually get in an hour. */
  readonly velocity: number;
  readonly standing: Standing | null;
}

/** What a server says and an admin sets of a domain, besides what is seen of it. */
export interface KnownDomain {
  readonly domain: string;
  readonly since: number;
  readonly population: number | null;
  readonly override: number | null;
}

/**
 * Trends, from signals alone: the same signals in the same order give the same answers, whatever time it is where they are computed.
 * What is kept is bounded by the settings; each event costs about the same, however much there is already.
 */
export function createTrends({
  settings = trendSettings,
  notesChanges = false,
  knowsDomains = false,
}: {
  readonly settings?: TrendSettings;
  /** Whether somebody calls `takeChanges` now and then. */
  readonly notesChanges?: boolean;
  /** Whether domains are told of by `knowDomains`. Otherwise those heard of at the beginning are taken as known for a while. */
  readonly knowsDomains?: boolean;
} = {}) {
  const domains = createDomains(settings.trust);
  if (knowsDomains) domains.begin(Number.NEGATIVE_INFINITY);
  const people = createPeople(settings, domains);
  const votes = createVotes(settings, domains);
  const masses = new Masses({
    windowMs: settings.windowMs,
    halfLivesMs: halves.map((half) => settings.halfLivesMs[half]),
  });
  const videos = new Map<string, TrendVideo>();
  const bySlot: (TrendVideo | undefined)[] = [];
  const freeSlots: number[] = [];
  const standings = createStandings({
    ...{ settings, masses, domains, votes, notesChanges },
    videoAt: (slot) => bySlot[slot],
  });
  const acts = createActs({
    ...{ settings, domains, people, votes, masses, standings },
    videoAt: (slot) => bySlot[slot],
  });
  const early = createEarlyActs(settings.bounds.early);
  let now = 0;
  let sweptAt = 0;
  /** Videos that were removed since then. */
  let gone = 0;

  const topicsOf = (video: Pick<TrendVideo, 'tags' | 'soundId' | 'author'>): Topic[] => [
    ...new Set(video.tags.map((tag) => votes.topic('tags', tag))),
    ...(video.soundId === null ? [] : [votes.topic('sounds', video.soundId)]),
    votes.topic('creators', video.author.id),
  ];

  const tellVideo = (event: SignalOf<'video'>): void => {
    const there = videos.get(event.id);
    const author = people.of(event.authorId);
    const facts = {
      ...{ author, domain: domains.of(event.domain, event.at).index, publishedAt: event.publishedAt },
      ...{ tags: event.tags, soundId: event.soundId, language: event.language?.toLowerCase() ?? null },
      isSensitive: event.sensitive,
    };
    if (there && isAlike(there, facts)) return;
    if (there) {
      standings.leave(there);
      use(there, -1);
      // Votes for what it had stay, as people gave them; those to come go to what it has now.
      Object.assign(there, facts, { topics: topicsOf(facts) });
      there.boards = standings.boardsOf(there);
      use(there, 1);
      standings.touchVideo(there);
      return;
    }
    const slot = freeSlots.pop() ?? bySlot.length;
    const video: TrendVideo = {
      ...{ slot, id: event.id, ...facts, topics: topicsOf(facts), isRemoved: false, usedAt: 0 },
      ...{ recent: null, lastAt: event.at, people: 0, claimed: 0, boards: [] },
    };
    video.boards = standings.boardsOf(video);
    videos.set(event.id, video);
    bySlot[slot] = video;
    use(video, 1);
    for (const act of early.take(event.id)) count(act);
  };

  /** A video is a vote for its hashtags and its sound by who made it, at the time it came. */
  const use = (video: TrendVideo, by: 1 | -1): void => {
    if (by > 0) video.usedAt = Math.min(video.publishedAt, now);
    const at = video.usedAt;
    for (const topic of video.topics) {
      topic.uses += by;
      if (topic.of === 'creators') continue;
      for (const tag of topic.of === 'tags' ? video.tags : []) {
        if (plainTag(tag) === topic.id) votes.spell(topic, tag, by);
      }
      if (at < now - settings.horizonMs) continue;
      const { slot, domain } = video.author;
      const weight = people.weight(video.author, at);
      const hasChanged =
        by > 0
          ? votes.cast(topic, slot, domain, 'use', at, weight)
          : votes.retract(topic, slot, domain, 'use', at);
      if (hasChanged) standings.touchTopic(topic);
    }
  };

  /** Its votes and its slot are given back at the next sweep. */
  const removeVideo = (video: TrendVideo): void => {
    use(video, -1);
    video.isRemoved = true;
    gone += 1;
    standings.leave(video);
    standings.drop(video);
    masses.drop(video.slot);
    videos.delete(video.id);
  };

  const forget = (userId: string): void => {
    const person = people.of(userId);
    acts.forget(person);
    for (const video of [...videos.values()]) if (video.author.id === userId) removeVideo(video);
    people.drop(person);
  };

  /** Every hour: reckons how much servers are trusted, and what is usual. */
  const reckon = (): void => {
    standings.endHour();
    if (domains.reckon(now)) standings.touchRemote();
    if (now - sweptAt >= settings.sweepMs) sweep();
  };

  /** Now and then, and where something is full: forgets what is past the horizon. */
  const sweep = (): void => {
    sweptAt = now;
    const before = now - settings.horizonMs;
    masses.sweep(masses.windowOf(before), (slot) => {
      const video = bySlot[slot];
      if (video) standings.touchVideo(video);
    });
    for (const video of videos.values()) {
      if (video.lastAt >= before) continue;
      video.people = 0;
      video.recent = null;
      if (videos.size > settings.bounds.videos * 0.9 && video.publishedAt < before) removeVideo(video);
    }
    acts.sweep(before, gone > 0);
    gone = 0;
    for (let slot = 0; slot < bySlot.length; slot += 1) {
      if (!bySlot[slot]?.isRemoved) continue;
      bySlot[slot] = undefined;
      freeSlots.push(slot);
    }
    votes.sweep(before, standings.touchTopic);
    people.sweep(before);
  };

  /** Whatever a video or a topic is decided to be, its places follow. */
  const decide = ({ of, id }: TrendSubject, standing: Standing | null): void => {
    const key = of === 'tags' ? plainTag(id) : id;
    standings.decide(`${of}:${key}`, standing);
    if (of === 'videos') {
      const video = videos.get(id);
      if (standing !== 'held') standings.holds.delete(id);
      if (video) standings.touchVideo(video);
      return;
    }
    const topic = votes.find(of, key);
    if (topic) standings.touchTopic(topic);
    if (of !== 'creators') return;
    for (const video of videos.values()) if (video.author.id === id) standings.touchVideo(video);
  };

  const act = (event: ActOnVideo) => {
    const video = videos.get(event.videoId);
    if (!video) return early.keep(event);
    switch (event.kind) {
      case 'watch':
        return acts.watch(event, video);
      case 'comment':
        return acts.comment(event, video);
      case 'like':
      case 'share':
      case 'save':
        return acts.engage(event, video);
      case 'report':
        return acts.report(event, video);
      case 'remote-view':
        return acts.remoteView(event, video);
      case 'claimed-totals':
        // Only the server of a video can know what it claims; and what it claims is a hint.
        if (domains.named(event.domain)?.index !== video.domain || video.domain === LOCAL) return;
        video.claimed = event.likes + event.shares;
        return standings.touchVideo(video);
      default:
        return;
    }
  };

  const count = (event: ActOnVideo): void => {
    if (event.at < now - settings.horizonMs) return;
    if (acts.isFull() || votes.isFull()) sweep();
    act(event);
  };

  return {
    /** Takes an event in. Events come in the order of their times; what is older than the horizon is left out. */
    ingest(event: Signal) {
      domains.begin(event.at);
      if (event.at > now) {
        const isNewHour = Math.floor(event.at / HOUR_MS) > Math.floor(now / HOUR_MS);
        now = event.at;
        if (isNewHour) reckon();
      }
      switch (event.kind) {
        case 'account':
          return people.told(event);
        case 'account-removed':
          return forget(event.id);
        case 'video':
          return tellVideo(event);
        case 'video-removed': {
          const video = videos.get(event.id);
          return video && removeVideo(video);
        }
        case 'follow':
          return people.follow(event);
        case 'block':
        case 'mute':
        case 'impression':
          return;
        default:
          count(event);
      }
    },

    /** The best of a scope at a time, with their scores as of then. */
    top(scope: TrendScope, n: number, at: number, window: TrendWindow = 'usual'): Trending[] {
      standings.settle(at);
      const key = boardKey(
        scope.of === 'videos' && scope.within === 'tag' ? { ...scope, key: plainTag(scope.key) } : scope,
        window,
      );
      const halfLifeMs = settings.halfLivesMs[halfOfBoard(key)];
      const found: Trending[] = [];
      for (const [slot, value] of standings.best(key, n)) {
        const id = nameOf(scope.of, slot);
        if (id !== null) found.push({ id, score: decayed(value, at, halfLifeMs) });
      }
      return found;
    },

    /** What a video's score is made of, or null where it is not known. */
    scoreOf(videoId: string, at: number): TrendScore | null {
      const video = videos.get(videoId);
      if (!video) return null;
      const scored = standings.scoring.score(video.slot, video.claimed, video.publishedAt);
      const log = scored.logs[halves.indexOf('usual')] ?? Number.NEGATIVE_INFINITY;
      return {
        score: decayed(log, at, settings.halfLivesMs.usual),
        ...{ local: scored.local, remote: scored.remote, remoteViews: scored.remoteViews },
        ...{ people: video.people, servers: scored.servers, velocity: standings.speed(video, at) },
        standing: standings.standingOf(`videos:${videoId}`),
      };
    },

    /** Forgets somebody, with all they did and made, as if they had never been here. */
    forget,
    /** Keeps from the lists until somebody decided. */
    hold: (subject: TrendSubject) => decide(subject, 'held'),
    /** Keeps from the lists for good. A creator's videos go with them. */
    veto: (subject: TrendSubject) => decide(subject, 'vetoed'),
    /** Lets into the lists, past the brake. */
    approve: (subject: TrendSubject) => decide(subject, 'approved'),
    /** As if nobody had decided. */
    release: (subject: TrendSubject) => decide(subject, null),
    /** What the brake holds, for people to review. */
    held: (): Hold[] => [...standings.holds.values()],

    /** What is known of domains besides what they do. */
    knowDomains(known: readonly KnownDomain[]): void {
      let hasChanged = false;
      for (const { domain, since, population, override } of known) {
        const there = domains.of(domain, since);
        hasChanged ||= there.override !== override;
        Object.assign(there, { since, population, override });
        there.trust = trustIn(there, Math.max(now, since), settings.trust);
      }
      if (hasChanged) standings.touchRemote();
    },
    /** What other servers say that trends there: how much of the prior each of these videos has (0 to 1), in the place of what was told before. */
    knowTold(shares: ReadonlyMap<string, number>): void {
      const known = [...shares].flatMap(([id, share]) => {
        const video = videos.get(id);
        return video ? [[video.slot, share] as const] : [];
      });
      standings.knowTold(new Map(known));
    },
    /** What videos that other servers tell of have in the list of all by what happened here; null: nothing. */
    realOfTold: (): Record<string, number | null> =>
      Object.fromEntries(
        standings.realOfTold().flatMap(([slot, real]) => {
          const video = bySlot[slot];
          return video ? [[video.id, real] as const] : [];
        }),
      ),
    /** Boards as they changed since this was asked last: the value of each member by its id, `-Infinity` where it left. */
    takeChanges(at: number): ReadonlyMap<string, ReadonlyMap<string, number>> {
      standings.settle(at);
      return standings.takeChanges();
    },
    /** All boards as they are. */
    allBoards(at: number): Map<string, Map<string, number>> {
      standings.settle(at);
      standings.takeChanges();
      const all = new Map<string, Map<string, number>>();
      for (const { key, members } of standings.boards.all()) {
        const values = [...members].flatMap(([slot, value]) => {
          const id = key.includes(':') ? bySlot[slot]?.id : votes.at(slot)?.id;
          return id === undefined ? [] : [[id, value] as const];
        });
        all.set(key, new Map(values));
      }
      return all;
    },
    /** How most people write the best hashtags, where that is not their plain form. */
    spellings(): Record<string, string> {
      const best = standings.best('tags', settings.bounds.perSmallBoard);
      return Object.fromEntries(
        best.flatMap(([slot]) => {
          const topic = votes.at(slot);
          return topic && votes.shown(topic) !== topic.id ? [[topic.id, votes.shown(topic)]] : [];
        }),
      );
    },
    trusts: (): DomainTrust[] => domains.list(now),

    /** Videos that go far faster than usual for who made them. */
    viral: (at: number): string[] => {
      standings.settle(at);
      return standings.viral(at).map(({ id }) => id);
    },
  };

  function nameOf(of: TrendScope['of'], slot: number): string | null {
    if (of === 'videos') return bySlot[slot]?.id ?? null;
    const topic = votes.at(slot);
    return topic ? votes.shown(topic) : null;
  }
}

export type Trends = ReturnType<typeof createTrends>;

type Facts = Pick<
  TrendVideo,
  'author' | 'domain' | 'publishedAt' | 'tags' | 'soundId' | 'language' | 'isSensitive'
>;

function isAlike(a: Facts, b: Facts): boolean {
  return (
    a.soundId === b.soundId &&
    a.language === b.language &&
    a.isSensitive === b.isSensitive &&
    a.author.id === b.author.id &&
    a.tags.join(' ') === b.tags.join(' ')
  );
}
