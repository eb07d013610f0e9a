import { mention, request } from '../api/client.ts';
import type { Status } from '../api/types.ts';

const post = (id: string, what: 'reblog' | 'unreblog') =>
  request<Status>('POST', `/api/v1/statuses/${encodeURIComponent(id)}/${what}`);

/** Passes a clip on to one’s followers, or takes that back. */
export const setBoosted = (id: string, wanted: boolean) => post(id, wanted ? 'reblog' : 'unreblog');

/** Counts that a clip was sent elsewhere: once a day for each person. */
export const tellSent = (id: string) => mention(`/api/v1/videos/${encodeURIComponent(id)}/share`);
