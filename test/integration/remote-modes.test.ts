import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RemoteVideoMode } from '../../config/env.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { copyPlan, leaveUncopied } from '../../src/modules/videos/remote-modes.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let alice: Person;
let staff: Person;
let carol: Account;
let dave: Account;
let made = 0;

beforeAll(async () => {
  server = await startTestServer({ role: 'web' });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  alice = await people.signedIn('alice');
  staff = await people.signedIn('boss', 'owner');
});
afterAll(() => server?.close());
beforeEach(async () => {
  await server.context.inTx((tx) => tx.raw('truncate videos, jobs, follows, domain_policies cascade'));
  made += 1;
  carol = await people.remote(`carol${made}`);
  dave = await people.remote(`dave${made}`);
});

const deps = () => {
  const { db, instances } = server.context;
  const { mediaModesOf, mediaRefusals } = instances;
  return { db, enqueue, mediaModesOf, mediaRefusals };
};
const enqueue: Parameters<typeof leaveUncopied>[0]['enqueue'] = async () => {
  throw new Error('Nothing is to be added.');
};

/** A remote video whose file is not here, as its Create left it. */
async function discovered(author = carol, more: object = {}): Promise<VideoId> {
  const id = await videos.video(author, { assets: [] });
  await server.context
    .db('videos')
    .where({ id })
    .update({ media_state: 'waiting', ...more });
  return id;
}

async function planOf(id: VideoId): Promise<string> {
  const video = await server.context.videos.internal(id);
  return video ? copyPlan(deps(), server.context.db, video) : 'gone';
}

/** What the job does that finds nobody who asked. */
async function leave(id: VideoId): Promise<string> {
  const { inTx, videos } = server.context;
  const video = await videos.internal(id);
  return video ? inTx((tx) => leaveUncopied(deps(), tx, video)) : 'gone';
}

const stateOf = (id: VideoId) =>
  server.context.db('videos').where({ id }).first('media_state', 'media_reason', 'last_watched_at');
const copiesAskedFor = async (): Promise<VideoId[]> => {
  const jobs = await server.context.db('jobs').where({ name: 'media.replicate' }).orderBy('id');
  return jobs.map(({ payload }) => payload.videoId);
};
const setMode = async (domain: string, mode: RemoteVideoMode | null) => {
  const { inTx, instances } = server.context;
  return inTx((tx) => instances.setMediaMode(tx, domain, mode));
};

describe('a video is copied', () => {
  test('not before somebody here has to do with it', async () => {
    const id = await discovered();
    await people.follow(dave, carol);
    const share = { id: '7', account_id: dave.id, video_id: id, uri: 'https://remote.test/s' };
    await server.context.db('shares').insert(share);
    expect(await planOf(id)).toBe('on-demand');
    expect(await leave(id)).toBe('on-demand');
    expect(await stateOf(id)).toMatchObject({ media_state: 'waiting', media_reason: 'on-demand' });
  });

  test('where its author is followed, but not while that is only asked', async () => {
    const id = await discovered();
    await people.follow(alice.account, carol, 'pending');
    expect(await planOf(id)).toBe('on-demand');
    await people.follow(alice.account, carol);
    expect(await planOf(id)).toBe('copy');
  });

  test('where the channel is followed that it is attributed to', async () => {
    const id = await discovered(carol, { attributed_to: [dave.actorUri] });
    await people.follow(alice.account, dave);
    expect(await planOf(id)).toBe('copy');
  });

  test('where somebody shared it who is followed, or is of this server', async () => {
    const { db } = server.context;
    const [byDave, byAlice] = [await discovered(), await discovered()];
    await db('shares').insert([
      { id: '8', account_id: dave.id, video_id: byDave, uri: 'https://remote.test/8' },
      { id: '9', account_id: alice.id, video_id: byAlice, uri: 'https://remote.test/9' },
    ]);
    expect([await planOf(byDave), await planOf(byAlice)]).toEqual(['on-demand', 'copy']);
    await people.follow(alice.account, dave);
    expect(await planOf(byDave)).toBe('copy');
  });

  test('where it names somebody here', async () => {
    const id = await discovered();
    await server.context.db('mentions').insert({ video_id: id, account_id: alice.id });
    expect(await planOf(id)).toBe('copy');
  });

  test('after all, where somebody asks while the job is ending', async () => {
    const id = await discovered();
    expect(await planOf(id)).toBe('on-demand');
    await people.follow(alice.account, carol);
    expect(await leave(id)).toBe('copy');
    expect(await stateOf(id)).toMatchObject({ media_state: 'waiting', media_reason: null });
  });
});

