import { randomUUID } from 'node:crypto';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { servingLimits } from '../../../config/serving-limits.ts';
import { createLogger } from '../../lib/log.ts';
import type { Signal } from '../signals/index.ts';
import { createEngineHost, type EngineHost, type EngineLimits } from './host.ts';

/** Counts feeds and answers none, until it is told to forget somebody; tells the count as a version where it shall settle. */
const SLOW = `
import { parentPort } from 'node:worker_threads';
const feeds = [];
const efforts = [];
const answers = {
  feed: ({ ticket, request }) => { feeds.push(ticket); efforts.push(request.effort); },
  forget: () => { for (const ticket of feeds) parentPort.postMessage({ kind: 'overdue', ticket }); },
  settle: ({ ticket }) => {
    parentPort.postMessage({ kind: 'settings', version: feeds.length + ' ' + efforts.at(-1) });
    parentPort.postMessage({ kind: 'settled', ticket });
  },
};
parentPort.on('message', (message) => answers[message.kind]?.(message));
parentPort.postMessage({ kind: 'loaded', signals: 0, ms: 0 });
`;

/** How long a thread may take to begin, and to say something, on a busy machine. */
const PATIENCE_MS = 20_000;

let host: EngineHost | undefined;
let version = '';
afterEach(() => host?.stop());

async function started(code: string): Promise<EngineHost> {
  const begun = createEngineHost({
    data: { databaseUrl: '', redisUrl: '', redisPrefix: '', unlistedDomains: 'shown' },
    ...{ clock: { now: () => Date.now() }, log: createLogger('silent'), budgetMs: 150 },
    onSettings: (told) => {
      version = told;
    },
    thread: new URL(`data:text/javascript,${encodeURIComponent(code)}`),
  });
  host = begun;
  begun.start();
  await vi.waitFor(() => expect(begun.isLoaded()).toBe(true), PATIENCE_MS);
  return begun;
}

const asked = { userId: null, n: 1, at: 0 };

test('what the thread has not answered yet counts, though nobody waits for it: no more is asked than it can serve', async () => {
  const { maxWaiting } = servingLimits;
  const slow = await started(SLOW);
  const first = Array.from({ length: maxWaiting }, () => slow.feed(asked));
  expect(await Promise.all(first)).toEqual(first.map(() => null));
  for (let more = 0; more < 5; more += 1) expect(await slow.feed(asked)).toBe(null);
  await slow.settled();
  expect(version).toBe(`${maxWaiting} least`);
  slow.forget('1');
  await slow.settled();
  expect(await slow.feed(asked)).toBe(null);
  await slow.settled();
  expect(version).toBe(`${maxWaiting + 1} full`);
});

/** An engine that does what it is told on a channel: `load`, `learn`, `die`, or with its number behind. Its feeds say which it is, and what it was told. */
const TOLD = `
import { parentPort, threadId, workerData } from 'node:worker_threads';
const orders = new BroadcastChannel(workerData.redisPrefix);
let signals = 0;
let forgets = 0;
let held = null;
const feed = ({ ticket }) => parentPort.postMessage(
  { kind: 'feed', ticket, feed: { weightsVersion: [threadId, signals, forgets].join(' ') } });
const answers = {
  feed: (message) => (held ? held.push(message) : feed(message)),
  signals: (message) => { signals += message.signals.length; },
  forget: () => { forgets += 1; },
  settle: ({ ticket }) => parentPort.postMessage({ kind: 'settled', ticket }),
};
parentPort.on('message', (message) => answers[message.kind](message));
orders.onmessage = ({ data: [order, of] }) => {
  if (of !== undefined && of !== threadId) return;
  if (order === 'die') throw new Error('It was told to.');
  if (order === 'hold') held = [];
  if (order === 'answer') held.splice(0).forEach(feed);
  if (order === 'stale') parentPort.postMessage({ kind: 'stale', detail: 'It was told to.' });
  if (order === 'load') {
    parentPort.postMessage({ kind: 'settings', version: 'of ' + threadId });
    parentPort.postMessage({ kind: 'loaded', signals: 0, ms: 0 });
  }
  if (order === 'learn') parentPort.postMessage({ kind: 'trained', ms: 0 });
};
orders.postMessage(['begun', threadId]);
`;

/** Some engines that do as they are told, and one that answers. */
async function withOrders(limits: Partial<EngineLimits> = {}) {
  const channel = `orders-${randomUUID()}`;
  const begun: number[] = [];
  const orders = new BroadcastChannel(channel);
  orders.onmessage = ({ data: [order, of] }: MessageEvent<[string, number]>) => {
    if (order === 'begun') begun.push(of);
  };
  const log = createLogger('silent');
  const told = vi.spyOn(log, 'info');
  const made = createEngineHost({
    data: { databaseUrl: '', redisUrl: '', redisPrefix: channel, unlistedDomains: 'shown' },
    ...{ clock: { now: () => Date.now() }, log, budgetMs: 5_000 },
    onSettings: (told) => {
      version = told;
    },
    thread: new URL(`data:text/javascript,${encodeURIComponent(TOLD)}`),
    limits: { ...servingLimits, restartMs: 10, staleSpreadMs: 0, ...limits },
  });
  host = made;
  made.start();
  const rig = {
    host: made,
    order: (what: string, of?: number) => orders.postMessage([what, of]),
    /** The number of the engine that was begun as the nth. */
    async begun(nth: number): Promise<number> {
      await vi.waitFor(() => expect(begun.length).toBeGreaterThan(nth), PATIENCE_MS);
      return begun[nth] ?? 0;
    },
    count: () => begun.length,
    /** The host has heard that so many are loaded. */
    loads: (count: number) =>
      vi.waitFor(() => {
        const loads = told.mock.calls.filter(([, text]) => text?.includes('is loaded'));
        expect(loads).toHaveLength(count);
      }, PATIENCE_MS),
    /** Which engine answers, how many signals it was told, and how often to forget somebody. */
    answering: async () => (await made.feed(asked))?.weightsVersion.split(' ').map(Number) ?? null,
  };
  onTestFinished(() => orders.close());
  const first = await rig.begun(0);
  rig.order('load', first);
  await vi.waitFor(() => expect(made.isLoaded()).toBe(true), PATIENCE_MS);
  return { ...rig, first };
}

