import { request } from '../../api/client.ts';
import type { AdminStorage, RetentionClass, StorageFinding } from '../../api/schema.gen.ts';

export const storage = () => request<AdminStorage>('GET', '/api/v1/admin/storage');

export const findings = () => request<StorageFinding[]>('GET', '/api/v1/admin/storage/findings');

export const runClass = (name: RetentionClass['class']) =>
  request<object>('POST', '/api/v1/admin/storage/clean', { class: name });

export const search = (mend: boolean) => request<object>('POST', '/api/v1/admin/storage/scan', { mend });
