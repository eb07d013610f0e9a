import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { Account } from '../modules/accounts/index.ts';
import { operator } from '../modules/staff/index.ts';
import { GivenFileError } from './given-file.ts';
import { inMegabytes, stepTeller } from './progress.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { missing, type Report, type Run, refused } from './report.ts';

interface Reasoned {
  readonly reason: string;
}
const REASON = ['--reason <text>', 'why, for the log', ''] as const;

/** What becomes of accounts that go, or were two: `vireo user export`, `move-to` and `merge`. */
export function addGoing(command: Command, run: Run): void {
  addExport(command, run);
  addMoveTo(command, run);
  addMerge(command, run);
}

function addExport(command: Command, run: Run): void {
  command
    .command('export')
    .description('write the archive of a person to a file: all that the page of exports gives its owner')
    .argument('<name>')
    .option('--out <file>', 'default: the name and the day, here')
    .option(...REASON)
    .action((name: string, { out, reason }: Reasoned & { out?: string }) =>
      run(async ({ accounts, staff: { operator: desk } }): Promise<Report> => {
        const account = await accounts.byHandle(name);
        if (!account) return missing(`There is no account ${name} here.`);
        const path = resolve(out ?? `${account.username}-${new Date().toISOString().slice(0, 10)}.zip`);
        const outcome = await desk.people
          .writeArchive(operator, account, { path, reason, tell: stepTeller() })
          .catch(couldNotWrite(path));
        if (!outcome.ok) return refused(outcome);
        const { size: bytes, sha256 } = outcome;
        const text = `${path} holds everything of ${name}: ${inMegabytes({ objects: 1, bytes })}. It is private; nobody else can read it.`;
        return { ok: true, rows: [{ file: path, bytes, sha256 }], text };
      }),
    );
}

const ON_DISK = new Set<unknown>(['EEXIST', 'ENOENT', 'EACCES', 'EROFS', 'EISDIR', 'ENOTDIR', 'ENOSPC']);

const couldNotWrite = (path: string) => (error: Error & { code?: unknown }) => {
  if (!ON_DISK.has(error.code)) throw error;
  throw new GivenFileError(`${path} cannot be written: ${error.message}`);
};

function addMoveTo(command: Command, run: Run): void {
  command
    .command('move-to')
    .description(
      'have an account of this server go on as another one, which must name it as an alias: its followers are sent there',
    )
    .argument('<name>')
    .argument('<target>', 'such as @ana@far.example, or the id of the actor')
    .option(...REASON)
    .option(...DRY_RUN)
    .action((name: string, named: string, options: Reasoned & Tried) =>
      run(async ({ accounts, inTx, staff: { operator: desk } }): Promise<Report> => {
        const account = await accounts.byHandle(name);
        if (!account) return missing(`There is no account ${name} here.`);
        const { reason, dryRun = false } = options;
        const outcome = await desk.people.moveTo(operator, account, { named, reason }, (work) =>
          tried(inTx, dryRun, work),
        );
        if (!outcome.ok) return refused(outcome);
        const text = `${name} goes on as ${outcome.to.acct}. Followers are sent there.`;
        return ofTrial({ ok: true, rows: [{ from: account.acct, to: outcome.to.acct }], text }, options);
      }),
    );
}

function addMerge(command: Command, run: Run): void {
  const which = 'a handle, or the id of the actor';
  command
    .command('merge')
    .description(
      'make one of two rows of one account of another server: follows, posts and reactions of the first go to the second',
    )
    .argument('<from>', which)
    .argument('<into>', which)
    .option('--force', 'though nothing says that both are the same')
    .option(...REASON)
    .option(...DRY_RUN)
    .action((fromName: string, intoName: string, options: Reasoned & Tried & { force?: true }) =>
      run(async (context): Promise<Report> => {
        const [from, to] = await Promise.all([named(context, fromName), named(context, intoName)]);
        if (!from) return missing(`Nobody called ${fromName} is known.`);
        if (!to) return missing(`Nobody called ${intoName} is known.`);
        const { force = false, reason, dryRun = false } = options;
        const outcome = await context.staff.operator.merge(operator, { from, to, force, reason }, (work) =>
          tried(context.inTx, dryRun, work),
        );
        if (!outcome.ok) return refused(outcome);
        const { followers, rows: counts, dropped } = outcome.merged;
        const rows = Object.entries(counts).map(([what, count]) => ({ what, count }));
        const text = `${from.actorUri} is ${to.acct} now. ${followers} people here follow that one in its place; ${dropped} things that both had are there once.`;
        return ofTrial({ ok: true, rows, text }, options);
      }),
    );
}

/** Of two with the same name, only the id tells one from the other. */
const named = ({ accounts }: Context, name: string): Promise<Account | null> =>
  URL.canParse(name) ? accounts.byActorUri(name) : accounts.byHandle(name);
