import { request } from '../../api/client.ts';
import type { StaffRole } from '../../api/schema.gen.ts';

/** What is said of a role that is made or changed. */
export type RoleForm = Pick<StaffRole, 'name' | 'permissions' | 'rank'>;

export const loadRoles = () => request<StaffRole[]>('GET', '/api/v1/admin/roles');
export const saveRole = (id: string | undefined, form: RoleForm) =>
  id === undefined
    ? request<object>('POST', '/api/v1/admin/roles', form)
    : request<object>('PUT', `/api/v1/admin/roles/${id}`, form);
export const removeRole = (id: string) => request<object>('DELETE', `/api/v1/admin/roles/${id}`);
