import { Command, InvalidArgumentError, Option } from 'commander';
import type { Context } from '../context.ts';
import type { Tx } from '../db/database.ts';
import type { Account } from '../modules/accounts/index.ts';
import { operator, type RoleRef, roles, type StaffView } from '../modules/staff/index.ts';
import { addAccountMeasures } from './measures.ts';
import { newPassword } from './new-password.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { missing, type Report, type Run, refused } from './report.ts';
import { addGoing } from './user-goes.ts';

const MAX_LISTED = 1_000;

/** `vireo user …`: accounts of this server, and those that it knows. */
export function userCommand(run: Run): Command {
  const command = new Command('user').description('accounts of this server');
  addList(command, run);
  addCreate(command, run);
  addRole(command, run);
  addWayIn(command, run);
  addDecisions(command, run);
  addQuota(command, run);
  addGoing(command, run);
  return addAccountMeasures(command, run);
}

interface ListOptions {
  readonly remote?: true;
  readonly inactive?: number;
  readonly staff?: true;
}

function addList(command: Command, run: Run): void {
  command
    .command('list')
    .description(`list accounts of this server, newest first, up to ${MAX_LISTED}`)
    .option('--remote', 'those of other servers instead')
    .option('--inactive <days>', 'only where nobody was seen for so many days', days)
    .option('--staff', 'only people of the staff')
    .action((options: ListOptions) =>
      run(async ({ accounts, staff }) => {
        const filter = {
          origin: options.remote ? 'remote' : 'local',
          ...(options.inactive !== undefined && { inactiveDays: options.inactive }),
          ...(options.staff && { isStaff: true }),
        } as const;
        const page = { maxId: null, minId: null, sinceId: null, limit: MAX_LISTED };
        const views = await staff.directory.list(filter, page);
        const known = await accounts.byIds(views.map(({ accountId }) => accountId));
        const rows = views.map((view) => rowOf(view, known.get(view.accountId)));
        return { ok: true, rows, text: `${rows.length} accounts.` };
      }),
    );
}

const rowOf = ({ accountId, standing, state, user }: StaffView, account: Account | undefined) => ({
  id: accountId,
  name: account?.acct ?? '',
  role: standing.customRole?.name ?? standing.role,
  state: user && !user.approved ? 'pending' : state,
  secondFactor: user?.hasSecondFactor ?? null,
  lastActive: user?.lastActiveAt ?? null,
  createdAt: account?.createdAt ?? null,
});

function addCreate(command: Command, run: Run): void {
  command
    .command('create')
    .description('make an account; the password is made up and printed')
    .argument('<name>')
    .addOption(new Option('--role <role>', 'what the account may do').choices([...roles]).default('user'))
    .option('--email <address>', 'its e-mail address, which counts as confirmed')
    .action((username: string, options: { role: (typeof roles)[number]; email?: string }) =>
      run(async ({ audit, auth, inTx }): Promise<Report> => {
        const password = newPassword();
        const form = await auth.prepareSignUp({ username, password, email: options.email });
        const made = await inTx(async (tx) => {
          const created = await auth.createUser(tx, form, { role: options.role, pending: false });
          if (created.ok) {
            const target = { kind: 'account', id: created.account.id } as const;
            await audit.record(tx, operator, {
              action: 'user.create',
              target,
              detail: { role: options.role },
            });
          }
          return created;
        });
        if (!made.ok) return refused(made);
        return { ok: true, text: `${username} can sign in with the password ${password}` };
      }),
    );
}

function addRole(command: Command, run: Run): void {
  command
    .command('role')
    .description('give an account another role; what its sessions may do follows at once')
    .argument('<name>')
    .argument('<role>', `${roles.join(', ')}, or the name of one that this server made`)
    .option('--reason <text>', 'why, for the log', '')
    .action((name: string, wanted: string, { reason }: { reason: string }) =>
      run((context) =>
        withLocal(context, name, async (account) => {
          const { inTx, staff } = context;
          const known = await staff.roles.list();
          const role: RoleRef | undefined = known.find(
            (one) => one.name.toLowerCase() === wanted.toLowerCase(),
          )?.id;
          if (role === undefined) {
            const names = known.map((one) => one.name).join(', ');
            return missing(`There is no role ${wanted}. There are: ${names}.`);
          }
          const input = { accountId: account.id, role, reason };
          const outcome = await inTx((tx) => staff.roles.assign(tx, operator, input));
          if (!outcome.ok) return refused(outcome);
          return { ok: true, text: `${name} has the role ${wanted}.` };
        }),
      ),
    );
}