const SIGNAL: Signal = { kind: 'like', at: 0, actorId: '1', videoId: '2', on: true };

test('while everything is read anew, the engine from before goes on; both hear all, and the new one answers once it has learnt', async () => {
  const { host: both, first, begun, order, loads, answering } = await withOrders();
  both.tell([SIGNAL]);
  const reloaded = both.reload();
  const second = await begun(1);
  both.tell([SIGNAL]);
  both.forget('1');
  expect(await answering()).toEqual([first, 2, 1]);
  order('load', second);
  await loads(2);
  expect(await answering()).toEqual([first, 2, 1]);
  expect(version).toBe(`of ${first}`);
  order('learn', second);
  expect(await reloaded).toBe(true);
  expect(await answering()).toEqual([second, 1, 1]);
  expect(version).toBe(`of ${second}`);
});

test('what was asked of the engine from before is answered by it, before it ends', async () => {
  const { host: both, first, begun, order } = await withOrders();
  order('hold', first);
  const reloaded = both.reload();
  const second = await begun(1);
  const waiting = both.feed(asked);
  order('load', second);
  order('learn', second);
  await vi.waitFor(() => expect(version).toBe(`of ${second}`), PATIENCE_MS);
  order('answer', first);
  expect((await waiting)?.weightsVersion).toBe(`${first} 0 0`);
  expect(await reloaded).toBe(true);
});

test('who asks for it while it goes on has it done once more after it', async () => {
  const { host: both, begun, order, count, answering } = await withOrders();
  const all = [both.reload(), both.reload(), both.reload()];
  for (const nth of [1, 2]) {
    const next = await begun(nth);
    expect(count()).toBe(nth + 1);
    order('load', next);
    order('learn', next);
  }
  expect(await Promise.all(all)).toEqual([true, true, true]);
  expect((await answering())?.[0]).toBe(await begun(2));
  expect(count()).toBe(3);
});

test('the new one dies: the one from before goes on, and it is tried again', async () => {
  const { host: both, first, begun, order, answering } = await withOrders();
  const reloaded = both.reload();
  order('die', await begun(1));
  expect(await reloaded).toBe(false);
  expect(await answering()).toEqual([first, 0, 0]);
  const third = await begun(2);
  order('load', third);
  order('learn', third);
  await vi.waitFor(async () => expect((await answering())?.[0]).toBe(third), PATIENCE_MS);
});

test('the one from before dies: the new one answers as soon as it is loaded, and no third is begun', async () => {
  const { host: both, first, begun, order, count, answering } = await withOrders();
  const reloaded = both.reload();
  const second = await begun(1);
  order('die', first);
  await vi.waitFor(() => expect(both.isLoaded()).toBe(false), PATIENCE_MS);
  expect(await both.feed(asked)).toBe(null);
  order('load', second);
  await vi.waitFor(async () => expect(await answering()).toEqual([second, 0, 0]), PATIENCE_MS);
  expect(await reloaded).toBe(true);
  expect(count()).toBe(2);
});

test('where two of them would not fit into memory, the one from before is ended first', async () => {
  const { host: both, begun, order, answering } = await withOrders({ besideMaxBytes: 1 });
  const reloaded = both.reload();
  const second = await begun(1);
  expect(both.isLoaded()).toBe(false);
  expect(await answering()).toBe(null);
  order('load', second);
  expect(await reloaded).toBe(true);
  expect((await answering())?.[0]).toBe(second);
});

test('an engine that has missed something is exchanged', async () => {
  const { first, begun, order, answering } = await withOrders();
  order('stale', first);
  const second = await begun(1);
  order('load', second);
  order('learn', second);
  await vi.waitFor(async () => expect((await answering())?.[0]).toBe(second), PATIENCE_MS);
});

test('to stop ends both, and nothing begins after it', async () => {
  const { host: both, begun, count } = await withOrders();
  const [reloaded, again] = [both.reload(), both.reload()];
  await begun(1);
  await both.stop();
  expect(await Promise.all([reloaded, again])).toEqual([false, false]);
  expect(both.isLoaded()).toBe(false);
  expect(await both.feed(asked)).toBe(null);
  expect(await both.settled()).toBe(false);
  expect(count()).toBe(2);
});

test('who waits for an engine that does not answer any more goes on without it once that is ended', async () => {
  const deaf = await started(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', () => undefined);
    parentPort.postMessage({ kind: 'loaded', signals: 0, ms: 0 });
    parentPort.postMessage({ kind: 'trained', ms: 0 });`);
  const waiting = deaf.settled();
  expect(await deaf.reload()).toBe(true);
  expect(await waiting).toBe(false);
  expect(deaf.isLoaded()).toBe(true);
  await Promise.all([deaf.reload(), deaf.stop()]);
  expect(await deaf.feed(asked)).toBe(null);
  expect(await deaf.settled()).toBe(false);
});
