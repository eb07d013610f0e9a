import { describe, expect, test } from 'vitest';
import {
  account,
  asked,
  follow,
  HOUR,
  START,
  seeded,
  shown,
  smallSettings,
  smallWorld,
  TAGS,
  video,
} from '../../../test/helpers/ranking.ts';
import type { Signal } from '../signals/index.ts';
import { contributionFeatures, createRankingEngine, explain, type RankedFeed } from './index.ts';

function engineOf(signals: readonly Signal[], seed = 1) {
  const engine = createRankingEngine({ random: seeded(seed), settings: smallSettings });
  for (const signal of signals) engine.ingest(signal);
  return engine;
}
const idsOf = ({ items }: RankedFeed) => items.map(({ videoId }) => videoId);
const world = smallWorld();
const tagOf = (videoId: string) => TAGS[Number(videoId.slice(1)) % TAGS.length];

describe('every item', () => {
  test.for([false, true])(
    'has contributions that add up to its score, and reasons; trained: %s',
    (isTrained) => {
      const engine = engineOf(world);
      if (isTrained) engine.train(START + 47 * HOUR);
      const seen = new Set<string>();
      for (let person = 0; person < 15; person += 1) {
        const { items, weightsVersion } = engine.feed(asked(`p${person}`));
        expect(items.length).toBe(30);
        expect(weightsVersion).toMatch(/^[0-9a-f]{12}$/);
        for (const { score, contributions, sources, propensity } of items) {
          const sum = contributions.reduce((total, { value }) => total + value, 0);
          expect(Math.abs(sum - score)).toBeLessThan(1e-6);
          expect(sources.length).toBeGreaterThan(0);
          for (const { feature, value } of contributions) {
            expect(contributionFeatures).toContain(feature);
            expect(Number.isFinite(value)).toBe(true);
            seen.add(feature);
          }
          const reasons = explain(contributions);
          expect(reasons.length).toBeGreaterThan(0);
          expect(reasons.length).toBeLessThanOrEqual(3);
          expect(reasons.join()).not.toMatch(/undefined|NaN|null/);
          if (propensity !== null) expect(reasons[0]).toContain('we try it out');
        }
      }
      expect(seen).toContain('exploration');
      expect(seen).toContain('tag-affinity');
      if (isTrained) expect(seen).toContain('collaborative');
    },
  );

  test('is of what the person likes more often than of anything else', () => {
    const engine = engineOf(world);
    engine.train(START + 47 * HOUR);
    const chosen = [0, 1, 2, 3, 4].flatMap((person) =>
      engine
        .feed(asked(`p${person}`, { n: 10 }))
        .items.filter(({ propensity }) => propensity === null)
        .map(({ videoId }) => tagOf(videoId) === TAGS[person]),
    );
    expect(chosen.filter(Boolean).length / chosen.length).toBeGreaterThan(0.35);
  });
});

