import { Command, Option } from 'commander';
import { operator } from '../modules/staff/index.ts';
import { addPausing } from './pausing.ts';
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
  addPausing(command, run, {
    argument: ['<address>', 'its inbox or its actor'],
    about: { pause: 'pass over what a relay tells, for a while', resume: 'listen to a relay again' },
    does: ({ relays }, tx, address, how) => relays.pause(tx, operator, address, how),
  });
  return command;
}
