import { writeFile } from 'node:fs/promises';
import { Argument, Command, Option } from 'commander';
import { type RemoteVideoMode, remoteVideoModes } from '../../config/env.ts';
import type { Context } from '../context.ts';
import { parseId } from '../lib/ids.ts';
import { type DomainPolicy, type Severity, severities } from '../modules/instances/index.ts';
import { operator } from '../modules/staff/index.ts';
import { addDomainBulk } from './domain-bulk.ts';
import { addDomainLists } from './domain-lists.ts';
import { addDomainWatches } from './domain-watches.ts';
import { changeOf, levelOption, type PolicyOptions, said, saidOrTried, withDetails } from './domain-words.ts';
import { textOf } from './given-file.ts';
import { stepTeller } from './progress.ts';
import { DRY_RUN, type Tried, tried } from './rehearsal.ts';
import { misused, type Report, type Run, refused } from './report.ts';

/** `vireo domain …`: with which servers this one talks, and how. */
export function domainCommand(run: Run): Command {
  const command = new Command('domain').description('with which servers this one talks, and how');

  command
    .command('list')
    .description('list what is decided about domains')
    .addOption(new Option('--severity <severity>', 'of this level only').choices([...severities]))
    .action(({ severity }: { severity?: Severity }) =>
      run(async ({ instances }) => {
        const policies = await instances.policies(severity === undefined ? severities : [severity]);
        const mode = instances.mode === 'open' ? '' : ' Only allowed domains may talk to this server.';
        return { ok: true, rows: policies.map(rowOf), text: `${policies.length} policies.${mode}` };
      }),
    );

  withDetails(command.command('set').argument('<domain>'))
    .description('decide about a domain and its subdomains; what is left out stays as it is')
    .addOption(levelOption())
    .action((domain: string, options: PolicyOptions) => run((context) => decide(context, domain, options)));

  for (const [verb, severity, description] of [
    ['block', 'suspend', 'stop all traffic with a domain and its subdomains'],
    ['silence', 'silence', 'hear of a domain only what people here follow'],
    ['no-feed', 'no-feed', 'keep a domain from public lists and recommendations'],
    ['allow', 'allow', 'let a domain talk to this server, whatever is decided above it'],
  ] as const) {
    withDetails(command.command(verb).argument('<domain>'))
      .description(`${description}: the same as set --severity ${severity}`)
      .option('--comment <text>', 'why, for the staff')
      .action(
        (domain: string, { comment, ...options }: Omit<PolicyOptions, 'severity'> & { comment?: string }) =>
          run((context) =>
            // Nobody expects a block to end because an earlier decision did.
            decide(context, domain, { privateComment: comment, days: 0, ...options, severity }),
          ),
      );
  }

  for (const [verb, description] of [
    ['remove', 'take the policy of a domain away'],
    ['unblock', 'lift a block: the same as remove'],
  ] as const) {
    command
      .command(verb)
      .description(description)
      .argument('<domain>')
      .option('--dry-run', 'say what would come back, and change nothing')
      .action((domain: string, { dryRun }: { dryRun?: boolean }) =>
        run(async ({ domains, inTx }): Promise<Report> => {
          if (dryRun) {
            const { out, in: back } = await domains.returnable(domain);
            const text = `${out} follows from here would be asked for again, ${back} from there would come back.`;
            return { ok: true, rows: [{ out, in: back }], text };
          }
          const done = await inTx((tx) => domains.remove(tx, operator, { domain, reason: '' }));
          if (!done.ok) return refused(done);
          return said(done, `Nothing is decided about ${domain} any more.`);
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
      run(async ({ domains, inTx }): Promise<Report> => {
        const wanted = mode === 'default' ? null : mode;
        const outcome = await inTx((tx) => domains.setMediaMode(tx, operator, { domain, mode: wanted }));
        return outcome.ok ? { ok: true, rows: [rowOf(outcome.policy)], text: '' } : refused(outcome);
      }),
    );

  command
    .command('undo')
    .description('take a deed back by its number; what was decided anew since stays')
    .argument('<number>', 'as it was told when it was done, or as the audit log has it')
    .option(...DRY_RUN)
    .action((text: string, options: Tried) =>
      run(async ({ domains, inTx }): Promise<Report> => {
        const auditId = parseId<'audit'>(text);
        if (auditId === null) return misused(`${text} is not the number of a deed.`);
        const outcome = await tried(inTx, options.dryRun === true, (tx) =>
          domains.undo(tx, operator, { auditId, reason: '' }),
        );
        if (!outcome.ok) return refused(outcome);
        const kept = outcome.kept.length > 0 ? ` Decided anew since: ${outcome.kept.join(', ')}.` : '';
        return saidOrTried(outcome, `${outcome.changed} domains are as they were before.${kept}`, options);
      }),
    );

  command
    .command('purge')
    .description('end every account of a domain here, with all that hangs on it')
    .argument('<domain>')
    .option('--dry-run', 'count what is here, and change nothing')
    .option('--no-wait', 'let it go on in the background')
    .action((domain: string, { dryRun, wait }: { dryRun?: boolean; wait: boolean }) =>
      run(async ({ domains, inTx }): Promise<Report> => {
        if (dryRun) return { ok: true, rows: [await domains.effect([domain])], text: 'Nothing was changed.' };
        const begun = await inTx((tx) => domains.servers.purge(tx, operator, { domain, reason: '' }));
        if (!begun.ok) return refused(begun);
        if (!wait) return { ok: true, rows: [begun.purge], text: 'It goes on in the background.' };
        const step = stepTeller();
        // Beside a worker, or where none lives: a portion is ended by one of them alone.
        const done = await domains.servers.endAll(begun.purge.domain, {
          tell: ({ ended, total }) => step(`${ended} of ${total} accounts`),
        });
        const accounts = done?.ended ?? 0;
        return {
          ok: true,
          rows: [{ accounts }],
          text: `${accounts} accounts have ended; their videos go by and by.`,
        };
      }),
    );

  addDomainBulk(command, run);
  addFiles(command, run);
  addDomainLists(command, run);
  addDomainWatches(command, run);
  return command;
}

async function decide(context: Context, domain: string, options: PolicyOptions): Promise<Report> {
  const { domains, inTx, clock } = context;
  if (options.dryRun)
    return { ok: true, rows: [await domains.effect([domain])], text: 'Nothing was changed.' };
  const change = changeOf(options, clock.now());
  const outcome = await inTx((tx) => domains.set(tx, operator, { domain, change, reason: '' }));
  if (!outcome.ok) return refused(outcome);
  return said(outcome, '', [rowOf(outcome.policy)]);
}

function addFiles(command: Command, run: Run): void {
  command
    .command('import')
    .description('decide what a file says: CSV with the columns of Mastodon, one domain a line, or JSON')
    .argument('<file>')
    .option('--allow', 'allow all that it names')
    .option('--comment <text>', 'for the staff, on each of them', '')
    .option('--dry-run', 'say what would change, and change nothing')
    .action((file: string, options: { allow?: boolean; comment: string; dryRun?: boolean }) =>
      run(async ({ domains, inTx }): Promise<Report> => {
        const text = await textOf(file);
        const input = { text, privateComment: options.comment, allow: options.allow === true };
        if (options.dryRun) {
          const looked = await domains.imports.preview(input);
          if (!looked.ok) return refused(looked);
          return { ok: true, rows: [...looked.plan.problems], text: told(looked.plan, 'would be') };
        }
        const outcome = await inTx((tx) => domains.imports.apply(tx, operator, { ...input, reason: file }));
        if (!outcome.ok) return refused(outcome);
        return said(outcome, told(outcome.plan, 'were'), [...outcome.plan.problems]);
      }),
    );

  command
    .command('export')
    .description('write what is decided against domains as a file that Mastodon reads')
    .argument('[file]', 'default: to the screen')
    .action((file?: string) =>
      run(async ({ domains }): Promise<Report> => {
        const text = await domains.exported();
        if (file === undefined) return { ok: true, text: text.trimEnd() };
        await writeFile(file, text);
        return { ok: true, text: `Written to ${file}.` };
      }),
    );
}

function told(
  plan: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly kept: readonly object[];
    readonly problems: readonly object[];
  },
  were: string,
): string {
  const { added, changed, kept, problems } = plan;
  return `${added.length} ${were} added, ${changed.length} changed; ${kept.length} stay as somebody decided; ${problems.length} lines are not taken as they are.`;
}

function rowOf(policy: DomainPolicy) {
  const { domain, severity, rejectMedia, rejectReports, mediaMode, expiresAt, origin } = policy;
  const { publicComment, privateComment } = policy;
  return {
    ...{ domain, severity, rejectMedia, rejectReports, mediaMode, expiresAt, origin },
    ...{ publicComment, privateComment },
  };
}
