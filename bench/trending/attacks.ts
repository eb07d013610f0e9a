import type { Signal } from '../../src/modules/signals/index.ts';
import { account, type Stage } from './world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Attack = (videoId: string, stage: Stage) => Signal[];

const like = (actorId: string, videoId: string, at: number): Signal => ({
  ...({ kind: 'like', at, actorId, videoId, on: true } as const),
});
const share = (actorId: string, videoId: string, at: number): Signal => ({
  ...({ kind: 'share', at, actorId, videoId, on: true } as const),
});
const comment = (actorId: string, videoId: string, at: number): Signal => ({
  ...({ kind: 'comment', at, actorId, videoId, commentId: `${actorId}-${videoId}`, on: true } as const),
});

/** `count` made-up people of a server, told of at a time, each of whom does something within the two hours before the end. */
function crowd(
  { random, end }: Stage,
  about: { count: number; domain: string; name: string; knownAt: number; createdAt: number },
  act: (actorId: string, at: number) => Signal[],
): Signal[] {
  return Array.from({ length: about.count }, (_, one) => {
    const id = `${about.name}-${about.domain}-${one}`;
    const at = Math.floor(end - 2 * HOUR_MS * random());
    return [account(id, about.domain, about.createdAt, Math.min(at, about.knownAt)), ...act(id, at)];
  }).flat();
}

const times = <T>(count: number, make: (one: number) => T): T[] =>
  Array.from({ length: count }, (_, one) => make(one));

/** What people do to have a video shown that nobody cares for. Known to whoever reads this: real ones will be others. */
export const attacks: Readonly<Record<string, Attack>> = {
  'likes-of-a-new-server': (id, stage) =>
    crowd(
      stage,
      {
        count: 20_000,
        domain: 'fake-likes.test',
        name: 'fl',
        knownAt: stage.end,
        createdAt: stage.start - 300 * DAY_MS,
      },
      (who, at) => [like(who, id, at)],
    ),
  'boosts-of-five-servers': (id, stage) =>
    times(5, (server) =>
      crowd(
        stage,
        {
          ...{ count: 4_000, domain: `boosts-${server}.test`, name: 'fb', knownAt: stage.end },
          createdAt: stage.start - 300 * DAY_MS,
        },
        (who, at) => [share(who, id, at)],
      ),
    ).flat(),
  'replayed-views': (id, { end, random }) =>
    times(5_000, () => ({
      ...({
        kind: 'watch',
        at: Math.floor(end - 4 * HOUR_MS * random()),
        actorId: 'person-1',
        videoId: id,
      } as const),
      ...({ watchedMs: 20_000, isView: true, isComplete: true, source: 'video', network: 'net-1' } as const),
    })),
  'fresh-sockpuppets': (id, stage) =>
    crowd(
      stage,
      { count: 40, domain: '', name: 'sock', knownAt: stage.end, createdAt: stage.end - 3 * HOUR_MS },
      (who, at) => [like(who, id, at), share(who, id, at), comment(who, id, at)],
    ),
  'claimed-totals': (id, { end }) => [
    {
      ...({ kind: 'claimed-totals', at: end - HOUR_MS, domain: 'server-0.example', videoId: id } as const),
      ...{ likes: 50_000, shares: 50_000 },
    },
    like('person-2', id, end - HOUR_MS),
  ],
  'aged-people-of-many-small-servers': (id, stage) =>
    times(200, (server) =>
      crowd(
        stage,
        {
          ...{ count: 5, domain: `small-${server}.test`, name: 'aged', knownAt: stage.start },
          createdAt: stage.start - 300 * DAY_MS,
        },
        (who, at) => [like(who, id, at), share(who, id, at)],
      ),
    ).flat(),
  'slow-drip': (id, { start, end, random }) =>
    times(3_000, (one) => {
      const at = Math.floor(end - 5 * HOUR_MS * random());
      const who = `drip-${one}`;
      return [
        account(who, `drip-${one % 60}.test`, start - 90 * DAY_MS, start + DAY_MS),
        like(who, id, at),
        share(who, id, at),
      ];
    }).flat(),
  'relay-announces': (id, { start, end }) =>
    times(40, (one) => [
      account(`relay-${one}`, `relay-${one}.test`, start - 300 * DAY_MS, start),
      share(`relay-${one}`, id, end - HOUR_MS),
    ]).flat(),
  'views-of-one-network': (id, { end, random }) =>
    times(5_000, () => ({
      ...({
        kind: 'watch',
        at: Math.floor(end - 3 * HOUR_MS * random()),
        actorId: null,
        videoId: id,
      } as const),
      ...({
        watchedMs: 20_000,
        isView: true,
        isComplete: true,
        source: 'video',
        network: 'net-flood',
      } as const),
    })),
  'views-told-by-servers': (id, { end, random }) =>
    times(20_000, (one) => ({
      ...({ kind: 'remote-view', at: Math.floor(end - 3 * HOUR_MS * random()), videoId: id } as const),
      ...{ domain: `views-${one % 3}.test`, actorId: `watcher-${one}` },
    })),
  'taken-over-accounts': (id, { start, end, random, domains }) =>
    times(20, (one) => {
      const at = Math.floor(end - 2 * HOUR_MS * random());
      const who = `taken-${one}`;
      return [
        account(who, domains[one % 3] ?? '', start - 300 * DAY_MS, start),
        like(who, 'video-0', start + 2 * DAY_MS),
        ...[like(who, id, at), share(who, id, at), comment(who, id, at)],
      ];
    }).flat(),
};
