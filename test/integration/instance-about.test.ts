import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../src/http/api/index.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let alice: Person;

beforeAll(async () => {
  server = await startTestServer({
    variables: {
      INSTANCE_EMAIL: 'staff@video.example',
      INSTANCE_RULES: 'Be kind.\\nNo spam.',
      INSTANCE_PRIVACY_POLICY: 'Little is kept.',
      MAX_UPLOAD_MB: '7',
    },
  });
  client = clientOf(server.origin);
  const people = createPeople(server);
  alice = await people.signedIn('alice');
  await people.signedIn('boss', 'owner');
});
afterAll(() => server?.close());

test('both releases tell what clients need before they show anything', async () => {
  const [now, before] = [await client.get('/api/v2/instance'), await client.get('/api/v1/instance')];
  expect(now.body).toMatchObject({
    domain: server.context.urls.domain,
    version: expect.stringMatching(/^4\.\d+\.\d+ \(compatible; Vireo [\d.]+\)$/),
    contact: { email: 'staff@video.example', account: { username: 'boss' } },
    rules: [
      { id: '1', text: 'Be kind.' },
      { id: '2', text: 'No spam.' },
    ],
    configuration: {
      urls: { streaming: expect.stringMatching(/^ws:\/\//) },
      statuses: { max_media_attachments: 1 },
      media_attachments: {
        video_size_limit: 7 * 1024 * 1024,
        supported_mime_types: expect.arrayContaining(['video/mp4']),
      },
    },
  });
  expect(before.body).toMatchObject({
    uri: server.context.urls.domain,
    stats: { user_count: 2, status_count: 0, domain_count: 0 },
    registrations: true,
    contact_account: { username: 'boss' },
    configuration: now.body.configuration,
    rules: now.body.rules,
  });
  // Clients with grouped notifications ask for them by this number.
  const isGrouped = routes.some(({ path }) => path === '/api/v2/notifications');
  expect(now.body.api_versions.mastodon).toBe(isGrouped ? 2 : 0);
  // Clients take servers with these words for others than this one.
  expect(now.text + before.text).not.toMatch(/pixelfed|pleroma|akkoma/i);
});

test('texts and lists of the server', async () => {
  expect((await client.get('/api/v1/instance/rules')).body).toHaveLength(2);
  expect((await client.get('/api/v1/instance/privacy_policy')).body.content).toBe('<p>Little is kept.</p>');
  expect((await client.get('/api/v1/instance/extended_description')).body.content).toMatch(/^<p>/);
  for (const path of ['custom_emojis', 'announcements', 'instance/peers']) {
    expect((await client.get(`/api/v1/${path}`, { as: alice })).body, path).toEqual([]);
  }
  expect((await client.get('/api/v1/instance/translation_languages')).body).toEqual({});
});

test('limited servers are told to people of this server, without what is for the staff', async () => {
  const { inTx, instances } = server.context;
  await inTx((tx) =>
    instances.setPolicy(tx, 'bad.test', { severity: 'suspend', privateComment: 'secret remark' }),
  );
  const answer = await client.get('/api/v1/instance/domain_blocks', { as: alice });
  expect(answer.body).toMatchObject([{ domain: 'bad.test', severity: 'suspend', comment: '' }]);
  expect(answer.text).not.toContain('secret');
  expect((await client.get('/api/v1/instance/domain_blocks')).status).toBe(404);
});
