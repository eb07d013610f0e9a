import { randomBytes } from 'node:crypto';
import { Command, Option } from 'commander';
import { operator, roles } from '../modules/staff/index.ts';
import { addAccountMeasures } from './measures.ts';
import type { Report, Run } from './report.ts';

const MAX_LISTED = 1_000;

/** `vireo user …`: accounts of this server. */
export function userCommand(run: Run): Command {
  const command = new Command('user').description('accounts of this server');

  command
    .command('list')
    .description('list accounts, oldest first')
    .action(() =>
      run(async ({ auth }) => {
        const rows = await auth.users(MAX_LISTED);
        return { ok: true, rows, text: `${rows.length} accounts.` };
      }),
    );

  command
    .command('create')
    .description('make an account; the password is made up and printed')
    .argument('<name>')
    .addOption(new Option('--role <role>', 'what the account may do').choices([...roles]).default('user'))
    .action((username: string, options: { role: (typeof roles)[number] }) =>
      run(async ({ auth, inTx }): Promise<Report> => {
        const password = newPassword();
        const form = await auth.prepareSignUp({ username, password });
        const made = await inTx((tx) => auth.createUser(tx, form, { role: options.role, pending: false }));
        if (!made.ok) return { ok: false, text: made.detail ?? made.reason };
        return { ok: true, text: `${username} can sign in with the password ${password}` };
      }),
    );

  command
    .command('password')
    .description('set a new password, which is made up and printed, and end all sessions')
    .argument('<name>')
    .action((name: string) =>
      run(async ({ accounts, auth, inTx }): Promise<Report> => {
        const account = await accounts.byHandle(name);
        if (account?.domain !== null) return { ok: false, text: `There is no account ${name} here.` };
        const password = newPassword();
        const hash = await auth.hashPassword(password);
        const done = await inTx((tx) => auth.setPassword(tx, account.id, hash));
        if (!done) return { ok: false, text: `${name} cannot sign in: it stands for the server.` };
        return { ok: true, text: `${name} can sign in with the password ${password}` };
      }),
    );

  command
    .command('remove-second-factor')
    .description(
      'sign a person in by the password alone again, who has lost the phone and the recovery codes',
    )
    .argument('<name>')
    .action((name: string) =>
      run(async ({ accounts, auth, inTx }): Promise<Report> => {
        const account = await accounts.byHandle(name);
        if (account?.domain !== null) return { ok: false, text: `There is no account ${name} here.` };
        const done = await inTx((tx) => auth.secondFactor.drop(tx, account.id));
        if (!done) return { ok: false, text: `${name} has no second factor.` };
        return { ok: true, text: `${name} is asked for the password alone.` };
      }),
    );

  command
    .command('remove-passkeys')
    .description('take all passkeys of a person away, who has lost what holds them; the password stays')
    .argument('<name>')
    .action((name: string) =>
      run(async ({ accounts, auth, inTx }): Promise<Report> => {
        const account = await accounts.byHandle(name);
        if (account?.domain !== null) return { ok: false, text: `There is no account ${name} here.` };
        const count = await inTx((tx) => auth.passkeys.removeAll(tx, account.id));
        if (count === 0) return { ok: false, text: `${name} has no passkeys.` };
        return { ok: true, text: `${count} passkeys of ${name} are gone.` };
      }),
    );

  for (const [verb, description] of [
    ['approve', 'let a person in who waits for an answer'],
    ['reject', 'turn a request to join away'],
  ] as const) {
    command
      .command(verb)
      .description(description)
      .argument('<name>')
      .action((name: string) =>
        run(async ({ accounts, auth, inTx }): Promise<Report> => {
          const account = await accounts.byHandle(name);
          const approve = verb === 'approve';
          const outcome =
            account && (await inTx((tx) => auth.decideSignUp(tx, operator, account.id, approve)));
          if (!outcome?.ok) return { ok: false, text: `Nobody called ${name} waits for an answer.` };
          return {
            ok: true,
            text: approve ? `${name} can sign in now.` : `${name} was turned away.`,
          };
        }),
      );
  }
  return addAccountMeasures(command, run);
}

function newPassword(): string {
  return randomBytes(12).toString('base64url');
}
