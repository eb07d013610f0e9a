import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { signIn } from '../../src/setup/demo/client.ts';
import { type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { createGate, eventually, holdWrites, hurryPurges, openGates } from '../helpers/chaos.ts';
import { clip } from '../helpers/media-samples.ts';
import { createPeople, PASSWORD } from '../helpers/people.ts';
import { type Remote, startRemote } from '../helpers/remote-http.ts';
import { startTestServer, TEST_PEERS, type TestServer } from '../helpers/server.ts';

/** Workers that die while a classifier is asked, or while its answer is written down. */
const SLOW_MS = 120_000;

let server: TestServer;
let service: Remote;
const workers: Instance[] = [];
let gate = createGate();

beforeAll(async () => {
  service = await startRemote('127.0.0.1', async (_request, response) => {
    await gate.pass();
    response.end('{"labels":[{"name":"lake","score":0.9}]}');
  });
  server = await startTestServer({ role: 'web' });
});

afterAll(async () => {
  openGates();
  for (const worker of workers) await worker.kill();
  await server?.close();
  await service?.close();
});

let logs = 0;
async function startWorker(): Promise<Instance> {
  const { config, databaseUrl, redisUrl } = server.context;
  logs += 1;
  const logFile = join(server.dataDir, `worker-${logs}.log`);
  const worker = await startInstance({
    ...{ ...config.listen, dataDir: server.dataDir, logFile },
    variables: {
      ...{ ROLE: 'worker', VIREO_ENV: 'test', LOG_LEVEL: 'info', JOB_LEASE_SECONDS: '2' },
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, REDIS_PREFIX: config.redisPrefix },
      ...{ ALLOWED_PRIVATE_ADDRESSES: TEST_PEERS, CLASSIFIER_URL: service.url('/v1') },
    },
  });
  workers.push(worker);
  const isReady = async () => (await readFile(logFile, 'utf8')).includes('"msg":"ready"');
  await eventually('the worker is ready', async () => worker.child.exitCode !== null || isReady(), SLOW_MS);
  if (worker.child.exitCode !== null) throw new Error(await readFile(logFile, 'utf8'));
  return worker;
}

test('no question is lost or acted on twice, and the video is published once, after the answer', {
  timeout: 2 * SLOW_MS,
}, async () => {
  const { context } = server;
  const { db } = context;
  await createPeople(server).signedIn('alice');
  const alice = await signIn(server.origin, 'alice', PASSWORD);
  const when = { fields: [], labels: [{ name: 'gore', score: 0.5 }] };
  const rule = { name: 'Gore', action: 'hold', scope: 'everybody', enabled: true, when } as const;
  expect((await context.inTx((tx) => context.rules.add(tx, operator, rule))).ok).toBe(true);
  const source = await clip(server.dataDir, 'clip.mp4', { seconds: 2, size: '64x64', rate: 5 });

  const first = await startWorker();
  const id = (await alice.upload(source, { filename: 'clip.mp4', caption: 'A lake' })) as VideoId;
  await gate.reached;
  await first.kill();
  expect((await fetch(`${server.origin}/api/v1/videos/${id}`)).status).toBe(404);

  // The next one gets its answer, and dies in the transaction that writes it down.
  gate.open();
  gate = createGate();
  gate.open();
  const held = await holdWrites(context.databaseUrl, { table: 'classifier_verdicts', on: 'update' });
  const second = await startWorker();
  await held.reached();
  await second.kill();
  await held.cut();
  expect((await fetch(`${server.origin}/api/v1/videos/${id}`)).status).toBe(404);
  expect(await db('classifier_verdicts')).toMatchObject([{ video_id: id, state: 'waiting' }]);

  await startWorker();
  await eventually(
    'all is done',
    async () => {
      await hurryPurges(db);
      await db('jobs')
        .where({ state: 'pending', lease_owner: null })
        .where('run_at', '>', db.fn.now())
        .update({ run_at: db.fn.now(), run: db.raw('run + 1') });
      return (await db('events')).length + (await db('jobs')).length === 0;
    },
    SLOW_MS,
  );
  expect((await fetch(`${server.origin}/api/v1/videos/${id}`)).status).toBe(200);
  expect(await db('classifier_verdicts')).toMatchObject([
    { video_id: id, state: 'answered', labels: [{ name: 'lake', score: 0.9 }] },
  ]);
  expect(await db('notifications').where({ video_id: id, type: 'vireo.published' })).toHaveLength(1);
  const asked = service.seen.map(({ body }) => JSON.parse(body.toString()).id);
  expect(asked).toHaveLength(3);
  expect(new Set(asked).size).toBe(1);
});
