import type { Example } from './example.ts';

const alice = 'token';
const bob = 'bob_token';

/** What people do once there is something. */
export const laterExamples: readonly Example[] = [
  {
    ...{ name: 'grouped', title: 'The same in groups', of: 'GET /api/v2/notifications' },
    query: { grouped_types: 'favourite', types: 'favourite' },
    token: alice,
    status: 200,
  },
  {
    ...{ name: 'markers', title: 'Note how far one has read', of: 'POST /api/v1/markers' },
    token: alice,
    body: { json: { notifications: { last_read_id: '{{notification}}' } } },
    status: 200,
  },
  {
    ...{ name: 'status', title: 'One post, by nobody in particular', of: 'GET /api/v1/statuses/:id' },
    params: { id: '{{post}}' },
    status: 200,
  },
  {
    ...{ name: 'status-missing', title: 'What is not there, or not for you', of: 'GET /api/v1/statuses/:id' },
    params: { id: '1' },
    status: 404,
  },
  {
    ...{ name: 'edit', title: 'Say it better', of: 'PUT /api/v1/statuses/:id' },
    params: { id: '{{post}}' },
    token: alice,
    body: { json: { status: 'First snow, and a blackbird #birds' } },
    status: 200,
  },
  {
    ...{ name: 'reblog', title: 'Pass it on', of: 'POST /api/v1/statuses/:id/reblog' },
    params: { id: '{{post}}' },
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'bookmark', title: 'Keep it', of: 'POST /api/v1/statuses/:id/bookmark' },
    params: { id: '{{post}}' },
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'public', title: 'What everybody may see', of: 'GET /api/v1/timelines/public' },
    query: { local: 'true', limit: '20' },
    status: 200,
  },
  {
    ...{ name: 'hashtag', title: 'What has a hashtag', of: 'GET /api/v1/timelines/tag/:hashtag' },
    params: { hashtag: 'birds' },
    status: 200,
  },
  {
    ...{
      name: 'account-statuses',
      title: 'What one account posted',
      of: 'GET /api/v1/accounts/:id/statuses',
    },
    params: { id: '{{alice}}' },
    query: { limit: '20' },
    status: 200,
  },
  {
    ...{ name: 'lookup', title: 'An account by its handle', of: 'GET /api/v1/accounts/lookup' },
    query: { acct: 'alice' },
    status: 200,
  },
  {
    ...{ name: 'relationships', title: 'How one stands to others', of: 'GET /api/v1/accounts/relationships' },
    query: { 'id[]': '{{alice}}' },
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'search', title: 'Find an account', of: 'GET /api/v2/search' },
    query: { q: '@alice', type: 'accounts' },
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'follow-tag', title: 'See a hashtag at home', of: 'POST /api/v1/tags/:name/follow' },
    params: { name: 'birds' },
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'new-list', title: 'Make a list', of: 'POST /api/v1/lists' },
    token: bob,
    body: { json: { title: 'Birds' } },
    status: 200,
    keeps: { list: 'id' },
  },
  {
    ...{ name: 'list-add', title: 'Put somebody in it', of: 'POST /api/v1/lists/:id/accounts' },
    params: { id: '{{list}}' },
    token: bob,
    body: { json: { account_ids: ['{{alice}}'] } },
    status: 200,
  },
  {
    ...{ name: 'list-timeline', title: 'What those in it posted', of: 'GET /api/v1/timelines/list/:id' },
    params: { id: '{{list}}' },
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'new-filter', title: 'Hide what holds a word', of: 'POST /api/v2/filters' },
    token: bob,
    body: {
      json: {
        title: 'No spoilers',
        context: ['home', 'public'],
        filter_action: 'hide',
        keywords_attributes: [{ keyword: 'finale', whole_word: true }],
      },
    },
    status: 200,
  },
  {
    ...{ name: 'filters', title: 'One’s filters', of: 'GET /api/v2/filters' },
    token: bob,
    status: 200,
  },
  {
    ...{
      name: 'captions',
      title: 'Give a video captions',
      of: 'PUT /api/v1/videos/:id/captions/:language',
    },
    params: { id: '{{post}}', language: 'en' },
    token: alice,
    body: { type: 'text/vtt', text: 'WEBVTT\n\n00:00.000 --> 00:01.000\nA blackbird sings.\n' },
    status: 200,
  },
  {
    ...{ name: 'feed', title: 'Videos of this server, a page of them', of: 'GET /api/v1/feed' },
    query: { feed_type: 'local', limit: '5' },
    status: 200,
  },
  {
    ...{ name: 'feed-statuses', title: 'The same as statuses', of: 'GET /api/v1/feed_statuses' },
    query: { feed_type: 'local', limit: '5' },
    status: 200,
  },
  {
    ...{ name: 'feed-cursor', title: 'A cursor that is not the server’s', of: 'GET /api/v1/feed' },
    query: { feed_type: 'local', cursor: 'AAAA' },
    status: 400,
  },
  {
    ...{ name: 'events', title: 'Tell what was watched', of: 'POST /api/v1/events' },
    token: bob,
    body: {
      json: {
        events: [
          {
            ...{ id: '5d3f6a52-0b7e-4f0e-9a55-0f3f5c1f2a10', video_id: '{{post}}', type: 'watch' },
            ...{ watched_seconds: 2, source: 'local' },
          },
        ],
      },
    },
    status: 200,
  },
  {
    ...{ name: 'history', title: 'What one has watched', of: 'GET /api/v1/history' },
    after: 'A worker stored what was told.',
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'mute', title: 'See nothing of somebody for an hour', of: 'POST /api/v1/accounts/:id/mute' },
    params: { id: '{{bob}}' },
    token: alice,
    body: { json: { duration: 3_600, notifications: false } },
    status: 200,
  },
  {
    ...{ name: 'report', title: 'Tell the staff', of: 'POST /api/v1/reports' },
    token: alice,
    body: { json: { account_id: '{{bob}}', status_ids: ['{{comment}}'], comment: 'Not so lovely.' } },
    status: 200,
  },
  {
    ...{ name: 'sessions', title: 'Where one is signed in', of: 'GET /api/v1/sessions' },
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'sessions-app', title: 'What no app may ask', of: 'GET /api/v1/sessions' },
    token: alice,
    status: 403,
  },
  {
    ...{ name: 'delete-comment', title: 'Take it back', of: 'DELETE /api/v1/statuses/:id' },
    params: { id: '{{comment}}' },
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'sign-out', title: 'Sign out', of: 'DELETE /api/v1/sessions/current' },
    token: bob,
    status: 200,
  },
];
