import type { AccountId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Permission } from './permissions.ts';

/** Somebody of the staff. */
interface StaffPerson {
  readonly kind: 'person';
  readonly accountId: AccountId;
  readonly permissions: readonly Permission[];
  readonly rank: number;
}

/** Who does what only the staff may do. */
export type Actor =
  | StaffPerson
  /** Whoever sits at the command line of the server: may everything. */
  | { readonly kind: 'operator' }
  /** A rule or an upkeep of the server, by its name: may what it was made for. */
  | { readonly kind: 'server'; readonly name: string };

export const operator: Actor = { kind: 'operator' };

/** Whether somebody may do what needs this permission. */
export function may(by: Actor, permission: Permission): boolean {
  return by.kind !== 'person' || by.permissions.includes(permission);
}

/** Whether somebody may act on an account of this rank, other than the own one. */
export function outranks(by: Actor, rank: number): boolean {
  return by.kind !== 'person' || by.rank > rank;
}

/** `may` as an outcome, for commands to begin with. */
export function permitted(by: Actor, permission: Permission): Result<object, 'permission-missing'> {
  if (may(by, permission)) return ok();
  return fail('permission-missing', `Your role on this server does not include “${permission}”.`);
}
