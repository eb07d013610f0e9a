import type { ReadConfig } from '../config/config.ts';
import { addressesOf, connect } from './connections.ts';
import { openDatabase, transactions } from './db/database.ts';
import { migrateOrRefuse, pendingOf, type SchemaState, schemaState } from './db/migrate.ts';
import { findRunningStack } from './embedded/index.ts';
import { claimIdNode } from './id-node.ts';
import { systemClock } from './lib/clock.ts';
import { createIds } from './lib/ids.ts';
import type { Logger } from './lib/log.ts';
import { type Failure, fail, ok, type Result } from './lib/result.ts';
import { createAudit, operator } from './modules/staff/index.ts';

/** Works on the database of a server of which no process may be able to start: one that starts would migrate first. */
async function onDatabase<T>(
  config: ReadConfig,
  log: Logger,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T | Failure> {
  const running = await findRunningStack(config.dataDir);
  const connected = running
    ? ok({ ...addressesOf(config, running), stack: null })
    : await connect(config, log);
  if (!connected.ok) return connected;
  try {
    return await work(connected.databaseUrl);
  } finally {
    await connected.stack?.stop();
  }
}

/** Which migrations have run on the database of this server, and which have not. Changes nothing. */
export function readSchema(
  config: ReadConfig,
  log: Logger,
): Promise<Result<{ state: SchemaState }> | Failure> {
  return onDatabase(config, log, async (databaseUrl) => ok({ state: await schemaState(databaseUrl) }));
}

/** Brings the schema up to date, as the next start would do, and puts on record what ran. Gives the names of what ran, or would run. */
export function migrateServer(
  config: ReadConfig,
  { dryRun, log, tell }: { readonly dryRun: boolean; readonly log: Logger; tell(name: string): void },
): Promise<Result<{ names: string[] }, 'schema-too-new'> | Failure> {
  return onDatabase(config, log, async (databaseUrl) => {
    if (dryRun) {
      const { migrations, tooNew } = await schemaState(databaseUrl);
      return tooNew === null ? ok({ names: pendingOf(migrations) }) : fail('schema-too-new', tooNew);
    }
    const migrated = await migrateOrRefuse(databaseUrl, { tell });
    if (!migrated.ok) return migrated;
    const { ran: names } = migrated;
    if (names.length > 0) await note(databaseUrl, names);
    return ok({ names });
  });
}

async function note(databaseUrl: string, migrations: readonly string[]): Promise<void> {
  const db = openDatabase(databaseUrl, 1);
  try {
    const audit = createAudit({ db, ids: createIds(systemClock, await claimIdNode(db), Math.random) });
    const target = { kind: 'storage', id: 'schema' } as const;
    const deed = { action: 'maintenance.migrate', target, detail: { migrations } } as const;
    await transactions(db)((tx) => audit.record(tx, operator, deed));
  } finally {
    await db.destroy();
  }
}
