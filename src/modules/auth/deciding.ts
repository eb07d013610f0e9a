import type { Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Mail } from '../mail/index.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
import type { Correspondence } from './emails.ts';
import { approvedLetter, rejectedLetter } from './letters.ts';

interface DecidingDeps {
  readonly mail: Mail;
  readonly post: Correspondence;
  readonly audit: Audit;
}

/**
 * Lets a person in, or turns a request away (the name becomes free again); the person is told by mail. Whoever is let in before the address was confirmed is seen once it is.
 */
export async function decideSignUp(
  { audit, ...deps }: DecidingDeps,
  tx: Tx,
  by: Actor,
  accountId: AccountId,
  approve: boolean,
): Promise<Result<object, 'permission-missing' | 'not-found'>> {
  const allowed = permitted(by, 'sign-ups');
  if (!allowed.ok) return allowed;
  if (!(await decide(deps, tx, accountId, approve))) {
    return fail('not-found', 'Nobody with that id waits for an answer.');
  }
  const action = approve ? 'sign-up.approve' : 'sign-up.reject';
  await audit.record(tx, by, { action, target: { kind: 'account', id: accountId } });
  return ok();
}

/** False when nobody waits. */
async function decide(
  { mail, post }: Omit<DecidingDeps, 'audit'>,
  tx: Tx,
  accountId: AccountId,
  approve: boolean,
): Promise<boolean> {
  const waiting = { account_id: accountId, approval: 'pending' };
  if (!(await tx('users').where(waiting).forUpdate().first('account_id'))) return false;
  const person = await post.addressee(tx, accountId);
  if (!person) return false;
  const { email, unconfirmed } = person;
  const account = tx('accounts').where({ id: accountId });
  if (!approve) {
    // Nobody knows whose an address is that was not confirmed.
    if (email !== null && !unconfirmed) {
      const letter = rejectedLetter(post.whom(person));
      await mail.write(tx, { kind: 'rejected', accountId: null, to: email, letter });
    }
    await account.delete();
    return true;
  }
  await tx('users').where(waiting).update({ approval: 'approved' });
  if (unconfirmed && email !== null) {
    await post.mailLink(tx, person, { purpose: 'confirm', email }, (whom, link) =>
      approvedLetter(whom, link, false),
    );
    return true;
  }
  await account.update({ state: 'active' });
  await post.notify(tx, accountId, 'approved', (whom) => approvedLetter(whom, mail.link('/login'), true));
  return true;
}
