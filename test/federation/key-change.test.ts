import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vireo } from '../../src/cli/program.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { eventually } from '../helpers/chaos.ts';
import {
  type Arrival,
  type DeliveryRig,
  type Receiver,
  startDeliveryRig,
  startReceiver,
} from '../helpers/delivery-rig.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { HONEST } from '../helpers/remote-http.ts';
import { startTestServer, TEST_PEERS, type TestServer } from '../helpers/server.ts';

/** Runs `vireo` beside a server, with connections and memory of its own; gives what it said. */
async function cli({ context, dataDir }: TestServer, ...words: string[]) {
  const out: string[] = [];
  const env = {
    ...{ VIREO_ENV: 'test', ORIGIN: context.config.origin, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
    ...{ DATABASE_URL: context.databaseUrl, REDIS_URL: context.redisUrl, RANKING: 'off' },
    ...{ REDIS_PREFIX: context.config.redisPrefix, ALLOWED_PRIVATE_ADDRESSES: TEST_PEERS },
  };
  const stdout = { write: (text: string) => out.push(text) > 0 };
  const code = await vireo(['--json', ...words], { env, stdout, stderr: { write: () => true } });
  return { code, ...JSON.parse(out.join('')) };
}

const pemOf = async ({ context }: TestServer, { id }: Pick<Account, 'id'>): Promise<string> =>
  (await context.accounts.keysOf(id))?.publicKeyPem ?? '';

/** Whether a request is signed with this key, by draft-cavage, with nothing of ours. */
function isSignedWith(pem: string, { headers, path }: Arrival): boolean {
  const value = /signature="(?<base64>[^"]+)"/.exec(String(headers.signature))?.groups?.base64 ?? '';
  const lines = ['host', 'date', 'digest'].map((name) => `${name}: ${headers[name]}`);
  const text = [`(request-target): post ${path}`, ...lines].join('\n');
  return verify('sha256', Buffer.from(text), createPublicKey(pem), Buffer.from(value, 'base64'));
}

describe('what an actor signs with whose key was changed', () => {
  let rig: DeliveryRig;
  let peer: Receiver;
  let alice: Account;
  let old: string;
  let now: string;
  /** The key that the receiver knows; it refuses all others. */
  let known: string | null = null;

  beforeAll(async () => {
    rig = await startDeliveryRig();
    alice = await rig.sender('alice');
    peer = await startReceiver(HONEST, (arrival) =>
      known === null || isSignedWith(known, arrival) ? 202 : 401,
    );
    await rig.addFollower(alice, `http://${peer.host}/alice/inbox`, `http://${peer.host}/inbox`);
  });
  afterAll(async () => {
    await peer?.close();
    await rig?.close();
  });

  const states = () => rig.server.context.db('deliveries').orderBy('position').pluck('state');
  const keyOf = (arrival: Arrival) =>
    isSignedWith(old, arrival) ? 'old' : isSignedWith(now, arrival) ? 'new' : 'neither';

  test('is the old key for what was written before, and for the news; then the new one', async () => {
    const { context } = rig.server;
    // Opens the key, so that it is in memory when another process changes it.
    await rig.post(alice);
    await rig.pump(peer.host);
    old = await pemOf(rig.server, alice);
    const before = peer.arrivals.length;
    await rig.post(alice);
    expect(await cli(rig.server, 'actor', 'rotate-keys', 'alice')).toMatchObject({ code: 0 });
    now = await pemOf(rig.server, alice);
    expect(now).not.toBe(old);
    await rig.post(alice);
    const event = { accountId: alice.id };
    await context.inTx((tx) => context.federation.bridge.onAccountRekeyed(tx, event));
    await rig.post(alice);
    await rig.pump(peer.host);
    const arrived = peer.arrivals.slice(before);
    expect(arrived.map(keyOf)).toEqual(['old', 'old', 'old', 'new']);
    const news = await context.db('activities').where({ type: 'Update' }).first('body');
    expect(JSON.parse(news.body).object.publicKey).toMatchObject({
      id: `${alice.actorUri}#main-key`,
      publicKeyPem: now,
    });
  });

  test.for(['old', 'new'])(
    'is the other key, too, for a server that knows the %s one alone',
    async (which) => {
      known = which === 'old' ? old : now;
      const before = peer.arrivals.length;
      await rig.post(alice);
      await rig.pump(peer.host);
      expect(peer.arrivals.slice(before).map(keyOf)).toEqual(which === 'old' ? ['new', 'old'] : ['new']);
      expect(new Set(await states())).toEqual(new Set(['delivered']));
      known = null;
    },
  );

  test('is forgotten once nothing of that time is on its way', async () => {
    const { db, inTx, accounts } = rig.server.context;
    expect(await inTx((tx) => accounts.forgetPreviousKeys(tx))).toBe(0);
    await db('actor_keys').update({ created_at: db.raw(`now() - interval '31 days'`) });
    expect(await inTx((tx) => accounts.forgetPreviousKeys(tx))).toBe(1);
    expect((await accounts.keysOf(alice.id))?.previous).toBeNull();
  });
});

