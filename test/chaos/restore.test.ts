import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFileStorage } from '../../media/storage/files.ts';
import { openDatabase } from '../../src/db/database.ts';
import { findRunningStack } from '../../src/embedded/index.ts';
import { createShelf } from '../../src/modules/backups/index.ts';
import { type Client, signUp, until } from '../../src/setup/demo/client.ts';
import { type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { backupCommand, hashesOf } from '../helpers/backup-rig.ts';
import { clip } from '../helpers/media-samples.ts';
import { EVIL, HONEST } from '../helpers/remote-http.ts';
import { TEST_PEERS } from '../helpers/server.ts';
import { closeSite, type Site, startSite } from '../helpers/sites.ts';
import { testPort } from '../helpers/stack.ts';

const SLOW_MS = 240_000;
const PASSWORD = 'a long password';
const PASSPHRASE = 'six words are quite enough';

/** What stands before the server under its public name, whichever machine serves it. */
let front: { server: Server; origin: string; port: number };
let directory: string;
let instance: Instance;
let other: Site;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-restore-'));
  front = await startFront();
  other = await startSite(directory, 'other', EVIL);
}, SLOW_MS);

afterAll(async () => {
  await instance?.kill();
  if (other) await closeSite(other);
  front?.server.close();
  await rm(directory, { recursive: true, force: true });
});

/** Passes connections on to wherever the server listens now. */
async function startFront(): Promise<typeof front> {
  const publicPort = await testPort(HONEST);
  const made = { server: createServer(), origin: `http://${HONEST}:${publicPort}`, port: 0 };
  made.server.on('connection', (incoming) => {
    const onward = connect(made.port, HONEST);
    for (const side of [incoming, onward]) side.on('error', () => side.destroy());
    incoming.on('close', () => onward.destroy());
    onward.on('close', () => incoming.destroy());
    incoming.pipe(onward).pipe(incoming);
  });
  await new Promise<void>((resolve) => made.server.listen(publicPort, HONEST, resolve));
  return made;
}

/** One machine: a folder, and a database, a Redis and media of its own in it. */
function machine(name: string): Record<string, string> {
  return {
    ...{ VIREO_ENV: 'test', ORIGIN: front.origin, DATA_DIR: join(directory, name), LOG_LEVEL: 'warn' },
    ...{ ALLOWED_PRIVATE_ADDRESSES: TEST_PEERS, REGISTRATIONS: 'open', MINIMUM_AGE: '0', RANKING: 'off' },
    ...{ OWNER_PASSWORD: 'owner-password', BACKUPS: 'off', BACKUP_DIR: join(directory, 'backups') },
    ...{ BACKUP_MEDIA: 'all', BACKUP_PASSPHRASE: PASSPHRASE },
  };
}

async function startOn(name: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const variables = { ...machine(name), ...more };
  const port = await testPort(HONEST);
  const dataDir = variables.DATA_DIR ?? '';
  instance = await startInstance({
    host: HONEST,
    port,
    dataDir,
    variables,
    logFile: join(directory, `${name}.log`),
  });
  front.port = port;
}

