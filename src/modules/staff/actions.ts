/** What is written into the audit log: the area it belongs to, and what was done. */
export const auditActions = [
  ...(['sign-up.approve', 'sign-up.reject'] as const),
  ...([
    'domain.set',
    'domain.remove',
    'domain.bulk',
    'domain.import',
    'domain.undo',
    'domain.purge',
  ] as const),
  ...(['domain.subscribe', 'domain.change-subscription', 'domain.unsubscribe', 'domain.sync'] as const),
  ...(['domain.accept-draft', 'domain.reject-draft', 'domain.exclude', 'domain.include'] as const),
  ...(['domain.watch', 'domain.unwatch', 'domain.dismiss-notice', 'domain.publish', 'domain.retry'] as const),
] as const;
export type AuditAction = (typeof auditActions)[number];

/** What an entry is about. */
export const targetKinds = ['account', 'video', 'comment', 'report', 'domain', 'setting', 'job'] as const;
export type TargetKind = (typeof targetKinds)[number];
