import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Db } from '../db/database.ts';
import type { Logger } from '../lib/log.ts';
import { specOf } from './registry.ts';

/** Tells this process from an earlier one that had the same number, as the first of a container has. */
const startedAt = Math.round(Date.now() - process.uptime() * 1_000);
let tries = 0;

/**
 * Process numbers mean something only within one PID namespace. Containers on the network of their host
 * share its name, and in each of them the server may be process 1.
 */
const processSpace = readProcessSpace();

function readProcessSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '');
  } catch {
    return '';
  }
}

/** A name for this process: machine, PID namespace, process, and its start. */
export const processName = `${hostname()}/${processSpace}/${process.pid}/${startedAt}`;

/** A name for one try of a job: that of its process, and a counter. */
export function newLeaseOwner(): string {
  tries += 1;
  return `${processName}/${tries}`;
}

/** True when the process that took the lease surely is gone; false when it may live, here or elsewhere. */
export function ownerIsDead(owner: string): boolean {
  const [host, space, pid, started] = owner.split('/');
  if (host !== hostname() || space !== processSpace) return false;
  if (Number(pid) === process.pid) return Number(started) !== startedAt;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Columns that free the lease and ask the relay to schedule the job anew. */
export function released(db: Pick<Db, 'raw'>) {
  return { lease_owner: null, lease_until: null, run: db.raw('run + 1') };
}

/**
 * Gives back the jobs of workers that died: at once when the worker ran on this machine, after the
 * lease ran out otherwise. A job that has used its last try becomes a dead letter. Returns how many.
 */
export async function sweepLeases(db: Db, log: Logger): Promise<number> {
  const leased: { id: string; name: string; attempts: number; lease_owner: string; expired: boolean }[] =
    await db('jobs')
      .select('id', 'name', 'attempts', 'lease_owner', db.raw('lease_until < now() as expired'))
      .whereNotNull('lease_owner')
      .orderBy('lease_until')
      .limit(1_000);
  let freed = 0;
  for (const job of leased) {
    if (!job.expired && !ownerIsDead(job.lease_owner)) continue;
    const spent = job.attempts >= (specOf(job.name)?.maxAttempts ?? 0);
    freed += await db('jobs')
      .where({ id: job.id, lease_owner: job.lease_owner })
      .update({
        ...released(db),
        last_error: 'The worker died before the job was done.',
        ...(spent ? { state: 'dead', died_at: db.fn.now() } : {}),
      });
    log.warn({ job: job.name, jobId: job.id, dead: spent }, 'the worker of a job died');
  }
  return freed;
}
