import { Command, InvalidArgumentError, Option } from 'commander';
import type { Context } from '../context.ts';
import type { Tx } from '../db/database.ts';
import { parseId } from '../lib/ids.ts';
import type { Result } from '../lib/result.ts';
import { ipSeverities, operator } from '../modules/staff/index.ts';
import type { Report, Run } from './report.ts';

const DAY_MS = 86_400_000;

/** `vireo joining …`: what is refused of those who join. */
export function joiningCommand(run: Run): Command {
  const command = new Command('joining').description('what is refused of those who join');
  const add = (context: Context, work: (tx: Tx) => Promise<Result<object, string>>, text: string) =>
    context
      .inTx(work)
      .then(
        (outcome): Report =>
          outcome.ok ? { ok: true, text } : { ok: false, text: outcome.detail ?? outcome.reason },
      );

  command
    .command('blocks')
    .description('list e-mail providers, networks and names that are blocked')
    .action(() => run(({ staff }) => listBlocks(staff.joining)));
  command
    .command('block-email')
    .description('nobody joins with an address of this provider, or of a domain below it')
    .argument('<domain>')
    .option('--with-approval', 'they may ask, and the staff decides')
    .action((domain: string, { withApproval = false }: { withApproval?: boolean }) =>
      run((context) =>
        add(
          context,
          (tx) => context.staff.joining.blockEmailDomain(tx, operator, domain, withApproval),
          `${domain} is blocked.`,
        ),
      ),
    );
  command
    .command('block-ip')
    .description('nobody joins from this address or network (CIDR), or (no_access) nobody there is answered')
    .argument('<network>')
    .addOption(new Option('--severity <severity>').choices([...ipSeverities]).default('sign_up_block'))
    .option('--days <days>', 'for how long; without: for good', days)
    .option('--comment <text>', 'why, for the staff', '')
    .action(
      (ip: string, options: { severity: (typeof ipSeverities)[number]; days?: number; comment: string }) =>
        run((context) => {
          const { severity, comment, days: lasting } = options;
          const expiresAt = lasting === undefined ? null : new Date(context.clock.now() + lasting * DAY_MS);
          const block = { ip, severity, comment, expiresAt };
          return add(
            context,
            (tx) => context.staff.joining.blockIp(tx, operator, block),
            `${ip} is blocked.`,
          );
        }),
    );
  command
    .command('reserve')
    .description('nobody takes this name')
    .argument('<name>')
    .action((name: string) =>
      run((context) =>
        add(
          context,
          (tx) => context.staff.joining.reserveName(tx, operator, name, ''),
          `${name} is reserved.`,
        ),
      ),
    );
  command
    .command('unblock')
    .description('take a block away, by its kind and number')
    .argument('<kind>', 'email, ip or name')
    .argument('<id>')
    .action((kind: string, text: string) =>
      run(async (context): Promise<Report> => {
        const id = parseId<'joining-block'>(text);
        if ((kind !== 'email' && kind !== 'ip' && kind !== 'name') || id === null) {
          return {
            ok: false,
            text: 'Name a kind (email, ip, name) and a number, as `joining blocks` lists them.',
          };
        }
        return add(
          context,
          (tx) => context.staff.joining.remove(tx, operator, kind, id),
          'The block is gone.',
        );
      }),
    );
  return command;
}

async function listBlocks(joining: Context['staff']['joining']): Promise<Report> {
  const [emails, ips, names] = await Promise.all([joining.emailDomains(), joining.ips(), joining.names()]);
  const rows = [
    ...emails.map(({ id, domain, allowWithApproval }) => ({
      ...{ kind: 'email', id, what: domain, how: allowWithApproval ? 'approval' : 'refused', until: null },
    })),
    ...ips.map(({ id, ip, severity, expiresAt }) => ({
      ...{ kind: 'ip', id, what: ip, how: severity, until: expiresAt },
    })),
    ...names.map(({ id, name }) => ({ kind: 'name', id, what: name, how: 'reserved', until: null })),
  ];
  return { ok: true, rows, text: `${rows.length} blocks.` };
}

function days(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('Write a number of days.');
  return n;
}
