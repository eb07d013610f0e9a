import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveryLimits } from '../../config/limits.ts';
import { deliver } from '../../federation/outbox/deliveries.ts';
import { createEnqueue } from '../../src/jobs/enqueue.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { eventually, type OwnRedis, startOwnRedis } from '../helpers/chaos.ts';
import { createPeople } from '../helpers/people.ts';
import { redis } from '../helpers/probes.ts';
import { EVIL, HONEST } from '../helpers/remote-http.ts';
import { startTestServer, TEST_PEERS, type TestServer } from '../helpers/server.ts';

const HOSTS = 200;
const INBOXES = 10;
const SLOW = 16;
const DOWN = 4;
const LIVE = HOSTS - SLOW - DOWN;
const PATIENCE_MS = 80_000;

let ownRedis: OwnRedis;
let server: TestServer;
let alice: Account;
const workers: Instance[] = [];
const closers: (() => void)[] = [];
/** How often each inbox was asked to take something. */
const asked = new Map<string, number>();
const live: string[] = [];
const slow: string[] = [];
const down: string[] = [];

beforeAll(async () => {
  ownRedis = await startOwnRedis();
  server = await startTestServer({ role: 'none', variables: { REDIS_URL: ownRedis.url } });
  alice = await createPeople(server).local('alice');
  // Those that are not well come first in the order of names, in which pumps are woken.
  for (let n = 0; n < DOWN; n += 1) down.push(await listen(HONEST, refusing()));
  for (let n = 0; n < SLOW; n += 1) slow.push(await listen(HONEST, inboxes(true)));
  for (let n = 0; n < LIVE; n += 1) live.push(await listen(EVIL, inboxes(false)));
  await addFollowers([...live, ...slow, ...down]);
});

afterAll(async () => {
  for (const worker of workers) await worker.kill();
  await server.close();
  for (const close of closers) close();
  await ownRedis.close();
});

/** A host with inboxes: one that takes everything, or one that never answers. */
function inboxes(hangs: boolean): Server {
  return createServer((request, response) => {
    const inbox = `http://${request.headers.host}${request.url}`;
    request.resume().on('end', () => {
      asked.set(inbox, (asked.get(inbox) ?? 0) + 1);
      if (hangs) return;
      response.writeHead(202).end();
    });
  });
}

/** A host that is down: whoever connects is thrown out. */
function refusing(): Server {
  return createTcpServer((socket) => socket.destroy());
}

async function listen(address: string, host: Server): Promise<string> {
  const sockets = new Set<Socket>();
  host.on('connection', (socket: Socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve) => host.listen(0, address, resolve));
  closers.push(() => {
    host.close();
    for (const socket of sockets) socket.destroy();
  });
  return `${address}:${(host.address() as AddressInfo).port}`;
}

/** Ten people at each host, each with an inbox of his own, follow Alice. */
async function addFollowers(hosts: readonly string[]): Promise<void> {
  const { db } = server.context;
  const people = hosts.flatMap((host) =>
    Array.from({ length: INBOXES }, (_, n) => {
      const actorUri = `http://${host}/users/${n}`;
      const username = `user${n}`;
      return {
        ...{ id: server.context.ids.next(), username, username_key: username, domain: host },
        ...{ actor_uri: actorUri, actor_type: 'Person', inbox_uri: `${actorUri}/inbox` },
      };
    }),
  );
  await db.batchInsert('accounts', people, 500);
  const follows = people.map(({ id, actor_uri }) => ({
    ...{ id: server.context.ids.next(), follower_id: id, target_id: alice.id },
    ...{ uri: `${actor_uri}/follow`, state: 'accepted' },
  }));
  await db.batchInsert('follows', follows, 500);
}

let logs = 0;

/** Starts a worker in a process of its own. */
async function startWorker(): Promise<Instance> {
  const { config, databaseUrl, redisUrl } = server.context;
  const { host, port } = config.listen;
  logs += 1;
  const logFile = join(server.dataDir, `worker-${logs}.log`);
  const worker = await startInstance({
    ...{ host, port, dataDir: server.dataDir, logFile },
    variables: {
      ...{ ROLE: 'worker', VIREO_ENV: 'test', LOG_LEVEL: 'info', JOB_LEASE_SECONDS: '2' },
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, REDIS_PREFIX: config.redisPrefix },
      ...{ ALLOWED_PRIVATE_ADDRESSES: TEST_PEERS },
    },
  });
  workers.push(worker);
  return worker;
}

