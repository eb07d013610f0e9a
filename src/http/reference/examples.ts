import type { Example } from './example.ts';
import { laterExamples } from './examples-later.ts';
import { videoExamples } from './examples-videos.ts';

const alice = 'token';
const bob = 'bob_token';

/** From an app that nobody knows to a video that is liked and commented on. Each stands on those before it. */
const firstExamples: readonly Example[] = [
  {
    ...{ name: 'instance', title: 'What a server is, before anything else', of: 'GET /api/v2/instance' },
    status: 200,
  },
  {
    ...{ name: 'register-app', title: 'Make an app known', of: 'POST /api/v1/apps' },
    body: {
      json: {
        client_name: 'Clips on the go',
        redirect_uris: ['clips://signed-in'],
        scopes: 'read write follow push',
        website: 'https://clips.example',
      },
    },
    status: 200,
    keeps: { client_id: 'client_id', client_secret: 'client_secret' },
  },
  {
    ...{ name: 'sign-up', title: 'Sign up', of: 'POST /api/v1/accounts' },
    body: { json: { username: 'alice', password: '{{password}}', agreement: true } },
    status: 200,
    keeps: { alice: 'account.id' },
  },
  {
    ...{ name: 'sign-up-taken', title: 'A name that somebody has', of: 'POST /api/v1/accounts' },
    body: { json: { username: 'alice', password: '{{password}}' } },
    status: 422,
  },
  {
    ...{ name: 'token', title: 'Change the code for a token', of: 'POST /oauth/token' },
    after: 'Alice opened the page at /oauth/authorize and allowed the app; her browser brought it the code.',
    body: {
      form: {
        grant_type: 'authorization_code',
        code: '{{code}}',
        client_id: '{{client_id}}',
        client_secret: '{{client_secret}}',
        redirect_uri: 'clips://signed-in',
      },
    },
    status: 200,
    keeps: { token: 'access_token' },
  },
  {
    ...{ name: 'verify', title: 'Who is signed in', of: 'GET /api/v1/accounts/verify_credentials' },
    token: alice,
    status: 200,
  },
  {
    ...{ name: 'verify-nobody', title: 'Without a token', of: 'GET /api/v1/accounts/verify_credentials' },
    status: 401,
  },
  {
    ...{
      name: 'sign-in',
      title: 'Sign in with a password, for tools of one’s own',
      of: 'POST /api/v1/sessions',
    },
    after: 'Bob signed up, as Alice did.',
    body: { json: { login: 'bob', password: '{{password}}', kind: 'bearer' } },
    status: 200,
    keeps: { bob_token: 'token', bob: 'account.id' },
  },
  {
    ...{ name: 'sign-in-wrong', title: 'A wrong password', of: 'POST /api/v1/sessions' },
    body: { json: { login: 'bob', password: 'a guess', kind: 'bearer' } },
    status: 401,
  },
  {
    ...{ name: 'profile', title: 'Say who one is', of: 'PATCH /api/v1/accounts/update_credentials' },
    token: alice,
    body: { json: { display_name: 'Alice', note: 'I film birds.' } },
    status: 200,
  },
  {
    ...{ name: 'upload', title: 'Upload a video', of: 'POST /api/v2/media' },
    token: alice,
    body: { file: 'clip.mp4', part: 'file', fields: { description: 'A blackbird in the snow' } },
    status: 202,
    keeps: { media: 'id' },
  },
  {
    ...{ name: 'upload-text', title: 'A file that is no video', of: 'POST /api/v2/media' },
    token: alice,
    body: { file: 'notes.txt', part: 'file', fields: {} },
    status: 415,
  },
  {
    ...{ name: 'processing', title: 'How far it is', of: 'GET /api/v1/videos/:id/processing' },
    after: 'The video was made.',
    params: { id: '{{media}}' },
    token: alice,
    status: 200,
  },
  {
    ...{ name: 'media', title: 'A video that is ready for its post', of: 'GET /api/v1/media/:id' },
    params: { id: '{{media}}' },
    token: alice,
    status: 200,
  },
  {
    ...{ name: 'post', title: 'Post it', of: 'POST /api/v1/statuses' },
    token: alice,
    headers: { 'Idempotency-Key': 'a text that is new for each post' },
    body: {
      json: { status: 'First snow #birds', media_ids: ['{{media}}'], visibility: 'public', language: 'en' },
    },
    status: 200,
    keeps: { post: 'id' },
  },
  {
    ...{ name: 'post-words', title: 'A post without a video', of: 'POST /api/v1/statuses' },
    token: alice,
    body: { json: { status: 'Only words' } },
    status: 422,
  },
  {
    ...{ name: 'follow', title: 'Follow somebody', of: 'POST /api/v1/accounts/:id/follow' },
    params: { id: '{{alice}}' },
    token: bob,
    body: { json: { reblogs: true, notify: true } },
    status: 200,
  },
  {
    ...{ name: 'home', title: 'What is new from those one follows', of: 'GET /api/v1/timelines/home' },
    query: { limit: '20' },
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'favourite', title: 'Like it', of: 'POST /api/v1/statuses/:id/favourite' },
    params: { id: '{{post}}' },
    token: bob,
    status: 200,
  },
  {
    ...{ name: 'comment', title: 'Comment on it', of: 'POST /api/v1/statuses' },
    token: bob,
    body: { json: { status: 'How lovely!', in_reply_to_id: '{{post}}' } },
    status: 200,
    keeps: { comment: 'id' },
  },
  {
    ...{ name: 'context', title: 'What was answered', of: 'GET /api/v1/statuses/:id/context' },
    params: { id: '{{post}}' },
    token: alice,
    status: 200,
  },
  {
    ...{ name: 'notifications', title: 'What one is told of', of: 'GET /api/v1/notifications' },
    query: { types: 'favourite' },
    token: alice,
    status: 200,
    keeps: { notification: '0.id' },
  },
];

/** In the order in which they are run. */
export const examples: readonly Example[] = [...firstExamples, ...videoExamples, ...laterExamples];

export function examplesOf(name: string): readonly Example[] {
  return examples.filter(({ of }) => of === name);
}