async function send(token: string, path: string, body: object = {}): Promise<Record<string, unknown> | null> {
  const answer = await fetch(new URL(path, front.origin), {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.ok ? ((await answer.json()) as Record<string, unknown>) : null;
}

/** People who talk, like and follow for as long as they may; remembers what the server said it has. */
function startLoad(people: readonly Client[], videoId: string, author: Client) {
  const comments: string[] = [];
  let stopping = false;
  const talk = async (one: Client, n: number) => {
    for (let round = 0; !stopping; round += 1) {
      const made = await send(one.token, '/api/v1/statuses', {
        ...{ status: `Round ${round} of ${n}`, in_reply_to_id: videoId },
      });
      if (made) comments.push(String(made.id));
      const like = round % 2 === 0 ? 'favourite' : 'unfavourite';
      await send(one.token, `/api/v1/statuses/${videoId}/${like}`);
      const follow = round % 2 === 0 ? 'follow' : 'unfollow';
      await send(one.token, `/api/v1/accounts/${author.account.id}/${follow}`);
    }
  };
  const running = Promise.all(people.map(talk));
  return {
    comments,
    async stop() {
      stopping = true;
      await running;
    },
  };
}

async function published(author: Client, path: string, caption: string): Promise<string> {
  const id = await author.upload(path, { filename: 'clip.mp4', caption });
  await until(
    `"${caption}" is published`,
    async () => (await author.processing(id)).state === 'published',
    SLOW_MS,
  );
  return id;
}

/** A clip on the other server, whose address people here get to know. */
async function arrives(reader: Client, caption: string): Promise<void> {
  await until(
    `"${caption}" arrives at ${reader.origin}`,
    async () => (await reader.home()).some(({ content }) => content.includes(caption)),
    SLOW_MS,
  );
}

async function publicKeyOf(client: Client): Promise<string> {
  const answer = await fetch(new URL(`/ap/users/${client.account.id}`, front.origin), {
    headers: { Accept: 'application/activity+json' },
  });
  const actor = (await answer.json()) as { publicKey: { publicKeyPem: string } };
  return actor.publicKey.publicKeyPem;
}

test('OP6 a backup made under load becomes the same server on a fresh machine', {
  timeout: 2 * SLOW_MS,
}, async () => {
  await startOn('first');
  const alice = await signUp(front.origin, 'alice', PASSWORD);
  const people = [];
  for (const name of ['dora', 'emil', 'fred']) people.push(await signUp(front.origin, name, PASSWORD));
  const bob = await signUp(other.running.origin, 'bob', PASSWORD);
  const seenByBob = await bob.find(alice.handle);
  const seenByAlice = await alice.find(bob.handle);
  await bob.follow(seenByBob?.id ?? '');
  await alice.follow(seenByAlice?.id ?? '');
  const following = async (one: Client, id: string) => (await one.relationship(id)).following;
  await until('both follow', async () =>
    (await Promise.all([following(bob, seenByBob?.id ?? ''), following(alice, seenByAlice?.id ?? '')])).every(
      Boolean,
    ),
  );
  const small = await clip(directory, 'small.mp4', { seconds: 1, size: '180x320' });
  const videoId = await published(alice, small, 'before');
  await arrives(bob, 'before');

  const load = startLoad(people, videoId, alice);
  await until('people talk', () => Promise.resolve(load.comments.length > 10));
  const uploading = published(alice, small, 'meanwhile');
  const acknowledged = [...load.comments];
  const made = await backupCommand(machine('first'), 'create');
  expect(made, made.err).toMatchObject({ code: 0 });
  expect(load.comments.length, 'the load went on').toBeGreaterThan(acknowledged.length);
  await uploading;
  await load.stop();
  const key = await publicKeyOf(alice);
  const mediaBefore = await hashesOf(createFileStorage({ root: join(directory, 'first', 'media') }));

  await instance.kill();
  await rm(join(directory, 'first'), { recursive: true, force: true });
  expect(await backupCommand(machine('second'), 'verify')).toMatchObject({ code: 0 });
  const restored = await backupCommand(machine('second'), 'restore');
  expect(restored, restored.err).toMatchObject({ code: 0 });
  // What was being made while the backup was is made anew, as soon as somebody takes the jobs: files and their rows are looked at before.
  await startOn('second', { QUEUES: 'mail' });

  // Counts: what the snapshot held, and all that had been acknowledged before it was made.
  const place = createFileStorage({ root: join(directory, 'backups') });
  const shelf = createShelf({ store: place, passphrase: PASSPHRASE, scratchDir: join(directory, 'work') });
  const found = await shelf.find();
  if (!found.ok) throw new Error(found.detail);
  const stack = await findRunningStack(join(directory, 'second'));
  const db = openDatabase(stack?.databaseUrl ?? '', 2);
  try {
    const comments: string[] = await db('comments').whereIn('id', acknowledged).pluck('id');
    expect(comments).toHaveLength(acknowledged.length);
    for (const table of ['videos', 'video_assets', 'accounts', 'actor_keys', 'comments']) {
      const expected = found.manifest.database.tables.find(({ name }) => name === table)?.rows;
      const [row] = await db(table).count({ count: '*' });
      expect([table, Number(row?.count)]).toEqual([table, expected]);
    }
  } finally {
    await db.destroy();
  }
  // Media: every object of the backup, byte for byte what it was.
  const mediaAfter = await hashesOf(createFileStorage({ root: join(directory, 'second', 'media') }));
  const { count } = found.manifest.objects;
  expect(Object.keys(mediaAfter).length).toBeGreaterThanOrEqual(count);
  expect(count).toBeGreaterThan(5);
  for (const [name, hash] of Object.entries(mediaAfter))
    if (name in mediaBefore) expect(hash).toBe(mediaBefore[name]);
  const shared = Object.keys(mediaBefore).filter((name) => name in mediaAfter);
  expect(shared.length).toBeGreaterThanOrEqual(count);

  await instance.stop();
  await startOn('second');
  // Keys sign, and the other server believes them; follows live in both directions; sessions too.
  expect(await publicKeyOf(alice)).toBe(key);
  await published(alice, small, 'after the restore');
  await arrives(bob, 'after the restore');
  await published(bob, small, 'from afar');
  await arrives(alice, 'from afar');
});
