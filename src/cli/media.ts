import { Command, Option } from 'commander';
import type { StoreName } from '../modules/storage/index.ts';
import { inMegabytes, progressTeller } from './progress.ts';
import type { Report, Run } from './report.ts';

/** `vireo media …`: where the files of videos lie. */
export function mediaCommand(run: Run): Command {
  const command = new Command('media').description('where the files of videos lie');

  command
    .command('move')
    .description(
      'move all media to another store, while the server goes on; to be repeated where it was cut off',
    )
    .addOption(
      new Option('--to <store>', 'where to')
        .choices(['files', 's3'] satisfies StoreName[])
        .makeOptionMandatory(),
    )
    .option('--keep', 'leave them where they were as well')
    .action(({ to, keep = false }: { to: StoreName; keep?: boolean }) =>
      run(async ({ media }): Promise<Report> => {
        const outcome = await media.move(to, { keep, onProgress: progressTeller() });
        if (!outcome.ok) return { ok: false, text: outcome.detail ?? outcome.reason };
        const { objects, damaged, foreign } = outcome;
        const rows = damaged.map((key) => ({ damaged: key }));
        const others =
          foreign === 0 ? '' : ` ${foreign} objects that are not of this server were left alone.`;
        const text = `${objects} objects (${inMegabytes(outcome)}) were ${keep ? 'copied' : 'moved'} and verified.${others}`;
        if (rows.length === 0) return { ok: true, text };
        return { ok: false, rows, text: `${text} Some were damaged before: see \`vireo storage check\`.` };
      }),
    );
  return command;
}