describe('nobody is shown', () => {
  const creatorsOf = (feed: RankedFeed) => idsOf(feed).map((id) => `c${Number(id.slice(1)) % 20}`);
  test.for([
    ['whom they block', 'p1', 'c', 'block'],
    ['whom they mute', 'p1', 'c', 'mute'],
    ['whom they follow and block', 'p1', 'f', 'block'],
  ] as const)('%s', ([, actorId, , kind]) => {
    const engine = engineOf(world);
    engine.train(START + 47 * HOUR);
    const before = new Set(creatorsOf(engine.feed(asked(actorId, { n: 100 }))));
    for (const targetId of [...before].slice(0, 8)) {
      engine.ingest(follow(actorId, targetId));
      engine.ingest({ kind, at: START + 48 * HOUR, actorId, targetId, on: true });
    }
    for (const isPersonal of [true, false]) {
      const after = creatorsOf(engine.feed(asked(actorId, { n: 100, isPersonal })));
      for (const targetId of [...before].slice(0, 8)) expect(after).not.toContain(targetId);
      expect(after.length).toBeGreaterThan(0);
    }
    const targetId = [...before][0] ?? '';
    engine.ingest({ kind, at: START + 48 * HOUR, actorId, targetId, on: false });
    const again = Array.from({ length: 5 }, () => creatorsOf(engine.feed(asked(actorId, { n: 100 })))).flat();
    expect(again).toContain(targetId);
  });

  test('who blocks them, what is theirs, removed, or waits', () => {
    const engine = engineOf([...world, video('own', 'p1'), account('q')]);
    const [first = '', second = ''] = idsOf(engine.feed(asked('p1')));
    engine.ingest({ kind: 'video-removed', at: START + 48 * HOUR, id: first });
    engine.ingest({ kind: 'block', at: START + 48 * HOUR, actorId: 'c3', targetId: 'p1', on: true });
    const feed = engine.feed(asked('p1', { n: 150, without: [second] }));
    for (const id of ['own', first, second]) expect(idsOf(feed)).not.toContain(id);
    expect(creatorsOf(feed)).not.toContain('c3');
  });

  test('what they met before, however long ago', () => {
    const videos = Array.from({ length: 700 }, (_, at) => video(`w${at}`, `c${at % 90}`));
    const engine = engineOf([account('p'), ...videos]);
    for (let at = 0; at < 600; at += 1)
      for (const signal of shown('p', `w${at}`, START + at)) engine.ingest(signal);
    const met = idsOf(engine.feed(asked('p', { n: 100 })));
    expect(met.length).toBeGreaterThan(50);
    for (const id of met) expect(Number(id.slice(1))).toBeGreaterThanOrEqual(600);
  });

  test('a video of somebody who left', () => {
    const engine = engineOf(world);
    const [first = ''] = creatorsOf(engine.feed(asked('p1')));
    engine.ingest({ kind: 'account-removed', at: START + 48 * HOUR, id: first });
    expect(creatorsOf(engine.feed(asked('p1', { n: 150 })))).not.toContain(first);
  });
});

test('the first event of somebody changes their feed, towards what it was of', () => {
  const people = Array.from({ length: 20 }, (_, at) => `new${at}`);
  const engine = engineOf([...world, ...people.map((id) => account(id))]);
  engine.train(START + 47 * HOUR);
  const share = (id: string, tag: string | undefined) =>
    engine
      .feed(asked(id, { n: 20 }))
      .items.filter(({ videoId, propensity }) => propensity === null && tagOf(videoId) === tag).length;
  let before = 0;
  let after = 0;
  for (const [at, id] of people.entries()) {
    const first = `v${at * 6}`;
    before += share(id, tagOf(first));
    for (const signal of shown(id, first, START + 48 * HOUR, 1)) engine.ingest(signal);
    after += share(id, tagOf(first));
    const parts = engine.feed(asked(id)).items.flatMap(({ contributions }) => contributions);
    // A video that too few liked says by its content alone what goes with it.
    expect(parts.some(({ feature }) => feature === 'collaborative' || feature === 'content')).toBe(true);
  }
  expect(after).toBeGreaterThan(before * 1.3);
});

test('names of people change nothing', () => {
  const renamed = (id: string) =>
    /^[pc]\d+$/.test(id) ? `x${(Number(id.slice(1)) * 7919) % 1009}${id[0]}` : id;
  const other = world.map((signal) => {
    const copy: Record<string, unknown> = { ...signal };
    for (const name of ['actorId', 'targetId', 'authorId', ...(signal.kind === 'account' ? ['id'] : [])])
      if (typeof copy[name] === 'string') copy[name] = renamed(copy[name]);
    return copy as unknown as Signal;
  });
  const [one, two] = [engineOf(world), engineOf(other)];
  for (const engine of [one, two]) engine.train(START + 47 * HOUR);
  for (let person = 0; person < 10; person += 1) {
    const [a, b] = [one.feed(asked(`p${person}`)), two.feed(asked(renamed(`p${person}`)))];
    expect(idsOf(b)).toEqual(idsOf(a));
    expect(b.items.map(({ score }) => score)).toEqual(a.items.map(({ score }) => score));
  }
});

