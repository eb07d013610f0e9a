import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startEmbedded } from '../../src/embedded/index.ts';
import { createLogger } from '../../src/lib/log.ts';
import { until } from '../../src/setup/demo/client.ts';
import { freePort, type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { readCompose } from '../install/compose.ts';
import { end } from '../install/installed.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HOST = '127.0.0.31';
const OTHER_HOST = '127.0.0.32';
const HERE = '127.0.0.1';

/** A process whose memory is looked at, and the service of the compose file whose limit it has to stay below. */
export interface Watched {
  readonly name: string;
  readonly pid: number;
  readonly service: string;
  /** What it starts is told apart, under this name: a process that makes videos is small, what it runs is not. */
  readonly children?: { readonly name: string; readonly service: string };
}

export interface Stack {
  readonly origin: string;
  readonly watched: readonly Watched[];
  /** Another server, with a database of its own. */
  readonly other: Instance;
  readonly dir: string;
  stop(): Promise<void>;
}

/** How the work of a server is shared out: to one process, or to one for each container of the compose file. */
export type Layout = 'together' | 'apart';

/** What a deployment has, as processes: PostgreSQL, Redis with the command of the compose file, an S3 server, and ours. */
export async function startStack(layout: Layout): Promise<Stack> {
  const dir = await mkdtemp(join(tmpdir(), 'vireo-memory-'));
  // PostgreSQL is run by a user of its own, who has to get there.
  await chmod(dir, 0o711);
  const closers: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const beside = await startBeside(dir, closers);
    const { origin, ours } = await startOurs(layout, dir, beside.variables, closers);
    const port = await freePort(OTHER_HOST);
    const other = await startInstance({
      ...{ host: OTHER_HOST, port, dataDir: join(dir, 'other'), logFile: join(dir, 'other.log') },
      variables: { ...common, RANKING: 'off' },
    });
    closers.push(() => other.stop());
    return { origin, other, dir, watched: [...ours, ...beside.watched], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const common = {
  ...{ LOG_LEVEL: 'warn', REGISTRATIONS: 'open', MINIMUM_AGE: '0', NODE_ENV: 'production' },
  ALLOWED_PRIVATE_ADDRESSES: `${HERE},${HOST},${OTHER_HOST}`,
};

/** The compose file, with anything where an administrator has to choose. */
export function composeServices() {
  const chosen = ['DOMAIN', 'POSTGRES_PASSWORD', 'SECRET_KEY', 'S3_SECRET_KEY'];
  return readCompose(ROOT, Object.fromEntries(chosen.map((name) => [name, 'chosen'])));
}

type Closers = (() => Promise<unknown>)[];

async function startBeside(dir: string, closers: Closers) {
  const embedded = await startEmbedded({
    ...{ dataDir: join(dir, 'postgres'), systemDir: join(dir, 'system'), postgres: true, redis: false },
    ...{ log: createLogger('warn'), redisServerPath: 'redis-server' },
  });
  if (!embedded.ok) throw new Error(embedded.detail);
  closers.push(() => embedded.stack.stop());
  const databaseUrl = embedded.stack.databaseUrl ?? '';
  const s3 = fork(fileURLToPath(new URL('s3.ts', import.meta.url)), [join(dir, 's3')]);
  closers.push(() => end(s3));
  const [keys] = (await once(s3, 'message')) as [{ endpoint: string; accessKey: string; secretKey: string }];
  const redis = await startRedis(join(dir, 'redis'));
  closers.push(() => end(redis.child));
  return {
    variables: {
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: redis.url },
      ...{ S3_ENDPOINT: keys.endpoint, S3_ACCESS_KEY: keys.accessKey, S3_SECRET_KEY: keys.secretKey },
    },
    watched: [
      { name: 'PostgreSQL', pid: await postmaster(databaseUrl), service: 'postgres' },
      { name: 'Redis', pid: redis.child.pid ?? 0, service: 'redis' },
      { name: 'S3 server (s3rver)', pid: s3.pid ?? 0, service: 'minio' },
    ],
  };
}

async function startRedis(dir: string): Promise<{ child: ChildProcess; url: string }> {
  await mkdir(dir);
  const [program = '', ...args] = (await composeServices()).get('redis')?.command ?? [];
  const port = await freePort(HERE);
  const place = ['--port', String(port), '--bind', HERE, '--dir', dir];
  const child = spawn(program, [...args, ...place], { stdio: 'ignore' });
  const url = `redis://${HERE}:${port}/0`;
  const client = new Redis(url);
  // It is asked again until it answers.
  client.on('error', () => undefined);
  await client.ping();
  client.disconnect();
  return { child, url };
}

/** The process that all others of PostgreSQL come from. */
async function postmaster(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const stat = await readFile(`/proc/${rows[0]?.pid}/stat`, 'utf8');
  await client.end();
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

async function startOurs(
  layout: Layout,
  dir: string,
  beside: Readonly<Record<string, string>>,
  closers: Closers,
): Promise<{ origin: string; ours: Watched[] }> {
  const port = await freePort(HOST);
  const services = await composeServices();
  const ours: Watched[] = [];
  for (const service of layout === 'together' ? ['web'] : ['web', 'worker', 'media-worker']) {
    const { ROLE = '', QUEUES } = services.get(service)?.environment ?? {};
    const instance = await startInstance({
      ...{ host: HOST, port, dataDir: join(dir, 'server'), logFile: join(dir, `${service}.log`) },
      variables: {
        ...{ ...common, ...beside, SECRET_KEY: 'a secret that is only good for a benchmark' },
        ...(layout === 'together' ? { ROLE: 'all' } : { ROLE, ...(QUEUES ? { QUEUES } : {}) }),
        METRICS_LISTEN: `${HERE}:${await freePort(HERE)}`,
      },
    });
    closers.push(() => instance.stop());
    ours.push({
      name: layout === 'together' ? 'Vireo, ROLE=all' : `Vireo, ${service}`,
      ...{ pid: instance.child.pid ?? 0, service },
      children: {
        name: layout === 'together' ? 'ffmpeg' : `what ${service} runs`,
        service: 'media-worker',
      },
    });
  }
  await until('the server answers', () => answers(`http://${HOST}:${port}`), 120_000);
  return { origin: `http://${HOST}:${port}`, ours };
}

function answers(origin: string): Promise<boolean> {
  return fetch(`${origin}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}
