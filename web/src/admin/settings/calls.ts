import { request } from '../../api/client.ts';
import type { Setting } from '../../api/types.ts';

export const settings = () => request<Setting[]>('GET', '/api/v1/admin/settings');

/** Sets all of them, or none; null: the default again. */
export const changeSettings = (changes: Readonly<Record<string, string | null>>, reason: string) =>
  request<Setting[]>('PATCH', '/api/v1/admin/settings', { settings: changes, reason });
