import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, signUp } from '../../src/setup/demo/client.ts';
import { eventually, publish } from '../helpers/activities.ts';
import { HONEST } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Two servers that both demand signed requests: each must give the actor that signs for it to anybody. */
const variables = { AUTHORIZED_FETCH: 'true', REMOTE_VIDEO: 'off' };

let one: TestServer;
let other: TestServer;
let alice: Client;
let bob: Client;

beforeAll(async () => {
  one = await startTestServer({ role: 'all', variables });
  other = await startTestServer({ role: 'all', host: HONEST, variables });
  alice = await signUp(one.origin, 'alice', 'a long password');
  bob = await signUp(other.origin, 'bob', 'a long password');
});
afterAll(async () => {
  await one?.close();
  await other?.close();
});

test('P4 two servers with authorized fetch follow and deliver', { timeout: 60_000 }, async () => {
  const found = await bob.find(alice.handle);
  if (!found) throw new Error('alice is not found.');
  // The whole profile came, not the stub that strangers get.
  expect(found.url).toBe(`${one.origin}/@alice`);
  await bob.follow(found.id);
  await eventually('alice has let bob in', async () => (await bob.relationship(found.id)).following);
  const video = await publish({ server: one, alice }, { visibility: 'followers' });
  const arrived = await eventually('the video is in the home of bob', async () =>
    (await bob.home()).find(({ uri }) => uri === video.uri),
  );
  expect(arrived.visibility).toBe('private');
  await eventually('each knows what the other runs', async () => {
    const hosts = [new URL(other.origin).host, new URL(one.origin).host] as const;
    const names = [
      ...(await one.context.instances.softwareOf([hosts[0]])),
      ...(await other.context.instances.softwareOf([hosts[1]])),
    ];
    return names.every((name) => name === 'vireo');
  });
});
