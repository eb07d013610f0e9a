import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let boss: Person;

beforeAll(async () => {
  server = await startTestServer({ role: 'web' });
  boss = await createPeople(server).signedIn('boss', 'admin');
});
afterAll(() => server?.close());

test.for([
  ['email_domain_blocks', { domain: 'spam.example' }, { allow_with_approval: false }],
  ['ip_blocks', { ip: '192.0.2.0/24', severity: 'sign_up_block' }, { expires_at: null }],
] as const)('one of %s is read by its id, as the Mastodon API does', async ([of, body, more]) => {
  const client = clientOf(server.origin);
  const at = `/api/v1/admin/${of}`;
  const made = await client.post(at, { as: boss, body });
  expect(made.status).toBe(200);
  const one = await client.get(`${at}/${made.body.id}`, { as: boss });
  expect(one.body).toMatchObject({ id: made.body.id, ...body, ...more });
  const [listed] = (await client.get(at, { as: boss })).body;
  expect(one.body).toEqual(listed);
  expect((await client.get(`${at}/9`, { as: boss })).status).toBe(404);
});
