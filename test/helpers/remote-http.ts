import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { netLimits } from '../../config/limits.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/log.ts';
import { createAddressPolicy } from '../../src/lib/net/ip-policy.ts';
import { createSafeFetch, type NetLimits, type SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import type { Resolve } from '../../src/lib/net/vetted-agent.ts';

/** One request as another server saw it. */
export interface SeenRequest {
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Another server of the fediverse, on an address of our own machine. */
export interface Remote {
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  /** All requests so far, oldest first. */
  readonly seen: SeenRequest[];
  url(path: string): string;
  close(): Promise<void>;
}

type Handler = (request: SeenRequest, response: ServerResponse) => void;

/** Where the honest server of the rig lives (design/security.md 3). */
export const HONEST = '127.0.0.2';
/** Where the evil one lives. */
export const EVIL = '127.0.0.3';

/** Starts a server that answers through `handler`, which gets the whole body at once. */
export async function startRemote(address: string, handler: Handler): Promise<Remote> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers, rawHeaders } = request;
      const one = { method, path, headers, rawHeaders, body: Buffer.concat(chunks) };
      seen.push(one);
      handler(one, response);
    });
  });
  const port = await listen(server, address);
  return describeRemote(address, port, seen, async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
}

/** Starts a server that speaks whatever bytes the test likes; `answer` runs when a request head has come. */
export async function startRawRemote(
  address: string,
  answer: (socket: Socket) => void,
  port = 0,
): Promise<Remote> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', (data) => {
      seen.push({ method: '', path: '', headers: {}, rawHeaders: [], body: data });
      answer(socket);
    });
  });
  const bound = await listen(server, address, port);
  return describeRemote(address, bound, seen, async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  });
}

function describeRemote(
  address: string,
  port: number,
  seen: SeenRequest[],
  close: () => Promise<void>,
): Remote {
  const host = `${address}:${port}`;
  const origin = `http://${host}`;
  return { origin, host, port, seen, url: (path) => origin + path, close };
}

async function listen(server: Server, address: string, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('The test server has no port.');
  return bound.port;
}

/**
 * The real fetch layer, allowed to reach the two servers of the rig and nothing else that is private. Names
 * do not resolve unless the test says how.
 */
export function createTestFetch(
  options: { limits?: Partial<NetLimits>; resolve?: Resolve; allowedPrivate?: readonly string[] } = {},
): SafeFetch {
  return createSafeFetch({
    policy: createAddressPolicy({ allowedPrivate: options.allowedPrivate ?? [HONEST, EVIL] }),
    userAgent: 'Vireo/test',
    clock: systemClock,
    log: createLogger('silent'),
    limits: { ...netLimits, ...options.limits },
    resolve:
      options.resolve ??
      (async (name) => {
        throw Object.assign(new Error(`${name} has no address in this test.`), { code: 'ENOTFOUND' });
      }),
  });
}
