import { createHash, randomBytes } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { originalKey } from '../../media/keys.ts';
import { createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const MB = 1024 * 1024;
const bytes = randomBytes(180 * MB);
const CHUNK = 8 * MB;
/** After so many bytes in all, in the middle of a chunk, the connection breaks. */
const CUTS = [3 * MB, 30 * MB + 1, 77 * MB, 77 * MB + 70_000, 178 * MB];

let server: TestServer;
let proxy: CuttingProxy;

beforeAll(async () => {
  server = await startTestServer();
  proxy = await startProxy(server.context.config.listen.port);
});

afterAll(async () => {
  await proxy?.close();
  await server?.close();
});

interface CuttingProxy {
  readonly origin: string;
  /** Bytes that clients sent through it. */
  sent(): number;
  cutsLeft(): number;
  close(): Promise<void>;
}

/** A wire to the server that breaks, both ways and without a word, when so many bytes have gone through it. */
async function startProxy(port: number): Promise<CuttingProxy> {
  const cuts = [...CUTS];
  let sent = 0;
  const wire: Server = createServer((client) => {
    const onward = connect(port, '127.0.0.1');
    client.on('error', () => undefined);
    onward.on('error', () => undefined);
    client.on('data', (chunk) => {
      const at = cuts[0];
      const isCut = at !== undefined && sent + chunk.length >= at;
      const part = isCut ? chunk.subarray(0, at - sent) : chunk;
      sent += part.length;
      const isFull = !onward.write(part);
      if (isCut) {
        cuts.shift();
        client.destroy();
        onward.destroy();
      } else if (isFull) {
        client.pause();
        onward.once('drain', () => client.resume());
      }
    });
    onward.pipe(client);
    client.on('close', () => onward.destroy());
    onward.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const address = wire.address();
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    sent: () => sent,
    cutsLeft: () => cuts.length,
    close: () => new Promise((resolve) => wire.close(() => resolve())),
  };
}

/** Sends it as the web client does, which goes on where it was after each break. */
function upload(token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let videoId = '';
    new Upload(bytes, {
      endpoint: `${proxy.origin}/api/v1/uploads`,
      chunkSize: CHUNK,
      headers: { Authorization: `Bearer ${token}` },
      metadata: { filename: 'holiday.mp4', caption: 'A long one' },
      retryDelays: [0, 20, 100, 500, 1_000],
      onAfterResponse: (_request, response) => {
        videoId ||= response.getHeader('Vireo-Video-Id') ?? '';
      },
      onError: reject,
      onSuccess: () => resolve(videoId),
    }).start();
  });
}

test('180 MB over a connection that breaks five times arrive byte for byte, and once', {
  timeout: 60_000,
}, async () => {
  const alice = await createPeople(server).signedIn('alice');
  const videoId = await upload(alice.token);
  expect(proxy.cutsLeft()).toBe(0);
  // Of what had arrived nothing but parts of chunks went twice.
  expect(proxy.sent()).toBeLessThan(bytes.length + CUTS.length * CHUNK);

  const found = await server.context.storage.open(originalKey(videoId));
  expect(found?.size).toBe(bytes.length);
  const arrived = createHash('sha256');
  for await (const chunk of found?.stream ?? []) arrived.update(chunk);
  expect(arrived.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  const { db } = server.context;
  expect(await db('events').where({ name: 'video.received' }).pluck('payload')).toEqual([{ videoId }]);
  expect(await db('videos').where({ id: videoId }).first('state', 'original_bytes')).toEqual({
    state: 'received',
    original_bytes: String(bytes.length),
  });
});
