import { createServer, request, type Server } from 'node:http';
import { connect } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import { proxyLimits } from '../../../config/media-limits.ts';
import { ok } from '../../lib/result.ts';
import type { ProxiedFile } from '../../modules/videos/index.ts';
import { ApiError } from '../errors.ts';
import { createProxyHandler } from './proxy.ts';

/** What bounds the answers themselves; the rest is in test/integration/remote-proxy.test.ts. */

const chunk = Buffer.alloc(proxyLimits.chunkBytes, 1);
/** More than the sockets of both sides take without being read. */
const size = 64 * chunk.length;
const file: ProxiedFile = {
  ...{ id: '1', url: 'https://far.test/clip', size, type: 'video/mp4' },
  ...{ etag: '"1"', version: '', until: 0 },
};

let server: Server;
let chunks: number;
let gone: number;

async function serve(handler: ReturnType<typeof createProxyHandler>): Promise<number> {
  const app = express();
  app.set('trust proxy', true);
  app.use((_req, res, next) => {
    res.once('close', () => {
      gone += 1;
    });
    next();
  });
  app.use('/proxy', handler);
  const onError: ErrorRequestHandler = (error, _req, res, _next) => {
    res.status(error instanceof ApiError ? error.status : 500).end();
  };
  app.use(onError);
  server = createServer(app);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  chunks = 0;
  gone = 0;
  return typeof address === 'object' && address ? address.port : 0;
}

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const deps: Parameters<typeof createProxyHandler>[0] = {
  limits: { take: async () => ({ remaining: 1, resetsInMs: 1 }), clear: async () => undefined },
  mediaUrls: { secondsLeft: () => null, objectUrl: () => '', proxyUrl: () => '' },
  config: { regions: { header: '', unknown: 'given' } },
  urls: { origin: '' },
  mediaAccess: { of: () => 'public', forget: () => undefined, forgetAll: () => undefined },
  videos: { proxiedSource: async () => file.url },
  proxiedFiles: {
    file: async () => ok({ file }),
    chunk: async () => {
      chunks += 1;
      return ok({ chunk });
    },
  },
};

describe('an answer', () => {
  test('to a client that takes nothing any more is let go', async () => {
    const port = await serve(createProxyHandler(deps, 100));
    const client = connect(port, '127.0.0.1', () => {
      client.pause().write('GET /proxy/1 HTTP/1.1\r\nHost: a\r\n\r\n');
    });
    client.on('error', () => undefined);
    await expect.poll(() => gone).toBe(1);
    expect(chunks).toBeLessThan(64);
    client.destroy();
  });

  test('takes no more chunks than its client does', async () => {
    const port = await serve(createProxyHandler(deps));
    let got = 0;
    await new Promise<void>((done, failed) => {
      const sent = request({ port, path: '/proxy/1', agent: false }, (answer) => {
        answer.on('data', (data: Buffer) => {
          got += data.length;
        });
        answer.on('end', done);
      });
      sent.on('error', failed).end();
    });
    expect([got, chunks]).toEqual([size, 64]);
  });

  test('is one of no more than there may be at once', async () => {
    const never = { ...deps, videos: { proxiedSource: () => new Promise<never>(() => undefined) } };
    const port = await serve(createProxyHandler(never));
    const statusFor = (from: string) =>
      new Promise<number | undefined>((done) => {
        const headers = { 'x-forwarded-for': from };
        const sent = request({ port, path: '/proxy/1', headers, agent: false }, (answer) => {
          answer.resume();
          done(answer.statusCode);
        });
        sent.on('error', () => done(undefined)).end();
      });
    const answers: (number | undefined)[] = [];
    for (let n = 0; n < proxyLimits.answersInFlight + 3; n += 1) {
      void statusFor(`198.51.100.${n}`).then((status) => answers.push(status));
    }
    await expect.poll(() => answers).toEqual([503, 503, 503]);
  });
});
