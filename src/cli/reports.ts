import { Command, InvalidArgumentError, Option } from 'commander';
import type { Context } from '../context.ts';
import { type Id, parseId, type ReportId } from '../lib/ids.ts';
import type { Result } from '../lib/result.ts';
import {
  accountMeasures,
  commentMeasures,
  type DeskReport,
  type MeasureKind,
  type ReportCategory,
  reportCategories,
  type Target,
  videoMeasures,
} from '../modules/moderation/index.ts';
import { operator } from '../modules/staff/index.ts';
import { missing, misused, type Report, type Run, refused } from './report.ts';
import { addTransparency } from './transparency.ts';

interface ListOptions {
  readonly state: 'open' | 'resolved' | 'dismissed' | 'closed';
  readonly category?: ReportCategory;
  readonly source?: string;
  readonly limit: number;
}

/** `vireo report …`: what was reported, and what becomes of it. */
export function reportCommand(run: Run): Command {
  const command = new Command('report').description('what was reported, and what becomes of it');
  addTransparency(command, run);

  command
    .command('list')
    .description('list reports, newest first')
    .addOption(
      new Option('--state <state>', 'open by default')
        .choices(['open', 'resolved', 'dismissed', 'closed'])
        .default('open'),
    )
    .addOption(new Option('--category <category>').choices([...reportCategories]))
    .option('--source <host>', '`local`, `remote` or a server')
    .option('--limit <number>', 'how many', limit, 40)
    .action(({ limit: most, ...filter }: ListOptions) =>
      run(async (context) => {
        const page = { maxId: null, minId: null, sinceId: null, limit: most };
        const reports = await context.reportDesk.list(filter, page);
        const rows = await rowsOf(context, reports);
        return { ok: true, rows, text: `${rows.length} ${filter.state} reports.` };
      }),
    );

  command
    .command('show')
    .description('show one report with its notes')
    .argument('<id>', 'of the report', reportId)
    .action((id: ReportId) =>
      run(async (context): Promise<Report> => {
        const report = await context.reportDesk.deskReport(id);
        if (!report) return noReport;
        const notes = await context.reportDesk.notesOfReport(id);
        const [row] = await rowsOf(context, [report]);
        return {
          ok: true,
          rows: [
            {
              ...row,
              posts: [...report.videoIds, ...report.commentIds, ...report.packIds, ...report.playlistIds],
              rules: report.ruleIds,
            },
          ],
          text: [report.comment, ...notes.map(({ text }) => `Note: ${text}`)].filter(Boolean).join('\n'),
        };
      }),
    );

  command
    .command('assign')
    .description('give a report to somebody of the staff, or to nobody')
    .argument('<id>', 'of the report', reportId)
    .argument('[username]', 'of the staff; nobody where it is left out')
    .action((id: ReportId, username: string | undefined) =>
      run(async (context): Promise<Report> => {
        const account = username === undefined ? null : await context.accounts.byHandle(username);
        if (username !== undefined && !account) return missing(`There is no account ${username}.`);
        const done = username === undefined ? 'Nobody has it any more.' : `${username} has it now.`;
        return said(
          await context.inTx((tx) =>
            context.reportDesk.assign(tx, operator, { reports: [{ id }], to: account?.id ?? null }),
          ),
          done,
        );
      }),
    );

  command
    .command('resolve')
    .description('close a report that was right')
    .argument('<id>', 'of the report', reportId)
    .option('--dismiss', 'there is nothing to do about it')
    .option('--reason <text>', 'why, for the audit log; with a measure also for its person')
    .option('--measure <measure>', 'do this at once to the reported account, or to one of its posts')
    .option('--video <id>', 'do it to this video of the account')
    .option('--comment <id>', 'do it to this comment of the account')
    .option('--quiet', 'tell nobody of the measure: then it is no strike')
    .action((id: ReportId, options: ResolveOptions) =>
      run(async (context) => {
        const { inTx, reportDesk } = context;
        if (options.measure !== undefined)
          return actOn(context, id, { ...options, measure: options.measure });
        const as = options.dismiss ? 'dismissed' : 'resolved';
        const why = options.reason === undefined ? {} : { reason: options.reason };
        return said(
          await inTx((tx) => reportDesk.close(tx, operator, { reports: [{ id }], as, ...why })),
          `Report ${id} is ${as}.`,
        );
      }),
    );

  command
    .command('reopen')
    .description('put a closed report back')
    .argument('<id>', 'of the report', reportId)
    .action((id: ReportId) =>
      run(async ({ inTx, reportDesk }) =>
        said(
          await inTx((tx) => reportDesk.reopen(tx, operator, { reports: [{ id }] })),
          `Report ${id} is open.`,
        ),
      ),
    );

  command
    .command('note')
    .description('note something about a report for the rest of the staff')
    .argument('<id>', 'of the report', reportId)
    .argument('<text>')
    .action((id: ReportId, text: string) =>
      run(async ({ inTx, reportDesk }) =>
        said(await inTx((tx) => reportDesk.noteReport(tx, operator, { reportId: id, text })), 'It is noted.'),
      ),
    );
  return command;
}

