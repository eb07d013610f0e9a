import type { Db, Tx } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import { type AuditId, type InviteId, idSchema } from '../../lib/ids.ts';
import { merged, type Page } from '../../lib/paging.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, type AuditAction, type AuditEntry, permitted } from '../staff/index.ts';
import {
  createInvite,
  INVITE_COLUMNS,
  type Invite,
  type InviteDeps,
  type InviteForm,
  type Inviter,
  OPEN_INVITE,
} from './invites.ts';

/** An invite as the staff sees it: with who gave it, and the first of those who came. */
export interface GivenInvite extends Invite {
  readonly inviter: string;
  readonly came: readonly string[];
  /** Whether somebody could still come by it, as far as the invite itself goes. */
  readonly isOpen: boolean;
}

export interface InviteFilter {
  readonly isOpen?: boolean | undefined;
  /** The name of who gave it. */
  readonly inviter?: string | undefined;
}

type Decided = Result<{ auditId: AuditId }, 'permission-missing' | 'not-found'>;

/** Invites of everybody here, for those who look after who joins. */
export function staffInvitesPart(db: Db, deps: InviteDeps & { readonly audit: Audit }) {
  const { audit } = deps;

  async function end(tx: Tx, by: Actor, id: InviteId, undoes?: AuditId): Promise<Decided> {
    const allowed = permitted(by, 'invites');
    if (!allowed.ok) return allowed;
    const ended = tx('invites').where({ id }).whereNull('revoked_at').update({ revoked_at: tx.fn.now() });
    if ((await ended) === 0) return notThere();
    return ok({ auditId: await record(tx, by, 'invite.revoke', id, undoes) });
  }

  async function reopen(tx: Tx, by: Actor, id: InviteId): Promise<Decided> {
    const allowed = permitted(by, 'invites');
    if (!allowed.ok) return allowed;
    const again = tx('invites').where({ id }).whereNotNull('revoked_at').update({ revoked_at: null });
    if ((await again) === 0) return notThere();
    const undoes = (await lastRevoke(tx, id)) ?? undefined;
    return ok({ auditId: await record(tx, by, 'invite.reopen', id, undoes) });
  }

  const record = (tx: Tx, by: Actor, action: AuditAction, id: InviteId, undoes?: AuditId): Promise<AuditId> =>
    audit.record(tx, by, {
      ...{ action, target: { kind: 'setting', id: `invite ${id}` } },
      ...(undoes && { undoes }),
    });

  return {
    /** One page of them, the newest first. */
    async given({ isOpen, inviter }: InviteFilter, page: Page): Promise<GivenInvite[]> {
      const query = db('invites')
        .join('accounts', 'accounts.id', 'invites.account_id')
        .modify(within(page, 'invites.id'))
        .select(
          INVITE_COLUMNS,
          'accounts.username as inviter',
          db.raw(`(${OPEN_INVITE}) as "isOpen"`),
          db.raw(
            `array(select guests.username from users join accounts guests on guests.id = users.account_id
                    where users.invite_id = invites.id order by guests.id limit 20) as came`,
          ),
        );
      if (isOpen !== undefined) query.whereRaw(isOpen ? OPEN_INVITE : `not (${OPEN_INVITE})`);
      if (inviter !== undefined) query.whereRaw('lower(accounts.username) = lower(?)', [inviter]);
      return merged(page, [await query]);
    },

    /** Makes an invite that somebody else gives then. */
    async give(
      tx: Tx,
      by: Actor,
      { inviter, ...form }: InviteForm & { readonly inviter: Inviter },
    ): Promise<Result<{ invite: Invite }, 'permission-missing' | 'invites-not-yours' | 'too-many-invites'>> {
      const allowed = permitted(by, 'invites');
      if (!allowed.ok) return allowed;
      const made = await createInvite(deps, tx, inviter, form);
      if (made.ok) await record(tx, by, 'invite.create', made.invite.id);
      return made;
    },

    /** Ends an invite, whoever gave it. Who came by it stays. */
    end: (tx: Tx, by: Actor, id: InviteId) => end(tx, by, id),

    /** Takes that back: the invite counts again, unless it has run out or was used up meanwhile. */
    reopen: (tx: Tx, by: Actor, id: InviteId) => reopen(tx, by, id),

    /** Takes back that one was given, or ended. */
    undo: (tx: Tx, by: Actor, { id, action, target }: AuditEntry): Promise<Decided> => {
      const invite = idSchema<'invite'>().parse(target.id.split(' ').at(-1));
      return action === 'invite.create' ? end(tx, by, invite, id) : reopen(tx, by, invite);
    },
  };
}

const notThere = () => fail('not-found', 'There is no such invite, or that is so already.');

/** The entry of the log by which it was ended, if the staff ended it and nobody has taken that back. */
async function lastRevoke(tx: Tx, id: InviteId): Promise<AuditId | null> {
  const row = await tx('audit_log')
    .where({ action: 'invite.revoke', target_id: `invite ${id}` })
    .whereNotExists(tx('audit_log as later').whereRaw('later.undoes = audit_log.id').select(tx.raw('1')))
    .orderBy('id', 'desc')
    .first('id');
  return row?.id ?? null;
}
