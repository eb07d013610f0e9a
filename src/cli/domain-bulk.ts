import type { Command } from 'commander';
import { domainBulkLimits } from '../../config/domain-limits.ts';
import type { Context } from '../context.ts';
import type { DomainEffect } from '../modules/domains/index.ts';
import { operator } from '../modules/staff/index.ts';
import { changeOf, levelOption, type PolicyOptions, saidOrTried, withDetails } from './domain-words.ts';
import { type FilterOptions, filterOf, withFilter } from './instance-filter.ts';
import { tried } from './rehearsal.ts';
import { missing, misused, type Report, type Run, refused } from './report.ts';

type BulkOptions = PolicyOptions & FilterOptions & { readonly reason: string };

/** One decision about many servers at once, as on the page that lists them. */
export function addDomainBulk(command: Command, run: Run): void {
  withDetails(withFilter(command.command('bulk').argument('[domain...]', 'these; or else say which')))
    .description(
      'decide the same about several domains, as one deed: those that are named, or the known servers that the options find',
    )
    .addOption(levelOption())
    .option('--reason <text>', 'why, for the log', '')
    .action((named: string[], options: BulkOptions) => run((context) => bulk(context, named, options)));
}

async function bulk(context: Context, named: readonly string[], options: BulkOptions): Promise<Report> {
  const { domains, inTx, clock } = context;
  const filter = filterOf(options);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  // Without either it would be about every server there is.
  if (named.length > 0 === isFiltered) {
    return misused('Name the domains, or say which servers, as with vireo instance list: one of both.');
  }
  const rows = isFiltered
    ? (await domains.servers.list(filter, { after: null, limit: domainBulkLimits.maxDomains + 1 })).map(
        ({ host, software, accounts, severity }) => ({ host, software, accounts, severity }),
      )
    : named.map((host) => ({ host }));
  if (rows.length === 0) return missing('No server known here is like that.');
  const hosts = rows.map(({ host }) => host);
  const effect = options.dryRun ? toldOf(await domains.effect(hosts)) : '';
  const { reason } = options;
  const outcome = await tried(inTx, options.dryRun === true, (tx) =>
    domains.bulk(tx, operator, { domains: hosts, change: changeOf(options, clock.now()), reason }),
  );
  if (!outcome.ok) return refused(outcome);
  return saidOrTried(
    outcome,
    `${outcome.changed} of ${hosts.length} domains are changed.${effect}`,
    options,
    rows,
  );
}

const toldOf = ({ accounts, videos, followsOut, followsIn }: DomainEffect) =>
  ` It is about ${accounts} accounts and ${videos} videos; ${followsOut} follows from here and ${followsIn} from there.`;
