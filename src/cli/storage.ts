import { Command, InvalidArgumentError, Option } from 'commander';
import { type StoreName, storeNames } from '../modules/storage/index.ts';
import { noted } from './noted.ts';
import { inMegabytes, progressTeller } from './progress.ts';
import type { Tried } from './rehearsal.ts';
import { type Report, type Run, refused } from './report.ts';

/** `vireo storage …`: where media lie, and whether they are what they should be. */
export function storageCommand(run: Run): Command {
  const command = new Command('storage').description(
    'where media lie, and whether they are what they should be',
  );

  command
    .command('check')
    .description('read all media and find what is missing, damaged, or of no use')
    .option('--repair', 'put a good copy in the place of a bad one, or have it made again')
    .option('--dry-run', 'only tell what there is, as without --repair')
    .option('--prefix <prefix>', 'only objects whose key starts so, such as media/', keyPrefix)
    .action(({ dryRun, ...options }: { repair?: boolean; prefix?: string } & Tried) =>
      run(async ({ media, audit, inTx }): Promise<Report> => {
        const report = await media.checkContent({
          ...options,
          ...(dryRun && { repair: false }),
          onProgress: progressTeller(),
        });
        if (options.repair && !dryRun) {
          await noted(
            { audit, inTx },
            { action: 'storage.mend', target: { kind: 'storage', id: 'objects' } },
          );
        }
        const { objects, counts, unmended, findings } = report;
        const { missing, damaged, orphan } = counts;
        const text = `${objects} objects (${inMegabytes(report)}) were read: ${missing} missing, ${damaged} damaged, ${orphan} orphans.`;
        if (unmended === 0) return { ok: true, rows: findings, text };
        const advice =
          options.repair && !dryRun ? 'cannot be mended from here' : 'may be mended with --repair';
        return { ok: false, rows: findings, text: `${text} ${unmended} ${advice}.` };
      }),
    );
  addMove(command, run, { hidden: false });
  return command;
}

/** `vireo storage move` */
export function addMove(command: Command, run: Run, how: { readonly hidden: boolean }): void {
  command
    .command('move', how)
    .description(
      'move all media to another store, while the server goes on; to be repeated where it was cut off',
    )
    .addOption(new Option('--to <store>', 'where to').choices([...storeNames]).makeOptionMandatory())
    .option('--keep', 'leave them where they were as well')
    .option('--dry-run', 'only tell what would be moved')
    .action(({ to, keep = false, dryRun = false }: { to: StoreName; keep?: boolean; dryRun?: boolean }) =>
      run(async ({ media, audit, inTx }): Promise<Report> => {
        const outcome = await media.move(to, { keep, dryRun, onProgress: progressTeller() });
        if (!outcome.ok) return refused(outcome);
        const { objects, damaged, foreign } = outcome;
        const target = { kind: 'storage', id: to } as const;
        if (!dryRun)
          await noted({ audit, inTx }, { action: 'storage.move', target, detail: { objects, keep } });
        const rows = damaged.map((key) => ({ damaged: key }));
        const others =
          foreign === 0 ? '' : ` ${foreign} objects that are not of this server were left alone.`;
        const verb = keep ? 'copied' : 'moved';
        const done = dryRun ? `would be ${verb}` : `were ${verb} and verified`;
        const text = `${objects} objects (${inMegabytes(outcome)}) ${done}.${others}`;
        if (rows.length === 0) return { ok: true, text };
        return { ok: false, rows, text: `${text} Some were damaged before: see \`vireo storage check\`.` };
      }),
    );
}

function keyPrefix(text: string): string {
  if (/^(?:media|originals)\/(?:[A-Za-z0-9_][A-Za-z0-9_.-]*\/?){0,2}$/.test(text)) return text;
  throw new InvalidArgumentError('It must start with media/ or originals/.');
}
