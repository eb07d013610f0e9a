import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deliveryLimits } from '../../config/limits.ts';
import { createHostPump } from '../../federation/outbox/host-pump.ts';
import { createKeyring } from '../../federation/store/keyring.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { type Arrival, type DeliveryRig, startDeliveryRig, startReceiver } from '../helpers/delivery-rig.ts';
import { jobRun } from '../helpers/job-run.ts';
import { HONEST } from '../helpers/remote-http.ts';

const ACTORS = 3;

let rig: DeliveryRig;
let actors: Account[];

beforeAll(async () => {
  rig = await startDeliveryRig();
  actors = await Promise.all(Array.from({ length: ACTORS }, (_, n) => rig.sender(`actor_${n}`)));
});
afterAll(() => rig.close());
afterEach(() => rig.clear());

interface Row {
  readonly uri: string;
  readonly inbox_uri: string;
  readonly state: string;
  readonly account_id: string;
}

const rows = (): Promise<Row[]> =>
  rig.server.context
    .db('deliveries')
    .join('activities', 'activities.id', 'deliveries.activity_id')
    .orderBy(['deliveries.position', 'deliveries.id'])
    .select('uri', 'inbox_uri', 'state', 'deliveries.account_id');

/** What became of a try, as the receiver knows it. */
const outcomes = {
  taken: 202,
  gone: 410,
  'not-yet': 401,
  overloaded: 503,
  paused: 429,
  broken: 'hang-up',
} as const;
type Outcome = keyof typeof outcomes;
const isFinal = (outcome: Outcome) => outcome === 'taken' || outcome === 'gone';

interface Try extends Arrival {
  readonly outcome: Outcome;
}

describe('the order of what one account sends to one host', { timeout: 120_000 }, () => {
  const story = fc.record({
    /** Inboxes that each actor has followers at: of one host. */
    inboxes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: ACTORS, maxLength: ACTORS }),
    /** Who posts, and how often the pump runs before the next post. */
    posts: fc.array(fc.record({ actor: fc.nat(ACTORS - 1), runs: fc.nat(2) }), {
      minLength: 1,
      maxLength: 10,
    }),
    /** What the tries meet, in the order in which they come; after them all are taken. */
    answers: fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constant<Outcome>('taken') },
        {
          weight: 4,
          arbitrary: fc.constantFrom<Outcome>('gone', 'not-yet', 'overloaded', 'paused', 'broken'),
        },
      ),
      { maxLength: 30 },
    ),
  });

  test('is kept whatever the other server answers, and nothing is lost or sent after its end', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ inboxes, posts, answers }) => {
        await rig.clear();
        const tries: Try[] = [];
        const left = [...answers];
        const first = new Map<string, Outcome>();
        const peer = await startReceiver(HONEST, (arrival) => {
          // A second knock meets the same as the first, else it would be a way around the first.
          const isSecond = arrival.headers['signature-input'] !== undefined;
          const key = `${arrival.id} ${arrival.path}`;
          const outcome = (isSecond ? first.get(key) : undefined) ?? left.shift() ?? 'taken';
          first.set(key, outcome);
          if (!isSecond) tries.push({ ...arrival, outcome });
          return outcomes[outcome];
        });
        try {
          for (const [n, count] of inboxes.entries()) {
            for (let at = 0; at < count; at += 1) {
              await rig.addFollower(actors[n] as Account, `http://${peer.host}/${n}-${at}/inbox`);
            }
          }
          const posted: string[] = [];
          for (const { actor, runs } of posts) {
            posted.push(await rig.post(actors[actor] as Account));
            for (let run = 0; run < runs; run += 1) {
              const next = await rig.pump(peer.host);
              if (next !== null) rig.now = Math.max(rig.now, Number(next));
            }
          }
          await rig.pumpOn(peer.host);
          await expectInOrder(tries);
        } finally {
          await peer.close();
        }
      }),
      { numRuns: 25, interruptAfterTimeLimit: 60_000 },
    );
  });

  async function expectInOrder(tries: readonly Try[]): Promise<void> {
    const stored = await rows();
    const tried = new Set(tries.map(({ id, path }) => `${id} ${path}`));
    expect(stored.filter(({ state }) => state === 'queued')).toEqual([]);
    expect(tried.size).toBe(stored.length);
    for (const actor of actors) {
      const mine = stored.filter(({ account_id }) => account_id === actor.id);
      const order = [...new Set(mine.map(({ uri }) => uri))];
      const open = new Map(
        order.map((uri) => [uri, new Set(mine.filter((row) => row.uri === uri).map(pathOf))]),
      );
      let at = 0;
      for (const { id, path, outcome } of tries.filter((one) => one.actor === actor.actorUri)) {
        while (at < order.length && open.get(order[at] ?? '')?.size === 0) at += 1;
        // Whatever comes is of the oldest activity that is not done with, and to an inbox that still wants it.
        expect(id).toBe(order[at]);
        expect(open.get(id)).toContain(path);
        if (isFinal(outcome)) open.get(id)?.delete(path);
      }
    }
    expect(await rig.server.context.db('delivery_lanes')).toEqual([]);
  }

  const pathOf = ({ inbox_uri }: Row) => new URL(inbox_uri).pathname;
});

