import { Command, InvalidArgumentError, Option } from 'commander';
import type { Context } from '../context.ts';
import type { Tx } from '../db/database.ts';
import { type AuditId, type Id, idSchema, type ReportId } from '../lib/ids.ts';
import type { Result } from '../lib/result.ts';
import { operator } from '../modules/staff/index.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { type Report, type Run, refused } from './report.ts';

interface DecisionOptions extends Tried {
  readonly reason: string;
  /** Closed with the deed. */
  readonly report?: readonly ReportId[];
}

interface Collected<Kind extends string> {
  readonly noun: string;
  /** What people call it. */
  readonly called: string;
  readonly act: (
    context: Context,
    tx: Tx,
    input: { readonly id: Id<Kind>; readonly takenDown: boolean; readonly reason: string },
  ) => Promise<Result<{ auditId: AuditId }>>;
}

/** Takes what somebody put together from everybody but its owner, or gives it back; the same as the page and the API do. */
function collectedCommand<Kind extends string>(run: Run, { noun, called, act }: Collected<Kind>): Command {
  const command = new Command(noun).description(`what the staff does to ${called}s`);
  const anId = (text: string): Id<Kind> => {
    const read = idSchema<Kind>().safeParse(text);
    if (!read.success) throw new InvalidArgumentError(`Write the id of a ${called}, as in its address.`);
    return read.data;
  };
  const decide = (id: Id<Kind>, takenDown: boolean, options: DecisionOptions) =>
    run(async (context): Promise<Report> => {
      const { reason, report: closed = [], dryRun = false } = options;
      const reports = closed.map((reportId) => ({ id: reportId }));
      const outcome = await tried(context.inTx, dryRun, (tx) =>
        context.reportDesk.settleWith(tx, operator, { reason, reports }, () =>
          act(context, tx, { id, takenDown, reason }),
        ),
      );
      if (!outcome.ok) return refused(outcome);
      const text = takenDown ? `Nobody but its owner sees the ${called} any more.` : 'It is given back.';
      return ofTrial({ ok: true, text, rows: [{ auditIds: outcome.auditIds }] }, options);
    });

  command
    .command('take-down')
    .description(`take a ${called} from everybody but its owner`)
    .argument('<id>', 'as in its address', anId)
    .option('--reason <text>', 'why, for the log', '')
    .addOption(
      new Option(
        '--report <id>',
        'a report that led to it: it is closed with the deed; may come again',
      ).argParser(aReport),
    )
    .option(...DRY_RUN)
    .action((id: Id<Kind>, options: DecisionOptions) => decide(id, true, options));
  command
    .command('restore')
    .description(`give a ${called} back that was taken down`)
    .argument('<id>', 'as in its address', anId)
    .option('--reason <text>', 'why, for the log', '')
    .option(...DRY_RUN)
    .action((id: Id<Kind>, options: DecisionOptions) => decide(id, false, options));
  return command;
}

function aReport(text: string, before: readonly ReportId[] = []): readonly ReportId[] {
  const read = idSchema<'report'>().safeParse(text);
  if (!read.success) throw new InvalidArgumentError('Write the id of a report, a number.');
  return [...before, read.data];
}

/** `vireo pack …` */
export const packCommand = (run: Run): Command =>
  collectedCommand<'pack'>(run, {
    ...{ noun: 'pack', called: 'starter pack' },
    act: ({ packs }, tx, input) => packs.setTakenDown(tx, operator, input),
  });

/** `vireo playlist …` */
export const playlistCommand = (run: Run): Command =>
  collectedCommand<'playlist'>(run, {
    ...{ noun: 'playlist', called: 'playlist' },
    act: ({ playlists }, tx, input) => playlists.setTakenDown(tx, operator, input),
  });
