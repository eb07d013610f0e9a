import type {
  Account,
  CredentialAccount,
  Instance,
  PendingAccount,
  Processing,
  Relationship,
  RemixPermission,
  Status,
} from '../../web/src/api/types.ts';

/** What the fake server knows. Tests read and change it while the page runs. */
export interface FakeState {
  instance: Instance;
  me: CredentialAccount | null;
  accounts: Account[];
  /** Newest first. */
  statuses: Status[];
  /** What signing in asks for beside the password, where it does. */
  code: string | null;
  relationships: Map<string, Relationship>;
  /** Ids of clips that are not wanted. */
  unwanted: Set<string>;
  mayRemix: RemixPermission;
  pending: PendingAccount[];
  /** What the next polls of processing answer; the last one stays. */
  processing: Processing[];
  /** What the next call of `METHOD /path` gets instead of its answer. */
  refusals: Map<string, { status: number; error: string; sentence: string }>;
  /** While set, each PATCH of an upload waits for it after its bytes are counted. */
  gate: Promise<void> | null;
  /** Bytes that arrived of each upload. */
  uploads: Map<string, { size: number; sent: number; said: Record<string, unknown> }>;
  /** Files that were sent, by the path they are served at. */
  files: Map<string, { type: string; bytes: Buffer }>;
  /** The fake server answers nothing but 503. */
  down: boolean;
  /** `METHOD /path?query` of every call of the API, oldest first. */
  calls: string[];
  /** Events of watching that were told. */
  told: {
    readonly video_id: string;
    readonly type: string;
    readonly source: string;
    readonly watched_seconds: number;
  }[];
}
