import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { embeddedLimits } from '../../config/limits.ts';
import type { Logger } from '../lib/log.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { freePort, type RunningPart, startChild, whyNotServing } from './child.ts';
import { type ClusterProblem, type DatabasePasswords, ensureCluster } from './cluster.ts';
import type { Home } from './home.ts';
import { findPostgres, type NativePostgres } from './native.ts';
import { type StopSteps, stopOrphan } from './processes.ts';

/** PostgreSQL, with the addresses of the role `vireo` and of the superuser. */
export interface RunningPostgres extends RunningPart {
  readonly databaseUrl: string;
  readonly adminDatabaseUrl: string;
}

export type PostgresProblem = ClusterProblem | 'no-postgres' | 'postgres-failed';

/** A fast shutdown rolls open transactions back and writes a checkpoint; an immediate one leaves recovery to the next start. */
const STOP_STEPS: StopSteps = [
  ['SIGINT', embeddedLimits.postgresStopMs],
  ['SIGQUIT', embeddedLimits.killMs],
  ['SIGKILL', embeddedLimits.killMs],
];

/** What another process can cause for a moment: a port taken meanwhile, a predecessor's last backend. */
const PASSING_TROUBLE = /already in use|already exists|shared memory block|is still in use/;

/** Starts PostgreSQL for a home, or says why not. Everything committed by a killed predecessor is there. */
export async function startPostgres(options: {
  readonly home: Home;
  readonly passwords: DatabasePasswords;
  readonly logFile: string;
  readonly unsafeFast: boolean;
  readonly log: Logger;
}): Promise<Result<{ postgres: RunningPostgres }, PostgresProblem>> {
  const { home, passwords, log } = options;
  const found = await findPostgres(home, log);
  if (!found.ok) return found;
  await stopOrphanedPostgres(home.path, log);
  const ensured = await ensureCluster({ ...options, native: found.native });
  if (!ensured.ok) return ensured;
  const { cluster } = ensured;
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const url = (role: string, password: string, name: string) =>
      `postgres://${role}:${password}@127.0.0.1:${port}/${name}`;
    const databaseUrl = url('vireo', passwords.app, 'vireo');
    const started = await startServer(cluster, port, found.native, options);
    if (!started.ok) return fail('postgres-failed', started.detail);
    const { child } = started;
    const onSlow = () => log.info('PostgreSQL is still starting; after a crash it first repairs its files');
    const trouble = await whyNotServing(child, () => connectOnce(databaseUrl), { isFinal, onSlow });
    if (trouble === undefined) {
      const adminDatabaseUrl = url('postgres', passwords.admin, 'postgres');
      return ok({ postgres: { databaseUrl, adminDatabaseUrl, exit: child.exit, stop: child.stop } });
    }
    await child.stop();
    if (attempt >= embeddedLimits.maxStartAttempts || !PASSING_TROUBLE.test(trouble)) {
      return fail('postgres-failed', `PostgreSQL did not start: ${trouble}`);
    }
    await sleep(attempt * 200);
  }
}

/** Stops the PostgreSQL that a killed predecessor left running on this home, if there is one. */
export async function stopOrphanedPostgres(home: string, log: Logger): Promise<void> {
  const cluster = join(home, 'postgres');
  const pidFile = join(cluster, 'postmaster.pid');
  await stopOrphan({ pidFile, program: /\bpostgres\b/, path: cluster, steps: STOP_STEPS, log });
}

function startServer(
  cluster: string,
  port: number,
  native: NativePostgres,
  { home, logFile, unsafeFast }: Parameters<typeof startPostgres>[0],
): ReturnType<typeof startChild> {
  const safety = unsafeFast ? 'off' : 'on';
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '128MB',
    jit: 'off',
    wal_compression: 'on',
    max_wal_size: '1GB',
    fsync: safety,
    synchronous_commit: safety,
    full_page_writes: safety,
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // Failed statements hold what people wrote; the server's own log names the failure already.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
  return startChild({
    command: native.postgres,
    args: ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    cwd: home.path,
    user: home.user,
    logFile,
    deathSignal: 'SIGINT',
    stopSteps: STOP_STEPS,
  });
}

/** Proves that the role `vireo` can use its database. */
async function connectOnce(databaseUrl: string): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: embeddedLimits.answerTimeoutMs,
  });
  // A server that goes away after the answer would otherwise throw outside of any caller.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } finally {
    await client.end();
  }
}

/** Class 28 is a refused password, 3D a missing database: waiting does not help (PostgreSQL, appendix A). */
function isFinal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('28') || code.startsWith('3D');
}
