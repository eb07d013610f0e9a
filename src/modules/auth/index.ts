import type { Db, Tx } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { AccountId, PasskeyId, SessionId } from '../../lib/ids.ts';
import { type Account, accountFromRow } from '../accounts/index.ts';
import type { Mail } from '../mail/index.ts';
import { type Actor, type Audit, type Role, standingFromRow } from '../staff/index.ts';
import { type AgeStatement, checkAge } from './age.ts';
import { type AppForm, appByClientId, appBySecret, appOfToken, registerApp, sweepApps } from './apps.ts';
import { type ClientDocumentDeps, createClientDocuments } from './client-documents.ts';
import { type Grant, issueCode } from './codes.ts';
import {
  type AuthDeps,
  checkCredentials,
  createFirstOwner,
  createUser,
  hashToken,
  mayRegister,
  modeBy,
  openSession,
  type PreparedSignUp,
  prepareSignUp,
  type SignUpForm,
  signUp,
  triesKey,
} from './commands.ts';
import { decideSignUp } from './deciding.ts';
import { type Correspondence, createCorrespondence, emails, tellOfWaiting } from './emails.ts';
import { type FollowingDeps, followInviter, invitesPart } from './invites.ts';
import { leaving } from './leaving.ts';
import type { Whom } from './letters.ts';
import * as letters from './letters.ts';
import { endLinks, sweepLinks } from './links.ts';
import type { PendingSignUp, Scope, Viewer } from './model.ts';
import { exchange, type TokenRequest } from './oauth.ts';
import { closeOwnSession, closeSession, rotateSession, sessionsOf, setPassword } from './own-sessions.ts';
import { createPasskeys, type NewPasskey, type PasskeyDeps } from './passkeys.ts';
import { checkPassword, hashPassword } from './passwords.ts';
import { preferences } from './preferences.ts';
import { createProofs } from './proofs.ts';
import { resets } from './reset.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  dropSecondFactor,
  type SecondFactorDeps,
  secondFactorOf,
  takeSecondFactor,
} from './second-factor.ts';
import { sessionByHash } from './session-rows.ts';
import { staffInvitesPart } from './staff-invites.ts';
import { writeToStaff } from './staff-mail.ts';

export { isBirthday } from './age.ts';
export { type App, grantable, OUT_OF_BAND, readScopes } from './apps.ts';
export type { Invite } from './invites.ts';
export {
  actorOf,
  allows,
  isUnconfirmed,
  type OwnSession,
  type Scope,
  scopes,
  type Viewer,
} from './model.ts';
export type { Passkey } from './passkeys.ts';
export { passwordLimits } from './passwords.ts';

export type Auth = ReturnType<typeof createAuth>;

/** Apps that act for people, and what they are given. */
function appsPart(deps: ClientDocumentDeps) {
  const { db, ids } = deps;
  return {
    documents: createClientDocuments(deps),
    register: (tx: Tx, form: AppForm) => registerApp(tx, ids, form),
    byClientId: (clientId: string) => appByClientId(db, clientId),
    bySecret: (clientId: string, secret: string) => appBySecret(db, clientId, secret),
    /** Whether this is the token of an app with which nobody signed in. */
    async isOfItself(token: string): Promise<boolean> {
      const own = { token_hash: hashToken(token), account_id: null };
      return (await db('sessions').where(own).first('id')) !== undefined;
    },
    ofToken: (token: string) => appOfToken(db, token),
    issueCode: (tx: Tx, grant: Grant) => issueCode(tx, grant),
    exchange: (tx: Tx, request: TokenRequest) => exchange(tx, ids, request),
    /** Ends a token of this app; what is not one of its tokens stays (RFC 7009). */
    async revoke(tx: Tx, app: { id: string }, token: string): Promise<void> {
      await tx('sessions')
        .where({ app_id: app.id, token_hash: hashToken(token) })
        .delete();
    },
    sweep: (signal?: AbortSignal) => sweepApps(db, signal),
  };
}