describe('the hooks', () => {
  const { onFollowed, onShared, onDomainLifted } = {
    onFollowed: (target: Account) =>
      server.context.inTx((tx) => server.context.videos.onFollowed(tx, { targetId: target.id })),
    onShared: (videoId: VideoId) =>
      server.context.inTx((tx) => server.context.videos.onShared(tx, { videoId })),
    onDomainLifted: (domain: string) =>
      server.context.inTx((tx) => server.context.videos.onDomainLifted(tx, { domain })),
  };

  test('a follow brings what waits of that account, and what it shared, but nothing evicted', async () => {
    const waiting = await discovered(carol, { media_reason: 'on-demand' });
    const evicted = await discovered(carol, { media_reason: 'evicted' });
    const shared = await discovered(dave, { media_reason: 'on-demand' });
    await discovered(dave, { media_reason: 'on-demand' });
    const share = { id: '10', account_id: carol.id, video_id: shared, uri: 'https://remote.test/10' };
    await server.context.db('shares').insert(share);
    await onFollowed(carol);
    expect((await copiesAskedFor()).toSorted()).toEqual([waiting, shared].toSorted());
    expect(await stateOf(waiting)).toMatchObject({ media_reason: null });
    expect(await stateOf(evicted)).toMatchObject({ media_reason: 'evicted' });
    await onFollowed(alice.account);
    expect(await copiesAskedFor()).toHaveLength(2);
  });

  test('a share brings the video where somebody here sees it', async () => {
    const id = await discovered(carol, { media_reason: 'on-demand' });
    const share = { id: '11', account_id: dave.id, video_id: id, uri: 'https://remote.test/11' };
    await server.context.db('shares').insert(share);
    await onShared(id);
    expect(await copiesAskedFor()).toEqual([]);
    await people.follow(alice.account, dave);
    await onShared(id);
    expect(await copiesAskedFor()).toEqual([id]);
  });

  test('a milder mode gives those another look that were left where they are', async () => {
    await setMode('remote.test', 'off');
    const id = await discovered();
    await people.follow(alice.account, carol);
    expect(await leave(id)).toBe('not-copied-here');
    expect(await stateOf(id)).toMatchObject({ media_state: 'none', media_reason: 'not-copied-here' });
    const lifted = () => server.context.db('events').where({ name: 'domain.lifted' });
    await server.context.db('events').delete();
    await setMode('remote.test', 'on-view');
    expect(await lifted()).toHaveLength(1);
    await setMode('remote.test', 'off');
    expect(await lifted()).toHaveLength(1);
    await setMode('remote.test', null);
    expect(await lifted()).toMatchObject([{}, { payload: { domain: 'remote.test' } }]);
    await onDomainLifted('remote.test');
    expect(await copiesAskedFor()).toEqual([id]);
    expect(await planOf(id)).toBe('copy');
  });
});

describe('the mode of a server', () => {
  test('on-view copies what is opened, whoever follows whom; off copies nothing', async () => {
    await setMode('remote.test', 'on-view');
    const id = await discovered();
    await people.follow(alice.account, carol);
    expect(await leave(id)).toBe('on-demand');
    const { status, body } = await client.get(`/api/v1/statuses/${id}`, { as: alice });
    expect(status).toBe(200);
    expect(body.media_attachments[0].processing).toMatchObject({ state: 'copying' });
    expect(await copiesAskedFor()).toEqual([id]);
    expect(await planOf(id)).toBe('copy');
    await setMode('remote.test', 'off');
    expect(await planOf(id)).toBe('not-copied-here');
  });

  test('covers its subdomains, and a closer one decides', async () => {
    const { instances } = server.context;
    await setMode('remote.test', 'off');
    await setMode('good.remote.test', 'replicate');
    expect(
      await instances.mediaModesOf(['remote.test', 'x.remote.test', 'good.remote.test', 'b.test']),
    ).toEqual([...['off', 'off', 'replicate', 'replicate']]);
  });

  test('changes nothing else, and lifts nothing of what stands above', async () => {
    const { instances, inTx } = server.context;
    const comments = { publicComment: 'Spam.', privateComment: 'x' };
    await inTx((tx) =>
      instances.setPolicy(tx, 'evil.test', { severity: 'suspend', rejectReports: true, ...comments }),
    );
    await setMode('evil.test', 'on-view');
    expect(await instances.policyOf('evil.test')).toMatchObject({
      ...{ severity: 'suspend', rejectReports: true, mediaMode: 'on-view', ...comments },
    });
    await setMode('sub.evil.test', 'replicate');
    expect(await instances.standingOf('sub.evil.test')).toMatchObject({
      ...{ suspended: true, rejectsReports: true, mediaMode: 'replicate' },
    });
  });

  test('is set and read by the staff', async () => {
    const path = '/api/v1/admin/domain_blocks';
    const created = await client.post(path, {
      as: staff,
      body: { domain: 'm.test', severity: 'noop', media_mode: 'off' },
    });
    expect(created.body).toMatchObject({ domain: 'm.test', media_mode: 'off' });
    const changed = await client.put(`${path}/${created.body.id}`, { as: staff, body: { media_mode: null } });
    expect(changed.body).toMatchObject({ severity: 'noop', media_mode: null });
    const wrong = await client.put(`${path}/${created.body.id}`, { as: staff, body: { media_mode: 'all' } });
    expect(wrong.status).toBe(422);
  });
});

test('an opened video that is here is noted as watched, once in some minutes', async () => {
  const id = await videos.video(carol, { assets: [] });
  const open = () => client.get(`/api/v1/statuses/${id}`, { as: alice });
  await open();
  const { last_watched_at: first } = await stateOf(id);
  expect(first).toBeInstanceOf(Date);
  await open();
  expect((await stateOf(id)).last_watched_at).toEqual(first);
  const mine = await videos.video(alice.account);
  await client.get(`/api/v1/statuses/${mine}`, { as: alice });
  expect((await stateOf(mine)).last_watched_at).toBeNull();
  expect(await copiesAskedFor()).toEqual([]);
});
