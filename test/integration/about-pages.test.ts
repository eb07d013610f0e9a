import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator } from '../../src/modules/staff/index.ts';
import { type Client, clientOf, createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let cookie: string;

beforeAll(async () => {
  server = await startTestServer({ variables: { INSTANCE_NAME: 'Bird Films' } });
  client = clientOf(server.origin);
  const people = createPeople(server);
  const alice = await people.local('alice');
  cookie = await people.tokenOf(alice, 'cookie');
});
afterAll(() => server?.close());

const titleOf = async (path: string, headers: Record<string, string> = {}) => {
  const { status, text } = await client.get(path, { headers });
  return [status, /<title>(.*?)<\/title>/.exec(text)?.[1]];
};

test('pages about the server have heads of their own, in the language of the reader', async () => {
  expect(await titleOf('/about')).toEqual([200, 'About Bird Films · Bird Films']);
  expect(await titleOf('/about/rules')).toEqual([200, 'Rules of Bird Films · Bird Films']);
  expect(await titleOf('/about/rules', { 'accept-language': 'de' })).toEqual([
    ...[200, 'Regeln von Bird Films · Bird Films'],
  ]);
  const { text } = await client.get('/about');
  expect(text).toContain(`<link rel="canonical" href="${server.context.config.origin}/about">`);
  expect(text).not.toContain('noindex');
  expect((await client.get('/about/algorithm')).text).toContain('What you are shown, and why');
});

test('what is not there, or not for whoever asks, is absent', async () => {
  expect(await titleOf('/about/nothing')).toEqual([404, 'Bird Films']);
  expect(await titleOf('/about/privacy')).toEqual([404, 'Bird Films']);
  const { inTx, settings, domains } = server.context;
  await inTx((tx) => settings.change(tx, operator, { INSTANCE_PRIVACY_POLICY: 'We keep *little*.' }, ''));
  await settings.refresh();
  expect(await titleOf('/about/privacy')).toEqual([200, 'Privacy on Bird Films · Bird Films']);
  const blocks = async (as?: string) =>
    (await client.get('/about/blocks', as === undefined ? {} : { cookie: as })).status;
  // Members, until the staff decides.
  expect([await blocks(), await blocks(cookie)]).toEqual([404, 200]);
  await inTx((tx) => domains.list.setAudience(tx, operator, 'public'));
  expect([await blocks(), await blocks(cookie)]).toEqual([200, 200]);
  await inTx((tx) => domains.list.setAudience(tx, operator, 'hidden'));
  expect([await blocks(), await blocks(cookie)]).toEqual([404, 404]);
});
