import { Command, InvalidArgumentError } from 'commander';
import type { InstanceFilter } from '../modules/domains/index.ts';
import { operator } from '../modules/staff/index.ts';

import type { Tried } from './rehearsal.ts';
import { missing, type Report, type Run, refused } from './report.ts';

const MAX_LISTED = 1_000;

/** `vireo instance …`: the servers known here, and how they do. */
export function instanceCommand(run: Run): Command {
  const command = new Command('instance').description('the servers known here, and how they do');

  command
    .command('list')
    .description('list servers, by name')
    .option('--search <text>', 'part of the name')
    .option('--software <name>', 'what they run')
    .option('--failing', 'those alone that do not answer deliveries')
    .option('--limited', 'those alone about which something is decided')
    .option('--min-accounts <count>', 'with so many accounts known here', count)
    .option('--max-accounts <count>', 'with so many at most', count)
    .option('--newer-than <days>', 'met less than so many days ago', count)
    .option('--silent <days>', 'not heard from or reached for so many days', count)
    .action((options: InstanceFilter & { newerThan?: number; silent?: number }) =>
      run(async ({ domains }) => {
        const { newerThan: newerThanDays, silent: silentDays, ...filter } = options;
        const wanted = { ...filter, newerThanDays, silentDays };
        const rows = await domains.servers.list(wanted, { after: null, limit: MAX_LISTED });
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

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a number.');
  return Number(text);
}
