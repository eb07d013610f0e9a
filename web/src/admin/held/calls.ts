import { request } from '../../api/client.ts';
import type { HeldPost } from '../../api/schema.gen.ts';

export const decideAbout = ({ id }: HeldPost, decision: 'release' | 'reject', reason = '') =>
  request<object>('POST', `/api/v1/admin/held/${id}/${decision}`, { reason });
