import { request } from '../../api/client.ts';
import type { FeedReason, FeedSettings } from '../../api/types.ts';

/** Calls about what somebody is shown, and why. */
export const whyCalls = {
  reason: (id: string) => request<FeedReason>('GET', `/api/v1/feed_reasons?video_id=${id}`),
  settings: () => request<FeedSettings>('GET', '/api/v1/feed_settings'),
  setSliders: (sliders: FeedSettings['sliders']) =>
    request<FeedSettings>('PATCH', '/api/v1/feed_settings', { sliders }),
};
