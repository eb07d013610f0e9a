import { Command } from 'commander';
import { operator } from '../modules/staff/index.ts';
import { DRY_RUN, ofTrial, type Tried } from './rehearsal.ts';
import { missing, misused, type Report, type Run, refused } from './report.ts';

interface Options extends Tried {
  readonly all?: true;
}

/** `vireo feed …`: what is chosen for people. */
export function feedCommand(run: Run): Command {
  const command = new Command('feed').description('what is chosen for people, and what trends');
  command
    .command('rebuild')
    .description('make the feed of somebody anew from the database, or all of them and the lists of trends')
    .argument('[name]', 'somebody of this server')
    .option('--all', 'everybody here, and trends')
    .option(...DRY_RUN)
    .action((name: string | undefined, { all, dryRun = false }: Options) =>
      run(async ({ accounts, maintenance: { feeds } }): Promise<Report> => {
        if ((name === undefined) !== (all === true)) return misused('Write a name, or --all for everybody.');
        const account = name === undefined ? null : await accounts.byHandle(name);
        if (name !== undefined && account?.domain !== null)
          return missing(`There is no account ${name} here.`);
        const done = account
          ? await feeds.ofAccount(operator, account.id, { dryRun })
          : await feeds.ofAll(operator, { dryRun });
        if (!done.ok) return refused(done);
        const { people, trends } = done;
        const parts = [
          `${people} ${people === 1 ? 'feed is' : 'feeds are'} chosen anew when somebody looks.`,
          ...(trends === true ? ['Trends were made anew.'] : []),
          ...(trends === false ? ['No worker has made trends anew yet: it does so once one runs.'] : []),
        ];
        const rows = [{ people, trends: trends === null ? '' : trends ? 'made anew' : 'asked for' }];
        return ofTrial({ ok: true, rows, text: parts.join(' ') }, { dryRun });
      }),
    );
  return command;
}
