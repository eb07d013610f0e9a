import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operator } from '../../src/modules/staff/index.ts';
import {
  type Client,
  clientOf,
  createPeople,
  PASSWORD,
  type People,
  type Person,
} from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Accounts as the staff finds them. */
let server: TestServer;
let people: People;
let api: Client;
let admin: Person;
let dora: Person;

beforeAll(async () => {
  server = await startTestServer();
  people = createPeople(server);
  api = clientOf(server.origin);
  admin = await people.signedIn('bea', 'admin');
  dora = await people.signedIn('dora');
  await people.local('dorothy', { email: 'dot@mail.test', pending: true });
  await people.remote('dorian', 'far.test');
});
afterAll(() => server?.close());

const names = async (query: string, version = 'v2') => {
  const { body, status } = await api.get(`/api/${version}/admin/accounts?${query}`, { as: admin });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.map(({ account }: { account: { acct: string } }) => account.acct);
};

describe('accounts', () => {
  test.each([
    ['origin=local', ['dorothy', 'dora', 'bea']],
    ['origin=remote', ['dorian@far.test']],
    ['username=dor', ['dorian@far.test', 'dorothy', 'dora']],
    ['username=@dor@far.test', ['dorian@far.test']],
    ['username=d_r', []],
    ['email=DOT@mail', ['dorothy']],
    ['status=pending', ['dorothy']],
    ['permissions=staff', ['bea']],
    ['role_ids=admin', ['bea']],
    ['by_domain=FAR.test', ['dorian@far.test']],
    ['inactive_days=30', []],
  ])('are narrowed by %s', async (query, found) => {
    expect(await names(query)).toEqual(found);
  });

  test('are narrowed by the flags of the first version, too', async () => {
    expect(await names('local=true&pending=true', 'v1')).toEqual(['dorothy']);
    expect(await names('remote=1', 'v1')).toEqual(['dorian@far.test']);
    expect(await names('staff=true', 'v1')).toEqual(['bea']);
  });

  test('come page by page, none twice and none left out', async () => {
    const seen: string[] = [];
    let path: string | undefined = '/api/v2/admin/accounts?limit=2';
    while (path !== undefined) {
      const { body, headers } = await api.get(path, { as: admin });
      seen.push(...body.map(({ account }: { account: { acct: string } }) => account.acct));
      path = /<[^>]*?(\/api[^>]*)>; rel="next"/.exec(String(headers.link))?.[1];
    }
    expect(seen).toEqual(['dorian@far.test', 'dorothy', 'dora', 'bea']);
  });

  test('are found by the address that they signed in from, until it is forgotten', async () => {
    const body = { login: 'dora', password: PASSWORD };
    expect((await api.post('/api/v1/sessions', { body, from: '203.0.113.9' })).status).toBe(200);
    expect(await names('ip=203.0.113.0/24')).toEqual(['dora']);
    expect(await names('ip=203.0.113.9')).toEqual(['dora']);
    expect(await names('ip=203.0.114.0/24')).toEqual([]);
    const { body: detail } = await api.get(`/api/v1/admin/accounts/${dora.id}`, { as: admin });
    expect(detail).toMatchObject({
      ...{ ip: '203.0.113.9', ips: [{ ip: '203.0.113.9' }], storage_bytes: 0, videos_count: 0 },
      ...{ username: 'dora', confirmed: true, approved: true, suspended: false, rank: 0 },
    });
    expect(detail.sessions).toHaveLength(2);
    const { directory } = server.context.staff;
    expect(await directory.forgetAddresses(30)).toBe(0);
    await server.context.db('sessions').update({ created_at: new Date(Date.now() - 31 * 86_400_000) });
    expect(await directory.forgetAddresses(30)).toBe(1);
    expect(await names('ip=203.0.113.0/24')).toEqual([]);
  });

  test('say their role, also one that this server made', async () => {
    const { inTx, staff } = server.context;
    const role = { name: 'Helper', permissions: ['reports' as const], rank: 5 };
    const made = await inTx((tx) => staff.roles.create(tx, operator, role));
    if (!made.ok) throw new Error(made.detail);
    await inTx((tx) => staff.roles.assign(tx, operator, { accountId: dora.id, role: made.id, reason: '' }));
    expect(await names(`role_ids=${made.id}`)).toEqual(['dora']);
    const { body } = await api.get(`/api/v1/admin/accounts/${dora.id}`, { as: admin });
    expect(body).toMatchObject({ rank: 5, role: { id: made.id, name: 'Helper', highlighted: true } });
  });

  test('refuse what is no address, and tell nobody else', async () => {
    expect((await api.get('/api/v2/admin/accounts?ip=drop+table', { as: admin })).status).toBe(422);
    const plain = await people.signedIn('plain');
    expect((await api.get('/api/v2/admin/accounts', { as: plain })).body.code).toBe('staff-only');
  });
});
