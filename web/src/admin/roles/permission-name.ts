import type { Permission } from '../permissions.ts';
import { say } from './say.ts';

/** What a permission is about. A choice of a message has no hyphens. */
export const permissionName = (permission: Permission): string =>
  say('permission', { name: permission.replace('-', '') });
