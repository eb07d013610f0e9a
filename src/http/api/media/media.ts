import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { videoLimits } from '../../../../config/limits.ts';
import { mediaLimits } from '../../../../config/media-limits.ts';
import { readHead, sniffVideo } from '../../../../media/sniff.ts';
import { randomHex } from '../../../lib/crypto.ts';
import type { VideoId } from '../../../lib/ids.ts';
import type { Viewer } from '../../../modules/auth/index.ts';
import type { Video } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import type { ReceivedFile } from '../../form.ts';
import { route } from '../../route.ts';
import { beginUpload } from '../../upload-begin.ts';
import { focus, text } from '../inputs.ts';
import { emptyEntity, videoParams } from '../schemas.ts';
import { isPlayable, mediaEntityOf } from './entities.ts';
import { mediaEntity } from './schemas.ts';

/**
 * Videos as clients of the Mastodon API send them: first the file, then the post that names it. Until then its
 * author alone sees it, and after a day it is dropped.
 */

export const UPLOADS = { name: 'media', points: 30, seconds: 1_800 };
/** The admin's limit on videos is what counts; this is only what a form may bring at all. */
const MOST_BYTES = 16 * 1024 ** 3;

const thumbnail = { types: ['image/*'], maxBytes: mediaLimits.maxPosterBytes };
const fields = z.object({
  description: text(videoLimits.maxAltTextCharacters).optional().describe('Text in place of the video'),
  focus: focus.optional(),
});
type Fields = z.output<typeof fields>;

interface Sent {
  readonly file?: ReceivedFile;
  readonly thumbnail?: ReceivedFile;
}

/** Stores a video that came with a form, as an upload that is complete; its post is written later. */
export async function takeMedia(deps: HttpDeps, viewer: Viewer, files: Sent, body: Fields): Promise<Video> {
  const { file } = files;
  if (!file) throw new ApiError('validation-failed', 'file: Send a video in this field.');
  // Longer ones are not read into a sniffer that would say something else of them.
  const sniffed = file.bytes > 0 ? sniffVideo(await readHead(file.path)) : null;
  if (sniffed && !sniffed.ok) throw new ApiError('not-a-video', sniffed.detail);
  const id = randomHex(16);
  // The file lies in its place before a row asks for it: whoever comes after a crash in between finds all of it.
  await deps.uploadFiles.take(id, file.path);
  const metadata = {
    filename: file.filename.slice(0, videoLimits.maxFilenameCharacters),
    alt_text: body.description,
  };
  const upload = { id, bytes: file.bytes, metadata, awaitsPost: true };
  const videoId = await beginUpload(deps, viewer, upload).catch(async (error) => {
    await deps.uploadFiles.removeFiles(id);
    throw error;
  });
  await deps.uploadFiles.finish(id);
  await describe(deps, viewer, videoId, { ...body, description: undefined, thumbnail: files.thumbnail });
  return ownDraft(deps, videoId, viewer);
}

async function describe(
  deps: HttpDeps,
  { account }: Viewer,
  videoId: VideoId,
  about: Fields & { readonly thumbnail: ReceivedFile | undefined },
): Promise<void> {
  const edit = { videoId, accountId: account.id };
  const outcome = await deps.inTx((tx) => deps.videos.describeMedia(tx, { ...edit, ...about }));
  if (!outcome.ok) throw refused(outcome);
  if (!about.thumbnail) return;
  const file = await readFile(about.thumbnail.path);
  const chosen = await deps.inTx((tx) => deps.videos.setPosterImage(tx, { ...edit, file }));
  if (!chosen.ok) throw refused(chosen);
}

/** One's own video that waits for its post. */
export async function ownDraft(deps: HttpDeps, id: VideoId, viewer: Viewer): Promise<Video> {
  const video = await deps.videos.ofAuthor(id, viewer.account.id);
  if (!video?.awaitsPost)
    throw new ApiError('not-found', 'There is no such media, or it was posted already.');
  return video;
}

/** What a form brings: the video, and a picture for its poster. */
export const fileParts = {
  file: { types: ['video/*', 'image/*', 'audio/*', 'application/octet-stream'], maxBytes: MOST_BYTES },
  thumbnail,
};

const upload = (path: string, summary: string) =>
  route({
    method: 'post',
    path,
    summary,
    audience: 'signed-in',
    scope: 'write:media',
    limit: UPLOADS,
    body: fields,
    fileParts,
    output: mediaEntity,
    handler: async ({ deps, body, files, viewer, res }) => {
      const video = await takeMedia(deps, viewer, files, body);
      res.status(isPlayable(video) ? 200 : 202);
      return mediaEntityOf(deps, video);
    },
  });

export const postMedia = upload(
  '/api/v2/media',
  'Upload a video for a post that follows. 202: it is being made; ask for it until it is.',
);
export const postMediaV1 = upload('/api/v1/media', 'As POST /api/v2/media, for clients of older releases.');

export const getMedia = route({
  method: 'get',
  path: '/api/v1/media/:id',
  summary: 'A video of yours that waits for its post. 206: it is still being made; 422: it was refused.',
  audience: 'signed-in',
  scope: 'write:media',
  limit: { name: 'processing', points: 1_200, seconds: 60 },
  params: videoParams,
  output: mediaEntity,
  handler: async ({ deps, params, viewer, res }) => {
    const video = await ownDraft(deps, params.id, viewer);
    if (video.state === 'rejected') {
      throw new ApiError('media-refused', video.media.detail ?? 'This file was refused.');
    }
    res.status(isPlayable(video) ? 200 : 206);
    return mediaEntityOf(deps, video);
  },
});

export const putMedia = route({
  method: 'put',
  path: '/api/v1/media/:id',
  summary: 'Describe a video of yours that waits for its post, or give it a poster.',
  audience: 'signed-in',
  scope: 'write:media',
  limit: { name: 'media-edit', points: 60, seconds: 300 },
  params: videoParams,
  body: fields,
  fileParts: { thumbnail },
  output: mediaEntity,
  handler: async ({ deps, params, body, files, viewer }) => {
    await ownDraft(deps, params.id, viewer);
    await describe(deps, viewer, params.id, { ...body, thumbnail: files.thumbnail });
    return mediaEntityOf(deps, await ownDraft(deps, params.id, viewer));
  },
});

export const deleteMedia = route({
  method: 'delete',
  path: '/api/v1/media/:id',
  summary: 'Take back a video that waits for its post.',
  audience: 'signed-in',
  scope: 'write:media',
  params: videoParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const edit = { videoId: params.id, accountId: viewer.account.id };
    const outcome = await deps.inTx((tx) => deps.videos.dropDraft(tx, edit));
    if (!outcome.ok) throw refused(outcome);
    deps.mediaAccess.forget(params.id);
    return {};
  },
});
