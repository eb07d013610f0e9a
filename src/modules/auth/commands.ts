import { createHash, randomBytes } from 'node:crypto';
import type { Db, Tx } from '../../db/database.ts';
import { isClosing } from '../../db/server-closing.ts';
import type { AccountId, IdSource, SessionId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account, Accounts, SealedKeys } from '../accounts/index.ts';
import { checkJoining, type Role, standingOf } from '../staff/index.ts';
import { giveBackInvite, type InviteDeps, type TakenInvite, takeInvite } from './invites.ts';
import { stay } from './leaving.ts';
import type { RegistrationMode, Scope } from './model.ts';
import { checkPassword, hashPassword } from './passwords.ts';

export interface AuthDeps extends InviteDeps {
  readonly ids: IdSource;
  readonly accounts: Accounts;
  /** Whether the pages and routes for the staff open only to those who have a second factor. */
  readonly staff: { readonly secondFactor: 'required' | 'optional' };
  readonly makeKeys: () => Promise<SealedKeys>;
  /** Whether addresses are asked for, and confirmed by mail before an account may do anything. */
  readonly confirmsEmails: boolean;
  readonly isUnderRaid: (conn?: Tx) => Promise<boolean>;
  /** How people may join at this moment. */
  readonly modeNow: (conn?: Tx) => Promise<RegistrationMode>;
}

/** Everything slow about a sign-up, done before its transaction opens. */
export interface PreparedSignUp {
  readonly username: string;
  readonly email: string | null;
  readonly reason: string | null;
  readonly passwordHash: string;
  readonly keys: SealedKeys;
  readonly inviteCode: string | null;
  /** Years that the person says to have at least. */
  readonly statedAge: number | null;
  /** From where the form came; it is looked at and not kept. */
  readonly ip: string | null;
}

export interface SignUpForm {
  readonly username: string;
  readonly email?: string | undefined;
  readonly password: string;
  readonly reason?: string | undefined;
  readonly inviteCode?: string | undefined;
  readonly statedAge?: number | null;
  readonly ip?: string | null;
}

/** Hashes the password and makes the keys (about 0.2 s, off the main thread). Writes nothing. */
export async function prepareSignUp(deps: AuthDeps, form: SignUpForm): Promise<PreparedSignUp> {
  const [passwordHash, keys] = await Promise.all([hashPassword(form.password), deps.makeKeys()]);
  return {
    username: form.username,
    email: form.email ?? null,
    reason: form.reason ?? null,
    passwordHash,
    keys,
    inviteCode: form.inviteCode ?? null,
    statedAge: form.statedAge ?? null,
    ip: form.ip ?? null,
  };
}

type SignUpRefusal =
  | 'registrations-closed'
  | 'reason-required'
  | 'invite-required'
  | 'invite-invalid'
  | 'age-required'
  | 'username-invalid'
  | 'username-reserved'
  | 'joining-refused'
  | 'username-taken'
  | 'email-required'
  | 'email-taken';

/** May anybody sign up now, with this form? Asked before the slow part, and again by `signUp`. Codes are looked at there. */
export function mayRegister(
  mode: RegistrationMode,
  {
    reason,
    inviteCode,
  }: { readonly reason?: string | null | undefined; readonly inviteCode?: string | null | undefined },
): Result<object, 'registrations-closed' | 'reason-required' | 'invite-required'> {
  if (mode === 'closed') return fail('registrations-closed', 'This server does not take new accounts.');
  // Somebody who has an account here stands for whoever comes by an invite.
  if (inviteCode) return ok();
  if (mode === 'invite') return fail('invite-required', 'This server takes people who were invited.');
  if (mode === 'approval' && !reason?.trim()) {
    return fail('reason-required', 'Say in a sentence why you would like to join; a person reads it.');
  }
  return ok();
}

/** How people may join at this moment: in raid mode somebody looks at everybody who comes. */
export function modeBy({
  db,
  joining,
  isUnderRaid,
}: Pick<AuthDeps, 'joining' | 'isUnderRaid'> & { readonly db: Db }): AuthDeps['modeNow'] {
  return async (conn) => {
    if (await isClosing(conn ?? db)) return 'closed';
    const { registrations } = joining;
    return registrations === 'open' && (await isUnderRaid(conn)) ? 'approval' : registrations;
  };
}

