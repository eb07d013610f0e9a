import type { AccountId } from '../../lib/ids.ts';

/**
 * `pending`: a sign-up that waits for approval; `leaving`: its owner wants it deleted, and may still come back. Only
 * `active` accounts are shown to anybody.
 */
export type AccountState = 'active' | 'pending' | 'suspended' | 'leaving' | 'deleted';
export type ActorType = 'Person' | 'Service' | 'Application' | 'Group' | 'Organization';

/** One line of the table in a profile. */
export interface ProfileField {
  readonly name: string;
  /** As written; empty for remote accounts. */
  readonly value: string;
  /** Safe to show. */
  readonly html: string;
  /** When the page it leads to was seen to lead back (ISO 8601); null where it was not. */
  readonly verifiedAt: string | null;
}

export const pictureRoles = ['avatar', 'header'] as const;
export type PictureRole = (typeof pictureRoles)[number];

/** A picture of a profile: none, one that is stored here, or one that its own server has. */
export interface Picture {
  /** Object of the copy that is stored here. */
  readonly key: string | null;
  /** Where the server of a remote account has it. */
  readonly url: string | null;
}

/** Kept by the database (migration 0037): no read counts rows. */
export interface AccountCounts {
  /** Accepted follows that this server knows of. */
  readonly followers: number;
  readonly following: number;
  /** Videos that it published for everybody, listed or not, and when the last one was. */
  readonly statuses: number;
  readonly lastStatusAt: Date | null;
}

/** What the staff decided about an account short of a suspension; see the measures of the moderation module. */
export interface AccountLimits {
  /** Only its followers find it in public lists. */
  readonly silenced: boolean;
  /** Nobody finds it in feeds, trends and search. */
  readonly undiscoverable: boolean;
  /** It may read, and do nothing. */
  readonly frozen: boolean;
}

/** An actor: of this server, or as last read from its own. */
export interface Account {
  readonly id: AccountId;
  readonly username: string;
  /** Null for accounts of this server. */
  readonly domain: string | null;
  /** `alice`, or `alice@host` for remote accounts. */
  readonly acct: string;
  readonly actorUri: string;
  readonly actorType: ActorType;
  readonly displayName: string;
  /** Sanitised. */
  readonly bioHtml: string;
  /** As written; empty for remote accounts. */
  readonly bioText: string;
  readonly fields: readonly ProfileField[];
  readonly avatar: Picture;
  readonly header: Picture;
  /** Whom it follows and who follows it is for itself alone. */
  readonly hideCollections: boolean;
  /** Others may see which public videos it likes; only of accounts of this server. */
  readonly showsLikes: boolean;
  readonly url: string;
  readonly inboxUri: string;
  readonly sharedInboxUri: string | null;
  /** How a remote account addresses its followers; null where it does not say, and for accounts of this server. */
  readonly followersUri: string | null;
  /** What a remote account has published. */
  readonly outboxUri: string | null;
  /** What a remote account has pinned. */
  readonly featuredUri: string | null;
  /** Actor ids that this account says are its own, too. */
  readonly alsoKnownAs: readonly string[];
  /** The account that took this one's place. */
  readonly movedToId: AccountId | null;
  /** Of a channel of this server, the person whose it is; null for everybody else. */
  readonly ownerId: AccountId | null;
  /** Followers need approval. */
  readonly locked: boolean;
  readonly discoverable: boolean;
  readonly indexable: boolean;
  readonly state: AccountState;
  readonly limits: AccountLimits;
  readonly counts: AccountCounts;
  readonly createdAt: Date;
  readonly fetchedAt: Date | null;
}

/** A remote actor after its document was checked and cleaned. */
export interface RemoteActor {
  readonly actorUri: string;
  readonly actorType: ActorType;
  readonly username: string;
  readonly domain: string;
  readonly displayName: string;
  readonly bioHtml: string;
  readonly fields: readonly ProfileField[];
  readonly avatarUrl: string | null;
  readonly headerUrl: string | null;
  readonly url: string;
  readonly inboxUri: string;
  readonly sharedInboxUri: string | null;
  readonly followersUri: string | null;
  readonly outboxUri: string | null;
  readonly featuredUri: string | null;
  readonly alsoKnownAs: readonly string[];
  readonly locked: boolean;
  readonly discoverable: boolean;
  readonly indexable: boolean;
}

/** The pair of keys of a local actor; the private half is sealed with the secret key of the instance. */
export interface SealedKeys {
  readonly publicKeyPem: string;
  readonly privateKeySealed: string;
}

export interface AccountRow {
  readonly id: AccountId;
  readonly username: string;
  readonly domain: string;
  readonly actor_uri: string;
  readonly actor_type: ActorType;
  readonly display_name: string;
  readonly bio_html: string;
  readonly bio_text: string;
  readonly fields: ProfileField[];
  readonly hide_collections: boolean;
  readonly shows_likes: boolean;
  readonly avatar_key: string | null;
  readonly header_key: string | null;
  readonly avatar_url: string | null;
  readonly header_url: string | null;
  readonly avatar_asked: string | null;
  readonly header_asked: string | null;
  readonly url: string | null;
  readonly inbox_uri: string;
  readonly shared_inbox_uri: string | null;
  readonly followers_uri: string | null;
  readonly outbox_uri: string | null;
  readonly featured_uri: string | null;
  readonly also_known_as: string[];
  readonly moved_to_id: AccountId | null;
  readonly owner_id: AccountId | null;
  readonly locked: boolean;
  readonly discoverable: boolean;
  readonly indexable: boolean;
  readonly state: AccountState;
  readonly silenced: boolean;
  readonly undiscoverable: boolean;
  readonly frozen: boolean;
  readonly followers_count: number;
  readonly following_count: number;
  readonly statuses_count: number;
  readonly last_status_at: Date | null;
  readonly created_at: Date;
  readonly fetched_at: Date | null;
}

/** Row to model. */
export function accountFromRow(row: AccountRow): Account {
  return {
    id: row.id,
    username: row.username,
    domain: row.domain === '' ? null : row.domain,
    acct: row.domain === '' ? row.username : `${row.username}@${row.domain}`,
    actorUri: row.actor_uri,
    actorType: row.actor_type,
    displayName: row.display_name,
    bioHtml: row.bio_html,
    bioText: row.bio_text,
    fields: row.fields,
    avatar: { key: row.avatar_key, url: row.avatar_url },
    header: { key: row.header_key, url: row.header_url },
    hideCollections: row.hide_collections,
    showsLikes: row.shows_likes,
    url: row.url ?? row.actor_uri,
    inboxUri: row.inbox_uri,
    sharedInboxUri: row.shared_inbox_uri,
    followersUri: row.followers_uri,
    outboxUri: row.outbox_uri,
    featuredUri: row.featured_uri,
    alsoKnownAs: row.also_known_as,
    movedToId: row.moved_to_id,
    ownerId: row.owner_id,
    locked: row.locked,
    discoverable: row.discoverable,
    indexable: row.indexable,
    state: row.state,
    limits: { silenced: row.silenced, undiscoverable: row.undiscoverable, frozen: row.frozen },
    counts: {
      followers: row.followers_count,
      following: row.following_count,
      statuses: row.statuses_count,
      lastStatusAt: row.last_status_at,
    },
    createdAt: row.created_at,
    fetchedAt: row.fetched_at,
  };
}
