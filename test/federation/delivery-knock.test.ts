import { createHash, createPublicKey, verify } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliveryLimits } from '../../config/limits.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import {
  type Arrival,
  type DeliveryRig,
  type Receiver,
  startDeliveryRig,
  startReceiver,
} from '../helpers/delivery-rig.ts';
import { HONEST } from '../helpers/remote-http.ts';

let rig: DeliveryRig;
let peer: Receiver;
let alice: Account;
let bob: Account;
let decide: Parameters<typeof startReceiver>[1] & object;

beforeAll(async () => {
  rig = await startDeliveryRig();
  alice = await rig.sender('alice');
  bob = await rig.sender('bob');
});
afterAll(() => rig.close());

beforeEach(async () => {
  decide = () => 202;
  peer = await startReceiver(HONEST, (arrival) => decide(arrival));
  await rig.addFollower(alice, `http://${peer.host}/alice/inbox`, `http://${peer.host}/inbox`);
});
afterEach(async () => {
  await peer.close();
  await rig.clear();
});

const hosts = () => rig.server.context.db('delivery_hosts');
const states = () => rig.server.context.db('deliveries').orderBy('id').pluck('state');

/** Posts, delivers, and tells how each request of it was signed. */
async function delivered(): Promise<string[]> {
  const before = peer.arrivals.length;
  await rig.post(alice);
  await rig.pump(peer.host);
  return peer.arrivals.slice(before).map(schemeOf);
}

function schemeOf({ headers }: Arrival): 'draft-cavage' | 'rfc9421' {
  return headers['signature-input'] === undefined ? 'draft-cavage' : 'rfc9421';
}

/** Verifies a request by RFC 9421 with nothing of ours: what it must cover, its digest, its signature. */
async function isSignedByRfc9421({ headers, host, path }: Arrival, body: string): Promise<boolean> {
  const input = /^sig1=(\((?<covered>[^)]*)\);.*)$/.exec(String(headers['signature-input']));
  const value = /^sig1=:(?<base64>[^:]+):$/.exec(String(headers.signature));
  const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
  if (input?.groups?.covered !== '"@method" "@target-uri" "content-digest"') return false;
  if (headers['content-digest'] !== digest) return false;
  const text = [
    '"@method": POST',
    `"@target-uri": http://${host}${path}`,
    `"content-digest": ${digest}`,
    `"@signature-params": ${input[1]}`,
  ].join('\n');
  const keys = await rig.server.context.accounts.keysOf(alice.id);
  const key = createPublicKey(keys?.publicKeyPem ?? '');
  return verify('sha256', Buffer.from(text), key, Buffer.from(value?.groups?.base64 ?? '', 'base64'));
}

describe('the way to sign', () => {
  test.for([400, 401])(
    'a server that answers %i but to RFC 9421 gets it at once, and from then on',
    async (status) => {
      decide = (arrival) => (schemeOf(arrival) === 'rfc9421' ? 202 : status);
      expect(await delivered()).toEqual(['draft-cavage', 'rfc9421']);
      expect(await states()).toEqual(['delivered']);
      const [{ body }] = await rig.server.context.db('activities');
      const [first, second] = peer.arrivals;
      if (!first || !second) throw new Error('It did not come twice.');
      expect(second.id).toBe(first.id);
      expect(await isSignedByRfc9421(second, body)).toBe(true);
      expect(await hosts()).toMatchObject([{ host: peer.host, scheme: 'rfc9421', failing_since: null }]);
      expect(await delivered()).toEqual(['rfc9421']);
      expect(await delivered()).toEqual(['rfc9421']);
    },
  );

  test('that stops working is forgotten for the one that does', async () => {
    decide = (arrival) => (schemeOf(arrival) === 'rfc9421' ? 202 : 401);
    await delivered();
    decide = (arrival) => (schemeOf(arrival) === 'rfc9421' ? 401 : 202);
    expect(await delivered()).toEqual(['rfc9421', 'draft-cavage']);
    expect(await delivered()).toEqual(['draft-cavage']);
    // The usual case needs no row.
    expect(await hosts()).toEqual([]);
  });

  test('is not changed by a server that takes neither', async () => {
    decide = () => 401;
    expect(await delivered()).toEqual(['draft-cavage', 'rfc9421']);
    expect(await states()).toEqual(['queued']);
    expect(await hosts()).toEqual([]);
    decide = () => 202;
    await rig.pumpOn(peer.host);
    expect(peer.arrivals.slice(2).map(schemeOf)).toEqual(['draft-cavage']);
  });

  test.for([403, 404, 410, 500, 503])('is not in question when the answer is %i', async (status) => {
    decide = () => status;
    expect(await delivered()).toEqual(['draft-cavage']);
  });

  test('is remembered while the host fails', async () => {
    decide = (arrival) => (schemeOf(arrival) === 'rfc9421' ? 202 : 401);
    await delivered();
    decide = () => ({ status: 503, headers: { 'retry-after': '60' } });
    expect(await delivered()).toEqual(['rfc9421']);
    decide = (arrival) => (schemeOf(arrival) === 'rfc9421' ? 202 : 401);
    await rig.pumpOn(peer.host);
    expect(await states()).toEqual(['delivered', 'delivered']);
    expect(peer.arrivals.slice(-1).map(schemeOf)).toEqual(['rfc9421']);
  });
});

