import type { Federation } from '@fedify/fedify';
import express, {
  type Request as ExpressRequest,
  type Response as ExpressResponse,
  type RequestHandler,
  Router,
} from 'express';
import { inboxLimits } from '../config/limits.ts';
import { parseId } from '../src/lib/ids.ts';
import type { Logger } from '../src/lib/log.ts';
import type { Account } from '../src/modules/accounts/index.ts';
import type { Urls } from '../src/modules/instances/index.ts';
import type { GateAnswer, InboxRequest } from './inbox/gate.ts';
import { isActivityType } from './net/media-type.ts';
import {
  aliasCollections,
  serveAliasCollection,
  serveAnyOutbox,
  serveChannel,
  serveVideoAlias,
} from './serve/alias.ts';
import {
  type ServeDeps,
  serveComment,
  serveCommentReplies,
  serveContext,
  serveFeatured,
  serveLikes,
  serveQuoteAuthorization,
  serveReplies,
  serveShares,
  serveVideo,
} from './serve/objects.ts';
import type { PageQuery, Served } from './serve/served.ts';
import type { JsonObject } from './translate/read.ts';

export interface RouterDeps extends ServeDeps {
  readonly gate: (request: InboxRequest) => Promise<GateAnswer>;
  readonly fedify: Federation<null>;
  readonly urls: Urls;
  readonly log: Logger;
  readonly actorDocument: (account: Account) => Promise<JsonObject | null>;
}

const ACTIVITY_JSON = 'application/activity+json; charset=utf-8';
/** Public documents may be kept for a moment; an edit or deletion is told to those who need to know. */
const PUBLIC_CACHE = 'public, max-age=30';

/** What we serve ourselves, by path. */
const documents: Readonly<
  Record<string, (deps: ServeDeps, id: string, query: PageQuery) => Promise<Served>>
> = {
  '/ap/videos/:id': serveVideo,
  '/ap/videos/:id/replies': serveReplies,
  '/ap/videos/:id/likes': serveLikes,
  '/ap/videos/:id/shares': serveShares,
  '/ap/contexts/:id': serveContext,
  '/ap/comments/:id': serveComment,
  '/ap/comments/:id/replies': serveCommentReplies,
  '/ap/users/:id/outbox': serveAnyOutbox,
  '/ap/users/:id/featured': serveFeatured,
  '/ap/quote_authorizations/:id': serveQuoteAuthorization,
  '/ap/videos/:id/pt': serveVideoAlias,
  ...Object.fromEntries(
    aliasCollections.map((name) => [`/ap/videos/:id/pt/${name}`, serveAliasCollection(name)]),
  ),
};

/** The ActivityPub side of the HTTP server. What it does not answer goes on to the next handler. */
export function createFederationRouter(deps: RouterDeps): Router {
  const router = Router();
  const rawBody = express.raw({ type: () => true, limit: inboxLimits.maxBytes, inflate: false });
  router.post(['/inbox', '/ap/users/:id/inbox'], closeForPeerTube, rawBody, inbox(deps), refuseBody);
  for (const [path, serve] of Object.entries(documents)) {
    router.get(path, async (req, res) => {
      const search = new URL(req.originalUrl, deps.urls.origin).searchParams;
      const query = { page: search.get('page') === 'true', cursor: search.get('cursor') };
      answer(req, res, await serve(deps, String(req.params.id), query));
    });
  }
  router.get('/.well-known/host-meta', (_req, res) => {
    res.type('application/xrd+xml').send(hostMeta(deps.urls.origin));
  });
  router.get(['/@:name', '/@:name/:id'], redirectToActivity(deps));
  router.get('/ap/users/:id', redirectToProfile(deps), channelActor(deps));
  router.get(
    [
      '/.well-known/webfinger',
      '/.well-known/nodeinfo',
      '/nodeinfo/2.1',
      '/actor',
      '/ap/users/:id',
      '/ap/users/:id/:collection',
    ],
    throughFedify(deps),
  );
  // Nothing below these addresses is a page: what was not answered above is not there.
  router.use(['/ap', '/actor', '/.well-known', '/nodeinfo'], (_req, res) => {
    res.status(404).set('Cache-Control', 'no-store').json({ error: 'There is nothing here.' });
  });
  return router;
}

/**
 * PeerTube sends each activity once, even into a connection that was closed while it was idle, where it is lost: so
 * no connection is left to it (peertube.md 1).
 */
