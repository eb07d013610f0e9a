import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vireo } from '../../../src/cli/program.ts';
import type { VideoId } from '../../../src/lib/ids.ts';
import { addStoredVideo } from '../backup-rig.ts';
import { createVideoFactory } from '../factories.ts';
import { type MailServer, startMailServer } from '../mail-server.ts';
import { type Peer, type PeerActor, startPeer } from '../peer.ts';
import { createPeople, type People } from '../people.ts';
import { HONEST } from '../remote-http.ts';
import { startTestServer, type TestServer } from '../server.ts';

/** What a command printed with `--json`, and how it ended. */
export interface Said {
  readonly code: number;
  /** All of stdout. */
  readonly out: string;
  readonly ok: boolean;
  readonly message: string;
  /** The word of a refusal. */
  readonly reason?: string;
  readonly rows: Record<string, unknown>[];
  /** The words behind its name. */
  readonly words: readonly string[];
}

/** A server whose command line is tried, another server beside it, and what makes things for commands to be about. */
export interface World {
  readonly server: TestServer;
  readonly people: People;
  readonly peer: Peer;
  readonly carol: PeerActor;
  /** Variables with which another process runs beside the server. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `vireo --json` with these words. */
  cli(...words: readonly string[]): Promise<Said>;
  /** A path for a file, in a folder that goes. */
  path(name: string): string;
  file(name: string, text: string): Promise<string>;
  /** A name that nobody had. */
  name(): string;
  /** Somebody new here. */
  somebody(as?: { pending?: boolean; email?: string }): Promise<string>;
  video(): Promise<VideoId>;
  remoteVideo(): Promise<VideoId>;
  storedVideo(): Promise<VideoId>;
  /** A dead letter to the peer; its id. */
  deadLetter(): Promise<string>;
  /** A job that failed for good; its id. */
  deadJob(): Promise<string>;
  close(): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), 'vireo-cli-'));
  const path = (name: string) => join(directory, name);
  const peer = await startPeer(HONEST);
  const mail: MailServer = await startMailServer();
  const variables = {
    ...{ REMOTE_VIDEO: 'off', BACKUP_DIR: path('backups'), VIREO_ENV: 'test', BACKUPS: 'off' },
    ...mail.variables,
  };
  const server = await startTestServer({ variables });
  const people = createPeople(server);
  const carol = await peer.actor('carol');
  const { context, dataDir } = server;
  const { PATH = '' } = process.env;
  const env: Record<string, string> = {
    PATH,
    ...variables,
    ...{ ORIGIN: context.config.origin, DATA_DIR: dataDir, LOG_LEVEL: 'silent', RANKING: 'off' },
    ...{ DATABASE_URL: context.databaseUrl, REDIS_URL: context.redisUrl },
    ...{ REDIS_PREFIX: context.config.redisPrefix, ALLOWED_PRIVATE_ADDRESSES: '127.0.0.1,127.0.0.2' },
    ...{ HOST: context.config.listen.host, PORT: String(context.config.listen.port) },
  };
  let serial = 0;
  const name = () => {
    serial += 1;
    return `body${serial}`;
  };
  const somebody = async (as: { pending?: boolean; email?: string } = {}) =>
    (await people.local(name(), as)).username;
  const factory = createVideoFactory(context);
  const author = await people.local('author');
  await people.local('boss', { role: 'owner' });
  return {
    ...{ server, people, peer, carol, env, path, name, somebody },
    async cli(...words) {
      const out: string[] = [];
      const code = await vireo(['--json', ...words], {
        env,
        stdout: { write: (text: string) => out.push(text) > 0 },
        stderr: { write: () => true },
      });
      const text = out.join('');
      return { code, out: text, words, ...(text.startsWith('{') ? JSON.parse(text) : {}) };
    },
    async file(file, text) {
      await writeFile(path(file), text);
      return path(file);
    },
    video: () => factory.video(author),
    remoteVideo: async () => factory.video(await people.remote(name(), 'far.test')),
    storedVideo: async () => (await addStoredVideo(context, author, 50)).id,
    async deadLetter() {
      const { db, ids } = context;
      const id = ids.next();
      const [activity] = await db('activities')
        .insert({
          ...{ id, uri: `https://video.example/activities/${id}`, account_id: author.id },
          ...{ type: 'Create', object_uri: '', body: '{}', digest: '' },
        })
        .returning(['id as activity_id', 'position', 'account_id']);
      const end = {
        state: 'dead',
        attempts: 9,
        last_status: 503,
        last_error: 'No.',
        finished_at: new Date(),
      };
      const [row] = await db('deliveries')
        .insert({ ...activity, inbox_uri: peer.url('/inbox'), host: peer.host, ...end })
        .returning('id');
      return row.id;
    },
    async deadJob() {
      const id = context.ids.next();
      const job = { id, name: 'media.purge', queue: 'default', payload: JSON.stringify({ videoId: '1' }) };
      const end = { state: 'dead', attempts: 20, last_error: 'It broke.', died_at: new Date() };
      await context.db('jobs').insert({ ...job, ...end });
      return id;
    },
    async close() {
      await server.close();
      await Promise.all([peer.close(), mail.close(), rm(directory, { recursive: true, force: true })]);
    },
  };
}
