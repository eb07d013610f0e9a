import type { Db, Tx } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import type { AuditId, InviteId } from '../../lib/ids.ts';
import { merged, type Page } from '../../lib/paging.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
import { INVITE_COLUMNS, type Invite, OPEN_INVITE } from './invites.ts';

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
export function staffInvitesPart(db: Db, audit: Audit) {
  async function decide(tx: Tx, by: Actor, id: InviteId, ends: boolean): Promise<Decided> {
    const allowed = permitted(by, 'invites');
    if (!allowed.ok) return allowed;
    const open = tx('invites').where({ id });
    const count = ends
      ? await open.whereNull('revoked_at').update({ revoked_at: tx.fn.now() })
      : await open.whereNotNull('revoked_at').update({ revoked_at: null });
    if (count === 0) return fail('not-found', 'There is no such invite, or that is so already.');
    const undoes = ends ? null : await lastRevoke(tx, id);
    const auditId = await audit.record(tx, by, {
      action: ends ? 'invite.revoke' : 'invite.reopen',
      target: { kind: 'setting', id: `invite ${id}` },
      ...(undoes && { undoes }),
    });
    return ok({ auditId });
  }

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

    /** Ends an invite, whoever gave it. Who came by it stays. */
    end: (tx: Tx, by: Actor, id: InviteId) => decide(tx, by, id, true),

    /** Takes that back: the invite counts again, unless it has run out or was used up meanwhile. */
    reopen: (tx: Tx, by: Actor, id: InviteId) => decide(tx, by, id, false),
  };
}

/** The entry of the log by which it was ended, if the staff ended it and nobody has taken that back. */
async function lastRevoke(tx: Tx, id: InviteId): Promise<AuditId | null> {
  const row = await tx('audit_log')
    .where({ action: 'invite.revoke', target_id: `invite ${id}` })
    .whereNotExists(tx('audit_log as later').whereRaw('later.undoes = audit_log.id').select(tx.raw('1')))
    .orderBy('id', 'desc')
    .first('id');
  return row?.id ?? null;
}
