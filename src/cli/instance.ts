import { Command } from 'commander';
import { operator } from '../modules/staff/index.ts';
import { type FilterOptions, filterOf, withFilter } from './instance-filter.ts';
import type { Tried } from './rehearsal.ts';
import { missing, type Report, type Run, refused } from './report.ts';

const MAX_LISTED = 1_000;

/** `vireo instance …`: the servers known here, and how they do. */
export function instanceCommand(run: Run): Command {
  const command = new Command('instance').description('the servers known here, and how they do');

  withFilter(command.command('list'))
    .description('list servers, by name')
    .action((options: FilterOptions) =>
      run(async ({ domains }) => {
        const rows = await domains.servers.list(filterOf(options), { after: null, limit: MAX_LISTED });
        return { ok: true, rows, text: `${rows.length} servers.` };
      }),
    );

  command
    .command('show')
    .description('all that is known of a server')
    .argument('<host>')
    .action((host: string) =>
      run(async ({ domains }): Promise<Report> => {
        const found = await domains.servers.show(host);
        return found ? { ok: true, rows: [found], text: '' } : missing(`${host} is not known here.`);
      }),
    );

  command
    .command('ping')
    .description('ask a server what it runs')
    .argument('<host>')
    .action((host: string) =>
      run(async ({ federation }): Promise<Report> => {
        const { ok, steps } = await federation.probe(host);
        const told = steps.find(({ step }) => step === 'nodeinfo') ?? steps.at(-1);
        return { ok, text: told ? `${told.what} (${told.ms} ms)` : 'Nothing was asked.' };
      }),
    );

  command
    .command('probe')
    .description('ask a server as this one would, signed, and tell every step')
    .argument('<host>')
    .action((host: string) =>
      run(async ({ federation }): Promise<Report> => {
        const { ok, steps } = await federation.probe(host);
        return { ok, rows: steps, text: '' };
      }),
    );

  command
    .command('retry')
    .description('try what waits for a server at once, its dead letters too')
    .argument('<host>')
    .option('--dry-run', 'only say how many dead letters there are')
    .action((host: string, { dryRun }: Tried) =>
      run(async ({ federation }): Promise<Report> => {
        if (dryRun) {
          const count = await federation.deliveries.count({ kind: 'host', host });
          return { ok: true, rows: [{ count }], text: 'Nothing was changed.' };
        }
        const outcome = await federation.deliveries.retryHost(operator, host);
        if (!outcome.ok) return refused(outcome);
        return { ok: true, rows: [{ count: outcome.count }], text: 'It is tried now.' };
      }),
    );
  return command;
}
