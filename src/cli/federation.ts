import { Command } from 'commander';
import { missing, type Report, type Run, refused } from './report.ts';

const MAX_LISTED = 1_000;

/** `vireo federation …`: what other servers sent, and who is there. */
export function federationCommand(run: Run): Command {
  const command = new Command('federation').description('traffic with other servers');

  command
    .command('explain')
    .description('what became of an activity: one received, or at each server one of ours')
    .argument('<activity-id>')
    .action((uri: string) =>
      run(async ({ federation }): Promise<Report> => {
        const sent = await federation.explainDeliveries(uri, MAX_LISTED);
        if (sent) {
          const { type, total, deliveries } = sent;
          const shown = deliveries.length < total ? ` The first ${deliveries.length} are shown.` : '';
          return { ok: true, rows: deliveries, text: `${type} of ours, for ${total} inboxes.${shown}` };
        }
        const rows = await federation.explain(uri);
        if (rows.length === 0) return missing('No such activity was accepted in the last 30 days, or sent.');
        return { ok: true, rows, text: '' };
      }),
    );

  command
    .command('fetch')
    .description('fetch a document as the server would, and say whether it would be believed')
    .argument('<url>')
    .option('--trace', 'print every step')
    .action((url: string, options: { trace?: boolean }) =>
      run(async ({ federation }): Promise<Report> => {
        const { ok, steps } = await federation.trace(url);
        const verdict = steps.at(-1)?.what ?? '';
        if (!options.trace) return { ok, text: verdict };
        return { ok, rows: steps, text: '' };
      }),
    );

  command
    .command('instances')
    .description('list the servers known here, those in touch last first')
    .action(() =>
      run(async ({ instances }) => {
        const rows = await instances.instances(MAX_LISTED);
        return { ok: true, rows, text: `${rows.length} servers.` };
      }),
    );

  command
    .command('find')
    .description('ask the server of a handle who that is')
    .argument('<handle>', 'such as @alice@video.example')
    .action((handle: string) =>
      run(async ({ federation }): Promise<Report> => {
        const found = await federation.lookup.account(handle);
        if (!found.ok) return refused(found);
        const { acct, actorUri, displayName, state } = found.account;
        return { ok: true, rows: [{ acct, displayName, state, actorUri }], text: '' };
      }),
    );
  return command;
}
