import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliveryLimits } from '../../config/limits.ts';
import {
  activityOf,
  DUE_NOW,
  eventually,
  followOf,
  outcomeOf,
  PUBLIC,
  publish,
  quiet,
  type Rig,
  startRig,
} from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { jobRun } from '../helpers/job-run.ts';
import { type Peer, type PeerActor, startPeer } from '../helpers/peer.ts';
import { HONEST } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let rig: Rig;
let server: TestServer;
let a: Peer;
let carol: PeerActor;
let alice: string;

beforeAll(async () => {
  rig = await startRig();
  ({ server, a, carol } = rig);
  alice = rig.alice.account.uri;
  expect(await outcomeOf(server, carol, followOf(carol, alice))).toBe('applied');
});
afterAll(() => rig.close());
beforeEach(async () => {
  await quiet(server);
  await empty(server, 'activities', 'delivery_lanes', 'delivery_hosts');
});

interface DeliveryRow {
  readonly inbox_uri: string;
  readonly state: string;
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
}

const rows = (): Promise<DeliveryRow[]> => server.context.db('deliveries').orderBy('id');
const lanes = (): Promise<{ next_at: Date }[]> => server.context.db('delivery_lanes');
const hosts = () => server.context.db('delivery_hosts');
const arrived = (peer: Peer, type: string) => peer.received.filter(({ activity }) => activity.type === type);

/** Publishes a video and waits until its delivery was tried; returns the rows. */
async function published(about: Parameters<typeof publish>[1] = {}): Promise<DeliveryRow[]> {
  await publish(rig, about);
  await quiet(server);
  return rows();
}

describe('an answer that may pass', () => {
  test.for([500, 503, 429, 401, 408] as const)('%i is tried again later', async (status) => {
    const before = Date.now();
    a.script(...(status === 401 ? [status, status] : [status]));
    expect(await published()).toMatchObject([{ state: 'queued', attempts: 1, last_status: status }]);
    const [lane] = await lanes();
    const [shortest, longest] = [0.8 * deliveryLimits.firstRetryMs, 1.2 * deliveryLimits.firstRetryMs];
    expect(Number(lane?.next_at)).toBeGreaterThanOrEqual(before + shortest);
    expect(Number(lane?.next_at)).toBeLessThanOrEqual(Date.now() + longest);
  });

  test('a broken connection is tried again later', async () => {
    a.script('hang-up');
    expect(await published()).toMatchObject([
      {
        state: 'queued',
        attempts: 1,
        last_status: null,
        last_error: expect.stringMatching(/^connection-failed/),
      },
    ]);
  });

  test('the next try sends the same bytes under a new signature', async () => {
    const sent = arrived(a, 'Create').length;
    a.script(500);
    await published();
    // Dates of signatures have seconds; the clock of the server is the test's.
    rig.ahead += 5_000;
    await server.context.db.raw(DUE_NOW);
    await eventually('it is delivered', async () => (await rows())[0]?.state === 'delivered');
    rig.ahead = 0;
    const [first, second] = arrived(a, 'Create').slice(sent);
    expect(second?.request.body).toEqual(first?.request.body);
    expect(second?.request.headers.digest).toBe(first?.request.headers.digest);
    expect(second?.request.headers.date).not.toBe(first?.request.headers.date);
    expect(second?.request.headers.signature).not.toBe(first?.request.headers.signature);
    expect(await rows()).toMatchObject([
      { state: 'delivered', attempts: 2, last_status: 202, last_error: null },
    ]);
  });

  test('Retry-After is obeyed, and holds back what else waits for that server', async () => {
    const before = Date.now();
    a.script({ status: 429, headers: { 'retry-after': '7200' } });
    await published();
    const asked = a.seen.length;
    expect(await published()).toMatchObject([{ attempts: 1, last_status: 429 }, { attempts: 0 }]);
    expect(a.seen.length).toBe(asked);
    const [host] = await hosts();
    expect(Number(host.open_until)).toBeGreaterThanOrEqual(before + 7_200_000);
    const job = await server.context.db('jobs').where({ name: 'deliver.host' }).first();
    expect(job.run_at).toEqual(host.open_until);
  });

  test('after a week it is given up', async () => {
    a.script(500, 500);
    await published();
    const old = new Date(Date.now() - deliveryLimits.givenUpAfterMs);
    const attempts = deliveryLimits.fewestAttempts - 1;
    await server.context.db('deliveries').update({ attempts, queued_at: old });
    await server.context.db.raw(DUE_NOW);
    await eventually('it is given up', async () => (await rows())[0]?.state === 'dead');
    expect(await rows()).toMatchObject([{ attempts: attempts + 1, last_status: 500 }]);
    await quiet(server);
    expect(await lanes()).toEqual([]);
  });
});

describe('an answer that is final', () => {
  test.for([400, 403, 404, 410, 413] as const)('%i ends it', async (status) => {
    a.script(...(status === 400 ? [status, status] : [status]));
    expect(await published()).toMatchObject([{ state: 'dead', attempts: 1, last_status: status }]);
  });

  test('a redirect ends it, and is not followed', async () => {
    const asked = a.seen.length;
    a.script({ status: 307, headers: { location: a.url('/elsewhere') } });
    expect(await published()).toMatchObject([{ state: 'dead', attempts: 1 }]);
    expect(a.seen.length - asked).toBe(1);
  });

  test('S15 a blocked server gets nothing', async () => {
    const { db } = server.context;
    // Past the module: its event would end the follows, and nothing would be queued at all.
    await db('domain_policies').insert({ domain: HONEST, severity: 'suspend' });
    const asked = a.seen.length;
    expect(await published()).toMatchObject([{ state: 'dead', last_status: null }]);
    expect(a.seen.length).toBe(asked);
    await db('domain_policies').delete();
  });
});

