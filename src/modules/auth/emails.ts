import { linkLimits, waitingLimits } from '../../../config/mail-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, SessionId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Letter, Mail } from '../mail/index.ts';
import { isEmailTaken, keyOfEmail } from './commands.ts';
import { type FollowingDeps, followInviters } from './invites.ts';
import { removeUnseen } from './leaving.ts';
import * as letters from './letters.ts';
import { endLinks, issueLink, lookAtLink, type MailLink, takeLink } from './links.ts';
import { writeToStaff } from './staff-mail.ts';

export interface EmailDeps {
  readonly db: Db;
  readonly enqueue: Enqueue;
  readonly mail: Mail;
  readonly clock: Clock;
  /** Host part of handles. */
  readonly domain: string;
  /** As people see it. */
  readonly instance: { readonly name: string };
}

/** Somebody of this server, as letters name her. */
export interface Addressee {
  readonly accountId: AccountId;
  readonly username: string;
  readonly email: string | null;
  readonly unconfirmed: boolean;
}

const pages = { confirm: '/auth/confirm', change: '/auth/confirm', reset: '/auth/reset' } as const;

/** Letters to people of this server, about their accounts. */
export function createCorrespondence(deps: Omit<EmailDeps, 'db'>) {
  const { mail, domain, instance } = deps;
  const whom = ({ username }: Pick<Addressee, 'username'>) => ({
    handle: `@${username}@${domain}`,
    server: instance.name,
  });

  async function addressee(tx: Tx, accountId: AccountId): Promise<Addressee | null> {
    const row = await tx('users')
      .join('accounts', 'accounts.id', 'users.account_id')
      .where({ account_id: accountId })
      .first('accounts.username', 'users.email', 'users.unconfirmed');
    return row ? { accountId, username: row.username, email: row.email, unconfirmed: row.unconfirmed } : null;
  }

  return {
    whom,
    addressee,

    /** To somebody whose address is known to be hers; to others, nothing is written. */
    async notify(
      tx: Tx,
      accountId: AccountId,
      kind: string,
      letterTo: (whom: { handle: string; server: string }) => Letter,
    ): Promise<void> {
      const person = mail.isOn ? await addressee(tx, accountId) : null;
      if (!person?.email || person.unconfirmed) return;
      await mail.write(tx, { kind, accountId, to: person.email, letter: letterTo(whom(person)) });
    },

    /** Mails a link. False where the account got as many within the hour as it may. */
    async mailLink(
      tx: Tx,
      person: Pick<Addressee, 'accountId' | 'username'>,
      link: {
        readonly purpose: 'confirm' | 'change' | 'reset';
        readonly email: string;
        readonly sessionId?: SessionId;
      },
      letterTo: (whom: { handle: string; server: string }, address: string) => Letter,
    ): Promise<boolean> {
      const { purpose, email, sessionId = null } = link;
      const issued = await issueLink(tx, { accountId: person.accountId, purpose, email, sessionId });
      if (!issued) return false;
      await mail.write(tx, {
        ...{ kind: purpose, accountId: person.accountId, to: email, expiresAt: issued.expiresAt },
        letter: letterTo(whom(person), mail.link(pages[purpose], { token: issued.token })),
      });
      return true;
    },

    /** The staff hears of people who wait: soon of the first, then once an hour of all. */
    async announceWaiting(tx: Tx): Promise<void> {
      if (!mail.isOn) return;
      const told = await tx('instance_settings').where({ key: WAITING_TOLD }).first('value');
      const next = told ? new Date(Date.parse(told.value) + waitingLimits.everyMs) : undefined;
      const job = { name: 'mail.waiting', payload: {}, key: 'mail.waiting' } as const;
      await deps.enqueue(tx, next === undefined ? job : { ...job, runAt: next });
    },
  };
}

export type Correspondence = ReturnType<typeof createCorrespondence>;

const WAITING_TOLD = 'waiting-sign-ups-told-at';