describe('a host to which much is sent', { timeout: 60_000 }, () => {
  test('one that is refused by some inboxes still reaches all the others', async () => {
    const [alice] = actors;
    if (!alice) throw new Error('Nobody sends.');
    const peer = await startReceiver(HONEST, ({ path }) => (path.startsWith('/bad') ? 408 : 202));
    for (let n = 0; n < 10; n += 1) await rig.addFollower(alice, `http://${peer.host}/bad-${n}/inbox`);
    for (let n = 0; n < 20; n += 1) await rig.addFollower(alice, `http://${peer.host}/good-${n}/inbox`);
    await rig.post(alice);
    await rig.pump(peer.host);
    await peer.close();
    const good = peer.arrivals.filter(({ path }) => path.startsWith('/good'));
    expect(good).toHaveLength(20);
    const queued = (await rows()).filter(({ state }) => state === 'queued');
    expect(queued).toHaveLength(10);
  });

  test('many who wait have their turn before one who has much', async () => {
    const peer = await startReceiver(HONEST);
    const [alice, bob] = actors;
    if (!alice || !bob) throw new Error('Nobody sends.');
    for (let n = 0; n < 40; n += 1) await rig.addFollower(alice, `http://${peer.host}/a-${n}/inbox`);
    await rig.addFollower(bob, `http://${peer.host}/bob/inbox`);
    await rig.post(alice);
    rig.now += 1;
    await rig.post(bob);
    await rig.pump(peer.host);
    await peer.close();
    const place = peer.arrivals.findIndex(({ path }) => path === '/bob/inbox');
    expect(place).toBeGreaterThanOrEqual(0);
    expect(place).toBeLessThan(2 * deliveryLimits.concurrencyPerHost);
  });

  test('whoever had his turn stands behind those who had none', async () => {
    const peer = await startReceiver(HONEST);
    const posting = async (count: number, posts: number) => {
      for (let n = 0; n < count; n += 1) {
        const sender = await rig.sender(`crowd_${posts}_${n}`);
        await rig.addFollower(sender, `http://${peer.host}/${posts}/inbox`);
        for (let post = 0; post < posts; post += 1) await rig.post(sender);
      }
      rig.now += 1;
    };
    await posting(deliveryLimits.lanesAtOnce, 3);
    await posting(3, 1);
    await rig.pump(peer.host);
    await peer.close();
    const last = peer.arrivals.findLastIndex(({ path }) => path === '/1/inbox');
    expect(last).toBeGreaterThanOrEqual(0);
    expect(last).toBeLessThan(2 * deliveryLimits.lanesAtOnce);
    expect(peer.arrivals).toHaveLength(3 * deliveryLimits.lanesAtOnce + 3);
  });

  test('what is looked at does not grow with what waits', async () => {
    const { db } = rig.server.context;
    const [alice, bob] = actors;
    if (!alice || !bob) throw new Error('Nobody sends.');
    const host = '127.0.0.2:9';
    await rig.addFollower(alice, `http://${host}/inbox`);
    await rig.post(alice);
    const insert = `insert into activities (id, uri, account_id, type, object_uri, body, digest)
      select 1000 + n, 'urn:n:' || n, :account, 'Create', '', '{}', '' from generate_series(1, 20000) as n`;
    await db.raw(insert, { account: alice.id });
    await db.raw(
      `insert into deliveries (activity_id, position, account_id, inbox_uri, host)
       select id, position, account_id, 'http://' || :host || '/inbox', case when id % 2 = 0 then :host else 'other.example' end
         from activities where uri like 'urn:n:%'`,
      { host },
    );
    await db.raw('analyze deliveries');
    await db.raw('analyze delivery_lanes');
    const asked: { sql: string; bindings: unknown[] }[] = [];
    const listen = (query: { sql: string; bindings: unknown[] }) => asked.push(query);
    db.on('query', listen);
    await rig.pump(host);
    db.removeListener('query', listen);
    // The try put the lane off.
    await db('delivery_lanes').update({ next_at: new Date(0) });
    const pick = asked.find(({ sql }) => sql.includes('lateral'));
    const text = pick?.sql.replace(/\$(\d+)/g, (_, n) => {
      const value = pick.bindings[Number(n) - 1];
      return value instanceof Date ? `'${value.toISOString()}'` : `'${value}'`;
    });
    const { rows: plan } = await db.raw(`explain (analyze, buffers, format json) ${text}`);
    const [
      {
        'QUERY PLAN': [{ Plan: top }],
      },
    ] = plan;
    expect(top['Actual Rows']).toBe(deliveryLimits.inboxesPerLane + 1);
    const buffers = top['Shared Hit Blocks'] + top['Shared Read Blocks'];
    expect(JSON.stringify(top)).not.toContain('Seq Scan on deliveries');
    expect(buffers).toBeLessThan(40);
  });
});

