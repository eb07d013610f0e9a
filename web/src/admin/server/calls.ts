import { request } from '../../api/client.ts';
import type { Releases, ServerLock } from '../../api/schema.gen.ts';

const LOCK = '/api/v1/admin/maintenance';

export const releases = () => request<Releases>('GET', '/api/v1/admin/releases');

export const serverLock = () => request<ServerLock>('GET', LOCK);

export const setServerLock = (wish: {
  readonly locked: boolean;
  readonly note: string;
  readonly reason: string;
}) => request<ServerLock>('PUT', LOCK, wish);
