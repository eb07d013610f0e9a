import { request } from '../../api/client.ts';
import type { PendingAccount } from '../../api/types.ts';

export const pendingAccounts = () => request<PendingAccount[]>('GET', '/api/v1/admin/sign_ups');

export const decideAbout = (id: string, decision: 'approve' | 'reject') =>
  request<object>('POST', `/api/v1/admin/accounts/${id}/${decision}`);
