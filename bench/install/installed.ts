import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEmbedded } from '../../src/embedded/index.ts';
import { createLogger } from '../../src/lib/log.ts';
import { until } from '../../src/setup/demo/client.ts';
import { freePort } from '../../src/setup/demo/instance.ts';
import { startS3 } from '../../test/helpers/s3-server.ts';
import { type ComposeService, readCompose, readDockerfile } from './compose.ts';

const run = promisify(execFile);
const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url));
const START_MS = 240_000;

/** A server that was installed from nothing, as the compose file says. */
export interface Installed {
  readonly origin: string;
  readonly ownerPassword: string;
  /** What each step took, in the order in which they were done. */
  readonly seconds: ReadonlyMap<string, number>;
  /** Where each process writes to. */
  readonly logOf: (name: string) => Promise<string>;
  stop(): Promise<void>;
}

export interface InstallOptions {
  /** Of the addresses of loopback; the web part listens there. */
  readonly host: string;
  /** `fetched`: the steps of the Dockerfile are run, with nothing in any cache. `linked`: those of this checkout are used. */
  readonly packages: 'fetched' | 'linked';
  /** Other servers at addresses that are not public. */
  readonly allowedPrivate: string;
}

/**
 * Does what `docker compose up` does, without an engine: copies what a checkout has into an empty folder, fills in the four
 * variables of `.env`, runs the steps of the Dockerfile, and starts the services of the compose file as processes with the
 * environment, command and role that stand there and nothing else. PostgreSQL is the embedded one, the S3 server s3rver;
 * there is no HTTPS in front, so that `ORIGIN` is plain HTTP on loopback.
 */
export async function install(options: InstallOptions): Promise<Installed> {
  const dir = await mkdtemp(join(tmpdir(), 'vireo-install-'));
  // PostgreSQL is run by a user of its own, who has to get there.
  await chmod(dir, 0o711);
  const root = join(dir, 'app');
  const closers: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  const seconds = new Map<string, number>();
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const done = await work();
    seconds.set(step, (performance.now() - began) / 1_000);
    return done;
  };
  try {
    await timed('copy of the checkout', () => copyCheckout(root));
    const ownerPassword = await writeVariables(root);
    const docker = await readDockerfile(root);
    if (options.packages === 'linked') await linkPackages(root);
    else
      for (const step of docker.steps)
        await timed(step, () => run('sh', ['-c', step], { cwd: root, env: bare(dir) }));
    const services = await readCompose(root);
    const beside = await timed('PostgreSQL, Redis, S3 server', () =>
      startBeside(dir, services.get('redis'), closers),
    );
    const port = await freePort(options.host);
    const origin = `http://${options.host}:${port}`;
    const logOf = (name: string) => readFile(join(dir, `${name}.log`), 'utf8').catch(() => '');
    await timed('start', async () => {
      const started: ChildProcess[] = [];
      for (const name of ['web', 'worker', 'media-worker']) {
        const metrics = await freePort('127.0.0.1');
        const child = await startService(root, join(dir, `${name}.log`), docker, {
          ...{ ...bare(dir), ...docker.environment, ...services.get(name)?.environment, ...beside },
          // What an engine gives by its network and its proxy.
          ...{ ORIGIN: origin, HOST: options.host, PORT: String(port), VIREO_ENV: 'development' },
          ...{ METRICS_LISTEN: `127.0.0.1:${metrics}`, DATA_DIR: join(dir, 'data') },
          ALLOWED_PRIVATE_ADDRESSES: options.allowedPrivate,
        });
        closers.push(() => end(child));
        started.push(child);
        await until(
          `${name} is ready`,
          async () => child.exitCode !== null || (await isReady(metrics)),
          START_MS,
        );
        if (child.exitCode !== null) throw new Error(`${name} ended:\n${await logOf(name)}`);
      }
    });
    return { origin, ownerPassword, seconds, logOf, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What is in version control, as it is now. */
async function copyCheckout(root: string): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    ...{ cwd: CHECKOUT, maxBuffer: 64 * 1024 * 1024 },
  });
  for (const path of stdout.split('\0')) {
    if (path === '' || path.startsWith('test/')) continue;
    await cp(join(CHECKOUT, path), join(root, path), { recursive: true });
  }
}

/** `.env` from the example: the four variables that have to be filled in, and a password for the owner. */
async function writeVariables(root: string): Promise<string> {
  const ownerPassword = randomBytes(12).toString('base64url');
  const filled: Record<string, string> = {
    ...{ DOMAIN: 'video.example', POSTGRES_PASSWORD: randomBytes(32).toString('hex') },
    ...{ SECRET_KEY: randomBytes(32).toString('hex'), S3_SECRET_KEY: randomBytes(32).toString('hex') },
    OWNER_PASSWORD: ownerPassword,
  };
  const example = await readFile(join(root, '.env.example'), 'utf8');
  const text = example.replace(/^(\w+)=$/gm, (line, name: string) => `${line}${filled[name] ?? ''}`);
  await writeFile(join(root, '.env'), text);
  return ownerPassword;
}

async function linkPackages(root: string): Promise<void> {
  await symlink(join(CHECKOUT, 'node_modules'), join(root, 'node_modules'));
  await cp(join(CHECKOUT, 'web/dist'), join(root, 'web/dist'), { recursive: true }).catch(() => undefined);
}

/** How this machine reaches the network. */
const NETWORK = /^(?:https?_proxy|no_proxy|node_extra_ca_certs|ssl_cert_(?:file|dir))$/i;

/** Nothing of whoever runs this, but for where programs are and how to reach others. */
function bare(home: string): Record<string, string> {
  const network = Object.entries(process.env).flatMap(([name, value = '']) =>
    NETWORK.test(name) ? [[name, value]] : [],
  );
  const path = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  return { ...Object.fromEntries(network), PATH: path.join(delimiter), HOME: home };
}

/** Starts what the compose file has beside our own services; gives their addresses. */
async function startBeside(
  dir: string,
  redis: ComposeService | undefined,
  closers: (() => Promise<unknown>)[],
): Promise<Record<string, string>> {
  const embedded = await startEmbedded({
    ...{ dataDir: join(dir, 'postgres'), systemDir: join(dir, 'system'), postgres: true, redis: false },
    ...{ log: createLogger('warn'), redisServerPath: 'redis-server' },
  });
  if (!embedded.ok) throw new Error(embedded.detail);
  closers.push(() => embedded.stack.stop());
  const s3 = await startS3(join(dir, 's3'));
  closers.push(() => s3.close());
  const [program = '', ...args] = redis?.command ?? [];
  const port = await freePort('127.0.0.1');
  await mkdir(join(dir, 'redis'));
  const here = ['--port', String(port), '--bind', '127.0.0.1', '--dir', join(dir, 'redis')];
  const child = spawn(program, [...args, ...here], { stdio: 'ignore', env: bare(dir) });
  closers.push(() => end(child));
  return {
    ...{ DATABASE_URL: embedded.stack.databaseUrl ?? '', REDIS_URL: `redis://127.0.0.1:${port}/0` },
    ...{ S3_ENDPOINT: s3.endpoint, S3_ACCESS_KEY: s3.accessKey, S3_SECRET_KEY: s3.secretKey },
  };
}

async function startService(
  cwd: string,
  logPath: string,
  { command }: { readonly command: readonly string[] },
  env: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const log = await open(logPath, 'a');
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', log.fd, log.fd] });
  await once(child, 'spawn');
  await log.close();
  return child;
}

async function isReady(metrics: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${metrics}/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Ends a process and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
