/** What is written into the audit log: the area it belongs to, and what was done. */
export const auditActions = [
  ...(['sign-up.approve', 'sign-up.reject'] as const),
  ...(['storage.clean', 'storage.scan', 'storage.mend'] as const),
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
  'storage',
] as const;
export type TargetKind = (typeof targetKinds)[number];
