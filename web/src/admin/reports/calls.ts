import { request } from '../../api/client.ts';
import type {
  Account,
  ReportChange,
  ReportEvidence,
  ReportedCollection,
  ReportGroup,
  ReportGroupPage,
  ReportNote,
  ReportTotals,
} from '../../api/schema.gen.ts';

export type Group = ReportGroup;
export type GroupPage = ReportGroupPage;
export type DeskReport = GroupPage['reports'][number];
/** What somebody put together, for those who may take it down. */
export interface Collected extends ReportedCollection {
  readonly kind: 'pack' | 'playlist';
}
export type Evidence = ReportEvidence;
export type Note = ReportNote;

/** Which reports are meant, as they were looked at. */
export interface Pointer {
  readonly id: string;
  readonly version: number;
}

export type Change =
  | { readonly change: 'assign'; readonly to: string | null }
  | { readonly change: 'resolve' | 'dismiss'; readonly reason: string }
  | { readonly change: 'reopen' };

const base = '/api/v1/admin';

export const groupsPath = `${base}/report_groups`;

export const groupPage = (id: string) => request<GroupPage>('GET', `${groupsPath}/${id}`);

export const totals = () => request<ReportTotals>('GET', `${base}/report_totals`);

export const staff = () => request<Account[]>('GET', `${base}/report_staff`);

export const changeReports = (reports: readonly Pointer[], change: Change) =>
  request<ReportChange>('POST', `${base}/report_changes`, {
    ...change,
    reports: reports.map(({ id, version }) => ({ id, version })),
  });

export const undoChanges = (auditIds: readonly string[]) =>
  request<ReportChange>('POST', `${base}/report_changes/undo`, { audit_ids: auditIds });

export const evidenceOf = (id: string) => request<Evidence[]>('GET', `${base}/reports/${id}/evidence`);

export const takeDown = ({ kind, id }: Collected, reason: string, reports: readonly Pointer[]) =>
  request<ReportChange>('POST', `${base}/${kind}s/${id}/take_down`, { reason, reports });

/** The starter packs and playlists that reports of an account name. */
export const collectedIn = ({ packs, playlists }: GroupPage): readonly Collected[] => [
  ...packs.map((pack) => ({ ...pack, kind: 'pack' as const })),
  ...playlists.map((playlist) => ({ ...playlist, kind: 'playlist' as const })),
];

export const addNote = (accountId: string, text: string) =>
  request<Note>('POST', `${base}/accounts/${accountId}/notes`, { text });

export const tellOrigin = (id: string, summary: string) =>
  request<object>('POST', `${base}/reports/${id}/forward`, { summary });
