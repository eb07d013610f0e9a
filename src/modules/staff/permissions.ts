/** What somebody of the staff may do; each route for the staff and each of its commands needs one. */
export const permissions = [
  /** Read and work on reports, appeals and claims. */
  'reports',
  /** Act on accounts: warn, limit, suspend. */
  'accounts',
  /** Act on videos and comments, and decide about what is held. */
  'content',
  /** Decide who may join, and block addresses that join. */
  'sign-ups',
  'invites',
  /** What is said of other servers: policies, lists, subscriptions. */
  'domains',
  /** Rules that act by themselves, lists of hashes, raid mode. */
  'rules',
  /** Keep evidence for authorities, read it and hand it out. */
  'legal',
  'trends',
  'ranking',
  'announcements',
  'settings',
  /** Background work, deliveries and dead letters. */
  'queues',
  /** Files, caps and backups. */
  'storage',
  /** Who belongs to the staff. */
  'roles',
  /** Read what was done by whom. */
  'audit',
] as const;
export type Permission = (typeof permissions)[number];

export const roles = ['owner', 'admin', 'moderator', 'user'] as const;
export type Role = (typeof roles)[number];

/** Those of a moderator: people and what they post. */
const OF_MODERATORS: readonly Permission[] = [
  ...(['reports', 'accounts', 'content', 'sign-ups', 'trends', 'audit'] as const),
];

const OF_ROLE: Readonly<Record<Role, readonly Permission[]>> = {
  owner: permissions,
  admin: permissions,
  moderator: OF_MODERATORS,
  user: [],
};

const RANK: Readonly<Record<Role, number>> = { owner: 1_000, admin: 500, moderator: 100, user: 0 };

/** What a role may do that nobody has narrowed. */
export function permissionsOf(role: Role): readonly Permission[] {
  return OF_ROLE[role];
}

/** Whoever ranks higher may act on whoever ranks lower. */
export function rankOf(role: Role): number {
  return RANK[role];
}
