import { inviteLimits } from '../../../config/joining-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import { randomHex } from '../../lib/crypto.ts';
import type { AccountId, IdSource, InviteId } from '../../lib/ids.ts';
import { merged, type Page } from '../../lib/paging.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account, Accounts } from '../accounts/index.ts';
import { permissionsOf, type Role } from '../staff/index.ts';
import type { RegistrationMode } from './model.ts';

export interface InviteDeps {
  readonly ids: IdSource;
  /** As it is now. */
  readonly joining: {
    readonly registrations: RegistrationMode;
    readonly invitesBy: 'staff' | 'everyone';
    /** In years; 0: nobody is asked. */
    readonly minimumAge: number;
  };
}

/** What lets others in. It never carries a role (security.md A11). */
export interface Invite {
  readonly id: InviteId;
  readonly code: string;
  readonly accountId: AccountId;
  readonly maxUses: number | null;
  readonly uses: number;
  /** Whoever comes follows who invited them. */
  readonly autofollow: boolean;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly createdAt: Date;
}

/** Who gives an invite. */
export interface Inviter {
  readonly id: AccountId;
  readonly role: Role;
}

export interface InviteForm {
  readonly maxUses: number | null;
  readonly expiresInSeconds: number | null;
  readonly autofollow: boolean;
}

/** By which invite somebody comes, and who gave it. */
export interface TakenInvite {
  readonly id: InviteId;
  readonly inviterId: AccountId;
  readonly autofollow: boolean;
}

export const INVITE_COLUMNS = {
  ...{ id: 'invites.id', code: 'invites.code', accountId: 'invites.account_id', maxUses: 'invites.max_uses' },
  ...{ uses: 'invites.uses', autofollow: 'invites.autofollow', expiresAt: 'invites.expires_at' },
  ...{ revokedAt: 'invites.revoked_at', createdAt: 'invites.created_at' },
};

/** Neither ended, run out nor used up. */
export const OPEN_INVITE = `invites.revoked_at is null
  and (invites.expires_at is null or invites.expires_at > now())
  and (invites.max_uses is null or invites.uses < invites.max_uses)`;

/** Whether somebody may invite others: what was allowed once ends with the role that allowed it. */
function mayInvite({ joining }: InviteDeps, role: Role): boolean {
  const { registrations, invitesBy } = joining;
  return registrations !== 'closed' && (invitesBy === 'everyone' || permissionsOf(role).includes('invites'));
}

/** As the above, for those who gave an invite: they must be there still. */
function inviterCounts({ joining: { invitesBy } }: InviteDeps): string {
  const isInOffice = invitesBy === 'everyone' ? 'true' : `users.role in ('owner', 'admin')`;
  return `accounts.state = 'active' and users.approval = 'approved' and ${isInOffice}`;
}

/** Makes an invite. An account has so many open at a time, however many requests come at once. */
export async function createInvite(
  deps: InviteDeps,
  tx: Tx,
  inviter: Inviter,
  form: InviteForm,
): Promise<Result<{ invite: Invite }, 'invites-not-yours' | 'too-many-invites'>> {
  if (!mayInvite(deps, inviter.role)) {
    return fail('invites-not-yours', 'On this server, it is not for you to invite others.');
  }
  await tx('users').where({ account_id: inviter.id }).forUpdate().first('account_id');
  const open = await tx('invites')
    .where({ account_id: inviter.id })
    .whereRaw(OPEN_INVITE)
    .count('* as count')
    .first();
  if (Number(open?.count) >= inviteLimits.maxOpen) {
    return fail('too-many-invites', `You have ${inviteLimits.maxOpen} open invites. End some of them first.`);
  }
  const [invite] = await tx('invites')
    .insert({
      id: deps.ids.next<'invite'>(),
      account_id: inviter.id,
      code: randomHex(inviteLimits.codeBytes),
      max_uses: form.maxUses,
      autofollow: form.autofollow,
      expires_at:
        form.expiresInSeconds === null
          ? null
          : tx.raw('now() + make_interval(secs => ?)', [form.expiresInSeconds]),
    })
    .returning(
      Object.entries(INVITE_COLUMNS).map(([name, column]) => `${column.replace('invites.', '')} as ${name}`),
    );
  return ok({ invite });
}

/**
 * Takes one use of an invite, in the transaction of the sign-up: of two who want the last one, the second waits and
 * finds it taken.
 */
