// Written by npm run docs from the route table in src/http/api; do not edit.

export interface AccentPreview {
  readonly light: {
    readonly accent: string;
    /** Of words on it */
    readonly on_accent: string;
    /** It could not be read as it was asked for: this is the nearest that can be */
    readonly is_moved: boolean;
  };
  readonly dark: {
    readonly accent: string;
    /** Of words on it */
    readonly on_accent: string;
    /** It could not be read as it was asked for: this is the nearest that can be */
    readonly is_moved: boolean;
  };
}

export interface Account {
  readonly id: string;
  readonly username: string;
  readonly acct: string;
  readonly display_name: string;
  /** HTML, safe to show */
  readonly note: string;
  readonly url: string;
  readonly uri: string;
  /** Always of this server, also for accounts of others */
  readonly avatar: string;
  readonly avatar_static: string;
  readonly header: string;
  readonly header_static: string;
  readonly locked: boolean;
  readonly bot: boolean;
  readonly group: boolean;
  readonly discoverable: boolean;
  readonly indexable: boolean;
  /** Search engines are asked to leave it out */
  readonly noindex: boolean;
  readonly hide_collections: boolean;
  /** Whether others may see which public videos it likes */
  readonly shows_likes: boolean;
  readonly created_at: string;
  /** Day of the newest video; null in lists */
  readonly last_status_at: string | null;
  readonly followers_count: number;
  readonly following_count: number;
  readonly statuses_count: number;
  readonly emojis: readonly {}[];
  readonly fields: readonly {
    readonly name: string;
    /** HTML, safe to show */
    readonly value: string;
    /** When the page it leads to was seen to lead back */
    readonly verified_at: string | null;
  }[];
  /** Those of the staff of this server */
  readonly roles: readonly {
    readonly id: string;
    readonly name: string;
    readonly color: string;
  }[];
  /** Server of the account; null for this one */
  readonly host: string | null;
  /** The account that took this one’s place */
  readonly moved?: {
    readonly id: string;
    readonly username: string;
    readonly acct: string;
    readonly display_name: string;
    /** HTML, safe to show */
    readonly note: string;
    readonly url: string;
    readonly uri: string;
    /** Always of this server, also for accounts of others */
    readonly avatar: string;
    readonly avatar_static: string;
    readonly header: string;
    readonly header_static: string;
    readonly locked: boolean;
    readonly bot: boolean;
    readonly group: boolean;
    readonly discoverable: boolean;
    readonly indexable: boolean;
    /** Search engines are asked to leave it out */
    readonly noindex: boolean;
    readonly hide_collections: boolean;
    /** Whether others may see which public videos it likes */
    readonly shows_likes: boolean;
    readonly created_at: string;
    /** Day of the newest video; null in lists */
    readonly last_status_at: string | null;
    readonly followers_count: number;
    readonly following_count: number;
    readonly statuses_count: number;
    readonly emojis: readonly {}[];
    readonly fields: readonly {
      readonly name: string;
      /** HTML, safe to show */
      readonly value: string;
      /** When the page it leads to was seen to lead back */
      readonly verified_at: string | null;
    }[];
    /** Those of the staff of this server */
    readonly roles: readonly {
      readonly id: string;
      readonly name: string;
      readonly color: string;
    }[];
    /** Server of the account; null for this one */
    readonly host: string | null;
  };
}

export interface AccountWarning {
  readonly id: string;
  /** What was done; see `Strike` */
  readonly action: string;
  readonly text: string;
  readonly status_ids: readonly string[];
  readonly target_account: Account;
  readonly appeal: {
    readonly text: string;
    readonly state: "pending" | "approved" | "rejected";
  } | null;
  readonly created_at: string;
}

export interface AdminAccount {
  readonly id: string;
  readonly username: string;
  readonly domain: string | null;
  readonly created_at: string;
  readonly email: string | null;
  /** Of the newest session; addresses are forgotten after 30 days */
  readonly ip: string | null;
  readonly ips: readonly {
    readonly ip: string;
    readonly used_at: string;
  }[];
  readonly locale: string | null;
  readonly invite_request: string | null;
  readonly role: {
    readonly id: string;
    readonly name: string;
    readonly color: string;
    readonly permissions: string;
    readonly highlighted: boolean;
  };
  readonly confirmed: boolean;
  readonly approved: boolean;
  readonly disabled: boolean;
  readonly silenced: boolean;
  readonly suspended: boolean;
  readonly sensitized: boolean;
  readonly state: string;
  readonly rank: number;
  readonly has_second_factor: boolean;
  readonly last_active_at: string | null;
  readonly invited_by_account_id: string | null;
  readonly account: Account;
}

export interface AdminAccountDetail {
  readonly id: string;
  readonly username: string;
  readonly domain: string | null;
  readonly created_at: string;
  readonly email: string | null;
  /** Of the newest session; addresses are forgotten after 30 days */
  readonly ip: string | null;
  readonly ips: readonly {
    readonly ip: string;
    readonly used_at: string;
  }[];
  readonly locale: string | null;
  readonly invite_request: string | null;
  readonly role: {
    readonly id: string;
    readonly name: string;
    readonly color: string;
    readonly permissions: string;
    readonly highlighted: boolean;
  };
  readonly confirmed: boolean;
  readonly approved: boolean;
  readonly disabled: boolean;
  readonly silenced: boolean;
  readonly suspended: boolean;
  readonly sensitized: boolean;
  readonly state: string;
  readonly rank: number;
  readonly has_second_factor: boolean;
  readonly last_active_at: string | null;
  readonly invited_by_account_id: string | null;
  readonly account: Account;
  readonly storage_bytes: number;
  readonly quota: StorageQuota;
  /** Also those that nobody else sees */
  readonly videos_count: number;
  readonly sessions: readonly {
    readonly id: string;
    readonly ip: string | null;
    readonly user_agent: string;
    readonly app: string | null;
    readonly created_at: string;
    readonly last_used_at: string;
  }[];
}

export interface AdminAnnouncement {
  readonly id: string;
  /** Markdown */
  readonly text: string;
  /** The text as HTML */
  readonly content: string;
  readonly state: "draft" | "scheduled" | "shown" | "ended";
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly all_day: boolean;
  readonly time_zone: string;
  /** As clocks of `time_zone` show it */
  readonly local_starts_at: string | null;
  readonly local_ends_at: string | null;
  /** Null: it is a draft */
  readonly publish_at: string | null;
  readonly local_publish_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly reactions: readonly {
    readonly name: string;
    readonly count: number;
  }[];
}

export interface AdminAppeal {
  readonly id: string;
  readonly text: string;
  readonly state: "open" | "accepted" | "rejected";
  readonly answer: string;
  readonly created_at: string;
  /** Id of who of the staff is to look at it */
  readonly assigned_to: string | null;
  /** False: it is about what you did yourself */
  readonly is_yours_to_decide: boolean;
  readonly measure: Measure;
}

export interface AdminClaim {
  readonly id: string;
  /** `unconfirmed`: nobody has followed the link of the mail yet */
  readonly state: "unconfirmed" | "open" | "upheld" | "rejected" | "withdrawn" | "restored";
  readonly name: string;
  readonly email: string;
  /** Whether the e-mail address was shown to be theirs */
  readonly confirmed: boolean;
  readonly organisation: string;
  readonly address: string;
  readonly country: string;
  readonly acts_as: "owner" | "agent";
  readonly work: string;
  readonly originals: readonly string[];
  readonly signature: string;
  readonly created_at: string;
  readonly decided_at: string | null;
  readonly decided_by: Account | null;
  readonly answer: string;
  readonly audit_id: string | null;
  /** Of the claimed ones */
  readonly video_count: number;
  readonly waiting_counter_notices: number;
}

export interface AdminClaimDetail {
  readonly id: string;
  /** `unconfirmed`: nobody has followed the link of the mail yet */
  readonly state: "unconfirmed" | "open" | "upheld" | "rejected" | "withdrawn" | "restored";
  readonly name: string;
  readonly email: string;
  /** Whether the e-mail address was shown to be theirs */
  readonly confirmed: boolean;
  readonly organisation: string;
  readonly address: string;
  readonly country: string;
  readonly acts_as: "owner" | "agent";
  readonly work: string;
  readonly originals: readonly string[];
  readonly signature: string;
  readonly created_at: string;
  readonly decided_at: string | null;
  readonly decided_by: Account | null;
  readonly answer: string;
  readonly audit_id: string | null;
  /** Of the claimed ones */
  readonly video_count: number;
  readonly waiting_counter_notices: number;
  readonly videos: readonly {
    readonly id: string;
    readonly url: string;
    /** `file`, `picture`: a copy; `remix`: a duet or a stitch; `sound`: made with its sound, or from such a one */
    readonly via: "claimed" | "file" | "picture" | "remix" | "sound";
    /** Whose copy or remix it is, or whose sound it has */
    readonly via_video_id: string | null;
    readonly removed: boolean;
    readonly restored: boolean;
    /** Null where it is gone, or not for everybody */
    readonly video: AdminVideo | null;
  }[];
  /** Videos that a decision is still being carried out for, in portions */
  readonly remaining: {
    readonly to_remove: number;
    readonly to_return: number;
  };
  readonly uploaders: readonly {
    readonly account: Account;
    /** Claims that count now */
    readonly upheld: number;
    /** A repeat infringer by the settings of this server */
    readonly at_limit: boolean;
    readonly history: readonly {
      readonly state: "unconfirmed" | "open" | "upheld" | "rejected" | "withdrawn" | "restored";
      readonly count: number;
    }[];
  }[];
  /** How claims with the same e-mail address ended */
  readonly claimant_history: readonly {
    readonly state: "unconfirmed" | "open" | "upheld" | "rejected" | "withdrawn" | "restored";
    readonly count: number;
  }[];
  readonly counter_notices: readonly {
    readonly id: string;
    /** `waiting` for the claimant, who has until `due_at`; `sued`: the claimant went to court */
    readonly state: "waiting" | "sued" | "accepted" | "rejected";
    readonly name: string;
    readonly address: string;
    readonly country: string;
    readonly text: string;
    readonly signature: string;
    readonly created_at: string;
    /** When the videos come back unless the claimant goes to court */
    readonly due_at: string;
    /** Where the claimant went, in their words */
    readonly court: string;
    /** Of the staff */
    readonly answer: string;
    readonly account: Account | null;
  }[];
}

export interface AdminDomainAllow {
  readonly id: string;
  readonly domain: string;
  readonly created_at: string;
}

export interface AdminDomainBlock {
  readonly id: string;
  readonly domain: string;
  /** SHA-256 of the domain, in hexadecimal */
  readonly digest: string;
  /** The nearest that Mastodon knows */
  readonly severity: "noop" | "silence" | "suspend";
  readonly level: "noop" | "no-feed" | "silence" | "suspend";
  readonly reject_media: boolean;
  readonly reject_reports: boolean;
  /** What happens to its videos; null: as to those of others */
  readonly media_mode: "replicate" | "on-view" | "proxy" | "off" | null;
  readonly private_comment: string | null;
  readonly public_comment: string | null;
  readonly obfuscate: boolean;
  readonly created_at: string;
  readonly expires_at: string | null;
}

export interface AdminRanking {
  readonly weights_version: string;
  /** Every number, by its path */
  readonly settings: {};
  readonly defaults: {};
  /** The last first */
  readonly changes: readonly {
    readonly id: string;
    /** What differed from the defaults from then on */
    readonly settings: {};
    readonly weights_version: string;
    /** Null: the command line, or somebody who is gone */
    readonly account_id: string | null;
    readonly reason: string;
    readonly changed_at: string;
  }[];
}

export interface AdminReport {
  readonly id: string;
  /** Whether it is closed */
  readonly action_taken: boolean;
  readonly action_taken_at: string | null;
  readonly category: "spam" | "legal" | "violation" | "other";
  readonly comment: string;
  readonly forwarded: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  /** Who reports */
  readonly account: AdminReportParty;
  readonly target_account: AdminReportParty;
  readonly assigned_account: AdminReportParty | null;
  readonly action_taken_by_account: AdminReportParty | null;
  /** Those that can still be seen */
  readonly statuses: readonly Status[];
  readonly rules: readonly {
    readonly id: string;
    readonly text: string;
    readonly hint: string;
  }[];
  readonly state: "open" | "resolved" | "dismissed";
  /** The server that it came from; null: this one */
  readonly source: string | null;
  /** One more with each change; name it where you change something */
  readonly version: number;
  readonly status_ids: readonly string[];
  /** Starter packs of the account */
  readonly pack_ids: readonly string[];
  /** Playlists of the account */
  readonly playlist_ids: readonly string[];
}

export interface AdminReportParty {
  readonly id: string;
  readonly username: string;
  readonly domain: string | null;
  readonly created_at: string;
  readonly account: Account;
}

export interface AdminSound {
  readonly id: string;
  /** Empty: it has no name, or what it is called is not for everybody */
  readonly title: string;
  readonly url: string;
  /** Who posted it first */
  readonly account: Account | null;
  /** The video it was heard in first */
  readonly video_id: string | null;
  /** Public and unlisted videos with it */
  readonly uses: number;
  /** Those of them that are played without their sound */
  readonly muted: number;
  /** Whether it can be told from others */
  readonly listable: boolean;
  /** What its author, or the staff, says of the rights to it */
  readonly rights: SoundRights | null;
  /** What was decided about this very sound: it counts before any list */
  readonly rule: {
    readonly action: "mute" | "refuse" | "allow";
    /** As authors read it */
    readonly reason: string;
    readonly region: {
      /** ISO 3166-1, two letters */
      readonly countries: readonly string[];
      /** All but these */
      readonly except: boolean;
    } | null;
    readonly created_at: string;
  } | null;
  /** What is on the list of what must not be posted, and heard in it */
  readonly listed: {
    readonly id: string;
    readonly action: "mute" | "refuse";
    readonly label: string;
  } | null;
  readonly created_at: string;
}

export interface AdminStorage {
  /** `no-copies`: no new copies of what other servers have. `full`: uploads are refused, too. */
  readonly level: "open" | "no-copies" | "full";
  /** Disks of the process that answers, and the share of the bucket where it has an end */
  readonly places: readonly {
    readonly name: string;
    readonly used_bytes: number;
    readonly total_bytes: number;
  }[];
  readonly kinds: readonly {
    readonly kind: "originals" | "renditions" | "thumbnails" | "remote-videos" | "remote-posters" | "pictures" | "archives" | "uploads" | "database";
    readonly objects: number;
    readonly bytes: number;
    readonly max_bytes: number | null;
  }[];
  /** When the kinds were added up */
  readonly measured_at: string | null;
  readonly retention: readonly RetentionClass[];
  /** The last search for objects that nothing names, and for names without an object */
  readonly scan: {
    readonly started_at: string;
    readonly ended_at: string | null;
    readonly objects: number;
    readonly orphans: number;
    readonly orphan_bytes: number;
    readonly missing: number;
    readonly mended: number;
    readonly error: string | null;
  } | null;
  /** What searches for videos look in */
  readonly search: {
    /** Videos that can be found by words */
    readonly documents: number;
    /** Changes that the index does not know of yet */
    readonly behind: number;
    /** The search engine beside PostgreSQL, where there is one */
    readonly engine: {
      /** Null: it does not say, or has no index yet */
      readonly documents: number | null;
      /** Changes that it was not told yet */
      readonly behind: number;
      /** A new index is being filled */
      readonly filling: boolean;
      readonly failing_since: string | null;
      readonly failure: string | null;
    } | null;
  };
}

export interface AdminTag {
  /** As it is compared: in small letters, Latin ones without accents */
  readonly id: string;
  /** As most people write it */
  readonly name: string;
  readonly url: string;
  /** Use in public videos of the last days, as far as this server knows */
  readonly history: readonly {
    /** Its first moment, UTC, in seconds since 1970 */
    readonly day: string;
    readonly uses: string;
    readonly accounts: string;
  }[];
  /** By the viewer */
  readonly following: boolean;
  /** By the viewer: it is kept out of their feeds */
  readonly muting: boolean;
  /** On the profile of the viewer */
  readonly featuring: boolean;
  readonly trendable: boolean;
  /** The brake holds it until somebody decides */
  readonly requires_review: boolean;
  readonly decision: {
    readonly standing: "held" | "vetoed" | "approved" | "open";
    /** Why the brake held it */
    readonly reason: "strangers" | "one-domain" | null;
    /** The part of the last hour that strangers, or that domain, did */
    readonly share: number | null;
    readonly domain: string | null;
    readonly note: string;
    readonly decided_by: string | null;
    readonly decided_at: string;
  } | null;
}

