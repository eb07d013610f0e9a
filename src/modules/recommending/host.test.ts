import { afterEach, expect, test, vi } from 'vitest';
import { servingLimits } from '../../../config/serving-limits.ts';
import { createLogger } from '../../lib/log.ts';
import { createEngineHost, type EngineHost } from './host.ts';

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
  await vi.waitFor(() => expect(begun.isLoaded()).toBe(true), 5_000);
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

test('whoever waits when it is begun again, or is stopped, goes on without it at once', async () => {
  const deaf = await started(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', () => undefined);
    parentPort.postMessage({ kind: 'loaded', signals: 0, ms: 0 });`);
  const waiting = deaf.settled();
  await deaf.reload();
  expect(await waiting).toBe(false);
  expect(deaf.isLoaded()).toBe(false);
  await vi.waitFor(() => expect(deaf.isLoaded()).toBe(true), 5_000);
  await Promise.all([deaf.reload(), deaf.stop()]);
  expect(await deaf.feed(asked)).toBe(null);
  expect(await deaf.settled()).toBe(false);
});
