import { request } from '../../api/client.ts';
import { withQuery } from '../../api/endpoints.ts';
import type { ListedEvidence, ListedImport, ListedMatch, ListedMedia } from '../../api/schema.gen.ts';

export type { ListedImport, ListedMatch, ListedMedia };

export const AT = '/api/v1/admin/hashes';
export const matchesPath = `${AT}/matches`;
export const exportAddress = `${AT}/export`;

export type NewEntry =
  | { readonly video_id: string; readonly label: string }
  | {
      readonly sha256: string | null;
      readonly phash: string | null;
      readonly distance: number;
      readonly label: string;
    };

export const add = (entry: NewEntry) => request<object>('POST', AT, entry);
export const remove = (id: string) => request<object>('DELETE', `${AT}/${id}`);
export const bringFile = (file: Blob, dryRun: boolean) =>
  request<ListedImport>(
    'POST',
    withQuery(`${AT}/import`, { dry_run: String(dryRun) }),
    new Blob([file], { type: 'text/csv' }),
  );
export const openEvidence = (id: string, reason: string) =>
  request<ListedEvidence>('POST', `${matchesPath}/${id}/evidence`, { reason });
