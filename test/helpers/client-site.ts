import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VideoId } from '../../src/lib/ids.ts';
import { signIn } from '../../src/setup/demo/client.ts';
import { eventually } from './chaos.ts';
import { clip, corpusFile } from './media-samples.ts';
import { createOAuthClient } from './oauth.ts';
import { clientOf, createPeople, PASSWORD, type Person } from './people.ts';
import { startTestServer, type TestServer } from './server.ts';

/** A server with people whose apps are under test, and another one where Carol is. */
export interface ClientSite {
  readonly here: TestServer;
  readonly there: TestServer;
  /** A recording, of the corpus where that is there. */
  readonly clip: string;
  /** The code that an app gets once this person has allowed in the browser what it asked for. */
  authorize(username: string, asked: Record<string, string>): Promise<string>;
  /** Waits until nothing of a video is in the making any more. */
  settled(videoId: string): Promise<void>;
  /** Carol posts for everybody. */
  postAsCarol(caption: string): Promise<{ readonly uri: string }>;
  close(): Promise<void>;
}

export async function openClientSite(): Promise<ClientSite> {
  const directory = await mkdtemp(join(tmpdir(), 'vireo-clients-'));
  const here = await startTestServer({ role: 'all', host: '127.0.0.2' });
  const there = await startTestServer({ role: 'all', host: '127.0.0.3' });
  const people = createPeople(here);
  const known = new Map<string, Person>();
  for (const name of ['alice', 'bob']) known.set(name, await people.signedIn(name));
  await createPeople(there).local('carol');
  const recording =
    corpusFile('ax_sample_15fps_720p_1s.mp4') ?? (await clip(directory, 'clip.mp4', { seconds: 2 }));
  const oauth = createOAuthClient(here, clientOf(here.origin));
  return {
    here,
    there,
    clip: recording,

    async authorize(username, asked) {
      const person = known.get(username);
      if (!person) throw new Error(`Nobody is called ${username}.`);
      const cookie = await people.tokenOf(person.account, 'cookie');
      return oauth.code({ response_type: 'code', ...asked }, cookie);
    },

    settled: (videoId) =>
      eventually('all of it is made', async () => {
        const video = await here.context.videos.internal(videoId as VideoId);
        return video?.media.state === 'ready' && (await here.context.db('events')).length === 0;
      }).then(() => undefined),

    async postAsCarol(caption) {
      const client = await signIn(there.origin, 'carol', PASSWORD);
      const id = await client.upload(recording, { filename: 'clip.mp4', caption });
      return { uri: there.context.urls.video(id as VideoId) };
    },

    async close() {
      await Promise.all([here.close(), there.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
