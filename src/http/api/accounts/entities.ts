import type { Account, PictureRole } from '../../../modules/accounts/index.ts';
import { isUnconfirmed, type Viewer } from '../../../modules/auth/index.ts';
import type { Relationship } from '../../../modules/social/index.ts';
import type { Standing } from '../../../modules/staff/index.ts';
import type { HttpDeps } from '../../deps.ts';
import type { AccountEntity } from './schemas.ts';

/** An account with its role and where it moved to. */
export async function accountEntityOf(deps: HttpDeps, account: Account): Promise<AccountEntity> {
  const [standing, movedTo] = await Promise.all([
    account.domain === null ? deps.staff.roles.standingOf(account.id) : null,
    account.movedToId === null ? null : deps.accounts.byId(account.movedToId),
  ]);
  const roles = standing === null || standing.permissions.length === 0 ? [] : [badgeOf(standing)];
  const entity = toAccount(deps, account, roles);
  return movedTo?.state === 'active' ? { ...entity, moved: toAccount(deps, movedTo) } : entity;
}

/** What others see of a role. */
const badgeOf = ({ role, customRole }: Standing) => ({
  ...(customRole ?? { id: role, name: role }),
  color: '',
});

/** Accounts for a list, without their roles: the same number of queries whatever their number. */
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
  roles: AccountEntity['roles'] = [],
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
    shows_likes: account.showsLikes,
    created_at: account.createdAt.toISOString(),
    followers_count: account.counts.followers,
    following_count: account.counts.following,
    statuses_count: account.counts.statuses,
    last_status_at: account.counts.lastStatusAt?.toISOString().slice(0, 10) ?? null,
    roles,
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
export async function credentialEntityOf(deps: HttpDeps, account: Account, viewer: Viewer) {
  const { permissions, role, customRole, lacksSecondFactor } = viewer;
  const [entity, preferences, requests] = await Promise.all([
    accountEntityOf(deps, account),
    deps.auth.preferencesOf(account.id),
    deps.social.requestCount(account.id),
  ]);
  return {
    ...entity,
    role: {
      id: customRole?.id ?? role,
      name: role,
      permissions: '0',
      color: '',
      highlighted: permissions.length > 0,
    },
    staff:
      permissions.length === 0
        ? null
        : { permissions: [...permissions], lacks_second_factor: lacksSecondFactor },
    email_confirmed: !isUnconfirmed({ account }),
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