/** The code beside the password. */
function secondFactorPart(db: Db, deps: SecondFactorDeps, post: Correspondence) {
  return {
    of: (accountId: AccountId) => secondFactorOf(db, accountId),
    begin: (tx: Tx, account: Account) => beginSecondFactor(deps, tx, account),
    async confirm(tx: Tx, accountId: AccountId, code: string): ReturnType<typeof confirmSecondFactor> {
      const confirmed = await confirmSecondFactor(deps, tx, accountId, code);
      if (confirmed.ok)
        await post.notify(tx, accountId, 'second-factor-added', letters.secondFactorAddedLetter);
      return confirmed;
    },
    take: (tx: Tx, accountId: AccountId, code: string) => takeSecondFactor(deps, tx, accountId, code),
    async drop(tx: Tx, accountId: AccountId): Promise<boolean> {
      const dropped = await dropSecondFactor(tx, accountId);
      if (dropped)
        await post.notify(tx, accountId, 'second-factor-removed', letters.secondFactorRemovedLetter);
      return dropped;
    },
  };
}

/** Passkeys; the person hears of each that comes or goes, so that she notices where that was not her. */
function passkeysPart(deps: PasskeyDeps, post: Correspondence) {
  const passkeys = createPasskeys(deps);
  const tellOfRemoval = (tx: Tx, accountId: AccountId) =>
    post.notify(tx, accountId, 'passkey-removed', letters.passkeyRemovedLetter);
  return {
    ...passkeys,
    async add(tx: Tx, input: NewPasskey): ReturnType<typeof passkeys.add> {
      const added = await passkeys.add(tx, input);
      if (added.ok) await post.notify(tx, input.accountId, 'passkey-added', letters.passkeyAddedLetter);
      return added;
    },
    async remove(tx: Tx, accountId: AccountId, id: PasskeyId): Promise<boolean> {
      const removed = await passkeys.remove(tx, accountId, id);
      if (removed) await tellOfRemoval(tx, accountId);
      return removed;
    },
    async removeAll(tx: Tx, accountId: AccountId): Promise<number> {
      const count = await passkeys.removeAll(tx, accountId);
      if (count > 0) await tellOfRemoval(tx, accountId);
      return count;
    },
  };
}

async function isPassword(db: Db, accountId: AccountId, password: string): Promise<boolean> {
  const row = await db('users').where({ account_id: accountId }).first('password_hash');
  return checkPassword(row?.password_hash, password);
}

interface MailedDeps extends SecondFactorDeps, FollowingDeps {
  readonly db: Db;
  readonly enqueue: Enqueue;
  readonly mail: Mail;
  readonly audit: Audit;
  readonly instance: { readonly name: string };
}

/** What is proved and told by mail. */
function mailedPart(deps: MailedDeps, post: Correspondence) {
  const { db } = deps;
  /** Whoever has the account hears of it, so that she notices where that was not her. */
  async function setPasswordAndTell(
    tx: Tx,
    accountId: AccountId,
    passwordHash: string,
    but: SessionId | null = null,
  ): Promise<{ passkeysRemoved: number } | null> {
    const set = await setPassword(tx, accountId, passwordHash, but);
    await endLinks(tx, accountId, { purpose: 'reset' });
    // A thief who knew the old password may have asked for another address, and would open the link later.
    await endLinks(tx, accountId, { purpose: 'change' });
    const letter = (whom: Whom) => letters.passwordChangedLetter(whom, (set?.passkeysRemoved ?? 0) > 0);
    if (set) await post.notify(tx, accountId, 'password-changed', letter);
    return set;
  }
  const addresses = emails(deps, post);
  const { confirmed } = addresses;
  return {
    emails: addresses,
    resets: resets(deps, post, { setPassword: setPasswordAndTell, confirmed }),
    /** False where the account has no password: it is nobody's. */
    setPassword: async (...given: Parameters<typeof setPasswordAndTell>) =>
      (await setPasswordAndTell(...given)) !== null,
    decideSignUp: (tx: Tx, by: Actor, accountId: AccountId, approve: boolean) =>
      decideSignUp({ mail: deps.mail, audit: deps.audit, post }, tx, by, accountId, approve),
    /** A last step of the job that tells the staff of people who wait. */
    /** A letter to those who run the server. */
    writeToStaff: (tx: Tx, mail: Omit<Parameters<typeof writeToStaff>[2], 'now'>) =>
      writeToStaff(deps.mail, tx, { ...mail, now: deps.clock.now() }),
    tellOfWaiting: async () => async (tx: Tx) => {
      await tellOfWaiting(deps, tx);
      return null;
    },
    sweepLinks: (signal?: AbortSignal) => sweepLinks(db, signal),
  };
}

