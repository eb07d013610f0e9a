import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Tx } from '../../src/db/database.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { eventually, noteOf, publish, type Rig, startRig } from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { type FaspRig, startAcceptedFasp } from '../helpers/fasp-rig.ts';
import { createPeople } from '../helpers/people.ts';
import { EVIL } from '../helpers/remote-http.ts';

/** What an auxiliary service is told: what is public, of those who want to be found, by its address and by nothing else. */
let rig: Rig;
let fasp: FaspRig;

const SHARING = '/data_sharing/v0';
const ANNOUNCE = `POST ${SHARING}/announcements`;

beforeAll(async () => {
  // No worker takes its jobs: each is run here, one after another.
  rig = await startRig({ QUEUES: 'mail' });
  fasp = await startAcceptedFasp(rig.server, EVIL, ['data_sharing', 'trends']);
});
afterAll(async () => {
  await fasp?.close();
  await rig?.close();
});
beforeEach(async () => {
  rig.ahead = 0;
  await empty(
    rig.server,
    ...['fasp_subscriptions', 'fasp_backfills', 'fasp_shared', 'videos', 'domain_policies'],
  );
  await db()('fasp_capabilities').where({ capability: 'data_sharing' }).update({ enabled: true, told: true });
  await db()('fasp_providers').update({ state: 'accepted', tell_at: null, tell_failures: 0 });
  await profile({ indexable: true, discoverable: true });
  await db()('fasp_news').delete();
  await db()('accounts').whereNot({ domain: '' }).update({ indexable: true, discoverable: true });
  fasp.seen.length = 0;
  fasp.answers[ANNOUNCE] = { status: 204 };
});

const db = () => rig.server.context.db;
const own = () => rig.server.context.fasp.providers;
const OFF = { capability: 'data_sharing', isEnabled: false };