test('the same events told twice give the same feeds', () => {
  const [once, twice] = [engineOf(world), engineOf(world.flatMap((signal) => [signal, signal]))];
  for (const person of ['p0', 'p7', null])
    expect(idsOf(twice.feed(asked(person)))).toEqual(idsOf(once.feed(asked(person))));
});

test('a non-personal feed is the same for whoever follows the same people', () => {
  const signals = world.filter((signal) => signal.kind !== 'follow');
  const [one, two] = [engineOf(signals), engineOf(signals)];
  expect(idsOf(one.feed(asked('p3', { isPersonal: false })))).toEqual(
    idsOf(two.feed(asked('p4', { isPersonal: false }))),
  );
});

test('sliders turn a part off, for this person alone', () => {
  const engine = engineOf(world);
  const features = (sliders: Record<string, number>) =>
    engine
      .feed(asked('p2', { sliders }))
      .items.flatMap(({ contributions }) => contributions.map(({ feature }) => feature));
  expect(features({})).toContain('tag-affinity');
  expect(features({ 'weight.tags': 0 })).not.toContain('tag-affinity');
  expect(features({})).toContain('tag-affinity');
});

test('people of other servers and strangers count for nothing but their followers', () => {
  const liker = account('r', { domain: 'elsewhere.test' });
  const likes: Signal[] = ['r', 'stranger'].map((actorId) => ({
    ...{ kind: 'like', at: START + HOUR, actorId, videoId: 'v17', on: true },
  }));
  const engine = engineOf([...world, account('reader'), follow('reader', 'r'), liker, ...likes]);
  const item = engine.feed(asked('reader', { n: 150 })).items.find(({ videoId }) => videoId === 'v17');
  const social = item?.contributions.find(({ feature }) => feature === 'social');
  expect(social?.about).toEqual({ accountId: 'r', people: 1 });
});

test('who is followed and muted brings no videos either', () => {
  const like: Signal = { kind: 'like', at: START + HOUR, actorId: 'p9', videoId: 'v17', on: true };
  const mute: Signal = { kind: 'mute', at: START + HOUR, actorId: 'reader', targetId: 'p9', on: true };
  const told: Signal[] = [...world, account('reader'), follow('reader', 'p9'), like];
  const social = (signals: readonly Signal[]) =>
    engineOf(signals)
      .feed(asked('reader', { n: 150 }))
      .items.flatMap(({ contributions }) => contributions.filter(({ feature }) => feature === 'social'));
  expect(social(told).length).toBeGreaterThan(0);
  expect(social([...told, mute])).toEqual([]);
});

test('a trial claims nothing about whoever is not known, or shall not be', () => {
  const engine = engineOf(world);
  for (const [person, isPersonal, isTold] of [
    [null, true, false],
    ['p3', false, false],
    ['p3', true, true],
  ] as const) {
    const { items } = engine.feed(asked(person, { isPersonal }));
    const reasons = items.flatMap(({ propensity, contributions }) =>
      propensity === null ? [] : explain(contributions)[0],
    );
    expect(reasons.length).toBeGreaterThan(1);
    for (const reason of reasons) expect(reason?.includes('this creator')).toBe(isTold);
  }
});

test('what is new and followed scores a fixed part more', () => {
  const engine = engineOf([
    ...world,
    video('fresh', 'c5', { at: START + 47.5 * HOUR, publishedAt: START + 47.5 * HOUR }),
  ]);
  engine.ingest(follow('p6', 'c5'));
  const item = engine.feed(asked('p6', { n: 100 })).items.find(({ videoId }) => videoId === 'fresh');
  const value = (name: string) => item?.contributions.find(({ feature }) => feature === name)?.value ?? 0;
  expect(value('followed-boost')).toBeGreaterThan(0);
  expect(value('fresh-boost') / value('followed-boost')).toBeCloseTo(0.2 / 0.3, 6);
});

test('a stranger and nobody are shown something, too', () => {
  const engine = engineOf(world);
  expect(engine.feed(asked(null)).items.length).toBe(30);
  expect(engine.feed(asked('never told of')).items.length).toBe(30);
  expect(engineOf([]).feed(asked(null)).items).toEqual([]);
});
