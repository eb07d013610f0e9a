/** What is written into the audit log: the area it belongs to, and what was done. */
export const auditActions = [
  ...(['sign-up.approve', 'sign-up.reject'] as const),
  ...(['report.assign', 'report.resolve', 'report.dismiss', 'report.reopen', 'report.categorise'] as const),
  ...(['report.note', 'report.forward', 'report.evidence', 'report.undo'] as const),
] as const;
export type AuditAction = (typeof auditActions)[number];

/** What an entry is about. */
export const targetKinds = ['account', 'video', 'comment', 'report', 'domain', 'setting', 'job'] as const;
export type TargetKind = (typeof targetKinds)[number];
