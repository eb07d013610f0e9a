import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchOverLimits } from '../../config/watch-limits.ts';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { workersSeen } from '../../src/jobs/heartbeat.ts';
import { upkeepRuns } from '../../src/jobs/upkeep-runs.ts';
import { RefusedError, signIn, signUp } from '../../src/setup/demo/client.ts';
import { type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { eventually } from '../helpers/chaos.ts';
import { clip } from '../helpers/media-samples.ts';
import { type Peer, startPeer } from '../helpers/peer.ts';
import { startS3, type TestS3 } from '../helpers/s3-server.ts';
import { TEST_PEERS, testVariables } from '../helpers/server.ts';
import { dropTestDatabase, testPort } from '../helpers/stack.ts';

/**
 * Two web processes and three workers, each with an address and a folder of its own, on one PostgreSQL, one Redis and one S3
 * server: nothing that one of them keeps may be needed by another.
 */
const SLOW_MS = 240_000;
const WEB_ADDRESSES = ['127.0.0.11', '127.0.0.12'] as const;
const NEW_LEADER_MS = 30_000;

let dir: string;
let s3: TestS3;
let peer: Peer;
let db: Db;
let shared: Record<string, string>;
let metricsOfWeb: string;
const webs: Instance[] = [];
const workers = new Map<string, Instance>();
let started = 0;

async function start(
  role: 'web' | 'worker',
  host: string,
  queues = '',
  more: Record<string, string> = {},
): Promise<Instance> {
  started += 1;
  const dataDir = join(dir, `machine-${started}`);
  const logFile = join(dataDir, 'log');
  const port = await testPort(host);
  const variables = {
    ...shared,
    ROLE: role,
    QUEUES: queues,
    HOST: host,
    PORT: String(port),
    LOG_LEVEL: 'info',
    ...more,
  };
  const instance = await startInstance({ host, port, dataDir, logFile, variables });
  const isReady = async () => (await readFile(logFile, 'utf8').catch(() => '')).includes('"msg":"ready"');
  await eventually('it is ready', async () => instance.child.exitCode !== null || isReady(), SLOW_MS);
  if (instance.child.exitCode !== null) throw new Error(await readFile(logFile, 'utf8'));
  return instance;
}

/** The number of its process, as it stands in the name of a worker. */
const pidOf = (worker: string) => worker.split('/')[2] ?? '';

async function startWorker(queues = ''): Promise<void> {
  const worker = await start('worker', '127.0.0.1', queues);
  workers.set(String(worker.child.pid), worker);
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vireo-machines-'));
  s3 = await startS3(join(dir, 's3'));
  peer = await startPeer('127.0.0.2');
  const origin = `http://${WEB_ADDRESSES[0]}:${await testPort(WEB_ADDRESSES[0])}`;
  shared = {
    ...(await testVariables('127.0.0.1', 0)),
    ...{ ORIGIN: origin, SECRET_KEY: 'the same on every machine of this server', MEDIA_CONCURRENCY: '1' },
    ...{ S3_ENDPOINT: s3.endpoint, S3_ACCESS_KEY: s3.accessKey, S3_SECRET_KEY: s3.secretKey },
    ...{ ALLOWED_PRIVATE_ADDRESSES: TEST_PEERS, JOB_LEASE_SECONDS: '5', MAX_DURATION_SECONDS: '60' },
  };
  db = openDatabase(shared.DATABASE_URL ?? '', 4);
  // Each alone first: which of them migrates and makes the owner does not matter, but is told apart.
  metricsOfWeb = `${WEB_ADDRESSES[0]}:${await testPort(WEB_ADDRESSES[0])}`;
  for (const [at, host] of WEB_ADDRESSES.entries())
    webs.push(await start('web', host, '', at === 0 ? { METRICS_LISTEN: metricsOfWeb } : {}));
  await startWorker('inbox,deliver,push,mail,transcribe,classify,default');
  await startWorker('media,replicate');
  await startWorker();
}, SLOW_MS);

afterAll(async () => {
  await Promise.all([...webs, ...workers.values()].map((one) => one.kill()));
  await db?.destroy();
  await dropTestDatabase(shared?.DATABASE_URL ?? '');
  await peer?.close();
  await s3?.close();
  await rm(dir, { recursive: true, force: true });
});

/** The one that looked after the whole server last. */
async function leader(since: Date): Promise<string | null> {
  const runs = (await upkeepRuns(db)).filter(({ endedAt }) => endedAt > since);
  return runs.toSorted((a, b) => b.endedAt.getTime() - a.endedAt.getTime())[0]?.worker ?? null;
}

