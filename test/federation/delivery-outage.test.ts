import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliveryLimits } from '../../config/limits.ts';
import { sweepDeliveryHosts } from '../../federation/index.ts';
import { deliveryCommand } from '../../src/cli/delivery.ts';
import type { Report } from '../../src/cli/report.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { type DeliveryRig, type Receiver, startDeliveryRig, startReceiver } from '../helpers/delivery-rig.ts';
import { HONEST } from '../helpers/remote-http.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let rig: DeliveryRig;
let peer: Receiver;
/** What the peer answers to activities that it does not just take. */
const answers = new Map<string, number>();

beforeEach(async () => {
  answers.clear();
  rig = await startDeliveryRig();
  peer = await startReceiver(HONEST, ({ id }) => answers.get(id) ?? 202);
});
afterEach(async () => {
  await rig.close();
  await peer.close();
});

const inbox = (name = '') => `http://${peer.host}/${name}inbox`;
const deliveries = () => rig.server.context.db('deliveries').orderBy('id');
const hosts = () => rig.server.context.db('delivery_hosts');

/** Local accounts, each with a follower at the peer. */
async function senders(count: number): Promise<Account[]> {
  const made: Account[] = [];
  for (let n = 0; n < count; n += 1) {
    const sender = await rig.sender(`sender_${n}`);
    await rig.addFollower(sender, inbox(`${n}/`), inbox());
    made.push(sender);
  }
  return made;
}

/** Runs a command of the command line on the server of the rig. */
async function command(...args: readonly string[]): Promise<Report> {
  const said: Report[] = [];
  const program = deliveryCommand(async (work) => void said.push(await work(rig.server.context)));
  await program.parseAsync([...args], { from: 'user' });
  const [report] = said;
  if (!report) throw new Error('The command said nothing.');
  return report;
}

/** What came in of one account, in the order in which it came. */
const of = (actor: Account) =>
  peer.arrivals.filter((arrival) => arrival.actor === actor.actorUri).map(({ id }) => id);

describe('OP16 a server that is down for five days', { timeout: 60_000 }, () => {
  test('is probed now and then, and then gets everything once, in order, paced', async () => {
    const all = await senders(8);
    const sent = new Map<Account, string[]>(all.map((sender) => [sender, []]));
    const post = async (type: string) => {
      for (const sender of all) sent.get(sender)?.push(await rig.post(sender, type));
    };
    await peer.close();
    const start = rig.now;
    for (let day = 0; day < 5; day += 1) {
      for (const type of ['Create', 'Update', 'Delete']) await post(type);
      await rig.pumpOn(peer.host, start + (day + 1) * DAY_MS);
      rig.now = start + (day + 1) * DAY_MS;
    }
    const waiting = await deliveries();
    expect(waiting).toHaveLength(8 * 15);
    expect(waiting.every(({ state }) => state === 'queued')).toBe(true);
    const tries = waiting.reduce((sum, { attempts }) => sum + attempts, 0);
    // One probe an hour, and the few tries after which it was known to be down.
    expect(tries).toBeGreaterThan(5 * 20);
    expect(tries).toBeLessThan(5 * 32 + deliveryLimits.concurrencyPerHost);
    // The heads of the lanes alone were tried.
    expect(new Set(waiting.filter(({ attempts }) => attempts > 0).map((row) => row.account_id)).size).toBe(
      waiting.filter(({ attempts }) => attempts > 0).length,
    );
    const [host] = await hosts();
    expect(Number(host.failing_since)).toBe(start);

    await peer.open();
    rig.now = Number(host.open_until);
    const connectionsBefore = peer.connections();
    // Nothing more is waited for: one answer makes all of it due.
    for (let next: Date | null = new Date(0); next !== null && Number(next) <= rig.now; ) {
      next = await rig.pump(peer.host);
    }
    for (const [sender, ids] of sent) expect(of(sender)).toEqual(ids);
    expect((await deliveries()).map(({ state }) => state)).toEqual(waiting.map(() => 'delivered'));
    expect(await hosts()).toEqual([]);
    expect(peer.most()).toBeLessThanOrEqual(deliveryLimits.concurrencyPerHost);
    expect(peer.connections() - connectionsBefore).toBeLessThanOrEqual(deliveryLimits.concurrencyPerHost);
    // Turns are given on time; how long a request then takes on its way is not ours to say.
    const times = peer.arrivals.map(({ at }) => at).sort((x, y) => x - y);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
    expect(times.length / seconds).toBeLessThan(deliveryLimits.requestsPerSecondPerHost * 1.1);
  });

  test('until its first answer, one request is under way at most', async () => {
    const all = await senders(6);
    await peer.close();
    for (const sender of all) await rig.post(sender);
    const again = await rig.pump(peer.host);
    const before = (await deliveries()).reduce((sum, { attempts }) => sum + attempts, 0);
    for (let probes = 1; probes <= 3; probes += 1) {
      rig.now = Number((await hosts())[0].open_until);
      await rig.pump(peer.host);
      const tries = (await deliveries()).reduce((sum, { attempts }) => sum + attempts, 0);
      expect(tries - before).toBe(probes);
    }
    expect(Number(again)).toBeLessThan(rig.now);
    // Before its time nothing is sent, whoever wakes the pump.
    await rig.pump(peer.host);
    expect((await deliveries()).reduce((sum, { attempts }) => sum + attempts, 0) - before).toBe(3);
  });
});

