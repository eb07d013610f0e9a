import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadConfig } from '../config/config.ts';
import { opensActorKey } from '../federation/index.ts';
import { addressesOf, connect } from './connections.ts';
import { type InTx, openDatabase, type Tx, transactions } from './db/database.ts';
import { migrateOrRefuse } from './db/migrate.ts';
import { type Resealed, reseal, sealedPlaces } from './db/sealed.ts';
import { findRunningStack } from './embedded/index.ts';
import { claimIdNode } from './id-node.ts';
import { systemClock } from './lib/clock.ts';
import { purposeKey } from './lib/crypto.ts';
import { createIds } from './lib/ids.ts';
import type { Logger } from './lib/log.ts';
import { type Failure, fail, ok, type Result } from './lib/result.ts';
import { loadOrCreateSecret } from './lib/secrets.ts';
import { createAudit, operator } from './modules/staff/index.ts';

/** Tells which secret key the database is sealed with, and nothing of the key itself. */
const MARK = 'secret-key-mark';

interface Mark {
  readonly mark: string;
  /** When the key was changed; null for the first one. */
  readonly changedAt: string | null;
}

const markOf = (instanceSecret: string): string =>
  purposeKey({ instanceSecret, purpose: MARK }).toString('base64url');

/** Where a secret key lies that was made for this machine, and where a new one waits until it counts. */
function filesOf({ dataDir }: Pick<ReadConfig, 'dataDir'>) {
  const folder = join(dataDir, 'secrets');
  return { folder, current: join(folder, 'secret-key'), next: join(folder, 'secret-key.next') };
}

const read = async (path: string): Promise<string | null> =>
  existsSync(path) ? (await readFile(path, 'utf8')).trim() : null;

/**
 * The secret key that this database is sealed with: SECRET_KEY, or the one in the folder of data, which is made on the first
 * start. Refuses any other: it could open nothing, and what it sealed nobody else could open. Waits while a change of the key
 * is under way, and ends one that was broken off after the database had the new key.
 */
export async function openInstanceSecret(
  config: ReadConfig,
  inTx: InTx,
): Promise<Result<{ instanceSecret: string }, 'other-secret-key'>> {
  const files = filesOf(config);
  const given = config.secretKey?.reveal();
  const known = given ?? (await loadOrCreateSecret(files.folder, 'secret-key'));
  const next = await read(files.next);
  const mark = await inTx((tx) => markIn(tx, known));
  if (mark === null) {
    return fail(
      'other-secret-key',
      'The keys of the accounts in this database were sealed with another secret key. Start with the SECRET_KEY, or the DATA_DIR, that belongs to it.',
    );
  }
  if (mark.mark === markOf(known)) {
    // The new key that had to be put into SECRET_KEY is there by now.
    if (next !== null && next === given) await rm(files.next, { force: true });
    return ok({ instanceSecret: known });
  }
  if (next === null || mark.mark !== markOf(next)) return fail('other-secret-key', otherKey(mark));
  if (given !== undefined) return fail('other-secret-key', `${otherKey(mark)} It stands in ${files.next}.`);
  await rename(files.next, files.current);
  return ok({ instanceSecret: next });
}

const otherKey = ({ changedAt }: Mark) =>
  changedAt === null
    ? 'The secret key is not the one that this database is sealed with. Start with the SECRET_KEY, or the DATA_DIR, that belongs to it.'
    : `The secret key of this server was changed on ${changedAt} by “vireo secrets rotate”. Set SECRET_KEY to the new one.`;

/** The mark of the database; where it has none, that of this key, unless its keys say that this cannot be. */
async function markIn(tx: Tx, known: string): Promise<Mark | null> {
  const mark = tx('instance_settings').where({ key: MARK });
  const row = await mark.clone().forShare().first('value');
  if (row) return row.value;
  const newest = await tx('actor_keys').orderBy('created_at', 'desc').first('private_key_sealed');
  if (newest && !opensActorKey(known, newest.private_key_sealed)) return null;
  const first: Mark = { mark: markOf(known), changedAt: null };
  await tx('instance_settings')
    .insert({ key: MARK, value: JSON.stringify(first) })
    .onConflict('key')
    .ignore();
  return (await mark.clone().forShare().first('value')).value;
}

export interface SecretChange {
  readonly places: readonly Resealed[];
  /** Where the new key stands that has to be put into SECRET_KEY; null where it counts already. */
  readonly newKeyFile: string | null;
  /** Whether there was nothing to do but to end a change that had been broken off. */
  readonly wasBegun: boolean;
}