const closeForPeerTube: RequestHandler = (req, res, next) => {
  if (req.headers['user-agent']?.startsWith('PeerTube/')) res.set('Connection', 'close');
  next();
};

function inbox(deps: RouterDeps): RequestHandler {
  return async (req, res) => {
    const result = await deps.gate({
      path: req.originalUrl,
      rawHeaders: req.rawHeaders,
      contentType: req.headers['content-type'],
      body: Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0),
      ip: req.ip ?? 'unknown',
    });
    res.status(result.status);
    if (result.error === undefined) res.end();
    else res.json({ error: result.error });
  };
}

/** Bodies over the cap, compressed ones, and broken connections. */
const refuseBody: express.ErrorRequestHandler = (error, _req, res, next) => {
  const status = (error as { status?: unknown }).status;
  if (status !== 413 && status !== 415 && status !== 400) return next(error);
  res.status(status).json({ error: status === 413 ? 'The body is too large.' : 'The body cannot be read.' });
};

/** ActivityPub to programs, the page to people: one address, two audiences. */
function answer(req: ExpressRequest, res: ExpressResponse, served: Served): void {
  res.set('Vary', 'Accept');
  if (served.status === 404) {
    res.status(404).set('Cache-Control', 'no-store').json({ error: 'There is nothing here.' });
  } else if (served.status === 200 && !wantsActivity(req)) {
    res.redirect(303, served.page);
  } else {
    res.status(served.status).set('Cache-Control', PUBLIC_CACHE).type(ACTIVITY_JSON);
    res.send(JSON.stringify(served.document));
  }
}

/** Whether the request asks for ActivityPub rather than for a page. */
function wantsActivity(req: ExpressRequest): boolean {
  const accept = req.headers.accept ?? '';
  return accept.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).some((type) => isActivityType(type.trim()));
}

/** Pages of people and videos lead programs to the ids behind them. */
function redirectToActivity(deps: RouterDeps): RequestHandler {
  return async (req, res, next) => {
    if (!wantsActivity(req)) return next();
    const account = await deps.accounts.byHandle(String(req.params.name));
    if (account?.domain !== null || account.state !== 'active') return next();
    const id = req.params.id === undefined ? null : parseId<'video'>(String(req.params.id));
    if (req.params.id !== undefined && id === null) return next();
    res.set('Vary', 'Accept').redirect(302, id === null ? account.actorUri : deps.urls.video(id));
  };
}

/** A person who opens an actor's id sees the profile; everything else gets the document. */
function redirectToProfile(deps: RouterDeps): RequestHandler {
  return async (req, res, next) => {
    if (wantsActivity(req) || !req.headers.accept?.includes('text/html')) return next();
    const id = parseId<'account'>(String(req.params.id));
    const account = id === null ? null : await deps.accounts.byId(id);
    if (account?.domain !== null || account.state !== 'active') return next();
    res.set('Vary', 'Accept').redirect(303, account.url);
  };
}

/** The actor of a channel, which Fedify would not write as PeerTube reads it. */
function channelActor(deps: RouterDeps): RequestHandler {
  return async (req, res, next) => {
    const served = await serveChannel(deps, String(req.params.id));
    if (served?.status !== 200) return next();
    res.set('Vary', 'Accept').set('Cache-Control', PUBLIC_CACHE).type(ACTIVITY_JSON);
    res.send(JSON.stringify(served.document));
  };
}

/** RFC 6415: where to ask for WebFinger, for older servers. */
function hostMeta(origin: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" type="application/jrd+json" template="${origin}/.well-known/webfinger?resource={uri}"/></XRD>
`;
}

/** Hands a GET to Fedify under our own origin, whatever the Host header says (security.md W4). */
function throughFedify(deps: RouterDeps): RequestHandler {
  return async (req, res, next) => {
    // People were led to the pages before; whoever comes here gets the document, whatever it asked for.
    const headers = { accept: 'application/activity+json, application/jrd+json, application/json' };
    const request = new Request(new URL(req.originalUrl, deps.urls.origin), { headers });
    let unanswered = false;
    const pass = () => {
      unanswered = true;
      return new Response(null, { status: 404 });
    };
    const response = await deps.fedify.fetch(request, {
      contextData: null,
      onNotFound: pass,
      onNotAcceptable: pass,
    });
    if (unanswered) return next();
    res.status(response.status);
    for (const [name, value] of response.headers) res.append(name, value);
    res.send(Buffer.from(await response.arrayBuffer()));
  };
}