test('a host whose pump is gone is woken, and no other', async () => {
  const { db, federation } = rig.server.context;
  const [alice] = actors;
  if (!alice) throw new Error('Nobody sends.');
  for (const host of ['a', 'b', 'c']) await rig.addFollower(alice, `https://${host}.example/inbox`);
  await rig.post(alice);
  await db('jobs').where({ key: 'deliver:a.example' }).update({ state: 'dead' });
  await db('jobs').where({ key: 'deliver:c.example' }).delete();
  await db('delivery_lanes')
    .where({ host: 'c.example' })
    .update({ next_at: new Date(rig.now + 1) });
  expect(await federation.wakeForgotten(new Date(rig.now + 1))).toBe(1);
  const pending = await db('jobs').where({ state: 'pending' }).orderBy('key').pluck('key');
  expect(pending).toEqual(['deliver:a.example', 'deliver:b.example']);
});

describe('nothing is ever sent to this server itself', () => {
  test('not when a follower claims that his inbox is here', async () => {
    const { context } = rig.server;
    const [alice] = actors;
    if (!alice) throw new Error('Nobody sends.');
    await rig.addFollower(alice, 'http://evil.example/inbox', context.urls.sharedInbox);
    await rig.post(alice);
    expect(await rows()).toEqual([]);
    expect(await context.db('jobs')).toEqual([]);
  });

  test('nor when he spells its name in another way', async () => {
    const { context } = rig.server;
    const [alice] = actors;
    if (!alice) throw new Error('Nobody sends.');
    // As a server at the usual port is, which may be named or not.
    const fetched: string[] = [];
    const pump = createHostPump({
      ...{ db: context.db, clock: context.clock, random: Math.random, log: context.log },
      ...{ instances: context.instances, inTx: context.inTx, metrics: context.metrics },
      keyring: createKeyring({ accounts: context.accounts, instanceSecret: '' }),
      urls: { domain: 'video.example' },
      fetch: {
        request: async ({ url }) => {
          fetched.push(String(url));
          throw new Error('It was sent.');
        },
        download: () => Promise.reject(new Error('It was fetched.')),
        readRange: () => Promise.reject(new Error('It was fetched.')),
        close: async () => undefined,
      },
    });
    await rig.addFollower(alice, 'https://x.example/inbox', 'https://VIDEO.example:443/inbox');
    await rig.post(alice);
    const { signal } = new AbortController();
    const finish = await pump('video.example:443', jobRun({ signal }));
    expect(await context.inTx(finish)).toBeNull();
    expect(await rows()).toMatchObject([{ state: 'dead' }]);
    await context.db('deliveries').update({ state: 'queued', host: 'video.example' });
    const again = await pump('video.example', jobRun({ signal }));
    await context.inTx(again);
    expect(await rows()).toMatchObject([{ state: 'dead' }]);
    expect(fetched).toEqual([]);
  });
});
