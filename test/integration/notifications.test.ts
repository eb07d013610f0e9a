import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notificationLimits } from '../../config/live-limits.ts';
import { emitter } from '../../src/db/outbox.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { videoEvents } from '../../src/modules/videos/index.ts';
import { settle } from '../helpers/news.ts';
import { type NewsRig, startNewsRig } from '../helpers/news-rig.ts';
import type { Client, People, Person } from '../helpers/people.ts';
import { fewestQueriesOf, queriesOf } from '../helpers/queries.ts';
import type { TestServer } from '../helpers/server.ts';

let rig: NewsRig;
let server: TestServer;
let client: Client;
let people: People;
let alice: Person;
let bob: Person;
let eve: Person;
let owner: Person;
let video: VideoId;
let deeds: NewsRig['deeds'];
let list: NewsRig['list'];
let told: NewsRig['told'];

beforeAll(async () => {
  rig = await startNewsRig();
  ({ server, client, people, deeds, alice, bob, eve, list, told } = rig);
  owner = await people.signedIn('boss', 'owner');
  await settle(server.context);
});
afterAll(() => rig?.server.close());

beforeEach(async () => {
  video = await rig.clear();
});

const emitVideo = async (
  name: keyof typeof videoEvents & ('video.published' | 'video.revised'),
  videoId: VideoId,
) => {
  const { inTx, ids } = server.context;
  await inTx((tx) => emitter(videoEvents, ids)(tx, name, { videoId }));
  await settle(server.context);
};