export interface AdminTrendingAccount {
  readonly id: string;
  readonly username: string;
  readonly acct: string;
  readonly display_name: string;
  /** HTML, safe to show */
  readonly note: string;
  readonly url: string;
  readonly uri: string;
  /** Always of this server, also for accounts of others */
  readonly avatar: string;
  readonly avatar_static: string;
  readonly header: string;
  readonly header_static: string;
  readonly locked: boolean;
  readonly bot: boolean;
  readonly group: boolean;
  readonly discoverable: boolean;
  readonly indexable: boolean;
  /** Search engines are asked to leave it out */
  readonly noindex: boolean;
  readonly hide_collections: boolean;
  /** Whether others may see which public videos it likes */
  readonly shows_likes: boolean;
  readonly created_at: string;
  /** Day of the newest video; null in lists */
  readonly last_status_at: string | null;
  readonly followers_count: number;
  readonly following_count: number;
  readonly statuses_count: number;
  readonly emojis: readonly {}[];
  readonly fields: readonly {
    readonly name: string;
    /** HTML, safe to show */
    readonly value: string;
    /** When the page it leads to was seen to lead back */
    readonly verified_at: string | null;
  }[];
  /** Those of the staff of this server */
  readonly roles: readonly {
    readonly id: string;
    readonly name: string;
    readonly color: string;
  }[];
  /** Server of the account; null for this one */
  readonly host: string | null;
  /** The account that took this one’s place */
  readonly moved?: {
    readonly id: string;
    readonly username: string;
    readonly acct: string;
    readonly display_name: string;
    /** HTML, safe to show */
    readonly note: string;
    readonly url: string;
    readonly uri: string;
    /** Always of this server, also for accounts of others */
    readonly avatar: string;
    readonly avatar_static: string;
    readonly header: string;
    readonly header_static: string;
    readonly locked: boolean;
    readonly bot: boolean;
    readonly group: boolean;
    readonly discoverable: boolean;
    readonly indexable: boolean;
    /** Search engines are asked to leave it out */
    readonly noindex: boolean;
    readonly hide_collections: boolean;
    /** Whether others may see which public videos it likes */
    readonly shows_likes: boolean;
    readonly created_at: string;
    /** Day of the newest video; null in lists */
    readonly last_status_at: string | null;
    readonly followers_count: number;
    readonly following_count: number;
    readonly statuses_count: number;
    readonly emojis: readonly {}[];
    readonly fields: readonly {
      readonly name: string;
      /** HTML, safe to show */
      readonly value: string;
      /** When the page it leads to was seen to lead back */
      readonly verified_at: string | null;
    }[];
    /** Those of the staff of this server */
    readonly roles: readonly {
      readonly id: string;
      readonly name: string;
      readonly color: string;
    }[];
    /** Server of the account; null for this one */
    readonly host: string | null;
  };
  readonly trendable: boolean;
  /** The brake holds it until somebody decides */
  readonly requires_review: boolean;
  readonly decision: {
    readonly standing: "held" | "vetoed" | "approved" | "open";
    /** Why the brake held it */
    readonly reason: "strangers" | "one-domain" | null;
    /** The part of the last hour that strangers, or that domain, did */
    readonly share: number | null;
    readonly domain: string | null;
    readonly note: string;
    readonly decided_by: string | null;
    readonly decided_at: string;
  } | null;
}

export interface AdminTrendingSound {
  readonly id: string;
  readonly trendable: boolean;
  /** The brake holds it until somebody decides */
  readonly requires_review: boolean;
  readonly decision: {
    readonly standing: "held" | "vetoed" | "approved" | "open";
    /** Why the brake held it */
    readonly reason: "strangers" | "one-domain" | null;
    /** The part of the last hour that strangers, or that domain, did */
    readonly share: number | null;
    readonly domain: string | null;
    readonly note: string;
    readonly decided_by: string | null;
    readonly decided_at: string;
  } | null;
}

export interface AdminTrendingStatus {
  readonly id: string;
  readonly created_at: string;
  readonly account: Account;
  /** HTML, safe to show */
  readonly content: string;
  readonly spoiler_text: string;
  readonly sensitive: boolean;
  readonly visibility: "public" | "unlisted" | "private" | "direct";
  readonly language: string | null;
  readonly uri: string;
  readonly url: string;
  readonly media_attachments: readonly Media[];
  readonly tags: readonly {
    readonly name: string;
    readonly url: string;
  }[];
  readonly mentions: readonly {
    readonly id: string;
    readonly username: string;
    readonly acct: string;
    readonly url: string;
  }[];
  readonly emojis: readonly {}[];
  readonly replies_count: number;
  readonly reblogs_count: number;
  readonly favourites_count: number;
  /** By the viewer, as the next two */
  readonly favourited: boolean;
  readonly reblogged: boolean;
  readonly bookmarked: boolean;
  /** The viewer wants to hear no more of its thread */
  readonly muted: boolean;
  readonly pinned: boolean;
  readonly edited_at: string | null;
  /** What the filters of the viewer say of it */
  readonly filtered: readonly FilterResult[];
  readonly in_reply_to_id: string | null;
  readonly in_reply_to_account_id: string | null;
  /** What it passes on, where that is all it does */
  readonly reblog: Post | null;
  readonly card: null;
  readonly poll: null;
  /** Duets and stitches of it */
  readonly quotes_count: number;
  /** What it was posted with, where that is an app */
  readonly application: {
    readonly name: string;
    readonly website: string | null;
  } | null;
  /** Ours: what is said of a video besides; null on comments */
  readonly video: VideoFacts | null;
  /** Of a duet or a stitch: what it was made from, where that can be seen */
  readonly quote: {
    readonly state: "accepted" | "pending" | "rejected" | "deleted" | "unauthorized";
    readonly quoted_status: QuotedPost | null;
  } | null;
  readonly trendable: boolean;
  /** The brake holds it until somebody decides */
  readonly requires_review: boolean;
  readonly decision: {
    readonly standing: "held" | "vetoed" | "approved" | "open";
    /** Why the brake held it */
    readonly reason: "strangers" | "one-domain" | null;
    /** The part of the last hour that strangers, or that domain, did */
    readonly share: number | null;
    readonly domain: string | null;
    readonly note: string;
    readonly decided_by: string | null;
    readonly decided_at: string;
  } | null;
}

export interface AdminVideo {
  readonly id: string;
  readonly account: Account | null;
  /** `published`, `removed`, or `held`: nobody sees it yet */
  readonly state: string;
  readonly visibility: "public" | "unlisted" | "private" | "direct";
  /** HTML, safe to show */
  readonly content: string;
  /** As its author says */
  readonly sensitive: boolean;
  /** What the staff decided */
  readonly marks: {
    readonly sensitive: boolean;
    readonly comments_off: boolean;
    readonly no_discovery: boolean;
    /** It is played without its sound */
    readonly muted: boolean;
  };
  readonly local: boolean;
  readonly url: string;
  /** Null where nobody may fetch it, as of removed ones */
  readonly poster_url: string | null;
  readonly duration: number | null;
  readonly created_at: string;
}

export interface Algorithm {
  /** Changes with any number of the ranking */
  readonly weights_version: string;
  readonly parts: readonly {
    readonly id: string;
    readonly title: string;
    readonly sentences: readonly string[];
    readonly numbers: readonly {
      readonly name: string;
      readonly value: number;
      readonly words: string;
    }[];
  }[];
}

export interface Announcement {
  readonly id: string;
  /** HTML, safe to show */
  readonly content: string;
  /** Of what it tells of */
  readonly starts_at: string | null;
  /** It is not shown any more from then on */
  readonly ends_at: string | null;
  /** It begins and ends with days of `time_zone` */
  readonly all_day: boolean;
  /** Ours: the one its times were written in */
  readonly time_zone: string;
  readonly published_at: string;
  readonly updated_at: string;
  /** Whether you dismissed it; left out where nobody is signed in */
  readonly read?: boolean;
  readonly mentions: readonly {}[];
  readonly statuses: readonly {}[];
  readonly tags: readonly {}[];
  readonly emojis: readonly {}[];
  readonly reactions: readonly AnnouncementReaction[];
}

export interface AnnouncementChange {
  /** Null: it is gone */
  readonly announcement: AdminAnnouncement | null;
  /** The entry of the log, by which this can be taken back */
  readonly audit_id: string;
}

export interface AnnouncementReaction {
  /** An emoji */
  readonly name: string;
  readonly count: number;
  /** Whether you gave it; left out where nobody is signed in */
  readonly me?: boolean;
}

export interface Appeal {
  readonly id: string;
  readonly text: string;
  readonly state: "pending" | "approved" | "rejected";
  readonly answer: string;
  readonly created_at: string;
}

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly website: string | null;
  readonly scopes: readonly string[];
  /** All of them, one a line */
  readonly redirect_uri: string;
  readonly redirect_uris: readonly string[];
  readonly vapid_key: string;
}

export interface Archive {
  readonly id: string;
  /** `waiting` for a worker; `expired`: it was removed */
  readonly state: "waiting" | "working" | "ready" | "failed" | "expired";
  /** What is being done now */
  readonly stage: "lists" | "posts" | "media" | "storing" | null;
  readonly percent: number;
  /** In bytes, once it is ready */
  readonly size: number | null;
  readonly created_at: string;
  readonly finished_at: string | null;
  /** When it is removed */
  readonly expires_at: string | null;
  /** For the one alone who asked for it; takes ranges */
  readonly download_url: string | null;
}

export interface AuditActor {
  /** `operator`: the command line of the server */
  readonly kind: "person" | "operator" | "server";
  readonly account_id: string | null;
  /** Of the person, as far as the account is still there, or of the rule */
  readonly name: string | null;
}

export interface AuditEntry {
  readonly id: string;
  readonly created_at: string;
  readonly actor: AuditActor;
  readonly action: string;
  readonly target: {
    readonly kind: "account" | "video" | "comment" | "report" | "domain" | "setting" | "job" | "queue" | "rule" | "storage" | "role" | "relay" | "trend" | "claim" | "announcement" | "legal-hold" | "pack" | "playlist" | "sound";
    readonly id: string;
    readonly name: string | null;
  };
  readonly reason: string;
  readonly detail: {};
  /** The entry whose deed this one takes back */
  readonly undoes: string | null;
  readonly undone_by: string | null;
  /** Whether it can be taken back still */
  readonly undoable: boolean;
  /** Why such a deed is not taken back; null where it can be */
  readonly final_because: string | null;
}

export interface AuditUndo {
  /** The entries that were written */
  readonly audit_ids: readonly string[];
}

export interface AuxiliaryService {
  readonly id: string;
  readonly state: "waiting" | "accepted";
  /** As it registered */
  readonly name: string;
  readonly base_url: string;
  /** SHA-256 of its key, in Base64: compare it with what the provider shows before you accept it */
  readonly fingerprint: string;
  readonly created_at: string;
  readonly decided_at: string | null;
  /** What it says of itself; null while it was not asked */
  readonly info: {
    readonly name: string;
    readonly privacy_policies: readonly {
      readonly url: string;
      readonly language: string;
    }[];
    readonly sign_in_url: string | null;
    readonly contact_email: string | null;
    /** In the fediverse */
    readonly account: string | null;
  } | null;
  readonly capabilities: readonly {
    readonly capability: string;
    readonly version: string;
    /** Whether this server can use it */
    readonly usable: boolean;
    readonly enabled: boolean;
    /** Whether the provider knows how it is */
    readonly told: boolean;
    /** Why it could not be asked for this last */
    readonly failure: string | null;
  }[];
  /** In a row */
  readonly failures: number;
  readonly failure: string | null;
  /** Calls that it was asked to make, or made; the newest first */
  readonly callbacks: readonly {
    readonly id: string;
    /** Null: it called without being asked */
    readonly asked_at: string | null;
    /** Why it could not be asked */
    readonly failure: string | null;
    /** Null: it has not called yet */
    readonly called_at: string | null;
    /** From where it called */
    readonly ip: string | null;
    /** What it sent, as JSON, cut */
    readonly body: string | null;
  }[];
}

export interface AuxiliaryServiceChange {
  /** The entry of the log */
  readonly audit_id: string;
}

export interface BackupRun {
  readonly kind: "create" | "verify" | "rehearse";
  readonly name: string | null;
  /** `cut-off`: its process has said nothing for two minutes */
  readonly state: "running" | "done" | "failed" | "cut-off";
  /** How far it is, in words of the program */
  readonly step: string | null;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly fault: string | null;
  readonly bytes: number;
  /** What came of it: rows, objects, tables, keys, … */
  readonly detail: {};
}

export interface Backups {
  /** Whether this server makes them by itself */
  readonly nightly: boolean;
  /** When, in UTC */
  readonly hour: number;
  /** Whether copies of the media belong to them */
  readonly media: boolean;
  readonly place: {
    readonly address: string;
    /** Whether whoever gets at them needs the passphrase */
    readonly sealed: boolean;
  };
  readonly keeps: {
    readonly all_days: number;
    readonly daily: number;
    readonly weekly: number;
    readonly monthly: number;
  };
  readonly last_good_at: string | null;
  /** When a restore was last tried out, and went well */
  readonly last_rehearsal_at: string | null;
  readonly last_error: string | null;
  /** There has been no good one for 36 hours: somebody has to look */
  readonly stale: boolean;
  /** What the staff asked for and no worker has begun */
  readonly asked: readonly {
    readonly kind: "create" | "verify" | "rehearse";
    readonly name: string | null;
    readonly asked_at: string;
  }[];
  readonly runs: readonly BackupRun[];
}

export interface BlockListAudience {
  readonly audience: "public" | "members" | "hidden";
}

export interface BlockListAudienceOutput {
  readonly audience: "public" | "members" | "hidden";
}

export interface BlockNotice {
  readonly domain: string;
  readonly peers: number;
  readonly created_at: string;
}

export interface BlockWatch {
  readonly host: string;
  /** By hand; else it is one of the most followed */
  readonly chosen: boolean;
  readonly fetched_at: string | null;
  readonly succeeded_at: string | null;
  readonly failure: string | null;
  readonly blocks: number;
}

export interface BookmarkFolder {
  readonly id: string;
  readonly title: string;
  /** What is saved without naming a folder goes here */
  readonly is_default: boolean;
  readonly posts_count: number;
}

export interface BookmarkPlace {
  readonly bookmarked: boolean;
  /** Null: in no folder, or not kept at all */
  readonly folder_id: string | null;
}

export interface Brand {
  /** Beside the name of the server */
  readonly logo: BrandPicture | null;
  /** Of the installed page, in the bar of browsers, and for other servers */
  readonly icon: BrandPicture | null;
  /** Where links to the server are shown, and in lists of servers */
  readonly banner: BrandPicture | null;
}

export interface BrandChange {
  readonly brand: Brand;
  /** The entry of the log, by which this can be taken back; null: nothing changed */
  readonly audit_id: string | null;
}

export interface BrandPicture {
  readonly url: string;
  /** Pixels */
  readonly width: number;
  readonly height: number;
  /** What it shows, for those who do not see it */
  readonly description: string;
  readonly updated_at: string;
}

export interface BulkResult {
  /** One for each id, in the order in which they were given */
  readonly results: readonly {
    readonly id: string;
    readonly done: boolean;
    /** Why not, as of a refusal */
    readonly code: string | null;
    readonly detail: string | null;
  }[];
}

export interface ChannelAnalytics {
  readonly time_zone: string;
  readonly by: "hour" | "day" | "week" | "month";
  readonly from: string;
  readonly to: string;
  readonly totals: {
    readonly views: number;
    /** People, each once a day (UTC) */
    readonly viewers: number;
    readonly completions: number;
    readonly skips: number;
    /** Of playbacks that were told to their end */
    readonly watched_seconds: number;
    /** Of each such playback; null where there was none */
    readonly average_watched_seconds: number | null;
    readonly likes: number;
    readonly comments: number;
    readonly reposts: number;
    /** How often they were sent out of the app */
    readonly shares: number;
    readonly saves: number;
    readonly followers_gained: number;
    readonly followers_lost: number;
  };
  /** The same number of days, or months, right before */
  readonly previous: {
    readonly from: string;
    readonly to: string;
    readonly totals: {
      readonly views: number;
      /** People, each once a day (UTC) */
      readonly viewers: number;
      readonly completions: number;
      readonly skips: number;
      /** Of playbacks that were told to their end */
      readonly watched_seconds: number;
      /** Of each such playback; null where there was none */
      readonly average_watched_seconds: number | null;
      readonly likes: number;
      readonly comments: number;
      readonly reposts: number;
      /** How often they were sent out of the app */
      readonly shares: number;
      readonly saves: number;
      readonly followers_gained: number;
      readonly followers_lost: number;
    };
  };
  /** The oldest first, with zeros where nothing was */
  readonly series: readonly {
    /** The first day of it */
    readonly date: string;
    readonly starts_at: string;
    readonly ends_at: string;
    readonly figures: {
      readonly views: number;
      /** People, each once a day (UTC) */
      readonly viewers: number;
      readonly completions: number;
      readonly skips: number;
      /** Of playbacks that were told to their end */
      readonly watched_seconds: number;
      /** Of each such playback; null where there was none */
      readonly average_watched_seconds: number | null;
      readonly likes: number;
      readonly comments: number;
      readonly reposts: number;
      /** How often they were sent out of the app */
      readonly shares: number;
      readonly saves: number;
      readonly followers_gained: number;
      readonly followers_lost: number;
    };
  }[];
  readonly sources: {
    /** Why there is nothing: it would be of fewer than 20 people */
    readonly hidden: "too-few-viewers" | null;
    /** Of how many different people it is, at least */
    readonly viewers: number | null;
    /** Where views came from, the most first */
    readonly items: readonly {
      readonly source: string;
      readonly views: number;
      /** From 0 to 1 */
      readonly share: number;
    }[];
  };
  readonly watch_time: {
    /** Why there is nothing: it would be of fewer than 20 people */
    readonly hidden: "too-few-viewers" | null;
    readonly viewers: number | null;
    /** How much of the video people watched; the last one also more than once */
    readonly buckets: readonly {
      readonly from_percent: number;
      readonly to_percent: number | null;
      readonly playbacks: number;
    }[];
  };
  /** Most viewed first, by days of UTC */
  readonly top_videos: readonly {
    readonly video: Video;
    readonly figures: {
      readonly views: number;
      /** People, each once a day (UTC) */
      readonly viewers: number;
      readonly completions: number;
      readonly skips: number;
      /** Of playbacks that were told to their end */
      readonly watched_seconds: number;
      /** Of each such playback; null where there was none */
      readonly average_watched_seconds: number | null;
      readonly likes: number;
      readonly comments: number;
      readonly reposts: number;
      /** How often they were sent out of the app */
      readonly shares: number;
      readonly saves: number;
      /** Who followed at this video; null where it had fewer than 20 viewers */
      readonly followers_gained: number | null;
    };
  }[];
}

