import { request } from '../../api/client.ts';
import type { AdminAnnouncement, AnnouncementChange, TextPreview } from '../../api/schema.gen.ts';

const PATH = '/api/v1/admin/announcements';

export interface AnnouncementInput {
  readonly text: string;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly all_day: boolean;
  readonly time_zone: string;
  /** Left out: as it is. */
  readonly publish_at?: string | null;
}

export const allAnnouncements = () => request<AdminAnnouncement[]>('GET', PATH);
export const saveAnnouncement = (id: string | null, input: AnnouncementInput) =>
  id === null
    ? request<AnnouncementChange>('POST', PATH, input)
    : request<AnnouncementChange>('PUT', `${PATH}/${id}`, input);
export const publishAnnouncement = (id: string) =>
  request<AnnouncementChange>('POST', `${PATH}/${id}/publish`);
export const endAnnouncement = (id: string) => request<AnnouncementChange>('POST', `${PATH}/${id}/end`);
export const removeAnnouncement = (id: string) => request<AnnouncementChange>('DELETE', `${PATH}/${id}`);
export const undoAnnouncement = (auditId: string) =>
  request<AnnouncementChange>('POST', `${PATH}/undo`, { audit_id: auditId });
export const previewText = (text: string) => request<TextPreview>('POST', `${PATH}/preview`, { text });
