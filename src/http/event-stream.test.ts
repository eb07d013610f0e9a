import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import { createEventStreams, type EventStreams } from './event-stream.ts';

type Stream = Parameters<EventStreams['serve']>[2];

const HOUR = 3_600_000;
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server whose only answer is a stream; 429 where that is refused. */
async function serve(
  stream: Partial<Stream>,
  limits: Partial<Parameters<typeof createEventStreams>[0]> = {},
) {
  const streams = createEventStreams({ perCaller: 2, lifetimeMs: HOUR, heartbeatMs: HOUR, ...limits });
  const app = express();
  app.get('/', async (req, res) => {
    const usual = { caller: 'a', event: 'tick', isAllowed: async () => true, begin: async () => never() };
    await streams.serve(req, res, { ...usual, ...stream }).catch(() => res.status(429).end());
  });
  server = createServer(app);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { streams, url };
}

/** Tells `first`, and then nothing. */
async function* never(): AsyncGenerator<unknown> {
  yield { n: 1 };
  await new Promise(() => undefined);
}

async function* two(): AsyncGenerator<unknown> {
  yield { n: 1 };
  yield { n: 2 };
}

/** Tells one thing, and ends as one that waits with the signal does. */
const untilAborted = async (signal: AbortSignal) =>
  (async function* () {
    yield { n: 1 };
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  })();

test('events come in order, unbuffered and uncompressed, and the stream ends with them', async () => {
  const { url, streams } = await serve({ begin: async () => two() });
  const response = await fetch(url, { headers: { 'Accept-Encoding': 'gzip' } });
  expect(response.headers.get('Content-Type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('X-Accel-Buffering')).toBe('no');
  expect(response.headers.get('Cache-Control')).toMatch(/no-store.*no-transform/);
  expect(response.headers.get('Content-Encoding')).toBeNull();
  expect(await response.text()).toBe('event: tick\ndata: {"n":1}\n\nevent: tick\ndata: {"n":2}\n\n');
  await expect.poll(streams.count).toBe(0);
});

test('a silent stream shows that it lives', async () => {
  const { url } = await serve({}, { heartbeatMs: 5 });
  const reader = (await fetch(url)).body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes(': still here\n\n')) text += (await reader?.read())?.value;
  expect(text).toContain('"n":1');
  await reader?.cancel();
});

test.each([
  ['its life time', { lifetimeMs: 20 }, {}],
  ['the session, at a heartbeat', { heartbeatMs: 5 }, { isAllowed: async () => false }],
  [
    'a session that cannot be asked for',
    { heartbeatMs: 5 },
    { isAllowed: () => Promise.reject(new Error()) },
  ],
])('a stream ends with %s', async (_name, limits, stream) => {
  const { url, streams } = await serve({ begin: untilAborted, ...stream }, limits);
  expect(await (await fetch(url)).text()).toBe('event: tick\ndata: {"n":1}\n\n');
  await expect.poll(streams.count).toBe(0);
});

test('nothing but the first event is told once the session has ended', async () => {
  const { url } = await serve({ begin: async () => two(), isAllowed: async () => false });
  expect(await (await fetch(url)).text()).toBe('event: tick\ndata: {"n":1}\n\n');
});

test('a stream ends with its client and with the server', async () => {
  const { url, streams } = await serve({ begin: untilAborted });
  const client = new AbortController();
  await fetch(url, { signal: client.signal });
  const other = await fetch(url);
  expect(streams.count()).toBe(2);
  client.abort();
  await expect.poll(streams.count).toBe(1);
  streams.endAll();
  expect(await other.text()).toContain('"n":1');
  expect(streams.count()).toBe(0);
});

test('one caller has a few, and gets another when one ends', async () => {
  const { url, streams } = await serve({ begin: untilAborted });
  await Promise.all([fetch(url), fetch(url)]);
  expect((await fetch(url)).status).toBe(429);
  streams.endAll();
  await expect.poll(streams.count).toBe(0);
  expect((await fetch(url)).status).toBe(200);
});
