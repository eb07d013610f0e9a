import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { type NewsRig, startNewsRig } from '../helpers/news-rig.ts';
import type { Client, People, Person } from '../helpers/people.ts';
import type { TestServer } from '../helpers/server.ts';

let rig: NewsRig;
let server: TestServer;
let client: Client;
let people: People;
let alice: Person;
let bob: Person;
let eve: Person;
let video: VideoId;
let deeds: NewsRig['deeds'];
let list: NewsRig['list'];
let told: NewsRig['told'];

beforeAll(async () => {
  rig = await startNewsRig();
  ({ server, client, people, deeds, alice, bob, eve, list, told } = rig);
});
afterAll(() => rig?.server.close());

beforeEach(async () => {
  video = await rig.clear();
});

describe('of whom nobody hears', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['muted people', () => mute(true)],
    [
      'a muted thread',
      () => server.context.db('thread_mutes').insert({ account_id: alice.id, video_id: video }),
    ],
    ['suspended people', () => people.suspend(bob.account)],
    [
      'people of a blocked domain',
      async () => {
        await server.context.db('account_domain_blocks').insert({ account_id: alice.id, domain: 'bob.test' });
        await server.context.db('accounts').where({ id: bob.id }).update({ domain: 'bob.test' });
      },
    ],
    ['a type that was turned off', () => policy({ muted_types: ['favourite'] })],
    ['strangers, where the policy drops them', () => policy({ for_not_following: 'drop' })],
  ])('%s', async (_what, set) => {
    await set();
    await deeds.like(bob.account, video);
    await server.context.db('accounts').where({ id: bob.id }).update({ state: 'active', domain: '' });
    await server.context.db('account_domain_blocks').delete();
    expect(await told(alice)).toEqual([]);
    expect(await server.context.db('notifications').where({ account_id: alice.id })).toEqual([]);
  });

  const mute = (notifications: boolean, expires_at: Date | null = null) =>
    server.context.db('account_mutes').insert({
      ...{ id: server.context.ids.next(), account_id: alice.id, target_id: bob.id },
      ...{ notifications, expires_at },
    });
  const policy = async (body: object) => {
    const answer = await client.patch('/api/v2/notifications/policy', { as: alice, body });
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };

  test.each([
    ['vireo.comment', ['vireo.reply', 'mention']],
    ['vireo.reply', ['vireo.comment', 'mention']],
    ['mention', []],
  ])('%s alone, where that was turned off', async (off, left) => {
    const own = await deeds.comment(alice.account, video, 'Mine');
    const other = await rig.videos.video(bob.account);
    await policy({ muted_types: [off] });
    const said = new Map([
      [await deeds.comment(bob.account, video, 'A comment'), 'vireo.comment'],
      [await deeds.comment(bob.account, video, 'A reply', { parentId: own }), 'vireo.reply'],
      [await deeds.comment(bob.account, other, '@alice', { mentions: [alice.account] }), 'mention'],
    ]);
    const rows = await server.context.db('notifications').where({ account_id: alice.id }).pluck('comment_id');
    expect(rows.map((id) => said.get(id)).sort()).toEqual([...left].sort());
  });

  test('a mute that spares notifications, or has run out, hides nothing', async () => {
    await mute(false);
    await deeds.like(bob.account, video);
    expect(await told(alice)).toHaveLength(1);
    await server.context.db('account_mutes').delete();
    await mute(true, new Date(Date.now() - 1_000));
    await deeds.share(bob.account, video);
    expect(await told(alice)).toHaveLength(2);
  });

  test('a block takes away what was told', async () => {
    await deeds.follow(bob.account, alice.account);
    await deeds.block(alice.account, bob.account);
    expect(await told(alice)).toEqual([]);
    await server.context.db('account_blocks').delete();
    expect(await told(alice)).toEqual([]);
  });
});

describe('what is set aside', () => {
  test('waits as a request, and comes when it is let through', async () => {
    const { body } = await client.patch('/api/v2/notifications/policy', {
      as: alice,
      body: { for_not_following: 'filter' },
    });
    expect(body).toMatchObject({
      for_not_following: 'filter',
      for_limited_accounts: 'filter',
      muted_types: [],
    });
    await deeds.like(bob.account, video);
    await deeds.share(bob.account, video);
    expect(await told(alice)).toEqual([]);
    expect(await list(alice, '?include_filtered=true')).toHaveLength(2);
    const requests = await client.get('/api/v1/notifications/requests', { as: alice });
    expect(requests.body).toMatchObject([
      { id: bob.id, notifications_count: '2', account: { id: bob.id }, last_status: { id: video } },
    ]);
    const summary = (await client.get('/api/v2/notifications/policy', { as: alice })).body.summary;
    expect(summary).toEqual({ pending_requests_count: 1, pending_notifications_count: 2 });
    const path = `/api/v1/notifications/requests/${bob.id}`;
    expect((await client.get(path, { as: eve })).status).toBe(404);
    expect((await client.post(`${path}/accept`, { as: alice })).status).toBe(200);
    expect(await told(alice)).toHaveLength(2);
    await deeds.follow(bob.account, alice.account);
    expect(await told(alice)).toHaveLength(3);
    expect((await client.get(path, { as: alice })).status).toBe(404);
  });

  test('or is put away', async () => {
    await client.patch('/api/v2/notifications/policy', { as: alice, body: { for_not_followers: 'filter' } });
    await deeds.like(bob.account, video);
    const body = { id: [bob.id] };
    expect((await client.post('/api/v1/notifications/requests/dismiss', { as: alice, body })).status).toBe(
      200,
    );
    expect((await client.get('/api/v1/notifications/requests', { as: alice })).body).toEqual([]);
    expect(await list(alice, '?include_filtered=true')).toEqual([]);
  });

  test('private mentions of strangers, but not their answers', async () => {
    await client.patch('/api/v2/notifications/policy', { as: alice, body: { for_private_mentions: 'drop' } });
    const of = await rig.videos.video(eve.account);
    const mine = await deeds.comment(alice.account, of, 'Me');
    await deeds.comment(bob.account, of, '@alice', { mentions: [alice.account], visibility: 'direct' });
    expect(await told(alice)).toEqual([]);
    const answer = await deeds.comment(bob.account, of, 'Hi', { parentId: mine, visibility: 'direct' });
    expect(await told(alice)).toEqual([['mention', bob.id, answer]]);
  });
});
