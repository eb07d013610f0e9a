import { type FeedRequest, type RankingSettings, rankingDefaults } from '../../src/modules/ranking/index.ts';
import type { Signal, SignalOf } from '../../src/modules/signals/index.ts';

/** Moments of a small world that the engine is told of. */
export const HOUR = 3_600_000;
export const START = Date.UTC(2026, 0, 10);

/** A table of weights that is made in no time. */
export const smallSettings: RankingSettings = {
  ...rankingDefaults,
  ranker: { ...rankingDefaults.ranker, bits: 12 },
};

/** Random numbers that are the same in every run (a linear congruential generator). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

export function account(id: string, more: Partial<SignalOf<'account'>> = {}): Signal {
  return {
    ...{ kind: 'account', at: START, id, domain: '', createdAt: START - 1_000 * HOUR },
    ...{ languages: [], interests: [] },
    ...more,
  };
}

export function video(id: string, authorId: string, more: Partial<SignalOf<'video'>> = {}): Signal {
  return {
    ...{ kind: 'video', at: START, id, authorId, domain: '', publishedAt: START, tags: [] },
    ...{ soundId: null, language: null, durationMs: 20_000, caption: '', sensitive: false },
    ...more,
  };
}

/** Somebody is shown a video, and watches a part of it. */
export function shown(actorId: string, videoId: string, at: number, part = 0): Signal[] {
  const watchedMs = 20_000 * part;
  const where = { at, actorId, videoId, source: 'for_you' } as const;
  const watch = { ...where, watchedMs, isView: watchedMs >= 3_000, isComplete: part >= 0.95, network: null };
  return [
    { kind: 'impression', ...where },
    { kind: 'watch', ...watch },
  ];
}

export const TAGS = ['birds', 'bread', 'trains', 'chess', 'rivers'];

/**
 * People with a taste each, creators with a hashtag each, and some days of watching: `people` local ones `p0` …, creators `c0` …,
 * videos `v0` …, who watch to the end what is of their hashtag and little else.
 */
export function smallWorld({ people = 60, creators = 20, videos = 120, views = 40 } = {}): Signal[] {
  const random = seeded(11);
  const pick = (count: number) => Math.floor(random() * count);
  const told: Signal[] = [];
  for (let at = 0; at < people; at += 1) told.push(account(`p${at}`));
  for (let at = 0; at < creators; at += 1) told.push(account(`c${at}`));
  for (let at = 0; at < videos; at += 1) {
    const tag = TAGS[at % TAGS.length] ?? '';
    const publishedAt = START - pick(100) * HOUR;
    const more = { at: publishedAt, publishedAt, tags: [tag], soundId: at % 3 === 0 ? `s${at % 9}` : null };
    told.push(video(`v${at}`, `c${at % creators}`, more));
  }
  for (let at = 0; at < people; at += 1) told.push(follow(`p${at}`, `c${pick(creators)}`));
  for (let view = 0; view < people * views; view += 1) {
    const [person, one, at] = [pick(people), pick(videos), START + view * 60_000];
    const isLiked = one % TAGS.length === person % TAGS.length;
    told.push(...shown(`p${person}`, `v${one}`, at, isLiked || random() < 0.1 ? 1 : 0.1));
    if (isLiked && random() < 0.3)
      told.push({ kind: 'like', at, actorId: `p${person}`, videoId: `v${one}`, on: true });
  }
  return told.sort((a, b) => a.at - b.at);
}

export function follow(actorId: string, targetId: string, on = true, at = START): Signal {
  return { kind: 'follow', at, actorId, targetId, on };
}

/** A feed after all that happened in `smallWorld`. */
export function asked(userId: string | null, more: Partial<FeedRequest> = {}): FeedRequest {
  return { userId, n: 30, at: START + 48 * HOUR, ...more };
}
