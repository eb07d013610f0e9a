import { Command, Option } from 'commander';
import { operator } from '../modules/staff/index.ts';
import type { Report, Run } from './report.ts';

/** `vireo relay …`: servers that pass on what others publish. */
export function relayCommand(run: Run): Command {
  const command = new Command('relay').description('servers that pass on what others publish');

  command
    .command('list')
    .description('list relays and what they answered')
    .action(() =>
      run(async ({ relays }) => {
        const rows = (await relays.list()).map(({ inboxUri, actorUri, kind, state, createdAt }) => ({
          ...{ inboxUri, actorUri, kind, state, createdAt },
        }));
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
    .action((address: string, options: { kind?: 'mastodon' | 'litepub' }) =>
      run(async ({ federation }): Promise<Report> => {
        const outcome = await federation.subscribeToRelay(operator, address, options.kind);
        if (!outcome.ok) return { ok: false, text: outcome.detail ?? outcome.reason };
        return { ok: true, text: `${outcome.relay.inboxUri} is asked. See \`relay list\` for its answer.` };
      }),
    );

  command
    .command('remove')
    .description('stop listening to a relay')
    .argument('<address>', 'its inbox or its actor')
    .action((address: string) =>
      run(async ({ relays, inTx }): Promise<Report> => {
        const done = await inTx((tx) => relays.remove(tx, operator, address));
        return done.ok
          ? { ok: true, text: `${address} is not listened to any more.` }
          : { ok: false, text: done.detail ?? done.reason };
      }),
    );
  return command;
}
