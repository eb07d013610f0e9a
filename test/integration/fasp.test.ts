import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { faspLimits } from '../../config/fasp-limits.ts';
import type { FaspId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { empty } from '../helpers/emptying.ts';
import { type FaspProvider, startFasp } from '../helpers/fasp.ts';
import { jobRun } from '../helpers/job-run.ts';
import { HONEST } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Auxiliary service providers: who they are, what they may do before and after somebody accepts them, and signatures of both sides. */
let server: TestServer;
let fasp: FaspProvider;
let ahead = 0;

const INFO = {
  name: 'The finder',
  privacyPolicy: [{ url: 'https://finder.example/privacy', language: 'en' }, { nonsense: true }],
  capabilities: [
    { id: 'trends', version: '0.1' },
    { id: 'data_sharing', version: '0.1' },
    { id: 'spam_signals', version: '2.0' },
    { id: '../evil', version: '0' },
  ],
  contactEmail: 'help@finder.example',
};

beforeAll(async () => {
  server = await startTestServer({
    role: 'all',
    // No worker takes its jobs: each is run here, one after another.
    variables: { ALLOWED_PRIVATE_ADDRESSES: HONEST, QUEUES: 'mail' },
    overrides: { clock: { now: () => Date.now() + ahead } },
  });
  fasp = await startFasp(HONEST);
});
afterAll(async () => {
  await fasp?.close();
  await server?.close();
});
beforeEach(async () => {
  ahead = 0;
  await empty(server, 'fasp_providers');
  Object.assign(fasp, { faults: {} });
  fasp.seen.length = 0;
  fasp.turnedAway.length = 0;
  for (const name of Object.keys(fasp.answers)) delete fasp.answers[name];
  fasp.answers['GET /provider_info'] = { status: 200, body: INFO };
  for (const capability of ['trends', 'data_sharing'])
    for (const method of ['POST', 'DELETE'])
      fasp.answers[`${method} /capabilities/${capability}/0/activation`] = { status: 204 };
});

const db = () => server.context.db;
const providers = () => server.context.fasp.providers;
const row = () => db()('fasp_providers').first();
const idOf = async (): Promise<FaspId> => (await row()).id;
const only = async () => {
  const [one, ...others] = await providers().list();
  if (!one || others.length > 0) throw new Error('There is not one provider.');
  return one;
};
async function sync(): Promise<void> {
  const finish = await server.context.handlers['fasp.sync']({ providerId: await idOf() }, jobRun());
  if (finish) await server.context.inTx(finish);
}
async function accepted(): Promise<void> {
  expect((await fasp.register(server.origin)).status).toBe(201);
  const id = await idOf();
  const outcome = await server.context.inTx((tx) => providers().accept(tx, operator, id));
  expect(outcome.ok).toBe(true);
}
async function use(capability: string, isEnabled = true) {
  const id = await idOf();
  return server.context.inTx((tx) => providers().setCapability(tx, operator, id, { capability, isEnabled }));
}
const paths = () => fasp.seen.map(({ method, path }) => `${method} ${path}`);

describe('a provider that registers', () => {
  test('waits, with the fingerprint that it shows itself, and gets a key of this server for it alone', async () => {
    const { status, json } = await fasp.register(server.origin);
    expect(status).toBe(201);
    expect(json).toMatchObject({ registrationCompletionUri: `${server.origin}/admin/services` });
    expect(Buffer.from(json.publicKey ?? '', 'base64')).toHaveLength(32);
    expect(await only()).toMatchObject({ id: json.faspId, state: 'waiting', fingerprint: fasp.fingerprint });
    const sealed = await db()('fasp_keys').first();
    expect(sealed.private_key_sealed).not.toContain('PRIVATE');
    const again = await fasp.register(server.origin);
    expect(again.json.publicKey).not.toBe(json.publicKey);
  });

  test('can do nothing before it is accepted, and is asked nothing (CVE-2026-27468)', async () => {
    await fasp.register(server.origin);
    expect((await fasp.call('GET', '/anything')).status).toBe(401);
    ahead = faspLimits.infoEveryMs * 2;
    await server.context.fasp.wakeDue();
    expect(await db()('jobs').where({ name: 'fasp.sync' }).first()).toBeUndefined();
    ahead = 0;
    await sync();
    expect(await use('data_sharing')).toMatchObject({ ok: false, reason: 'not-found' });
    expect([fasp.seen, fasp.turnedAway]).toEqual([[], []]);
  });

  test.each([
    ['an address of a private network', { baseUrl: 'https://10.0.0.1/fasp' }],
    ['an address of this machine', { baseUrl: 'http://127.0.0.1:1/' }],
    ['no https', { baseUrl: 'http://finder.example' }],
    ['another port', { baseUrl: 'https://finder.example:22' }],
    ['a name and a password', { baseUrl: 'https://a:b@finder.example' }],
    ['a query', { baseUrl: 'https://finder.example/?x=1' }],
    ['another kind of address', { baseUrl: 'file:///etc/passwd' }],
    ['a key that is too short', { publicKey: 'AAAA' }],
    ['no key', { publicKey: '' }],
    ['a name without an end', { name: 'x'.repeat(101) }],
    ['no name', { name: ' ' }],
    ['a sign that no text has', { name: 'a\u0000b' }],
    ['an id that breaks a header', { serverId: 'a"b' }],
  ])('is refused with %s', async (_, more) => {
    const { status, json } = await fasp.register(server.origin, more);
    expect([status, typeof json.error]).toEqual([422, 'string']);
    expect(await row()).toBeUndefined();
  });

  test('is refused where too many wait, and of a suspended server', async () => {
    const { inTx, ids } = server.context;
    await fasp.register(server.origin);
    const one = await row();
    const many = Array.from({ length: faspLimits.maxWaiting - 1 }, () => ({
      ...one,
      id: ids.next<'fasp'>(),
    }));
    await db()('fasp_providers').insert(many);
    expect((await fasp.register(server.origin)).status).toBe(429);
    await db()('fasp_providers').delete();
    await db()('domain_policies').insert({ domain: HONEST, severity: 'suspend' });
    expect((await fasp.register(server.origin)).status).toBe(422);
    await db()('domain_policies').delete();
    expect(inTx).toBeDefined();
  });
});

describe('what an accepted provider sends', () => {
  test('counts where all of it is signed, and the answer is signed, too', async () => {
    await accepted();
    expect(await fasp.call('GET', '/nothing?here=1')).toMatchObject({ status: 404, isSigned: true });
    expect(await fasp.call('POST', '/nothing', { a: 1 })).toMatchObject({ status: 404, isSigned: true });
  });

  test.each([
    ['with a digest of something else', { digestOf: '{"b":2}' }],
    ['without a digest', { leaveOut: 'content-digest' as const }],
    ['without a signature', { leaveOut: 'signature' as const }],
    ['without a time', { leaveOut: 'created' as const }],
    ['made long ago', { created: Math.floor(Date.now() / 1_000) - 400 }],
    ['made in times to come', { created: Math.floor(Date.now() / 1_000) + 900 }],
    ['with another key', { key: generateKeyPairSync('ed25519').privateKey }],
    ['in the name of somebody else', { keyId: '42' }],
    ['that leaves out its target', { components: ['@method', 'content-digest'] }],
    ['that leaves out its method', { components: ['@target-uri', 'content-digest'] }],
    ['that leaves out its digest', { components: ['@method', '@target-uri'] }],
  ])('counts not where it is signed %s', async (_, faults) => {
    await accepted();
    const answer = await fasp.call('POST', '/nothing', { a: 1 }, faults);
    expect(answer).toMatchObject({ status: 401, isSigned: false });
  });

  test('counts once, and not for something else', async () => {
    await accepted();
    const first = await fasp.call('POST', '/nothing', { a: 1 });
    const again = { headers: first.sent };
    expect(await fasp.call('POST', '/nothing', { a: 1 }, again)).toMatchObject({ status: 401 });
    const other = await fasp.call('POST', '/one', { a: 1 });
    expect(await fasp.call('POST', '/two', { a: 1 }, { headers: other.sent })).toMatchObject({ status: 401 });
    expect(await fasp.call('DELETE', '/one', { a: 1 }, { headers: other.sent })).toMatchObject({
      status: 401,
    });
  });

  test('counts no more once it is removed', async () => {
    await accepted();
    const id = await idOf();
    await server.context.inTx((tx) => providers().remove(tx, operator, id));
    expect((await fasp.call('GET', '/nothing')).status).toBe(401);
    expect(await providers().list()).toEqual([]);
  });
});

describe('what it is asked and told', () => {
  test('is what it can do, signed; what cannot be read of that is left out', async () => {
    await accepted();
    await sync();
    expect(paths()).toEqual(['GET /provider_info']);
    expect(fasp.turnedAway).toEqual([]);
    const { info, capabilities } = await only();
    expect(info).toMatchObject({
      ...{ name: 'The finder', contactEmail: 'help@finder.example' },
      privacyPolicy: [{ url: 'https://finder.example/privacy', language: 'en' }],
    });
    expect(capabilities.map(({ capability, isUsable }) => [capability, isUsable])).toEqual([
      ['data_sharing', true],
      ['spam_signals', false],
      ['trends', true],
    ]);
    expect(await use('spam_signals')).toMatchObject({ ok: false, reason: 'not-usable' });
  });

  test.each(['\u0000', '\ud800'])(
    'is noted as unreadable, or left out, where it has a sign that no text has',
    async (sign) => {
      await accepted();
      const body = {
        ...INFO,
        privacyPolicy: [{ url: `https://finder.example/${sign}`, language: sign }, ...INFO.privacyPolicy],
        contactEmail: sign,
        signInUrl: `https://finder.example/${sign}`,
      };
      fasp.answers['GET /provider_info'] = { status: 200, body };
      await sync();
      expect((await only()).info).toMatchObject({
        name: 'The finder',
        privacyPolicy: [INFO.privacyPolicy[0]],
      });
      fasp.answers['GET /provider_info'] = { status: 200, body: { ...INFO, name: `a${sign}b` } };
      await db()('fasp_providers').update({ info_at: new Date(0) });
      await sync();
      expect((await only()).failure).toBe('What it says of itself cannot be read.');
    },
  );

  test('is what is used of it, and what is used no more, until it knows', async () => {
    await accepted();
    await sync();
    expect((await use('data_sharing')).ok).toBe(true);
    fasp.answers['POST /capabilities/data_sharing/0/activation'] = {
      status: 503,
      headers: { 'retry-after': '7200' },
    };
    await sync();
    expect((await only()).capabilities.find(({ capability }) => capability === 'data_sharing')).toMatchObject(
      {
        ...{ enabled: true, isTold: false },
      },
    );
    const { failures, failure, next_at } = await row();
    expect([failures, failure]).toEqual([1, 'It answered 503.']);
    expect(next_at.getTime() - Date.now()).toBeGreaterThan(7_000_000);
    fasp.answers['POST /capabilities/data_sharing/0/activation'] = { status: 204 };
    await sync();
    expect(await row()).toMatchObject({ failures: 0, failure: null });
    await use('data_sharing', false);
    await sync();
    expect(paths().slice(1)).toEqual([
      'POST /capabilities/data_sharing/0/activation',
      'POST /capabilities/data_sharing/0/activation',
      'DELETE /capabilities/data_sharing/0/activation',
    ]);
  });

  test('is told once of the end of something that it knows nothing of any more', async () => {
    await accepted();
    await sync();
    await use('data_sharing');
    await sync();
    fasp.answers['DELETE /capabilities/data_sharing/0/activation'] = { status: 404 };
    await use('data_sharing', false);
    await sync();
    const { failures, failure, capabilities } = await only();
    expect([failures, failure]).toEqual([0, null]);
    expect(capabilities.find(({ capability }) => capability === 'data_sharing')).toMatchObject({
      ...{ enabled: false, isTold: true },
    });
  });

  test('is that it is used no more, once it is removed', async () => {
    await accepted();
    await sync();
    await use('data_sharing');
    await sync();
    const id = await idOf();
    await server.context.inTx((tx) => providers().remove(tx, operator, id));
    await sync();
    expect(paths().at(-1)).toBe('DELETE /capabilities/data_sharing/0/activation');
  });

  test.each([
    ['not signed', { leaveOut: 'signature' as const }],
    ['signed with another key', { key: generateKeyPairSync('ed25519').privateKey }],
    ['signed long ago', { created: Math.floor(Date.now() / 1_000) - 400 }],
    ['another one than was signed', { digestOf: '{}' }],
    ['signed in the name of somebody else', { keyId: '42' }],
  ])('is not believed where its answer is %s', async (_, faults) => {
    await accepted();
    fasp.faults = faults;
    await sync();
    const { info, failures } = await row();
    expect([info, failures]).toEqual([null, 1]);
  });

  test('is lost on nobody where it is away, leads elsewhere, or sends too much', async () => {
    await accepted();
    fasp.answers['GET /provider_info'] = { status: 302, headers: { location: fasp.remote.url('/other') } };
    await sync();
    fasp.answers['GET /provider_info'] = { status: 200, body: { ...INFO, more: 'x'.repeat(300_000) } };
    await sync();
    expect((await row()).failure).not.toBe('Its answer is no JSON.');
    await db()('fasp_providers').update({ base_url: `http://${HONEST}:1` });
    await sync();
    expect(await row()).toMatchObject({ info: null, failures: 3 });
    expect(fasp.remote.seen.map(({ path }) => path)).not.toContain('/other');
    await db()('fasp_providers').update({ base_url: 'http://127.0.0.1:1' });
    await sync();
    expect((await row()).failure).toMatch(/https/);
  });
});
