import { request } from '../../api/client.ts';
import type { BackupRun, Backups, KeptBackups } from '../../api/schema.gen.ts';

export type Kept = KeptBackups['backups'][number];
export type Kind = BackupRun['kind'];

const AT = '/api/v1/admin/backups';

export const backups = () => request<Backups>('GET', AT);
export const keptBackups = () => request<KeptBackups>('GET', `${AT}/kept`);
/** Nothing named: the newest. */
export const askFor = (kind: Kind, name: string | null = null) =>
  request<object>('POST', `${AT}/ask`, { kind, name });
