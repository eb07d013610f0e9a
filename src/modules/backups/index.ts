import { createHash } from 'node:crypto';
import { backupLimits } from '../../../config/backup-limits.ts';
import type { ObjectStorage } from '../../../media/storage/storage.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Audit } from '../staff/index.ts';
import { askingPart } from './asking.ts';
import { type Created, type CreateOptions, createBackup } from './creating.ts';
import type { BackupFacts, Secrets } from './model.ts';
import { type Rehearsal, rehearse } from './restoring.ts';
import { type BackupStatus, createRuns, firstStart, type Tell } from './runs.ts';
import { createShelf } from './shelf.ts';
import { openTarget, type TargetOptions } from './target.ts';

export type { Created } from './creating.ts';
export { type Manifest, namePattern } from './model.ts';
export { restoreDatabase, restoreObjects, whyNotLoadable } from './restoring.ts';

export { type BackupStatus, runKinds } from './runs.ts';
export { createShelf, type Shelf } from './shelf.ts';
export type { Target } from './target.ts';
export { readSecrets } from './verifying.ts';

export interface BackupsDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: Audit;
  /** The media of the server. */
  readonly objects: ObjectStorage;
  /** Opens the place for backups: each time anew, since disks come and go. */
  readonly openPlace: () => TargetOptions & {
    /** What tells the place from others: its path or address. */
    readonly address: string;
  };
  readonly secrets: Secrets;
  readonly origin: string;
  readonly version: string;
  /** Whether a sealed private key of an account is opened by a secret key. */
  readonly opensKey: (secretKey: string, sealed: string) => boolean;
  /** Tells the staff that there is no recent backup. */
  readonly tell: (tx: Tx, status: BackupStatus) => Promise<void>;
  readonly settings: { readonly isNightly: boolean; readonly hour: number; readonly media: boolean };
}

export type Backups = ReturnType<typeof createBackups>;

/** When the staff was last told. */
const TOLD_KEY = 'backup-stale-told';