describe('who is told of what', () => {
  test('likes, shares, comments and follows', async () => {
    await deeds.like(bob.account, video);
    await deeds.share(eve.account, video);
    await deeds.follow(bob.account, alice.account);
    const comment = await deeds.comment(bob.account, video, 'Nice');
    expect(await told(alice)).toEqual([
      ['mention', bob.id, comment],
      ['follow', bob.id, null],
      ['reblog', eve.id, video],
      ['favourite', bob.id, video],
    ]);
    const answer = await deeds.comment(eve.account, video, 'No', {
      parentId: comment,
      mentions: [alice.account],
    });
    expect(await told(bob)).toEqual([['mention', eve.id, answer]]);
    expect((await told(alice))[0]).toEqual(['mention', eve.id, answer]);
  });

  test('nobody of what they did themselves', async () => {
    await deeds.like(alice.account, video);
    await deeds.share(alice.account, video);
    await deeds.comment(alice.account, video, 'Mine', { mentions: [alice.account] });
    expect(await told(alice)).toEqual([]);
  });

  test('a like that is taken back is gone, and given again it is not told twice', async () => {
    await deeds.like(bob.account, video);
    const [first] = await list(alice);
    await deeds.unlike(bob.account, video);
    expect(await list(alice)).toEqual([]);
    const queries = await queriesOf(server.context.db, () => deeds.like(bob.account, video));
    const events = queries.filter(({ sql }) => sql.includes('insert into "events"'));
    expect((await list(alice)).map(({ id }) => id)).toEqual([first?.id]);
    expect(events.flatMap(({ bindings }) => bindings)).not.toContain('notification.added');
  });

  test('what was put away stays so', async () => {
    await deeds.like(bob.account, video);
    const [first] = await list(alice);
    expect((await client.post(`/api/v1/notifications/${first?.id}/dismiss`, { as: alice })).status).toBe(200);
    await deeds.unlike(bob.account, video);
    await deeds.like(bob.account, video);
    expect(await list(alice)).toEqual([]);
    expect((await client.post(`/api/v1/notifications/${first?.id}/dismiss`, { as: alice })).status).toBe(404);
  });

  test('a request to follow becomes a follow, and goes with it', async () => {
    await server.context.db('accounts').where({ id: alice.id }).update({ locked: true });
    const locked = { ...alice.account, locked: true };
    await deeds.follow(bob.account, locked);
    expect(await told(alice)).toEqual([['follow_request', bob.id, null]]);
    await deeds.accept(bob.account, locked);
    expect(await told(alice)).toEqual([['follow', bob.id, null]]);
    await deeds.unfollow(bob.account, locked);
    expect(await told(alice)).toEqual([]);
    await server.context.db('accounts').where({ id: alice.id }).update({ locked: false });
  });

  test('who asked for it hears of each new video, and who is named in it, once', async () => {
    for (const fan of [bob, eve]) await people.follow(fan.account, alice.account);
    await server.context.db('follows').update({ notify: true });
    await server.context.db('mentions').insert({ account_id: eve.id, video_id: video });
    await emitVideo('video.published', video);
    await emitVideo('video.published', video);
    expect(await told(bob)).toEqual([['status', alice.id, video]]);
    expect(await told(eve)).toEqual([['mention', alice.id, video]]);
    expect((await told(alice))[0]).toEqual(['vireo.published', alice.id, video]);
  });

  test('what was published long ago is no news', async () => {
    await people.follow(bob.account, alice.account);
    await server.context.db('follows').update({ notify: true });
    const past = new Date(Date.now() - notificationLimits.newsMs - 60_000);
    await server.context.db('videos').where({ id: video }).update({ published_at: past });
    await emitVideo('video.published', video);
    expect(await told(bob)).toEqual([]);
  });

  test('an edit is told to those who passed the video on, once a day', async () => {
    await deeds.share(bob.account, video);
    for (let times = 0; times < 2; times += 1) {
      await server.context.db('videos').where({ id: video }).update({ edited_at: new Date() });
      await emitVideo('video.revised', video);
    }
    expect(await told(bob)).toEqual([['update', alice.id, video]]);
    expect(await told(eve)).toEqual([]);
  });

  test('the staff hears of sign-ups and reports, and nobody else does, nor one who was of it', async () => {
    const fresh = await people.local('fresh', { pending: true });
    await server.context.inTx((tx) =>
      server.context.moderation.file(tx, {
        ...{ reporterId: bob.id, targetId: eve.id, videoIds: [], commentIds: [] },
        ...{ comment: 'Rude', forward: false },
      }),
    );
    await settle(server.context);
    const [report, signUp] = await list(owner);
    expect(report).toMatchObject({
      type: 'admin.report',
      account: { id: bob.id },
      report: { comment: 'Rude', target_account: { id: eve.id } },
    });
    expect(signUp).toMatchObject({ type: 'admin.sign_up', account: { id: fresh.id } });
    expect(await told(alice)).toEqual([]);
    await server.context.db('users').where({ account_id: owner.id }).update({ role: 'user' });
    expect(await told(owner)).toEqual([]);
    await server.context.db('users').where({ account_id: owner.id }).update({ role: 'owner' });
  });

  test('an author hears why an upload was refused', async () => {
    const id = await rig.videos.video(bob.account, { state: 'rejected' });
    await server.context
      .db('videos')
      .where({ id })
      .update({ media_state: 'failed', media_reason: 'not-a-video', media_detail: 'This is no video.' });
    const { inTx, ids } = server.context;
    await inTx((tx) => emitter(videoEvents, ids)(tx, 'video.rejected', { videoId: id }));
    await settle(server.context);
    expect(await list(bob)).toMatchObject([
      { type: 'vireo.rejected', status: null, processing: { id, detail: 'This is no video.' } },
    ]);
  });

  test('no more is kept of one account than the limit says, the oldest goes first', async () => {
    const { db } = server.context;
    await db.raw(
      `insert into notifications (account_id, type, from_account_id, subject, group_key)
       select ?, 'follow', ?, 'old ' || n, 'old' from generate_series(1, ?) as n`,
      [alice.id, bob.id, notificationLimits.kept],
    );
    await deeds.like(bob.account, video);
    const rows = await db('notifications').where({ account_id: alice.id }).orderBy('id').pluck('subject');
    expect([rows.length, rows[0], rows.at(-1)]).toEqual([
      notificationLimits.kept,
      'old 2',
      `favourite:${bob.id}:${video}`,
    ]);
  });

  test('a deleted post takes its notifications along', async () => {
    await deeds.like(bob.account, video);
    await deeds.comment(bob.account, video, 'Nice');
    await server.context.inTx((tx) => server.context.videos.remove(tx, video, alice.id));
    await settle(server.context);
    expect(await server.context.db('notifications').where({ account_id: alice.id })).toEqual([]);
  });
});

