import type { Db, Tx } from '../../db/database.ts';
import type { Finish, JobPayload } from '../../jobs/registry.ts';
import { openSecret, type Seal, sealSecret, sha256 } from '../../lib/crypto.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { loginKey, mayEnter, userByLogin } from './commands.ts';
import type { Addressee, Correspondence, EmailDeps } from './emails.ts';
import { resetLetter } from './letters.ts';
import { lookAtLink, takeLink } from './links.ts';

interface ResetDeps extends EmailDeps {
  readonly instanceSecret: string;
}

/** New passwords for those who have forgotten theirs. */
export function resets(
  deps: ResetDeps,
  post: Correspondence,
  then: {
    /** Sets it, and ends whatever was signed in (security.md A6). */
    readonly setPassword: (
      tx: Tx,
      accountId: Addressee['accountId'],
      hash: string,
    ) => Promise<{ passkeysRemoved: number } | null>;
    /** Who opened the link has the address. */
    readonly confirmed: (tx: Tx, accountId: Addressee['accountId']) => Promise<void>;
  },
) {
  const { db, enqueue, mail } = deps;
  const seal: Seal = { instanceSecret: deps.instanceSecret, purpose: 'password-reset' };
  return {
    /**
     * Asks for a link, by name or address. The same is done whoever that is, and nothing is looked up here: neither
     * answer nor time tells whether there is such an account (security.md P10). A job finds out.
     */
    async askForReset(tx: Tx, login: string): Promise<Result<object, 'unavailable'>> {
      if (!mail.isOn) return fail('unavailable', 'This server sends no mail.');
      const key = loginKey(login);
      await enqueue(tx, {
        name: 'mail.reset',
        payload: { sealed: sealSecret(seal, key) },
        key: `mail.reset:${sha256(`${deps.instanceSecret}\n${key}`).toString('base64url')}`,
      });
      return ok();
    },

    /** Mails the link, where the login is somebody's who may sign in and has an address. */
    async mailReset({ sealed }: JobPayload<'mail.reset'>): Promise<Finish> {
      const opened = openSecret(seal, sealed);
      if (!opened.ok) throw new Error(opened.detail);
      return async (tx) => {
        const person = await resettable(tx, opened.plaintext);
        if (person?.email)
          await post.mailLink(tx, person, { purpose: 'reset', email: person.email }, resetLetter);
        return null;
      };
    },

    /** Whether a link would set a password. */
    isResetLink: async (token: string): Promise<boolean> => (await lookAtLink(db, 'reset', token)) !== null,

    /** Sets a password by a link, which counts once. The second factor stays: the link lets nobody in. */
    async resetPassword(
      tx: Tx,
      token: string,
      passwordHash: string,
    ): Promise<Result<{ passkeysRemoved: number }, 'link-spent'>> {
      const link = await takeLink(tx, 'reset', token);
      const set = link && (await then.setPassword(tx, link.accountId, passwordHash));
      if (!set) return fail('link-spent', 'This link was used before, or is too old. Ask for a new one.');
      await then.confirmed(tx, link.accountId);
      return ok(set);
    },
  };
}

async function resettable(tx: Db | Tx, key: string): Promise<Addressee | null> {
  const row = await userByLogin(tx, key)
    .select('users.account_id', 'users.role', 'users.approval', 'users.unconfirmed', 'users.email')
    .first('accounts.username', 'accounts.state');
  if (!row || !mayEnter(row).ok) return null;
  const { account_id: accountId, username, email, unconfirmed } = row;
  return { accountId, username, email, unconfirmed };
}
