import { Command, Option } from 'commander';
import type { Config } from '../../config/config.ts';
import { createShelf } from '../modules/backups/index.ts';
import { restore } from '../restoring.ts';
import { openBackupPlace } from '../stores.ts';
import { noted } from './noted.ts';
import { inMegabytes, stepTeller } from './progress.ts';
import { type Report, type Run, type RunAlone, refused } from './report.ts';

/** `vireo backup …`: copies of everything, and a server made of one. */
export function backupCommand(run: Run, runAlone: RunAlone): Command {
  const command = new Command('backup').description('copies of everything, and a server made of one');
  addCreate(command, run);
  addList(command, runAlone);
  addVerify(command, runAlone);
  addRehearse(command, run);
  addRestore(command, runAlone);
  return command;
}

function addCreate(command: Command, run: Run): void {
  command
    .command('create')
    .description('make a backup now, while the server runs; then remove those that need not be kept')
    .addOption(new Option('--media <which>', 'default: BACKUP_MEDIA').choices(['all', 'none']))
    .option('--dry-run', 'only say what would go into it')
    .action((options: { media?: 'all' | 'none'; dryRun?: boolean }) =>
      run(async ({ backups, audit, inTx }): Promise<Report> => {
        if (options.dryRun) {
          const rows = await backups.preview();
          const total = rows.reduce((sum, { rows: count }) => sum + count, 0);
          return { ok: true, rows, text: `${rows.length} tables with about ${total} rows would be kept.` };
        }
        const media = options.media && { media: options.media === 'all' };
        const outcome = await backups.create({ ...media, onProgress: stepTeller() });
        if (!outcome.ok) return refused(outcome);
        const target = { kind: 'storage', id: outcome.created.name } as const;
        await noted({ audit, inTx }, { action: 'backup.create', target });
        const { name, rows, objects, bytes, copied, copiedBytes, damaged, forgotten } = outcome.created;
        const text = [
          `${name}: ${rows} rows, ${objects} objects, ${inMegabytes({ objects, bytes })}.`,
          `${copied} objects (${inMegabytes({ objects, bytes: copiedBytes })}) were copied now.`,
          ...(damaged.length === 0
            ? []
            : [`${damaged.length} damaged ones were left out: see storage check.`]),
          ...(forgotten.length === 0 ? [] : [`${forgotten.length} older backups were removed.`]),
        ];
        return {
          ok: true,
          rows: [{ name, rows, objects, bytes, copied, copiedBytes }],
          text: text.join(' '),
        };
      }),
    );
}

function addList(command: Command, runAlone: RunAlone): void {
  command
    .command('list')
    .description('list the backups that there are, newest first; needs no running server')
    .option('--from <folder>', 'default: the place that the configuration names')
    .action(({ from }: { from?: string }) =>
      runAlone(async (config): Promise<Report> => {
        const outcome = await shelfOf(config, from).list();
        if (!outcome.ok) return refused(outcome);
        const { backups, unfinished, unreadable } = outcome;
        const more = [
          ...(unfinished.length === 0 ? [] : [`${unfinished.length} were begun and not finished.`]),
          ...(unreadable.length === 0
            ? []
            : [
                `${unreadable.length} cannot be read: ${unreadable.join(', ')}. Is BACKUP_PASSPHRASE the right one?`,
              ]),
        ];
        return { ok: true, rows: backups, text: [`${backups.length} backups.`, ...more].join(' ') };
      }),
    );
}

function addVerify(command: Command, runAlone: RunAlone): void {
  command
    .command('verify')
    .description('read a backup to the last byte and compare it with its manifest; needs no running server')
    .argument('[name]', 'default: the newest')
    .option('--from <folder>', 'default: the place that the configuration names')
    .option('--no-media', 'leave out the copies of media')
    .action((name: string | undefined, options: { from?: string; media: boolean }) =>
      runAlone(async (config): Promise<Report> => {
        const shelf = shelfOf(config, options.from);
        const outcome = await shelf.verify(name, { media: options.media, onProgress: stepTeller() });
        if (!outcome.ok) return refused(outcome);
        const { manifest, report } = outcome;
        const { rows, objects, faults, faultCount } = report;
        const text = `${manifest.name}: ${rows} rows and ${objects} objects (${inMegabytes(report)}) were read.`;
        if (faultCount === 0) return { ok: true, text: `${text} All of it is as it should be.` };
        return { ok: false, rows: faults, text: `${text} ${faultCount} things are wrong.` };
      }),
    );
}

function addRehearse(command: Command, run: Run): void {
  command
    .command('rehearse')
    .description(
      'load a backup into the database, beside what is there, look whether it is whole, and remove it',
    )
    .argument('[name]', 'default: the newest')
    .action((name: string | undefined) =>
      run(async ({ backups }): Promise<Report> => {
        const outcome = await backups.rehearse(name, stepTeller());
        if (!outcome.ok) return refused(outcome);
        const { ok: _, ...row } = outcome;
        const text = `${row.name} can be restored: ${row.tables} tables, ${row.rows} rows, ${row.keys} keys opened.`;
        return { ok: true, rows: [row], text };
      }),
    );
}

function addRestore(command: Command, runAlone: RunAlone): void {
  command
    .command('restore')
    .description(
      'make a server of a backup: into an empty database and a fresh DATA_DIR; the server must not run',
    )
    .argument('[name]', 'default: the newest')
    .option('--from <folder>', 'default: the place that the configuration names')
    .option('--replace', 'remove everything that is in the database')
    .option('--dry-run', 'look whether it could be done, and do nothing')
    .action((name: string | undefined, options: { from?: string; replace?: boolean; dryRun?: boolean }) =>
      runAlone(async (config, log): Promise<Report> => {
        const { from, replace = false, dryRun = false } = options;
        const outcome = await restore(config, shelfOf(config, from), {
          ...{ name, replace, dryRun, log, tell: stepTeller() },
        });
        if (!outcome.ok) return refused(outcome);
        const { missing, otherVariables, ...row } = outcome.restored;
        const text = [
          dryRun
            ? `${row.name} of ${row.startedAt} can be restored here: ${row.rows} rows.`
            : `${row.name} of ${row.startedAt} is restored: ${row.rows} rows, ${row.objects} objects (${inMegabytes(row)}), ${row.jobs} jobs scheduled again.`,
          ...(otherVariables.length === 0
            ? []
            : [`Variables that differ from those of the backup: ${otherVariables.join(', ')}.`]),
          ...(missing.length === 0
            ? []
            : [
                `${missing.length} objects are missing or damaged in the backup: ${missing.slice(0, 20).join(', ')}`,
              ]),
        ].join(' ');
        return { ok: missing.length === 0, rows: [row], text };
      }),
    );
}

function shelfOf(config: Config, from: string | undefined) {
  return createShelf(openBackupPlace(config, from));
}
