/** What is written into the audit log: the area it belongs to, and what was done. */
export const auditActions = [
  ...(['job.retry', 'job.discard', 'queue.pause', 'queue.resume'] as const),
  'sign-up.approve',
  'sign-up.reject',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** What an entry is about. */
export const targetKinds = [
  'account',
  'video',
  'comment',
  'report',
  'domain',
  'setting',
  'job',
  'queue',
] as const;
export type TargetKind = (typeof targetKinds)[number];
