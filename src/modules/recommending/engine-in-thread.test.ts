import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asked, HOUR, START, smallSettings, smallWorld } from '../../../test/helpers/ranking.ts';
import type { Signal } from '../signals/index.ts';
import { openEngine } from './engine-in-thread.ts';
import { unpackedItems } from './packing.ts';
import { type FromThread, monotonicMs } from './protocol.ts';

const NO_TRENDS = { ingest: () => undefined, forget: () => undefined, scoreOf: () => null, top: () => [] };
/** After all that happened. */
const MOMENT = START + 47 * HOUR;
const WORLD = smallWorld();
const ACCOUNTS = WORLD.filter(({ kind }) => kind === 'account');

// An engine learns for as long as its thread lives, each time in another one: here that would be beside the files after this one.
beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] }));
afterAll(() => void vi.useRealTimers());

/** What somebody did, and may have had forgotten. */
const isOf = (id: string, one: Signal) => 'actorId' in one && one.actorId === id && one.kind !== 'follow';

/** An engine over the small world; `gate` is waited for at the end of what is read of all, or of one account. */
function opened(
  gate: {
    readonly all?: Promise<void>;
    readonly one?: Promise<void>;
    readonly isReset?: boolean;
    readonly versions?: string[];
  } = {},
) {
  const told: FromThread[] = [];
  const engine = openEngine({
    stored: {
      settings: async () => ({ settings: smallSettings, version: gate.versions?.shift() ?? 'small' }),
      async *signals(): AsyncGenerator<readonly Signal[]> {
        yield gate.isReset ? WORLD.filter((one) => !isOf('p0', one)) : WORLD;
        await gate.all;
      },
      resets: async () => new Map(gate.isReset ? [['p0', MOMENT]] : []),
      // What somebody did is not there any more.
      async *signalsOf(accountId): AsyncGenerator<readonly Signal[]> {
        await gate.one;
        yield ACCOUNTS.filter((one) => 'id' in one && one.id === accountId);
      },
    },
    ...{ trends: NO_TRENDS, now: () => MOMENT, tell: (message: FromThread) => void told.push(message) },
    warn: (error) => {
      throw error;
    },
  });
  /** How many parts of somebody's scores are of what was learnt of them. */
  const learntOf = (userId: string): number => {
    engine.take({ kind: 'feed', ticket: told.length, request: asked(userId), until: monotonicMs() + 60_000 });
    const answer = told.at(-1);
    const items = answer?.kind === 'feed' ? unpackedItems(answer.feed.items) : [];
    expect(items.length).toBeGreaterThan(0);
    return items.flatMap(({ contributions }) =>
      contributions.filter(({ feature }) => feature.endsWith('-affinity')),
    ).length;
  };
  /** What is known of how many people did what with each video that somebody is shown. */
  const countsFor = (userId: string) => {
    engine.take({ kind: 'feed', ticket: told.length, request: asked(userId), until: monotonicMs() + 60_000 });
    const answer = told.at(-1);
    const items = answer?.kind === 'feed' ? unpackedItems(answer.feed.items) : [];
    const counted = items.flatMap(({ videoId, contributions }) =>
      contributions.flatMap(({ feature, about }) =>
        feature === 'quality' || feature === 'trending' ? [[`${videoId} ${feature}`, about] as const] : [],
      ),
    );
    return new Map(counted);
  };
  return { engine, told, learntOf, countsFor };
}

test('who is forgotten while everything is read is not known after it', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { engine, learntOf } = opened({ all: promise });
  const loading = engine.load();
  await new Promise((next) => setImmediate(next));
  engine.take({ kind: 'forget', accountId: 'p0' });
  resolve();
  await loading;
  expect(learntOf('p0')).toBe(0);
  expect(learntOf('p1')).toBeGreaterThan(0);
});

test('who is forgotten is forgotten at once, also while somebody else is learnt of again', async () => {
  const { engine, learntOf } = opened({ one: new Promise(() => undefined) });
  await engine.load();
  expect(learntOf('p0')).toBeGreaterThan(0);
  engine.take({ kind: 'forget', accountId: 'p1' });
  await new Promise((next) => setImmediate(next));
  await engine.hear('forget:p0');
  expect(learntOf('p0')).toBe(0);
});

test('what somebody did before they were forgotten is not learnt when the log tells it later; what they do then is', async () => {
  const { engine, learntOf } = opened();
  await engine.load();
  engine.take({ kind: 'forget', accountId: 'p0' });
  await new Promise((next) => setImmediate(next));
  const own = WORLD.filter((one) => isOf('p0', one));
  engine.follow(own.map((one) => ({ ...one, at: MOMENT })));
  expect(learntOf('p0')).toBe(0);
  engine.follow(own.map((one) => ({ ...one, at: MOMENT + 1 })));
  expect(learntOf('p0')).toBeGreaterThan(0);
});

test('the same of an engine that was begun after that, whose log tells late what somebody did before', async () => {
  const { engine, learntOf } = opened({ isReset: true });
  await engine.load();
  const own = WORLD.filter((one) => isOf('p0', one));
  engine.follow(own.map((one) => ({ ...one, at: MOMENT })));
  expect(learntOf('p0')).toBe(0);
  engine.follow(own.map((one) => ({ ...one, at: MOMENT + 1 })));
  expect(learntOf('p0')).toBeGreaterThan(0);
});

test('what is read while it happens, and told by the log as well, counts once', async () => {
  const { engine, countsFor } = opened();
  await engine.load();
  const before = countsFor('p0');
  expect(before.size).toBeGreaterThan(20);
  expect(JSON.stringify([...before.values()])).toMatch(/"completions":[1-9]/);
  // A row of the history is the sum of what was watched, the log tells each part.
  const parts = WORLD.flatMap((one): Signal[] =>
    one.kind === 'watch'
      ? [
          { ...one, watchedMs: one.watchedMs / 2, isComplete: false },
          one,
          { ...one, isView: false, isComplete: false },
        ]
      : 'actorId' in one
        ? [one]
        : [],
  );
  engine.follow(parts);
  const after = countsFor('p0');
  let compared = 0;
  for (const [key, counted] of after) {
    if (!before.has(key)) continue;
    expect(counted, key).toEqual(before.get(key));
    compared += 1;
  }
  expect(compared).toBeGreaterThan(10);
});

test('what was changed of the settings while everything is read counts at once', async () => {
  const { engine, told } = opened({ versions: ['before', 'after'] });
  await engine.load();
  expect(told.findLast(({ kind }) => kind === 'settings')).toEqual({ kind: 'settings', version: 'after' });
  expect(told.at(-1)).toMatchObject({ kind: 'loaded' });
});

test('what nobody waits for any more is not worked on, and is said to be overdue', async () => {
  const { engine, told } = opened();
  await engine.load();
  engine.take({ kind: 'feed', ticket: 7, request: asked('p0'), until: monotonicMs() - 1 });
  expect(told.at(-1)).toEqual({ kind: 'overdue', ticket: 7 });
});
