import type { Route } from '../../route.ts';
import { getAdminAccount, listAdminAccounts, searchAdminAccounts, setQuota } from './accounts.ts';
import { exportAuditLog, listAuditLog, undoAuditEntries } from './audit-log.ts';
import { endInvite, listAllInvites, reopenInvite } from './invites.ts';
import {
  addEmailDomainBlock,
  addIpBlock,
  changeEmailDomainBlock,
  changeIpBlock,
  changeReservedName,
  getEmailDomainBlock,
  getIpBlock,
  listEmailDomainBlocks,
  listIpBlocks,
  listReservedNames,
  releaseName,
  removeEmailDomainBlock,
  removeIpBlock,
  reserveName,
} from './joining-blocks.ts';
import { legalHoldRoutes } from './legal-holds.ts';
import { getStaffPreferences, setStaffPreferences } from './preferences.ts';
import { getRanking, resetRanking, setRanking } from './ranking.ts';
import { assignRole, changeRole, createRole, listRoles, removeRole } from './roles.ts';
import { approveSignUp, listSignUps, rejectSignUp } from './sign-ups.ts';

/** Who runs the server, what they did, whom they look after, whom they let in, and what the feed goes by. */
export const staffRoutes: readonly Route[] = [
  ...[listSignUps, approveSignUp, rejectSignUp],
  ...[getRanking, setRanking, resetRanking],
  ...[listAdminAccounts, searchAdminAccounts, getAdminAccount, setQuota],
  ...[assignRole, listRoles, createRole, changeRole, removeRole],
  ...[exportAuditLog, listAuditLog, undoAuditEntries],
  ...[listEmailDomainBlocks, addEmailDomainBlock, changeEmailDomainBlock, removeEmailDomainBlock],
  ...[getEmailDomainBlock, getIpBlock],
  ...[listIpBlocks, addIpBlock, changeIpBlock, removeIpBlock],
  ...[listReservedNames, reserveName, changeReservedName, releaseName],
  ...[listAllInvites, endInvite, reopenInvite],
  ...[getStaffPreferences, setStaffPreferences],
  ...legalHoldRoutes,
];
