import type { Signal, SignalOf } from '../../src/modules/signals/index.ts';

/**
 * A server that nobody's data was needed for: creators with a talent, people with a taste, uploads all day, follows, and what comes of a
 * video that somebody is shown. What decides it is hidden from whoever ranks.
 */

export interface WorldSizes {
  readonly people: number;
  readonly creators: number;
  readonly oldVideos: number;
  readonly newADay: number;
  readonly days: number;
  /** Feeds that one person asks for in a day, and videos in each. */
  readonly feedsADay: number;
  readonly feed: number;
}

export interface WorldVideo {
  readonly id: string;
  readonly topic: number;
  readonly quality: number;
  readonly publishedAt: number;
  readonly isNew: boolean;
}

export type Random = () => number;

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const START = Date.UTC(2026, 2, 2);
const TOPICS = 16;
const LANGUAGES = ['en', 'en', 'en', 'de', 'es'];
/** How far talent, luck of one video, and taste decide whether somebody watches to the end. */
const SPREAD = { talent: 0.7, luck: 1, taste: 1.6 } as const;
const USUAL = -1.4;

export function createWorld(sizes: WorldSizes, random: Random) {
  const pick = (count: number) => Math.floor(random() * count);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const people = Array.from({ length: sizes.people }, (_, at) => ({
    id: `p${at}`,
    topics: new Set([pick(TOPICS), pick(TOPICS), pick(TOPICS)]),
    language: LANGUAGES[pick(LANGUAGES.length)] ?? 'en',
  }));
  const creators = Array.from({ length: sizes.creators }, (_, at) => ({
    id: `c${at}`,
    talent: normal() * SPREAD.talent,
    topics: [pick(TOPICS), pick(TOPICS)],
    language: LANGUAGES[pick(LANGUAGES.length)] ?? 'en',
  }));
  const videos = new Map<string, WorldVideo & { readonly language: string }>();

  const upload = (publishedAt: number, isNew: boolean): Signal => {
    const creator = creators[pick(creators.length)];
    const topic = creator?.topics[pick(2)] ?? 0;
    const quality = (creator?.talent ?? 0) + normal() * SPREAD.luck;
    const id = `v${videos.size}`;
    videos.set(id, { ...{ id, topic, quality, publishedAt, isNew }, language: creator?.language ?? 'en' });
    return {
      ...{ kind: 'video', at: publishedAt, id, authorId: creator?.id ?? '', domain: '', publishedAt },
      ...{ tags: [`topic${topic}`], soundId: random() < 0.3 ? `s${pick(200)}` : null, caption: '' },
      ...{ language: creator?.language ?? null, durationMs: 8_000 + pick(50_000), sensitive: false },
    };
  };
  const account = (id: string, languages: string[]): SignalOf<'account'> => ({
    ...{ kind: 'account', at: START - 30 * DAY, id, domain: '', createdAt: START - 60 * DAY },
    ...{ languages, interests: [] },
  });
  const settled: Signal[] = [
    ...people.map(({ id, language }) => account(id, [language])),
    ...creators.map(({ id }) => account(id, [])),
    ...Array.from({ length: sizes.oldVideos }, () => upload(START - random() * 20 * DAY, false)),
    ...people.flatMap(({ id }) =>
      Array.from({ length: 4 }, (): Signal => {
        const targetId = creators[pick(creators.length)]?.id ?? 'c0';
        return { kind: 'follow', at: START - DAY, actorId: id, targetId, on: true };
      }),
    ),
  ];
  const uploads = Array.from({ length: sizes.newADay * sizes.days }, (_, at) =>
    upload(START + (at * DAY) / sizes.newADay, true),
  );
  const total = sizes.people * sizes.feedsADay * sizes.days;
  const visits = Array.from({ length: total }, (_, at) => ({
    at: START + (at * sizes.days * DAY) / total,
    person: people[pick(people.length)]?.id ?? 'p0',
  }));
  const byId = new Map(people.map((person) => [person.id, person]));

  return {
    ...{ settled, uploads, visits, videos, people, start: START, end: START + sizes.days * DAY },
    /** How likely somebody watches a video to the end. */
    chance(personId: string, videoId: string): number {
      const video = videos.get(videoId);
      const person = byId.get(personId);
      if (!video || !person) return 0;
      const fit = person.topics.has(video.topic) ? SPREAD.taste : 0;
      const reads = video.language === person.language ? 0 : -2;
      return 1 / (1 + Math.exp(-(USUAL + video.quality + fit + reads)));
    },
    /** The best tenth of the uploads of each day, by what nobody sees. */
    bestOf(): WorldVideo[] {
      const days = Map.groupBy(
        [...videos.values()].filter(({ isNew }) => isNew),
        ({ publishedAt }) => Math.floor((publishedAt - START) / DAY),
      );
      return [...days.values()].flatMap((ofDay) =>
        ofDay.sort((a, b) => b.quality - a.quality).slice(0, Math.ceil(ofDay.length / 10)),
      );
    },
  };
}

export type World = ReturnType<typeof createWorld>;
