import diagnostics from 'node:diagnostics_channel';
import { cp, mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { readConfig } from '../../config/config.ts';
import type { Asset } from '../../media/asset.ts';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { createPipeline } from '../../media/pipeline.ts';
import type { Made } from '../../media/pipeline-jobs.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createTurns } from '../../media/turns.ts';
import { createContext } from '../../src/context.ts';
import { createLogger } from '../../src/lib/log.ts';
import { startWeb } from '../../src/server.ts';
import { servePart } from '../federation/part.ts';
import { signUp } from '../sign-up.ts';

/** A web process of Vireo as `src/main.ts` runs it, with clips made by the real pipeline, that tells what it sent of each. */
const read = readConfig(process.env);
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const { config } = read;
const created = await createContext(config);
if (!created.ok) throw new Error(created.detail);
const { context } = created;
let web: Awaited<ReturnType<typeof startWeb>> | null = null;

/** Bytes that left this process, by the id of the clip: pictures of it are told apart from its video. */
const sent = new Map<string, number>();
diagnostics.subscribe('http.server.request.start', (message) => {
  const { request, response, socket } = message as {
    request: IncomingMessage;
    response: ServerResponse;
    socket: Socket;
  };
  const [, id] = /^\/media\/(\d+)\/[^?]+\.(?:mp4|json|m3u8|mpd)(?:\?|$)/.exec(request.url ?? '') ?? [];
  if (id === undefined) return;
  const before = socket.bytesWritten;
  response.once('close', () => sent.set(id, (sent.get(id) ?? 0) + socket.bytesWritten - before));
});

/** What the clips are made of. */
export interface Clips {
  readonly sources: readonly string[];
  /** Of each source. */
  readonly copies: number;
}

/** Makes each source into a clip, and as many copies of it with ids and files of their own. The newest first. */
async function seed({ sources, copies }: Clips): Promise<{ id: string; hls: string }[]> {
  const [author] = await signUp(context, 1);
  if (!author) throw new Error('Nobody to post clips.');
  const root = join(config.dataDir, 'media');
  const log = createLogger('warn');
  const ffmpeg = createFfmpeg({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log });
  await ffmpeg.describe();
  const storage = createFileStorage({ root });
  const pipeline = createPipeline({ ffmpeg, storage, encoders: createTurns(1), log });
  const all: { id: string; hls: string }[] = [];
  const made: { id: string; video: Made }[] = [];
  for (const sourcePath of sources) {
    const id = context.ids.next<'video'>();
    const workDir = join(config.dataDir, 'work', id);
    const limits = { maxDurationSeconds: 180, maxBytes: 1024 ** 3 };
    const video = await pipeline.processVideo({ videoId: id, sourcePath, workDir, limits });
    if (!video.ok) throw new Error(video.detail);
    made.push({ id, video });
  }
  for (let copy = 0; copy < copies; copy += 1) {
    for (const { id: original, video } of made) {
      const id = copy === 0 ? original : context.ids.next<'video'>();
      const keyOf = ({ key }: Asset) => key.replace(original, id);
      for (const asset of copy === 0 ? [] : video.assets) {
        const to = join(root, keyOf(asset));
        await mkdir(dirname(to), { recursive: true });
        await cp(join(root, asset.key), to);
      }
      await record(author.id, id, video, keyOf);
      const master = video.assets.find(({ role }) => role === 'hls-master');
      all.unshift({ id, hls: master ? `/${keyOf(master)}` : '' });
    }
  }
  return all;
}

async function record(
  authorId: string,
  id: string,
  { facts, assets, hashes }: Made,
  keyOf: (asset: Asset) => string,
): Promise<void> {
  const uri = `${config.origin}/bench/${id}`;
  await context.db('videos').insert({
    ...{ id, account_id: authorId, local: true, uri, url: uri, state: 'published', visibility: 'public' },
    ...{ media_state: 'ready', caption: `Clip ${id}`, caption_html: `<p>Clip ${id}</p>`, language: 'en' },
    ...{ width: facts.width, height: facts.height, duration_seconds: facts.durationSeconds },
    ...{ blurhash: hashes?.blurhash ?? null, published_at: new Date() },
  });
  await context.db('video_assets').insert(
    assets.map((asset) => ({
      ...{ key: keyOf(asset), video_id: id, role: asset.role, rung: asset.rung ?? null },
      ...{ content_type: asset.contentType, bytes: asset.size, sha256: asset.sha256 },
      ...{ width: asset.width ?? null, height: asset.height ?? null, bandwidth: asset.bandwidth ?? null },
      ...{ codecs: asset.codecs ?? null, frame_rate: asset.frameRate ?? null },
    })),
  );
}

servePart(
  {
    seed,
    listen: async () => {
      web = await startWeb(context);
    },
    /** Leaves a clip out of the feeds, and puts it back. */
    hide: (id: string) => context.db('videos').where({ id }).update({ visibility: 'unlisted' }),
    show: (id: string) => context.db('videos').where({ id }).update({ visibility: 'public' }),
    /** Bytes by clip since this was asked last. */
    sent: () => {
      const all = Object.fromEntries(sent);
      sent.clear();
      return all;
    },
  },
  async () => {
    await web?.stop();
    await context.close();
  },
);
