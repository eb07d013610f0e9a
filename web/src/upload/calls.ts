import { request } from '../api/client.ts';
import { announcement } from './announcement.ts';

/** What the server answers to an announced upload. */
interface Begun {
  readonly video_id: string;
  readonly upload_url: string;
}

export const calls = {
  begin: (...about: Parameters<typeof announcement>) =>
    request<Begun>('POST', '/api/v1/videos', announcement(...about)),
};