const told = (hosts: readonly string[]) =>
  [...asked].filter(([inbox]) => hosts.includes(new URL(inbox).host)).map(([, times]) => times);
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Of the rows, how many are in which state at the given hosts. */
async function states(hosts: readonly string[]): Promise<Record<string, number>> {
  const rows: { state: string }[] = await server.context
    .db('deliveries')
    .whereIn('host', hosts)
    .select('state');
  return Object.fromEntries(
    Object.entries(Object.groupBy(rows, ({ state }) => state)).map(([state, of]) => [state, of?.length ?? 0]),
  );
}

test('2,000 inboxes on 200 hosts, some dead: a killed worker and a lost Redis cost none of them', {
  timeout: PATIENCE_MS,
}, async () => {
  const { context } = server;
  const id = `${alice.actorUri}/activities/1`;
  await context.inTx((tx) =>
    deliver({ ...context, enqueue: createEnqueue(context.ids) }, tx, {
      senderId: alice.id,
      activity: { id, type: 'Create', actor: alice.actorUri },
      objectUri: id,
      audience: { kind: 'followers', of: alice.id },
    }),
  );
  expect(await states([...live, ...slow, ...down])).toEqual({ queued: HOSTS * INBOXES });

  const first = await startWorker();
  await eventually('the first are told', () => sum(told(live)) >= INBOXES, PATIENCE_MS);
  // They did not wait until the time of those is up that never answer.
  const givenUp = context.db('deliveries').whereIn('host', slow).where('attempts', '>', 0);
  expect(await givenUp).toEqual([]);
  await eventually('a third of them is told', () => sum(told(live)) > (LIVE * INBOXES) / 3, PATIENCE_MS);
  await first.kill();
  const before = sum(told(live));
  expect(before).toBeLessThan(LIVE * INBOXES);

  await redis(ownRedis.url, (client) => client.flushall());
  // As if nobody had noticed: only the command brings them back.
  await redis(ownRedis.url, async (client) => {
    const running = /^run_id:(\w+)/m.exec(await client.info('server'))?.[1] ?? '';
    await client.set(`${context.config.redisPrefix}:alive`, running);
  });
  const pending = await context.db('jobs').where({ state: 'pending' });
  expect(pending.length).toBeGreaterThan(SLOW + DOWN);
  const rebuilt = await context.inTx((tx) => context.work.rebuild(tx, operator));
  expect(rebuilt).toMatchObject({ ok: true, count: pending.length });

  await startWorker();
  await eventually('every live inbox is told', () => told(live).length === LIVE * INBOXES, PATIENCE_MS);
  // Whoever was under way when the worker died is asked again, and nobody else.
  const repeats = sum(told(live)) - LIVE * INBOXES;
  expect(repeats).toBeLessThanOrEqual(deliveryLimits.pumps * deliveryLimits.concurrencyPerHost);
  expect(Math.max(...told(live))).toBeLessThanOrEqual(2);
  await eventually('it is written down', async () => (await states(live)).delivered === LIVE * INBOXES);
  expect(await states([...slow, ...down])).toEqual({ queued: (SLOW + DOWN) * INBOXES });
  await eventually(
    'the others are known to fail',
    async () => {
      const failing: string[] = await context.db('delivery_hosts').whereNotNull('open_until').pluck('host');
      return failing.length === SLOW + DOWN && failing.every((host) => !live.includes(host));
    },
    PATIENCE_MS,
  );
  await eventually(
    'their pumps wait for their time',
    async () => {
      const jobs = await context.db('jobs').where({ state: 'pending', lease_owner: null });
      return jobs.length === SLOW + DOWN && jobs.every(({ run_at }) => Number(run_at) > Date.now());
    },
    PATIENCE_MS,
  );
});