/** Backups of this server, made while it runs (ADR 0048, docs/backup.md). */
export function createBackups(deps: BackupsDeps) {
  const { db, clock, log, openPlace, settings } = deps;
  const now = () => new Date(clock.now());
  const runs = createRuns(db, now);
  const { take, putBack, ...asking } = askingPart(db, deps.audit, now);

  const backups = {
    settings,
    ...asking,
    runs: runs.list,
    /** Where they lie, and whether they are sealed there. */
    place() {
      const { address, passphrase } = openPlace();
      return { address, isSealed: passphrase !== null };
    },
    /** What lies there, as far as this process can see it. */
    kept: () => createShelf(openPlace()).list(),
    /** Whether backups are made, and whether somebody has to look. */
    status: () => runs.status(settings.isNightly),

    /** Makes one now. */
    async create(options: Partial<CreateOptions> = {}): Promise<Result<{ created: Created }>> {
      const { media = settings.media, onProgress = () => undefined, ...rest } = options;
      return runs.record(
        'create',
        async (note) => {
          const place = openPlace();
          const opened = await openTarget(place, deps.origin);
          if (!opened.ok) return opened;
          const { target } = opened;
          const id = `${place.address} ${target.objectFolder}`;
          const placeId = createHash('sha256').update(id).digest('hex').slice(0, 32);
          const told = { onProgress: both(note, onProgress) };
          return createBackup({ ...deps, target, place: placeId, now }, { media, ...rest, ...told });
        },
        ({ created: { name, bytes, rows, objects, copied, damaged } }) => ({
          ...{ name, bytes, detail: { rows, objects, copied, damaged: damaged.length } },
        }),
      );
    },

    /** Reads one to the last byte, with the copies of media, and compares it with its manifest: the newest, or that of a name. */
    async verify(name?: string, signal?: AbortSignal): Promise<Result<Verified>> {
      return runs.record(
        'verify',
        async (note): Promise<Result<Verified>> => {
          const options = { media: true, onProgress: note, ...(signal && { signal }) };
          const outcome = await createShelf(openPlace()).verify(name, options);
          if (!outcome.ok) return outcome;
          const { manifest, report } = outcome;
          const [first] = report.faults;
          if (first) {
            const others = report.faultCount - 1;
            const more = others === 0 ? '' : ` ${others} more things are wrong.`;
            return fail('damaged', `${manifest.name}, ${first.file}: ${first.problem}${more}`);
          }
          const { rows, objects } = report;
          return ok({ name: manifest.name, rows, objects });
        },
        ({ name: read, rows, objects }) => ({ name: read, bytes: 0, detail: { rows, objects } }),
      );
    },

    /** Loads one into a schema beside the server's own, looks whether it is whole, and removes it: the newest, or that of a name. */
    async rehearse(
      name?: string,
      tell: Tell = () => undefined,
      signal?: AbortSignal,
    ): Promise<Result<RehearsalReport>> {
      return runs.record(
        'rehearse',
        async (note) => {
          const found = await createShelf(openPlace()).find(name);
          if (!found.ok) return found;
          const { target, manifest } = found;
          const outcome = await rehearse(deps, target, manifest, both(note, tell), signal);
          if (!outcome.ok) return outcome;
          return ok({ name: manifest.name, startedAt: manifest.startedAt, ...outcome.rehearsal });
        },
        ({ name: tried, tables, rows, keys }) => ({ name: tried, bytes: 0, detail: { tables, rows, keys } }),
      );
    },

    /** What would go into one. */
    async preview(): Promise<{ table: string; rows: number }[]> {
      const { rows } = await db.raw<{ rows: { table: string; rows: number }[] }>(
        `select relname as table, n_live_tup::int as rows from pg_stat_user_tables
          where schemaname = current_schema() order by n_live_tup desc, relname`,
      );
      return rows;
    },

    /** One thing that the staff asked for. For a worker, every few seconds. */
    async workAsked(signal?: AbortSignal): Promise<void> {
      const ask = await take();
      if (ask === null) return;
      const name = ask.name ?? undefined;
      const { kind } = ask;
      const outcome = await {
        create: () => backups.create(signal && { signal }),
        verify: () => backups.verify(name, signal),
        rehearse: () => backups.rehearse(name, undefined, signal),
      }[kind]();
      if (outcome.ok) log.info({ kind, name }, 'what was asked for about backups is done');
      else if (outcome.reason === 'busy') await putBack(ask);
      else log.error({ kind, ...outcome }, 'what was asked for about backups could not be done');
    },

    /** The nightly backup and the weekly rehearsal, where one of them is due. For a worker, every minute. */
    async work(signal?: AbortSignal): Promise<void> {
      if (!settings.isNightly) return;
      if (await isDue()) {
        const made = await backups.create(signal && { signal });
        if (made.ok) log.info({ backup: made.created.name, bytes: made.created.bytes }, 'a backup was made');
        else log.error({ reason: made.reason, detail: made.detail }, 'the nightly backup could not be made');
      }
      if (await isRehearsalDue()) {
        const done = await backups.rehearse(undefined, undefined, signal);
        if (!done.ok)
          log.error({ reason: done.reason, detail: done.detail }, 'the newest backup cannot be restored');
      }
      const status = await backups.status();
      if (status.isStale) await deps.inTx((tx) => tellOnce(tx, status));
      await runs.sweep();
    },
  };

  /** Once after the hour has come, and again an hour after one that failed. Not on the first day before the hour. */
  async function isDue(): Promise<boolean> {
    const slot = lastSlot(now(), settings.hour);
    if ((await firstStart(db)) > slot) return false;
    const last = await runs.last('create');
    if (last === null || last.startedAt < slot) return true;
    return !last.isGood && now().getTime() - last.startedAt.getTime() > backupLimits.retryMs;
  }

  /** Once for each good backup that grew old, and again every few days until there is another. */
  async function tellOnce(tx: Tx, status: BackupStatus): Promise<void> {
    const row = await tx('instance_settings').where({ key: TOLD_KEY }).forUpdate().first('value');
    if (row && clock.now() - Date.parse(row.value) < backupLimits.tellAgainMs) return;
    const value = JSON.stringify(now().toISOString());
    await tx('instance_settings').insert({ key: TOLD_KEY, value }).onConflict('key').merge({ value });
    await deps.tell(tx, status);
  }

  async function isRehearsalDue(): Promise<boolean> {
    if ((await runs.last('create'))?.isGood !== true) return false;
    const last = await runs.last('rehearse');
    return last === null || now().getTime() - last.startedAt.getTime() > backupLimits.rehearsalEveryMs;
  }

  return backups;
}

/** What was read, all of it as it should be. */
export type Verified = Pick<BackupFacts, 'name' | 'rows' | 'objects'>;

/** Tells two who want to know. */
function both(first: Tell, second: Tell): Tell {
  return (step) => {
    first(step);
    second(step);
  };
}

export interface RehearsalReport extends Rehearsal {
  readonly name: string;
  readonly startedAt: string;
}

/** The last time at which the clock showed that hour, in UTC. */
function lastSlot(now: Date, hour: number): Date {
  const slot = new Date(now);
  slot.setUTCHours(hour, 0, 0, 0);
  if (slot > now) slot.setUTCDate(slot.getUTCDate() - 1);
  return slot;
}
