export { type AuditAction, auditActions, targetKinds } from './actions.ts';
export { type Actor, operator, outranks, permitted } from './actor.ts';
export { type Audit, type AuditFilter, createAudit } from './audit.ts';
export type { AuditEntry, Deed } from './deed.ts';
export {
  createDirectory,
  type DirectoryFilter,
  type StaffView,
} from './directory.ts';
export {
  checkJoining,
  createJoining,
  type EmailDomainBlock,
  type IpBlock,
  ipSeverities,
  type JoiningBlockKind,
} from './joining.ts';
export { type NetworkGate, openNetworkGate } from './networks.ts';
export {
  type Permission,
  permissions,
  permissionsOf,
  type Role,
  rankOf,
  roles,
} from './permissions.ts';
export {
  createPreferences,
  nextSummaryAt,
  type PreferencesRow,
  preferencesFromRow,
  quietAmong,
  type StaffPreferences,
} from './preferences.ts';
export { createQuotas, type Quota } from './quotas.ts';
export { createRoles, type RoleRef, type StaffRole } from './roles.ts';
export { type KeptTable, type Restored, sweepKeptRows, type Watch } from './rows.ts';
export {
  STANDING_COLUMNS,
  type Standing,
  type StandingRow,
  standingFromRow,
  standingOf,
} from './standing.ts';
export { takingDown } from './taking-down.ts';
export { type UndoWay, undoable } from './undoable.ts';