describe('all keys of a server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ role: 'none' });
    const people = createPeople(server);
    for (const name of ['ana', 'ben', 'cem']) await people.local(name);
  });
  afterAll(() => server?.close());

  const pems = (): Promise<string[]> =>
    server.context.db('actor_keys').orderBy('account_id').pluck('public_key_pem');

  test('are only counted where it is tried', async () => {
    const before = await pems();
    const tried = await cli(server, 'actor', 'rotate-keys', '--all', '--dry-run');
    expect(tried).toMatchObject({ code: 0, rows: [{ actors: 4 }] });
    expect(await pems()).toEqual(before);
    expect((await cli(server, 'actor', 'rotate-keys')).code).toBe(2);
    expect((await cli(server, 'actor', 'rotate-keys', 'ana', '--all')).code).toBe(2);
  });

  test('are changed once each, also where that was broken off', async () => {
    const { db } = server.context;
    const before = await pems();
    // As a process leaves it that dies after the first of them.
    await db('instance_settings').insert({
      key: 'actor-keys-change-begun',
      value: db.raw('to_jsonb(now())'),
    });
    await cli(server, 'actor', 'rotate-keys', 'ana');
    const first = await server.context.accounts.byHandle('ana');
    const pem = first && (await pemOf(server, first));
    const said = await cli(server, 'actor', 'rotate-keys', '--all', '--reason', 'The disk was sold.');
    expect(said).toMatchObject({ code: 0, rows: [{ actors: 3 }] });
    const after = await pems();
    expect(after.filter((one) => before.includes(one))).toEqual([]);
    expect(after).toContain(pem);
    expect(await db('instance_settings').where({ key: 'actor-keys-change-begun' })).toEqual([]);
    const again = await cli(server, 'actor', 'rotate-keys', '--all');
    expect(again).toMatchObject({ rows: [{ actors: 4 }] });
    const entries = await db('audit_log').where({ action: 'actor.rotate-keys', target_id: 'actor-keys' });
    expect(entries).toHaveLength(1);
  });
});

describe('another server', () => {
  let a: TestServer;
  let b: TestServer;
  let atB: Client;
  let alice: Person;
  let bob: Person;
  /** How far the clock of B is ahead. */
  let ahead = 0;

  beforeAll(async () => {
    a = await startTestServer({ role: 'all', host: '127.0.0.2' });
    const overrides = { clock: { now: () => Date.now() + ahead } };
    b = await startTestServer({ role: 'all', host: '127.0.0.3', overrides });
    atB = clientOf(b.origin);
    alice = await createPeople(a).signedIn('alice');
    bob = await createPeople(b).signedIn('bob');
  });
  afterAll(async () => {
    await Promise.all([a?.close(), b?.close()]);
  });

  const nameAtB = async () => {
    const row = await b.context.db('accounts').where({ actor_uri: alice.account.actorUri }).first();
    return row?.display_name;
  };
  const rename = (displayName: string) =>
    a.context.inTx((tx) => a.context.accounts.editProfile(tx, alice.id, { displayName }));
  const keyAtB = async () => {
    const row = await b.context.db('remote_keys').where({ actor_uri: alice.account.actorUri }).first();
    return row?.public_key_pem.trim();
  };

  test('goes on to hear of somebody whose key was changed, and learns the new one', async () => {
    const { host } = new URL(a.origin);
    const search = `/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(`@alice@${host}`)}`;
    const seen = (await atB.get(search, { as: bob })).body.accounts[0];
    await atB.post(`/api/v1/accounts/${seen.id}/follow`, { as: bob });
    const follows = `/api/v1/accounts/relationships?id[]=${seen.id}`;
    await eventually('A accepts', async () => (await atB.get(follows, { as: bob })).body[0].following);
    await rename('Before');
    await eventually('B hears of the profile', async () => (await nameAtB()) === 'Before');
    const old = await pemOf(a, alice.account);
    expect(await keyAtB()).toBe(old.trim());

    expect((await cli(a, 'actor', 'rotate-keys', 'alice')).code).toBe(0);
    // B fetched the old key a moment ago, and asks for no other so soon.
    await rename('After');
    await eventually('B hears of the next one', async () => (await nameAtB()) === 'After');

    expect(await keyAtB()).toBe(old.trim());

    // Some minutes later it fetches the key anew, and then needs the old one no more.
    ahead = 600_000;
    await rename('Later');
    await eventually('B hears of the third', async () => (await nameAtB()) === 'Later');
    expect(await keyAtB()).toBe((await pemOf(a, alice.account)).trim());
  });
});
