import { Command } from 'commander';
import { operator } from '../modules/staff/index.ts';
import { countTeller } from './progress.ts';
import { DRY_RUN, ofTrial } from './rehearsal.ts';
import { missing, misused, type Report, type Run, refused } from './report.ts';

/** `vireo actor …`: what is known of people of other servers, and by what others know those of this one. */
export function actorCommand(run: Run): Command {
  const command = new Command('actor').description(
    'what is known of people of other servers, and with what those of this one sign',
  );
  addRefresh(command, run);
  addRotateKeys(command, run);
  return command;
}

function addRefresh(command: Command, run: Run): void {
  command
    .command('refresh')
    .description('ask the server of somebody anew who that is: name, pictures, key, inbox')
    .argument('<handle>', 'such as @ana@far.example')
    .action((handle: string) =>
      run(async ({ accounts, federation }): Promise<Report> => {
        const known = await accounts.byHandle(handle);
        if (!known || known.domain === null)
          return missing(`Nobody called ${handle} of another server is known.`);
        const found = await federation.lookup.actor(known.actorUri, { anew: true });
        if (!found.ok) return refused(found);
        const { acct, displayName, state, actorUri } = found.account;
        return { ok: true, rows: [{ acct, displayName, state, actorUri }], text: 'It was asked anew.' };
      }),
    );
}

interface RotateOptions {
  readonly all?: true;
  readonly reason: string;
  readonly dryRun?: true;
}

function addRotateKeys(command: Command, run: Run): void {
  command
    .command('rotate-keys')
    .description(
      'give people of this server other keys, and tell the servers that know them; what is on its way is still signed with the old ones',
    )
    .argument('[name]', 'somebody of this server; the channel of that person goes along')
    .option('--all', 'everybody here and the server itself; goes on where it was broken off')
    .option('--reason <text>', 'why, for the log', '')
    .option(...DRY_RUN)
    .action((name: string | undefined, options: RotateOptions) =>
      run(async ({ accounts, staff: { operator: desk } }): Promise<Report> => {
        if ((name === undefined) !== (options.all === true))
          return misused('Write a name, or --all for everybody.');
        const { reason, dryRun = false } = options;
        const account = name === undefined ? null : await accounts.byHandle(name);
        if (name !== undefined && account?.domain !== null)
          return missing(`There is no account ${name} here.`);
        const outcome = account
          ? await desk.keys.ofAccount(operator, account, { reason, dryRun })
          : await desk.keys.ofAll(operator, { reason, dryRun }, countTeller('actors have another key'));
        if (!outcome.ok) return refused(outcome);
        const { actors } = outcome;
        const text = dryRun
          ? `${actors} actors would get another key.`
          : `${actors} actors have another key. Other servers are told of it.`;
        return ofTrial({ ok: true, rows: [{ actors }], text }, { dryRun });
      }),
    );
}
