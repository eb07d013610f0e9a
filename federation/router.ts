import type { Federation } from '@fedify/fedify';
import {
  type Request as ExpressRequest,
  type Response as ExpressResponse,
  type RequestHandler,
  Router,
} from 'express';
import { parseId } from '../src/lib/ids.ts';
import type { Logger } from '../src/lib/log.ts';
import type { Urls } from '../src/modules/instances/index.ts';
import { isActivityType } from './net/media-type.ts';
import { type ServeDeps, type Served, serveOutbox, serveVideo } from './serve/objects.ts';

export interface RouterDeps extends ServeDeps {
  readonly fedify: Federation<null>;
  readonly urls: Urls;
  readonly log: Logger;
}

const ACTIVITY_JSON = 'application/activity+json; charset=utf-8';
/** Public documents may be kept for a moment; an edit or deletion is told to those who need to know. */
const PUBLIC_CACHE = 'public, max-age=30';

/** The ActivityPub side of the HTTP server. What it does not answer goes on to the next handler. */
export function createFederationRouter(deps: RouterDeps): Router {
  const router = Router();
  router.get('/ap/videos/:id', async (req, res) => {
    answer(req, res, await serveVideo(deps, String(req.params.id)));
  });
  router.get('/ap/users/:id/outbox', async (req, res) => {
    const search = new URL(req.originalUrl, deps.urls.origin).searchParams;
    const query = {
      page: search.get('page') === 'true',
      before: parseId<'video'>(search.get('max_id') ?? ''),
    };
    answer(req, res, await serveOutbox(deps, String(req.params.id), query));
  });
  router.get('/.well-known/host-meta', (_req, res) => {
    res.type('application/xrd+xml').send(hostMeta(deps.urls.origin));
  });
  router.get(['/@:name', '/@:name/:id'], redirectToActivity(deps));
  router.get('/ap/users/:id', redirectToProfile(deps));
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
