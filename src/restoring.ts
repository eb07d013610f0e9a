import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadConfig } from '../config/config.ts';
import { connect } from './connections.ts';
import { createContext } from './context.ts';
import { countUsers, emptySchema, isEmptyDatabase } from './db/load.ts';
import { rebuildQueues } from './jobs/queues.ts';
import type { Logger } from './lib/log.ts';
import { fail, ok, type Result } from './lib/result.ts';
import {
  type Manifest,
  readSecrets,
  restoreDatabase,
  restoreObjects,
  type Shelf,
  type Target,
  whyNotLoadable,
} from './modules/backups/index.ts';

export interface RestoreOptions {
  /** The newest where it is absent. */
  readonly name?: string | undefined;
  /** Whether what is in the database may be removed for it. */
  readonly replace: boolean;
  /** Look at everything, and change nothing. */
  readonly dryRun: boolean;
  readonly log: Logger;
  readonly tell: (step: string) => void;
}

export interface Restored {
  readonly name: string;
  readonly startedAt: string;
  readonly rows: number;
  readonly objects: number;
  readonly bytes: number;
  /** Objects of the backup that could not be put back. */
  readonly missing: readonly string[];
  /** Background work that was scheduled anew. */
  readonly jobs: number;
  /** Variables that the server was started with, and that are other ones now. */
  readonly otherVariables: readonly string[];
}

/**
 * Makes a server of a backup: secret key, database, media, and then the queues from the database. Into an empty
 * database and a folder without another secret key only. The server must not run.
 */
export async function restore(
  config: ReadConfig,
  shelf: Shelf,
  options: RestoreOptions,
): Promise<Result<{ restored: Restored }>> {
  const found = await shelf.find(options.name);
  if (!found.ok) return found;
  const { target, manifest } = found;
  if (manifest.origin !== config.origin) {
    return fail(
      'other-origin',
      `The backup is of ${manifest.origin}, and this server is to be ${config.origin}. Set ORIGIN=${manifest.origin}: accounts and videos are known by it everywhere.`,
    );
  }
  const newer = await whyNotLoadable(manifest);
  if (newer !== null) return fail('newer', newer);
  const { secretKey, variables } = await readSecrets(target, manifest);
  const refusal = await whyNotThisKey(config, secretKey);
  if (refusal !== null) return fail('other-secret-key', refusal);
  const connected = await connect(config, options.log);
  if (!connected.ok) return connected;
  try {
    const { databaseUrl } = connected;
    if (!(await isEmptyDatabase(databaseUrl))) {
      const busy = await whyNotReplaced(databaseUrl, options.replace);
      if (busy !== null) return fail('not-empty', busy);
      if (!options.dryRun) await emptySchema(databaseUrl, 'public');
    }
    const told = otherVariables(config, variables);
    if (options.dryRun) return ok({ restored: { ...nothingOf(manifest), otherVariables: told } });
    await keepSecretKey(config, secretKey);
    const loaded = await restoreDatabase(databaseUrl, target, manifest, options.tell);
    if (!loaded.ok) return loaded;
    return await finish(config, { target, manifest, otherVariables: told }, options);
  } finally {
    await connected.stack?.stop();
  }
}

/** What needs the server's own parts: they are built as for any command beside a running stack. */
async function finish(
  config: ReadConfig,
  { target, manifest, otherVariables }: { target: Target; manifest: Manifest; otherVariables: string[] },
  { log, tell }: RestoreOptions,
): Promise<Result<{ restored: Restored }>> {
  const created = await createContext(config, { log, besideServer: true });
  if (!created.ok) return created;
  const { context } = created;
  try {
    // First: objects take their time, and a run that ends among them must not leave what the engine was told before the backup was put back.
    await context.search.forgetEngine();
    const { objects, bytes, missing } = await restoreObjects(context.media.objects, target, manifest, tell);
    const jobs = await rebuildQueues(context.db);
    return ok({ restored: { ...nothingOf(manifest), objects, bytes, missing, jobs, otherVariables } });
  } finally {
    await context.close();
  }
}

function nothingOf({ name, startedAt, database }: Manifest): Restored {
  const rows = database.tables.reduce((sum, table) => sum + table.rows, 0);
  return { name, startedAt, rows, objects: 0, bytes: 0, missing: [], jobs: 0, otherVariables: [] };
}

const secretFile = (config: ReadConfig) => join(config.dataDir, 'secrets', 'secret-key');

/** Another key would lock out everything that was sealed with the one of the backup, and its own too. */
async function whyNotThisKey(config: ReadConfig, secretKey: string): Promise<string | null> {
  const given = config.secretKey?.reveal();
  if (given !== undefined) {
    return given === secretKey
      ? null
      : 'SECRET_KEY is not the one of the backup. Unset it: the backup holds its own.';
  }
  const path = secretFile(config);
  const there = existsSync(path) ? (await readFile(path, 'utf8')).trim() : secretKey;
  if (there === secretKey) return null;
  return `${path} holds another secret key than the backup. Restore into a fresh folder (DATA_DIR), or move that file away if nothing needs it any more.`;
}

async function keepSecretKey(config: ReadConfig, secretKey: string): Promise<void> {
  const path = secretFile(config);
  if (config.secretKey !== undefined || existsSync(path)) return;
  await mkdir(join(config.dataDir, 'secrets'), { recursive: true, mode: 0o700 });
  await writeFile(path, `${secretKey}\n`, { mode: 0o600, flag: 'wx' });
}

async function whyNotReplaced(databaseUrl: string, replace: boolean): Promise<string | null> {
  if (!replace)
    return 'The database is not empty. Restore into a fresh one; or, to remove everything that is in it, add --replace.';
  const users = await countUsers(databaseUrl);
  return users === 0 ? null : 'The server runs on this database. Stop all of its processes first.';
}

/** Those of which another value holds now: what the server was before is not what it would be. */
function otherVariables(config: ReadConfig, before: Readonly<Record<string, string>>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(config.told)]);
  return [...names].filter((name) => before[name] !== config.told[name]).sort();
}
