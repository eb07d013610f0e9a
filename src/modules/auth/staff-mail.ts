import type { Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { Letter, Mail } from '../mail/index.ts';

/** Writes to those who run the server, at the addresses that are known to be theirs. */
export async function writeToStaff(
  mail: Mail,
  tx: Tx,
  { kind, letter }: { readonly kind: string; readonly letter: Letter },
): Promise<void> {
  const staff: { account_id: AccountId; email: string }[] = await tx('users')
    .join('accounts', 'accounts.id', 'users.account_id')
    .whereIn('users.role', ['owner', 'admin'])
    .where({ 'users.unconfirmed': false, 'accounts.state': 'active' })
    .whereNotNull('users.email')
    .select('users.account_id', 'users.email');
  for (const { account_id: accountId, email: to } of staff) {
    await mail.write(tx, { kind, accountId, to, letter });
  }
}