type AuthParts = Omit<AuthDeps, 'confirmsEmails' | 'modeNow'> & MailedDeps & PasskeyDeps & ClientDocumentDeps;

/** Signing up and in, sessions, roles. */
export function createAuth(parts: AuthParts) {
  const deps = { ...parts, confirmsEmails: parts.mail.isOn, modeNow: modeBy(parts) };
  const { db, accounts } = deps;
  const post = createCorrespondence(deps);
  const mailed = mailedPart(deps, post);
  const departing = leaving(deps);
  const sessionBy = sessionByHash(db);
  return {
    ...mailed,
    /** Who may join now. */
    joining: deps.joining,
    modeNow: deps.modeNow,
    mayRegister: (form: Parameters<typeof mayRegister>[1]) => mayRegister(deps.joining.registrations, form),
    checkAge: (said: AgeStatement) => checkAge(deps.joining.minimumAge, said, deps.clock.now()),
    invites: { ...invitesPart(db, deps), ...staffInvitesPart(db, deps) },
    prepareSignUp: (form: SignUpForm) => prepareSignUp(deps, form),
    async signUp(tx: Tx, form: PreparedSignUp): ReturnType<typeof signUp> {
      const made = await signUp(deps, tx, form);
      if (!made.ok) return made;
      const { account, invite } = made;
      if (deps.confirmsEmails) await mailed.emails.mailConfirmation(tx, account.id);
      else if (invite?.autofollow) await followInviter(deps, tx, account, invite.inviterId);
      return made;
    },
    createFirstOwner: (tx: Tx, form: PreparedSignUp) => createFirstOwner(deps, tx, form),
    createUser: (tx: Tx, form: PreparedSignUp, as: Parameters<typeof createUser>[3]) =>
      createUser(deps, tx, form, as),
    checkCredentials: (login: string, password: string) => checkCredentials(db, login, password),
    triesKey: (login: string) => triesKey(db, login),
    openSession: (tx: Tx, input: Parameters<typeof openSession>[2]) => openSession(deps, tx, input),
    closeSession,
    closeOwnSession,
    rotateSession,
    sessionsOf: (accountId: AccountId, page: { before: SessionId | null; limit: number }) =>
      sessionsOf(db, accountId, page),
    hashPassword,
    isPassword: (accountId: AccountId, password: string) => isPassword(db, accountId, password),
    apps: appsPart(deps),
    secondFactor: secondFactorPart(db, deps, post),
    passkeys: passkeysPart(deps, post),
    proofs: createProofs(deps),

    /** The viewer behind a token, or null: unknown, expired, revoked, waiting for an answer, or not active. */
    async viewerOf(token: string): Promise<Viewer | null> {
      const [row] = await sessionBy([hashToken(token)]);
      if (!row) return null;
      const account = accountFromRow(row);
      const counts = account.state === 'active' || (account.state === 'pending' && row.user_unconfirmed);
      if (!counts) return null;
      if (row.session_stale) {
        await db('sessions').where({ id: row.session_id }).update({ last_used_at: db.fn.now() });
        await db('users').where({ account_id: account.id }).update({ last_seen_at: db.fn.now() });
      }
      const standing = standingFromRow(row);
      return {
        account,
        ...standing,
        lacksSecondFactor:
          deps.staff.secondFactor === 'required' && standing.permissions.length > 0 && !row.has_second_factor,
        sessionId: row.session_id,
        via: row.session_kind,
        scopes: row.session_scopes,
        appId: row.session_app_id,
      };
    },

    /** What those of these sessions may do that `viewerOf` would take still: for connections that stay open. */
    async aliveAmong(ids: readonly SessionId[]): Promise<Map<SessionId, readonly Scope[]>> {
      if (ids.length === 0) return new Map();
      const rows = await db('sessions')
        .join('users', 'users.account_id', 'sessions.account_id')
        .join('accounts', 'accounts.id', 'sessions.account_id')
        .whereRaw('sessions.id = any(?)', [[...ids]])
        .where({ 'users.approval': 'approved', 'accounts.state': 'active' })
        .where((open) =>
          open.whereNull('sessions.expires_at').orWhere('sessions.expires_at', '>', db.fn.now()),
        )
        .select('sessions.id', 'sessions.scopes');
      return new Map(rows.map((row) => [row.id, row.scopes]));
    },

    /** Local accounts with their roles, oldest first. */
    async users(
      limit: number,
    ): Promise<
      { username: string; role: Role; approval: string; createdAt: Date; invitedBy: string | null }[]
    > {
      return db('users')
        .join('accounts', 'accounts.id', 'users.account_id')
        .leftJoin('invites', 'invites.id', 'users.invite_id')
        .leftJoin('accounts as inviters', 'inviters.id', 'invites.account_id')
        .orderBy('accounts.id')
        .limit(limit)
        .select(
          ...['accounts.username', 'users.role', 'users.approval', 'users.created_at as createdAt'],
          'inviters.username as invitedBy',
        );
    },

    /** The owner's account, once there is one. */
    async owner(): Promise<Account | null> {
      const row = await db('users').where({ role: 'owner' }).first('account_id');
      return row ? accounts.byId(row.account_id as AccountId) : null;
    },

    /** Those who wait for approval, oldest first. */
    async pending(limit: number): Promise<PendingSignUp[]> {
      return db('users')
        .join('accounts', 'accounts.id', 'users.account_id')
        .where({ approval: 'pending' })
        .orderBy('users.created_at')
        .limit(limit)
        .select(
          'users.account_id as accountId',
          'accounts.username',
          'users.email',
          'users.reason',
          db.raw('not users.unconfirmed as confirmed'),
          'users.created_at as createdAt',
        );
    },

    /** Whoever runs this server: the owner who was there first, or null. */
    async ownerAccountId(): Promise<AccountId | null> {
      const row = await db('users').where({ role: 'owner' }).orderBy('account_id').first('account_id');
      return row?.account_id ?? null;
    },

    /** What somebody of this server may do beside what everybody may; null for everybody else. */
    async roleOf(accountId: AccountId): Promise<Role | null> {
      const row = await db('users').where({ account_id: accountId }).first('role');
      return row?.role ?? null;
    },

    /** How somebody of this server can be reached, and in which role. */
    async signUpOf(
      accountId: AccountId,
    ): Promise<{ readonly email: string | null; readonly role: Role } | null> {
      return (await db('users').where({ account_id: accountId }).first('email', 'role')) ?? null;
    },

    ...preferences(db),
    ...departing,
    async leave(tx: Tx, accountId: AccountId): ReturnType<typeof departing.leave> {
      const left = await departing.leave(tx, accountId);
      if (left.ok)
        await post.notify(tx, accountId, 'leaving', (whom) => letters.leavingLetter(whom, left.deleteAt));
      return left;
    },

    /** People of this server seen since a moment. */
    async activeSince(since: Date): Promise<number> {
      const row = await db('users').where('last_seen_at', '>=', since).count('* as count').first();
      return Number(row?.count ?? 0);
    },

    /** Removes sessions that have run out. */
    sweepSessions: (signal?: AbortSignal): Promise<number> =>
      deleteInBatches(db, 'sessions', { condition: 'expires_at < now()' }, signal),
  };
}
