import { type Command, InvalidArgumentError } from 'commander';
import { type BlockListAudience, blockListAudiences } from '../modules/domains/index.ts';
import { operator } from '../modules/staff/index.ts';
import { saidOrTried } from './domain-words.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { misused, type Report, type Run, refused } from './report.ts';

interface HowFollowed {
  readonly title: string;
  readonly priority: number;
  readonly apply?: boolean;
  readonly adoptOrphans?: boolean;
  readonly orphan?: boolean;
}

const MAX_DRAFTS = 1_000;

/** What the command line does about lists that others keep. */
export function addDomainLists(command: Command, run: Run): void {
  command
    .command('subscribe')
    .description('follow a list by its address; it proposes, unless --apply is given')
    .argument('<url>')
    .option('--title <text>', 'what to call it', '')
    .option('--priority <number>', '0 to 255: where lists disagree, the highest counts', priority, 0)
    .option('--apply', 'make policies of what it says without asking')
    .option('--adopt-orphans', 'take over policies of lists that are followed no more')
    .option('--orphan', 'keep what it retracts')
    .action((url: string, options: HowFollowed) =>
      run(async ({ domains, inTx }): Promise<Report> => {
        const input = {
          ...{ url, title: options.title, priority: options.priority, drafts: options.apply !== true },
          adoptOrphans: options.adoptOrphans === true,
          onRetraction: options.orphan ? ('orphan' as const) : ('remove' as const),
        };
        const outcome = await inTx((tx) => domains.subscriptions.subscribe(tx, operator, input));
        if (!outcome.ok) return refused(outcome);
        return { ok: true, rows: [outcome.subscription], text: 'It is fetched within minutes.' };
      }),
    );

  command
    .command('subscriptions')
    .description('list the lists that are followed, those that count for most first')
    .action(() =>
      run(async ({ domains }) => {
        const rows = await domains.subscriptions.list();
        return { ok: true, rows, text: `${rows.length} lists.` };
      }),
    );

  command
    .command('unsubscribe')
    .description('follow a list no more; what it set goes')
    .argument('<id>')
    .option('--orphan', 'keep what it set')
    .option(...DRY_RUN)
    .action((id: string, { orphan, ...trial }: { orphan?: boolean } & Tried) =>
      run(async ({ domains, inTx }): Promise<Report> => {
        const input = { id, retract: orphan ? ('orphan' as const) : ('remove' as const), reason: '' };
        if (!/^\d{1,18}$/.test(id)) return misused(`${id} is not the number of a list.`);
        const outcome = await tried(inTx, trial.dryRun === true, (tx) =>
          domains.subscriptions.unsubscribe(tx, operator, input),
        );
        if (!outcome.ok) return refused(outcome);
        return ofTrial({ ok: true, text: `${outcome.changed} policies changed.` }, trial);
      }),
    );

  command
    .command('retry')
    .description('fetch a list within minutes, whatever its pause')
    .argument('<id>')
    .action((id: string) =>
      run(async ({ domains, inTx }): Promise<Report> => {
        if (!/^\d{1,18}$/.test(id)) return misused(`${id} is not the number of a list.`);
        const outcome = await inTx((tx) => domains.subscriptions.fetchSoon(tx, operator, id));
        return outcome.ok ? { ok: true, text: 'It is fetched within minutes.' } : refused(outcome);
      }),
    );

  command
    .command('drafts')
    .description('list what followed lists propose; with --accept or --reject, answer all of it')
    .option('--accept', 'make policies of them')
    .option('--reject', 'turn them down')
    .option(...DRY_RUN)
    .action(({ accept, reject, ...trial }: { accept?: boolean; reject?: boolean } & Tried) =>
      run(async ({ domains, inTx }): Promise<Report> => {
        if (accept && reject) return misused('Accept or reject: not both.');
        const drafts = await domains.drafts.list(MAX_DRAFTS);
        const ids = drafts.map(({ id }) => id);
        if (accept) {
          const outcome = await tried(inTx, trial.dryRun === true, (tx) =>
            domains.drafts.accept(tx, operator, ids),
          );
          if (!outcome.ok) return refused(outcome);
          return saidOrTried(outcome, `${outcome.changed} policies were made.`, trial);
        }
        if (reject) {
          const outcome = await tried(inTx, trial.dryRun === true, (tx) =>
            domains.drafts.reject(tx, operator, ids),
          );
          if (!outcome.ok) return refused(outcome);
          return ofTrial({ ok: true, text: `${outcome.count} were turned down.` }, trial);
        }
        const rows = drafts.map(({ id, domain, decision, subscriptionId }) => ({
          ...{ id, domain, severity: decision.severity, list: subscriptionId },
        }));
        return { ok: true, rows, text: `${rows.length} proposals.` };
      }),
    );

  command
    .command('exclude')
    .description('let no list decide about a domain and its subdomains')
    .argument('<domain>')
    .option('--undo', 'let lists decide again')
    .option('--note <text>', 'why', '')
    .option(...DRY_RUN)
    .action((domain: string, options: { undo?: boolean; note: string } & Tried) =>
      run(async ({ domains, inTx }): Promise<Report> => {
        const { subscriptions } = domains;
        const outcome = await tried(inTx, options.dryRun === true, async (tx) =>
          options.undo
            ? subscriptions.include(tx, operator, domain)
            : subscriptions.exclude(tx, operator, { domain, note: options.note }),
        );
        if (!outcome.ok) return refused(outcome);
        return ofTrial({ ok: true, text: 'Lists are looked at anew within minutes.' }, options);
      }),
    );

  command
    .command('publish')
    .description('decide who may read whom this server limits, or say who may')
    .argument('[audience]', blockListAudiences.join(', '), audience)
    .action((to?: BlockListAudience) =>
      run(async ({ domains, inTx }): Promise<Report> => {
        if (to !== undefined) await inTx((tx) => domains.list.setAudience(tx, operator, to));
        const now = await domains.list.audience();
        return { ok: true, rows: [{ audience: now }], text: '' };
      }),
    );
}

function priority(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 255) return number;
  throw new InvalidArgumentError('It must be 0 to 255.');
}

function audience(text: string): BlockListAudience {
  const known = blockListAudiences.find((one) => one === text);
  if (known === undefined) throw new InvalidArgumentError(`It must be ${blockListAudiences.join(', ')}.`);
  return known;
}
