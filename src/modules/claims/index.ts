import { createHmac } from 'node:crypto';
import type { Tx } from '../../db/database.ts';
import type { JobRun } from '../../jobs/registry.ts';
import { purposeKey, timingSafeEqualText } from '../../lib/crypto.ts';
import { type MeasureId, parseId } from '../../lib/ids.ts';
import type { Actor, AuditEntry } from '../staff/index.ts';
import { removeCopies } from './copies.ts';
import {
  acceptDue,
  type CounterDecision,
  counter,
  decideCounter,
  type NewCounter,
  sue,
} from './countering.ts';
import { type Decision, reject, reopen, restore, uphold } from './deciding.ts';
import type { ClaimDeps } from './deps.ts';
import { confirmClaim, fileClaim, type NewClaim, withdrawClaim } from './filing.ts';
import { createLetters } from './letters.ts';
import { onMeasureLifted } from './lifting.ts';
import type { Claim, ClaimId } from './model.ts';
import { claimQueries } from './queries.ts';
import { settleClaim } from './settling.ts';
import { takeDecisionBack } from './taking-back.ts';

export { counterableUntil } from './countering.ts';
export {
  type Claim,
  type ClaimId,
  type ClaimVideo,
  type Counter,
  type CounterId,
  claimStates,
  counterStates,
  lentVias,
  type SoundPolicy,
  soundPolicies,
  vias,
} from './model.ts';
export type { ToldClaim } from './queries.ts';
export { sweepClaims } from './sweep.ts';

export type Claims = ReturnType<typeof createClaims>;

/** Copyright claims: filing them, deciding about them, and what uploaders answer (ADR 0052). */
export function createClaims(base: ClaimDeps) {
  const key = purposeKey({ instanceSecret: base.instanceSecret, purpose: 'claim-link' });
  const macOf = (id: ClaimId) => createHmac('sha256', key).update(id).digest('base64url').slice(0, 22);
  const linkOf = ({ id }: Pick<Claim, 'id'>) =>
    base.mail.link('/copyright/claim', { token: `${id}.${macOf(id)}` });
  const deps = { ...base, letters: createLetters(base, linkOf) };
  return {
    ...claimQueries(deps),
    rules: base.rules,
    /** Where a claimant reads a claim and acts on it; whoever has the link may. */
    linkOf,
    /** The claim that a link of ours names, or null: nobody else can name one. */
    claimOfToken(token: string): ClaimId | null {
      const [text = '', mac = ''] = token.split('.');
      const id = parseId<'claim'>(text);
      return id !== null && timingSafeEqualText(mac, macOf(id)) ? id : null;
    },
    file: (tx: Tx, input: NewClaim) => fileClaim(deps, tx, input),
    confirm: (tx: Tx, id: ClaimId) => confirmClaim(deps, tx, id),
    withdraw: (tx: Tx, id: ClaimId) => withdrawClaim(deps, tx, id),
    uphold: (tx: Tx, by: Actor, input: Parameters<typeof uphold>[3]) => uphold(deps, tx, by, input),
    reject: (tx: Tx, by: Actor, input: Decision) => reject(deps, tx, by, input),
    reopen: (tx: Tx, by: Actor, input: Decision) => reopen(deps, tx, by, input),
    restore: (tx: Tx, by: Actor, input: Decision) => restore(deps, tx, by, input),
    counter: (tx: Tx, input: NewCounter) => counter(deps, tx, input),
    sue: (tx: Tx, input: Parameters<typeof sue>[2]) => sue(deps, tx, input),
    /** Takes back what the audit log tells of a claim. */
    undo: (tx: Tx, by: Actor, entry: AuditEntry, reason: string) =>
      takeDecisionBack(deps, tx, by, entry, reason),
    decideCounter: (tx: Tx, by: Actor, input: CounterDecision) => decideCounter(deps, tx, by, input),
    acceptDue: () => acceptDue(deps),
    onMeasureLifted: (tx: Tx, event: { measureId: MeasureId }) => onMeasureLifted(deps, tx, event),
    jobs: {
      settle: (id: ClaimId, run: JobRun) => settleClaim(deps, id, run),
      copies: (id: ClaimId, run: JobRun) => removeCopies(deps, id, run),
    },
  };
}
