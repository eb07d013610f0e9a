import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { servingLimits } from '../../config/media-limits.ts';
import { mediaKey } from '../../media/keys.ts';
import { sha256 } from '../../src/lib/crypto.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople } from '../helpers/people.ts';
import { ask } from '../helpers/raw-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const BLOCK = servingLimits.blockBytes;
const bytes = randomBytes(6 * BLOCK + 777);
const key = mediaKey('7', sha256(bytes).toString('hex'), '720-cmaf.mp4');
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  const owner = await createPeople(server).local('owner');
  await createVideoFactory(server.context).video(owner, { id: '7', assets: [] });
  await server.context.storage.putBytes(key, bytes, { contentType: 'video/mp4' });
});

afterAll(() => server?.close());

afterEach(() => {
  vi.restoreAllMocks();
});

const part = (start: number, end: number) =>
  ask(server, `/${key}`, { headers: { range: `bytes=${start}-${end}` } });

// The first time from storage, the second time from memory.
test.each(['cold', 'hot'])('%s ranges are exact, within a block and over several', async (state) => {
  const opened = vi.spyOn(server.context.storage, 'open');
  for (const [start, end] of [
    [0, 0],
    [10, BLOCK - 1],
    [BLOCK - 1, BLOCK],
    [BLOCK - 5, 2 * BLOCK],
    [BLOCK, 2 * BLOCK - 1],
    [2 * BLOCK + 3, 5 * BLOCK + 9],
    [3 * BLOCK, 6 * BLOCK + 776],
    [6 * BLOCK + 700, 6 * BLOCK + 776],
  ] as const) {
    const answer = await part(start, end);
    expect([answer.status, answer.headers['content-range']]).toEqual([
      206,
      `bytes ${start}-${end}/${bytes.length}`,
    ]);
    expect(answer.body.equals(bytes.subarray(start, end + 1)), `${start}-${end}`).toBe(true);
  }
  // Each block once, and no more of the file than its blocks.
  expect(opened.mock.calls.length).toBe(state === 'cold' ? 7 : 0);
  for (const [, range] of opened.mock.calls) {
    expect((range?.start ?? 0) % BLOCK).toBe(0);
    expect((range?.end ?? 0) - (range?.start ?? 0)).toBeLessThan(BLOCK);
  }
});

test('viewers who come at once share the reads', async () => {
  const other = randomBytes(BLOCK);
  const fresh = mediaKey('7', sha256(other).toString('hex'), '720-cmaf.mp4');
  await server.context.storage.putBytes(fresh, other, { contentType: 'video/mp4' });
  const opened = vi.spyOn(server.context.storage, 'open');
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(server, `/${fresh}`)));
  for (const { body } of answers) expect(body.equals(other)).toBe(true);
  expect(opened).toHaveBeenCalledTimes(1);
});

test('what is too wide for memory is exact, too, and pushes nothing into it', async () => {
  const opened = vi.spyOn(server.context.storage, 'open');
  const answer = await ask(server, `/${key}`);
  expect(answer.body.equals(bytes)).toBe(true);
  expect(opened.mock.calls).toEqual([[key, { start: 0, end: bytes.length - 1 }]]);
});

test('a slow viewer gets all of it', async () => {
  const { host, port } = server.context.config.listen;
  const [start, end] = [100, 4 * BLOCK];
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    const headers = { range: `bytes=${start}-${end}` };
    request({ host, port, path: `/${key}`, headers, agent: false }, async (answer) => {
      for await (const chunk of answer) {
        chunks.push(chunk);
        await setImmediate();
      }
      resolve();
    })
      .on('error', reject)
      .end();
  });
  expect(Buffer.concat(chunks).equals(bytes.subarray(start, end + 1))).toBe(true);
});
