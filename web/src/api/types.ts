/** The shapes of the HTTP API as the page reads them. The only place where they stand. */

/** What every refusal looks like. */
export interface ErrorBody {
  readonly error: string;
  readonly error_description: string;
  readonly details?: readonly { readonly field: string; readonly message: string }[];
}

/** `GET /api/v2/instance`. */
export interface Instance {
  readonly domain: string;
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly registrations: {
    readonly enabled: boolean;
    readonly approval_required: boolean;
    readonly min_password_length: number;
    readonly max_password_length: number;
  };
  readonly configuration: {
    readonly media_attachments: {
      /** Bytes. */
      readonly video_size_limit: number;
      /** Seconds. */
      readonly video_duration_limit: number;
    };
    readonly statuses: { readonly max_characters: number };
  };
}

/** A person, here or on another server. Ids are decimal strings. */
export interface Account {
  readonly id: string;
  readonly username: string;
  /** `alice` here, `alice@host` elsewhere. */
  readonly acct: string;
  readonly display_name: string;
  /** HTML, sanitised by the server. */
  readonly note: string;
  readonly url: string;
  readonly uri: string;
  readonly avatar: string | null;
  readonly locked: boolean;
  readonly bot: boolean;
  readonly created_at: string;
  readonly followers_count: number;
  readonly following_count: number;
  readonly statuses_count: number;
  /** `null` on this server. */
  readonly host: string | null;
}

/** The signed-in account. */
export interface CredentialAccount extends Account {
  readonly role: { readonly name: 'owner' | 'admin' | 'moderator' | 'user' };
}

/** How the signed-in account stands to another. */
export interface Relationship {
  readonly id: string;
  readonly following: boolean;
  readonly requested: boolean;
  readonly followed_by: boolean;
}

/** The video of a clip. */
export interface Media {
  readonly id: string;
  readonly type: 'video';
  /** MP4; `null` while a remote clip is still being copied. */
  readonly url: string | null;
  readonly preview_url: string | null;
  readonly remote_url: string | null;
  /** Alt text. */
  readonly description: string | null;
  readonly blurhash: string | null;
  readonly meta: {
    readonly original: {
      readonly width: number;
      readonly height: number;
      /** Seconds. */
      readonly duration: number;
      readonly aspect: number;
      readonly size?: string;
    };
  };
  readonly hls_url: string | null;
  readonly renditions: readonly {
    readonly url: string;
    readonly width: number;
    readonly height: number;
    readonly bandwidth: number;
    readonly codecs: string;
  }[];
  readonly processing: null | {
    readonly state: 'copying' | 'failed';
    readonly percent: number;
    readonly detail: string | null;
  };
}

/** A clip with what was written about it. */
export interface Status {
  readonly id: string;
  readonly created_at: string;
  readonly account: Account;
  /** HTML, sanitised by the server. */
  readonly content: string;
  readonly spoiler_text: string;
  readonly sensitive: boolean;
  readonly visibility: 'public' | 'unlisted' | 'private';
  readonly language: string | null;
  readonly uri: string;
  readonly url: string;
  readonly media_attachments: readonly Media[];
}

/** What becomes of an upload. */
export interface Processing {
  readonly id: string;
  readonly state: 'uploading' | 'received' | 'processing' | 'published' | 'rejected';
  readonly stage: string | null;
  readonly percent: number;
  readonly reason: string | null;
  /** A sentence for people. */
  readonly detail: string | null;
  readonly status_url: string;
  readonly url: string;
}

/** Somebody who waits to be let in. */
export interface PendingAccount {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly reason: string | null;
  readonly created_at: string;
}
