import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../config/config.ts';
import { type Context, createContext, type Overrides } from '../../src/context.ts';
import { createLogger } from '../../src/lib/log.ts';
import { type Running, startWeb, startWorker } from '../../src/server.ts';
import { ownPort } from './ports.ts';
import { createTestDatabase, dropTestDatabase, testRedis } from './stack.ts';

/** A whole server inside the test process: real database, Redis, files and HTTP; its parts within reach. */
export interface TestServer {
  readonly context: Context;
  readonly origin: string;
  readonly dataDir: string;
  /** Stops it and removes what it had. */
  close(): Promise<void>;
}

export interface TestServerOptions {
  /** `none`: nothing is started, only the context is built. Default: `web`. */
  readonly role?: 'web' | 'all' | 'none';
  /** Loopback address to listen on and to be known by. Default: 127.0.0.1. */
  readonly host?: string;
  /** More variables of config/env.ts. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly overrides?: Overrides;
}

/** Loopback addresses that servers of tests may talk to. */
export const TEST_PEERS = '127.0.0.1,127.0.0.2,127.0.0.3';

/** Variables with which a server of ours runs on a database and a Redis of its own. */
export async function testVariables(host: string, port: number): Promise<Record<string, string>> {
  const redis = await testRedis();
  return {
    VIREO_ENV: 'test',
    HOST: host,
    PORT: String(port),
    ORIGIN: `http://${host}:${port}`,
    DATABASE_URL: await createTestDatabase(),
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    ALLOWED_PRIVATE_ADDRESSES: TEST_PEERS,
    REGISTRATIONS: 'open',
    MINIMUM_AGE: '0',
    // Tests that are about it turn it on; elsewhere, staff are made without one.
    STAFF_SECOND_FACTOR: 'optional',
    OWNER_PASSWORD: 'owner-password',
    JOB_LEASE_SECONDS: '5',
    // Hundreds of servers start in a test run; those that are about ranking turn it on.
    RANKING: 'off',
    LOG_LEVEL: 'silent',
  };
}

/** Starts a server in this process. Close it in `afterAll`. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { host = '127.0.0.1', role = 'web' } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'vireo-test-'));
  const variables: Record<string, string> = {
    ...(await testVariables(host, await ownPort(host))),
    DATA_DIR: dataDir,
    ...options.variables,
  };
  const read = readConfig(variables);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const log = createLogger(variables.LOG_LEVEL ?? 'silent');
  const created = await createContext(read.config, { log, ...options.overrides });
  if (!created.ok) throw new Error(created.detail);
  const { context } = created;
  const running: Running[] = [];
  if (role === 'all') running.push(await startWorker(context));
  if (role !== 'none') running.push(await startWeb(context));
  return {
    context,
    origin: context.config.origin,
    dataDir,
    async close() {
      for (const part of running.reverse()) await part.stop();
      await context.close();
      await dropTestDatabase(context.databaseUrl);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
