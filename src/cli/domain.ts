import { Command } from 'commander';
import type { Report, Run } from './report.ts';

/** `vireo domain …`: servers that this one does not talk to. */
export function domainCommand(run: Run): Command {
  const command = new Command('domain').description('servers that this one does not talk to');

  command
    .command('list')
    .description('list blocked domains')
    .action(() =>
      run(async ({ instances }) => {
        const rows = await instances.blocks();
        return { ok: true, rows, text: `${rows.length} blocked domains.` };
      }),
    );

  command
    .command('block')
    .description('stop all traffic with a domain and its subdomains')
    .argument('<domain>')
    .option('--comment <text>', 'why, for the staff', '')
    .action((domain: string, options: { comment: string }) =>
      run(async ({ instances, inTx }): Promise<Report> => {
        const outcome = await inTx((tx) => instances.block(tx, domain, options.comment));
        if (!outcome.ok) return { ok: false, text: outcome.detail ?? outcome.reason };
        return { ok: true, text: `${domain} is blocked.` };
      }),
    );

  command
    .command('unblock')
    .description('lift a block')
    .argument('<domain>')
    .action((domain: string) =>
      run(async ({ instances, inTx }): Promise<Report> => {
        const done = await inTx((tx) => instances.unblock(tx, domain));
        return done
          ? { ok: true, text: `${domain} is not blocked any more.` }
          : { ok: false, text: `${domain} was not blocked.` };
      }),
    );
  return command;
}
