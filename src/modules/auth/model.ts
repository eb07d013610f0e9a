import type { AccountId, AppId, SessionId } from '../../lib/ids.ts';
import type { Account } from '../accounts/index.ts';
import type { Actor, Permission, Role, Standing } from '../staff/index.ts';

export type RegistrationMode = 'open' | 'approval' | 'invite' | 'closed';

/**
 * What can be read and written, as scopes of the Mastodon API name it; `history`, what somebody watches, and `analytics`, how one’s
 * own videos do, are ours.
 */
const readable = [
  ...[
    'accounts',
    'analytics',
    'blocks',
    'bookmarks',
    'favourites',
    'filters',
    'follows',
    'history',
    'lists',
    'mutes',
  ],
  ...['notifications', 'search', 'statuses'],
] as const;
const writable = [
  ...['accounts', 'blocks', 'bookmarks', 'conversations', 'favourites', 'filters', 'follows', 'history'],
  'lists',
  ...['media', 'mutes', 'notifications', 'reports', 'statuses'],
] as const;
const administrable = ['accounts', 'reports', 'domain_allows', 'domain_blocks', 'ip_blocks'] as const;

type Named<Verb extends string, Things extends readonly string[]> = `${Verb}:${Things[number]}`;

/** What a token may do: the scopes of the Mastodon API. */
export type Scope =
  | ('profile' | 'read' | 'write' | 'follow' | 'push' | 'admin:read' | 'admin:write')
  | Named<'read', typeof readable>
  | Named<'write', typeof writable>
  | Named<'admin:read' | 'admin:write', typeof administrable>;

export const scopes: readonly Scope[] = [
  'profile',
  ...(['read', ...readable.map((thing) => `read:${thing}` as const)] as const),
  ...(['write', ...writable.map((thing) => `write:${thing}` as const)] as const),
  ...(['follow', 'push'] as const),
  ...(['admin:read', ...administrable.map((thing) => `admin:read:${thing}` as const)] as const),
  ...(['admin:write', ...administrable.map((thing) => `admin:write:${thing}` as const)] as const),
];

/** What the scope `follow` stands for, which the Mastodon API had before it named the single ones. */
const FOLLOW: ReadonlySet<string> = new Set(
  ['blocks', 'follows', 'mutes'].flatMap((thing) => [`read:${thing}`, `write:${thing}`]),
);

/** Whether somebody with these scopes may do what needs that one: by itself, or by one that stands for it. */
export function allows(granted: readonly Scope[], needed: Scope): boolean {
  const has = (scope: string): boolean => (granted as readonly string[]).includes(scope);
  const whole = needed.slice(0, Math.max(0, needed.lastIndexOf(':')));
  if (needed === 'profile' && (has('read') || has('read:accounts'))) return true;
  return has(needed) || (whole !== '' && has(whole)) || (has('follow') && FOLLOW.has(needed));
}

/** Somebody who is signed in. */
export interface Viewer {
  readonly account: Account;
  readonly role: Role;
  /** What somebody may do for the staff: nothing for most people. */
  readonly permissions: readonly Permission[];
  readonly rank: number;
  /** The role that this server made, where it is one of those; `role` is then `user`. */
  readonly customRole: Standing['customRole'];
  /** Somebody of the staff has to set up a second factor first: until then, routes for the staff are closed. */
  readonly lacksSecondFactor: boolean;
  readonly sessionId: SessionId;
  /** A cookie travels by itself, so unsafe requests that use one are checked for their origin. */
  readonly via: 'cookie' | 'bearer';
  readonly scopes: readonly Scope[];
  /** The app that acts for the person; null for a session that the person opened with the password. */
  readonly appId: AppId | null;
}

/** A session as its person sees it. */
export interface OwnSession {
  readonly id: SessionId;
  readonly kind: 'cookie' | 'bearer';
  readonly app: { readonly name: string; readonly website: string | null } | null;
  readonly scopes: readonly Scope[];
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date | null;
}

/** A person who asked to join and waits for an answer. */
export interface PendingSignUp {
  readonly accountId: AccountId;
  readonly username: string;
  readonly email: string | null;
  readonly reason: string;
  /** Whether the address is known to be the person's. */
  readonly confirmed: boolean;
  readonly createdAt: Date;
}

/** Whether somebody has signed up and not confirmed the e-mail address yet: nobody sees the account, and it may do little. */
export function isUnconfirmed(viewer: Pick<Viewer, 'account'>): boolean {
  return viewer.account.state === 'pending';
}

/** Somebody who is signed in, as whoever acts for the staff. */
export function actorOf({ account, permissions, rank }: Viewer): Actor {
  return { kind: 'person', accountId: account.id, permissions, rank };
}
