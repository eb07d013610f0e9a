import type { Example } from './example.ts';

const alice = 'token';
const bob = 'bob_token';

/** What the video API has beside the Mastodon API. They stand on those before them. */
export const videoExamples: readonly Example[] = [
  {
    ...{ name: 'video', title: 'A post as a video', of: 'GET /api/v1/videos/:id' },
    params: { id: '{{post}}' },
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'video-rules', title: 'Say what others may do with it', of: 'PATCH /api/v1/videos/:id' },
    params: { id: '{{post}}' },
    token: alice,
    body: { json: { permissions: { duet: false }, alt_text: 'A blackbird in deep snow' } },
    status: 200,
  },
  {
    ...{ name: 'video-narrower', title: 'Show it to fewer people', of: 'PATCH /api/v1/videos/:id' },
    params: { id: '{{post}}' },
    token: alice,
    body: { json: { visibility: 'private' } },
    status: 422,
  },
  {
    ...{ name: 'video-comment', title: 'Answer a comment', of: 'POST /api/v1/videos/:id/comments' },
    params: { id: '{{post}}' },
    token: alice,
    headers: { 'Idempotency-Key': 'another text that is new' },
    body: { json: { text: 'Thank you!', parent_id: '{{comment}}' } },
    status: 200,
  },
  {
    ...{
      name: 'comment-pin',
      title: 'Put a comment on top',
      of: 'POST /api/v1/videos/:id/comments/:comment_id/pin',
    },
    params: { id: '{{post}}', comment_id: '{{comment}}' },
    token: alice,
    status: 200,
  },
  {
    ...{ name: 'video-comments', title: 'What is said below it', of: 'GET /api/v1/videos/:id/comments' },
    params: { id: '{{post}}' },
    query: { sort: 'top', limit: '10' },
    status: 200,
  },
  {
    ...{
      name: 'comment-hide',
      title: 'Hide a comment',
      of: 'POST /api/v1/videos/:id/comments/:comment_id/hide',
    },
    params: { id: '{{post}}', comment_id: '{{comment}}' },
    token: alice,
    status: 200,
  },
  {
    ...{
      name: 'comment-unhide',
      title: 'Show it again',
      of: 'POST /api/v1/videos/:id/comments/:comment_id/unhide',
    },
    params: { id: '{{post}}', comment_id: '{{comment}}' },
    token: alice,
    status: 200,
  },
  {
    ...{
      name: 'video-share',
      title: 'Say that one sent it to a friend',
      of: 'POST /api/v1/videos/:id/share',
    },
    params: { id: '{{post}}' },
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'studio-videos', title: 'All of one’s videos', of: 'GET /api/v1/studio/videos' },
    query: { state: 'published', sort: 'likes' },
    token: alice,
    status: 200,
  },
  {
    ...{ name: 'studio-overview', title: 'What is new', of: 'GET /api/v1/studio/overview' },
    query: { days: '1', time_zone: 'UTC' },
    token: alice,
    status: 200,
  },
  {
    ...{ name: 'studio-analytics', title: 'How one’s videos do', of: 'GET /api/v1/studio/analytics' },
    query: { by: 'week', from: '2025-09-22', to: '2025-10-05', time_zone: 'Europe/Berlin' },
    token: alice,
    status: 200,
  },
  {
    ...{
      name: 'studio-video-analytics',
      title: 'How one video does, and how far people watch it',
      of: 'GET /api/v1/studio/videos/:id/analytics',
    },
    params: { id: '{{post}}' },
    query: { by: 'day', from: '2025-09-22', to: '2025-09-22', time_zone: 'UTC' },
    token: alice,
    status: 200,
  },
  {
    ...{ name: 'studio-top-videos', title: 'Which did best', of: 'GET /api/v1/studio/analytics/videos' },
    query: { sort: 'watch_time', limit: '2' },
    token: alice,
    status: 200,
  },
  {
    ...{ name: 'studio-bulk', title: 'Change several at once', of: 'POST /api/v1/studio/videos/bulk' },
    token: alice,
    body: { json: { action: 'visibility', visibility: 'unlisted', ids: ['{{post}}', '1'] } },
    status: 200,
  },
];
