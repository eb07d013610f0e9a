import { randomUUID } from 'node:crypto';
import { link, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../lib/result.ts';
import { isSystemError, processIdentity, readOptional } from './processes.ts';
import { waitUntil } from './wait.ts';

const ownerSchema = z.object({ pid: z.int().positive(), identity: z.string().max(200), token: z.uuid() });

/** The right to use a data folder. The operating system cannot free it, so a dead owner is detected. */
export interface DataLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only user of `dataDir` (which must exist). Waits up to `waitMs` for an owner that
 * is about to stop; a lock left by a killed process is taken over at once.
 * Fails with `data-in-use` and the owner's pid. Processes in other containers cannot see each other.
 */
export async function acquireDataLock(
  dataDir: string,
  options: { readonly waitMs: number },
): Promise<Result<{ lock: DataLock }, 'data-in-use'>> {
  const path = join(dataDir, 'lock');
  const identity = await processIdentity(process.pid);
  const mine = JSON.stringify({ pid: process.pid, identity: identity ?? '', token: randomUUID() });
  const acquired = await waitUntil(async () => {
    const found = await readOptional(path);
    if (found !== undefined) {
      if (await isHeld(found)) return false;
      await removeStale(path, found, mine);
    }
    return createWhole(path, mine);
  }, options.waitMs);
  if (acquired) return ok({ lock: { release: () => removeIf(path, mine) } });
  const owner = parseOwner((await readOptional(path)) ?? '');
  return fail(
    'data-in-use',
    `The data folder ${dataDir} is in use by process ${owner?.pid ?? 'unknown'}. Stop that process first, or set DATA_DIR to another folder.`,
  );
}

/** Whether the owner that `dataDir` was locked by still runs. */
export async function isDataLocked(dataDir: string): Promise<boolean> {
  const found = await readOptional(join(dataDir, 'lock'));
  return found !== undefined && (await isHeld(found));
}

/** Creates the file with its full content, or not at all when it exists: no reader ever sees half of it. */
async function createWhole(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function isHeld(content: string): Promise<boolean> {
  const owner = parseOwner(content);
  return owner !== undefined && (await processIdentity(owner.pid)) === owner.identity;
}

function parseOwner(content: string): z.infer<typeof ownerSchema> | undefined {
  try {
    return ownerSchema.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

/**
 * Removes the lock of a dead owner. Between reading and removing nobody else may replace it, so only the
 * holder of a second file does this; otherwise two starters could each remove the other's fresh lock.
 */
async function removeStale(path: string, content: string, mine: string): Promise<void> {
  const takeover = `${path}.takeover`;
  if (await createWhole(takeover, mine)) {
    await removeIf(path, content);
    await rm(takeover, { force: true });
    return;
  }
  const other = await readOptional(takeover);
  if (other !== undefined && !(await isHeld(other))) await removeIf(takeover, other);
}

async function removeIf(path: string, content: string): Promise<void> {
  if ((await readOptional(path)) === content) await rm(path, { force: true });
}
