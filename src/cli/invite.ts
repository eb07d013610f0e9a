import { Command, InvalidArgumentError } from 'commander';
import { inviteLimits } from '../../config/joining-limits.ts';
import { operator } from '../modules/staff/index.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { missing, type Report, type Run, refused } from './report.ts';

const PAGE = { maxId: null, minId: null, sinceId: null, limit: 1_000 };
const DAY_SECONDS = 24 * 3_600;

interface CreateOptions {
  readonly by?: string;
  readonly uses?: number;
  readonly days?: number;
  readonly autofollow?: boolean;
}

/** `vireo invite …`: who lets whom in. */
export function inviteCommand(run: Run): Command {
  const command = new Command('invite').description('invites to this server');

  command
    .command('create')
    .description('make an invite and print its address')
    .option('--by <name>', 'who invites; default: the owner')
    .option('--uses <count>', 'how many may come by it; default: no limit', upTo(inviteLimits.maxUses))
    .option(
      '--days <days>',
      'for how long it counts; default: until it is ended',
      upTo(Math.floor(inviteLimits.maxExpiresSeconds / DAY_SECONDS)),
    )
    .option('--autofollow', 'whoever comes follows who invites')
    .action((options: CreateOptions) =>
      run(async ({ accounts, auth, inTx, config }): Promise<Report> => {
        const { by } = options;
        const account = by === undefined ? await auth.owner() : await accounts.byHandle(by);
        const role = account && (await auth.roleOf(account.id));
        if (!account || !role) return missing(`There is no account ${by ?? 'of an owner'} here.`);
        const form = {
          maxUses: options.uses ?? null,
          expiresInSeconds: options.days === undefined ? null : options.days * DAY_SECONDS,
          autofollow: options.autofollow ?? false,
        };
        const inviter = { id: account.id, role };
        const made = await inTx((tx) => auth.invites.give(tx, operator, { inviter, ...form }));
        if (!made.ok) return refused(made);
        return { ok: true, text: `${config.origin}/invite/${made.invite.code}` };
      }),
    );

  command
    .command('list')
    .description('list invites, newest first, with who gave them and who came')
    .action(() =>
      run(async ({ auth }) => {
        const rows = (await auth.invites.given({}, PAGE)).map((invite) => ({
          ...{ code: invite.code, inviter: invite.inviter, uses: invite.uses, maxUses: invite.maxUses },
          ...{ expiresAt: invite.expiresAt, revokedAt: invite.revokedAt },
          came: invite.came.join(' '),
        }));
        return { ok: true, rows, text: `${rows.length} invites.` };
      }),
    );

  command
    .command('revoke')
    .description('end an invite, whoever gave it; who came by it stays')
    .argument('<code>')
    .option(...DRY_RUN)
    .action((code: string, options: Tried) =>
      run(async ({ auth, inTx }): Promise<Report> => {
        const id = await auth.invites.idOf(code);
        if (id === null) return missing('There is no such invite, or it has ended.');
        const ended = await tried(inTx, options.dryRun === true, (tx) => auth.invites.end(tx, operator, id));
        if (!ended.ok) return missing('There is no such invite, or it has ended.');
        return ofTrial({ ok: true, text: 'Nobody comes by it any more.' }, options);
      }),
    );
  return command;
}

function upTo(max: number) {
  return (text: string): number => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && count <= max) return count;
    throw new InvalidArgumentError(`Write a whole number from 1 to ${max}.`);
  };
}
