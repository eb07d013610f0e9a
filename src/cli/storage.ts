import { Command, InvalidArgumentError } from 'commander';
import { noted } from './noted.ts';
import { inMegabytes, progressTeller } from './progress.ts';
import type { Tried } from './rehearsal.ts';
import type { Report, Run } from './report.ts';

/** `vireo storage …`: whether what is stored is what it should be. */
export function storageCommand(run: Run): Command {
  const command = new Command('storage').description('whether what is stored is what it should be');

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
  return command;
}

function keyPrefix(text: string): string {
  if (/^(?:media|originals)\/(?:[A-Za-z0-9_][A-Za-z0-9_.-]*\/?){0,2}$/.test(text)) return text;
  throw new InvalidArgumentError('It must start with media/ or originals/.');
}