describe('the list', () => {
  test('pages by id both ways, and filters by type and account', async () => {
    for (const fan of [bob, eve]) {
      await deeds.like(fan.account, video);
      await deeds.share(fan.account, video);
      await deeds.follow(fan.account, alice.account);
    }
    const all = (await list(alice)).map(({ id }) => id);
    expect(all).toHaveLength(6);
    const ids = async (query: string) => (await list(alice, query)).map(({ id }) => id);
    expect(await ids(`?limit=2&max_id=${all[1]}`)).toEqual(all.slice(2, 4));
    expect(await ids(`?limit=2&min_id=${all[4]}`)).toEqual(all.slice(2, 4));
    expect(await ids(`?limit=2&since_id=${all[4]}`)).toEqual(all.slice(0, 2));
    const types = async (query: string) => (await list(alice, query)).map(({ type }) => type);
    expect(await types('?types[]=follow&types[]=reblog')).toEqual(['follow', 'reblog', 'follow', 'reblog']);
    expect(await types('?exclude_types[]=follow&exclude_types[]=reblog')).toEqual(['favourite', 'favourite']);
    expect(await types('?types[]=severed_relationships')).toEqual([]);
    expect(await types(`?account_id=${bob.id}`)).toEqual(['follow', 'reblog', 'favourite']);
    const page = await client.get('/api/v1/notifications?limit=2', { as: alice });
    expect(page.headers.link).toContain(`max_id=${all[1]}`);
    expect((await client.get(`/api/v1/notifications/${all[0]}`, { as: alice })).body.id).toBe(all[0]);
    expect((await client.get(`/api/v1/notifications/${all[0]}`, { as: bob })).status).toBe(404);
    const count = async () =>
      (await client.get('/api/v1/notifications/unread_count', { as: alice })).body.count;
    expect(await count()).toBe(6);
    await server.context.db('markers').insert({
      ...{ account_id: alice.id, timeline: 'notifications', last_read_id: all[2] },
      ...{ version: 1, updated_at: new Date() },
    });
    expect(await count()).toBe(2);
    expect((await client.post('/api/v1/notifications/clear', { as: alice })).status).toBe(200);
    expect(await list(alice)).toEqual([]);
  });

  test('in groups: likes of one post are one, mentions never', async () => {
    for (const fan of [bob, eve, owner]) await deeds.like(fan.account, video);
    await deeds.follow(bob.account, alice.account);
    await deeds.comment(bob.account, video, 'One');
    await deeds.comment(bob.account, video, 'Two');
    const { body } = await client.get('/api/v2/notifications', { as: alice });
    const groups = body.notification_groups;
    expect(groups.map((group: { type: string }) => group.type)).toEqual([
      ...['mention', 'mention', 'follow', 'favourite'],
    ]);
    const likes = groups[3];
    expect(likes).toMatchObject({
      ...{
        notifications_count: 3,
        status_id: video,
        clip_id: video,
        sample_account_ids: [owner.id, eve.id, bob.id],
      },
      most_recent_notification_id: Number(likes.page_max_id),
    });
    expect(body.accounts.map(({ id }: { id: string }) => id).sort()).toEqual(
      [owner.id, eve.id, bob.id].sort(),
    );
    expect(body.statuses).toHaveLength(3);
    // Of a comment one learns the clip it is below, also where nothing else speaks of that.
    const mentions = (await client.get('/api/v2/notifications?types[]=mention', { as: alice })).body;
    expect(mentions.notification_groups[0]).toMatchObject({ clip_id: video });
    expect(mentions.notification_groups[0].status_id).not.toBe(video);
    expect(mentions.statuses.map(({ id }: { id: string }) => id)).toContain(video);
    expect((await client.get('/api/v2/notifications/unread_count', { as: alice })).body.count).toBe(4);
    const path = `/api/v2/notifications/${likes.group_key}`;
    expect((await client.get(path, { as: alice })).body.notification_groups).toEqual([likes]);
    const accounts = (await client.get(`${path}/accounts`, { as: alice })).body;
    expect(accounts.map(({ id }: { id: string }) => id)).toEqual([owner.id, eve.id, bob.id]);
    expect((await client.get(path, { as: bob })).status).toBe(404);
    const single = (
      await client.get('/api/v2/notifications?grouped_types[]=follow&types[]=favourite', { as: alice })
    ).body.notification_groups;
    expect(single).toHaveLength(3);
    expect((await client.get(`/api/v2/notifications/${single[0].group_key}`, { as: alice })).status).toBe(
      200,
    );
    const partial = (await client.get('/api/v2/notifications?expand_accounts=partial_avatars', { as: alice }))
      .body;
    expect([partial.accounts.length, partial.partial_accounts.length]).toEqual([2, 1]);
    const next = (
      await client.get(`/api/v2/notifications?limit=2&max_id=${groups[1].page_max_id}`, { as: alice })
    ).body;
    expect(next.notification_groups.map((group: { type: string }) => group.type)).toEqual([
      'follow',
      'favourite',
    ]);
    expect((await client.post(`${path}/dismiss`, { as: alice })).status).toBe(200);
    expect((await client.get(path, { as: alice })).status).toBe(404);
  });

  test('costs the same number of queries whatever its length', async () => {
    const counted = async (path: string): Promise<number> => {
      const queries = await fewestQueriesOf(server.context.db, async () => {
        expect((await client.get(path, { as: alice })).status).toBe(200);
      });
      return queries.length;
    };
    const one = async () => {
      const own = await rig.videos.video(alice.account);
      await deeds.like(bob.account, own);
      await deeds.comment(eve.account, own, 'Hi');
    };
    await one();
    await list(alice);
    const paths = ['/api/v1/notifications?limit=80', '/api/v2/notifications?limit=80'];
    const few = await Promise.all(paths.map(async () => 0));
    for (const [at, path] of paths.entries()) few[at] = await counted(path);
    for (let times = 0; times < 10; times += 1) await one();
    for (const [at, path] of paths.entries()) expect(await counted(path), path).toBe(few[at]);
  });
});
