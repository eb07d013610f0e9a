import { request } from '../../api/client.ts';
import type { Releases } from '../../api/schema.gen.ts';

export const releases = () => request<Releases>('GET', '/api/v1/admin/releases');
