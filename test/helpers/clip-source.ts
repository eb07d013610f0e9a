import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect } from 'vitest';
import { SONG_RATE, song } from '../../bench/sounds/songs.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { eventually, hurryPurges, workLeft } from './chaos.ts';
import { ffmpegRaw } from './media-samples.ts';
import type { Person } from './people.ts';
import { receivePost } from './remote-posts.ts';
import type { TestServer } from './server.ts';
import { begunOf, metadata } from './upload-rig.ts';

export type ClipFolder = Awaited<ReturnType<typeof openClipFolder>>;
export type ClipSource = Awaited<ReturnType<typeof openClipSource>>;

/** A folder of clips, uploaded here or posted by a server at `host`. */
export async function openClipFolder(server: TestServer, host: string) {
  const folder = join(server.dataDir, 'clips');
  await mkdir(folder);
  const origin = createServer(async (request, response) => {
    const name = new URL(request.url ?? '', 'http://x').pathname;
    const bytes = await readFile(join(folder, name)).catch(() => null);
    if (bytes === null) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'video/mp4' }).end(bytes);
  });
  await new Promise<void>((resolve) => origin.listen(0, host, resolve));
  const address = origin.address();
  const base = `http://${host}:${typeof address === 'object' ? address?.port : 0}`;
  let posts = 0;

  /** Waits until nothing more is made of anything. */
  const quiet = () =>
    eventually(
      'all is done',
      async () => {
        const { db } = server.context;
        await hurryPurges(db);
        return (await workLeft(db)) === 0;
      },
      90_000,
    );

  return {
    ...{ folder, quiet },

    /** Uploads a clip as somebody, and waits until nothing more is made of it. */
    async uploaded(person: Person, name: string): Promise<VideoId> {
      const file = await readFile(join(folder, name));
      const auth = { Authorization: `Bearer ${person.token}`, 'Tus-Resumable': '1.0.0' };
      const begun = begunOf(
        await fetch(`${server.origin}/api/v1/uploads`, {
          method: 'POST',
          headers: { ...auth, 'Upload-Length': String(file.length), ...metadata({ filename: name }) },
        }),
      );
      const sent = await fetch(new URL(begun.url, server.origin), {
        method: 'PATCH',
        headers: { ...auth, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' },
        body: new Uint8Array(file),
      });
      expect(sent.status).toBe(204);
      await quiet();
      return begun.videoId as VideoId;
    },

    /** Takes a post of another server with a clip, and copies that. */
    async copied(name: string): Promise<VideoId> {
      posts += 1;
      const post = { origin: base, author: `u${posts}`, number: posts, sourceUrl: `${base}/${name}` };
      const id = await receivePost(server.context, post);
      await server.context.inTx((tx) => server.context.videos.opened(tx, id));
      await quiet();
      return id;
    },

    close() {
      origin.closeAllConnections();
      origin.close();
    },
  };
}

/** The same, for clips with songs that a program makes. */
export async function openClipSource(server: TestServer, host: string) {
  const clips = await openClipFolder(server, host);
  const { folder } = clips;
  return {
    ...clips,

    /** A clip of ten seconds with the song of this number; `how` tells ffmpeg how its sound is encoded. */
    async clip(name: string, seed: number, how: readonly string[] = []): Promise<string> {
      const samples = song(seed, 10);
      const raw = join(folder, `${name}.raw`);
      await writeFile(raw, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
      await ffmpegRaw(
        ...['-f', 'lavfi', '-i', `testsrc2=size=180x320:rate=10:duration=10,hue=h=${seed * 40}`],
        ...['-f', 's16le', '-ar', String(SONG_RATE), '-ac', '1', '-i', raw, '-pix_fmt', 'yuv420p'],
        ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', ...how, join(folder, name)],
      );
      return name;
    },
  };
}
