import { expect, test } from 'vitest';
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

/** An engine over the small world; `gate` is waited for at the end of what is read of all, or of one account. */
function opened(gate: { readonly all?: Promise<void>; readonly one?: Promise<void> } = {}) {
  const told: FromThread[] = [];
  const engine = openEngine({
    stored: {
      settings: async () => ({ settings: smallSettings, version: 'small' }),
      async *signals(): AsyncGenerator<readonly Signal[]> {
        yield WORLD;
        await gate.all;
      },
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
  return { engine, told, learntOf };
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
  const own = WORLD.filter((one) => 'actorId' in one && one.actorId === 'p0' && one.kind !== 'follow');
  engine.follow(own.map((one) => ({ ...one, at: MOMENT })));
  expect(learntOf('p0')).toBe(0);
  engine.follow(own.map((one) => ({ ...one, at: MOMENT + 1 })));
  expect(learntOf('p0')).toBeGreaterThan(0);
});

test('what nobody waits for any more is not worked on, and is said to be overdue', async () => {
  const { engine, told } = opened();
  await engine.load();
  engine.take({ kind: 'feed', ticket: 7, request: asked('p0'), until: monotonicMs() - 1 });
  expect(told.at(-1)).toEqual({ kind: 'overdue', ticket: 7 });
});
