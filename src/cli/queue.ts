import { setTimeout as pause } from 'node:timers/promises';
import { Argument, Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { parseId } from '../lib/ids.ts';
import { operator } from '../modules/staff/index.ts';
import { type DeadJobs, jobStates, type QueueName, queueNames } from '../modules/work/index.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { misused, type Report, type Run, refused } from './report.ts';

const NEWEST = { maxId: null, minId: null, limit: 500 };
const LOOK_AGAIN_MS = 500;

interface Chosen {
  readonly queue?: QueueName;
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

/** `vireo queue …`: background work. */
export function queueCommand(run: Run): Command {
  const command = new Command('queue').description('background work');

  command
    .command('stats')
    .description('how much waits, for how long, runs and has failed for good')
    .action(() =>
      run(async ({ work }) => {
        const rows = await work.queues();
        const silent = rows.filter(({ pending, workers }) => pending > 0 && workers === 0);
        const text = silent.map(({ queue }) => `Nobody works on ${queue}.`).join(' ');
        return { ok: true, rows, text };
      }),
    );

  command
    .command('workers')
    .description('processes that work, and when they last said so')
    .action(() =>
      run(async ({ work }): Promise<Report> => {
        const rows = await work.workers();
        const alive = rows.filter(({ isAlive }) => isAlive).length;
        return { ok: alive > 0, rows, text: alive === 0 ? 'No worker lives.' : `${alive} workers live.` };
      }),
    );

  command
    .command('list')
    .description('list jobs that wait or run, newest first')
    .addOption(queueOption())
    .addOption(new Option('--state <state>', 'which').choices(jobStates).default('waiting'))
    .action(({ queue, state }: { queue?: QueueName; state: (typeof jobStates)[number] }) =>
      run(async ({ work }) => {
        const rows = await work.jobs({ state, queue, page: NEWEST });
        return { ok: true, rows, text: `${rows.length} jobs.` };
      }),
    );

  command
    .command('dlq')
    .alias('dead')
    .description('list jobs that failed for good, newest first')
    .addOption(queueOption())
    .action(({ queue }: Chosen) =>
      run(async ({ work }) => {
        const rows = await work.jobs({ state: 'dead', queue, page: NEWEST });
        return { ok: true, rows, text: `${rows.length} dead letters.` };
      }),
    );

  for (const [verb, description, done] of [
    ['retry', 'run jobs again that failed for good', 'run again'],
    ['discard', 'forget jobs for good that failed', 'were discarded'],
  ] as const) {
    command
      .command(verb)
      .description(description)
      .argument('[id]', 'one of them')
      .addOption(queueOption('all of one queue'))
      .option('--all', 'all of all queues')
      .option('--dry-run', 'only say how many there are')
      .action((id: string | undefined, options: Chosen) =>
        run((context) => onDead(context, verb, choiceOf(id, options), { done, ...options })),
      );
  }

  for (const [verb, description, done] of [
    ['pause', 'begin no more jobs of a queue; those that run go on', 'No more jobs are begun.'],
    ['resume', 'begin jobs of a queue again', 'Its jobs are begun again.'],
  ] as const) {
    command
      .command(verb)
      .description(description)
      .addArgument(queueArgument())
      .option('--dry-run', 'only say how it is now')
      .action((queue: QueueName, { dryRun = false }: { dryRun?: boolean }) =>
        run(async ({ work, inTx }): Promise<Report> => {
          if (dryRun) return { ok: true, rows: await stateOf(work, queue), text: 'Nothing was changed.' };
          const outcome = await inTx((tx) => work[verb](tx, operator, queue));
          return outcome.ok ? { ok: true, rows: await stateOf(work, queue), text: done } : refused(outcome);
        }),
      );
  }

  command
    .command('drain')
    .description('pause a queue, and wait until none of its jobs run: before work on a machine')
    .addArgument(queueArgument())
    .option('--minutes <count>', 'wait for so long at most', '60')
    .action((queue: QueueName, { minutes }: { minutes: string }) =>
      run((context) => drain(context, queue, Number(minutes) * 60_000)),
    );

  command
    .command('rebuild')
    .description('schedule all pending work again, after Redis was lost or replaced')
    .option(...DRY_RUN)
    .action((options: Tried) =>
      run(async ({ work, inTx }): Promise<Report> => {
        const done = await tried(inTx, options.dryRun === true, (tx) => work.rebuild(tx, operator));
        if (!done.ok) return refused(done);
        return ofTrial({ ok: true, text: `${done.count} jobs were scheduled again.` }, options);
      }),
    );
  return command;
}

const stateOf = async (work: Context['work'], name: QueueName) =>
  (await work.queues()).filter(({ queue }) => queue === name);

async function onDead(
  { work, inTx }: Context,
  verb: 'retry' | 'discard',
  which: DeadJobs | null,
  { done, dryRun = false }: { readonly done: string; readonly dryRun?: boolean },
): Promise<Report> {
  if (!which) return misused('Name one id, or give --queue or --all: exactly one of the three.');
  if (dryRun) {
    const count = await work.countDead(which);
    return { ok: true, rows: [{ count }], text: `${count} dead letters. Nothing was changed.` };
  }
  const outcome = await inTx((tx) => work[verb](tx, operator, which));
  if (!outcome.ok) return refused(outcome);
  const { count } = outcome;
  return { ok: true, rows: [{ count }], text: `${count} ${done}.` };
}

async function drain({ work, inTx }: Context, queue: QueueName, forMs: number): Promise<Report> {
  // One that is paused already is waited for all the same.
  await inTx((tx) => work.pause(tx, operator, queue));
  const until = performance.now() + forMs;
  for (;;) {
    const rows = await stateOf(work, queue);
    const running = rows[0]?.running ?? 0;
    if (running === 0) return { ok: true, rows, text: `None run. Go on with: vireo queue resume ${queue}` };
    if (performance.now() > until) return { ok: false, rows, text: `${running} jobs still run.` };
    await pause(LOOK_AGAIN_MS);
  }
}

function choiceOf(text: string | undefined, { queue, all }: Chosen): DeadJobs | null {
  if ([text, queue, all].filter((given) => given !== undefined).length !== 1) return null;
  if (queue !== undefined) return { kind: 'queue', queue };
  if (all) return { kind: 'all' };
  const id = parseId<'job'>(text ?? '');
  return id && { kind: 'one', id };
}

function queueOption(description = 'only of this queue'): Option {
  return new Option('--queue <queue>', description).choices(queueNames);
}

function queueArgument(): Argument {
  return new Argument('<queue>', 'its name').choices(queueNames);
}