test('OP14 one looks after the server; when that one dies, another does within 30 s', {
  timeout: SLOW_MS,
}, async () => {
  const alive = (await workersSeen(db)).filter(({ isAlive }) => isAlive);
  expect(alive.map(({ id }) => pidOf(id)).sort()).toEqual([...workers.keys()].sort());
  // Rare tasks are done once for all three, not by each as it starts.
  await eventually('they were done', async () => {
    const done = (await upkeepRuns(db)).filter(({ task }) =>
      ['unconfirmed', 'storage', 'mutes'].includes(task),
    );
    return done.length === 3;
  });
  const first = await eventually('somebody leads', () => leader(new Date(0)));
  await workers.get(pidOf(first))?.kill();
  workers.delete(pidOf(first));
  const killedAt = new Date();
  // Whoever did a task within the last minute writes it down later: all three took turns before.
  const seenAfterMs = NEW_LEADER_MS + watchOverLimits.upkeepNotedMs;
  await eventually('another leads', async () => ((await leader(killedAt)) ?? first) !== first, seenAfterMs);
  await startWorker();
});

test('OP14 whichever is killed, what was taken is published once, told once, and seen everywhere', {
  timeout: SLOW_MS,
}, async () => {
  const source = await clip(dir, 'clip.mp4', { seconds: 2 });
  await signUp(webs[0]?.origin ?? '', 'alice', 'a long password');
  const doors = await Promise.all(webs.map(({ origin }) => signIn(origin, 'alice', 'a long password')));
  await follow();
  const uploaded = await Promise.all(
    doors.flatMap((door) =>
      [1, 2].map((n) => door.upload(source, { filename: 'clip.mp4', caption: `Clip ${n}` })),
    ),
  );
  // One machine after the other dies under load: the second web process, then each worker that was there.
  await webs[1]?.kill();
  for (const [pid, worker] of [...workers]) {
    await worker.kill();
    workers.delete(pid);
    await startWorker();
  }
  const published = await eventually(
    'all are published',
    async () => {
      const rows = await db('videos').whereIn('id', uploaded).select('state', 'media_state');
      return rows.every((row) => row.state === 'published' && row.media_state === 'ready') && rows;
    },
    SLOW_MS,
  );
  expect(published).toHaveLength(uploaded.length);
  const created = () => peer.received.filter(({ activity }) => activity.type === 'Create');
  await eventually(
    'all are told of',
    () => new Set(created().map(({ activity }) => activity.id)).size === 4,
    SLOW_MS,
  );
  const objects = created().map(({ activity }) => JSON.stringify((activity.object as { id?: unknown }).id));
  // A worker killed between POST and row sends the same activity again, and never another for the same clip.
  expect(new Set(objects).size).toBe(4);
  const creates = await db('activities').where({ type: 'Create' });
  expect(creates).toHaveLength(4);
  webs[1] = await start('web', WEB_ADDRESSES[1]);
  for (const { origin } of webs) {
    for (const id of uploaded) expect((await fetch(`${origin}/api/v1/videos/${id}`)).status).toBe(200);
  }
  expect(await db('jobs').where({ state: 'dead' })).toEqual([]);
});

/** Somebody of the peer follows Alice. */
async function follow(): Promise<void> {
  const [alice] = await db('accounts').where({ username: 'alice', domain: '' });
  const actorUri = peer.url('/users/bob');
  const [bob] = await db('accounts')
    .insert({
      ...{
        id: '1',
        username: 'bob',
        username_key: 'bob',
        domain: peer.host,
        display_name: 'Bob',
        actor_uri: actorUri,
      },
      ...{ actor_type: 'Person', url: actorUri, inbox_uri: `${actorUri}/inbox`, state: 'active' },
      shared_inbox_uri: peer.url('/inbox'),
    })
    .returning('id');
  const pair = { follower_id: bob.id, target_id: alice.id };
  await db('follows').insert({ id: '1', ...pair, uri: `${actorUri}/follow`, state: 'accepted' });
}

test('OP9 two minutes after the last heartbeat the alarm is raised, by the web part alone', {
  timeout: SLOW_MS,
}, async () => {
  for (const worker of workers.values()) await worker.kill();
  workers.clear();
  const alive = async () => (await workersSeen(db)).filter(({ isAlive }) => isAlive).length;
  const lastSeen = (seconds: number) =>
    db('workers').update({ seen_at: db.raw(`now() - make_interval(secs => ?)`, [seconds]) });
  await lastSeen(100);
  expect(await alive()).toBeGreaterThan(0);
  await lastSeen(121);
  expect(await alive()).toBe(0);
  // What the alert NoWorker asks for (deploy/prometheus).
  const figure = async () => {
    const page = await (await fetch(`http://${metricsOfWeb}/metrics`)).text();
    return /^vireo_workers (\d+)$/m.exec(page)?.[1];
  };
  await eventually('the figure says so', async () => (await figure()) === '0', SLOW_MS);
  await startWorker();
  expect(await alive()).toBe(1);
  await eventually('the alarm is over', async () => (await figure()) === '1', SLOW_MS);
  await expect(signIn(webs[0]?.origin ?? '', 'alice', 'wrong')).rejects.toBeInstanceOf(RefusedError);
});