describe('the audience', () => {
  test('of a server with a shared inbox gets one copy, others one each', async () => {
    const dave = await a.actor('dave');
    const erin = await rig.e.actor('erin', { endpoints: {} });
    const frank = await rig.e.actor('frank', { endpoints: undefined });
    for (const follower of [dave, erin, frank]) {
      expect(await outcomeOf(server, follower, followOf(follower, alice))).toBe('applied');
    }
    await empty(server, 'activities');
    const inboxes = (await published()).map(({ inbox_uri, state }) => `${inbox_uri} ${state}`);
    expect(inboxes.sort()).toEqual(
      [a.url('/inbox'), erin.inbox, frank.inbox].map((inbox) => `${inbox} delivered`).sort(),
    );
    await server.context
      .db('follows')
      .whereIn('follower_id', (accounts) =>
        accounts.from('accounts').select('id').whereIn('actor_uri', [dave.id, erin.id, frank.id]),
      )
      .delete();
  });

  test('P1 of a video for followers are the followers, and nobody else is named', async () => {
    const stranger = await rig.e.actor('stranger');
    expect(await outcomeOf(server, stranger, followOf(stranger, alice))).toBe('applied');
    expect(await outcomeOf(server, stranger, activityOf('Undo', stranger, followOf(stranger, alice)))).toBe(
      'applied',
    );
    const me = server.context.db('accounts').where({ actor_uri: alice });
    await me.clone().update({ locked: true });
    expect(await outcomeOf(server, stranger, followOf(stranger, alice))).toBe('applied');
    await me.update({ locked: false });
    await empty(server, 'activities');
    const asked = rig.e.seen.length;
    expect(await published({ visibility: 'followers' })).toHaveLength(1);
    expect(rig.e.seen.length).toBe(asked);
    const create = arrived(a, 'Create').at(-1)?.activity;
    expect([create.to, create.cc]).toEqual([[`${alice}/followers`], []]);
    expect(JSON.stringify(create)).not.toContain(PUBLIC);
  });

  test('of a deletion are all who were told of the video, also those who left', async () => {
    const leaving = await rig.e.actor('leaving');
    expect(await outcomeOf(server, leaving, followOf(leaving, alice))).toBe('applied');
    const video = await publish(rig);
    await quiet(server);
    expect(await outcomeOf(server, leaving, activityOf('Undo', leaving, followOf(leaving, alice)))).toBe(
      'applied',
    );
    await rig.alice.remove(video.id);
    await quiet(server);
    for (const peer of [a, rig.e]) {
      expect(arrived(peer, 'Delete').at(-1)?.activity).toMatchObject({
        actor: alice,
        to: [PUBLIC],
        object: { id: video.uri, type: 'Tombstone' },
      });
    }
  });

  test('are no accounts that are gone or suspended', async () => {
    const { db } = server.context;
    const row = db('accounts').where({ actor_uri: carol.id });
    for (const state of ['suspended', 'deleted']) {
      await row.clone().update({ state });
      expect(await published()).toEqual([]);
    }
    await row.update({ state: 'active' });
  });

  test('are answered each in their own inbox', async () => {
    const answered = arrived(a, 'Accept').length;
    const follow = followOf(carol, alice);
    expect(await outcomeOf(server, carol, follow)).toBe('applied');
    const accepts = arrived(a, 'Accept').slice(answered);
    expect(accepts.map(({ path }) => path)).toEqual([new URL(carol.inbox).pathname]);
    expect(accepts[0]?.activity).toMatchObject({ actor: alice, to: [carol.id], object: { id: follow.id } });
  });
});

describe('a server that stops', () => {
  test('does not count the tries that this broke off', async () => {
    const peer = await startPeer(HONEST);
    const stopping = await startTestServer({ role: 'none' });
    const { context } = stopping;
    try {
      const account = await context.accounts.byActorUri(context.urls.instanceActor);
      const [activity] = await context
        .db('activities')
        .insert({
          ...{ id: context.ids.next(), uri: `urn:${randomUUID()}`, account_id: account?.id, type: 'Create' },
          ...{ object_uri: '', body: '{}', digest: '' },
        })
        .returning(['id as activity_id', 'position', 'account_id']);
      await context.db('deliveries').insert({ ...activity, inbox_uri: peer.url('/inbox'), host: peer.host });
      const lane = { host: peer.host, account_id: activity.account_id, next_at: new Date() };
      await context.db('delivery_lanes').insert(lane);
      const controller = new AbortController();
      peer.script('hang');
      const pump = context.federation.pump(peer.host, jobRun({ signal: controller.signal }));
      await eventually('the delivery is under way', () => peer.received.length === 1);
      controller.abort(new Error('The server is stopping.'));
      await expect(pump).rejects.toThrow('The server is stopping.');
      const [row] = await context.db('deliveries');
      expect(row).toMatchObject({ state: 'queued', attempts: 0, last_error: null });
      expect(await context.db('delivery_lanes')).toEqual([lane]);
    } finally {
      await stopping.close();
      await peer.close();
    }
  });
});