/** Tells the staff by mail who waits for an answer, where anybody does. */
export async function tellOfWaiting(deps: EmailDeps, tx: Tx): Promise<void> {
  const waiting = tx('users').where({ approval: 'pending', unconfirmed: false });
  const count = Number((await waiting.clone().count('* as count').first())?.count ?? 0);
  if (count === 0) return;
  const names: string[] = await waiting
    .clone()
    .join('accounts', 'accounts.id', 'users.account_id')
    .orderBy('users.created_at')
    .limit(waitingLimits.maxNamed)
    .pluck('accounts.username');
  const handles = names.map((username) => `@${username}`);
  const link = deps.mail.link('/admin/approvals');
  const letter = letters.waitingLetter(deps.instance.name, { count, handles }, link);
  await writeToStaff(deps.mail, tx, { kind: 'waiting', letter, now: deps.clock.now() });
  const value = JSON.stringify(new Date(deps.clock.now()).toISOString());
  await tx('instance_settings').insert({ key: WAITING_TOLD, value }).onConflict('key').merge({ value });
}

/** What an address proves, and how it is exchanged for another. */
export function emails(deps: EmailDeps & FollowingDeps, post: Correspondence) {
  const { db, mail } = deps;

  /** Whoever came by an invite follows from now on: before, nobody could have been told. */
  async function show(tx: Tx, ids: readonly AccountId[]): Promise<void> {
    const hidden = tx('accounts').whereIn('id', ids).where({ state: 'pending' });
    const shown = await hidden.update({ state: 'active' }).returning<{ id: AccountId }[]>('id');
    await followInviters(
      deps,
      tx,
      shown.map(({ id }) => id),
    );
  }

  /** The address is its owner's: the account is seen from now on, unless a person has to decide first. */
  async function confirmed(tx: Tx, accountId: AccountId): Promise<void> {
    const mine = { account_id: accountId, unconfirmed: true };
    const [row] = await tx('users').where(mine).update({ unconfirmed: false }).returning('approval');
    if (!row) return;
    if (row.approval === 'pending') await post.announceWaiting(tx);
    else await show(tx, [accountId]);
  }

  return {
    /** Whether the address of somebody was confirmed, and what it is. */
    async emailOf(accountId: AccountId): Promise<{ email: string | null; confirmed: boolean }> {
      const row = await db('users').where({ account_id: accountId }).first('email', 'unconfirmed');
      return { email: row?.email ?? null, confirmed: row?.unconfirmed === false };
    },

    confirmed,

    /** Mails the link to confirm the address of a sign-up again, after a correction of the address where one is given. */
    async mailConfirmation(
      tx: Tx,
      accountId: AccountId,
      correction?: string,
    ): Promise<Result<object, 'email-confirmed' | 'email-taken' | 'too-many-mails' | 'unavailable'>> {
      if (!mail.isOn) return fail('unavailable', 'This server sends no mail.');
      await tx('users').where({ account_id: accountId }).forUpdate().first('account_id');
      const person = await post.addressee(tx, accountId);
      if (!person?.unconfirmed) return fail('email-confirmed', 'Your e-mail address is confirmed already.');
      const email = correction ?? person.email;
      if (email === null) throw new Error('An address that there is not waits to be confirmed.');
      const isCorrected = keyOfEmail(email) !== keyOfEmail(person.email ?? '');
      if (isCorrected && (await isEmailTaken(tx, keyOfEmail(email)))) return emailTaken();
      // What is refused changes nothing: the mail comes first, then what goes with it.
      const sent = await post.mailLink(tx, person, { purpose: 'confirm', email }, letters.confirmLetter);
      if (!sent) return tooManyMails();
      if (isCorrected) {
        await tx('users')
          .where({ account_id: accountId })
          .update({ email, email_key: keyOfEmail(email) });
        await endLinks(tx, accountId, { purpose: 'confirm', butTo: email });
      }
      return ok();
    },

    /**
     * Asks for another address. It counts once the link that is mailed there was opened; the old one is told. Without
     * mail, nothing could be proved: then it counts at once.
     */
    async changeEmail(
      tx: Tx,
      accountId: AccountId,
      email: string,
      sessionId: SessionId,
    ): Promise<Result<{ waits: boolean }, 'email-taken' | 'too-many-mails'>> {
      const key = keyOfEmail(email);
      const person = await post.addressee(tx, accountId);
      if (!person) throw new Error('Somebody without an account changes an address.');
      if (keyOfEmail(person.email ?? '') === key) return ok({ waits: false });
      if (await isEmailTaken(tx, key)) return emailTaken();
      if (!mail.isOn) {
        await setEmail(tx, accountId, email, sessionId);
        return ok({ waits: false });
      }
      const link = { purpose: 'change', email, sessionId } as const;
      if (!(await post.mailLink(tx, person, link, letters.changeLetter))) return tooManyMails();
      await post.notify(tx, accountId, 'change-asked', letters.changeAskedLetter);
      return ok({ waits: true });
    },

    /** What the link of a confirmation is about, for the page that asks; null where it does not count. */
    async confirmationAt(token: string): Promise<(MailLink & { username: string }) | null> {
      const link = (await lookAtLink(db, 'confirm', token)) ?? (await lookAtLink(db, 'change', token));
      if (!link) return null;
      const row = await db('accounts').where({ id: link.accountId }).first('username');
      return row ? { ...link, username: row.username } : null;
    },

    /** Does what the link of a confirmation is for. */
    async confirmEmail(tx: Tx, token: string): Promise<Result<object, 'link-spent' | 'email-taken'>> {
      const first = await takeLink(tx, 'confirm', token);
      if (first) {
        const row = await tx('users').where({ account_id: first.accountId }).forUpdate().first('email_key');
        // The address was corrected since.
        if (row?.email_key !== keyOfEmail(first.email)) return linkSpent();
        await confirmed(tx, first.accountId);
        return ok();
      }
      const change = await takeLink(tx, 'change', token);
      if (!change) return linkSpent();
      if (await isEmailTaken(tx, keyOfEmail(change.email))) return emailTaken();
      await post.notify(tx, change.accountId, 'address-changed', letters.addressChangedLetter);
      await setEmail(tx, change.accountId, change.email, change.sessionId);
      await confirmed(tx, change.accountId);
      return ok();
    },

    /** Removes accounts whose address nobody confirmed, and for which no link counts any more. */
    async dropUnconfirmed(inTx: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>): Promise<number> {
      if (!mail.isOn) return 0;
      return inTx(async (tx) => {
        const ids: AccountId[] = await tx('users')
          .where({ unconfirmed: true })
          .where('created_at', '<', tx.raw(`now() - ? * interval '1 ms'`, [linkLimits.unconfirmedMs]))
          .whereNotExists(
            tx('mail_links')
              .whereRaw('mail_links.account_id = users.account_id')
              .where({ purpose: 'confirm' })
              .where('expires_at', '>', tx.fn.now())
              .select(tx.raw('1')),
          )
          .orderBy('created_at')
          .limit(linkLimits.atOnce)
          .forUpdate()
          .skipLocked()
          .pluck('account_id');
        return removeUnseen(tx, ids);
      });
    },

    /** Where there is no mail any more, nobody can be asked to confirm anything. */
    async confirmAll(tx: Tx): Promise<void> {
      const rows: { account_id: AccountId; approval: string }[] = await tx('users')
        .where({ unconfirmed: true })
        .update({ unconfirmed: false })
        .returning(['account_id', 'approval']);
      const ids = rows.filter(({ approval }) => approval === 'approved').map((row) => row.account_id);
      if (ids.length > 0) await show(tx, ids);
    },
  };
}

/** The address counts; whoever was signed in elsewhere, and whatever was mailed before, does not any more (security.md A6). */
async function setEmail(tx: Tx, accountId: AccountId, email: string, but: SessionId | null): Promise<void> {
  await tx('users')
    .where({ account_id: accountId })
    .update({ email, email_key: keyOfEmail(email) });
  await endLinks(tx, accountId);
  await tx('oauth_codes').where({ account_id: accountId }).delete();
  await tx('sessions')
    .where({ account_id: accountId })
    .modify((query) => {
      if (but !== null) query.whereNot({ id: but });
    })
    .delete();
}

function emailTaken() {
  return fail('email-taken', 'An account with that e-mail address exists.');
}

function linkSpent() {
  return fail('link-spent', 'This link was used before, or is too old. Ask for a new one.');
}

function tooManyMails() {
  return fail(
    'too-many-mails',
    'Several mails were sent already. Look among unwanted mail, or wait an hour.',
  );
}
