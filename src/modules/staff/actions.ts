/** What is written into the audit log: the area it belongs to, and what was done. */
export const auditActions = [
  'sign-up.approve',
  'sign-up.reject',
  'rule.add',
  'rule.change',
  'rule.enable',
  'rule.disable',
  'rule.remove',
  'held.release',
  'held.reject',
  'raid.on',
  'raid.off',
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
  'rule',
] as const;
export type TargetKind = (typeof targetKinds)[number];
