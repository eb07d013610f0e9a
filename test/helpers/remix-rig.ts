import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { VideoId } from '../../src/lib/ids.ts';
import type { RemoteVideo } from '../../src/modules/videos/index.ts';
import { eventually } from './chaos.ts';
import type { Person } from './people.ts';
import { receivePost } from './remote-posts.ts';
import { sendFile } from './send-file.ts';
import type { TestServer } from './server.ts';

const SLOW_MS = 120_000;

/** Another server, which holds one file under every address; `requests` counts how often it was asked. */
export async function startOrigin(host: string, path: string) {
  let gone = false;
  let requests = 0;
  const server: Server = createServer((request, response) => {
    requests += 1;
    if (gone) response.writeHead(404).end();
    else sendFile(request, response, path);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://${host}:${port}`,
    host: `${host}:${port}`,
    requests: () => requests,
    /** From now on it has nothing. */
    lose: () => {
      gone = true;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

/** Uploads files to a server under test, as an app does that announces them with all that is said of them. */
export function createRemixRig({ context, origin, dataDir }: TestServer) {
  const row = (id: VideoId) => context.db('videos').where({ id }).first();
  let posts = 0;

  async function announce(person: Person, path: string, about: object) {
    const file = await readFile(path);
    const response = await fetch(`${origin}/api/v1/videos`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${person.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ bytes: file.length, ...about }),
    });
    return { status: response.status, body: await response.json(), file };
  }

  /** Sends the file of an upload that was announced. */
  async function send(person: Person, url: string, file: Buffer): Promise<void> {
    const sent = await fetch(url, {
      method: 'PATCH',
      headers: {
        ...{ Authorization: `Bearer ${person.token}`, 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0' },
        'Content-Type': 'application/offset+octet-stream',
      },
      body: new Uint8Array(file),
    });
    if (sent.status !== 204) throw new Error(await sent.text());
  }

  async function upload(person: Person, path: string, about: object = {}): Promise<VideoId> {
    const { status, body, file } = await announce(person, path, about);
    if (status !== 200) throw new Error(JSON.stringify(body));
    await send(person, body.upload_url, file);
    return body.video_id;
  }

  return {
    ...{ row, announce, send, upload },
    /** It was made, or refused. */
    settled: (id: VideoId) =>
      eventually(
        'it is made or refused',
        async () => {
          const found = await row(id);
          return ['ready', 'failed'].includes(found?.media_state) && found;
        },
        SLOW_MS,
      ),
    async uploaded(person: Person, path: string, about: object = {}): Promise<VideoId> {
      const id = await upload(person, path, about);
      const made = await this.settled(id);
      if (made.media_state !== 'ready') throw new Error(`${made.media_reason}: ${made.media_detail}`);
      return id;
    },
    /** A video of another server whose author lets everybody make remixes, or what is said in `remixes`. */
    remote: (
      at: string,
      remixes: RemoteVideo['remixes'] | null = { duet: true, stitch: true, policy: 'open', ask: false },
    ) => {
      posts += 1;
      return receivePost(context, {
        ...{ origin: at, author: 'carol', number: posts, sourceUrl: `${at}/${posts}.mp4` },
        ...(remixes ? { remixes } : {}),
      });
    },
    /** The file of a video that other servers are given. */
    async mp4(id: VideoId): Promise<string> {
      const asset = await context.db('video_assets').where({ video_id: id, role: 'mp4' }).first('key');
      return join(dataDir, 'media', asset.key);
    },
  };
}
