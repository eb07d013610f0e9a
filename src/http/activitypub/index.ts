import type { IRouter, RequestHandler } from 'express';
import type { HttpDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { ownCollection, postToOutbox, proxyDocument } from './outbox.ts';
import { getUpload, uploadMedia } from './uploads.ts';

type Method = 'get' | 'post';

/**
 * ActivityPub for clients, mounted beside the ActivityPub side, which answers other servers below the same addresses
 * and is asked next where nothing here fits: it serves the outbox that is read.
 */
export function mountActivityPub(app: IRouter, deps: HttpDeps): void {
  const mount = (
    path: string,
    handlers: Partial<Record<Method, RequestHandler>>,
    others: readonly Method[] = [],
  ) => {
    for (const method of ['get', 'post'] as const) {
      const handler = handlers[method];
      if (handler) app[method](path, handler);
    }
    app.all(path, only([...(Object.keys(handlers) as Method[]), ...others]));
  };
  mount('/ap/users/:id/outbox', { post: postToOutbox(deps) }, ['get']);
  // What other servers post to an inbox never comes this far.
  mount('/ap/users/:id/inbox', { get: ownCollection(deps, 'inbox') });
  mount('/ap/users/:id/liked', { get: ownCollection(deps, 'liked') });
  mount('/ap/uploads', { post: uploadMedia(deps) });
  mount('/ap/uploads/:id', { get: getUpload(deps) });
  mount('/ap/proxy', { post: proxyDocument(deps) });
}

/** Refuses every method but these, which go on to whoever answers them. */
function only(methods: readonly Method[]): RequestHandler {
  const allowed = methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
  return (req, _res, next) => {
    if (allowed.includes(req.method)) return next();
    const headers = { Allow: allowed.join(', ') };
    throw new ApiError('method-not-allowed', `Only ${headers.Allow} can be used here.`, { headers });
  };
}
