/** Everything that piles up on a server, by how long it is kept. */
export const retentionClasses = [
  /** Uploaded files of videos of this server that are made. */
  'originals',
  /** What videos of this server are played from. */
  'renditions',
  /** Their posters, storyboards and captions, and the pictures of profiles. */
  'thumbnails',
  /** Posters of videos of other servers that are not copied. */
  'remote-posters',
  /** Copies of videos of other servers. */
  'remote-videos',
  /** Uploads that nobody finished, and finished ones that nobody posted. */
  'uploads',
  /** Archives that people had made of their accounts. */
  'archives',
  /** What was kept of what moderators removed. */
  'evidence',
  /** What was kept for authorities, once that is over. */
  'legal-holds',
  /** Copyright claims that nobody confirmed, and those that were decided long ago. */
  'claims',
  /** What authors said no to: who may not ask again whether a video may be part of theirs. */
  'remix-requests',
  /** Objects that were to be removed: those that could not be are tried again. */
  'removals',
  /** What other servers sent, and what they took back before it came. */
  'activities',
  /** What could not be delivered to other servers. */
  'deliveries',
  /** Keys, failures and facts of other servers that are not heard of any more. */
  'peers',
  /** Sessions, links and codes that have run out, and with them who used them from where. */
  'sessions',
  'notifications',
  /** What was chosen for somebody's feed, and who watched what. */
  'feeds',
  /** Jobs that failed for good, and keys of requests that might have been sent twice. */
  'jobs',
  'mails',
  /** What a classifier said of videos. */
  'classifier',
  /** What was there before the staff changed it, by which that is taken back. */
  'undo',
  /** What the staff did. */
  'audit',
] as const;
export type RetentionClass = (typeof retentionClasses)[number];

/** What a run took away. */
export interface Freed {
  readonly rows: number;
  /** Where it is known. */
  readonly bytes: number;
}

/** How things of one class are kept. */
export type Keeping =
  | {
      readonly kind: 'swept';
      /** Null: age does not count, or things carry their own end. */
      readonly days: number | null;
      readonly maxBytes: number | null;
      readonly everyMs: number;
      /**
       * Takes away what is over, in short transactions, until nothing is left or the signal says so. Nothing is to
       * be taken for older than `countsFrom`. Throws where it cannot.
       */
      run(signal: AbortSignal, countsFrom: Date): Promise<Freed>;
    }
  /** With what it belongs to, or for ever: nothing is ever taken by age or size. */
  | { readonly kind: 'kept' };

/** One class as the staff sees it. */
export interface ClassState {
  readonly class: RetentionClass;
  readonly days: number | null;
  readonly maxBytes: number | null;
  /** `kept`: nothing is ever swept. `overdue`: no run has succeeded for two days. */
  readonly state: 'kept' | 'waiting' | 'running' | 'ok' | 'failing' | 'overdue';
  readonly startedAt: Date | null;
  readonly okAt: Date | null;
  readonly nextAt: Date | null;
  /** What the last run took away that took anything, and when that was. */
  readonly freed: (Freed & { readonly at: Date }) | null;
  readonly failure: { readonly at: Date; readonly error: string } | null;
}

export interface RunRow {
  readonly class: RetentionClass;
  readonly counts_from: Date;
  readonly running_since: Date | null;
  readonly started_at: Date | null;
  readonly ok_at: Date | null;
  readonly freed_rows: string;
  readonly freed_bytes: string;
  readonly freed_at: Date | null;
  readonly failed_at: Date | null;
  readonly error: string | null;
}
