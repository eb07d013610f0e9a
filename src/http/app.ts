import type { RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type IRouter, type Request } from 'express';
import helmet from 'helmet';
import { LRUCache } from 'lru-cache';
import { pinoHttp } from 'pino-http';
import { mountAbout } from './about/index.ts';
import { mountActivityPub } from './activitypub/index.ts';
import { routes } from './api/index.ts';
import { openToPages } from './cors.ts';
import type { HttpDeps } from './deps.ts';
import { mountEmbed } from './embed/index.ts';
import { ApiError, answerError } from './errors.ts';
import { mountFasp } from './fasp/index.ts';
import { whileLocked } from './locked.ts';
import { mountMailPages } from './mail-pages/index.ts';
import { measure } from './measure.ts';
import { createHotObjects, type HotObjects } from './media/hot-objects.ts';
import { mediaOrigins } from './media/offload.ts';
import { createProxyHandler } from './media/proxy.ts';
import { createMediaHandler } from './media/serve.ts';
import { mountRoutes } from './mount.ts';
import { keepOut } from './networks.ts';
import { mountOAuth } from './oauth/index.ts';
import { mountOutward } from './outward/index.ts';
import { type BeginScript, readBeginScript } from './page/begin.ts';
import { mountPage } from './page/index.ts';
import { createPictureHandler } from './pictures/handler.ts';
import type { Trusts } from './place.ts';
import { mountReference } from './reference/index.ts';
import type { StreamingApi } from './streaming/index.ts';
import type { Uploads } from './uploads.ts';

/** How many addresses of proxies are remembered. */
const PROXIES_IN_MEMORY = 1_000;

/** Whether an address is one of the trusted ranges is asked for each request, mostly of the same few addresses. */
function remembering(trusts: Trusts): Trusts {
  const known = new LRUCache<string, boolean>({ max: PROXIES_IN_MEMORY });
  return (address, hop) => {
    const isTrusted = known.get(address) ?? trusts(address, hop);
    known.set(address, isTrusted);
    return isTrusted;
  };
}

/**
 * The whole HTTP side: media, and one Express application for the rest. The federation side comes first, since it reads raw
 * bodies; nothing here parses a body before the route that wants it.
 */
export async function createApp(
  deps: HttpDeps,
  uploads: Uploads,
  streaming: StreamingApi,
): Promise<RequestListener> {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', deps.config.trustedProxies);
  app.set('trust proxy', remembering(app.get('trust proxy fn')));
  app.set('query parser', false);
  app.set('etag', false);
  const begin = readBeginScript(deps.webDir);
  const secured = securityHeaders(deps, begin);
  app.use(whileLocked(deps, secured));
  // Most requests of a federated server are these: nothing that is for people stands before them.
  app.use(deps.inbox);
  app.use(
    pinoHttp({ logger: deps.log, useLevel: 'debug', serializers: { req: briefRequest, res: briefResponse } }),
  );
  mountHealth(app, deps);
  app.use(keepOut(deps.networks));
  // Media is answered before all this. What comes here is for it, but not the way it is written.
  app.all(['/media', '/media/*path'], () => {
    throw new ApiError('not-found');
  });
  // Has headers of its own, as media has.
  app.use('/proxy', createProxyHandler(deps));
  app.use('/pictures', createPictureHandler(deps));
  app.use(secured);
  app.use(openToPages);
  // Before the federation side, which knows what else is below /.well-known.
  mountOAuth(app, deps);
  mountMailPages(app, deps);
  mountActivityPub(app, deps);
  app.use(deps.federation);
  mountFasp(app, deps);
  await uploads.mount(app);
  streaming.mount(app);
  mountRoutes(app, deps, routes);
  mountReference(app, deps);
  mountAbout(app, deps);
  mountEmbed(app, deps);
  mountOutward(app, deps);
  app.all(['/api', '/api/*path'], () => {
    throw new ApiError('not-found', 'There is no such endpoint.');
  });
  mountPage(app, deps, begin);
  app.use(() => {
    throw new ApiError('not-found');
  });
  const handleErrors: ErrorRequestHandler = (error, _req, res, _next) => answerError(deps.log, error, res);
  app.use(handleErrors);
  const trusts: Trusts = app.get('trust proxy fn');
  const media = createMediaHandler({ ...deps, hot: hotObjectsOf(deps), trusts });
  return (req, res) => {
    measure(deps.metrics, req, res, () => {
      if (!media(req, res)) app(req, res);
    });
  };
}

function hotObjectsOf({ storage, clock, config }: HttpDeps): HotObjects {
  const hot = createHotObjects({ storage, clock, maxBytes: config.serving.cacheBytes });
  storage.onRemoved((keys) => hot.forget(keys));
  return hot;
}

/** Query strings may hold tokens, so only the path is logged. */
function briefRequest(req: { id: unknown; method: string; url: string }) {
  return { id: req.id, method: req.method, path: req.url.split('?')[0] };
}

function briefResponse(res: { statusCode: number }) {
  return { status: res.statusCode };
}

function securityHeaders(deps: HttpDeps, begin: BeginScript | null) {
  const https = deps.config.origin.startsWith('https:');
  const media = mediaOrigins(deps.config);
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", ...(begin ? [begin.source] : [])],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:', ...media],
        mediaSrc: ["'self'", 'blob:', ...media],
        connectSrc: ["'self'", ...media],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(https ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000 } : false,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'same-origin' },
  });
}

/** `/live`: the process answers. `/health`: it may be sent requests. `/ready`: it can do all of its work. */
function mountHealth(app: IRouter, { lifecycle }: HttpDeps): void {
  const reports = {
    // By what name it was asked: `vireo doctor` sees by that whether a proxy passes Host on.
    '/live': async (req: Request) => ({ ok: true, host: req.get('host') ?? '' }),
    '/health': lifecycle.health,
    '/ready': lifecycle.ready,
  };
  for (const [path, report] of Object.entries(reports)) {
    app.get(path, async (req, res) => {
      const told = await report(req);
      res
        .set('Cache-Control', 'no-store')
        .status(told.ok ? 200 : 503)
        .json(told);
    });
  }
}
