import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../src/embedded/index.ts';
import { createLogger } from '../src/lib/log.ts';
import { freePort } from '../src/setup/demo/instance.ts';
import { type Part, startPart } from './federation/part.ts';

/** Where everything of a benchmark listens. */
export const HOST = '127.0.0.1';

export interface Stack {
  /** The folder of the benchmark, where it may put its own files, too. */
  readonly dir: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

interface StackOptions {
  /** A folder that stays, with all that is in the database, for the next run; else nothing is left behind. */
  readonly keptIn?: string | undefined;
}

/** Gives a PostgreSQL and a Redis of one's own, and stops them afterwards, whatever comes of it. Throws where they do not start. */
export async function withStack<T>(
  run: (stack: Stack) => Promise<T>,
  { keptIn }: StackOptions = {},
): Promise<T> {
  const dir = keptIn ?? (await mkdtemp(join(tmpdir(), 'vireo-bench-')));
  await mkdir(dir, { recursive: true });
  // PostgreSQL runs as somebody else where this runs as root.
  await chmod(dir, 0o711);
  try {
    const started = await startEmbedded({
      ...{ postgres: true, redis: true, dataDir: dir, systemDir: join(dir, 'system') },
      ...{ log: createLogger('warn'), redisServerPath: process.env.REDIS_SERVER_PATH ?? 'redis-server' },
    });
    if (!started.ok) throw new Error(started.detail);
    const { databaseUrl = '', redisUrl = '' } = started.stack;
    try {
      return await run({ dir, databaseUrl, redisUrl });
    } finally {
      await started.stack.stop();
    }
  } finally {
    if (keptIn === undefined) await rm(dir, { recursive: true, force: true });
  }
}

/** What a process of Vireo is told of where it is, and what it works on. */
export function serverEnv({ dir, databaseUrl, redisUrl }: Stack, port: number): Record<string, string> {
  return {
    ...{ VIREO_ENV: 'test', ROLE: 'web', HOST, PORT: String(port), ORIGIN: `http://${HOST}:${port}` },
    ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, DATA_DIR: join(dir, 'server') },
    SECRET_KEY: 'a secret that is only good for a benchmark',
  };
}

interface Wanted<S> {
  /** What runs in the process: a file that calls `servePart`, seen from this folder. */
  readonly file: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Fills the database, and gives what the benchmark has to know of that, as JSON. */
  readonly seed: (part: Part) => Promise<S>;
}

export interface Served<S> {
  readonly part: Part;
  readonly origin: string;
  readonly seeded: S;
}

/** Gives a process of Vireo whose database is filled, and stops it afterwards. A folder that was kept is not filled again. */
export async function withServer<S extends object, T>(
  stack: Stack,
  { file, env = {}, seed }: Wanted<S>,
  run: (served: Served<S>) => Promise<T>,
): Promise<T> {
  const memory = join(stack.dir, 'seeded.json');
  const before: (S & { port: number }) | null = await readFile(memory, 'utf8').then(JSON.parse, () => null);
  // A database belongs to one address.
  const port = before?.port ?? (await freePort(HOST));
  await mkdir(join(stack.dir, 'server'), { recursive: true });
  const part = await startPart(join('..', file), { ...serverEnv(stack, port), ...env });
  try {
    const seededAt = performance.now();
    const seeded = before ?? (await seed(part));
    const seededSeconds = Number(((performance.now() - seededAt) / 1_000).toFixed(1));
    process.stderr.write(`${JSON.stringify({ seededSeconds })}\n`);
    if (before === null) await writeFile(memory, JSON.stringify({ ...seeded, port }));
    return await run({ part, origin: `http://${HOST}:${port}`, seeded });
  } finally {
    await part.stop();
  }
}
