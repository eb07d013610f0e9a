/** Tables that say what an area decides; what has its own time or counts changes is left out. */
export const TABLES: Readonly<Record<string, readonly string[]>> = {
  role: ['staff_roles', 'users', 'sessions'],
  'joining-block': ['email_domain_blocks', 'ip_blocks', 'reserved_names'],
  setting: ['settings'],
  branding: ['instance_pictures'],
  invite: ['invites'],
  announcement: ['announcements'],
  raid: ['raid_mode'],
  queue: ['queue_pauses'],
  maintenance: ['server_lock'],
  relay: ['relays'],
  ranking: [],
  trend: ['trend_decisions', 'trend_trusts'],
  report: ['reports', 'report_notes'],
  rule: ['content_rules'],
  hash: ['listed_media'],
  'legal-hold': ['legal_holds'],
  domain: [
    ...(['domain_policies', 'domain_subscriptions', 'domain_excludes', 'domain_drafts'] as const),
    ...(['block_watches', 'block_notices', 'instance_settings'] as const),
  ],
  account: ['accounts', 'videos'],
  video: ['videos'],
  comment: ['comments', 'video_stats'],
  user: ['users'],
};
/** What changes by itself with whatever is done. */
export const BESIDES = [
  ...[
    'updated_at',
    'changed_at',
    'decided_at',
    'edited_at',
    'created_at',
    'version',
    'next_at',
    'etag',
    'decided_by',
  ],
  ...['last_used_at', 'last_seen_at'],
];

/** A policy that is put back has a new number; raid mode says why it is on again. */
export const OF_TABLE: Readonly<Record<string, readonly string[]>> = {
  domain_policies: ['id'],
  raid_mode: ['reason'],
  // One that is locked again is so from then on.
  server_lock: ['since'],
  // When it was decided for the first time is never told anew.
  reports: ['first_closed_at'],
  queue_pauses: ['paused_at'],
};
