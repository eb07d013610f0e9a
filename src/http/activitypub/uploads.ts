import type { RequestHandler } from 'express';
import { z } from 'zod';
import { apiLimits } from '../../../config/limits.ts';
import { parseId } from '../../lib/ids.ts';
import type { Video } from '../../modules/videos/index.ts';
import { isPlayable } from '../api/media/entities.ts';
import { fileParts, ownDraft, takeMedia, UPLOADS } from '../api/media/media.ts';
import { withBody } from '../body.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError, refused } from '../errors.ts';
import { ACTIVITY_JSON, demandScope, signedIn } from './signed-in.ts';

const READS = { name: 'processing', points: 1_200, seconds: 60 };

const fields = z.object({ object: z.string().max(apiLimits.maxJsonBytes).optional() });

/**
 * `uploadMedia` (the W3C community's extension of ActivityPub): a video in `file` and, where the client has one, its
 * shell in `object`. What comes of it waits for the post that names it, as with `POST /api/v2/media`: 201 where it
 * can be played already, 202 while it is being made.
 */
export function uploadMedia(deps: HttpDeps): RequestHandler {
  return async (req, res) => {
    const viewer = await signedIn(deps, { req, res, limit: UPLOADS });
    demandScope(viewer, 'write:media');
    const { dataDir, video } = deps.config;
    const route = { body: fields, fileParts: { file: fileParts.file } };
    const incoming = { route, req, res, dataDir, maxFileBytes: video.maxUploadBytes };
    await withBody(incoming, async ({ files, body }) => {
      const parsed = fields.safeParse(body);
      if (!parsed.success) throw new ApiError('validation-failed', 'object: This is one text, of JSON.');
      const described = deps.client.describe(parsed.data.object ?? '{}');
      if (!described.ok) throw refused(described);
      const { description } = described;
      const draft = await takeMedia(deps, viewer, files, description === undefined ? {} : { description });
      const document = documentOf(deps, draft);
      res
        .status(isPlayable(draft) ? 201 : 202)
        .set('Location', document.id)
        .type(ACTIVITY_JSON)
        .send(JSON.stringify(document));
    });
  };
}

/** What was uploaded and not posted yet, to its author. 202 while it is being made. */
export function getUpload(deps: HttpDeps): RequestHandler {
  return async (req, res) => {
    const viewer = await signedIn(deps, { req, res, limit: READS });
    demandScope(viewer, 'write:media');
    const id = parseId<'video'>(String(req.params.id));
    if (id === null) throw new ApiError('not-found');
    const draft = await ownDraft(deps, id, viewer);
    if (draft.state === 'rejected') {
      throw new ApiError('media-refused', draft.media.detail ?? 'This file was refused.');
    }
    res
      .status(isPlayable(draft) ? 200 : 202)
      .type(ACTIVITY_JSON)
      .send(JSON.stringify(documentOf(deps, draft)));
  };
}

function documentOf({ urls, videos }: HttpDeps, draft: Video) {
  const named = (wanted: string) => draft.assets.find(({ role }) => role === wanted);
  // What browsers play as it is can be watched before the rest is made.
  const mp4 = named('mp4') ?? named('copy');
  return {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: urls.upload(draft.id),
    type: 'Document',
    mediaType: 'video/mp4',
    ...(mp4 ? { url: videos.objectUrl(mp4.key, draft) } : {}),
    ...(draft.altText ? { name: draft.altText } : {}),
  };
}
