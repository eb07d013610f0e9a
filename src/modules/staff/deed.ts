import type { AccountId, AuditId } from '../../lib/ids.ts';
import type { AuditAction, TargetKind } from './actions.ts';

/** What was done to what, and why. `detail` holds ids, numbers and words of the program, never names or addresses of people. */
export interface Deed {
  readonly action: AuditAction;
  readonly target: { readonly kind: TargetKind; readonly id: string };
  readonly reason?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** The entry of the deed that this one takes back. */
  readonly undoes?: AuditId;
}

export interface AuditEntry extends Required<Omit<Deed, 'undoes'>> {
  readonly id: AuditId;
  readonly createdAt: Date;
  readonly actor:
    | { readonly kind: 'person'; readonly accountId: AccountId }
    | { readonly kind: 'operator' }
    | { readonly kind: 'server'; readonly name: string };
  readonly undoes: AuditId | null;
  /** The entry that takes this one back, where there is one. */
  readonly undoneBy: AuditId | null;
}
