import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operator } from '../../src/modules/staff/index.ts';
import { eventually } from '../helpers/chaos.ts';
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

describe('a network without access', () => {
  const from = '203.0.113.9';
  const status = async (path: string, init: { from?: string; headers?: Record<string, string> } = {}) =>
    (await api.get(path, { from, ...init })).status;
  const until = (path: string, wanted: number) =>
    eventually(`${path} is answered with ${wanted}`, async () => (await status(path)) === wanted);
  const noAccess = async (ip: string, more: object = {}) => {
    const made = await block(ip, { severity: 'no_access', ...more });
    expect(made.status, made.text).toBe(200);
    return made.body.id;
  };

  test('gets no page, no API and no stream; what servers say to each other goes on', async () => {
    const id = await noAccess('203.0.113.0/28');
    await until('/api/v1/instance', 403);
    const refused = await api.get('/api/v2/instance', { from });
    expect(refused.body).toMatchObject({ code: 'network-refused', status: 403 });
    for (const path of [
      '/',
      '/@bea',
      '/oauth/authorize',
      '/about',
      '/api/v1/streaming',
      '/manifest.webmanifest',
    ]) {
      expect(await status(path), path).toBe(403);
    }
    expect((await join({}, from)).code).toBe('network-refused');
    const upload = { as: boss, from, headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': '9' } };
    expect((await api.post('/api/v1/uploads', upload)).status).toBe(403);
    // Not by asking for a document in its place, nor by writing the way differently.
    const accept = { accept: 'application/activity+json' };
    expect(await status('/api/v1/instance', { headers: accept })).toBe(403);
    expect(await status('/ap/../api/v1/instance')).not.toBe(200);
    expect((await api.post('/ap/uploads', { as: boss, from, body: {} })).status).toBe(403);

    const handle = `acct:bea@${server.context.urls.domain}`;
    expect(await status(`/.well-known/webfinger?resource=${encodeURIComponent(handle)}`)).toBe(200);
    const actor = new URL(server.context.urls.instanceActor).pathname;
    expect(await status(actor, { headers: accept })).toBe(200);
    const inbox = await api.post('/inbox', { from, body: {} });
    expect(inbox.body.code ?? inbox.status).not.toBe('network-refused');
    expect(inbox.status).not.toBe(403);
    expect(await status('/live')).toBe(200);
    expect(await status('/api/v1/instance', { from: '203.0.113.16' })).toBe(200);
    expect(await status('/api/v1/instance', { from: '::ffff:203.0.113.9' })).toBe(403);

    await api.delete(`/api/v1/admin/ip_blocks/${id}`, { as: boss });
    await until('/api/v1/instance', 200);
  });

  test('gets it back when the block runs out, without anybody doing anything', async () => {
    const id = await noAccess('2001:db8:9::/48', { expires_in: 3_600 });
    const there = { from: '2001:db8:9::7' };
    await eventually('it is refused', async () => (await status('/api/v1/instance', there)) === 403);
    const soon = new Date(Date.now() + 1_500);
    await server.context.db('ip_blocks').where({ id }).update({ expires_at: soon });
    await eventually('it is answered', async () => (await status('/api/v1/instance', there)) === 200);
  });

  test('is never the one that is asked from, nor this server itself', async () => {
    const own = { as: boss, from: '198.51.100.77' };
    const body = { ip: '198.51.100.0/24', severity: 'no_access' };
    const refused = await api.post('/api/v1/admin/ip_blocks', { ...own, body });
    expect(refused.body).toMatchObject({
      code: 'validation-failed',
      error: expect.stringContaining('lock yourself out'),
    });
    const everybody = { ...body, ip: '0.0.0.0/0' };
    expect((await api.post('/api/v1/admin/ip_blocks', { ...own, body: everybody })).status).toBe(422);
    const { inTx, staff } = server.context;
    const self = { ip: '127.0.0.0/24', severity: 'no_access', comment: '', expiresAt: null } as const;
    const outcome = await inTx((tx) => staff.joining.blockIp(tx, operator, self));
    expect(outcome).toMatchObject({ ok: false, detail: 'This server asks itself from there.' });
    // Nor by making a lesser block a harder one.
    const listed = (await api.get('/api/v1/admin/ip_blocks', { as: boss })).body;
    const lesser = listed.find((one: { ip: string }) => one.ip === '198.51.100.0/24');
    const change = (more: object) =>
      api.put(`/api/v1/admin/ip_blocks/${lesser.id}`, { ...own, body: { severity: 'no_access', ...more } });
    expect((await change({})).body).toMatchObject({
      ...{ code: 'validation-failed', error: expect.stringContaining('lock yourself out') },
    });
    const away = { as: boss, body: { severity: 'no_access' } };
    expect((await api.put(`/api/v1/admin/ip_blocks/${lesser.id}`, away)).status).toBe(200);
    const there = { from: '198.51.100.5' };
    await eventually('the change is heard of', async () => (await status('/about', there)) === 403);
    const back = { as: boss, body: { severity: 'sign_up_block' } };
    expect((await api.put(`/api/v1/admin/ip_blocks/${lesser.id}`, back)).status).toBe(200);
    await eventually('and back', async () => (await status('/about', there)) !== 403);
    // Nor by taking back that such a block was removed, or made a lesser one.
    const entry = async () =>
      (await api.get('/api/v1/admin/audit_log?action=joining-block&limit=1', { as: boss })).body[0].id;
    const lessened = await entry();
    const undo = (id: string, from: object) =>
      api.post('/api/v1/admin/audit_log/undo', { as: boss, ...from, body: { audit_ids: [id] } });
    expect((await undo(lessened, own)).body).toMatchObject({
      ...{ code: 'not-undoable', error: expect.stringContaining('lock yourself out') },
    });
    expect(await status('/about', { from: own.from })).not.toBe(403);
    expect((await undo(lessened, {})).status).toBe(200);
    await eventually('it is hard again', async () => (await status('/about', there)) === 403);
    expect((await api.delete(`/api/v1/admin/ip_blocks/${lesser.id}`, { as: boss })).status).toBe(200);
    await eventually('it is gone', async () => (await status('/about', there)) !== 403);
    const removed = await entry();
    expect((await undo(removed, own)).body.code).toBe('not-undoable');
    expect((await undo(removed, {})).status).toBe(200);
    expect((await api.put(`/api/v1/admin/ip_blocks/${lesser.id}`, back)).status).toBe(200);
    await eventually('and back once more', async () => (await status('/about', there)) !== 403);
    // To keep people there from joining locks nobody out.
    const joining = { ...body, severity: 'sign_up_block' };
    expect((await api.post('/api/v1/admin/ip_blocks', { ...own, body: joining })).body.code).toBe('known');
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

  test('that have run out stay until somebody may put another one in their place', async () => {
    const { inTx, staff, db } = server.context;
    const ended = {
      ip: '198.18.0.0/24',
      severity: 'sign_up_block',
      comment: '',
      expiresAt: new Date(0),
    } as const;
    await inTx((tx) => staff.joining.blockIp(tx, operator, ended));
    const nobody = { kind: 'person', accountId: boss.id, permissions: ['reports'], rank: 1 } as const;
    const refused = await inTx((tx) => staff.joining.blockIp(tx, nobody, { ...ended, expiresAt: null }));
    expect(refused).toMatchObject({ reason: 'permission-missing' });
    expect(await db('ip_blocks').where({ network: ended.ip })).toHaveLength(1);
    expect((await inTx((tx) => staff.joining.blockIp(tx, operator, { ...ended, expiresAt: null }))).ok).toBe(
      true,
    );
    expect(await db('ip_blocks').where({ network: ended.ip })).toHaveLength(1);
  });

  test('are on record, without the address', async () => {
    const { body } = await api.get('/api/v1/admin/audit_log?action=joining-block', { as: boss });
    expect(body.length).toBeGreaterThan(3);
    expect(JSON.stringify(body)).not.toMatch(/203\.0\.113|spam\.test/);
  });
});
