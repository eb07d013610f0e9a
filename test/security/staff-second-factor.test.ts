import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/http/api/index.ts';
import { type Client, clientOf, createPeople, type People } from '../helpers/people.ts';
import { setUpSecondFactor } from '../helpers/second-factor.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Whoever can do the most harm is asked for more than a password (security.md A11). */
let server: TestServer;
let people: People;
let api: Client;

beforeAll(async () => {
  server = await startTestServer({ variables: { STAFF_SECOND_FACTOR: 'required' } });
  people = createPeople(server);
  api = clientOf(server.origin);
});
afterAll(() => server?.close());

describe('people of the staff without a second factor', () => {
  test('sign in, and are refused by every route for the staff, which says what to do', async () => {
    const boss = await people.signedIn('ada', 'owner');
    expect((await api.get('/api/v1/accounts/verify_credentials', { as: boss })).body.staff).toMatchObject({
      lacks_second_factor: true,
    });
    for (const { method, path } of routes.filter(({ audience }) => audience === 'staff')) {
      const address = path.replaceAll(/:\w+/g, '1');
      const { status, body } = await api[method](address, {
        as: boss,
        body: method === 'get' ? undefined : {},
      });
      expect([`${method} ${path}`, status, body.code]).toEqual([
        ...[`${method} ${path}`, 403, 'staff-second-factor'],
      ]);
      expect(body.detail).toContain('/settings/security');
    }
  });

  test('come in once they have set one up, with the session they have', async () => {
    const bea = await people.signedIn('bea', 'moderator');
    const reads = () => api.get('/api/v1/admin/sign_ups', { as: bea });
    expect((await reads()).status).toBe(403);
    await setUpSecondFactor(server, bea);
    expect((await reads()).status).toBe(200);
    await server.context.inTx((tx) => server.context.auth.secondFactor.drop(tx, bea.id));
    expect((await reads()).body.code).toBe('staff-second-factor');
  });

  test('are told so only where they are of the staff', async () => {
    const plain = await people.signedIn('plain');
    expect((await api.get('/api/v1/admin/roles', { as: plain })).body.code).toBe('staff-only');
    expect((await api.get('/api/v1/accounts/verify_credentials', { as: plain })).body.staff).toBeNull();
  });
});
