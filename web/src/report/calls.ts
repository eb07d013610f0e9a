import { request } from '../api/client.ts';
import type { Relationship, Report, Status } from '../api/types.ts';
import type { ReportBody } from './report.ts';

/** The calls of this part. */
export const calls = {
  comment: (id: string) => request<Status>('GET', `/api/v1/statuses/${id}`),
  file: (report: ReportBody) => request<Report>('POST', '/api/v1/reports', report),
  mute: (accountId: string) => request<Relationship>('POST', `/api/v1/accounts/${accountId}/mute`, {}),
  block: (accountId: string) => request<Relationship>('POST', `/api/v1/accounts/${accountId}/block`),
};