type Refusal = 'in-use' | 'other-secret-key';

/**
 * Gives the server another secret key: everything that is sealed with it is sealed anew in one transaction, with the mark that says
 * which key counts. The new key lies on the disk before that begins and takes its place after it is done, so that whoever dies in
 * between has lost nothing: before the end of the transaction the old key counts, and after it the new one. No process of the
 * server may run: it would go on to seal with the old key.
 */
export async function changeInstanceSecret(
  config: ReadConfig,
  options: {
    readonly reason: string;
    readonly dryRun: boolean;
    readonly log: Logger;
    tell(step: string): void;
  },
): Promise<Result<{ change: SecretChange }, Refusal> | Failure> {
  const running = await findRunningStack(config.dataDir);
  if (running && !options.dryRun) return inUse();
  const connected = running
    ? ok({ ...addressesOf(config, running), stack: null })
    : await connect(config, options.log);
  if (!connected.ok) return connected;
  try {
    const migrated = await migrateOrRefuse(connected.databaseUrl);
    if (!migrated.ok) return migrated;
    return await changeIn(config, connected.databaseUrl, options);
  } finally {
    await connected.stack?.stop();
  }
}

async function changeIn(
  config: ReadConfig,
  databaseUrl: string,
  { reason, dryRun, tell }: Parameters<typeof changeInstanceSecret>[1],
): Promise<Result<{ change: SecretChange }, Refusal>> {
  // One connection: all others are of somebody else.
  const db = openDatabase(databaseUrl, 1);
  const inTx = transactions(db);
  try {
    const files = filesOf(config);
    const before = await read(files.next);
    const opened = await openInstanceSecret(config, inTx);
    if (!opened.ok) return opened;
    const { instanceSecret: from } = opened;
    const isFile = config.secretKey === undefined;
    // It was renamed just now, or put into SECRET_KEY.
    if (before !== null && before === from && isFile)
      return ok({ change: { places: [], newKeyFile: null, wasBegun: true } });
    const to = dryRun ? from : await loadOrCreateSecret(files.folder, 'secret-key.next');
    const audit = createAudit({ db, ids: createIds(systemClock, await claimIdNode(db), Math.random) });
    const undo = new Error('Only tried.');
    let places: Resealed[] = [];
    const outcome = await inTx(async (tx): Promise<Result<object, Refusal>> => {
      await tx('instance_settings').where({ key: MARK }).forUpdate().first('key');
      if (!dryRun && (await isInUse(tx))) return inUse();
      places = await sealAnew(tx, { from, to }, tell);
      if (dryRun) throw undo;
      await noteKey(tx, to);
      const detail = Object.fromEntries(places.map(({ place, sealed }) => [place, sealed]));
      const target = { kind: 'setting', id: 'SECRET_KEY' } as const;
      await audit.record(tx, operator, { action: 'secret-key.rotate', target, reason, detail });
      return ok();
    }).catch((error) => {
      if (error === undo) return ok();
      throw error;
    });
    if (!outcome.ok) return outcome;
    if (isFile && !dryRun) await rename(files.next, files.current);
    return ok({ change: { places, newKeyFile: isFile ? null : files.next, wasBegun: false } });
  } finally {
    await db.destroy();
  }
}

async function sealAnew(
  tx: Tx,
  keys: { readonly from: string; readonly to: string },
  tell: (step: string) => void,
): Promise<Resealed[]> {
  const places: Resealed[] = [];
  for (const place of sealedPlaces) {
    places.push(await reseal(tx, place, keys, (done) => tell(`${done} ${place.name}`)));
  }
  return places;
}

async function noteKey(tx: Tx, instanceSecret: string): Promise<void> {
  const value: Mark = { mark: markOf(instanceSecret), changedAt: new Date().toISOString() };
  await tx('instance_settings')
    .where({ key: MARK })
    .update({ value: JSON.stringify(value) });
}

const inUse = () =>
  fail(
    'in-use',
    'The server runs. Stop all of its processes first: they would go on to seal with the old key.',
  );

/** Whether another process of ours uses the database; whichever starts now waits for the mark, which is locked. */
async function isInUse(tx: Tx): Promise<boolean> {
  const others = await tx('pg_stat_activity')
    .whereRaw(`datname = current_database() and application_name like 'vireo%' and pid <> pg_backend_pid()`)
    .first('pid');
  return others !== undefined;
}