/** Creates an account by the registration rules. `pending` accounts cannot sign in yet. */
export async function signUp(
  deps: AuthDeps,
  tx: Tx,
  form: PreparedSignUp,
): Promise<Result<{ account: Account; pending: boolean; invite: TakenInvite | null }, SignUpRefusal>> {
  const mode = await deps.modeNow(tx);
  const allowed = mayRegister(mode, form);
  if (!allowed.ok) return allowed;
  const unconfirmed = deps.confirmsEmails;
  if (unconfirmed && form.email === null) {
    return fail('email-required', 'Give your e-mail address: a link is sent there, by which you confirm it.');
  }
  if ((form.statedAge ?? 0) < deps.joining.minimumAge) return fail('age-required', 'Say how old you are.');
  const joining = await checkJoining(tx, form);
  if (!joining.ok) return joining;
  const taken = form.inviteCode ? await takeInvite(deps, tx, form.inviteCode) : null;
  if (taken?.ok === false) return taken;
  const invite = taken?.invite ?? null;
  const pending = joining.needsApproval || (mode === 'approval' && invite === null);
  const made = await createUser(deps, tx, form, { role: 'user', pending, unconfirmed, invite });
  if (!made.ok && invite) await giveBackInvite(tx, invite);
  return made.ok ? ok({ ...made, invite }) : made;
}

/** Creates an account with a role, past the registration rules. For the first start and for staff. */
export async function createUser(
  deps: AuthDeps,
  tx: Tx,
  form: PreparedSignUp,
  as: { role: Role; pending: boolean; unconfirmed?: boolean; invite?: TakenInvite | null },
): Promise<Result<{ account: Account; pending: boolean }, SignUpRefusal>> {
  if (await isClosing(tx)) return fail('registrations-closed', 'This server closes for good.');
  const emailKey = form.email === null ? null : keyOfEmail(form.email);
  const unconfirmed = as.unconfirmed ?? false;
  if (emailKey !== null && (await isEmailTaken(tx, emailKey))) {
    return fail('email-taken', 'An account with that e-mail address exists.');
  }
  const made = await deps.accounts.createLocal(tx, {
    username: form.username,
    keys: form.keys,
    allowReserved: as.role === 'owner',
    // Nobody sees an account either before its address is confirmed.
    pending: as.pending || unconfirmed,
  });
  if (!made.ok) return made;
  await tx('users').insert({
    account_id: made.account.id,
    email: form.email,
    email_key: emailKey,
    password_hash: form.passwordHash,
    role: as.role,
    approval: as.pending ? 'pending' : 'approved',
    reason: form.reason,
    unconfirmed,
    invite_id: as.invite?.id ?? null,
    stated_age: form.statedAge,
  });
  return ok({ account: made.account, pending: as.pending });
}

/** Makes whoever runs this server, where nobody does. Of those who try at the same time, one makes it. */
export async function createFirstOwner(
  deps: AuthDeps,
  tx: Tx,
  form: PreparedSignUp,
): Promise<Result<{ account: Account }, SignUpRefusal | 'owner-exists'>> {
  await tx.raw('lock table users in share row exclusive mode');
  if (await tx('users').where({ role: 'owner' }).first('account_id')) {
    return fail('owner-exists', 'This server has an owner already.');
  }
  return createUser(deps, tx, form, { role: 'owner', pending: false });
}

/** What makes two spellings of an address one. */
export function keyOfEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** The answer holds until the transaction ends: whoever asks for the same address meanwhile waits for it. */
export async function isEmailTaken(tx: Tx, emailKey: string): Promise<boolean> {
  await tx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`e-mail ${emailKey}`]);
  return (await tx('users').where({ email_key: emailKey }).first('account_id')) !== undefined;
}

export type SignInRefusal = 'wrong-credentials' | 'approval-pending' | 'suspended';