describe('OP16 a server that is down for eight days', { timeout: 120_000 }, () => {
  test('what waited for a week is given up, rows are bounded by it, and all the rest comes once and in order', async () => {
    const all = await senders(3);
    const sent = new Map<Account, string[]>(all.map((sender) => [sender, []]));
    await peer.close();
    const start = rig.now;
    for (let day = 0; day < 8; day += 1) {
      for (const sender of all) sent.get(sender)?.push(await rig.post(sender));
      await rig.pumpOn(peer.host, start + (day + 1) * DAY_MS);
      rig.now = start + (day + 1) * DAY_MS;
      const waiting = (await deliveries()).filter(({ state }) => state === 'queued');
      // Of the last seven days and a bit, whatever is made.
      expect(waiting.length).toBeLessThanOrEqual(3 * 8);
    }
    const dead = (await deliveries()).filter(({ state }) => state === 'dead');
    expect(dead.length).toBeGreaterThan(0);
    for (const row of dead)
      expect(Number(row.finished_at) - Number(row.queued_at)).toBeGreaterThanOrEqual(7 * DAY_MS);
    const [host] = await hosts();
    expect(Number(host.open_until), 'the circuit is open').toBeGreaterThan(rig.now);

    await peer.open();
    rig.now = Number(host.open_until);
    for (let next: Date | null = new Date(0); next !== null && Number(next) <= rig.now; ) {
      next = await rig.pump(peer.host);
    }
    for (const [sender, ids] of sent) {
      const came = of(sender);
      // The oldest are given up, and nothing between.
      expect(came.length).toBeGreaterThan(0);
      expect(came).toEqual(ids.slice(ids.length - came.length));
    }
    expect((await deliveries()).every(({ state }) => state !== 'queued')).toBe(true);
    expect(peer.most()).toBeLessThanOrEqual(deliveryLimits.concurrencyPerHost);
  });
});