describe('a server that asks for a pause', () => {
  test('gets nothing before its time, whoever posts, and one probe after it', async () => {
    decide = () => ({ status: 429, headers: { 'retry-after': '3600' } });
    await rig.addFollower(bob, `http://${peer.host}/bob/inbox`, `http://${peer.host}/inbox`);
    const start = rig.now;
    expect(await delivered()).toHaveLength(1);
    await rig.post(bob);
    rig.now = start + 3_600_000 - 1;
    expect(Number(await rig.pump(peer.host))).toBe(start + 3_600_000);
    expect(peer.arrivals).toHaveLength(1);
    rig.now += 1;
    await rig.pump(peer.host);
    expect(peer.arrivals).toHaveLength(2);
  });
});

describe('a tarpit', { timeout: 60_000 }, () => {
  test('frees its place within the deadline, and is known as failing', async () => {
    decide = () => 'hang';
    for (let n = 0; n < 20; n += 1) await rig.addFollower(bob, `http://${peer.host}/${n}/inbox`);
    await rig.post(bob);
    const started = performance.now();
    await rig.pump(peer.host);
    expect(performance.now() - started).toBeLessThan(deliveryLimits.deadlineMs + 2_000);
    expect(peer.arrivals.length).toBeLessThanOrEqual(deliveryLimits.concurrencyPerHost);
    expect(await hosts()).toMatchObject([{ failures: deliveryLimits.failuresToOpen }]);
  });
});

describe('hosts that fail', { timeout: 60_000 }, () => {
  test('take some of the places of a worker, not all', async () => {
    const { db } = rig.server.context;
    const count = deliveryLimits.probesAtOnce + 2;
    const silent = await Promise.all(
      Array.from({ length: count }, () => startReceiver(HONEST, () => 'hang')),
    );
    for (const { host } of silent) {
      await rig.addFollower(alice, `http://${host}/inbox`);
      const failing = { failing_since: new Date(rig.now), failures: 5, open_until: new Date(rig.now) };
      await db('delivery_hosts').insert({ host, ...failing, updated_at: new Date(rig.now) });
    }
    await rig.post(alice);
    const again = await Promise.all(silent.map(({ host }) => rig.pump(host)));
    const asked = silent.filter(({ arrivals }) => arrivals.length > 0);
    expect(asked).toHaveLength(deliveryLimits.probesAtOnce);
    expect(asked.every(({ arrivals }) => arrivals.length === 1)).toBe(true);
    const turnedAway = again.filter((at) => Number(at) <= rig.now + 2 * deliveryLimits.probeTurnMs);
    expect(turnedAway).toHaveLength(2);
    expect(turnedAway.every((at) => Number(at) > rig.now)).toBe(true);
    for (const one of silent) await one.close();
  });
});

describe('a try that throws', () => {
  test('ends the round: nothing is sent beside the next one', async () => {
    const { db } = rig.server.context;
    for (const sender of [alice, bob]) {
      for (let n = 0; n < 10; n += 1) await rig.addFollower(sender, `http://${peer.host}/${n}/inbox`);
      await rig.post(sender);
    }
    const first = await db('deliveries')
      .join('activities', 'activities.id', 'deliveries.activity_id')
      .orderBy('deliveries.id')
      .first('deliveries.id', 'inbox_uri', 'uri');
    await db.raw(
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
       create trigger refuse before update on deliveries for each row
         when (new.id = ${first?.id})
         execute function refuse()`,
    );
    // The others are answered once it has failed: one that ended before would have begun another.
    const failed = new Promise((resolve) => db.once('query-error', resolve));
    decide = async ({ id, host, path }) => {
      if (id !== first?.uri || `http://${host}${path}` !== first?.inbox_uri) await failed;
      return 202;
    };
    await expect(rig.pump(peer.host)).rejects.toThrow('no');
    // Of the ten that were picked, those that were under way.
    expect(peer.arrivals).toHaveLength(deliveryLimits.concurrencyPerHost);
    await db.raw('drop trigger refuse on deliveries; drop function refuse()');
    await rig.pump(peer.host);
    expect(peer.arrivals).toHaveLength(21 + 1);
  });
});

test('connections are used again', async () => {
  for (let n = 0; n < 10; n += 1) await rig.addFollower(alice, `http://${peer.host}/${n}/inbox`);
  for (let n = 0; n < 3; n += 1) await delivered();
  expect(peer.arrivals).toHaveLength(33);
  expect(peer.connections()).toBeLessThanOrEqual(deliveryLimits.concurrencyPerHost);
});
