import { Command, InvalidArgumentError } from 'commander';
import { parseId } from '../lib/ids.ts';
import { type AuditEntry, operator } from '../modules/staff/index.ts';
import { missing, misused, type Report, type Run, refused } from './report.ts';

const USUAL = 50;
const MOST = 1_000;

/** `vireo audit …`: what the staff, the command line and rules of the server did. */
export function auditCommand(run: Run): Command {
  const command = new Command('audit').description('what was done by whom; the log is only added to');
  command
    .command('list')
    .description('list what was done, newest first')
    .option('--by <name>', 'by this account of the staff')
    .option('--action <action>', 'one action, as role.assign, or all of an area, as role')
    .option('--since <date>', 'from this day on, as 2026-01-31', day)
    .option('--limit <n>', `at most so many, up to ${MOST}`, upTo, USUAL)
    .action((options: { by?: string; action?: string; since?: Date; limit: number }) =>
      run(async ({ accounts, audit }) => {
        const account = options.by === undefined ? undefined : await accounts.byHandle(options.by);
        if (account === null) return missing(`There is no account ${options.by} here.`);
        const filter = {
          ...(account && { actorId: account.id }),
          ...(options.action !== undefined && { action: options.action }),
          ...(options.since !== undefined && { since: options.since }),
        };
        const page = { maxId: null, minId: null, sinceId: null, limit: options.limit };
        const rows = (await audit.list(filter, page)).map(rowOf);
        return { ok: true, rows, text: `${rows.length} entries.` };
      }),
    );
  command
    .command('undo')
    .description('take back what entries tell of, all or none; see their numbers with `audit list`')
    .argument('<id...>', 'of the entries')
    .option('--reason <text>', 'why, for the log', '')
    .action((texts: string[], { reason }: { reason: string }) =>
      run(async ({ undoing }): Promise<Report> => {
        const auditIds = texts.flatMap((text) => parseId<'audit'>(text) ?? []);
        if (auditIds.length < texts.length) return misused('Write the numbers of entries.');
        const outcome = await undoing.undo(operator, { auditIds, reason });
        if (!outcome.ok) return refused(outcome);
        const rows = outcome.auditIds.map((id) => ({ id }));
        return { ok: true, rows, text: `${auditIds.length} taken back.` };
      }),
    );
  return command;
}

const rowOf = ({ id, createdAt, actor, action, target, reason, undoneBy }: AuditEntry) => ({
  id,
  time: createdAt,
  by: actor.kind === 'person' ? actor.accountId : actor.kind === 'server' ? actor.name : 'command line',
  action,
  target: `${target.kind} ${target.id}`,
  reason,
  undoneBy,
});

function day(text: string): Date {
  const date = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('Write a day as 2026-01-31.');
  }
  return date;
}

function upTo(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > MOST)
    throw new InvalidArgumentError(`Write a number from 1 to ${MOST}.`);
  return n;
}