describe('a server that is gone for good', { timeout: 60_000 }, () => {
  test('leaves dead letters after a week, which are delivered by command once it is back', async () => {
    const [alice, bob] = await senders(2);
    if (!alice || !bob) throw new Error('Nobody sends.');
    const sent = [await rig.post(alice), await rig.post(bob), await rig.post(alice, 'Update')];
    await peer.close();
    const start = rig.now;
    await rig.pumpOn(peer.host);
    const dead = await deliveries();
    expect(dead.map(({ state }) => state)).toEqual(['dead', 'dead', 'dead']);
    for (const row of dead) {
      expect(Number(row.finished_at) - start).toBeGreaterThanOrEqual(7 * DAY_MS);
      expect(Number(row.finished_at) - start).toBeLessThan(7.2 * DAY_MS);
    }
    expect(await rig.server.context.db('delivery_lanes')).toEqual([]);

    const list = await command('dead', '--host', peer.host.toUpperCase());
    expect(list).toMatchObject({
      ok: true,
      rows: [
        { host: peer.host, type: 'Update', activity: sent[2], lastStatus: null },
        { activity: sent[1], accountId: bob.id },
        { activity: sent[0], lastError: expect.stringMatching(/^connection-failed/), inbox: inbox() },
      ],
    });
    expect(await command('dead', '--host', 'other.example')).toMatchObject({ rows: [] });
    const firstPage = await command('dead', '--limit', '2');
    expect(firstPage).toMatchObject({ rows: [{ activity: sent[2] }, { activity: sent[1] }] });
    const rest = await command('dead', '--before', dead[1].id);
    expect(rest).toMatchObject({ rows: [{ activity: sent[0] }] });
    expect(await command('show', dead[2].id)).toMatchObject({
      rows: [{ id: dead[2].id, attempts: dead[2].attempts }],
      text: JSON.stringify({ id: sent[2], type: 'Update', actor: alice.actorUri }),
    });
    expect(await command('hosts')).toMatchObject({
      rows: [{ host: peer.host, failingSince: new Date(start) }],
    });

    await peer.open();
    expect(await command('discard', dead[1].id)).toMatchObject({ rows: [{ count: 1 }] });
    expect(await command('retry', '--host', peer.host)).toMatchObject({ rows: [{ count: 2 }] });
    const asked = rig.now;
    await rig.pumpOn(peer.host);
    expect(rig.now, 'it was delivered at once').toBe(asked);
    expect(peer.arrivals.map(({ id }) => id)).toEqual([sent[0], sent[2]]);
    expect((await deliveries()).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
    expect(await command('retry', '--all')).toMatchObject({ ok: false });
    expect(await hosts()).toEqual([]);
  });

  test('is not written to for ever: what is made later gets a week of its own', async () => {
    const [alice] = await senders(1);
    if (!alice) throw new Error('Nobody sends.');
    await peer.close();
    const start = rig.now;
    await rig.post(alice);
    await rig.pumpOn(peer.host, start + 5 * DAY_MS);
    rig.now = start + 5 * DAY_MS;
    await rig.post(alice, 'Update');
    await rig.pumpOn(peer.host, start + 8 * DAY_MS);
    expect((await deliveries()).map(({ state }) => state)).toEqual(['dead', 'queued']);
    await rig.pumpOn(peer.host);
    const [, later] = await deliveries();
    expect(later.state).toBe('dead');
    expect(Number(later.finished_at) - start).toBeGreaterThanOrEqual(12 * DAY_MS);
  });

  test('a command that names nothing, or two things, does nothing', async () => {
    for (const args of [[], ['--all', '--host', 'a.example'], ['1', '--all'], ['one'], ['1']]) {
      for (const verb of ['retry', 'discard']) expect((await command(verb, ...args)).ok).toBe(false);
    }
  });
});

describe('an activity that makes a server fail', { timeout: 60_000 }, () => {
  test('holds up its own author there, and nobody else', async () => {
    const [alice, bob] = await senders(2);
    if (!alice || !bob) throw new Error('Nobody sends.');
    const bad = await rig.post(alice);
    const behind: string[] = [];
    answers.set(bad, 500);
    for (let n = 0; n < 20; n += 1) {
      // What is put behind it neither goes past it nor makes it due.
      behind.push(await rig.post(alice));
      const good = await rig.post(bob);
      await rig.pump(peer.host);
      expect(of(bob).at(-1)).toBe(good);
      rig.now += HOUR_MS;
    }
    // With growing pauses, not once for each good one.
    expect(new Set(of(alice))).toEqual(new Set([bad]));
    expect(of(alice).length).toBeLessThan(13);
    answers.delete(bad);
    await rig.pumpOn(peer.host);
    expect(of(alice).slice(-21)).toEqual([bad, ...behind]);
  });
});

describe('R6 what is remembered of other servers', () => {
  test('is swept when nothing was sent to them for long', async () => {
    const { db } = rig.server.context;
    const old = new Date(rig.now - deliveryLimits.hostsKeptMs - 1);
    await db.raw(
      `insert into delivery_hosts (host, failing_since, failures, updated_at)
       select 'host-' || n, :old, 3, :old from generate_series(1, 10000) as n`,
      { old },
    );
    await db('delivery_hosts').insert({
      host: 'fresh',
      failures: 0,
      scheme: 'rfc9421',
      updated_at: new Date(rig.now),
    });
    expect(await sweepDeliveryHosts(db, new Date(rig.now - deliveryLimits.hostsKeptMs))).toBe(10_000);
    expect(await hosts()).toMatchObject([{ host: 'fresh' }]);
  });
});
