import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';
import type { IRouter, NextFunction, Request, Response } from 'express';
import { videoLimits } from '../../config/limits.ts';
import { allows, type Viewer } from '../modules/auth/index.ts';
import type { Place } from '../modules/sounds/index.ts';
import type { HttpDeps } from './deps.ts';
import { ApiError, errorBody, refused } from './errors.ts';
import { placeOf } from './place.ts';
import { refuseFrozen, viewerOfRequest } from './session.ts';
import { beginUpload } from './upload-begin.ts';
import { endExpired } from './upload-direct.ts';

const PATH = '/api/v1/uploads';
/** Ids are ours: 128 random bits in hex, safe as file names. */
const UPLOAD_ID = /^[0-9a-f]{32}$/;
const UPLOADS = { name: 'upload', points: 60, seconds: 3_600 };
const CHUNKS = { name: 'upload-chunk', points: 1_200, seconds: 60 };

export type Uploads = ReturnType<typeof createUploads>;

/**
 * Resumable uploads by the tus 1.0 protocol, to a folder of this machine; a finished file moves into the
 * object store before the last chunk is acknowledged. Each upload belongs to the account that began it.
 */
export function createUploads(deps: HttpDeps) {
  const { directory, finish, removeFiles, removeOldFiles } = deps.uploadFiles;
  const senders = new WeakMap<IncomingMessage, { readonly viewer: Viewer; readonly place: Place }>();
  const tus = new TusServer({
    path: PATH,
    datastore: new FileStore({ directory }),
    relativeLocation: true,
    allowedOrigins: [deps.config.origin],
    exposedHeaders: ['Vireo-Video-Id'],
    namingFunction: () => randomBytes(16).toString('hex'),
    onUploadCreate: async (req, upload) => {
      const node = nodeOf(req);
      const sender = senders.get(node.req);
      if (!sender) throw new Error('An upload reached the tus server without a viewer.');
      const videoId = await beginUpload(deps, sender.viewer, {
        ...{ id: upload.id, bytes: upload.size, metadata: upload.metadata, place: sender.place },
      });
      node.res.setHeader('Vireo-Video-Id', videoId);
      return {};
    },
    onUploadFinish: async (_req, upload) => {
      await finish(upload.id);
      return {};
    },
    onResponseError: (_req, error) => toTusError(deps, error),
  });

  async function handle(req: Request, res: Response, next: NextFunction): Promise<void> {
    // That is where uploads begin which go past this server.
    if (req.params.id === 'direct') {
      next();
      return;
    }
    if (req.method !== 'OPTIONS') {
      const viewer = await viewerOfRequest(deps, req);
      if (!viewer) throw new ApiError('not-signed-in');
      refuseFrozen(viewer);
      if (!allows(viewer.scopes, 'write:media'))
        throw new ApiError('scope-missing', 'It needs the scope write:media.');
      senders.set(req, { viewer, place: placeOf(req, deps.config.regions) });
      const { id } = req.params;
      if (req.method === 'PATCH') await mustHaveRoom();
      if (id === undefined) await deps.limits.take(UPLOADS, viewer.account.id);
      else await authorize(String(id), viewer, req.method);
    }
    await tus.handle(req, res);
  }

  /** What was begun while there was room waits with the rest until there is some again. */
  async function mustHaveRoom(): Promise<void> {
    const room = await deps.room.check(0);
    if (!room.ok) throw refused(room);
  }

  async function authorize(id: string, viewer: Viewer, method: string): Promise<void> {
    await deps.limits.take(CHUNKS, viewer.account.id);
    if (!UPLOAD_ID.test(id)) throw new ApiError('not-found');
    const upload = await deps.videos.upload(id);
    if (upload?.accountId !== viewer.account.id) throw new ApiError('not-found', 'There is no such upload.');
    if (method === 'DELETE') await deps.inTx((tx) => deps.videos.cancelUpload(tx, id));
  }

  return {
    async mount(router: IRouter): Promise<void> {
      await mkdir(directory, { recursive: true });
      router.all([PATH, `${PATH}/:id`], handle);
    },

    /**
     * Finishes uploads whose last step was cut off, and drops those that were abandoned. Only files of
     * this machine are touched, so that several web processes do not drop each other's.
     */
    async sweep(): Promise<void> {
      const now = deps.clock.now();
      for (const id of await deps.videos.uploadsBefore(new Date(now - SWEEP_AFTER_MS), 500)) {
        // One that cannot be finished must not hold back the others.
        const finished = await finish(id).catch((error) => {
          deps.log.error({ err: error, uploadId: id }, 'an interrupted upload could not be completed');
        });
        if (finished) deps.log.info({ uploadId: id }, 'an interrupted upload was completed');
      }
      const expired = new Date(now - videoLimits.uploadLifetimeMs);
      for (const id of await deps.videos.uploadsBefore(expired, 500)) {
        await endExpired(deps, id);
        await removeFiles(id);
      }
      await removeOldFiles(expired);
    },
  };
}

/** Young uploads are left to the request that is sending them. */
const SWEEP_AFTER_MS = 5_000;

/** The tus server with the API's error shape in place of its plain texts. */
class TusServer extends Server {
  override write(...[context, headers, status, body = '']: Parameters<Server['write']>) {
    if (status < 400) return super.write(context, headers, status, body);
    headers.set('Content-Type', 'application/json; charset=utf-8');
    const isOurs = body.startsWith('{');
    const shaped = errorBody(status, 'upload-refused', body.trim());
    return super.write(context, headers, status, isOurs ? body : JSON.stringify(shaped));
  }
}

function toTusError(deps: HttpDeps, error: unknown): { status_code: number; body: string } | undefined {
  if (error instanceof ApiError) return { status_code: error.status, body: JSON.stringify(error.body) };
  if (error instanceof Error) {
    deps.log.error({ err: error }, 'an upload request failed');
    const sentence = 'The server could not take this part. Nothing was lost; try again.';
    const body = errorBody(503, 'unavailable', sentence);
    return { status_code: 503, body: JSON.stringify(body) };
  }
  return undefined;
}

/** The Node request and response behind the web request that tus hands to its hooks. */
function nodeOf(req: { runtime?: { node?: unknown } | undefined }): {
  req: IncomingMessage;
  res: ServerResponse;
} {
  return req.runtime?.node as { req: IncomingMessage; res: ServerResponse };
}
