import type { CredentialAccount } from '../api/types.ts';
import { me } from '../state/session.ts';

export type Permission = NonNullable<CredentialAccount['staff']>['permissions'][number];

/** Whether whoever is signed in may do what needs this permission, or (null) is of the staff. The server asks the same before each deed. */
export function may(permission: Permission | null): boolean {
  if (permission === null) return me.value?.staff !== null;
  return me.value?.staff?.permissions.includes(permission) === true;
}
