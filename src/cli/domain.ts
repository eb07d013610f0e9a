import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type RemoteVideoMode, remoteVideoModes } from '../../config/env.ts';
import { type DomainPolicy, type PolicyChange, severities } from '../modules/instances/index.ts';
import type { Report, Run } from './report.ts';

interface PolicyOptions extends PolicyChange {
  readonly days?: number;
}

/** `vireo domain …`: with which servers this one talks, and how. */
export function domainCommand(run: Run): Command {
  const command = new Command('domain').description('with which servers this one talks, and how');

  command
    .command('list')
    .description('list what is decided about domains')
    .action(() =>
      run(async ({ instances }) => {
        const rows = (await instances.policies()).map(rowOf);
        const mode = instances.mode === 'open' ? '' : ' Only allowed domains may talk to this server.';
        return { ok: true, rows, text: `${rows.length} policies.${mode}` };
      }),
    );

  command
    .command('set')
    .description('decide about a domain and its subdomains; what is left out stays as it is')
    .argument('<domain>')
    .addOption(
      new Option('--severity <severity>', 'how strict').choices([...severities]).makeOptionMandatory(),
    )
    .option('--reject-media', 'never copy its files')
    .option('--no-reject-media', 'copy its files again')
    .option('--reject-reports', 'ignore its reports')
    .option('--no-reject-reports', 'take its reports again')
    .option('--public-comment <text>', 'why, for everybody')
    .option('--private-comment <text>', 'why, for the staff')
    .option('--days <days>', 'for how long; 0: for good', days)
    .action((domain: string, options: PolicyOptions) =>
      run(async ({ instances, inTx, clock }): Promise<Report> => {
        const { days: lasting, ...change } = options;
        const expiresAt = lasting === undefined ? undefined : endOf(lasting, clock.now());
        const outcome = await inTx((tx) => instances.setPolicy(tx, domain, { ...change, expiresAt }));
        if (!outcome.ok) return { ok: false, text: outcome.detail ?? outcome.reason };
        return { ok: true, rows: [rowOf(outcome.policy)], text: '' };
      }),
    );

  for (const [verb, description] of [
    ['remove', 'take the policy of a domain away'],
    ['unblock', 'lift a block: the same as remove'],
  ] as const) {
    command
      .command(verb)
      .description(description)
      .argument('<domain>')
      .action((domain: string) =>
        run(async ({ instances, inTx }): Promise<Report> => {
          const done = await inTx((tx) => instances.removePolicy(tx, domain));
          return done
            ? { ok: true, text: `Nothing is decided about ${domain} any more.` }
            : { ok: false, text: `Nothing was decided about ${domain}.` };
        }),
      );
  }

  command
    .command('media')
    .description('decide what happens to the videos of a domain and its subdomains; all else stays as it is')
    .argument('<domain>')
    .addArgument(
      new Argument('<mode>', 'default: as to those of others').choices([...remoteVideoModes, 'default']),
    )
    .action((domain: string, mode: RemoteVideoMode | 'default') =>
      run(async ({ instances, inTx }): Promise<Report> => {
        const wanted = mode === 'default' ? null : mode;
        const outcome = await inTx((tx) => instances.setMediaMode(tx, domain, wanted));
        if (!outcome.ok) return { ok: false, text: outcome.detail ?? outcome.reason };
        return { ok: true, rows: [rowOf(outcome.policy)], text: '' };
      }),
    );

  command
    .command('block')
    .description('stop all traffic with a domain and its subdomains: the same as set --severity suspend')
    .argument('<domain>')
    .option('--comment <text>', 'why, for the staff', '')
    .action((domain: string, options: { comment: string }) =>
      run(async ({ instances, inTx }): Promise<Report> => {
        const outcome = await inTx((tx) => instances.block(tx, domain, options.comment));
        if (!outcome.ok) return { ok: false, text: outcome.detail ?? outcome.reason };
        return { ok: true, text: `${domain} is blocked.` };
      }),
    );
  return command;
}

const DAY_MS = 24 * 3_600_000;
const MAX_DAYS = 36_500;

function days(text: string): number {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number > MAX_DAYS) throw new InvalidArgumentError('Write a number of days.');
  return number;
}

function endOf(lasting: number, now: number): Date | null {
  return lasting === 0 ? null : new Date(now + lasting * DAY_MS);
}

function rowOf(policy: DomainPolicy) {
  const { domain, severity, rejectMedia, rejectReports, mediaMode, expiresAt } = policy;
  const { publicComment, privateComment } = policy;
  return {
    domain,
    severity,
    rejectMedia,
    rejectReports,
    mediaMode,
    expiresAt,
    publicComment,
    privateComment,
  };
}
