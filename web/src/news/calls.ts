import { request } from '../api/client.ts';
import type { Announcement } from '../api/schema.gen.ts';

const PATH = '/api/v1/announcements';

export const askForAnnouncements = () => request<Announcement[]>('GET', PATH);
export const tellDismissed = (id: string) => request<object>('POST', `${PATH}/${id}/dismiss`);
export const tellReaction = (id: string, name: string, isGiven: boolean) =>
  request<object>(isGiven ? 'PUT' : 'DELETE', `${PATH}/${id}/reactions/${encodeURIComponent(name)}`);