export async function takeInvite(
  deps: InviteDeps,
  tx: Tx,
  code: string,
): Promise<Result<{ invite: TakenInvite }, 'invite-invalid'>> {
  const { rows } = await tx.raw<{ rows: TakenInvite[] }>(
    `update invites set uses = uses + 1 from users, accounts
      where invites.code = ? and users.account_id = invites.account_id and accounts.id = invites.account_id
        and ${OPEN_INVITE} and ${inviterCounts(deps)}
      returning invites.id, invites.account_id as "inviterId", invites.autofollow`,
    [code],
  );
  const [invite] = rows;
  return invite ? ok({ invite }) : invalid();
}

/** Gives a use back in the transaction that took it: nobody came by it. */
export async function giveBackInvite(tx: Tx, { id }: TakenInvite): Promise<void> {
  await tx('invites').where({ id }).decrement('uses', 1);
}

/** Gives back what these used of invites, before they go as if they had never come. */
export async function giveBackUsesOf(tx: Tx, ids: readonly AccountId[]): Promise<void> {
  await tx.raw(
    `update invites set uses = uses - came.count
       from (select invite_id, count(*)::int as count from users where account_id = any(?) group by invite_id) came
      where invites.id = came.invite_id`,
    [[...ids]],
  );
}

export interface FollowingDeps {
  readonly accounts: Accounts;
  readonly follow: (tx: Tx, follower: Account, target: Account) => Promise<unknown>;
}

/** As if the newcomer had pressed the button: whoever is locked is asked. Only where the account is seen. */
export async function followInviter(
  { accounts, follow }: FollowingDeps,
  tx: Tx,
  newcomer: Account,
  inviterId: AccountId,
): Promise<void> {
  const inviter = await accounts.byId(inviterId);
  if (inviter) await follow(tx, newcomer, inviter);
}

/** The same for those who signed up earlier and are seen from now on, where the invite by which they came says so. */
export async function followInviters(
  deps: FollowingDeps,
  tx: Tx,
  newcomers: readonly AccountId[],
): Promise<void> {
  if (newcomers.length === 0) return;
  const rows: { id: AccountId; inviterId: AccountId }[] = await tx('users')
    .join('invites', 'invites.id', 'users.invite_id')
    .whereRaw('users.account_id = any(?)', [[...newcomers]])
    .where({ 'invites.autofollow': true })
    .select('users.account_id as id', 'invites.account_id as inviterId');
  const known = await deps.accounts.byIds(rows.map(({ id }) => id));
  for (const { id, inviterId } of rows) {
    const newcomer = known.get(id);
    if (newcomer) await followInviter(deps, tx, newcomer, inviterId);
  }
}

function invalid() {
  return fail('invite-invalid', 'This invite does not count, or no longer. Ask for another one.');
}

/** Invites: making, listing and ending them. */
export function invitesPart(db: Db, deps: InviteDeps) {
  return {
    may: (role: Role) => mayInvite(deps, role),
    /** Whether everybody here may invite others. */
    byEveryone: () => deps.joining.registrations !== 'closed' && deps.joining.invitesBy === 'everyone',
    create: (tx: Tx, inviter: Inviter, form: InviteForm) => createInvite(deps, tx, inviter, form),

    /** Whether somebody could come by this code now. Says nothing of who gave it. */
    async isOpen(code: string): Promise<boolean> {
      if (deps.joining.registrations === 'closed') return false;
      const row = await db('invites')
        .join('users', 'users.account_id', 'invites.account_id')
        .join('accounts', 'accounts.id', 'invites.account_id')
        .where({ code })
        .whereRaw(`${OPEN_INVITE} and ${inviterCounts(deps)}`)
        .first('invites.id');
      return row !== undefined;
    },

    /** One page of those that somebody gave, the newest first. */
    async of(accountId: AccountId, page: Page): Promise<Invite[]> {
      const rows = await db('invites')
        .where({ account_id: accountId })
        .modify(within(page, 'invites.id'))
        .select(INVITE_COLUMNS);
      return merged(page, [rows]);
    },

    /** Ends one's own invite. False where it is not there, or had ended. */
    async revoke(tx: Tx, id: InviteId, accountId: AccountId): Promise<boolean> {
      const mine = { id, account_id: accountId };
      const ended = tx('invites').where(mine).whereNull('revoked_at').update({ revoked_at: tx.fn.now() });
      return (await ended) === 1;
    },

    /** For the staff, who knows an invite by its code. */
    async idOf(code: string): Promise<InviteId | null> {
      return (await db('invites').where({ code }).first('id'))?.id ?? null;
    },
  };
}