const noReport = missing('There is no such report.');

interface ResolveOptions {
  readonly dismiss?: boolean;
  readonly reason?: string;
  readonly measure?: string;
  readonly video?: string;
  readonly comment?: string;
  readonly quiet?: true;
}

/** Does something to what was reported and closes the report with it, both or neither. */
async function actOn(
  { inTx, reportDesk }: Context,
  id: ReportId,
  { measure, reason = '', quiet, dismiss, ...options }: ResolveOptions & { readonly measure: string },
): Promise<Report> {
  const report = await reportDesk.deskReport(id);
  if (!report) return noReport;
  const target = targetOf(report.targetId, options);
  const known = target && measuresOf[target.kind].find((one) => one === measure);
  if (!target || dismiss) {
    return misused('Name a video or a comment, or neither; and no --dismiss with a measure.');
  }
  if (!known || known === 'delete') {
    const those = measuresOf[target.kind].filter((one) => one !== 'delete').join(', ');
    return misused(`What can be done to such a ${target.kind}: ${those}.`);
  }
  const outcome = await inTx((tx) =>
    reportDesk.act(tx, operator, {
      target,
      measure: known,
      facts: reason,
      reports: [{ id }],
      notice: !quiet,
    }),
  );
  if (!outcome.ok) return refused(outcome);
  const rows = outcome.auditIds.map((auditId) => ({ auditId }));
  return {
    ok: true,
    rows,
    text: `Done: ${measure} of ${target.kind} ${target.id}. Report ${id} is resolved.`,
  };
}

const measuresOf: Readonly<Record<Target['kind'], readonly MeasureKind[]>> = {
  account: accountMeasures,
  video: videoMeasures,
  comment: commentMeasures,
};

function targetOf(
  accountId: DeskReport['targetId'],
  { video, comment }: Pick<ResolveOptions, 'video' | 'comment'>,
): Target | null {
  if (video !== undefined && comment !== undefined) return null;
  const [videoId, commentId] = [parseId<'video'>(video ?? ''), parseId<'comment'>(comment ?? '')];
  if (video !== undefined) return videoId && { kind: 'video', id: videoId };
  if (comment !== undefined) return commentId && { kind: 'comment', id: commentId };
  return { kind: 'account', id: accountId };
}

function said(outcome: Result, done: string): Report {
  return outcome.ok ? { ok: true, text: done } : refused(outcome);
}

async function rowsOf({ accounts }: Context, reports: readonly DeskReport[]) {
  const people = await accounts.byIds([
    ...new Set(
      reports.flatMap(({ targetId, assignedTo }) => [targetId, ...(assignedTo ? [assignedTo] : [])]),
    ),
  ]);
  const handle = (id: Id<'account'> | null): string | null => {
    const account = id === null ? undefined : people.get(id);
    return account ? [account.username, account.domain].filter(Boolean).join('@') : null;
  };
  return reports.map((report) => ({
    id: report.id,
    state: report.state,
    target: handle(report.targetId),
    category: report.category,
    source: report.source ?? 'local',
    assigned: handle(report.assignedTo),
    version: report.version,
    filed: report.createdAt,
  }));
}

function reportId(text: string): ReportId {
  const id = parseId<'report'>(text);
  if (id === null) throw new InvalidArgumentError('Write the id of a report, a number.');
  return id;
}

function limit(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1 || number > 1_000) {
    throw new InvalidArgumentError('Write a number from 1 to 1000.');
  }
  return number;
}
