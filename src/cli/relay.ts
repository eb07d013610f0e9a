import { Command, Option } from 'commander';
import { operator } from '../modules/staff/index.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { type Report, type Run, refused } from './report.ts';

/** `vireo relay …`: servers that pass on what others publish. */
export function relayCommand(run: Run): Command {
  const command = new Command('relay').description('servers that pass on what others publish');

  command
    .command('list')
    .description('list relays and what they answered')
    .action(() =>
      run(async ({ relays }) => {
        const rows = (await relays.list()).map(({ id: _id, followUri: _uri, ...relay }) => relay);
        return { ok: true, rows, text: `${rows.length} relays.` };
      }),
    );

  command
    .command('add')
    .description('ask a relay for its posts')
    .argument(
      '<address>',
      'its inbox (https://relay.example/inbox) or its actor (https://relay.example/relay)',
    )
    .addOption(new Option('--kind <kind>', 'how it wants to be asked').choices(['mastodon', 'litepub']))
    .option(...DRY_RUN)
    .action((address: string, options: { kind?: 'mastodon' | 'litepub' } & Tried) =>
      run(async ({ federation, inTx }): Promise<Report> => {
        const outcome = await federation.subscribeToRelay(operator, address, {
          ...(options.kind && { kind: options.kind }),
          inTx: (work) => tried(inTx, options.dryRun === true, work),
        });
        if (!outcome.ok) return refused(outcome);
        const text = `${outcome.relay.inboxUri} is asked. See \`relay list\` for its answer.`;
        return ofTrial({ ok: true, text }, options);
      }),
    );

  command
    .command('remove')
    .description('stop listening to a relay')
    .argument('<address>', 'its inbox or its actor')
    .option(...DRY_RUN)
    .action((address: string, options: Tried) =>
      run(async ({ relays, inTx }): Promise<Report> => {
        const done = await tried(inTx, options.dryRun === true, (tx) => relays.remove(tx, operator, address));
        if (!done.ok) return refused(done);
        return ofTrial({ ok: true, text: `${address} is not listened to any more.` }, options);
      }),
    );
  for (const verb of ['pause', 'resume'] as const) {
    command
      .command(verb)
      .description(verb === 'pause' ? 'pass over what a relay tells, for a while' : 'listen to a relay again')
      .argument('<address>', 'its inbox or its actor')
      .option('--reason <text>', 'why, for the log', '')
      .action((address: string, { reason }: { reason: string }) =>
        run(async ({ relays, inTx }): Promise<Report> => {
          const how = { isPaused: verb === 'pause', reason };
          const done = await inTx((tx) => relays.pause(tx, operator, address, how));
          if (!done.ok) return refused(done);
          return { ok: true, text: `Done. To take this back: vireo audit undo ${done.auditId}` };
        }),
      );
  }
  return command;
}
