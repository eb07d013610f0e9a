import { Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { type CommentId, idSchema, type ReportId, type VideoId } from '../lib/ids.ts';
import {
  accountMeasures,
  commentMeasures,
  type MeasureKind,
  type Target,
  videoMeasures,
} from '../modules/moderation/index.ts';
import { operator } from '../modules/staff/index.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { missing, type Report, type Run, refused } from './report.ts';

interface TakeOptions {
  readonly reason: string;
  readonly rule: string[];
  readonly report: string[];
  readonly quiet?: true;
  readonly dryRun?: true;
}

type Find = (context: Context, name: string) => Promise<Target | null>;

const accountNamed: Find = async ({ accounts }, name) => {
  const account = await accounts.byHandle(name);
  return account === null ? null : { kind: 'account', id: account.id };
};

const videoNamed: Find = async ({ videos }, name) => {
  const id = idSchema<'video'>().safeParse(name).data as VideoId | undefined;
  const video = id === undefined ? null : await videos.internal(id);
  return video === null ? null : { kind: 'video', id: video.id };
};

const commentNamed: Find = async ({ comments }, name) => {
  const id = idSchema<'comment'>().safeParse(name).data as CommentId | undefined;
  const comment = id === undefined ? null : await comments.internal(id);
  return comment === null ? null : { kind: 'comment', id: comment.id };
};

const several = (value: string, before: string[]): string[] => [...before, value];

/** Adds what takes each measure of something, and what takes it back; the same as the page and the API do. */
function addMeasures(
  command: Command,
  run: Run,
  { measures, find, name }: { measures: readonly MeasureKind[]; find: Find; name: string },
): Command {
  for (const measure of measures) {
    command
      .command(measure)
      .description(`${measure} of one; whoever it is about is told why, unless --quiet`)
      .argument(`<${name}>`)
      .option('--reason <text>', 'what led to it, as the person reads it', '')
      .addOption(
        new Option('--rule <id>', 'a rule that was broken; may come again').argParser(several).default([]),
      )
      .addOption(
        new Option('--report <id>', 'a report that led to it: it is closed with the deed; may come again')
          .argParser(several)
          .default([]),
      )
      .option('--quiet', 'tell nobody: then it is no strike')
      .option('--dry-run', 'change nothing')
      .action((what: string, options: TakeOptions) =>
        run(async (context): Promise<Report> => {
          const target = await find(context, what);
          if (!target) return missing(`There is no ${what} here.`);
          if (options.dryRun)
            return { ok: true, text: `Would do: ${measure} of ${target.kind} ${target.id}.` };
          const outcome = await context.inTx((tx) =>
            context.reportDesk.act(tx, operator, {
              ...{ target, measure, facts: options.reason, ruleIds: options.rule },
              ...{ reports: options.report.map((id) => ({ id: id as ReportId })), notice: !options.quiet },
            }),
          );
          if (!outcome.ok) return refused(outcome);
          const { changed, measureId, auditId, auditIds } = outcome;
          const text = changed ? `Done: ${measure} of ${target.kind} ${target.id}.` : 'It was so already.';
          return { ok: true, text, rows: [{ measureId, auditId, changed, auditIds }] };
        }),
      );
    if (measure === 'delete') continue;
    const back = measure === 'remove' ? 'restore' : `un${measure}`;
    command
      .command(back)
      .description(`take ${measure} of one back, as if it had not been`)
      .argument(`<${name}>`)
      .option('--reason <text>', 'why, for the log', '')
      .option(...DRY_RUN)
      .action((what: string, options: { reason: string } & Tried) =>
        run(async (context): Promise<Report> => {
          const target = await find(context, what);
          if (!target) return missing(`There is no ${what} here.`);
          const { reason, dryRun = false } = options;
          const outcome = await tried(context.inTx, dryRun, (tx) =>
            context.measures.lift(tx, operator, { target, measure, reason }),
          );
          if (!outcome.ok) return refused(outcome);
          const text = outcome.changed ? `Taken back: ${measure}.` : 'There was nothing to take back.';
          return ofTrial({ ok: true, text }, options);
        }),
      );
  }
  return command;
}

/** Adds to `vireo user …` what the staff does to accounts, here and elsewhere. */
export function addAccountMeasures(command: Command, run: Run): Command {
  return addMeasures(command, run, { measures: accountMeasures, find: accountNamed, name: 'name' });
}

/** Adds to `vireo video …` what the staff does to videos, by their ids. */
export function addVideoMeasures(command: Command, run: Run): Command {
  return addMeasures(command, run, { measures: videoMeasures, find: videoNamed, name: 'id' });
}

/** `vireo comment …` */
export function commentCommand(run: Run): Command {
  const command = new Command('comment').description('what the staff does to comments');
  return addMeasures(command, run, { measures: commentMeasures, find: commentNamed, name: 'id' });
}
