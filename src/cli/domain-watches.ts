import { type Command, InvalidArgumentError } from 'commander';
import { operator } from '../modules/staff/index.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { misused, type Report, type Run, refused } from './report.ts';

const MOST_COUNTED = 100;

interface WatchOptions extends Tried {
  readonly mostFollowed?: number;
}

/** Which servers are asked whom they block, and what is learnt of it. */
export function addDomainWatches(command: Command, run: Run): void {
  command
    .command('watch')
    .description(
      'ask a server from now on whom it blocks, or those whom people here follow most; nothing is applied',
    )
    .argument('[host]')
    .option('--most-followed <count>', 'so many instead of one, chosen anew; 0: none but those named', count)
    .option(...DRY_RUN)
    .action((host: string | undefined, { mostFollowed, ...trial }: WatchOptions) =>
      run(async ({ domains: { peers }, inTx }): Promise<Report> => {
        if ((host === undefined) === (mostFollowed === undefined))
          return misused('Write the name of a server, or --most-followed with a number: one of both.');
        const outcome = await tried(inTx, trial.dryRun === true, async (tx) => {
          if (host === undefined) return peers.watchMostFollowed(tx, operator, mostFollowed ?? 0);
          const watched = await peers.watch(tx, operator, host);
          return watched.ok ? { ...watched, hosts: [host] } : watched;
        });
        if (!outcome.ok) return refused(outcome);
        const rows = outcome.hosts.map((one) => ({ host: one }));
        return ofTrial({ ok: true, rows, text: `${rows.length} servers are asked within minutes.` }, trial);
      }),
    );

  command
    .command('watches')
    .description('list the servers that are asked whom they block, and what came of it')
    .action(() =>
      run(async ({ domains: { peers } }) => {
        const rows = await peers.watches();
        return { ok: true, rows, text: `${rows.length} servers are asked.` };
      }),
    );

  command
    .command('unwatch')
    .description('ask a server no more whom it blocks, and forget what it said')
    .argument('<host>')
    .option(...DRY_RUN)
    .action((host: string, trial: Tried) =>
      run(async ({ domains: { peers }, inTx }): Promise<Report> => {
        const outcome = await tried(inTx, trial.dryRun === true, (tx) => peers.unwatch(tx, operator, host));
        if (!outcome.ok) return refused({ ...outcome, detail: outcome.detail ?? `${host} is not asked.` });
        return ofTrial({ ok: true, text: `${host} is asked no more.` }, trial);
      }),
    );

  command
    .command('notices')
    .description(
      'list domains that several of the servers that are asked suspend, some newly, and this one does not',
    )
    .action(() =>
      run(async ({ domains: { peers } }) => {
        const rows = await peers.notices();
        return { ok: true, rows, text: `${rows.length} domains.` };
      }),
    );

  command
    .command('dismiss-notice')
    .description('put a notice about a domain away for good')
    .argument('<domain>')
    .action((domain: string) =>
      run(async ({ domains: { peers }, inTx }): Promise<Report> => {
        const outcome = await inTx((tx) => peers.dismiss(tx, operator, domain));
        if (!outcome.ok) return refused({ ...outcome, detail: `There is no notice about ${domain}.` });
        return { ok: true, text: `Nothing more is told of ${domain}.` };
      }),
    );
}

function count(text: string): number {
  const number = Number(text);
  if (!/^\d{1,3}$/.test(text) || number > MOST_COUNTED)
    throw new InvalidArgumentError(`It must be 0 to ${MOST_COUNTED}.`);
  return number;
}
