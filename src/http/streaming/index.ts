import { type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { IRouter, Request, Response } from 'express';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { liveLimits } from '../../../config/live-limits.ts';
import { allows, type Viewer } from '../../modules/auth/index.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError, errorBody } from '../errors.ts';
import { networkOf } from '../limits.ts';
import { searchOf } from '../query.ts';
import { viewerOfRequest } from '../session.ts';
import type { Listener, Message } from './audience.ts';
import { createHub, type Hub } from './hub.ts';
import { type About, keyOf, readStream, type Stream } from './streams.ts';

/** How often one caller may open a connection. */
const OPENING = { name: 'streaming', points: 120, seconds: 60 };

/** Whether a request asks for a WebSocket. Others that offer another protocol are answered as if they did not. */
export function asksForSocket(req: IncomingMessage): boolean {
  return req.method === 'GET' && req.headers.upgrade?.toLowerCase() === 'websocket';
}

/** What a client asks on a connection that is open. */
const orderSchema = z.object({
  type: z.enum(['subscribe', 'unsubscribe']),
  stream: z.string().max(50),
  tag: z.string().max(200).nullish(),
  list: z.string().max(20).nullish(),
  video: z.string().max(20).nullish(),
});

interface Upgrade {
  readonly socket: Duplex;
  readonly head: Buffer;
}

export type StreamingApi = ReturnType<typeof createStreamingApi>;

/**
 * The streaming API of Mastodon: a WebSocket, and Server-Sent Events for each stream. It stands beside the table of
 * routes, which knows one answer to one request.
 */
export function createStreamingApi(deps: HttpDeps) {
  const hub = createHub(deps);
  const upgrades = new WeakMap<IncomingMessage, Upgrade>();
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: liveLimits.maxMessageBytes,
    perMessageDeflate: false,
    // Browsers can send no header with a WebSocket, so apps put their token where the protocol is named.
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  });
  const timer = setInterval(() => hub.check(), liveLimits.checkMs);
  timer.unref();

  return {
    hear: hub.hear,
    count: hub.count,

    /** Requests for a WebSocket go the way of all others, so that the same rules hold for who asks, and how often. */
    listen(server: Server, app: RequestListener): void {
      server.on('upgrade', (req, socket, head) => {
        socket.on('error', () => socket.destroy());
        upgrades.set(req, { socket, head });
        const res = new ServerResponse(req);
        res.shouldKeepAlive = false;
        res.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
        res.once('finish', () => socket.end());
        app(req, res);
      });
    },

    mount(router: IRouter): void {
      router.get('/api/v1/streaming/health', (_req, res) => {
        res.set('Cache-Control', 'no-store').type('text/plain').send('OK');
      });
      router.get('/api/v1/streaming', async (req, res) => {
        const upgrade = upgrades.get(req);
        if (!upgrade) throw new ApiError('upgrade-required', 'Open a WebSocket here.');
        const viewer = await authorised(deps, req, true);
        const name = searchOf(req).get('stream');
        const first = name === null ? null : await askedFor(deps, req, viewer, name);
        res.detachSocket(upgrade.socket as Parameters<ServerResponse['detachSocket']>[0]);
        sockets.handleUpgrade(req, upgrade.socket, upgrade.head, (socket) => {
          serveSocket({ deps, hub, viewer, network: networkOf(req.ip) }, socket, first);
        });
      });
      router.get('/api/v1/streaming/*name', async (req, res) => {
        const viewer = await authorised(deps, req, false);
        const [, name = ''] = req.path.split('/streaming/');
        const stream = await askedFor(deps, req, viewer, name.replaceAll('/', ':').replace(/:$/, ''));
        serveEvents({ hub, viewer, network: networkOf(req.ip) }, req, res, stream);
      });
    },

    async stop(): Promise<void> {
      clearInterval(timer);
      await hub.close();
    },
  };
}

/** Who asks, by any of the ways in which apps name their token. Nobody listens without an account. */
async function authorised(deps: HttpDeps, req: Request, isSocket: boolean): Promise<Viewer> {
  const protocol = isSocket ? req.headers['sec-websocket-protocol']?.split(',')[0]?.trim() : undefined;
  const token = searchOf(req).get('access_token') ?? protocol;
  if (token !== undefined && token !== null && req.headers.authorization === undefined) {
    if (!/^[\w-]{20,200}$/.test(token)) throw new ApiError('not-signed-in');
    req.headers.authorization = `Bearer ${token}`;
  }
  const viewer = await viewerOfRequest(deps, req);
  if (!viewer) throw new ApiError('not-signed-in');
  // A page of another site can open a WebSocket with our cookie (security.md A5).
  if (isSocket && viewer.via === 'cookie' && req.headers.origin !== deps.config.origin)
    throw new ApiError('cross-site');
  await deps.limits.take(OPENING, `account:${viewer.account.id}`);
  return viewer;
}

/** The stream of that name, where there is one and the viewer may listen to it. */
async function askedFor(deps: HttpDeps, req: Request, viewer: Viewer, name: string): Promise<Stream> {
  const search = searchOf(req);
  const about = { tag: search.get('tag'), list: search.get('list'), video: search.get('video') };
  return openStream(deps, viewer, name, about);
}