/** What helps people back in who lost the password, the phone or the key. */
function addWayIn(command: Command, run: Run): void {
  const add = (
    name: string,
    alias: string | undefined,
    description: string,
    work: (context: Context, account: Account, options: Tried) => Promise<Report>,
  ) => {
    const made = command
      .command(name)
      .description(description)
      .argument('<name>')
      .option(...DRY_RUN);
    if (alias !== undefined) made.alias(alias);
    made.action((who: string, options: Tried) =>
      run((context) => withLocal(context, who, (account) => work(context, account, options))),
    );
  };
  add(
    'reset-password',
    'password',
    'set a new password, which is made up and printed, and end all sessions',
    async (context, account, options) => {
      const { auth, inTx } = context;
      const password = newPassword();
      const hash = await auth.hashPassword(password);
      const done = await tried(inTx, options.dryRun === true, async (tx) => {
        const set = await auth.setPassword(tx, account.id, hash);
        if (set) await recordOf(context, tx, account, 'user.reset-password');
        return set;
      });
      if (!done) return { ok: false, text: `${account.username} cannot sign in: it stands for the server.` };
      if (options.dryRun)
        return ofTrial({ ok: true, text: `${account.username} would get a new password.` }, options);
      return { ok: true, text: `${account.username} can sign in with the password ${password}` };
    },
  );
  add(
    'disable-2fa',
    'remove-second-factor',
    'sign a person in by the password alone again, who has lost the phone and the recovery codes',
    async (context, account, options) => {
      const done = await tried(context.inTx, options.dryRun === true, async (tx) => {
        const dropped = await context.auth.secondFactor.drop(tx, account.id);
        if (dropped) await recordOf(context, tx, account, 'user.disable-2fa');
        return dropped;
      });
      if (!done) return { ok: false, text: `${account.username} has no second factor.` };
      return ofTrial({ ok: true, text: `${account.username} is asked for the password alone.` }, options);
    },
  );
  add(
    'remove-passkeys',
    undefined,
    'take all passkeys of a person away, who has lost what holds them; the password stays',
    async (context, account, options) => {
      const count = await tried(context.inTx, options.dryRun === true, async (tx) => {
        const removed = await context.auth.passkeys.removeAll(tx, account.id);
        if (removed > 0) await recordOf(context, tx, account, 'user.remove-passkeys');
        return removed;
      });
      if (count === 0) return { ok: false, text: `${account.username} has no passkeys.` };
      return ofTrial({ ok: true, text: `${count} passkeys of ${account.username} are gone.` }, options);
    },
  );
}

type WayInAction = 'user.reset-password' | 'user.disable-2fa' | 'user.remove-passkeys';

const recordOf = ({ audit }: Context, tx: Tx, { id }: Account, action: WayInAction) =>
  audit.record(tx, operator, { action, target: { kind: 'account', id } });

function addDecisions(command: Command, run: Run): void {
  for (const [verb, description] of [
    ['approve', 'let a person in who waits for an answer'],
    ['reject', 'turn a request to join away'],
  ] as const) {
    command
      .command(verb)
      .description(description)
      .argument('<name>')
      .option(...DRY_RUN)
      .action((name: string, options: Tried) =>
        run(async ({ accounts, auth, inTx }): Promise<Report> => {
          const account = await accounts.byHandle(name);
          const approve = verb === 'approve';
          const outcome =
            account &&
            (await tried(inTx, options.dryRun === true, (tx) =>
              auth.decideSignUp(tx, operator, account.id, approve),
            ));
          if (!outcome?.ok) return missing(`Nobody called ${name} waits for an answer.`);
          const text = approve ? `${name} can sign in now.` : `${name} was turned away.`;
          return ofTrial({ ok: true, text }, options);
        }),
      );
  }
}

/** How much the videos of one account may take. */
function addQuota(command: Command, run: Run): void {
  command
    .command('quota')
    .description('say how much room the videos of an account have, or give it another limit')
    .argument('<name>')
    .option('--mb <megabytes>', 'at most so many MB, whatever its role; 0: no limit', megabytes)
    .option('--reset', 'as its role again')
    .option('--reason <text>', 'why, for the log', '')
    .action((name: string, options: { mb?: number; reset?: true; reason: string }) =>
      run((context) =>
        withLocal(context, name, async (account): Promise<Report> => {
          const { inTx, staff, videos } = context;
          const { mb, reset, reason } = options;
          if (mb !== undefined || reset) {
            const input = { accountId: account.id, megabytes: reset ? null : (mb ?? null), reason };
            const set = await inTx((tx) => staff.quotas.set(tx, operator, input));
            if (!set.ok) return refused(set);
          }
          const { maxBytes, source } = await staff.quotas.of(account.id);
          const usedBytes = await inTx((tx) => videos.storedBytes(tx, account.id));
          return { ok: true, rows: [{ name, usedBytes, maxBytes, source }], text: '' };
        }),
      ),
    );
}

function megabytes(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a number of MB; 0: no limit.');
  return Number(text);
}

/** Does something with an account of this server, or says that there is none. */
async function withLocal(
  { accounts }: Context,
  name: string,
  work: (account: Account) => Promise<Report>,
): Promise<Report> {
  const account = await accounts.byHandle(name);
  if (account?.domain !== null) return missing(`There is no account ${name} here.`);
  return work(account);
}

function days(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('Write a number of days.');
  return n;
}