/** Says something of alice, and waits until everybody heard of it. */
async function profile(change: object): Promise<void> {
  const response = await fetch(`${rig.server.origin}/api/v1/accounts/update_credentials`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${rig.alice.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  expect(response.status).toBe(200);
  await heard();
}
/** All events of the outbox were handled. */
const heard = () =>
  eventually('everybody has heard', async () => (await db()('events').first('id')) === undefined);

async function subscribe(
  json: object = { category: 'content', subscriptionType: 'lifecycle' },
): Promise<string> {
  const { status, json: made } = await fasp.call('POST', `${SHARING}/event_subscriptions`, json);
  expect(status).toBe(201);
  return (made as { subscription: { id: string } }).subscription.id;
}
const published = async (about: Parameters<typeof publish>[1] = {}) => {
  const video = await publish(rig, about);
  await heard();
  return video;
};
const told = () => fasp.seen.filter(({ path }) => path.endsWith('/announcements')).map(({ json }) => json);
const tell = () => fasp.run('fasp.tell');
const uris = () => (told() as { objectUris: string[] }[]).flatMap(({ objectUris }) => objectUris);
async function edit(id: VideoId, status: string): Promise<void> {
  const response = await fetch(`${rig.server.origin}/api/v1/statuses/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${rig.alice.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ status }),
  });
  expect(response.status).toBe(200);
  await heard();
}
async function remove(id: VideoId): Promise<void> {
  const response = await fetch(`${rig.server.origin}/api/v1/statuses/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${rig.alice.token}` },
  });
  expect(response.status).toBe(200);
  await heard();
}

describe('what a provider asks to be told', () => {
  test('is taken where its data sharing is in use, and ends when it says so', async () => {
    const id = await subscribe();
    const gone = await fasp.call('DELETE', `${SHARING}/event_subscriptions/${id}`);
    expect(gone).toMatchObject({ status: 204, json: null, isSigned: true });
    expect((await fasp.call('DELETE', `${SHARING}/event_subscriptions/${id}`)).status).toBe(404);
    await fasp.use('data_sharing', false);
    const json = { category: 'content', subscriptionType: 'lifecycle' };
    expect(await fasp.call('POST', `${SHARING}/event_subscriptions`, json)).toMatchObject({
      status: 403,
      isSigned: true,
    });
    expect(
      (await fasp.call('POST', `${SHARING}/backfill_requests`, { category: 'content', maxCount: 1 })).status,
    ).toBe(403);
    await fasp.use('data_sharing');
  });

  test.each([
    {},
    { category: 'likes', subscriptionType: 'lifecycle' },
    { category: 'account', subscriptionType: 'trends' },
    { category: 'content', subscriptionType: 'lifecycle', maxBatchSize: 0 },
    { category: 'content', subscriptionType: 'trends', threshold: { likes: -1 } },
  ])('is refused as %o', async (json) => {
    expect(await fasp.call('POST', `${SHARING}/event_subscriptions`, json)).toMatchObject({
      status: 422,
      isSigned: true,
    });
  });
});

describe('what it is told', () => {
  test('is that something public is new, changed and gone, and nothing but its address', async () => {
    const id = await subscribe();
    const video = await published();
    await tell();
    await edit(video.id, 'Other words');
    await tell();
    await remove(video.id);
    await tell();
    const source = { subscription: { id } };
    expect(told()).toEqual(
      ['new', 'update', 'delete'].map((eventType) => ({
        ...{ source, category: 'content', eventType, objectUris: [video.uri] },
      })),
    );
    expect(fasp.turnedAway).toEqual([]);
    expect(await db()('fasp_shared').first()).toBeUndefined();
  });

  test('is nothing of what is not for everybody, nor of those who do not want to be found', async () => {
    await subscribe();
    await published({ visibility: 'unlisted' });
    await published({ visibility: 'followers' });
    await profile({ indexable: false });
    await published();
    await profile({ indexable: true });
    await db()('fasp_news').delete();
    const alice = { id: rig.alice.account.id };
    await db()('accounts').where(alice).update({ silenced: true });
    await published({ caption: 'Of somebody silenced' });
    await db()('accounts').where(alice).update({ silenced: false });
    await tell();
    expect(told()).toEqual([]);
  });

  test('is taken back once its author does not want to be found any more, and said again once that is over', async () => {
    await subscribe();
    const { uri } = await published();
    await tell();
    await profile({ indexable: false });
    await tell();
    expect(told().at(-1)).toMatchObject({ eventType: 'delete', objectUris: [uri] });
    await profile({ indexable: true });
    await tell();
    expect(told().at(-1)).toMatchObject({ eventType: 'new', objectUris: [uri] });
  });

  test('is not said where it may not be said any more by the time it would be', async () => {
    await subscribe();
    const { id } = await published();
    await db()('videos').where({ id }).update({ visibility: 'followers' });
    await tell();
    expect(told()).toEqual([]);
    expect(await db()('fasp_news').first()).toBeUndefined();
  });

  test('is what others publish, too, and the end of it where the staff decides against their server', async () => {
    await subscribe();
    const note = noteOf(rig.carol);
    rig.a.page(new URL(note.id).pathname, note);
    await db()('accounts').whereNot({ domain: '' }).update({ indexable: true, discoverable: true });
    expect(await rig.server.context.federation.lookup.address(note.id, { ask: true })).toMatchObject({
      ok: true,
    });
    await heard();
    await db()('accounts').whereNot({ domain: '' }).update({ indexable: true, discoverable: true });
    const video = await db()('videos').where({ uri: note.id }).first('id');
    await rig.server.context.inTx((tx) => rig.server.context.fasp.on.onVideo(tx, { videoId: video.id }));
    await tell();
    expect(uris()).toEqual([note.id]);
    await db()('domain_policies').insert({ domain: rig.a.host.split(':')[0], severity: 'silence' });
    await rig.server.context.fasp.review();
    await tell();
    expect(told().at(-1)).toMatchObject({ eventType: 'delete', objectUris: [note.id] });
  });

  test('is people who want to be found', async () => {
    await profile({ discoverable: false });
    const id = await subscribe({ category: 'account', subscriptionType: 'lifecycle' });
    await profile({ display_name: 'Hidden' });
    await tell();
    expect(told()).toEqual([]);
    await profile({ discoverable: true });
    await tell();
    await profile({ display_name: 'Alice' });
    await tell();
    await profile({ discoverable: false });
    await tell();
    const of = (eventType: string) => ({
      ...{ source: { subscription: { id } }, category: 'account', eventType },
      objectUris: [rig.alice.account.uri],
    });
    expect(told()).toEqual([of('new'), of('update'), of('delete')]);
  });

  test('is nobody any more whom the staff limits or keeps from lists, or who moved away', async () => {
    await subscribe({ category: 'account', subscriptionType: 'lifecycle' });
    const { id, actorUri } = await createPeople(rig.server).remote('far');
    const account = () => db()('accounts').where({ id });
    await account().update({ discoverable: true });
    const look = async () => {
      fasp.seen.length = 0;
      await rig.server.context.inTx((tx) => rig.server.context.fasp.on.onAccount(tx, { accountId: id }));
      await tell();
      return (told() as { eventType: string; objectUris: string[] }[]).map(({ eventType, objectUris }) => [
        ...[eventType, ...objectUris],
      ]);
    };
    const { domain } = await account().first('domain');
    const limit = (severity: string) => db()('domain_policies').insert({ domain, severity });
    for (const [change, back] of [
      [() => account().update({ silenced: true }), () => account().update({ silenced: false })],
      [() => account().update({ undiscoverable: true }), () => account().update({ undiscoverable: false })],
      [
        () => account().update({ moved_to_id: rig.alice.account.id }),
        () => account().update({ moved_to_id: null }),
      ],
      [() => limit('no-feed'), () => db()('domain_policies').delete()],
    ] as const) {
      expect(await look()).toEqual([['new', actorUri]]);
      await change();
      expect(await look(), String(change)).toEqual([['delete', actorUri]]);
      await back();
    }
  });

  test('comes in batches of the size it wants, and none is lost while it is away', async () => {
    await subscribe({ category: 'content', subscriptionType: 'lifecycle', maxBatchSize: 2 });
    const all = [await published(), await published(), await published()];
    fasp.answers[ANNOUNCE] = { status: 429, headers: { 'retry-after': '600' } };
    const again = await tell();
    expect((again?.getTime() ?? 0) - Date.now()).toBeGreaterThan(590_000);
    await tell();
    expect(told()).toHaveLength(1);
    fasp.answers[ANNOUNCE] = { status: 204 };
    fasp.seen.length = 0;
    // Ten minutes later, but for the signatures, which are of now.
    await db()('fasp_providers').update({ tell_at: null });
    await tell();
    expect((told() as { objectUris: string[] }[]).map(({ objectUris }) => objectUris.length)).toEqual([2, 1]);
    expect(uris()).toEqual(all.map(({ uri }) => uri));
  });

  test.each([
    ['turned off', (tx: Tx) => own().setCapability(tx, operator, fasp.id, OFF)],
    ['removed', (tx: Tx) => own().remove(tx, operator, fasp.id)],
  ] as const)('ends with the batch that is on its way when that is %s', async (_, end) => {
    await subscribe({ category: 'content', subscriptionType: 'lifecycle', maxBatchSize: 1 });
    const [first] = [await published(), await published()];
    fasp.answers[ANNOUNCE] = async () => {
      await rig.server.context.inTx<unknown>(end);
      return { status: 204 };
    };
    await tell();
    expect(uris()).toEqual([first.uri]);
    await tell();
    expect(uris()).toEqual([first.uri]);
  });

  test('is what was published before, in parts, as far as it asks for it', async () => {
    const all = [await published(), await published(), await published()].map(({ uri }) => uri).reverse();
    await published({ visibility: 'unlisted' });
    const { json } = await fasp.call('POST', `${SHARING}/backfill_requests`, {
      category: 'content',
      maxCount: 2,
    });
    const { id } = (json as { backfillRequest: { id: string } }).backfillRequest;
    await tell();
    await tell();
    const part = (objectUris: string[], moreObjectsAvailable: boolean) => ({
      ...{ source: { backfillRequest: { id } }, category: 'content', objectUris, moreObjectsAvailable },
    });
    expect(told()).toEqual([part(all.slice(0, 2), true)]);
    const more = () => fasp.call('POST', `${SHARING}/backfill_requests/${id}/continuation`);
    expect(await more()).toMatchObject({ status: 204, isSigned: true });
    await tell();
    expect(told().at(-1)).toEqual(part(all.slice(2), false));
    expect((await more()).status).toBe(404);
    expect((await fasp.call('POST', `${SHARING}/backfill_requests/7/continuation`)).status).toBe(404);
  });

  test('is what many react to at once, once in that time', async () => {
    const threshold = { timeframe: 15, likes: 2, shares: 9, replies: 9 };
    const id = await subscribe({ category: 'content', subscriptionType: 'trends', threshold });
    const [liked, quiet] = [await published(), await published({ visibility: 'unlisted' })];
    const { context } = rig.server;
    const people = createPeople(rig.server);
    for (const name of ['one', 'two']) {
      const { id: account_id } = await people.remote(name);
      await context.fasp.watchTrends();
      expect(await db()('fasp_news').first()).toBeUndefined();
      for (const { id: video_id } of [liked, quiet]) {
        const uri = `https://remote.test/likes/${name}/${video_id}`;
        await db()('likes').insert({ id: context.ids.next<'like'>(), account_id, video_id, uri });
      }
    }
    await context.fasp.watchTrends();
    await tell();
    await context.fasp.watchTrends();
    await tell();
    expect(told()).toEqual([
      {
        source: { subscription: { id } },
        category: 'content',
        eventType: 'trending',
        objectUris: [liked.uri],
      },
    ]);
  });
});
