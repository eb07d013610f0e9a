import { request } from '../../api/client.ts';
import type { AdminAccountDetail, StaffRole, StorageQuota } from '../../api/schema.gen.ts';

export const adminAccount = (id: string) =>
  request<AdminAccountDetail>('GET', `/api/v1/admin/accounts/${encodeURIComponent(id)}`);

export const staffRoles = () => request<StaffRole[]>('GET', '/api/v1/admin/roles');

export const assignRole = (id: string, role: string, reason: string) =>
  request<object>('POST', `/api/v1/admin/accounts/${encodeURIComponent(id)}/role`, { role, reason });

export const setQuota = (id: string, megabytes: number | null, reason: string) =>
  request<StorageQuota>('PUT', `/api/v1/admin/accounts/${encodeURIComponent(id)}/quota`, {
    megabytes,
    reason,
  });
