import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Logger } from '../lib/log.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { childEnv, messageOf, type ServiceUser } from './child.ts';
import { readOptional } from './processes.ts';

const run = promisify(execFile);

/** The user that is created when there is none to use yet. */
const OWN_USER = 'vireo';

/** Where PostgreSQL and Redis keep their files, and as whom they run. */
export interface Home {
  readonly path: string;
  readonly user: ServiceUser | undefined;
}

export type HomeProblem = 'no-service-user' | 'wrong-user' | 'data-elsewhere';

/**
 * Decides once per data folder where the database lives. That is the data folder itself, unless we are
 * root (PostgreSQL refuses to run as root) and the unprivileged user may not enter it, as in a clone under
 * /root: then it is a folder of its own under `systemDir`, remembered in `dataDir/embedded-home`.
 */
export async function findHome(options: {
  readonly dataDir: string;
  readonly systemDir: string;
  readonly log: Logger;
}): Promise<Result<{ home: Home }, HomeProblem>> {
  const { dataDir, systemDir, log } = options;
  const pointer = join(dataDir, 'embedded-home');
  const moved = (await readOptional(pointer))?.trim();
  if (moved !== undefined) {
    const claimed = await claimMovedHome(moved, dataDir, pointer);
    if (!claimed.ok) return claimed;
  }
  const path = moved ?? dataDir;
  const uid = process.getuid?.();
  const owner = await ownerOf(join(path, 'postgres'));
  if (uid !== 0) {
    if (owner === undefined || owner.uid === uid) return ok({ home: { path, user: undefined } });
    return fail(
      'wrong-user',
      `The database in ${path} belongs to user number ${owner.uid}. Start the server as that user or as root.`,
    );
  }
  const found = await findServiceUser(path);
  if (!found.ok) return found;
  const { user } = found;
  if (moved !== undefined || owner !== undefined || (await mayEnter(user, path))) {
    return ok({ home: { path, user } });
  }
  const short = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const outside = join(systemDir, short);
  await makePassable(systemDir);
  await makePassable(outside);
  await writeFile(join(outside, 'owner'), dataDir);
  await writeFile(pointer, outside);
  log.info(
    { path: outside, user: user.name },
    `The user ${user.name} may not enter ${dataDir}, so the database lives in ${outside}`,
  );
  return ok({ home: { path: outside, user } });
}

/** Whether the user can reach the folder: asked of the kernel, because modes alone do not tell (ACLs, mounts). */
async function mayEnter(user: ServiceUser, folder: string): Promise<boolean> {
  const options = { uid: user.uid, gid: user.gid, cwd: '/', env: childEnv };
  return run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], options).then(
    () => true,
    () => false,
  );
}

/** Creates a folder that others may pass but not list, whatever the umask says; one that exists is left as it is. */
export async function makePassable(folder: string): Promise<void> {
  if ((await mkdir(folder, { recursive: true })) !== undefined) await chmod(folder, 0o711);
}

/**
 * A data folder names its database by path, so a renamed folder keeps it, and a copied one must not
 * open (or stop) the database of the original.
 */
async function claimMovedHome(
  home: string,
  dataDir: string,
  pointer: string,
): Promise<Result<object, 'data-elsewhere'>> {
  const owner = (await readOptional(join(home, 'owner')))?.trim();
  if (owner === undefined) {
    return fail(
      'data-elsewhere',
      `The database of ${dataDir} was kept in ${home}, which is gone. Restore that folder from a backup, or remove ${pointer} to start with an empty database.`,
    );
  }
  if (owner !== dataDir && (await readOptional(join(owner, 'embedded-home')))?.trim() === home) {
    return fail(
      'data-elsewhere',
      `${dataDir} looks like a copy of ${owner}, and both name the database in ${home}. Remove ${pointer} to give the copy a database of its own.`,
    );
  }
  if (owner !== dataDir) await writeFile(join(home, 'owner'), dataDir);
  return ok();
}

/** The owner of the data that is already there, else `postgres`, else our own user, created on demand. */
async function findServiceUser(home: string): Promise<Result<{ user: ServiceUser }, 'no-service-user'>> {
  for (const folder of ['postgres', 'redis']) {
    const owner = await ownerOf(join(home, folder));
    if (owner !== undefined && owner.uid !== 0)
      return ok({ user: { name: `number ${owner.uid}`, ...owner } });
  }
  const known = (await lookUpUser('postgres')) ?? (await lookUpUser(OWN_USER));
  if (known) return ok({ user: known });
  try {
    await run('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', OWN_USER]);
  } catch (error) {
    return fail(
      'no-service-user',
      `PostgreSQL does not run as root, and the user "${OWN_USER}" could not be created: ${messageOf(error)}. Create that user, or start the server as another user than root.`,
    );
  }
  const created = await lookUpUser(OWN_USER);
  return created
    ? ok({ user: created })
    : fail('no-service-user', `The user "${OWN_USER}" was created but is not found.`);
}

async function lookUpUser(name: string): Promise<ServiceUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // id exits with 1 for an unknown user.
    return undefined;
  }
}

async function ownerOf(path: string): Promise<{ uid: number; gid: number } | undefined> {
  return stat(path).then(
    ({ uid, gid }) => ({ uid, gid }),
    () => undefined,
  );
}
