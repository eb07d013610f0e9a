import type { AccountId } from '../../../lib/ids.ts';
import type { Account, PictureRole } from '../../../modules/accounts/index.ts';
import { isStaff, type Viewer } from '../../../modules/auth/index.ts';
import type { Relationship } from '../../../modules/social/index.ts';
import type { HttpDeps } from '../../deps.ts';
import type { AccountEntity } from './schemas.ts';

type Shown = Pick<
  AccountEntity,
  'followers_count' | 'following_count' | 'statuses_count' | 'last_status_at' | 'roles'
>;

/** In lists the counts are left at zero: one number per row would be one query per row. */
const UNCOUNTED: Shown = {
  ...{ followers_count: 0, following_count: 0, statuses_count: 0, last_status_at: null, roles: [] },
};

/** An account with its counts, as the viewer may know them. */
export async function accountEntityOf(
  deps: HttpDeps,
  account: Account,
  viewerId: AccountId | null,
): Promise<AccountEntity> {
  const [followers, following, videos, lastAt, role, movedTo] = await Promise.all([
    deps.social.followerCount(account.id),
    deps.social.followingCount(account.id),
    deps.videos.countOfAccount(account.id, viewerId),
    deps.videos.lastOfAccount(account.id),
    account.domain === null ? deps.auth.roleOf(account.id) : null,
    account.movedToId === null ? null : deps.accounts.byId(account.movedToId),
  ]);
  const shown: Shown = {
    followers_count: followers,
    following_count: following,
    statuses_count: videos,
    last_status_at: lastAt?.toISOString().slice(0, 10) ?? null,
    roles: role !== null && isStaff(role) ? [{ id: role, name: role, color: '' }] : [],
  };
  const entity = toAccount(deps, account, shown);
  return movedTo?.state === 'active' ? { ...entity, moved: toAccount(deps, movedTo) } : entity;
}

/** Accounts for a list, without their counts: the same number of queries whatever their number. */
export async function accountEntitiesOf(
  deps: Pick<HttpDeps, 'accounts' | 'videos' | 'urls'>,
  accounts: readonly Account[],
): Promise<AccountEntity[]> {
  const movedIds = accounts.flatMap(({ movedToId }) => movedToId ?? []);
  const places = await deps.accounts.byIds(movedIds);
  return accounts.map((account) => {
    const movedTo = account.movedToId === null ? undefined : places.get(account.movedToId);
    const entity = toAccount(deps, account);
    return movedTo?.state === 'active' ? { ...entity, moved: toAccount(deps, movedTo) } : entity;
  });
}

/** An account in the API's shape. */
export function toAccount(
  deps: Pick<HttpDeps, 'videos' | 'urls'>,
  account: Account,
  shown: Shown = UNCOUNTED,
): AccountEntity {
  const avatar = pictureUrl(deps, account, 'avatar');
  const header = pictureUrl(deps, account, 'header');
  return {
    id: account.id,
    username: account.username,
    acct: account.acct,
    display_name: account.displayName,
    note: account.bioHtml,
    url: account.url,
    uri: account.actorUri,
    ...{ avatar, avatar_static: avatar, header, header_static: header },
    locked: account.locked,
    bot: account.actorType === 'Service' || account.actorType === 'Application',
    group: account.actorType === 'Group',
    discoverable: account.discoverable,
    indexable: account.indexable,
    noindex: !account.indexable,
    hide_collections: account.hideCollections,
    created_at: account.createdAt.toISOString(),
    ...shown,
    emojis: [],
    fields: account.fields.map(({ name, html, verifiedAt }) => ({
      name,
      value: html,
      verified_at: verifiedAt,
    })),
    host: account.domain,
  };
}

/** Always an address of ours: nobody's browser asks the server of a remote account. */
function pictureUrl(
  { videos, urls }: Pick<HttpDeps, 'videos' | 'urls'>,
  account: Account,
  role: PictureRole,
): string {
  const { key, url } = account[role];
  if (key !== null) return videos.objectUrl(key, { state: 'published', visibility: 'public' });
  return url === null ? urls.defaultPicture(role) : urls.picture(account.id, role);
}

const PRIVACY = { public: 'public', unlisted: 'unlisted', followers: 'private', direct: 'direct' } as const;

/** What somebody gets to see of the own account. */
export async function credentialEntityOf(deps: HttpDeps, account: Account, role: Viewer['role']) {
  const [entity, preferences, requests] = await Promise.all([
    accountEntityOf(deps, account, account.id),
    deps.auth.preferencesOf(account.id),
    deps.social.requestCount(account.id),
  ]);
  return {
    ...entity,
    role: { id: role, name: role, permissions: '0', color: '', highlighted: isStaff(role) },
    source: {
      note: account.bioText,
      fields: account.fields.map(({ name, value, verifiedAt }) => ({
        name,
        value,
        verified_at: verifiedAt,
      })),
      privacy: PRIVACY[preferences.visibility],
      sensitive: preferences.sensitive,
      language: preferences.language,
      permissions: preferences.allows,
      follow_requests_count: requests,
      hide_collections: account.hideCollections,
      discoverable: account.discoverable,
      indexable: account.indexable,
      attribution_domains: [],
    },
  };
}

/** A relationship in the API's names. */
export function relationshipEntityOf(relationship: Relationship) {
  const { muting } = relationship;
  return {
    id: relationship.targetId,
    following: relationship.following,
    showing_reblogs: relationship.following && relationship.reblogs,
    notifying: relationship.following && relationship.notify,
    languages: relationship.languages === null ? null : [...relationship.languages],
    requested: relationship.requested,
    requested_by: relationship.requestedBy,
    followed_by: relationship.followedBy,
    blocking: relationship.blocking,
    blocked_by: relationship.blockedBy,
    muting: muting !== null,
    muting_notifications: muting?.notifications ?? false,
    muting_expires_at: muting?.expiresAt?.toISOString() ?? null,
    domain_blocking: relationship.domainBlocking,
    endorsed: false,
    note: relationship.note,
  };
}
