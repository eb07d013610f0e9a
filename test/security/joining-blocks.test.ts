import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operator } from '../../src/modules/staff/index.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** What is refused of those who join, however they write it (security.md A9). */
let server: TestServer;
let api: Client;
let boss: Person;
let made = 0;

beforeAll(async () => {
  server = await startTestServer();
  api = clientOf(server.origin);
  boss = await createPeople(server).signedIn('bea', 'admin');
  const { inTx, staff } = server.context;
  await inTx((tx) => staff.joining.blockEmailDomain(tx, operator, '@Spam.test', false));
  await inTx((tx) => staff.joining.blockEmailDomain(tx, operator, 'maybe.test', true));
  await inTx((tx) => staff.joining.reserveName(tx, operator, 'Mayor', ''));
});
afterAll(() => server?.close());

async function join(change: object = {}, from = '192.0.2.1') {
  const body = { username: `guest_${++made}`, password: 'long enough it is', ...change };
  return (await api.post('/api/v1/accounts', { body, from })).body;
}
const block = (ip: string, more: object = {}) =>
  api.post('/api/v1/admin/ip_blocks', { as: boss, body: { ip, severity: 'sign_up_block', ...more } });

describe('whoever joins', () => {
  test.each(['a@spam.test', 'a@SPAM.test', 'a+b@spam.test', 'a@below.it.spam.test'])(
    'is refused with the address %s of a blocked provider',
    async (email) => {
      expect((await join({ email })).code).toBe('joining-refused');
    },
  );

  test('is not refused for a provider that only ends like a blocked one', async () => {
    expect((await join({ email: 'a@nospam.test' })).pending).toBe(false);
  });

  test('waits for approval where the provider is only looked at', async () => {
    expect((await join({ email: 'a@maybe.test' })).pending).toBe(true);
  });

  test.each(['mayor', 'MAYOR'])('does not take the reserved name %s', async (username) => {
    expect((await join({ username })).code).toBe('username-reserved');
  });

  test('is refused from a blocked network, of any version of addresses, and from no other', async () => {
    expect((await block('203.0.113.77/24')).status).toBe(200);
    expect((await block('2001:db8:7::/48')).status).toBe(200);
    expect((await join({}, '203.0.113.200')).code).toBe('joining-refused');
    expect((await join({}, '2001:db8:7::1')).code).toBe('joining-refused');
    expect((await join({}, '203.0.114.1')).pending).toBe(false);
  });

  test('waits for approval from a network that is only looked at, until the block runs out', async () => {
    const watched = { severity: 'sign_up_requires_approval', expires_in: 3_600 };
    const { body } = await block('198.51.100.0/24', watched);
    expect((await join({}, '198.51.100.3')).pending).toBe(true);
    const past = new Date(Date.now() - 1_000);
    await server.context.db('ip_blocks').where({ id: body.id }).update({ expires_at: past });
    expect((await join({}, '198.51.100.3')).pending).toBe(false);
    expect((await block('198.51.100.0/24')).status).toBe(200);
  });

  test('may again once the block is gone', async () => {
    const { body } = await block('192.0.2.128/25');
    expect((await join({}, '192.0.2.200')).code).toBe('joining-refused');
    expect((await api.delete(`/api/v1/admin/ip_blocks/${body.id}`, { as: boss })).status).toBe(200);
    expect((await join({}, '192.0.2.200')).pending).toBe(false);
  });
});

describe('blocks', () => {
  test('are listed as the Mastodon API lists them, and are made once', async () => {
    const { body } = await api.get('/api/v1/admin/email_domain_blocks', { as: boss });
    expect(body.map(({ domain }: { domain: string }) => domain)).toEqual(['maybe.test', 'spam.test']);
    const again = { as: boss, body: { domain: 'SPAM.test' } };
    expect((await api.post('/api/v1/admin/email_domain_blocks', again)).body.code).toBe('known');
    const ips = await api.get('/api/v1/admin/ip_blocks', { as: boss });
    expect(ips.body[0]).toMatchObject({ severity: 'sign_up_block', comment: '', expires_at: null });
  });

  test.each(['300.1.1.1', '10.0.0.0/99', 'nonsense'])(
    'are refused for %s, which is no network',
    async (ip) => {
      expect((await block(ip)).body.code).toBe('validation-failed');
    },
  );

  test('are on record, without the address', async () => {
    const { body } = await api.get('/api/v1/admin/audit_log?action=joining-block', { as: boss });
    expect(body.length).toBeGreaterThan(3);
    expect(JSON.stringify(body)).not.toMatch(/203\.0\.113|spam\.test/);
  });
});