async function openStream(deps: HttpDeps, viewer: Viewer, name: string, about: About): Promise<Stream> {
  const stream = readStream(name, about);
  if (!stream) throw new ApiError('not-found', 'There is no such stream.');
  if (!allows(viewer.scopes, stream.scope)) {
    throw new ApiError('scope-missing', `This token may not do that; it needs the scope ${stream.scope}.`);
  }
  if (stream.name === 'list' && !(await deps.streaming.ownsList(stream.listId, viewer.account.id)))
    throw new ApiError('not-found', 'There is no such list.');
  if (stream.name === 'video:comments' && !(await deps.videos.forViewer(stream.videoId, viewer.account.id)))
    throw new ApiError('not-found', 'There is no such video.');
  return stream;
}

interface Connection {
  readonly hub: Hub;
  readonly viewer: Viewer;
  readonly network: string;
}

const GOING_AWAY = 1001;
const POLICY = 1008;

/** A WebSocket with any number of streams, which the client takes up and leaves. */
function serveSocket(
  { deps, hub, viewer, network }: Connection & { deps: HttpDeps },
  socket: WebSocket,
  first: Stream | null,
): void {
  const streams = new Map<string, Stream>(first ? [[keyOf(first), first]] : []);
  const say = (text: object) => {
    if (socket.bufferedAmount > liveLimits.maxBufferedBytes) socket.terminate();
    else socket.send(JSON.stringify(text));
  };
  const listener: Listener = {
    ...{
      accountId: viewer.account.id,
      sessionId: viewer.sessionId,
      network,
      streams,
      isApp: viewer.appId !== null,
    },
    send: ({ label }: Stream, { event, payload }: Message) =>
      say({ stream: label, event, ...(payload === '' ? {} : { payload }) }),
    end() {
      hub.remove(listener);
      socket.close(GOING_AWAY);
      // Who does not answer that is cut off.
      setTimeout(() => socket.terminate(), 1_000).unref();
    },
  };
  let hasAnswered = true;
  const ping = setInterval(() => {
    if (!hasAnswered) return socket.terminate();
    hasAnswered = false;
    socket.ping();
  }, liveLimits.pingMs);
  socket.on('pong', () => {
    hasAnswered = true;
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    clearInterval(ping);
    hub.remove(listener);
  });
  let orders: Promise<void> = Promise.resolve();
  let pending = 0;
  socket.on('message', (data) => {
    if (pending >= liveLimits.subscriptionsPerConnection) return socket.close(POLICY);
    pending += 1;
    orders = orders
      .then(() => obey(deps, viewer, streams, String(data)))
      .catch((error: unknown) => {
        const known =
          error instanceof ApiError ? error.body : errorBody(500, 'internal', 'Something went wrong.');
        if (!(error instanceof ApiError)) deps.log.error({ err: error }, 'a stream was not opened');
        say(known);
      })
      .finally(() => {
        pending -= 1;
      });
  });
  try {
    hub.add(listener);
  } catch (error) {
    if (error instanceof ApiError) say(error.body);
    socket.close(POLICY);
  }
}

async function obey(
  deps: HttpDeps,
  viewer: Viewer,
  streams: Map<string, Stream>,
  text: string,
): Promise<void> {
  const order = orderSchema.safeParse(parsed(text));
  if (!order.success) throw new ApiError('validation-failed', 'This is not understood.');
  const { type, stream: name, ...about } = order.data;
  if (type === 'unsubscribe') {
    const stream = readStream(name, about);
    if (stream) streams.delete(keyOf(stream));
    return;
  }
  if (streams.size >= liveLimits.subscriptionsPerConnection)
    throw new ApiError('too-many-streams', 'Too many streams are open on this connection.');
  const stream = await openStream(deps, viewer, name, about);
  streams.set(keyOf(stream), stream);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** One stream as Server-Sent Events (HTML, section 9.2). */
function serveEvents(
  { hub, viewer, network }: Connection,
  req: Request,
  res: Response,
  stream: Stream,
): void {
  const listener: Listener = {
    ...{ accountId: viewer.account.id, sessionId: viewer.sessionId, network, isApp: viewer.appId !== null },
    streams: new Map([[keyOf(stream), stream]]),
    send(_stream, { event, payload }) {
      if (res.writableLength > liveLimits.maxBufferedBytes) res.destroy();
      else res.write(`event: ${event}\ndata: ${payload}\n\n`);
    },
    end() {
      hub.remove(listener);
      res.end();
    },
  };
  hub.add(listener);
  res.status(200).set('Content-Type', 'text/event-stream; charset=utf-8');
  res.set('Cache-Control', 'private, no-store, no-transform').set('X-Accel-Buffering', 'no');
  // A connection that is kept after the answer would hold up a server that stops.
  res.set('Connection', 'close');
  req.socket.setNoDelay(true);
  res.write(':)\n\n');
  const beat = setInterval(() => res.write(':thump\n\n'), liveLimits.pingMs);
  res.once('close', () => {
    clearInterval(beat);
    hub.remove(listener);
  });
}
