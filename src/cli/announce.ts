import { Command, InvalidArgumentError } from 'commander';
import type { Context } from '../context.ts';
import { type AnnouncementId, parseId } from '../lib/ids.ts';
import { type Announcement, announcementInputSchema } from '../modules/announcements/index.ts';
import { operator } from '../modules/staff/index.ts';
import type { Report, Run } from './report.ts';

interface AddOptions {
  readonly starts?: string;
  readonly ends?: string;
  readonly allDay?: boolean;
  readonly zone: string;
  readonly at?: string;
  readonly draft?: boolean;
  readonly dryRun?: boolean;
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
    .option('--dry-run', 'say how it would be, and keep nothing')
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
    .option('--dry-run', 'say which it is, and change nothing')
    .action((id: AnnouncementId, { dryRun }: { dryRun?: boolean }) =>
      run((context) =>
        dryRun
          ? tried(context, id)
          : done(context, (tx) => context.announcements.end(tx, operator, id), 'Nobody sees it any more.'),
      ),
    );
  command
    .command('publish')
    .description('show one from now on: a draft, or one that was ended')
    .argument('<id>', 'as list shows it', anId)
    .action((id: AnnouncementId) =>
      run((context) =>
        done(context, (tx) => context.announcements.publish(tx, operator, id), 'Everybody sees it now.'),
      ),
    );
  command
    .command('remove')
    .description('delete one, with the signs that people left below it')
    .argument('<id>', 'as list shows it', anId)
    .option('--dry-run', 'say which it is, and change nothing')
    .action((id: AnnouncementId, { dryRun }: { dryRun?: boolean }) =>
      run((context) =>
        dryRun
          ? tried(context, id)
          : done(context, (tx) => context.announcements.remove(tx, operator, id), 'It is deleted.'),
      ),
    );
  command
    .command('undo')
    .description('take back what was done to one, by its entry in the log (vireo audit)')
    .argument('<entry>', 'number of the entry', entryId)
    .action((entry: ReturnType<typeof entryId>) =>
      run((context) =>
        done(context, (tx) => context.announcements.undo(tx, operator, entry), 'It is as it was before.'),
      ),
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
    return { ok: false, text: lines.join('\n') };
  }
  const { data } = read;
  if (options.dryRun) {
    const { startsAt, endsAt, allDay, timeZone, publishAt } = data;
    const rows = [{ text, startsAt, endsAt, allDay, timeZone, publishAt }];
    return { ok: true, rows, text: 'Nothing was kept.' };
  }
  const outcome = await context.inTx((tx) => context.announcements.add(tx, operator, data));
  if (!outcome.ok) return { ok: false, text: outcome.detail ?? outcome.reason };
  return { ok: true, rows: [rowOf(outcome.announcement)], text: '' };
}

async function done(
  { inTx }: Context,
  work: (
    ...args: Parameters<Parameters<Context['inTx']>[0]>
  ) => Promise<{ ok: true; auditId: string } | { ok: false; reason: string; detail?: string | undefined }>,
  text: string,
): Promise<Report> {
  const outcome = await inTx(work);
  if (!outcome.ok) return { ok: false, text: outcome.detail ?? outcome.reason };
  return { ok: true, text: `${text} To take this back: vireo announce undo ${outcome.auditId}` };
}

async function tried({ announcements }: Context, id: AnnouncementId): Promise<Report> {
  const found = (await announcements.list()).find((one) => one.id === id);
  if (!found) return { ok: false, text: 'There is no such announcement.' };
  return { ok: true, rows: [rowOf(found)], text: 'Nothing was changed.' };
}

const rowOf = ({ id, state, text, startsAt, endsAt, allDay, timeZone, publishAt }: Announcement) => ({
  ...{ id, state, publishAt, startsAt, endsAt, allDay, timeZone, text },
});

function anId(text: string): AnnouncementId {
  const id = parseId<'announcement'>(text);
  if (id === null) throw new InvalidArgumentError('Write a number, as `vireo announce list` shows it.');
  return id;
}

function entryId(text: string) {
  const id = parseId<'audit'>(text);
  if (id === null) throw new InvalidArgumentError('Write the number of an entry, as `vireo audit` shows it.');
  return id;
}
