import { Command } from 'commander';
import { parseId } from '../lib/ids.ts';
import type { Report, Run } from './report.ts';

const MAX_LISTED = 100;

/** `vireo queue …`: background work. */
export function queueCommand(run: Run): Command {
  const command = new Command('queue').description('background work');

  command
    .command('stats')
    .description('how much waits, runs and has failed for good')
    .action(() =>
      run(async ({ work }) => {
        const rows = await work.counts();
        return { ok: true, rows, text: rows.length === 0 ? 'Nothing waits.' : '' };
      }),
    );

  command
    .command('dead')
    .description('list jobs that failed for good, newest first')
    .action(() =>
      run(async ({ work }) => {
        const rows = await work.deadLetters(MAX_LISTED);
        return { ok: true, rows, text: `${rows.length} dead letters.` };
      }),
    );

  command
    .command('retry')
    .description('run a job again that failed for good')
    .argument('<id>')
    .action((text: string) =>
      run(async ({ work }): Promise<Report> => {
        const id = parseId<'job'>(text);
        const done = id !== null && (await work.replay(id));
        return done
          ? { ok: true, text: 'It runs again.' }
          : { ok: false, text: `There is no dead letter ${text}.` };
      }),
    );

  command
    .command('rebuild')
    .description('schedule all pending work again, after Redis was lost or replaced')
    .action(() =>
      run(async ({ work }) => ({ ok: true, text: `${await work.rebuild()} jobs were scheduled again.` })),
    );
  return command;
}
