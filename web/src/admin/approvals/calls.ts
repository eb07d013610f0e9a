import { request } from '../../api/client.ts';
import { withQuery } from '../../api/endpoints.ts';
import type { PendingAccount } from '../../api/types.ts';

export const pendingAccounts = () =>
  request<PendingAccount[]>('GET', withQuery('/api/v1/admin/accounts', { status: 'pending' }));

export const decideAbout = (id: string, decision: 'approve' | 'reject') =>
  request<object>('POST', `/api/v1/admin/accounts/${id}/${decision}`);
