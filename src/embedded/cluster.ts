import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { embeddedLimits } from '../../config/limits.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { childEnv, startChild } from './child.ts';
import type { Home } from './home.ts';
import type { NativePostgres } from './native.ts';
import { readOptional } from './processes.ts';

const DRAFT = 'postgres.new-';

/** Only this machine, only with a password, for every role including the superuser. */
const ACCESS_RULES = 'host all all 127.0.0.1/32 scram-sha-256\n';

/** Passwords of the superuser `postgres` and of the role `vireo`; base64url, so they need no quoting. */
export interface DatabasePasswords {
  readonly admin: string;
  readonly app: string;
}

export type ClusterProblem = 'initdb-failed' | 'wrong-version' | 'foreign-data';

/**
 * Makes sure that `<home>/postgres` holds a database cluster with the role and the database `vireo`, and
 * resolves with its path. A new cluster is prepared beside it and renamed into place when it is complete,
 * so a start that was killed half way leaves only a draft, which the next one removes; nothing that was
 * ever in use is deleted.
 */
export async function ensureCluster(options: {
  readonly home: Home;
  readonly native: NativePostgres;
  readonly passwords: DatabasePasswords;
  readonly logFile: string;
  readonly unsafeFast: boolean;
}): Promise<Result<{ cluster: string; created: boolean }, ClusterProblem>> {
  const { home, native } = options;
  const cluster = join(home.path, 'postgres');
  for (const name of await readdir(home.path)) {
    if (name.startsWith(DRAFT)) await rm(join(home.path, name), { recursive: true, force: true });
  }
  const major = (await readOptional(join(cluster, 'PG_VERSION')))?.trim();
  if (major === native.major) return ok({ cluster, created: false });
  if (major !== undefined) {
    return fail(
      'wrong-version',
      `${cluster} was written by PostgreSQL ${major}, and this release brings ${native.major}. Export the database with the release that wrote it, then import it into a new data folder.`,
    );
  }
  const draft = join(home.path, DRAFT + randomBytes(6).toString('hex'));
  await mkdir(draft);
  if (home.user) await chown(draft, home.user.uid, home.user.gid);
  const filled = await fillCluster(draft, options);
  if (!filled.ok) return filled;
  try {
    await rename(draft, cluster);
  } catch {
    return fail(
      'foreign-data',
      `${cluster} is not empty and holds no database. Move it away, then start again.`,
    );
  }
  await syncFolder(home.path);
  return ok({ cluster, created: true });
}

/** One collation for every machine: comparison by code point, with Unicode upper and lower case. */
async function fillCluster(
  draft: string,
  options: Parameters<typeof ensureCluster>[0],
): Promise<Result<object, 'initdb-failed'>> {
  const { home, native, logFile, unsafeFast } = options;
  const started = await startChild({
    command: native.initdb,
    args: [
      ...['-D', draft, '--username=postgres', '--auth=reject', '--encoding=UTF8', '--data-checksums'],
      ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
      ...(unsafeFast ? ['--no-sync'] : []),
    ],
    cwd: home.path,
    user: home.user,
    logFile,
    deathSignal: 'SIGKILL',
    stopSteps: [['SIGKILL', embeddedLimits.killMs]],
  });
  if (!started.ok) return fail('initdb-failed', started.detail);
  const outcome = await started.child.exit;
  if (outcome !== 'exit code 0') {
    return fail('initdb-failed', `initdb ended with ${outcome}: ${await started.child.logTail()}`);
  }
  const rules = join(draft, 'pg_hba.conf');
  await writeFile(rules, ACCESS_RULES);
  await chmod(rules, 0o600);
  return createRoleAndDatabase(draft, options);
}

/** Speaks to a server that listens nowhere (single-user mode), so no password ever crosses a socket or a file. */
async function createRoleAndDatabase(
  draft: string,
  { home, native, passwords, unsafeFast }: Parameters<typeof ensureCluster>[0],
): Promise<Result<object, 'initdb-failed'>> {
  const fsync = unsafeFast ? 'off' : 'on';
  const server = spawn(native.postgres, ['--single', '-D', draft, '-c', `fsync=${fsync}`, 'postgres'], {
    cwd: home.path,
    env: childEnv,
    stdio: ['pipe', 'ignore', 'pipe'],
    ...(home.user && { uid: home.user.uid, gid: home.user.gid }),
  });
  const ended = once(server, 'exit');
  // A server that refuses to start closes its input; its stderr then says why.
  server.stdin.on('error', () => undefined);
  server.stdin.end(
    [
      `ALTER ROLE postgres PASSWORD '${passwords.admin}'`,
      `CREATE ROLE vireo LOGIN PASSWORD '${passwords.app}'`,
      'CREATE DATABASE vireo OWNER vireo',
      '',
    ].join('\n'),
  );
  const [complaints] = await Promise.all([text(server.stderr), ended]);
  if (server.exitCode === 0 && !/ERROR|FATAL|PANIC/.test(complaints)) return ok();
  return fail(
    'initdb-failed',
    `The database could not be prepared: ${complaints.trim().slice(0, embeddedLimits.maxQuotedLogBytes)}`,
  );
}

/** A rename is on disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
