import { request } from '../api/client.ts';
import type {
  ChannelAnalytics,
  LiveAnalytics,
  StatusEdit,
  StudioOverview,
  StudioVideo,
  Video,
  VideoAnalytics,
} from '../api/types.ts';
import type { Changes } from './said.ts';

const BASE = '/api/v1/studio';

/** Whose figures: of all clips (null), or of one. */
export const figuresPath = (videoId: string | null): string =>
  videoId === null ? `${BASE}/analytics` : `${BASE}/videos/${encodeURIComponent(videoId)}/analytics`;

const videoPath = (id: string) => `/api/v1/videos/${encodeURIComponent(id)}`;

/** What authors ask of the server about their own clips. */
export const calls = {
  overview: (timeZone: string) =>
    request<StudioOverview>('GET', `${BASE}/overview?${new URLSearchParams({ time_zone: timeZone })}`),
  /** `next`: the path of the next page. */
  videos: (query: URLSearchParams, next: string | null) =>
    request<StudioVideo[]>('GET', next ?? `${BASE}/videos?${query}`),
  video: (id: string) => request<StudioVideo>('GET', `${BASE}/videos/${encodeURIComponent(id)}`),
  change: (id: string, changes: Changes) => request<Video>('PATCH', videoPath(id), changes),
  publish: (id: string) => request<Video>('POST', `${videoPath(id)}/publish`),
  remove: (id: string, remixes: 'keep' | 'withdraw') =>
    request<object>('DELETE', `${videoPath(id)}${remixes === 'withdraw' ? '?remixes=withdraw' : ''}`),
  versions: (id: string) =>
    request<StatusEdit[]>('GET', `/api/v1/statuses/${encodeURIComponent(id)}/history`),

  channelFigures: (query: URLSearchParams) =>
    request<ChannelAnalytics>('GET', `${figuresPath(null)}?${query}`),
  videoFigures: (id: string, query: URLSearchParams) =>
    request<VideoAnalytics>('GET', `${figuresPath(id)}?${query}`),
  live: (id: string | null) => request<LiveAnalytics>('GET', `${figuresPath(id)}/live`),
};
