import type { Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { Letter, Mail } from '../mail/index.ts';
import { quietAmong } from '../staff/index.ts';

/** Writes to those who run the server, at the addresses that are known to be theirs, once their quiet hours are over. */
export async function writeToStaff(
  mail: Mail,
  tx: Tx,
  {
    kind,
    letter,
    now,
    isUrgent = false,
  }: {
    readonly kind: string;
    readonly letter: Letter;
    readonly now: number;
    readonly isUrgent?: boolean;
  },
): Promise<void> {
  const staff: { account_id: AccountId; email: string }[] = await tx('users')
    .join('accounts', 'accounts.id', 'users.account_id')
    .whereIn('users.role', ['owner', 'admin'])
    .where({ 'users.unconfirmed': false, 'accounts.state': 'active' })
    .whereNotNull('users.email')
    .select('users.account_id', 'users.email');
  const quiet = await quietAmong(
    tx,
    staff.map(({ account_id }) => account_id),
    now,
  );
  for (const { account_id: accountId, email: to } of staff) {
    const rest = quiet.get(accountId);
    const sendAt = rest && !(isUrgent && rest.urgent) ? rest.until : undefined;
    await mail.write(tx, { kind, accountId, to, letter, sendAt });
  }
}
