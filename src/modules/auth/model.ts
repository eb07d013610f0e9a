import type { AccountId, SessionId } from '../../lib/ids.ts';
import type { Account } from '../accounts/index.ts';

export const roles = ['owner', 'admin', 'moderator', 'user'] as const;
export type Role = (typeof roles)[number];

export type RegistrationMode = 'open' | 'approval' | 'closed';

/** What a session may do: the scopes of the Mastodon API, plus its `admin` ones. */
export const scopes = ['read', 'write', 'follow', 'push', 'admin:read', 'admin:write'] as const;
export type Scope = (typeof scopes)[number];

/** Somebody who is signed in. */
export interface Viewer {
  readonly account: Account;
  readonly role: Role;
  readonly sessionId: SessionId;
  /** A cookie travels by itself, so unsafe requests that use one are checked for their origin. */
  readonly via: 'cookie' | 'bearer';
  readonly scopes: readonly Scope[];
}

/** A person who asked to join and waits for an answer. */
export interface PendingSignUp {
  readonly accountId: AccountId;
  readonly username: string;
  readonly email: string | null;
  readonly reason: string;
  readonly createdAt: Date;
}

/** True for those who may decide about sign-ups and see the instance's insides. */
export function isStaff(role: Role): boolean {
  return role === 'owner' || role === 'admin';
}
