import type { Federation } from '@fedify/fedify';
import {
  type Request as ExpressRequest,
  type Response as ExpressResponse,
  type RequestHandler,
  Router,
} from 'express';
import { parseId } from '../src/lib/ids.ts';
import type { Logger } from '../src/lib/log.ts';
import type { Account } from '../src/modules/accounts/index.ts';
import type { Urls } from '../src/modules/instances/index.ts';
import { isActivityType } from './net/media-type.ts';
import type { Admission, DocumentRequest } from './serve/access.ts';
import { actorStub } from './serve/actor-stub.ts';
import {
  aliasCollections,
  serveAliasCollection,
  serveAnyOutbox,
  serveChannel,
  serveVideoAlias,
} from './serve/alias.ts';
import {
  type NodeInfoDeps,
  nodeInfo,
  nodeInfoLinks,
  nodeInfoType,
  nodeInfoVersions,
} from './serve/nodeinfo.ts';
import {
  type ServeDeps,
  serveComment,
  serveCommentReplies,
  serveContext,
  serveFeatured,
  serveLikes,
  servePerson,
  serveQuoteAuthorization,
  serveReplies,
  serveShares,
  serveVideo,
} from './serve/objects.ts';
import { servePack } from './serve/packs.ts';
import { type Asking, type Question, type Served, tombstoneAt } from './serve/served.ts';
import type { JsonObject } from './translate/read.ts';

export interface RouterDeps extends ServeDeps, NodeInfoDeps {
  readonly fedify: Federation<null>;
  readonly urls: Urls;
  readonly log: Logger;
  readonly actorDocument: (account: Account) => Promise<JsonObject | null>;
}

const ACTIVITY_JSON = 'application/activity+json; charset=utf-8';
/** Public documents may be kept for a moment; an edit or deletion is told to those who need to know. */
const PUBLIC_CACHE = 'public, max-age=30';
/** What depends on who asks is kept by nobody (security.md P4). */
const FOR_ONE = 'private, no-store';
/** When a video that is not as other servers get it yet may be. */
const SOON_SECONDS = '60';
/** A signature may decide what is answered. */
const VARY = 'Accept, Signature';

/** Pages of other sites may read what a server says of itself, and keep it for a moment. */
const OPEN_TO_PAGES = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'public, max-age=300' };

/** What we serve ourselves, by path. */
const documents: Readonly<Record<string, (deps: ServeDeps, id: string, query: Question) => Promise<Served>>> =
  {
    '/ap/videos/:id': serveVideo,
    '/ap/videos/:id/replies': serveReplies,
    '/ap/videos/:id/likes': serveLikes,
    '/ap/videos/:id/shares': serveShares,
    '/ap/contexts/:id': serveContext,
    '/ap/comments/:id': serveComment,
    '/ap/comments/:id/replies': serveCommentReplies,
    '/ap/users/:id/outbox': serveAnyOutbox,
    '/ap/users/:id/featured': serveFeatured,
    '/ap/packs/:id': servePack,
    '/ap/quote_authorizations/:id': serveQuoteAuthorization,
    '/ap/videos/:id/pt': serveVideoAlias,
    ...Object.fromEntries(
      aliasCollections.map((name) => [`/ap/videos/:id/pt/${name}`, serveAliasCollection(name)]),
    ),
  };

/** The ActivityPub side of the HTTP server. What it does not answer goes on to the next handler. */
export function createFederationRouter(deps: RouterDeps): Router {
  const router = Router();
  for (const [path, serve] of Object.entries(documents)) {
    router.get(path, async (req, res) => {
      const asking = await admitted(deps, req, res);
      if (!asking) return;
      const search = new URL(req.originalUrl, deps.urls.origin).searchParams;
      const query = { page: search.get('page') === 'true', cursor: search.get('cursor'), asking };
      answer(deps, req, res, await serve(deps, String(req.params.id), query));
    });
  }
  router.get('/.well-known/host-meta', (_req, res) => {
    res.type('application/xrd+xml').send(hostMeta(deps.urls.origin));
  });
  router.get('/.well-known/nodeinfo', (_req, res) => {
    res.set(OPEN_TO_PAGES).type('application/json').json(nodeInfoLinks(deps.urls));
  });
  for (const version of nodeInfoVersions) {
    router.get(`/nodeinfo/${version}`, async (_req, res) => {
      res
        .set(OPEN_TO_PAGES)
        .set('Content-Type', nodeInfoType(version))
        .send(JSON.stringify(await nodeInfo(deps, version)));
    });
  }
  router.get(['/@:name', '/@:name/:id'], redirectToActivity(deps));
  router.get('/packs/:id', redirectToPack(deps));
  router.get(
    '/ap/users/:id',
    ...[goneActor(deps), redirectToProfile(deps), admitToActor(deps), namedActor(deps), throughFedify(deps)],
  );
  router.get('/ap/users/:id/:collection', admitToCollection(deps), throughFedify(deps));
  // Needed before anybody can sign anything: never for some only.
  router.get(['/.well-known/webfinger', '/actor'], throughFedify(deps));
  // Nothing below these addresses is a page: what was not answered above is not there.
  router.use(['/ap', '/actor', '/.well-known', '/nodeinfo'], (_req, res) => nothingHere(res));
  return router;
}

