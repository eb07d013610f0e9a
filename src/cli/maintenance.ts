import { setTimeout as pause } from 'node:timers/promises';
import { Argument, Command, InvalidArgumentError } from 'commander';
import type { Context } from '../context.ts';
import { operator } from '../modules/staff/index.ts';
import { sizeOf, stepTeller } from './progress.ts';
import { DRY_RUN, type Tried } from './rehearsal.ts';
import { type Report, type Run, refused } from './report.ts';

/** `vireo maintenance …`: work on the server itself. */
export function maintenanceCommand(run: Run): Command {
  const command = new Command('maintenance').description('work on the server itself, and on its database');
  for (const add of [addLock, addVacuum, addFixDuplicates]) add(command, run);
  return command;
}

const LOOK_AGAIN_MS = 500;
const MAX_MINUTES = 24 * 60;

interface LockOptions {
  readonly note: string;
  readonly reason: string;
  readonly minutes: number;
}

/** `vireo maintenance lock` */
function addLock(command: Command, run: Run): void {
  command
    .command('lock')
    .description(
      'make the whole server read-only: people and other servers are asked to come again later, workers begin nothing; commands of this line go on',
    )
    .addArgument(new Argument('<state>', 'what it is to be').choices(['on', 'off', 'status']))
    .option('--note <text>', 'with on: why, for the people who are turned away', '')
    .option('--reason <text>', 'why, for the log', '')
    .option('--minutes <count>', 'with on: wait so long at most for jobs that run', minutes, 10)
    .action((state: 'on' | 'off' | 'status', options: LockOptions) =>
      run((context) => {
        if (state === 'on') return lock(context, options);
        return state === 'off' ? unlock(context, options) : status(context);
      }),
    );
}

async function lock(context: Context, { note, reason, minutes }: LockOptions): Promise<Report> {
  const done = await context.inTx((tx) => context.serverLock.lock(tx, operator, { note, reason }));
  if (!done.ok) return refused(done);
  const until = performance.now() + minutes * 60_000;
  for (;;) {
    const running = (await context.work.queues()).reduce((sum, queue) => sum + queue.running, 0);
    const rows = await rowsOf(context);
    if (running === 0) return { ok: true, rows, text: 'The server is locked, and no job runs.' };
    if (performance.now() > until) {
      return { ok: false, rows, text: `The server is locked, but ${running} jobs still run.` };
    }
    await pause(LOOK_AGAIN_MS);
  }
}

async function unlock(context: Context, { reason }: LockOptions): Promise<Report> {
  const done = await context.inTx((tx) => context.serverLock.unlock(tx, operator, { reason }));
  if (!done.ok) return refused(done);
  return { ok: true, rows: await rowsOf(context), text: 'The server is open.' };
}

async function status(context: Context): Promise<Report> {
  const rows = await rowsOf(context);
  return { ok: true, rows, text: rows[0]?.locked ? 'The server is locked.' : 'The server is open.' };
}

async function rowsOf({ serverLock }: Context) {
  const held = await serverLock.status();
  return [{ locked: held !== null, since: held?.since ?? null, note: held?.note ?? '' }];
}

function minutes(text: string): number {
  const number = Number(text);
  if (/^\d{1,4}$/.test(text) && number <= MAX_MINUTES) return number;
  throw new InvalidArgumentError(`Write a number of minutes, up to ${MAX_MINUTES}.`);
}

/** `vireo maintenance vacuum` */
function addVacuum(command: Command, run: Run): void {
  command
    .command('vacuum')
    .description('have PostgreSQL clear dead rows away, in tables where there are many of them')
    .option('--all', 'in every table')
    .option(
      '--full',
      'write the tables anew, which gives room back to the disk; only while the server is locked',
    )
    .option(...DRY_RUN)
    .action(({ all = false, full = false, dryRun = false }: { all?: boolean; full?: boolean } & Tried) =>
      run(async ({ maintenance }): Promise<Report> => {
        const done = await maintenance.vacuum(operator, { all, full, dryRun }, stepTeller());
        if (!done.ok) return refused(done);
        const { tables } = done;
        const rows = tables.map(({ table, dead, bytes, bytesAfter }) => ({
          ...{ table, dead, before: sizeOf(bytes), after: bytesAfter === null ? null : sizeOf(bytesAfter) },
        }));
        if (dryRun) return { ok: true, rows, text: `${rows.length} tables would be looked after.` };
        const freed = tables.reduce((sum, { bytes, bytesAfter }) => sum + bytes - (bytesAfter ?? bytes), 0);
        return {
          ok: true,
          rows,
          text: `${rows.length} tables were looked after; ${sizeOf(Math.max(0, freed))} less on the disk.`,
        };
      }),
    );
}

const WHAT_FOR = {
  merge: 'made one',
  rename: 'the one read last has the name',
  drop: 'the oldest stays',
  'by-hand': 'somebody has to look',
} as const;

/** `vireo maintenance fix-duplicates` */
function addFixDuplicates(command: Command, run: Run): void {
  command
    .command('fix-duplicates')
    .description(
      'find accounts, posts, follows, likes and tags that are there twice, as after damage to an index; make one of them, and the index again. Only while the server is locked',
    )
    .option(...DRY_RUN)
    .action(({ dryRun = false }: Tried) =>
      run(async ({ maintenance, counters }): Promise<Report> => {
        const done = await maintenance.fixDuplicates(operator, { dryRun }, stepTeller());
        if (!done.ok) return refused(done);
        const { duplicates, indexes, left } = done;
        const rows = duplicates.map(({ way, ...one }) => ({ ...one, what: WHAT_FOR[way] }));
        if (rows.length === 0 && indexes.length === 0) return { ok: true, text: 'Nothing is there twice.' };
        const found = `${rows.length} keys are there more than once. Indexes that are missing: ${indexes.join(', ') || 'none'}.`;
        if (dryRun) return { ok: false, rows, text: `${found} Nothing was changed.` };
        // What went was counted.
        await counters.recount(false);
        const outcome = left === 0 ? 'All of it is mended.' : `${left} are left for somebody to look at.`;
        return { ok: left === 0, rows, text: `${found} ${outcome}` };
      }),
    );
}
