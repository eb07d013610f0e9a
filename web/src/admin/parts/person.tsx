import type { Account } from '../../api/types.ts';
import { may } from '../permissions.ts';

/** Somebody by their handle, which leads to what is known of them where one may see that. */
export function Person({ account: { id, acct } }: { account: Pick<Account, 'id' | 'acct'> }) {
  const handle = <bdi>@{acct}</bdi>;
  return may('accounts') ? <a href={`/admin/accounts/${id}`}>{handle}</a> : handle;
}
