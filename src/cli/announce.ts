import { Command, InvalidArgumentError } from 'commander';
import type { Context } from '../context.ts';
import type { Tx } from '../db/database.ts';
import { type AnnouncementId, type AuditId, parseId } from '../lib/ids.ts';
import type { Result } from '../lib/result.ts';
import { type Announcement, announcementInputSchema } from '../modules/announcements/index.ts';
import { type Actor, operator } from '../modules/staff/index.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { misused, type Report, type Run, refused } from './report.ts';

interface AddOptions extends Tried {
  readonly starts?: string;
  readonly ends?: string;
  readonly allDay?: boolean;
  readonly zone: string;
  readonly at?: string;
  readonly draft?: boolean;
}

/** `vireo announce …`: what everybody on this server is told. */
export function announceCommand(run: Run): Command {
  const command = new Command('announce').description('what everybody on this server is told');

  command
    .command('add')
    .description('tell everybody something, from now on')
    .argument('<text>', 'in Markdown')
    .option('--starts <time>', 'when that begins which it tells of: 2026-12-01T09:00, or a date')
    .option('--ends <time>', 'when that is over, and with it the announcement')
    .option('--all-day', 'it begins and ends with days')
    .option('--zone <name>', 'time zone of these times', 'UTC')
    .option('--at <time>', 'show it from then on')
    .option('--draft', 'show it to nobody yet')
    .option(...DRY_RUN)
    .action((text: string, options: AddOptions) => run((context) => add(context, text, options)));
  command
    .command('list')
    .description('all of them, drafts and those that are over included')
    .action(() =>
      run(async ({ announcements }): Promise<Report> => {
        const rows = (await announcements.list()).map(rowOf);
        return { ok: true, rows, text: `${rows.length} announcements.` };
      }),
    );
  command
    .command('end')
    .description('show one to nobody any more')
    .argument('<id>', 'as list shows it', anId)
    .option(...DRY_RUN)
    .action((id: AnnouncementId, trial: Tried) =>
      run((context) =>
        done(context, context.announcements.end, id, { text: 'Nobody sees it any more.', ...trial }),
      ),
    );
  command
    .command('publish')
    .description('show one from now on: a draft, or one that was ended')
    .argument('<id>', 'as list shows it', anId)
    .action((id: AnnouncementId) =>
      run((context) => done(context, context.announcements.publish, id, { text: 'Everybody sees it now.' })),
    );
  command
    .command('remove')
    .description('delete one, with the signs that people left below it')
    .argument('<id>', 'as list shows it', anId)
    .option(...DRY_RUN)
    .action((id: AnnouncementId, trial: Tried) =>
      run((context) => done(context, context.announcements.remove, id, { text: 'It is deleted.', ...trial })),
    );
  command
    .command('undo')
    .description('take back what was done to one, by its entry in the log (vireo audit)')
    .argument('<entry>', 'number of the entry', entryId)
    .action((entry: AuditId) =>
      run((context) => done(context, context.announcements.undo, entry, { text: 'It is as it was before.' })),
    );
  return command;
}

async function add(context: Context, text: string, options: AddOptions): Promise<Report> {
  const { starts, ends, zone, at, draft } = options;
  const read = announcementInputSchema.safeParse({
    ...{ text, starts_at: starts, ends_at: ends, all_day: options.allDay, time_zone: zone },
    publish_at: draft ? null : (at ?? 'now'),
  });
  if (!read.success) {
    const lines = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return misused(lines.join('\n'));
  }
  const { data } = read;
  const outcome = await tried(context.inTx, options.dryRun === true, (tx) =>
    context.announcements.add(tx, operator, data),
  );
  if (!outcome.ok) return refused(outcome);
  return ofTrial({ ok: true, rows: [rowOf(outcome.announcement)], text: '' }, options);
}

async function done<I>(
  { inTx }: Context,
  work: (
    tx: Tx,
    by: Actor,
    id: I,
  ) => Promise<Result<{ auditId: AuditId; announcement?: Announcement | null }>>,
  id: I,
  { text, ...trial }: Tried & { readonly text: string },
): Promise<Report> {
  const outcome = await tried(inTx, trial.dryRun === true, (tx) => work(tx, operator, id));
  if (!outcome.ok) return refused(outcome);
  const rows = outcome.announcement ? [rowOf(outcome.announcement)] : [];
  if (trial.dryRun) return ofTrial({ ok: true, rows, text }, trial);
  return { ok: true, rows, text: `${text} To take this back: vireo announce undo ${outcome.auditId}` };
}

const rowOf = ({ id, state, text, startsAt, endsAt, allDay, timeZone, publishAt }: Announcement) => ({
  ...{ id, state, publishAt, startsAt, endsAt, allDay, timeZone, text },
});

function anId(text: string): AnnouncementId {
  const id = parseId<'announcement'>(text);
  if (id === null) throw new InvalidArgumentError('Write a number, as `vireo announce list` shows it.');
  return id;
}

function entryId(text: string): AuditId {
  const id = parseId<'audit'>(text);
  if (id === null) throw new InvalidArgumentError('Write the number of an entry, as `vireo audit` shows it.');
  return id;
}
