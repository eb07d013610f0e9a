import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mediaLimits } from '../../../config/media-limits.ts';
import { assertPrefix, type ObjectStorage } from '../../../media/storage/storage.ts';
import { digestOf, transfer } from '../../../media/storage/transfer.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { VideoId } from '../../lib/ids.ts';
import { type NamedObject, namedObjects, namedOriginals, namesAmong } from './named.ts';
import { orphansIn } from './orphans.ts';

/** A store under the name that reports give it. */
export interface NamedStore {
  readonly name: string;
  readonly store: ObjectStorage;
}

export interface CheckDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  /** All of them: an object may lie in any. */
  readonly stores: readonly NamedStore[];
  readonly scratchDir: string;
  /** Has a video made anew from its source; false where it cannot be. */
  readonly remake: (tx: Tx, videoId: VideoId) => Promise<boolean>;
}

/** One thing that is not as it should be. */
export interface Finding {
  readonly key: string;
  readonly problem: 'missing' | 'damaged' | 'orphan';
  /** The store it is about; null where it is about all of them. */
  readonly store: string | null;
  /** What was done: a good copy put in its place, or making it again asked for. */
  readonly mended: 'copied' | 'remaking' | null;
}

export interface CheckReport {
  readonly objects: number;
  readonly bytes: number;
  readonly counts: Readonly<Record<Finding['problem'], number>>;
  /** Missing and damaged ones that stay so. */
  readonly unmended: number;
  /** The first thousand. */
  readonly findings: readonly Finding[];
}

export interface CheckOptions {
  readonly repair?: boolean;
  /** Only keys that start so. */
  readonly prefix?: string;
  readonly onProgress?: (progress: { readonly objects: number; readonly bytes: number }) => void;
}

/**
 * Reads every object that a row names, in every store, and compares size and SHA-256 with the row; then
 * looks for objects that no row names and that are older than a day. With `repair`, a bad copy is replaced
 * by a good one of another store; where there is none, the bad ones are removed and the videos that name them are
 * made again.
 * Orphans are only told of.
 */
export async function checkContent(deps: CheckDeps, options: CheckOptions = {}): Promise<CheckReport> {
  const { prefix = '' } = options;
  assertPrefix(prefix);
  const report = createReport();
  await mkdir(deps.scratchDir, { recursive: true });
  const scratch = await mkdtemp(join(deps.scratchDir, 'check-'));
  const check = { ...deps, scratch, repair: options.repair ?? false };
  try {
    for await (const object of namedObjects(deps.db, prefix)) {
      for (const finding of await checkObject(check, object)) report.add(finding);
      report.count(object.size);
      options.onProgress?.(report.result());
    }
    for await (const { key } of namedOriginals(deps.db, prefix)) {
      if (!(await isAnywhere(deps.stores, key)) && (await isStillNamed(deps.db, key))) {
        report.add({ key, problem: 'missing', store: null, mended: null });
      }
      report.count(0);
      options.onProgress?.(report.result());
    }
    const before = deps.clock.now() - mediaLimits.orphanAgeMs;
    for (const { name, store } of deps.stores) {
      for await (const { key } of orphansIn(deps.db, store, { before, prefix })) {
        report.add({ key, problem: 'orphan', store: name, mended: null });
      }
    }
    return report.result();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Check extends CheckDeps {
  readonly scratch: string;
  readonly repair: boolean;
}

async function checkObject(check: Check, object: NamedObject): Promise<Finding[]> {
  const { key } = object;
  // What is being moved may be in none of them at the first look.
  const look = async () => (await copiesOf(check.stores, object)) ?? (await copiesOf(check.stores, object));
  const copies = await look();
  if (copies?.every(({ isGood }) => isGood)) return [];
  // Deleted with its video since the row was read.
  if (!(await isStillNamed(check.db, key))) return [];
  const bad = (copies ?? []).filter(({ isGood }) => !isGood);
  const good = copies?.find(({ isGood }) => isGood);
  const mended = check.repair ? await mend(check, object, good?.store, bad) : null;
  if (!copies) return [{ key, problem: 'missing', store: null, mended }];
  return bad.map(({ name }) => ({ key, problem: 'damaged', store: name, mended }));
}

interface Copy extends NamedStore {
  readonly isGood: boolean;
}

/** Null where no store has it. */
async function copiesOf(stores: readonly NamedStore[], object: NamedObject): Promise<Copy[] | null> {
  const copies: Copy[] = [];
  for (const { name, store } of stores) {
    const found = await digestOf(store, object.key).catch((error) => {
      if (isDiskFault(error)) return { size: -1, sha256: '' };
      throw error;
    });
    if (found === null) continue;
    copies.push({ name, store, isGood: found.sha256 === object.sha256 && found.size === object.size });
  }
  return copies.length === 0 ? null : copies;
}

async function mend(
  check: Check,
  { key, videoIds }: NamedObject,
  good: ObjectStorage | undefined,
  bad: readonly Copy[],
): Promise<Finding['mended']> {
  if (good) {
    for (const { store } of bad) await transfer({ from: good, to: store, key, scratchDir: check.scratch });
    return 'copied';
  }
  return check.inTx(async (tx) => {
    // All of them at once: one that stayed ready would lend the others what it has lost itself.
    const asked: boolean[] = [];
    for (const videoId of videoIds) asked.push(await check.remake(tx, videoId));
    if (asked.includes(false)) return null;
    // Before the job can start: a crash in between leaves it missing, for the next check to find, and nothing is
    // removed that was made again.
    for (const { store } of bad) await store.remove([key]);
    return 'remaking';
  });
}

/** A sector that cannot be read is damage, while a server that does not answer says nothing. */
function isDiskFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EIO';
}

async function isAnywhere(stores: readonly NamedStore[], key: string): Promise<boolean> {
  for (const { store } of [...stores, ...stores]) if (await store.stat(key)) return true;
  return false;
}

async function isStillNamed(db: Db, key: string): Promise<boolean> {
  return (await namesAmong(db, [key])).has(key);
}

function createReport() {
  const counts = { missing: 0, damaged: 0, orphan: 0 };
  const findings: Finding[] = [];
  let [objects, bytes, unmended] = [0, 0, 0];
  return {
    add(finding: Finding): void {
      counts[finding.problem] += 1;
      if (finding.problem !== 'orphan' && finding.mended === null) unmended += 1;
      if (findings.length < mediaLimits.maxReportedObjects) findings.push(finding);
    },
    count(size: number): void {
      objects += 1;
      bytes += size;
    },
    result: (): CheckReport => ({ objects, bytes, counts, unmended, findings }),
  };
}