export interface Comment {
  readonly id: string;
  readonly created_at: string;
  readonly account: Account;
  /** HTML, safe to show */
  readonly content: string;
  readonly spoiler_text: string;
  readonly sensitive: boolean;
  readonly visibility: "public" | "unlisted" | "private" | "direct";
  readonly language: string | null;
  readonly uri: string;
  readonly url: string;
  readonly media_attachments: readonly Media[];
  readonly tags: readonly {
    readonly name: string;
    readonly url: string;
  }[];
  readonly mentions: readonly {
    readonly id: string;
    readonly username: string;
    readonly acct: string;
    readonly url: string;
  }[];
  readonly emojis: readonly {}[];
  readonly replies_count: number;
  readonly reblogs_count: number;
  readonly favourites_count: number;
  /** By the viewer, as the next two */
  readonly favourited: boolean;
  readonly reblogged: boolean;
  readonly bookmarked: boolean;
  /** The viewer wants to hear no more of its thread */
  readonly muted: boolean;
  /** By the author of the video: it stands above all others */
  readonly pinned: boolean;
  readonly edited_at: string | null;
  /** What the filters of the viewer say of it */
  readonly filtered: readonly FilterResult[];
  readonly in_reply_to_id: string | null;
  readonly in_reply_to_account_id: string | null;
  /** What it passes on, where that is all it does */
  readonly reblog: Post | null;
  readonly card: null;
  readonly poll: null;
  /** Duets and stitches of it */
  readonly quotes_count: number;
  /** What it was posted with, where that is an app */
  readonly application: {
    readonly name: string;
    readonly website: string | null;
  } | null;
  /** Ours: what is said of a video besides; null on comments */
  readonly video: VideoFacts | null;
  /** Of a duet or a stitch: what it was made from, where that can be seen */
  readonly quote: {
    readonly state: "accepted" | "pending" | "rejected" | "deleted" | "unauthorized";
    readonly quoted_status: QuotedPost | null;
  } | null;
  readonly video_id: string;
  /** A moderator decides first: only whoever wrote it sees it */
  readonly held: boolean;
  /** By the author of the video: only that person, and whoever wrote it, still see it */
  readonly hidden: boolean;
  /** By the author of the video */
  readonly liked_by_author: boolean;
  /** The author of the video wrote it */
  readonly by_author: boolean;
}

