import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { apiLimits } from '../../../config/limits.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { Viewer } from '../../modules/auth/index.ts';
import { applicationOf, idempotencyKeyOf } from '../api/statuses/post-status.ts';
import { forgetMediaOf } from '../api/statuses/statuses.ts';
import { withBody } from '../body.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError, refused } from '../errors.ts';
import { mentionsIn, REMOTE_LOOKUPS } from '../mentions.ts';
import { queryOf } from '../query.ts';
import { ACTIVITY_JSON, demandOwn, demandScope, signedIn } from './signed-in.ts';

const WRITES = { name: 'ap-outbox', points: 120, seconds: 60 };
const READS = { name: 'ap-read', points: 600, seconds: 60 };
const PROXIED = { name: 'ap-proxy', points: 60, seconds: 60 };

const proxyFields = z.object({ id: z.string().min(1).max(1_024) });

const ACTIVITY = {
  types: ['application/activity+json', 'application/ld+json', 'application/json'],
  maxBytes: apiLimits.maxJsonBytes,
};

/** A person posts an activity to the own outbox (ActivityPub 6). */
export function postToOutbox(deps: HttpDeps): RequestHandler {
  return async (req, res) => {
    const viewer = await signedIn(deps, { req, res, limit: WRITES });
    await demandOwn(deps, req, viewer);
    const incoming = { route: { file: ACTIVITY }, req, res, dataDir: deps.config.dataDir };
    await withBody(incoming, async ({ file }) => {
      if (!file) {
        const hasBody =
          req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length']) > 0;
        throw hasBody
          ? new ApiError('type-unsupported', 'Send an activity as application/activity+json.')
          : new ApiError('body-invalid', 'There is no activity in the body.');
      }
      const outcome = await deps.client.submit(await callerOf(deps, viewer, req), file);
      if (!outcome.ok) throw refused(outcome);
      const { activity, posted, removed } = outcome;
      // Others than its author may fetch its objects from now on, or nobody any more.
      if (posted !== undefined) deps.mediaAccess.forget(posted);
      if (removed) forgetMediaOf(deps, removed);
      res.status(201).set('Location', String(activity.id)).type(ACTIVITY_JSON).send(JSON.stringify(activity));
    });
  };
}

async function callerOf(deps: HttpDeps, viewer: Viewer, req: Request) {
  const { account, scopes } = viewer;
  return {
    ...{ account, scopes },
    application: await applicationOf(deps, viewer, req),
    idempotencyKey: idempotencyKeyOf(req),
    mentionsIn: (text: string) => mentionsIn(deps, account.id, text),
    mayAsk: () => mayAsk(deps, account.id),
  };
}

async function mayAsk({ limits }: HttpDeps, accountId: AccountId): Promise<boolean> {
  return limits.take(REMOTE_LOOKUPS, accountId).then(
    () => true,
    () => false,
  );
}

/** A collection that its owner alone reads. */
export function ownCollection(deps: HttpDeps, name: 'inbox' | 'liked'): RequestHandler {
  return async (req, res) => {
    const viewer = await signedIn(deps, { req, res, limit: READS });
    await demandOwn(deps, req, viewer);
    demandScope(viewer, name === 'inbox' ? 'read' : 'read:favourites');
    const { page, cursor } = queryOf(req);
    const query = { page: page === 'true', cursor: typeof cursor === 'string' ? cursor : null };
    const document = await deps.client[name](viewer.account, query);
    if (!document) throw new ApiError('not-found', 'There is no such page.');
    res.type(ACTIVITY_JSON).send(JSON.stringify(document));
  };
}

/** `proxyUrl`: a document of another server, for somebody who is signed in (ActivityPub 4.1). */
export function proxyDocument(deps: HttpDeps): RequestHandler {
  return async (req, res) => {
    const viewer = await signedIn(deps, { req, res, limit: PROXIED });
    demandScope(viewer, 'read:search');
    const incoming = { route: { body: proxyFields }, req, res, dataDir: deps.config.dataDir };
    await withBody(incoming, async ({ body }) => {
      const fields = proxyFields.safeParse(body);
      if (!fields.success) throw new ApiError('validation-failed', 'id: Name the document by its address.');
      const outcome = await deps.client.fetch(viewer.account, fields.data.id);
      if (!outcome.ok) throw refused(outcome);
      res.type(ACTIVITY_JSON).send(JSON.stringify(outcome.document));
    });
  };
}
