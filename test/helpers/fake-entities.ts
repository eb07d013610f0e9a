import { permissionsOf } from '../../src/modules/staff/index.ts';
import type { Account, CredentialAccount, Media, Relationship, Status } from '../../web/src/api/types.ts';

/** An account of this server, or of another one if it has a host. */
export function fakeAccount(id: string, username: string, host: string | null = null): Account {
  const acct = host ? `${username}@${host}` : username;
  return {
    id,
    username,
    acct,
    display_name: username[0]?.toUpperCase() + username.slice(1),
    note: `<p>I am ${username}.</p>`,
    url: `https://${host ?? 'vireo.test'}/@${username}`,
    uri: `https://${host ?? 'vireo.test'}/users/${username}`,
    ...{ avatar: '/pictures/avatar.png', avatar_static: '/pictures/avatar.png' },
    ...{ header: '/pictures/header.png', header_static: '/pictures/header.png' },
    ...{ locked: false, bot: false, group: false, discoverable: true, indexable: true, noindex: false },
    ...{
      hide_collections: false,
      shows_likes: false,
      last_status_at: null,
      emojis: [],
      fields: [],
      roles: [],
    },
    created_at: '2026-01-02T03:04:05.000Z',
    followers_count: 1_234,
    following_count: 5,
    statuses_count: 6,
    host,
  };
}

/** An account as its owner gets it. */
export function fakeCredentials(
  account: Account,
  name: CredentialAccount['role']['name'] = 'user',
): CredentialAccount {
  return {
    ...account,
    role: { id: name, name, permissions: '0', color: '', highlighted: name !== 'user' },
    staff: name === 'user' ? null : { permissions: [...permissionsOf(name)], lacks_second_factor: false },
    email_confirmed: true,
    source: {
      ...{ note: '', fields: [], privacy: 'public', sensitive: false, language: null },
      ...{
        permissions: { download: true, duet: true, stitch: true, sound: true, ask: false },
        follow_requests_count: 0,
        hide_collections: false,
        discoverable: true,
        indexable: true,
      },
      attribution_domains: [],
    },
  };
}

/** How the viewer stands to an account: not at all, but for `change`. */
export function fakeRelationship(id: string, change: Partial<Relationship> = {}): Relationship {
  return {
    ...{ id, following: false, showing_reblogs: false, notifying: false, languages: null },
    ...{ requested: false, requested_by: false, followed_by: false, blocking: false, blocked_by: false },
    ...{ muting: false, muting_notifications: false, muting_expires_at: null, domain_blocking: false },
    ...{ endorsed: false, note: '' },
    ...change,
  };
}

/** A clip by somebody. */
export function fakeStatus(
  id: string,
  account: Account,
  media: Media,
  changes: Partial<Status> = {},
): Status {
  return {
    id,
    created_at: new Date(Date.now() - 3 * 3_600_000).toISOString(),
    account,
    content: `<p>Clip number ${id}</p>`,
    spoiler_text: '',
    sensitive: false,
    visibility: 'public',
    language: 'en',
    uri: `${account.uri}/statuses/${id}`,
    url: `${account.url}/${id}`,
    media_attachments: [media],
    ...{ tags: [], mentions: [], emojis: [], card: null, poll: null, application: null, reblog: null },
    ...{ replies_count: 0, reblogs_count: 0, favourites_count: 0, edited_at: null },
    ...{ favourited: false, reblogged: false, bookmarked: false, muted: false, pinned: false },
    ...{ quote: null, quotes_count: 0, filtered: [] },
    ...{ in_reply_to_id: null, in_reply_to_account_id: null },
    video: {
      ...{ views: 0, saves: 0, sound: null, download_url: null, remix_of: null, remixes: 0 },
      permissions: { comment: true, download: false, duet: true, stitch: true, sound: true, ask: false },
    },
    ...changes,
  };
}
