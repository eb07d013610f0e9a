import { Command } from 'commander';
import { operator } from '../modules/staff/index.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { type Report, type Run, refused } from './report.ts';

/** `vireo inbox …`: what other servers sent here. */
export function inboxCommand(run: Run): Command {
  const command = new Command('inbox').description('what other servers sent here');
  command
    .command('replay')
    .description('look once more at an activity that failed, or was refused or ignored')
    .argument('<activity-id>', 'its address, as `federation explain` takes it')
    .option(...DRY_RUN)
    .action((uri: string, options: Tried) =>
      run(async ({ federation, inTx }): Promise<Report> => {
        const outcome = await tried(inTx, options.dryRun === true, (tx) =>
          federation.replay(tx, operator, uri),
        );
        if (!outcome.ok) return refused(outcome);
        const text = `It waits again. See what becomes of it: vireo federation explain ${uri}`;
        return ofTrial({ ok: true, rows: [{ count: outcome.count }], text }, options);
      }),
    );
  return command;
}