/** Checks a name or e-mail address and a password. The same answer for unknown and wrong (security.md P10). */
export async function checkCredentials(
  db: Db,
  login: string,
  password: string,
): Promise<Result<{ accountId: AccountId; role: Role }, SignInRefusal>> {
  const row = await userByLogin(db, loginKey(login)).first(
    'users.account_id',
    'users.password_hash',
    'users.role',
    'users.approval',
    'users.unconfirmed',
    'accounts.state',
  );
  if (!(await checkPassword(row?.password_hash, password))) {
    return fail('wrong-credentials', 'That name and password do not match.');
  }
  return mayEnter(row);
}

/** Whether somebody who has shown who they are may come in. */
export function mayEnter(row: {
  readonly account_id: AccountId;
  readonly role: Role;
  readonly approval: string;
  readonly unconfirmed: boolean;
  readonly state: string;
}): Result<{ accountId: AccountId; role: Role }, 'approval-pending' | 'suspended'> {
  // Whoever has not confirmed the address yet may come in, and do little: ask for the mail again, or correct the address.
  const isUnconfirmed = row.state === 'pending' && row.unconfirmed;
  if (row.approval === 'pending' && !isUnconfirmed) {
    return fail('approval-pending', 'Your request to join has not been answered yet.');
  }
  const mayEnter = row.state === 'active' || row.state === 'leaving' || isUnconfirmed;
  if (!mayEnter) return fail('suspended', 'This account is suspended.');
  return ok({ accountId: row.account_id, role: row.role });
}

/**
 * What to count tries by: the same for every spelling of a name and for the address of its account, so that
 * writing it differently gives no more of them (security.md A7).
 */
export async function triesKey(db: Db, login: string): Promise<string> {
  const key = loginKey(login);
  const row = await userByLogin(db, key).first('users.account_id');
  return row ? `account:${row.account_id}` : `login:${key}`;
}

/** What makes two spellings of a login one. */
export function loginKey(login: string): string {
  return login.trim().replace(/^@/, '').toLowerCase();
}

/** Names cannot hold an `@`, so one login never means two people. */
export function userByLogin(db: Db | Tx, key: string) {
  return db('users')
    .join('accounts', 'accounts.id', 'users.account_id')
    .where((where) => {
      where
        .where({ 'accounts.username_key': key, 'accounts.domain': '' })
        .orWhere({ 'users.email_key': key });
    });
}

const SESSION_DAYS = 90;

/** What a session of our own pages may do: everything that its person may. */
const OF_EVERYBODY: readonly Scope[] = ['read', 'write', 'follow', 'push'];
const OF_STAFF: readonly Scope[] = ['admin:read', 'admin:write'];

/** Opens a session and returns its token, which is stored only as a hash. Whoever was about to leave stays. */
export async function openSession(
  deps: AuthDeps,
  tx: Tx,
  input: {
    accountId: AccountId;
    role: Role;
    kind: 'cookie' | 'bearer';
    userAgent: string;
    ip?: string | null;
  },
): Promise<{ token: string; sessionId: SessionId; expiresAt: Date; scopes: readonly Scope[] }> {
  const token = randomBytes(32).toString('base64url');
  const isOfStaff = input.role !== 'user' || (await standingOf(tx, input.accountId)).customRole !== null;
  const granted = isOfStaff ? [...OF_EVERYBODY, ...OF_STAFF] : OF_EVERYBODY;
  const sessionId = deps.ids.next<'session'>();
  await stay(deps.accounts, tx, input.accountId);
  const [row] = await tx('sessions')
    .insert({
      id: sessionId,
      account_id: input.accountId,
      kind: input.kind,
      token_hash: hashToken(token),
      scopes: granted,
      user_agent: input.userAgent.slice(0, 300),
      ip: input.ip ?? null,
      expires_at: tx.raw('now() + make_interval(days => ?)', [SESSION_DAYS]),
    })
    .returning('expires_at');
  return { token, sessionId, expiresAt: row.expires_at, scopes: granted };
}

/** Tokens are random and long, so a plain hash is enough to keep a stolen table useless. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
