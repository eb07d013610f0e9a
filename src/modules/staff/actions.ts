/** What is done to accounts and posts, and taken back; see modules/moderation/measures. */
const measures = [
  ...(['account.warn', 'account.unwarn', 'account.mark-sensitive', 'account.unmark-sensitive'] as const),
  ...(['account.close-comments', 'account.open-comments'] as const),
  ...(['account.hide-from-discovery', 'account.show-in-discovery'] as const),
  ...(['account.freeze', 'account.unfreeze', 'account.silence', 'account.unsilence'] as const),
  ...(['account.suspend', 'account.unsuspend', 'account.delete', 'account.purge'] as const),
  ...(['video.mark-sensitive', 'video.unmark-sensitive', 'video.close-comments'] as const),
  ...(['video.open-comments', 'video.hide-from-discovery', 'video.show-in-discovery'] as const),
  ...(['video.remove', 'video.restore', 'video.purge'] as const),
  ...(['comment.remove', 'comment.restore', 'comment.purge'] as const),
  ...(['appeal.accept', 'appeal.reject', 'appeal.assign'] as const),
] as const;

/** What is written into the audit log: the area it belongs to, and what was done. */
export const auditActions = [
  ...(['sign-up.approve', 'sign-up.reject'] as const),
  ...measures,
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
