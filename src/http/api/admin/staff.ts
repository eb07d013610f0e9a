import type { Route } from '../../route.ts';
import { getAdminAccount, listAdminAccounts, searchAdminAccounts } from './accounts.ts';
import { exportAuditLog, listAuditLog } from './audit-log.ts';
import {
  addEmailDomainBlock,
  addIpBlock,
  listEmailDomainBlocks,
  listIpBlocks,
  listReservedNames,
  releaseName,
  removeEmailDomainBlock,
  removeIpBlock,
  reserveName,
} from './joining-blocks.ts';
import { assignRole, changeRole, createRole, listRoles, removeRole } from './roles.ts';

/** Who runs the server, what they did, whom they look after, and whom they let in. */
export const staffRoutes: readonly Route[] = [
  ...[listAdminAccounts, searchAdminAccounts, getAdminAccount],
  ...[assignRole, listRoles, createRole, changeRole, removeRole],
  ...[exportAuditLog, listAuditLog],
  ...[listEmailDomainBlocks, addEmailDomainBlock, removeEmailDomainBlock],
  ...[listIpBlocks, addIpBlock, removeIpBlock],
  ...[listReservedNames, reserveName, releaseName],
];
