import { Command } from 'commander';
import { missing, type Report, type Run, refused } from './report.ts';

/** `vireo actor …`: what is known of people of other servers. */
export function actorCommand(run: Run): Command {
  const command = new Command('actor').description('what is known of people of other servers');
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
  return command;
}