export interface ContentRule {
  readonly id: string;
  readonly name: string;
  readonly when: {
    /** One of these stands in one of the fields. A star at either end stands for any letters. */
    readonly words?: readonly string[];
    /** Found in one of the fields: the syntax of RE2, without regard to case */
    readonly regex?: string;
    /** Empty: all */
    readonly fields: readonly ("caption" | "comment" | "name" | "bio" | "link-host" | "transcript")[];
    /** The account is younger than so many days */
    readonly account_days?: number;
    /** Its server became known less than so many days ago */
    readonly domain_days?: number;
    /** There are more links than this */
    readonly links?: number;
    /** The same text was posted so often within so many hours, by anybody */
    readonly duplicates?: {
      readonly count: number;
      readonly hours: number;
    };
    /** The account posted so much within so many minutes */
    readonly rate?: {
      readonly count: number;
      readonly minutes: number;
    };
    /** The classifier gives a video one of these labels, and is at least so sure */
    readonly labels?: readonly {
      readonly name: string;
      readonly score: number;
    }[];
  };
  readonly action: "reject" | "hold" | "limit" | "sensitive" | "report";
  readonly scope: "everybody" | "local" | "federated";
  readonly enabled: boolean;
  /** In the last 30 days */
  readonly hits: number;
  readonly last_hit_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Context {
  readonly ancestors: readonly Status[];
  readonly descendants: readonly Status[];
}

export interface CopyrightClaim {
  readonly id: string;
  /** `unconfirmed`: nobody has followed the link of the mail yet */
  readonly state: "unconfirmed" | "open" | "upheld" | "rejected" | "withdrawn" | "restored";
  readonly name: string;
  readonly email: string;
  readonly organisation: string;
  readonly work: string;
  readonly originals: readonly string[];
  readonly videos: readonly {
    readonly url: string;
    readonly removed: boolean;
  }[];
  /** Why it was decided so */
  readonly answer: string;
  readonly created_at: string;
  readonly decided_at: string | null;
  readonly counter_notices: readonly CounterNotice[];
  /** The page of the claim; told only in the answer to filing one, where this server sends no mail */
  readonly link: string | null;
}

export interface CounterNotice {
  readonly id: string;
  /** `waiting` for the claimant, who has until `due_at`; `sued`: the claimant went to court */
  readonly state: "waiting" | "sued" | "accepted" | "rejected";
  readonly name: string;
  readonly address: string;
  readonly country: string;
  readonly text: string;
  readonly signature: string;
  readonly created_at: string;
  /** When the videos come back unless the claimant goes to court */
  readonly due_at: string;
  /** Where the claimant went, in their words */
  readonly court: string;
  /** Of the staff */
  readonly answer: string;
}

export interface CredentialAccount {
  readonly id: string;
  readonly username: string;
  readonly acct: string;
  readonly display_name: string;
  /** HTML, safe to show */
  readonly note: string;
  readonly url: string;
  readonly uri: string;
  /** Always of this server, also for accounts of others */
  readonly avatar: string;
  readonly avatar_static: string;
  readonly header: string;
  readonly header_static: string;
  readonly locked: boolean;
  readonly bot: boolean;
  readonly group: boolean;
  readonly discoverable: boolean;
  readonly indexable: boolean;
  /** Search engines are asked to leave it out */
  readonly noindex: boolean;
  readonly hide_collections: boolean;
  /** Whether others may see which public videos it likes */
  readonly shows_likes: boolean;
  readonly created_at: string;
  /** Day of the newest video; null in lists */
  readonly last_status_at: string | null;
  readonly followers_count: number;
  readonly following_count: number;
  readonly statuses_count: number;
  readonly emojis: readonly {}[];
  readonly fields: readonly {
    readonly name: string;
    /** HTML, safe to show */
    readonly value: string;
    /** When the page it leads to was seen to lead back */
    readonly verified_at: string | null;
  }[];
  /** Those of the staff of this server */
  readonly roles: readonly {
    readonly id: string;
    readonly name: string;
    readonly color: string;
  }[];
  /** Server of the account; null for this one */
  readonly host: string | null;
  /** The account that took this one’s place */
  readonly moved?: {
    readonly id: string;
    readonly username: string;
    readonly acct: string;
    readonly display_name: string;
    /** HTML, safe to show */
    readonly note: string;
    readonly url: string;
    readonly uri: string;
    /** Always of this server, also for accounts of others */
    readonly avatar: string;
    readonly avatar_static: string;
    readonly header: string;
    readonly header_static: string;
    readonly locked: boolean;
    readonly bot: boolean;
    readonly group: boolean;
    readonly discoverable: boolean;
    readonly indexable: boolean;
    /** Search engines are asked to leave it out */
    readonly noindex: boolean;
    readonly hide_collections: boolean;
    /** Whether others may see which public videos it likes */
    readonly shows_likes: boolean;
    readonly created_at: string;
    /** Day of the newest video; null in lists */
    readonly last_status_at: string | null;
    readonly followers_count: number;
    readonly following_count: number;
    readonly statuses_count: number;
    readonly emojis: readonly {}[];
    readonly fields: readonly {
      readonly name: string;
      /** HTML, safe to show */
      readonly value: string;
      /** When the page it leads to was seen to lead back */
      readonly verified_at: string | null;
    }[];
    /** Those of the staff of this server */
    readonly roles: readonly {
      readonly id: string;
      readonly name: string;
      readonly color: string;
    }[];
    /** Server of the account; null for this one */
    readonly host: string | null;
  };
  readonly role: {
    readonly id: string;
    readonly name: "owner" | "admin" | "moderator" | "user";
    readonly permissions: string;
    readonly color: string;
    readonly highlighted: boolean;
  };
  /** What somebody of the staff may do; null for everybody else */
  readonly staff: {
    readonly permissions: readonly ("reports" | "accounts" | "content" | "sign-ups" | "invites" | "domains" | "rules" | "legal" | "trends" | "ranking" | "announcements" | "settings" | "queues" | "storage" | "roles" | "audit")[];
    /** Everything for the staff is refused until an authenticator app or a passkey is set up */
    readonly lacks_second_factor: boolean;
  } | null;
  /** False: until the link that was mailed is opened, little more than reading is allowed */
  readonly email_confirmed: boolean;
  readonly source: {
    /** As written */
    readonly note: string;
    readonly fields: readonly {
      readonly name: string;
      readonly value: string;
      readonly verified_at: string | null;
    }[];
    readonly privacy: "public" | "unlisted" | "private" | "direct";
    readonly sensitive: boolean;
    readonly language: string | null;
    /** What others may do with videos that do not say otherwise */
    readonly permissions: {
      readonly download: boolean;
      readonly duet: boolean;
      readonly stitch: boolean;
      readonly sound: boolean;
      readonly ask: boolean;
    };
    readonly follow_requests_count: number;
    readonly hide_collections: boolean;
    readonly discoverable: boolean;
    readonly indexable: boolean;
    readonly attribution_domains: readonly string[];
  };
}

export interface CredentialApplication {
  readonly id: string;
  readonly name: string;
  readonly website: string | null;
  readonly scopes: readonly string[];
  /** All of them, one a line */
  readonly redirect_uri: string;
  readonly redirect_uris: readonly string[];
  readonly vapid_key: string;
  readonly client_id: string;
  readonly client_secret: string;
  /** Never */
  readonly client_secret_expires_at: 0;
}

export interface DeadDelivery {
  readonly id: string;
  readonly host: string;
  readonly inbox: string;
  readonly activity_id: string;
  readonly activity_type: string;
  readonly account_id: string;
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly queued_at: string;
  readonly died_at: string;
}

export interface DeadDeliveryWithBody {
  readonly id: string;
  readonly host: string;
  readonly inbox: string;
  readonly activity_id: string;
  readonly activity_type: string;
  readonly account_id: string;
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly queued_at: string;
  readonly died_at: string;
  readonly body: string;
}

export interface DeliveryCount {
  readonly count: number;
}

export interface DeskReport {
  readonly id: string;
  readonly version: number;
  readonly state: "open" | "resolved" | "dismissed";
  readonly category: "spam" | "legal" | "violation" | "other";
  readonly rule_ids: readonly string[];
  readonly comment: string;
  readonly source: string | null;
  readonly reporter: Account;
  readonly status_ids: readonly string[];
  readonly pack_ids: readonly string[];
  readonly playlist_ids: readonly string[];
  readonly forwarded: boolean;
  readonly assigned_to: Account | null;
  readonly closed_by: Account | null;
  readonly closed_at: string | null;
  readonly created_at: string;
}

export interface DiscoveryChange {
  /** The entry of the log */
  readonly audit_id: string;
}

export interface DiscoveryPack {
  readonly id: string;
  readonly state: "running" | "stopped" | "done";
  readonly topics: readonly string[];
  /** Servers whose trends, and whose posts with these hashtags, are read */
  readonly hosts: readonly string[];
  /** Handles of accounts whose newest videos are brought */
  readonly accounts: readonly string[];
  readonly max_videos: number;
  readonly created_at: string;
  readonly ended_at: string | null;
  /** Lists and posts whose server is still to be asked */
  readonly waiting: number;
  /** Videos that are here by it */
  readonly found: number;
  /** Those of them that can be played here */
  readonly playable: number;
  readonly refused: readonly {
    readonly reason: string;
    readonly count: number;
  }[];
}

export interface DiscoveryStart {
  readonly id: string;
  readonly audit_id: string;
}

export interface DomainDeed {
  /** Of its entry in the audit log; null where nothing changed */
  readonly id: string | null;
  readonly changed: number;
}

export interface DomainDeedEntry {
  readonly id: string;
  readonly action: string;
  readonly target: string;
  readonly reason: string;
  /** How many it changed */
  readonly domains: number;
  readonly created_at: string;
  readonly undone: boolean;
}

export interface DomainDraft {
  readonly id: string;
  readonly subscription_id: string;
  readonly domain: string;
  readonly severity: "allow" | "noop" | "no-feed" | "silence" | "suspend";
  readonly reject_media: boolean;
  readonly reject_reports: boolean;
  readonly public_comment: string;
  readonly created_at: string;
}

export interface DomainEffect {
  readonly accounts: number;
  readonly videos: number;
  /** Follows of people here of accounts there */
  readonly follows_out: number;
  /** How many people here that are */
  readonly local_followers: number;
  readonly follows_in: number;
  readonly open_deliveries: number;
  readonly media_bytes: number;
}

export interface DomainEffectBefore {
  readonly accounts: number;
  readonly videos: number;
  /** Follows of people here of accounts there */
  readonly follows_out: number;
  /** How many people here that are */
  readonly local_followers: number;
  readonly follows_in: number;
  readonly open_deliveries: number;
  readonly media_bytes: number;
  /** Of one domain: follows that its suspension ended and that would be asked for again */
  readonly returnable: {
    readonly out: number;
    readonly in: number;
  } | null;
}

export interface DomainExclude {
  readonly domain: string;
  readonly note: string;
  readonly created_at: string;
}

export interface DomainImport {
  /** Null where it was only looked at */
  readonly deed: DomainDeed | null;
  readonly added: number;
  readonly changed: number;
  readonly same: number;
  /** The first of those that are added or changed */
  readonly first: readonly string[];
  /** Decided by hand, or by a list: they stay */
  readonly kept: readonly {
    readonly domain: string;
    readonly severity: "allow" | "noop" | "no-feed" | "silence" | "suspend";
  }[];
  readonly problems: readonly {
    readonly line: number;
    readonly problem: "domain-invalid" | "obfuscated" | "top-level" | "own-domain" | "severity-unknown" | "flag-invalid" | "comment-too-long" | "duplicate" | "unreadable";
    readonly text: string;
  }[];
  readonly problem_count: number;
  readonly effect: DomainEffect | null;
}

export interface DomainPolicy {
  readonly domain: string;
  readonly severity: "allow" | "noop" | "no-feed" | "silence" | "suspend";
  readonly reject_media: boolean;
  readonly reject_reports: boolean;
  readonly public_comment: string;
  readonly private_comment: string;
  readonly obfuscate: boolean;
  readonly expires_at: string | null;
  readonly created_at: string;
  readonly origin: "hand" | "import" | "subscription";
  readonly subscription_id: string | null;
}

export interface DomainPurge {
  /** Accounts that were here when it was asked for */
  readonly total: number;
  readonly ended: number;
  readonly started_at: string;
  /** Null while it is under way */
  readonly finished_at: string | null;
}

export interface DomainSubscription {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly priority: number;
  readonly drafts: boolean;
  readonly adopt_orphans: boolean;
  readonly on_retraction: "remove" | "orphan";
  readonly fetched_at: string | null;
  readonly succeeded_at: string | null;
  readonly failure: string | null;
  readonly failures: number;
  readonly bad_lines: number;
  readonly entries: number;
  /** That are its own now */
  readonly policies: number;
  readonly open_drafts: number;
}

export interface DomainUndo {
  /** Of its entry in the audit log; null where nothing changed */
  readonly id: string | null;
  readonly changed: number;
  readonly kept: readonly string[];
}

export interface EmailDomainBlock {
  readonly id: string;
  readonly domain: string;
  readonly allow_with_approval: boolean;
  readonly created_at: string;
  readonly history: readonly {}[];
}

export interface EmailPreferences {
  /** Your address */
  readonly email: string | null;
  readonly confirmed: boolean;
  /** How often you are mailed what you have not seen */
  readonly digest: "never" | "daily" | "weekly";
  /** Of these types of notifications */
  readonly types: readonly ("mention" | "follow" | "follow_request" | "reblog" | "favourite" | "status" | "update" | "quote" | "vireo.published" | "vireo.rejected" | "vireo.report" | "vireo.pack" | "vireo.remix_request" | "vireo.remix_refused")[];
  /** Where it is 8 in the morning when a digest is sent; weekly ones on Monday */
  readonly time_zone: string;
}

export interface Empty {}

export interface ErrorBody {
  /** Sentence for people */
  readonly error: string;
  /** The same sentence */
  readonly detail: string;
  readonly status: number;
  /** Stable word for programs */
  readonly code: string;
  readonly details?: readonly {
    readonly field: string;
    readonly message: string;
  }[];
}

export interface ExchangeChange {
  /** The entry of the log */
  readonly audit_id: string;
}

export interface ExchangePeer {
  readonly id: string;
  readonly host: string;
  readonly created_at: string;
  /** Since when it is not asked, and what it told does not count */
  readonly paused_at: string | null;
  /** When it was asked last */
  readonly fetched_at: string | null;
  /** When it answered last */
  readonly succeeded_at: string | null;
  /** When it is asked next */
  readonly next_at: string;
  /** In a row */
  readonly failures: number;
  readonly failure: string | null;
  /** Posts it told of whose own server is still to be asked */
  readonly waiting: number;
  /** Posts that were found at their own server, in the last days */
  readonly accepted: number;
  /** Those of them that count in trends now */
  readonly counting: number;
  /** Posts that were not, by the reason */
  readonly refused: readonly {
    readonly reason: string;
    readonly count: number;
  }[];
}

export interface FailingHost {
  readonly host: string;
  readonly failing_since: string;
  /** In a row */
  readonly failures: number;
  readonly next_probe_at: string | null;
}

export interface FamiliarFollowers {
  readonly id: string;
  readonly accounts: readonly Account[];
}

export interface FeaturedTag {
  readonly id: string;
  /** As most people write it */
  readonly name: string;
  /** Its page */
  readonly url: string;
  /** Of the account, for everybody */
  readonly statuses_count: string;
  /** A day */
  readonly last_status_at: string | null;
}

export interface FeedPage {
  readonly videos: readonly FeedVideo[];
  /** Null: that was all */
  readonly next_cursor: string | null;
}

export interface FeedReason {
  readonly video_id: string;
  readonly score: number;
  /** Where it was found */
  readonly sources: readonly ("collaborative" | "content" | "social" | "trending" | "exploration")[];
  /** All parts of the score: they add up to it */
  readonly parts: readonly {
    /** What it is of, by a name that stays */
    readonly feature: string;
    readonly value: number;
    /** Ids, hashtags and numbers that it is about */
    readonly about: {};
  }[];
  /** Where it was chosen to find out whether people like it: how likely this choice was */
  readonly propensity: number | null;
  readonly slate_id: string;
  /** Of what it was ranked by; see the algorithm of this server */
  readonly weights_version: string;
  readonly made_at: string;
  /** In what was chosen together, from 1 */
  readonly place: number;
  /** What spoke for it most, in words */
  readonly reasons: readonly string[];
}

export interface FeedSettings {
  /** What you watch is counted, and not noted */
  readonly history_paused: boolean;
  /** For You stands among your lists */
  readonly for_you_list: boolean;
  /** False: For You uses nothing but whom you follow, block and mute */
  readonly personal: boolean;
  /** How much each source, weight and foreseen action counts for you; 1 where it is not named */
  readonly sliders: {};
  /** Hashtags */
  readonly interests: readonly string[];
  /** None: all */
  readonly languages: readonly string[];
}

export interface FeedSlate {
  readonly id: string;
  readonly weights_version: string;
  readonly made_at: string;
  /** What was chosen, best first, exactly as it was */
  readonly items: readonly {
    readonly video_id: string;
    readonly score: number;
    /** Where it was found */
    readonly sources: readonly ("collaborative" | "content" | "social" | "trending" | "exploration")[];
    /** All parts of the score: they add up to it */
    readonly parts: readonly {
      /** What it is of, by a name that stays */
      readonly feature: string;
      readonly value: number;
      /** Ids, hashtags and numbers that it is about */
      readonly about: {};
    }[];
    /** Where it was chosen to find out whether people like it: how likely this choice was */
    readonly propensity: number | null;
  }[];
}

export interface FeedStatuses {
  readonly statuses: readonly Status[];
  /** Null: that was all */
  readonly next_cursor: string | null;
}

export interface FeedVideo {
  readonly id: string;
  /** To everybody but its author: published */
  readonly status: "uploading" | "received" | "processing" | "draft" | "held" | "published" | "rejected" | "removed";
  readonly created_at: string;
  /** When it is posted, where it waits for that */
  readonly scheduled_at: string | null;
  readonly edited_at: string | null;
  /** Its ActivityPub id */
  readonly uri: string;
  readonly url: string;
  readonly author: Account;
  /** HTML, safe to show */
  readonly caption: string;
  readonly hashtags: readonly string[];
  readonly content_warning: string;
  readonly sensitive: boolean;
  readonly alt_text: string;
  readonly language: string | null;
  readonly visibility: "public" | "unlisted" | "private" | "direct";
  /** Seconds */
  readonly duration: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly poster_url: string | null;
  readonly blurhash: string | null;
  readonly playback_urls: {
    readonly hls: string | null;
    readonly dash: string | null;
    readonly mp4: string | null;
    /** Fragmented MP4, largest first */
    readonly qualities: readonly {
      readonly short_side: number;
      readonly width: number;
      readonly height: number;
      readonly url: string;
    }[];
  };
  readonly captions: readonly {
    readonly url: string;
    /** As in BCP 47; und where it is not known */
    readonly language: string;
    readonly label: string;
    /** Nobody wrote them: a service did */
    readonly automatic: boolean;
  }[];
  /** What is heard in it, which other videos may have as well; null where that is nothing */
  readonly sound: {
    /** Null until it was looked for who else has it */
    readonly id: string | null;
    /** As its author calls it; empty where it has no name */
    readonly title: string;
    /** Whether it was heard in this video first */
    readonly original: boolean;
    /** Whose it is, where the video was made with it; null where it is its own, or was only heard */
    readonly account: {
      readonly id: string;
      readonly username: string;
      readonly acct: string;
      readonly display_name: string;
      readonly url: string;
    } | null;
    /** Whether those who run this server have the video played without it */
    readonly muted: boolean;
    readonly withheld: {
      /** ISO 3166-1, two letters */
      readonly countries: readonly string[];
      /** All but these */
      readonly except: boolean;
      /** `refuse`: nobody is given the files of its videos there, which are answered with status 451. `mute`: under the same addresses they are given without their sound, and answered so until that is made */
      readonly action: "mute" | "refuse";
      readonly reason: string;
    } | null;
  } | null;
  /** What it was made from; null where that is no other video */
  readonly remix_of: RemixOf | null;
  /** What its author lets others do with it */
  readonly permissions: {
    readonly comment: boolean;
    readonly download: boolean;
    readonly duet: boolean;
    readonly stitch: boolean;
    readonly sound: boolean;
    /** Of duets and stitches that are allowed: each waits for its author to agree */
    readonly ask: boolean;
  };
  /** The MP4 to keep; null where its author does not want that, or there is none yet */
  readonly download_url: string | null;
  readonly stats: {
    /** How often it was watched here */
    readonly views: number;
    readonly likes: number;
    readonly comments: number;
    /** How often it was sent out of the app */
    readonly shares: number;
    /** How often it was passed on to followers: a boost */
    readonly reposts: number;
    /** How many keep it among their bookmarks */
    readonly saves: number;
    /** Duets and stitches of it */
    readonly remixes: number;
  };
  /** What the one who asks has done with it */
  readonly viewer: {
    readonly liked: boolean;
    readonly reposted: boolean;
    readonly saved: boolean;
  };
  /** Whom you follow and who passed it on, where it is shown for that */
  readonly shared_by: Account | null;
}

export interface Filter {
  readonly id: string;
  readonly title: string;
  readonly context: readonly ("home" | "notifications" | "public" | "thread" | "account")[];
  readonly expires_at: string | null;
  readonly filter_action: "warn" | "hide" | "blur";
  readonly keywords: readonly FilterKeyword[];
  readonly statuses: readonly FilterStatus[];
}

export interface FilterKeyword {
  readonly id: string;
  readonly keyword: string;
  readonly whole_word: boolean;
}

export interface FilterResult {
  readonly filter: {
    readonly id: string;
    readonly title: string;
    readonly context: readonly ("home" | "notifications" | "public" | "thread" | "account")[];
    readonly expires_at: string | null;
    readonly filter_action: "warn" | "hide" | "blur";
  };
  readonly keyword_matches: readonly string[] | null;
  readonly status_matches: readonly string[] | null;
}

export interface FilterStatus {
  readonly id: string;
  readonly status_id: string;
}

export interface FilterV1 {
  readonly id: string;
  readonly phrase: string;
  readonly context: readonly ("home" | "notifications" | "public" | "thread" | "account")[];
  readonly whole_word: boolean;
  readonly expires_at: string | null;
  readonly irreversible: boolean;
}

export interface FreshProof {
  readonly proof: string;
  readonly expires_at: string;
}

export interface GivenInvite {
  readonly id: string;
  readonly code: string;
  /** Page that signs people up with the code */
  readonly url: string;
  /** Null: no limit */
  readonly max_uses: number | null;
  readonly uses: number;
  /** Whoever comes follows you */
  readonly autofollow: boolean;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly created_at: string;
  /** Neither ended, run out nor used up */
  readonly open: boolean;
  readonly inviter: string;
  /** The first twenty of those who came */
  readonly came: readonly string[];
}

export interface GroupedNotifications {
  readonly accounts: readonly Account[];
  readonly partial_accounts?: readonly PartialAccountWithAvatar[];
  readonly statuses: readonly Status[];
  readonly notification_groups: readonly NotificationGroup[];
}

export interface HeldPost {
  readonly id: string;
  readonly kind: "video" | "comment";
  readonly target_id: string;
  /** The video itself, or the one that the comment stands under */
  readonly video_id: string | null;
  readonly account_id: string;
  readonly acct: string;
  readonly text: string;
  readonly poster: string | null;
  /** An MP4; its address is good for a short time */
  readonly media: string | null;
  readonly cause: "rule" | "hash" | "classifier";
  readonly rule_id: string | null;
  /** Its name */
  readonly rule: string | null;
  /** What was found */
  readonly note: string;
  /** What the classifier says that the video shows, the surest first */
  readonly labels: readonly VideoLabel[];
  readonly created_at: string;
}

export interface History {
  readonly entries: readonly {
    readonly video: FeedVideo;
    readonly first_watched_at: string;
    readonly watched_at: string;
    /** In all */
    readonly watched_seconds: number;
    /** Views that were counted: one an hour at most */
    readonly times: number;
    readonly completed: boolean;
  }[];
  /** Null: that was all */
  readonly next_cursor: string | null;
}

export interface Import {
  readonly id: string;
  readonly type: "following" | "blocks" | "mutes" | "domain_blocks" | "lists" | "bookmarks" | "folders" | "playlists" | "packs" | "tags" | "sounds";
  readonly mode: "merge" | "overwrite";
  readonly total: number;
  /** Lines that were tried */
  readonly done: number;
  readonly failed: number;
  /** The first of them */
  readonly failures: readonly {
    readonly name: string;
    readonly reason: string;
  }[];
  readonly created_at: string;
  readonly finished_at: string | null;
  /** When it was ended early, since you left */
  readonly cancelled_at: string | null;
}

export interface Instance {
  readonly domain: string;
  readonly title: string;
  readonly version: string;
  /** Where its source is; the server itself where its staff has not said */
  readonly source_url: string;
  readonly description: string;
  readonly usage: {
    readonly users: {
      readonly active_month: number;
    };
  };
  readonly thumbnail: {
    readonly url: string;
    readonly blurhash: string | null;
    readonly versions: {};
  };
  readonly icon: readonly {
    readonly src: string;
    readonly size: string;
  }[];
  readonly languages: readonly string[];
  readonly registrations: {
    readonly enabled: boolean;
    readonly approval_required: boolean;
    readonly reason_required: boolean;
    /** Addresses are confirmed by mail */
    readonly email_required: boolean;
    /** In years; null: nobody is asked */
    readonly min_age: number | null;
    /** Ours: `enabled` is false where an invite is needed, too */
    readonly mode: "open" | "approval" | "invite" | "closed";
    /** Ours: whether everybody here may invite others */
    readonly invites_enabled: boolean;
    readonly message: string | null;
    readonly url: string | null;
    readonly min_password_length: number;
    readonly max_password_length: number;
  };
  readonly api_versions: {
    readonly mastodon: number;
  };
  readonly contact: {
    readonly email: string;
    readonly account: Account | null;
  };
  readonly rules: readonly Rule[];
  readonly configuration: {
    readonly urls: {
      readonly streaming: string;
      /** Where people ask for a new password; null: of the staff */
      readonly password_reset: string | null;
    };
    readonly vapid: {
      /** Of the server, for web push */
      readonly public_key: string;
    };
    readonly accounts: {
      readonly max_featured_tags: number;
      readonly max_pinned_statuses: number;
    };
    readonly statuses: {
      readonly max_characters: number;
      /** Ours */
      readonly max_comment_characters: number;
      readonly max_media_attachments: number;
      readonly characters_reserved_per_url: number;
    };
    readonly media_attachments: {
      readonly supported_mime_types: readonly string[];
      readonly description_limit: number;
      readonly image_size_limit: number;
      readonly image_matrix_limit: number;
      /** Bytes */
      readonly video_size_limit: number;
      /** Seconds */
      readonly video_duration_limit: number;
      readonly video_frame_rate_limit: number;
      /** Pixels of one picture */
      readonly video_matrix_limit: number;
    };
    readonly polls: {
      readonly max_options: number;
      readonly max_characters_per_option: number;
      readonly min_expiration: number;
      readonly max_expiration: number;
    };
    readonly translation: {
      readonly enabled: boolean;
    };
    readonly embeds: {
      /** Ours: whether other pages may show its videos in a frame */
      readonly enabled: boolean;
    };
  };
}

export interface InstanceDomainBlock {
  /** With stars for letters where the staff hides part of it */
  readonly domain: string;
  /** SHA-256 of the domain, in hex */
  readonly digest: string;
  readonly severity: "silence" | "suspend";
  readonly comment: string;
}

export interface InstanceText {
  readonly updated_at: string | null;
  /** HTML, safe to show */
  readonly content: string;
}

export interface Invite {
  readonly id: string;
  readonly code: string;
  /** Page that signs people up with the code */
  readonly url: string;
  /** Null: no limit */
  readonly max_uses: number | null;
  readonly uses: number;
  /** Whoever comes follows you */
  readonly autofollow: boolean;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly created_at: string;
}

export interface InviteCheck {
  readonly invite_code: string;
  readonly instance_api_url: string;
}

export interface IpBlock {
  readonly id: string;
  readonly ip: string;
  readonly severity: "sign_up_requires_approval" | "sign_up_block" | "no_access";
  readonly comment: string;
  readonly created_at: string;
  readonly expires_at: string | null;
}

export interface Job {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly state: "waiting" | "running" | "dead";
  /** As JSON: ids, and addresses of other servers */
  readonly payload: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly created_at: string;
  readonly run_at: string;
  readonly died_at: string | null;
}

export interface JobCount {
  readonly count: number;
}

export interface KeptBackups {
  /** Why the place cannot be looked into */
  readonly problem: string | null;
  readonly backups: readonly {
    readonly name: string;
    readonly started_at: string;
    readonly version: string;
    readonly sealed: boolean;
    /** Whether copies of the media belong to it */
    readonly media: boolean;
    readonly rows: number;
    readonly objects: number;
    /** Without the copies of media, which backups share */
    readonly bytes: number;
  }[];
  readonly unfinished: readonly string[];
  /** Damaged, or sealed with another passphrase */
  readonly unreadable: readonly string[];
}

export interface KnownServer {
  readonly host: string;
  readonly software: string | null;
  readonly version: string | null;
  readonly first_seen_at: string;
  readonly last_inbound_at: string | null;
  readonly last_outbound_ok_at: string | null;
  readonly accounts: number;
  readonly failing_since: string | null;
  /** In a row */
  readonly failures: number;
  /** Nothing is sent before; null: the circuit is closed */
  readonly open_until: string | null;
  /** Of the nearest policy */
  readonly severity: "allow" | "noop" | "no-feed" | "silence" | "suspend" | null;
}

export interface KnownServerDetail {
  readonly host: string;
  readonly software: string | null;
  readonly version: string | null;
  readonly first_seen_at: string;
  readonly last_inbound_at: string | null;
  readonly last_outbound_ok_at: string | null;
  readonly accounts: number;
  readonly failing_since: string | null;
  /** In a row */
  readonly failures: number;
  /** Nothing is sent before; null: the circuit is closed */
  readonly open_until: string | null;
  /** Of the nearest policy */
  readonly severity: "allow" | "noop" | "no-feed" | "silence" | "suspend" | null;
  readonly node_name: string | null;
  readonly checked_at: string | null;
  readonly check_failure: string | null;
  /** Its own, or the nearest above it */
  readonly policy: DomainPolicy | null;
  readonly effect: DomainEffect;
  readonly dead_letters: number;
  readonly waiting_inbound: number;
  /** How far the last purge of its domain has come */
  readonly purge: DomainPurge | null;
  readonly refusals: readonly {
    readonly reason: string;
    readonly count: number;
  }[];
  readonly blocked_by: readonly {
    readonly host: string;
    readonly severity: "silence" | "suspend";
    readonly comment: string;
    readonly first_seen_at: string;
  }[];
}

export interface LegalHold {
  readonly id: string;
  readonly kind: "account" | "video" | "report";
  readonly target_id: string;
  /** By what the staff knows it again: a handle or an address */
  readonly label: string;
  readonly reason: string;
  /** The number of the case, as the authority calls it */
  readonly reference: string;
  readonly created_at: string;
  readonly released_at: string | null;
  /** Of one that was released: when its copies go */
  readonly gone_at: string | null;
  /** Records and files that are kept */
  readonly kept: number;
  /** Files that are being copied */
  readonly waiting: number;
  /** Files that were gone before they could be copied */
  readonly missing: number;
  readonly bytes: number;
}

export interface LegalHoldChange {
  readonly id: string;
  /** The entry of the log, by which this is taken back */
  readonly audit_id: string;
}

export interface LegalHoldEvidence {
  readonly id: string;
  readonly kind: "account" | "video" | "report";
  readonly target_id: string;
  /** By what the staff knows it again: a handle or an address */
  readonly label: string;
  readonly reason: string;
  /** The number of the case, as the authority calls it */
  readonly reference: string;
  readonly created_at: string;
  readonly released_at: string | null;
  /** Of one that was released: when its copies go */
  readonly gone_at: string | null;
  /** Records and files that are kept */
  readonly kept: number;
  /** Files that are being copied */
  readonly waiting: number;
  /** Files that were gone before they could be copied */
  readonly missing: number;
  readonly bytes: number;
  readonly items: readonly {
    /** Its name in the export */
    readonly path: string;
    readonly state: "waiting" | "kept" | "missing";
    readonly sha256: string | null;
    readonly bytes: number | null;
    /** Of a record, JSON */
    readonly content: string | null;
  }[];
}

export interface LegalHoldExport {
  readonly url: string;
  readonly bytes: number;
  /** SHA-256 of `SHA256SUMS`, the list of hashes in the file; the log has it, too */
  readonly sums: string;
}

export interface List {
  readonly id: string;
  readonly title: string;
  /** Kept for apps: timelines here hold videos, which answer nobody */
  readonly replies_policy: "followed" | "list" | "none";
  /** Who is in it is left out of the home timeline */
  readonly exclusive: boolean;
}

export interface ListedEvidence {
  readonly url: string;
}

export interface ListedId {
  readonly id: string;
}

export interface ListedImport {
  readonly added: number;
  readonly known: number;
  /** Lines that say nothing that can be used, by their number */
  readonly bad: readonly number[];
}

export interface ListedMatch {
  readonly id: string;
  readonly listed_id: string | null;
  readonly video_id: string;
  readonly account_id: string;
  /** Null: the account is gone */
  readonly acct: string | null;
  /** Whether the file is kept */
  readonly evidence: boolean;
  readonly found_by: "file" | "picture";
  readonly created_at: string;
}

export interface ListedMedia {
  readonly id: string;
  readonly sha256: string | null;
  /** Of how many frames the hashes are known; 0: only the file is listed */
  readonly frames: number;
  /** Bits of 64 by which a frame may differ */
  readonly distance: number;
  /** How much of a sound is known; 0: it is not listed by its sound */
  readonly sound_seconds: number;
  /** What happens to videos in which that sound is heard */
  readonly sound_action: "mute" | "refuse" | null;
  readonly label: string;
  readonly created_at: string;
}

export interface LiveAnalytics {
  readonly as_of: string;
  readonly last_hour: {
    readonly totals: {
      readonly views: number;
      readonly completions: number;
      /** Seconds */
      readonly watched_seconds: number;
      readonly likes: number;
      readonly comments: number;
      readonly shares: number;
    };
    readonly minutes: readonly {
      readonly starts_at: string;
      readonly figures: {
        readonly views: number;
        readonly completions: number;
        /** Seconds */
        readonly watched_seconds: number;
        readonly likes: number;
        readonly comments: number;
        readonly shares: number;
      };
    }[];
  };
  readonly last_48_hours: {
    readonly totals: {
      readonly views: number;
      readonly completions: number;
      /** Seconds */
      readonly watched_seconds: number;
      readonly likes: number;
      readonly comments: number;
      readonly shares: number;
    };
    readonly hours: readonly {
      readonly starts_at: string;
      readonly figures: {
        readonly views: number;
        readonly completions: number;
        /** Seconds */
        readonly watched_seconds: number;
        readonly likes: number;
        readonly comments: number;
        readonly shares: number;
      };
    }[];
  };
}

export interface Marker {
  readonly last_read_id: string;
  readonly version: number;
  readonly updated_at: string;
}

export interface Measure {
  readonly id: string;
  readonly action: string;
  readonly target: {
    readonly kind: "account" | "video" | "comment";
    readonly id: string;
  };
  /** Whom it is about */
  readonly account: Account | null;
  readonly text: string;
  readonly rule_ids: readonly string[];
  readonly report_ids: readonly string[];
  readonly automated: boolean;
  readonly by: Account | null;
  /** Of the strike; null where nobody was told */
  readonly number: number | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly lifted_at: string | null;
  readonly final_at: string | null;
  readonly purged_at: string | null;
  /** Of the entry of the log, by which it is taken back */
  readonly audit_id: string | null;
}

export interface Media {
  readonly id: string;
  readonly type: "video";
  /** MP4; null while a video of another server is being copied. Where this server passes on the bytes of another one, MP4 or WebM */
  readonly url: string | null;
  readonly preview_url: string | null;
  readonly remote_url: string | null;
  readonly description: string;
  readonly blurhash: string | null;
  /** Base64 */
  readonly thumbhash: string | null;
  /** The poster as WebP */
  readonly preview_webp_url: string | null;
  /** Three seconds of it, small and silent */
  readonly teaser_url: string | null;
  /** WebVTT whose cues name parts of one picture */
  readonly storyboard_url: string | null;
  readonly captions: readonly {
    readonly url: string;
    /** As in BCP 47; und where it is not known */
    readonly language: string;
    readonly label: string;
    /** Nobody wrote them: a service did */
    readonly automatic: boolean;
  }[];
  readonly preview_remote_url: string | null;
  readonly text_url: null;
  readonly meta: {
    /** Hours, minutes and seconds */
    readonly length?: string;
    readonly original: {
      readonly width: number | null;
      readonly height: number | null;
      readonly size?: string;
      readonly duration: number | null;
      readonly aspect: number | null;
      /** A fraction */
      readonly frame_rate?: string;
      /** Bits per second */
      readonly bitrate?: number;
    };
    /** The poster */
    readonly small?: {
      readonly width: number;
      readonly height: number;
      readonly size: string;
      readonly aspect: number;
    };
    /** What matters in the picture: from -1 (left, bottom) to 1 (right, top) */
    readonly focus?: {
      readonly x: number;
      readonly y: number;
    };
  };
  readonly hls_url: string | null;
  readonly dash_url: string | null;
  /** JSON with the byte ranges of every size, in pieces of 0.4 s */
  readonly chunks_url: string | null;
  readonly renditions: readonly {
    readonly url: string;
    readonly width: number;
    readonly height: number;
    readonly bandwidth: number;
    readonly codecs: string;
  }[];
  /** Why there is nothing to play yet; null once there is */
  readonly processing: {
    /** making: its author alone sees it until then; on-demand: it is copied here once GET /api/v1/statuses/:id asks for it; elsewhere: it can be watched on its own page only */
    readonly state: "making" | "copying" | "on-demand" | "elsewhere" | "failed";
    readonly percent: number;
    readonly detail: string | null;
  } | null;
}

export interface MutedAccount {
  readonly id: string;
  readonly username: string;
  readonly acct: string;
  readonly display_name: string;
  /** HTML, safe to show */
  readonly note: string;
  readonly url: string;
  readonly uri: string;
  /** Always of this server, also for accounts of others */
  readonly avatar: string;
  readonly avatar_static: string;
  readonly header: string;
  readonly header_static: string;
  readonly locked: boolean;
  readonly bot: boolean;
  readonly group: boolean;
  readonly discoverable: boolean;
  readonly indexable: boolean;
  /** Search engines are asked to leave it out */
  readonly noindex: boolean;
  readonly hide_collections: boolean;
  /** Whether others may see which public videos it likes */
  readonly shows_likes: boolean;
  readonly created_at: string;
  /** Day of the newest video; null in lists */
  readonly last_status_at: string | null;
  readonly followers_count: number;
  readonly following_count: number;
  readonly statuses_count: number;
  readonly emojis: readonly {}[];
  readonly fields: readonly {
    readonly name: string;
    /** HTML, safe to show */
    readonly value: string;
    /** When the page it leads to was seen to lead back */
    readonly verified_at: string | null;
  }[];
  /** Those of the staff of this server */
  readonly roles: readonly {
    readonly id: string;
    readonly name: string;
    readonly color: string;
  }[];
  /** Server of the account; null for this one */
  readonly host: string | null;
  /** The account that took this one’s place */
  readonly moved?: {
    readonly id: string;
    readonly username: string;
    readonly acct: string;
    readonly display_name: string;
    /** HTML, safe to show */
    readonly note: string;
    readonly url: string;
    readonly uri: string;
    /** Always of this server, also for accounts of others */
    readonly avatar: string;
    readonly avatar_static: string;
    readonly header: string;
    readonly header_static: string;
    readonly locked: boolean;
    readonly bot: boolean;
    readonly group: boolean;
    readonly discoverable: boolean;
    readonly indexable: boolean;
    /** Search engines are asked to leave it out */
    readonly noindex: boolean;
    readonly hide_collections: boolean;
    /** Whether others may see which public videos it likes */
    readonly shows_likes: boolean;
    readonly created_at: string;
    /** Day of the newest video; null in lists */
    readonly last_status_at: string | null;
    readonly followers_count: number;
    readonly following_count: number;
    readonly statuses_count: number;
    readonly emojis: readonly {}[];
    readonly fields: readonly {
      readonly name: string;
      /** HTML, safe to show */
      readonly value: string;
      /** When the page it leads to was seen to lead back */
      readonly verified_at: string | null;
    }[];
    /** Those of the staff of this server */
    readonly roles: readonly {
      readonly id: string;
      readonly name: string;
      readonly color: string;
    }[];
    /** Server of the account; null for this one */
    readonly host: string | null;
  };
  readonly mute_expires_at: string | null;
}

export interface NewReportNote {
  readonly id: string;
  readonly report_id: string | null;
  /** Who wrote it; null: at the command line */
  readonly account: Account | null;
  readonly text: string;
  readonly created_at: string;
  readonly audit_ids: readonly string[];
}

export interface Notification {
  readonly id: string;
  /** Those that begin with vireo are our own: an upload can be watched, or was refused; somebody put you into a starter pack */
  readonly type: "mention" | "status" | "reblog" | "follow" | "follow_request" | "favourite" | "update" | "quote" | "admin.sign_up" | "admin.report" | "admin.upkeep" | "moderation_warning" | "vireo.published" | "vireo.rejected" | "vireo.report" | "vireo.pack" | "vireo.remix_request" | "vireo.remix_refused";
  readonly group_key: string;
  readonly created_at: string;
  /** Who did it */
  readonly account: Account;
  readonly status: Status | null;
  /** Of type admin.report */
  readonly report: NotificationReport | null;
  /** Of type moderation_warning */
  readonly moderation_warning: AccountWarning | null;
  /** Of type vireo.pack: the starter pack you were put into */
  readonly pack: {
    readonly id: string;
    readonly title: string;
    readonly url: string;
  } | null;
  /** Of type vireo.rejected: why the upload was refused */
  readonly processing: Processing | null;
}

export interface NotificationGroup {
  readonly group_key: string;
  readonly notifications_count: number;
  /** Those that begin with vireo are our own: an upload can be watched, or was refused; somebody put you into a starter pack */
  readonly type: "mention" | "status" | "reblog" | "follow" | "follow_request" | "favourite" | "update" | "quote" | "admin.sign_up" | "admin.report" | "admin.upkeep" | "moderation_warning" | "vireo.published" | "vireo.rejected" | "vireo.report" | "vireo.pack" | "vireo.remix_request" | "vireo.remix_refused";
  /** Below 2^53 */
  readonly most_recent_notification_id: number;
  readonly page_min_id: string;
  readonly page_max_id: string;
  readonly latest_page_notification_at: string;
  readonly sample_account_ids: readonly string[];
  readonly status_id: string | null;
  /** Our own: the video that is spoken of, or below which the comment is; among `statuses`, too */
  readonly clip_id: string | null;
  /** Of type admin.report */
  readonly report: NotificationReport | null;
  /** Of type moderation_warning */
  readonly moderation_warning: AccountWarning | null;
  /** Of type vireo.pack: the starter pack you were put into */
  readonly pack: {
    readonly id: string;
    readonly title: string;
    readonly url: string;
  } | null;
  /** Of type vireo.rejected: why the upload was refused */
  readonly processing: Processing | null;
}

export interface NotificationPolicy {
  readonly for_not_following: "accept" | "filter" | "drop";
  readonly for_not_followers: "accept" | "filter" | "drop";
  readonly for_new_accounts: "accept" | "filter" | "drop";
  readonly for_private_mentions: "accept" | "filter" | "drop";
  readonly for_limited_accounts: "accept" | "filter" | "drop";
  /** Our own: types of which nothing is told. Of mentions, `vireo.comment` are comments on your videos, and `vireo.reply` answers to your comments */
  readonly muted_types: readonly ("mention" | "status" | "reblog" | "follow" | "follow_request" | "favourite" | "update" | "quote" | "admin.sign_up" | "admin.report" | "admin.upkeep" | "moderation_warning" | "vireo.published" | "vireo.rejected" | "vireo.report" | "vireo.pack" | "vireo.remix_request" | "vireo.remix_refused" | "vireo.comment" | "vireo.reply")[];
  readonly summary: {
    readonly pending_requests_count: number;
    readonly pending_notifications_count: number;
  };
}

export interface NotificationReport {
  readonly id: string;
  readonly action_taken: boolean;
  readonly action_taken_at: string | null;
  readonly category: "spam" | "violation" | "legal" | "other";
  readonly comment: string;
  readonly forwarded: boolean;
  readonly created_at: string;
  readonly status_ids: readonly string[];
  readonly rule_ids: readonly string[];
  readonly target_account: Account;
}

export interface NotificationRequest {
  readonly id: string;
  readonly created_at: string;
  readonly updated_at: string;
  /** A number in digits, as the Mastodon API has it */
  readonly notifications_count: string;
  readonly account: Account;
  readonly last_status: Status | null;
}

export interface OwnPlaylist {
  readonly id: string;
  readonly title: string;
  /** As written */
  readonly description: string;
  /** `unlisted`: for whoever knows the address */
  readonly visibility: "public" | "unlisted" | "followers" | "private";
  readonly url: string;
  /** Whose it is */
  readonly account: Account;
  /** Those that the viewer may see */
  readonly videos_count: number;
  /** The video that stands for it; null where the viewer may see none */
  readonly cover: {
    readonly video_id: string;
    /** Of its poster; null where that is not for everybody’s eyes */
    readonly url: string | null;
    readonly remote_url: string | null;
    readonly blurhash: string | null;
  } | null;
  /** The staff took it from everybody but its owner */
  readonly taken_down: boolean;
  /** Chosen by its owner; null: the first one */
  readonly cover_video_id: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  /** The video that `video_id` names is in it */
  readonly has_video: boolean;
}

export interface OwnReport {
  readonly id: string;
  readonly created_at: string;
  readonly comment: string;
  readonly category: "spam" | "legal" | "violation" | "other";
  readonly target_account: Account;
  readonly outcome: "waiting" | "done" | "not-done";
  readonly decided_at: string | null;
}

export interface OwnSession {
  readonly id: string;
  /** The one that asks */
  readonly current: boolean;
  readonly app: {
    readonly name: string;
    readonly website: string | null;
  } | null;
  readonly scopes: readonly string[];
  readonly user_agent: string;
  readonly created_at: string;
  /** To about ten minutes */
  readonly last_used_at: string;
  /** Null: it lasts until it is ended */
  readonly expires_at: string | null;
}

export interface OwnStorage {
  /** Null: no limit */
  readonly max_bytes: number | null;
  /** Who says so */
  readonly source: "account" | "role" | "server";
  readonly used_bytes: number;
}

export interface Pack {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Id of its collection, by which other servers read it */
  readonly uri: string;
  /** Its page */
  readonly url: string;
  /** Who made it */
  readonly account: Account;
  /** How many people the viewer is shown in it */
  readonly size: number;
  /** The first of them */
  readonly sample: readonly Account[];
  /** Made by the viewer */
  readonly mine: boolean;
  /** The viewer is in it, and can leave it */
  readonly with_me: boolean;
  /** The staff took it from everybody but its owner */
  readonly taken_down: boolean;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface PackChange {
  readonly pack: Pack;
  /** Who was not put in, and why */
  readonly refused: readonly {
    /** Id, or handle as it was given */
    readonly account: string;
    readonly reason: "not-found" | "not-discoverable" | "left" | "full" | "already-in";
  }[];
}

export interface PackFile {
  readonly title: string;
  readonly description: string;
  /** Handles with their servers */
  readonly accounts: readonly string[];
}

export interface PackFollowed {
  /** Followed now, or before */
  readonly followed: number;
  /** Asked, and not answered yet */
  readonly requested: number;
  readonly refused: number;
}

export interface PackImport {
  readonly pack: Pack;
  /** Who was not put in, and why */
  readonly refused: readonly {
    /** Id, or handle as it was given */
    readonly account: string;
    readonly reason: "not-found" | "not-discoverable" | "left" | "full" | "already-in";
  }[];
}

export interface PartialAccountWithAvatar {
  readonly id: string;
  readonly acct: string;
  readonly url: string;
  readonly avatar: string | null;
  readonly avatar_static: string | null;
  readonly locked: boolean;
  readonly bot: boolean;
}

export interface Passkey {
  readonly id: string;
  readonly name: string;
  /** Its maker keeps a copy for your other devices */
  readonly synced: boolean;
  readonly created_at: string;
  readonly last_used_at: string | null;
}

export interface PendingAccount {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly reason: string | null;
  /** Whether the address is known to be the person’s */
  readonly confirmed: boolean;
  readonly created_at: string;
}

export interface Playlist {
  readonly id: string;
  readonly title: string;
  /** As written */
  readonly description: string;
  /** `unlisted`: for whoever knows the address */
  readonly visibility: "public" | "unlisted" | "followers" | "private";
  readonly url: string;
  /** Whose it is */
  readonly account: Account;
  /** Those that the viewer may see */
  readonly videos_count: number;
  /** The video that stands for it; null where the viewer may see none */
  readonly cover: {
    readonly video_id: string;
    /** Of its poster; null where that is not for everybody’s eyes */
    readonly url: string | null;
    readonly remote_url: string | null;
    readonly blurhash: string | null;
  } | null;
  /** The staff took it from everybody but its owner */
  readonly taken_down: boolean;
  /** Chosen by its owner; null: the first one */
  readonly cover_video_id: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Post {
  readonly id: string;
  readonly created_at: string;
  readonly account: Account;
  /** HTML, safe to show */
  readonly content: string;
  readonly spoiler_text: string;
  readonly sensitive: boolean;
  readonly visibility: "public" | "unlisted" | "private" | "direct";
  readonly language: string | null;
  readonly uri: string;
  readonly url: string;
  readonly media_attachments: readonly Media[];
  readonly tags: readonly {
    readonly name: string;
    readonly url: string;
  }[];
  readonly mentions: readonly {
    readonly id: string;
    readonly username: string;
    readonly acct: string;
    readonly url: string;
  }[];
  readonly emojis: readonly {}[];
  readonly replies_count: number;
  readonly reblogs_count: number;
  readonly favourites_count: number;
  /** By the viewer, as the next two */
  readonly favourited: boolean;
  readonly reblogged: boolean;
  readonly bookmarked: boolean;
  /** The viewer wants to hear no more of its thread */
  readonly muted: boolean;
  readonly pinned: boolean;
  readonly edited_at: string | null;
  /** What the filters of the viewer say of it */
  readonly filtered: readonly FilterResult[];
  readonly in_reply_to_id: string | null;
  readonly in_reply_to_account_id: string | null;
  readonly reblog: null;
  readonly card: null;
  readonly poll: null;
  /** Duets and stitches of it */
  readonly quotes_count: number;
  /** What it was posted with, where that is an app */
  readonly application: {
    readonly name: string;
    readonly website: string | null;
  } | null;
  /** Ours: what is said of a video besides; null on comments */
  readonly video: VideoFacts | null;
  /** Of a duet or a stitch: what it was made from, where that can be seen */
  readonly quote: {
    readonly state: "accepted" | "pending" | "rejected" | "deleted" | "unauthorized";
    readonly quoted_status: QuotedPost | null;
  } | null;
}

export interface Preferences {
  readonly 'posting:default:visibility': "public" | "unlisted" | "private" | "direct";
  readonly 'posting:default:sensitive': boolean;
  readonly 'posting:default:language': string | null;
  /** What others may do with videos */
  readonly 'posting:default:permissions': {
    readonly download: boolean;
    readonly duet: boolean;
    readonly stitch: boolean;
    readonly sound: boolean;
    readonly ask: boolean;
  };
  readonly 'reading:expand:media': "default" | "show_all" | "hide_all";
  readonly 'reading:expand:spoilers': boolean;
}

export interface Processing {
  readonly id: string;
  readonly state: "uploading" | "received" | "processing" | "draft" | "held" | "published" | "rejected" | "removed";
  /** What is being done, for display */
  readonly stage: "reading" | "downloading" | "composing" | "inspecting" | "transcoding" | "packaging" | "storing" | null;
  /** Of the work under way; 100 once nothing is left to make */
  readonly percent: number;
  /** It can be watched already, perhaps in fewer sizes than it will have */
  readonly playable: boolean;
  /** Nothing more is being made: this stays as it is */
  readonly done: boolean;
  readonly sizes: {
    /** Short sides in pixels, largest first */
    readonly made: readonly number[];
    /** What the source is good for; empty while that is not known */
    readonly planned: readonly number[];
  };
  readonly reason: string | null;
  /** Why the file was refused, for people */
  readonly detail: string | null;
  readonly status_url: string;
  readonly url: string;
}

export interface Queue {
  readonly name: string;
  readonly waiting: number;
  /** How long the job has waited that is due for longest */
  readonly oldest_seconds: number | null;
  readonly running: number;
  /** Dead letters: jobs that used all their tries */
  readonly failed: number;
  readonly paused_at: string | null;
  /** Workers that live and serve it */
  readonly workers: number;
}

export interface QuotedPost {
  readonly id: string;
  readonly created_at: string;
  readonly account: Account;
  /** HTML, safe to show */
  readonly content: string;
  readonly spoiler_text: string;
  readonly sensitive: boolean;
  readonly visibility: "public" | "unlisted" | "private" | "direct";
  readonly language: string | null;
  readonly uri: string;
  readonly url: string;
  readonly media_attachments: readonly Media[];
  readonly tags: readonly {
    readonly name: string;
    readonly url: string;
  }[];
  readonly mentions: readonly {
    readonly id: string;
    readonly username: string;
    readonly acct: string;
    readonly url: string;
  }[];
  readonly emojis: readonly {}[];
  readonly replies_count: number;
  readonly reblogs_count: number;
  readonly favourites_count: number;
  /** By the viewer, as the next two */
  readonly favourited: boolean;
  readonly reblogged: boolean;
  readonly bookmarked: boolean;
  /** The viewer wants to hear no more of its thread */
  readonly muted: boolean;
  readonly pinned: boolean;
  readonly edited_at: string | null;
  /** What the filters of the viewer say of it */
  readonly filtered: readonly FilterResult[];
  readonly in_reply_to_id: string | null;
  readonly in_reply_to_account_id: string | null;
  readonly reblog: null;
  readonly card: null;
  readonly poll: null;
  /** Duets and stitches of it */
  readonly quotes_count: number;
  /** What it was posted with, where that is an app */
  readonly application: {
    readonly name: string;
    readonly website: string | null;
  } | null;
  /** Ours: what is said of a video besides; null on comments */
  readonly video: VideoFacts | null;
  readonly quote: {
    readonly state: "accepted" | "pending" | "rejected" | "deleted" | "unauthorized";
    readonly quoted_status_id: string | null;
  } | null;
}

export interface RaidMode {
  readonly on: boolean;
  readonly since: string | null;
  /** When it ends by itself */
  readonly until: string | null;
  readonly reason: string;
}

export interface Relationship {
  readonly id: string;
  readonly following: boolean;
  readonly showing_reblogs: boolean;
  readonly notifying: boolean;
  /** Videos in others are left out; null: all are shown */
  readonly languages: readonly string[] | null;
  readonly requested: boolean;
  readonly requested_by: boolean;
  readonly followed_by: boolean;
  readonly blocking: boolean;
  readonly blocked_by: boolean;
  readonly muting: boolean;
  readonly muting_notifications: boolean;
  readonly muting_expires_at: string | null;
  readonly domain_blocking: boolean;
  readonly endorsed: boolean;
  /** What the viewer has noted for herself */
  readonly note: string;
}

export interface Relay {
  readonly id: string;
  readonly inbox: string;
  /** Null: it has not answered yet */
  readonly actor: string | null;
  /** How it was asked */
  readonly kind: "mastodon" | "litepub";
  readonly state: "pending" | "accepted" | "rejected";
  /** Since when what it tells is passed over */
  readonly paused_at: string | null;
  readonly created_at: string;
  /** When a video was last kept on its word */
  readonly last_video_at: string | null;
  /** Kept on its word, all in all */
  readonly videos: number;
  readonly videos_today: number;
  /** Since when its server does not answer */
  readonly failing_since: string | null;
  /** Of the last delivery to it that was given up */
  readonly last_error: string | null;
}

export interface RelayChange {
  /** The entry of the log */
  readonly audit_id: string;
}

export interface Releases {
  /** The one that runs */
  readonly version: string;
  readonly schema: {
    /** The last migration that ran */
    readonly newest: string | null;
    /** A newer version has migrated, and this process is to be replaced */
    readonly from_newer: boolean;
  };
  /** Whether a feed of releases is configured */
  readonly watched: boolean;
  readonly checked_at: string | null;
  readonly last_error: string | null;
  /** A newer version; `security` where it, or one before it, mends a hole */
  readonly newest: {
    readonly version: string;
    readonly url: string;
    readonly security: boolean;
  } | null;
}

export interface RemixOf {
  readonly kind: "duet" | "stitch";
  /** Of a duet */
  readonly layout: "side_by_side" | "top_bottom" | "picture_in_picture" | null;
  /** `pending`: its author has not answered; `refused`: does not allow it; `unavailable`: it is gone, or not for the viewer */
  readonly state: "available" | "pending" | "refused" | "unavailable";
  /** Nobody but who made it sees it, as the author of the original has to agree first */
  readonly unpublished: boolean;
  /** Of `refused`: its author said no, did not answer in time (`silence`), it was gone before they did, or its author deleted it and wants this to go as well (`withdrawn`) */
  readonly refusal: "declined" | "silence" | "gone" | "withdrawn" | null;
  readonly video_id: string | null;
  /** Page of the original */
  readonly url: string | null;
  /** Its author */
  readonly account: {
    readonly id: string;
    readonly username: string;
    readonly acct: string;
    readonly display_name: string;
    readonly url: string;
  } | null;
}

export interface RemixPermission {
  readonly duet: {
    readonly allowed: boolean;
    /** A word for programs, where it is not allowed */
    readonly reason: string | null;
    /** The same in a sentence */
    readonly message: string | null;
    /** It is published once the author of the original agrees to it */
    readonly asks: boolean;
  };
  readonly stitch: {
    readonly allowed: boolean;
    /** A word for programs, where it is not allowed */
    readonly reason: string | null;
    /** The same in a sentence */
    readonly message: string | null;
    /** It is published once the author of the original agrees to it */
    readonly asks: boolean;
  };
}

export interface RemixRequest {
  readonly id: string;
  readonly kind: "duet" | "stitch";
  readonly created_at: string;
  /** What they write to it, as text */
  readonly caption: string;
  /** Who asks */
  readonly account: Account;
  /** The video of yours */
  readonly video_id: string;
  /** Where the duet or the stitch can be watched before */
  readonly preview_url: string | null;
}

export interface Report {
  readonly id: string;
  readonly comment: string;
  readonly forwarded: boolean;
  readonly category: "spam" | "legal" | "violation" | "other";
  readonly rule_ids: readonly string[];
  /** As they were named */
  readonly status_ids: readonly string[];
  /** As they were named */
  readonly pack_ids: readonly string[];
  /** As they were named */
  readonly playlist_ids: readonly string[];
  readonly target_account: Account;
}

export interface ReportChange {
  /** Entries of the audit log, by which it can be taken back */
  readonly audit_ids: readonly string[];
}

export interface ReportEvidence {
  readonly id: string;
  readonly kind: "video" | "comment" | "pack" | "playlist";
  /** Of the post, starter pack or playlist */
  readonly status_id: string;
  readonly uri: string;
  readonly posted_at: string;
  readonly captured_at: string;
  readonly text: string;
  readonly transcript: string;
  readonly frames_state: "none" | "waiting" | "kept" | "missing";
  readonly frames: {
    readonly url: string;
    /** Seconds of the video for each picture */
    readonly interval: number;
    readonly tiles: number;
    readonly columns: number;
    readonly rows: number;
    readonly tile_width: number;
    readonly tile_height: number;
    readonly sha256: string;
  } | null;
  readonly files: readonly {
    readonly role: string;
    readonly sha256: string;
    readonly bytes: number;
  }[];
  /** What the classifier had said of the video */
  readonly labels: readonly VideoLabel[];
  /** Where it can be watched; null once it is gone */
  readonly video_url: string | null;
}

export interface ReportGroup {
  /** Of the reported account */
  readonly id: string;
  readonly target_account: Account;
  readonly count: number;
  readonly reporters: number;
  readonly oldest_at: string;
  readonly newest_at: string;
  readonly categories: readonly {
    readonly category: "spam" | "legal" | "violation" | "other";
    readonly count: number;
  }[];
  readonly rules: readonly {
    readonly id: string;
    readonly text: string;
    readonly hint: string;
  }[];
  readonly sources: readonly {
    readonly host: string | null;
    readonly count: number;
  }[];
  readonly assigned_to: readonly Account[];
  readonly posts: readonly ReportedPost[];
  /** The oldest 200, as a change of the group names them */
  readonly reports: readonly {
    readonly id: string;
    readonly version: number;
  }[];
}

export interface ReportGroupPage {
  readonly target_account: Account;
  readonly reports: readonly DeskReport[];
  /** Of all reports about the account, shown or not */
  readonly count: number;
  readonly history: {
    readonly open: number;
    readonly resolved: number;
    readonly dismissed: number;
  };
  /** How earlier reports of each reporter ended */
  readonly reporters: readonly {
    readonly open: number;
    readonly resolved: number;
    readonly dismissed: number;
    readonly id: string;
  }[];
  readonly statuses: readonly Status[];
  /** The most reported first; also those that are gone */
  readonly posts: readonly ReportedPost[];
  /** The starter packs among them that are there */
  readonly packs: readonly ReportedCollection[];
  /** The playlists among them that are there */
  readonly playlists: readonly ReportedCollection[];
  readonly notes: readonly ReportNote[];
  /** What the staff did to the account, newest first */
  readonly actions: readonly {
    readonly id: string;
    readonly action: string;
    readonly reason: string;
    readonly created_at: string;
    readonly undone: boolean;
  }[];
  readonly similar: readonly {
    readonly id: string;
    readonly category: "spam" | "legal" | "violation" | "other";
    readonly comment: string;
    readonly target_account: Account;
  }[];
}

export interface ReportNote {
  readonly id: string;
  readonly report_id: string | null;
  /** Who wrote it; null: at the command line */
  readonly account: Account | null;
  readonly text: string;
  readonly created_at: string;
}

export interface ReportTotals {
  readonly open: number;
  readonly accounts: number;
  readonly untaken: number;
}

export interface ReportedCollection {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly url: string;
  readonly taken_down: boolean;
}

export interface ReportedPost {
  readonly kind: "video" | "comment" | "pack" | "playlist";
  readonly id: string;
  /** Reports that name it */
  readonly count: number;
}

export interface RequestsMerged {
  readonly merged: true;
}

export interface ReservedName {
  readonly id: string;
  readonly name: string;
  readonly comment: string;
  readonly created_at: string;
}

export interface RetentionClass {
  readonly class: "originals" | "renditions" | "thumbnails" | "remote-posters" | "remote-videos" | "uploads" | "archives" | "evidence" | "legal-holds" | "claims" | "remix-requests" | "removals" | "activities" | "deliveries" | "peers" | "sessions" | "notifications" | "feeds" | "jobs" | "mails" | "classifier" | "undo" | "audit";
  /** `kept`: nothing goes by itself. `overdue`: not done for two days. */
  readonly state: "kept" | "waiting" | "running" | "ok" | "failing" | "overdue";
  /** Null: age does not count, or things carry their own end */
  readonly days: number | null;
  readonly max_bytes: number | null;
  readonly last_started_at: string | null;
  readonly last_ok_at: string | null;
  readonly next_at: string | null;
  /** By the last run that took anything */
  readonly freed: {
    readonly rows: number;
    readonly bytes: number;
    readonly at: string;
  } | null;
  readonly failure: {
    readonly at: string;
    readonly error: string;
  } | null;
}

export interface Rule {
  readonly id: string;
  readonly text: string;
  readonly hint: string;
}

export interface RuleHit {
  readonly id: string;
  readonly created_at: string;
  readonly account_id: string | null;
  readonly target: {
    readonly kind: "video" | "comment" | "account" | "none";
    readonly id: string | null;
  };
  readonly field: "caption" | "comment" | "name" | "bio" | "link-host" | "transcript" | null;
  readonly excerpt: string;
  readonly action: "reject" | "hold" | "limit" | "sensitive" | "report";
}

export interface RuleTrial {
  readonly looked_at: number;
  readonly found: number;
  readonly matches: readonly {
    readonly field: "caption" | "comment" | "name" | "bio" | "link-host" | "transcript" | null;
    readonly excerpt: string;
    readonly target: {
      readonly kind: "video" | "comment" | "account";
      readonly id: string;
    };
    readonly account_id: string;
  }[];
}

export interface ScheduledStatus {
  readonly id: string;
  readonly scheduled_at: string;
  readonly params: {
    readonly text: string;
    readonly visibility: "public" | "unlisted" | "private" | "direct";
    readonly sensitive: boolean;
    readonly spoiler_text: string;
    readonly language: string | null;
    readonly media_ids: readonly string[];
    readonly in_reply_to_id: string | null;
    readonly scheduled_at: null;
    readonly poll: null;
    readonly idempotency: null;
    readonly application_id: null;
    readonly with_rate_limit: boolean;
  };
  readonly media_attachments: readonly Media[];
}

export interface SearchResults {
  readonly accounts: readonly Account[];
  readonly statuses: readonly Status[];
  readonly hashtags: readonly Tag[];
}

export interface SearchSuggestions {
  readonly accounts: readonly Account[];
  readonly hashtags: readonly string[];
  readonly sounds: readonly Sound[];
}

export interface SecondFactor {
  readonly enabled: boolean;
  readonly recovery_codes_left: number;
}

export interface SecondFactorSecret {
  /** Base32, to be typed in */
  readonly secret: string;
  /** otpauth:, to be opened */
  readonly uri: string;
  /** The same as a picture, to be scanned */
  readonly qr_svg: string;
}

export interface ServerLock {
  /** People and other servers change nothing, and workers begin nothing */
  readonly locked: boolean;
  readonly since: string | null;
  /** Why, for the people who are turned away */
  readonly note: string;
}

export interface ServerProbe {
  readonly ok: boolean;
  readonly steps: readonly {
    readonly step: string;
    readonly what: string;
    readonly ms: number;
  }[];
}

export interface ServerSoftware {
  readonly software: string;
  readonly servers: number;
}

export interface Session {
  readonly account: Account;
  readonly role: "owner" | "admin" | "moderator" | "user";
  /** Only for kind `bearer` */
  readonly token?: string;
  readonly expires_at: string;
}

export interface Setting {
  /** Of the variable of the environment that stands for it */
  readonly name: string;
  /** As the environment would write it; null where it has none */
  readonly value: string | null;
  readonly default: string | null;
  /** What the environment sets, nobody changes here */
  readonly source: "environment" | "staff" | "default";
  readonly group: string;
  readonly description: string;
  readonly control: {
    readonly kind: "text" | "paragraph" | "markdown" | "lines" | "number" | "choice" | "color";
    readonly max_length?: number;
    readonly min?: number;
    readonly max?: number;
    readonly unit?: string;
    readonly options?: readonly string[];
  };
  readonly changed_at: string | null;
}

export interface SignUp {
  readonly account: Account;
  readonly pending: boolean;
  /** A link was mailed, by which the address is confirmed first */
  readonly unconfirmed: boolean;
}

export interface Sound {
  readonly id: string;
  /** Empty: it has no name */
  readonly title: string;
  /** Its page */
  readonly url: string;
  /** Who posted it first; null where that is not for the viewer to know */
  readonly author: Account | null;
  /** The video it was heard in first, where the viewer may see that */
  readonly video_id: string | null;
  /** The poster of that video */
  readonly preview_url: string | null;
  /** That video as an MP4, to listen to */
  readonly audio_url: string | null;
  /** Of that video, in seconds */
  readonly duration: number | null;
  /** Public and unlisted videos with it, as far as this server knows */
  readonly uses: number;
  /** Uses on each of the last days, the newest first */
  readonly history: readonly {
    /** Its first moment, UTC, in seconds since 1970 */
    readonly day: string;
    readonly uses: string;
  }[];
  /** By the viewer */
  readonly saved: boolean;
  /** Whether the viewer may make a video with it, and where not, why; null for nobody */
  readonly use: {
    readonly allowed: boolean;
    /** A word for programs, where it is not allowed */
    readonly reason: string | null;
    /** The same in a sentence */
    readonly message: string | null;
  } | null;
  readonly withheld: {
    /** ISO 3166-1, two letters */
    readonly countries: readonly string[];
    /** All but these */
    readonly except: boolean;
    /** `refuse`: nobody is given the files of its videos there, which are answered with status 451. `mute`: under the same addresses they are given without their sound, and answered so until that is made */
    readonly action: "mute" | "refuse";
    readonly reason: string;
  } | null;
  /** How its videos are given where this is asked from: of one sound alone, null in lists */
  readonly here: "given" | "muted" | "withheld" | null;
  /** What its author, or the staff, says of the rights to it */
  readonly rights: SoundRights | null;
  /** Whether the viewer may name it, and say whose it is */
  readonly own: boolean;
  readonly created_at: string;
}

export interface SoundRights {
  /** An id that is known, or words of its own; empty as all of these: nothing is said */
  readonly licence: string;
  /** The same, where it is known */
  readonly known_licence: "CC0-1.0" | "CC-PDM-1.0" | "CC-BY-4.0" | "CC-BY-SA-4.0" | "CC-BY-NC-4.0" | "CC-BY-NC-SA-4.0" | "CC-BY-ND-4.0" | "CC-BY-NC-ND-4.0" | "all-rights-reserved" | null;
  /** What it allows */
  readonly licence_url: string | null;
  readonly holder: string;
  /** Without hyphens */
  readonly isrc: string;
  readonly source_url: string;
  /** Whether the staff says it: the author cannot change it then */
  readonly by_staff: boolean;
}

export interface StaffPreferences {
  /** Evidence is covered until it is asked for */
  readonly blur: boolean;
  /** Evidence has no colours */
  readonly greyscale: boolean;
  /** Films begin without sound */
  readonly mute: boolean;
  /** Hours of the day in which nothing is pushed or mailed about the work of the staff */
  readonly quiet: {
    readonly from: number;
    readonly until: number;
  } | null;
  /** What cannot wait comes in quiet hours, too */
  readonly urgent: boolean;
  readonly time_zone: string;
  /** What waits is mailed each morning */
  readonly digest: boolean;
}

export interface StaffRole {
  readonly id: string;
  readonly name: string;
  /** Made by this server; the others are on every one */
  readonly custom: boolean;
  readonly permissions: readonly ("reports" | "accounts" | "content" | "sign-ups" | "invites" | "domains" | "rules" | "legal" | "trends" | "ranking" | "announcements" | "settings" | "queues" | "storage" | "roles" | "audit")[];
  /** Whoever ranks higher may act on whoever ranks lower */
  readonly rank: number;
  readonly members: number;
}

export interface Status {
  readonly id: string;
  readonly created_at: string;
  readonly account: Account;
  /** HTML, safe to show */
  readonly content: string;
  readonly spoiler_text: string;
  readonly sensitive: boolean;
  readonly visibility: "public" | "unlisted" | "private" | "direct";
  readonly language: string | null;
  readonly uri: string;
  readonly url: string;
  readonly media_attachments: readonly Media[];
  readonly tags: readonly {
    readonly name: string;
    readonly url: string;
  }[];
  readonly mentions: readonly {
    readonly id: string;
    readonly username: string;
    readonly acct: string;
    readonly url: string;
  }[];
  readonly emojis: readonly {}[];
  readonly replies_count: number;
  readonly reblogs_count: number;
  readonly favourites_count: number;
  /** By the viewer, as the next two */
  readonly favourited: boolean;
  readonly reblogged: boolean;
  readonly bookmarked: boolean;
  /** The viewer wants to hear no more of its thread */
  readonly muted: boolean;
  readonly pinned: boolean;
  readonly edited_at: string | null;
  /** What the filters of the viewer say of it */
  readonly filtered: readonly FilterResult[];
  readonly in_reply_to_id: string | null;
  readonly in_reply_to_account_id: string | null;
  /** What it passes on, where that is all it does */
  readonly reblog: Post | null;
  readonly card: null;
  readonly poll: null;
  /** Duets and stitches of it */
  readonly quotes_count: number;
  /** What it was posted with, where that is an app */
  readonly application: {
    readonly name: string;
    readonly website: string | null;
  } | null;
  /** Ours: what is said of a video besides; null on comments */
  readonly video: VideoFacts | null;
  /** Of a duet or a stitch: what it was made from, where that can be seen */
  readonly quote: {
    readonly state: "accepted" | "pending" | "rejected" | "deleted" | "unauthorized";
    readonly quoted_status: QuotedPost | null;
  } | null;
}

export interface StatusEdit {
  /** HTML, safe to show */
  readonly content: string;
  readonly spoiler_text: string;
  readonly sensitive: boolean;
  readonly created_at: string;
  readonly account: Account;
  readonly poll: null;
  readonly quote: null;
  readonly media_attachments: readonly Media[];
  readonly emojis: readonly {}[];
}

export interface StatusSource {
  readonly id: string;
  readonly text: string;
  readonly spoiler_text: string;
}

export interface StorageFinding {
  readonly id: string;
  readonly key: string;
  readonly problem: "orphan" | "missing";
  readonly bytes: number | null;
  readonly mended: "removed" | "remaking" | "forgotten" | null;
}

export interface StorageQuota {
  /** Null: no limit */
  readonly max_bytes: number | null;
  /** Who says so */
  readonly source: "account" | "role" | "server";
}

export interface Strike {
  readonly id: string;
  /** Among those of the account */
  readonly number: number;
  /** As the Mastodon API names it: `none`, `disable`, `sensitive`, `silence`, `suspend`; or of ours */
  readonly action: string;
  readonly target: {
    readonly kind: "account" | "video" | "comment";
    readonly id: string;
  };
  /** What led to it */
  readonly text: string;
  readonly rules: readonly {
    readonly id: string;
    readonly text: string;
  }[];
  /** No person decided it */
  readonly automated: boolean;
  readonly created_at: string;
  /** When it stops to count */
  readonly expires_at: string | null;
  readonly counts: boolean;
  /** When it was taken back */
  readonly lifted_at: string | null;
  /** When what it hides is removed for good */
  readonly final_at: string | null;
  /** Until then it can be appealed against; null: not, or no more */
  readonly appeal_until: string | null;
  readonly appeal: Appeal | null;
  /** The copyright claim for which it was removed */
  readonly claim: StrikeClaim | null;
}

export interface StrikeClaim {
  readonly id: string;
  /** Who claims */
  readonly name: string;
  readonly organisation: string;
  readonly work: string;
  readonly originals: readonly string[];
  readonly state: "unconfirmed" | "open" | "upheld" | "rejected" | "withdrawn" | "restored";
  /** Until then a counter-notice can be sent; null: not, or no more */
  readonly counter_until: string | null;
  readonly counter_notice: CounterNotice | null;
}

export interface StudioOverview {
  readonly videos: {
    readonly uploading: number;
    readonly processing: number;
    readonly failed: number;
    readonly draft: number;
    readonly scheduled: number;
    readonly published: number;
  };
  /** By now */
  readonly totals: {
    /** Here, and those that other servers told of in the last 90 days; by days in UTC */
    readonly views: number;
    readonly likes: number;
    readonly comments: number;
    readonly reposts: number;
    /** How often they were sent out of the app */
    readonly shares: number;
    readonly saves: number;
    readonly followers: number;
  };
  /** What is new; what was taken back since is not in it */
  readonly period: {
    readonly time_zone: string;
    /** When the first day begins */
    readonly from: string;
    readonly totals: {
      /** Here, and those that other servers told of in the last 90 days; by days in UTC */
      readonly views: number;
      readonly likes: number;
      readonly comments: number;
      readonly reposts: number;
      /** How often they were sent out of the app */
      readonly shares: number;
      readonly saves: number;
      readonly followers: number;
    };
    /** The oldest first; today is the last one */
    readonly days: readonly {
      /** As 2026-11-27 */
      readonly date: string;
      readonly figures: {
        /** Here, and those that other servers told of in the last 90 days; by days in UTC */
        readonly views: number;
        readonly likes: number;
        readonly comments: number;
        readonly reposts: number;
        /** How often they were sent out of the app */
        readonly shares: number;
        readonly saves: number;
        readonly followers: number;
      };
    }[];
  };
}

export interface StudioVideo {
  readonly id: string;
  /** To everybody but its author: published */
  readonly status: "uploading" | "received" | "processing" | "draft" | "held" | "published" | "rejected" | "removed";
  readonly created_at: string;
  /** When it is posted, where it waits for that */
  readonly scheduled_at: string | null;
  readonly edited_at: string | null;
  /** Its ActivityPub id */
  readonly uri: string;
  readonly url: string;
  readonly author: Account;
  /** HTML, safe to show */
  readonly caption: string;
  readonly hashtags: readonly string[];
  readonly content_warning: string;
  readonly sensitive: boolean;
  readonly alt_text: string;
  readonly language: string | null;
  readonly visibility: "public" | "unlisted" | "private" | "direct";
  /** Seconds */
  readonly duration: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly poster_url: string | null;
  readonly blurhash: string | null;
  readonly playback_urls: {
    readonly hls: string | null;
    readonly dash: string | null;
    readonly mp4: string | null;
    /** Fragmented MP4, largest first */
    readonly qualities: readonly {
      readonly short_side: number;
      readonly width: number;
      readonly height: number;
      readonly url: string;
    }[];
  };
  readonly captions: readonly {
    readonly url: string;
    /** As in BCP 47; und where it is not known */
    readonly language: string;
    readonly label: string;
    /** Nobody wrote them: a service did */
    readonly automatic: boolean;
  }[];
  /** What is heard in it, which other videos may have as well; null where that is nothing */
  readonly sound: {
    /** Null until it was looked for who else has it */
    readonly id: string | null;
    /** As its author calls it; empty where it has no name */
    readonly title: string;
    /** Whether it was heard in this video first */
    readonly original: boolean;
    /** Whose it is, where the video was made with it; null where it is its own, or was only heard */
    readonly account: {
      readonly id: string;
      readonly username: string;
      readonly acct: string;
      readonly display_name: string;
      readonly url: string;
    } | null;
    /** Whether those who run this server have the video played without it */
    readonly muted: boolean;
    readonly withheld: {
      /** ISO 3166-1, two letters */
      readonly countries: readonly string[];
      /** All but these */
      readonly except: boolean;
      /** `refuse`: nobody is given the files of its videos there, which are answered with status 451. `mute`: under the same addresses they are given without their sound, and answered so until that is made */
      readonly action: "mute" | "refuse";
      readonly reason: string;
    } | null;
  } | null;
  /** What it was made from; null where that is no other video */
  readonly remix_of: RemixOf | null;
  /** What its author lets others do with it */
  readonly permissions: {
    readonly comment: boolean;
    readonly download: boolean;
    readonly duet: boolean;
    readonly stitch: boolean;
    readonly sound: boolean;
    /** Of duets and stitches that are allowed: each waits for its author to agree */
    readonly ask: boolean;
  };
  /** The MP4 to keep; null where its author does not want that, or there is none yet */
  readonly download_url: string | null;
  readonly stats: {
    /** How often it was watched here */
    readonly views: number;
    readonly likes: number;
    readonly comments: number;
    /** How often it was sent out of the app */
    readonly shares: number;
    /** How often it was passed on to followers: a boost */
    readonly reposts: number;
    /** How many keep it among their bookmarks */
    readonly saves: number;
    /** Duets and stitches of it */
    readonly remixes: number;
  };
  /** What the one who asks has done with it */
  readonly viewer: {
    readonly liked: boolean;
    readonly reposted: boolean;
    readonly saved: boolean;
  };
  readonly state: "uploading" | "processing" | "failed" | "draft" | "scheduled" | "published";
  readonly processing: Processing;
  /** The caption as it was written */
  readonly text: string;
  readonly saves: number;
  /** Here, and those that other servers told of in the last 90 days */
  readonly views: number;
  /** Of the views here in the last 90 days, how many went to the end: from 0 to 1; null where there were none */
  readonly watch_through: number | null;
}

export interface Suggestion {
  /** As older apps know it */
  readonly source: "past_interactions";
  /** Those that the Mastodon API knows, and ours: `shared_interests`, and `recommended` by an auxiliary service */
  readonly sources: readonly ("friends_of_friends" | "shared_interests" | "recommended" | "most_followed")[];
  readonly account: Account;
  /** Ours: some of those whom you follow and who follow it, as far as they show that */
  readonly followed_by: readonly Account[];
  /** Ours: hashtags that you like and it posted about, without # */
  readonly tags: readonly string[];
}

export interface Tag {
  /** As it is compared: in small letters, Latin ones without accents */
  readonly id: string;
  /** As most people write it */
  readonly name: string;
  readonly url: string;
  /** Use in public videos of the last days, as far as this server knows */
  readonly history: readonly {
    /** Its first moment, UTC, in seconds since 1970 */
    readonly day: string;
    readonly uses: string;
    readonly accounts: string;
  }[];
  /** By the viewer */
  readonly following: boolean;
  /** By the viewer: it is kept out of their feeds */
  readonly muting: boolean;
  /** On the profile of the viewer */
  readonly featuring: boolean;
}

export interface TakenMeasure {
  readonly id: string;
  readonly action: string;
  readonly target: {
    readonly kind: "account" | "video" | "comment";
    readonly id: string;
  };
  /** Whom it is about */
  readonly account: Account | null;
  readonly text: string;
  readonly rule_ids: readonly string[];
  readonly report_ids: readonly string[];
  readonly automated: boolean;
  readonly by: Account | null;
  /** Of the strike; null where nobody was told */
  readonly number: number | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly lifted_at: string | null;
  readonly final_at: string | null;
  readonly purged_at: string | null;
  /** Of the entry of the log, by which it is taken back */
  readonly audit_id: string | null;
  /** All that was done with it: taken back together */
  readonly audit_ids: readonly string[];
}

export interface TextPreview {
  /** HTML, safe to show */
  readonly content: string;
}

export interface TransparencyReport {
  readonly year: number;
  /** Those of which there are numbers, the newest first */
  readonly years: readonly number[];
  /** Smaller numbers are not told, and others to the nearest multiple of it */
  readonly fewer_than: number;
  readonly total: {
    /** Null: fewer than `fewer_than`, but some */
    readonly reports: number | null;
    /** `people` of this server, other `servers`, or the `server` itself */
    readonly reports_by_source: {};
    readonly reports_by_category: {};
    readonly reports_by_rule: readonly {
      readonly id: string;
      /** Empty: nobody knows it any more */
      readonly text: string;
      readonly count: number | null;
    }[];
    /** What was done to accounts, clips and comments */
    readonly measures: readonly {
      readonly measure: string;
      readonly by_people: number | null;
      /** Taken by rules and lists */
      readonly automated: number | null;
      /** Taken back then, also those of months before */
      readonly lifted: number | null;
    }[];
    /** `filed`, `accepted`, `rejected` */
    readonly appeals: {};
    /** Decisions about servers by what they say; these are exact */
    readonly domains: {};
    /** Of copyright: `filed`, `upheld`, `rejected`, `withdrawn`, `restored` */
    readonly claims: {};
    /** `filed`, `sued`, `accepted`, `rejected` */
    readonly counter_notices: {};
    /** From a report to its first decision, to within a tenth; null: there were too few */
    readonly median_seconds: number | null;
  };
  readonly months: readonly {
    /** 2026-01 */
    readonly month: string;
    /** Null: fewer than `fewer_than`, but some */
    readonly reports: number | null;
    /** `people` of this server, other `servers`, or the `server` itself */
    readonly reports_by_source: {};
    readonly reports_by_category: {};
    readonly reports_by_rule: readonly {
      readonly id: string;
      /** Empty: nobody knows it any more */
      readonly text: string;
      readonly count: number | null;
    }[];
    /** What was done to accounts, clips and comments */
    readonly measures: readonly {
      readonly measure: string;
      readonly by_people: number | null;
      /** Taken by rules and lists */
      readonly automated: number | null;
      /** Taken back then, also those of months before */
      readonly lifted: number | null;
    }[];
    /** `filed`, `accepted`, `rejected` */
    readonly appeals: {};
    /** Decisions about servers by what they say; these are exact */
    readonly domains: {};
    /** Of copyright: `filed`, `upheld`, `rejected`, `withdrawn`, `restored` */
    readonly claims: {};
    /** `filed`, `sued`, `accepted`, `rejected` */
    readonly counter_notices: {};
    /** From a report to its first decision, to within a tenth; null: there were too few */
    readonly median_seconds: number | null;
  }[];
}

export interface TrendTrust {
  readonly domain: string;
  /** 0 to 1 */
  readonly trust: number;
  /** What an admin set, over everything else */
  readonly override: number | null;
  /** Since this server first heard of it */
  readonly known_days: number;
  /** Accounts of this server that follow somebody there */
  readonly followers: number;
  /** People of it who did something here in the last days */
  readonly actors: number;
  /** Those of them who did on more than one day */
  readonly returned: number;
  /** Reports of its videos, by the weight of who reported */
  readonly reports: number;
}

export interface UnreadCount {
  /** Counted up to the limit */
  readonly count: number;
}

export interface UnreadGroupCount {
  readonly count: number;
}

export interface V1Instance {
  /** The domain */
  readonly uri: string;
  readonly title: string;
  readonly short_description: string;
  readonly description: string;
  readonly email: string;
  readonly version: string;
  readonly urls: {
    readonly streaming_api: string;
  };
  readonly stats: {
    readonly user_count: number;
    readonly status_count: number;
    readonly domain_count: number;
  };
  readonly thumbnail: string | null;
  readonly languages: readonly string[];
  readonly registrations: boolean;
  readonly approval_required: boolean;
  readonly invites_enabled: boolean;
  readonly configuration: {
    readonly urls: {
      readonly streaming: string;
      /** Where people ask for a new password; null: of the staff */
      readonly password_reset: string | null;
    };
    readonly vapid: {
      /** Of the server, for web push */
      readonly public_key: string;
    };
    readonly accounts: {
      readonly max_featured_tags: number;
      readonly max_pinned_statuses: number;
    };
    readonly statuses: {
      readonly max_characters: number;
      /** Ours */
      readonly max_comment_characters: number;
      readonly max_media_attachments: number;
      readonly characters_reserved_per_url: number;
    };
    readonly media_attachments: {
      readonly supported_mime_types: readonly string[];
      readonly description_limit: number;
      readonly image_size_limit: number;
      readonly image_matrix_limit: number;
      /** Bytes */
      readonly video_size_limit: number;
      /** Seconds */
      readonly video_duration_limit: number;
      readonly video_frame_rate_limit: number;
      /** Pixels of one picture */
      readonly video_matrix_limit: number;
    };
    readonly polls: {
      readonly max_options: number;
      readonly max_characters_per_option: number;
      readonly min_expiration: number;
      readonly max_expiration: number;
    };
    readonly translation: {
      readonly enabled: boolean;
    };
    readonly embeds: {
      /** Ours: whether other pages may show its videos in a frame */
      readonly enabled: boolean;
    };
  };
  readonly contact_account: Account | null;
  readonly rules: readonly Rule[];
}

export interface Video {
  readonly id: string;
  /** To everybody but its author: published */
  readonly status: "uploading" | "received" | "processing" | "draft" | "held" | "published" | "rejected" | "removed";
  readonly created_at: string;
  /** When it is posted, where it waits for that */
  readonly scheduled_at: string | null;
  readonly edited_at: string | null;
  /** Its ActivityPub id */
  readonly uri: string;
  readonly url: string;
  readonly author: Account;
  /** HTML, safe to show */
  readonly caption: string;
  readonly hashtags: readonly string[];
  readonly content_warning: string;
  readonly sensitive: boolean;
  readonly alt_text: string;
  readonly language: string | null;
  readonly visibility: "public" | "unlisted" | "private" | "direct";
  /** Seconds */
  readonly duration: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly poster_url: string | null;
  readonly blurhash: string | null;
  readonly playback_urls: {
    readonly hls: string | null;
    readonly dash: string | null;
    readonly mp4: string | null;
    /** Fragmented MP4, largest first */
    readonly qualities: readonly {
      readonly short_side: number;
      readonly width: number;
      readonly height: number;
      readonly url: string;
    }[];
  };
  readonly captions: readonly {
    readonly url: string;
    /** As in BCP 47; und where it is not known */
    readonly language: string;
    readonly label: string;
    /** Nobody wrote them: a service did */
    readonly automatic: boolean;
  }[];
  /** What is heard in it, which other videos may have as well; null where that is nothing */
  readonly sound: {
    /** Null until it was looked for who else has it */
    readonly id: string | null;
    /** As its author calls it; empty where it has no name */
    readonly title: string;
    /** Whether it was heard in this video first */
    readonly original: boolean;
    /** Whose it is, where the video was made with it; null where it is its own, or was only heard */
    readonly account: {
      readonly id: string;
      readonly username: string;
      readonly acct: string;
      readonly display_name: string;
      readonly url: string;
    } | null;
    /** Whether those who run this server have the video played without it */
    readonly muted: boolean;
    readonly withheld: {
      /** ISO 3166-1, two letters */
      readonly countries: readonly string[];
      /** All but these */
      readonly except: boolean;
      /** `refuse`: nobody is given the files of its videos there, which are answered with status 451. `mute`: under the same addresses they are given without their sound, and answered so until that is made */
      readonly action: "mute" | "refuse";
      readonly reason: string;
    } | null;
  } | null;
  /** What it was made from; null where that is no other video */
  readonly remix_of: RemixOf | null;
  /** What its author lets others do with it */
  readonly permissions: {
    readonly comment: boolean;
    readonly download: boolean;
    readonly duet: boolean;
    readonly stitch: boolean;
    readonly sound: boolean;
    /** Of duets and stitches that are allowed: each waits for its author to agree */
    readonly ask: boolean;
  };
  /** The MP4 to keep; null where its author does not want that, or there is none yet */
  readonly download_url: string | null;
  readonly stats: {
    /** How often it was watched here */
    readonly views: number;
    readonly likes: number;
    readonly comments: number;
    /** How often it was sent out of the app */
    readonly shares: number;
    /** How often it was passed on to followers: a boost */
    readonly reposts: number;
    /** How many keep it among their bookmarks */
    readonly saves: number;
    /** Duets and stitches of it */
    readonly remixes: number;
  };
  /** What the one who asks has done with it */
  readonly viewer: {
    readonly liked: boolean;
    readonly reposted: boolean;
    readonly saved: boolean;
  };
}

export interface VideoAnalytics {
  readonly id: string;
  readonly time_zone: string;
  readonly by: "hour" | "day" | "week" | "month";
  readonly from: string;
  readonly to: string;
  readonly totals: {
    readonly views: number;
    /** People, each once a day (UTC) */
    readonly viewers: number;
    readonly completions: number;
    readonly skips: number;
    /** Of playbacks that were told to their end */
    readonly watched_seconds: number;
    /** Of each such playback; null where there was none */
    readonly average_watched_seconds: number | null;
    readonly likes: number;
    readonly comments: number;
    readonly reposts: number;
    /** How often they were sent out of the app */
    readonly shares: number;
    readonly saves: number;
    /** Who followed at this video; null where it had fewer than 20 viewers */
    readonly followers_gained: number | null;
  };
  /** The same number of days, or months, right before */
  readonly previous: {
    readonly from: string;
    readonly to: string;
    readonly totals: {
      readonly views: number;
      /** People, each once a day (UTC) */
      readonly viewers: number;
      readonly completions: number;
      readonly skips: number;
      /** Of playbacks that were told to their end */
      readonly watched_seconds: number;
      /** Of each such playback; null where there was none */
      readonly average_watched_seconds: number | null;
      readonly likes: number;
      readonly comments: number;
      readonly reposts: number;
      /** How often they were sent out of the app */
      readonly shares: number;
      readonly saves: number;
      /** Who followed at this video; null where it had fewer than 20 viewers */
      readonly followers_gained: number | null;
    };
  };
  /** The oldest first, with zeros where nothing was */
  readonly series: readonly {
    /** The first day of it */
    readonly date: string;
    readonly starts_at: string;
    readonly ends_at: string;
    readonly figures: {
      readonly views: number;
      /** People, each once a day (UTC) */
      readonly viewers: number;
      readonly completions: number;
      readonly skips: number;
      /** Of playbacks that were told to their end */
      readonly watched_seconds: number;
      /** Of each such playback; null where there was none */
      readonly average_watched_seconds: number | null;
      readonly likes: number;
      readonly comments: number;
      readonly reposts: number;
      /** How often they were sent out of the app */
      readonly shares: number;
      readonly saves: number;
    };
  }[];
  readonly sources: {
    /** Why there is nothing: it would be of fewer than 20 people */
    readonly hidden: "too-few-viewers" | null;
    /** Of how many different people it is, at least */
    readonly viewers: number | null;
    /** Where views came from, the most first */
    readonly items: readonly {
      readonly source: string;
      readonly views: number;
      /** From 0 to 1 */
      readonly share: number;
    }[];
  };
  readonly watch_time: {
    /** Why there is nothing: it would be of fewer than 20 people */
    readonly hidden: "too-few-viewers" | null;
    readonly viewers: number | null;
    /** How much of the video people watched; the last one also more than once */
    readonly buckets: readonly {
      readonly from_percent: number;
      readonly to_percent: number | null;
      readonly playbacks: number;
    }[];
  };
  readonly retention: {
    /** Why there is nothing: it would be of fewer than 20 people */
    readonly hidden: "too-few-viewers" | null;
    readonly viewers: number | null;
    /** Of each 64th of the video, how many watched it */
    readonly points: readonly {
      /** From 0 to 1 */
      readonly at: number;
      /** From 0 to 1 */
      readonly share: number;
    }[];
  };
}

export interface VideoFacts {
  readonly views: number;
  readonly saves: number;
  /** What is heard in it, which other videos may have as well; null where that is nothing, or was not looked for yet */
  readonly sound: {
    readonly id: string;
    /** As its author calls it; empty where it has no name */
    readonly title: string;
    /** Whether it was heard in this video first */
    readonly original: boolean;
    /** Whose it is, where the video was made with it; null where it is its own, or was only heard */
    readonly account: {
      readonly id: string;
      readonly username: string;
      readonly acct: string;
      readonly display_name: string;
      readonly url: string;
    } | null;
    /** Whether those who run this server have the video played without it */
    readonly muted: boolean;
    readonly withheld: {
      /** ISO 3166-1, two letters */
      readonly countries: readonly string[];
      /** All but these */
      readonly except: boolean;
      /** `refuse`: nobody is given the files of its videos there, which are answered with status 451. `mute`: under the same addresses they are given without their sound, and answered so until that is made */
      readonly action: "mute" | "refuse";
      readonly reason: string;
    } | null;
  } | null;
  /** What its author lets others do with it */
  readonly permissions: {
    readonly comment: boolean;
    readonly download: boolean;
    readonly duet: boolean;
    readonly stitch: boolean;
    readonly sound: boolean;
    /** Of duets and stitches that are allowed: each waits for its author to agree */
    readonly ask: boolean;
  };
  /** What it was made from; null where that is no other video */
  readonly remix_of: RemixOf | null;
  /** Duets and stitches of it */
  readonly remixes: number;
  /** For who may download it */
  readonly download_url: string | null;
}

export interface VideoLabel {
  readonly name: string;
  /** How sure it is: 0 to 1 */
  readonly score: number;
}

export interface VideoSearch {
  readonly statuses: readonly Status[];
  /** What was searched for in place of words that no video has; null: what was asked for */
  readonly corrected: string | null;
  /** Null: that was all */
  readonly next_cursor: string | null;
}

export interface VideoStatistics {
  readonly id: string;
  readonly totals: {
    /** Here, and those that other servers told of in the last 90 days; by days in UTC */
    readonly views: number;
    readonly likes: number;
    readonly comments: number;
    readonly reposts: number;
    /** How often they were sent out of the app */
    readonly shares: number;
    readonly saves: number;
  };
  readonly period: {
    readonly time_zone: string;
    /** When the first day begins */
    readonly from: string;
    readonly totals: {
      /** Here, and those that other servers told of in the last 90 days; by days in UTC */
      readonly views: number;
      readonly likes: number;
      readonly comments: number;
      readonly reposts: number;
      /** How often they were sent out of the app */
      readonly shares: number;
      readonly saves: number;
    };
    /** The oldest first; today is the last one */
    readonly days: readonly {
      /** As 2026-11-27 */
      readonly date: string;
      readonly figures: {
        /** Here, and those that other servers told of in the last 90 days; by days in UTC */
        readonly views: number;
        readonly likes: number;
        readonly comments: number;
        readonly reposts: number;
        /** How often they were sent out of the app */
        readonly shares: number;
        readonly saves: number;
      };
    }[];
  };
}

export interface WatchReport {
  /** Taken, now or before: none of these is lost. They count where they are about videos that are there for you */
  readonly accepted: number;
  /** Of those that were stored at once: about videos that are not there for you */
  readonly ignored: number;
}

export interface WebPushSubscription {
  readonly id: string;
  readonly endpoint: string;
  readonly standard: boolean;
  readonly alerts: {};
  readonly policy: "all" | "followed" | "follower" | "none";
  /** By which push services know this server (VAPID), base64url */
  readonly server_key: string;
}

export interface Worker {
  readonly id: string;
  readonly host: string;
  readonly queues: readonly string[];
  readonly version: string;
  readonly started_at: string;
  readonly seen_at: string;
  /** Whether it said so within two minutes */
  readonly alive: boolean;
}
