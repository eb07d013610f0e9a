import { Command } from 'commander';
import { noted } from './noted.ts';
import type { Report, Run } from './report.ts';

/** `vireo counters …`: how often videos were watched, liked and so on. */
export function countersCommand(run: Run): Command {
  const command = new Command('counters').description('how often videos were watched, liked and so on');

  command
    .command('recount')
    .description(
      'count everything anew from its rows, and set right what is wrong; the server may run meanwhile',
    )
    .option('--dry-run', 'only say what is wrong')
    .action((options: { dryRun?: boolean }) =>
      run(async ({ counters, watching, audit, inTx }): Promise<Report> => {
        const isDry = options.dryRun === true;
        // What was counted and not added yet is in neither.
        if (!isDry) await watching.addTallies();
        const { videos, accounts, wrong, miscounts } = await counters.recount(isDry);
        const deed = { action: 'storage.recount', target: { kind: 'storage', id: 'counters' } } as const;
        if (!isDry) await noted({ audit, inTx }, { ...deed, detail: { wrong } });
        const found = `${videos} videos and ${accounts} accounts were counted`;
        if (wrong === 0) return { ok: true, text: `${found}: all counters are right.` };
        const done = isDry ? `${wrong} counters are wrong` : `${wrong} counters were wrong and are right now`;
        return { ok: true, rows: miscounts, text: `${found}: ${done}.` };
      }),
    );
  return command;
}
