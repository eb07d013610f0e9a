import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { passkeyLimits } from '../../../config/joining-limits.ts';
import type { Db } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import { openSecret, purposeKey, sealSecret, timingSafeEqualText } from '../../lib/crypto.ts';
import { type AccountId, idSchema, type SessionId } from '../../lib/ids.ts';
import type { Role } from '../staff/index.ts';
import { mayEnter } from './commands.ts';

interface ProofDeps {
  readonly db: Db;
  readonly instanceSecret: string;
  readonly clock: Clock;
}

const TICKET_MS = 5 * 60_000;
const freshSchema = z.object({ sessionId: idSchema<'session'>(), until: z.number() });
const ticketSchema = z.object({ accountId: idSchema<'account'>(), until: z.number() });

/** What pages carry from one step to the next; nobody else can make it. */
export function createProofs({ db, instanceSecret, clock }: ProofDeps) {
  const seal = { instanceSecret, purpose: 'second-factor-ticket' };
  const freshSeal = { instanceSecret, purpose: 'fresh-proof' };
  const approval = (sessionId: SessionId, request: string): string =>
    createHmac('sha256', purposeKey({ instanceSecret, purpose: 'app-approval' }))
      .update(`${sessionId}\n${request}`)
      .digest('base64url');
  return {
    /** Ties an approval to the session that saw the question and to what was asked (security.md A5). */
    approval,
    isApproval: (sessionId: SessionId, request: string, proof: string): boolean =>
      timingSafeEqualText(approval(sessionId, request), proof),

    /** Says that the person of this session was there a moment ago, by password or passkey. It counts in that session alone. */
    fresh(sessionId: SessionId): { proof: string; until: Date } {
      const until = clock.now() + passkeyLimits.freshMs;
      return { proof: sealSecret(freshSeal, JSON.stringify({ sessionId, until })), until: new Date(until) };
    },
    isFresh(sessionId: SessionId, proof: string): boolean {
      const opened = openSecret(freshSeal, proof);
      if (!opened.ok) return false;
      const said = freshSchema.parse(JSON.parse(opened.plaintext));
      return said.sessionId === sessionId && said.until >= clock.now();
    },

    /** Says that the password of the account was right, for a few minutes. It lets nobody in by itself. */
    passwordTicket: (accountId: AccountId): string =>
      sealSecret(seal, JSON.stringify({ accountId, until: clock.now() + TICKET_MS })),

    /** Whose password was right a moment ago; null where that is no ticket, or no longer, or the person may not sign in. */
    async holderOf(ticket: string): Promise<{ accountId: AccountId; role: Role } | null> {
      const opened = openSecret(seal, ticket);
      if (!opened.ok) return null;
      const { accountId, until } = ticketSchema.parse(JSON.parse(opened.plaintext));
      if (until < clock.now()) return null;
      const row = await db('users')
        .join('accounts', 'accounts.id', 'users.account_id')
        .where({ account_id: accountId })
        .first('users.account_id', 'users.role', 'users.approval', 'users.unconfirmed', 'accounts.state');
      const entering = row && mayEnter(row);
      return entering?.ok ? { accountId: entering.accountId, role: entering.role } : null;
    },
  };
}
