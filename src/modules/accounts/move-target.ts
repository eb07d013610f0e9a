import { fail, ok, type Result } from '../../lib/result.ts';
import type { RemoteLookup } from './lookup.ts';
import type { Account } from './model.ts';

type NotRead = 'not-found' | 'unreachable' | 'blocked' | 'handle-invalid' | 'account-gone';

/** Somebody by a handle or the id of an actor, as the own server describes that account at this moment. */
export async function readAnew(
  lookup: Pick<RemoteLookup, 'account' | 'actor'>,
  named: string,
): Promise<Result<{ account: Account }, NotRead>> {
  const isUri = /^https?:\/\//.test(named);
  const found = isUri ? null : await lookup.account(named);
  if (found && !found.ok) return found;
  const uri = found?.account.actorUri ?? named;
  if (!URL.canParse(uri)) return fail('handle-invalid', 'This is neither a handle nor a web address.');
  const read = await lookup.actor(uri, { anew: true });
  if (read.ok && read.account.state !== 'active') return fail('account-gone', `${named} is gone.`);
  return read;
}

/** The account that another one may go on as: it says at this moment that it is the same person's, and did not move itself. */
export async function moveTarget(
  lookup: Pick<RemoteLookup, 'account' | 'actor'>,
  from: Account,
  named: string,
): Promise<Result<{ to: Account }, NotRead | 'yourself' | 'not-an-alias'>> {
  const read = await readAnew(lookup, named);
  if (!read.ok) return read;
  const { account: to } = read;
  if (to.id === from.id) return fail('yourself', 'This is the account itself.');
  if (!to.alsoKnownAs.includes(from.actorUri)) {
    return fail('not-an-alias', `${to.acct} does not name this account. Add it as an alias there first.`);
  }
  if (to.movedToId !== null) return fail('not-an-alias', `${to.acct} has moved elsewhere itself.`);
  return ok({ to });
}
