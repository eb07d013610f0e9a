/** What is written into the audit log, by the area it belongs to. */
const verbs = {
  'sign-up': ['approve', 'reject'],
  role: ['assign', 'create', 'change', 'remove', 'undo'],
  // What is refused of those who join.
  'joining-block': ['add', 'change', 'remove', 'undo'],
  invite: ['create', 'revoke', 'reopen'],
  // Done to somebody’s way in from the command line, and how much somebody may store.
  user: [
    ...(['create', 'reset-password', 'disable-2fa', 'remove-passkeys', 'quota'] as const),
    ...(['export', 'move-to', 'merge'] as const),
  ],
  actor: ['rotate-keys'],
  'secret-key': ['rotate'],
  setting: ['change'],
  // The pictures that stand for the server.
  branding: ['set', 'remove', 'undo'],
  announcement: ['add', 'change', 'publish', 'end', 'remove'],
  job: ['retry', 'discard'],
  queue: ['pause', 'resume', 'rebuild'],
  // Of what could not be delivered to other servers.
  delivery: ['retry', 'discard'],
  relay: ['add', 'remove', 'pause', 'resume'],
  // Servers that are asked what trends there, and what a new server begins with.
  exchange: ['add', 'remove', 'pause', 'resume', 'start-pack', 'stop-pack', 'resume-pack', 'undo'],
  // Auxiliary service providers, and what of them is used.
  fasp: ['accept', 'refuse', 'remove', 'enable', 'disable', 'callback', 'undo'],
  inbox: ['replay'],
  // What For You is ranked by, and what may trend.
  ranking: ['change', 'reset'],
  trend: ['decide', 'trust', 'undo'],
  storage: ['clean', 'scan', 'mend', 'move', 'recount', 'reindex'],
  maintenance: [
    ...(['lock', 'unlock', 'vacuum', 'fix-duplicates', 'migrate', 'clear-cache'] as const),
    ...(['rebuild-feed', 'self-destruct'] as const),
  ],
  backup: ['create', 'verify', 'rehearse'],
  report: [
    ...(['assign', 'resolve', 'dismiss', 'reopen', 'categorise'] as const),
    ...(['note', 'forward', 'evidence', 'undo'] as const),
  ],
  // Evidence that is kept for authorities.
  'legal-hold': ['add', 'look', 'export', 'release', 'restore'],
  rule: ['add', 'change', 'enable', 'disable', 'remove', 'undo'],
  held: ['release', 'reject', 'undo'],
  raid: ['on', 'off'],
  hash: ['add', 'remove', 'import', 'undo', 'match', 'evidence'],
  domain: [
    ...(['set', 'remove', 'bulk', 'import', 'undo', 'purge', 'publish', 'retry'] as const),
    ...(['subscribe', 'change-subscription', 'unsubscribe', 'sync'] as const),
    ...(['accept-draft', 'reject-draft', 'exclude', 'include'] as const),
    ...(['watch', 'unwatch', 'dismiss-notice'] as const),
  ],
  // What is done to accounts and posts, and taken back: modules/moderation/measures.
  account: [
    ...(['warn', 'unwarn', 'mark-sensitive', 'unmark-sensitive', 'close-comments', 'open-comments'] as const),
    ...(['hide-from-discovery', 'show-in-discovery', 'freeze', 'unfreeze', 'silence', 'unsilence'] as const),
    ...(['suspend', 'unsuspend', 'delete', 'purge'] as const),
  ],
  video: [
    ...(['mark-sensitive', 'unmark-sensitive', 'close-comments', 'open-comments'] as const),
    ...(['hide-from-discovery', 'show-in-discovery', 'mute', 'unmute'] as const),
    ...(['remove', 'restore', 'purge', 'remake'] as const),
  ],
  comment: ['remove', 'restore', 'purge'],
  // What is decided about sounds, and what that kept away.
  sound: ['rule', 'unrule', 'rights', 'undo', 'refuse'],
  pack: ['take-down', 'restore'],
  playlist: ['take-down', 'restore'],
  appeal: ['accept', 'reject'],
  claim: [
    ...(['uphold', 'reject', 'reopen', 'restore', 'withdraw'] as const),
    ...(['accept-counter', 'reject-counter', 'reopen-counter'] as const),
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Verbs = typeof verbs;
export type AuditAction = { [Area in keyof Verbs]: `${Area}.${Verbs[Area][number]}` }[keyof Verbs];

export const auditActions = Object.entries(verbs).flatMap(([area, list]) =>
  list.map((verb) => `${area}.${verb}`),
) as readonly AuditAction[];

/** What an entry is about. */
export const targetKinds = [
  ...([
    'account',
    'video',
    'comment',
    'report',
    'domain',
    'setting',
    'job',
    'queue',
    'rule',
    'storage',
    'role',
    'relay',
    'trend',
    'claim',
    'announcement',
    'legal-hold',
    'pack',
    'playlist',
    'sound',
  ] as const),
] as const;
export type TargetKind = (typeof targetKinds)[number];