/** What a request for a document has in it of the one who asks. */
function documentRequest(req: ExpressRequest): DocumentRequest {
  return { path: req.originalUrl, rawHeaders: req.rawHeaders, ip: req.ip ?? 'unknown' };
}

/** The one who asks, or null after the refusal was sent. People who want the page are led there, unsigned. */
async function admitted(deps: RouterDeps, req: ExpressRequest, res: ExpressResponse): Promise<Asking | null> {
  const request = documentRequest(req);
  const nobody = { reader: null, prove: () => deps.access.readerOf(request) };
  if (!wantsActivity(req)) return nobody;
  const admission = await deps.access.admit(request);
  if (admission.ok) return { ...nobody, reader: admission.reader };
  refuseReader(res, admission);
  return null;
}

function nothingHere(res: ExpressResponse): void {
  res.status(404).set('Cache-Control', 'no-store').json({ error: 'There is nothing here.' });
}

function refuseReader(res: ExpressResponse, { status, error }: Extract<Admission, { ok: false }>): void {
  res.set({ Vary: VARY, 'Cache-Control': FOR_ONE }).status(status).json({ error });
}

/** With authorized fetch, those who prove nothing get the key alone (federation-interop.md 3). */
function admitToActor(deps: RouterDeps): RequestHandler {
  return async (req, res, next) => {
    const admission = await deps.access.admit(documentRequest(req));
    const id = parseId<'account'>(String(req.params.id));
    if (admission.ok && (id === null || (await deps.access.isWelcome(id, admission.reader)))) return next();
    if (!admission.ok && admission.status === 403) return refuseReader(res, admission);
    const stub = await actorStub(deps.accounts, String(req.params.id));
    if (!stub) return next();
    res.set({ Vary: VARY, 'Cache-Control': FOR_ONE }).type(ACTIVITY_JSON).send(JSON.stringify(stub));
  };
}

function admitToCollection(deps: RouterDeps): RequestHandler {
  return async (req, res, next) => {
    const admission = await deps.access.admit(documentRequest(req));
    if (!admission.ok) return refuseReader(res, admission);
    const id = parseId<'account'>(String(req.params.id));
    if (id !== null && (await deps.access.isWelcome(id, admission.reader))) return next();
    res.set('Vary', VARY);
    nothingHere(res);
  };
}

/** ActivityPub to programs, the page to people: one address, two audiences. */
function answer(deps: RouterDeps, req: ExpressRequest, res: ExpressResponse, served: Served): void {
  res.set('Vary', VARY);
  const limited = deps.access.authorizedFetch || (served.status === 200 && served.limited === true);
  if (served.status === 404) {
    nothingHere(res);
  } else if ('page' in served && !wantsActivity(req)) {
    res.redirect(303, served.page);
  } else if (served.status === 503) {
    res.set({ 'Retry-After': SOON_SECONDS, 'Cache-Control': 'no-store' }).status(503);
    res.json({ error: 'This is being made ready for other servers. Try again in a minute.' });
  } else {
    res
      .status(served.status)
      .set('Cache-Control', limited ? FOR_ONE : PUBLIC_CACHE)
      .type(ACTIVITY_JSON);
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

/** The page of a starter pack leads programs to its collection. */
function redirectToPack(deps: RouterDeps): RequestHandler {
  return (req, res, next) => {
    const id = parseId<'pack'>(String(req.params.id));
    if (id === null || !wantsActivity(req)) return next();
    res.set('Vary', 'Accept').redirect(302, deps.urls.pack(id));
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

/** An account that was deleted here leaves a Tombstone, so that servers that ask again believe it. */
function goneActor(deps: RouterDeps): RequestHandler {
  return async (req, res, next) => {
    const id = parseId<'account'>(String(req.params.id));
    const gone = id === null ? null : await deps.accounts.deletionOf(id);
    if (!gone) return next();
    answer(deps, req, res, tombstoneAt(gone.actorUri, gone.deletedAt));
  };
}

/** The actors of channels and of people, which have members that Fedify would not write. */
function namedActor(deps: RouterDeps): RequestHandler {
  return async (req, res, next) => {
    const id = String(req.params.id);
    const served = (await serveChannel(deps, id)) ?? (await servePerson(deps, id));
    if (served?.status !== 200) return next();
    const kept = deps.access.authorizedFetch ? FOR_ONE : PUBLIC_CACHE;
    res.set({ Vary: VARY, 'Cache-Control': kept }).type(ACTIVITY_JSON);
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
    if (req.path.startsWith('/ap/')) {
      res.set('Vary', VARY);
      if (deps.access.authorizedFetch) res.set('Cache-Control', FOR_ONE);
    }
    res.send(Buffer.from(await response.arrayBuffer()));
  };
}
