import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { fewestQueriesOf } from '../helpers/queries.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
});

afterAll(() => server?.close());

const idsOf = (body: { id: string }[]) => body.map(({ id }) => id);
let made = 0;
/** Somebody whose name nobody else has. */
const someone = (name = 'one') => people.signedIn(`${name}_${++made}`);
const relationTo = async (viewer: Person, id: string) =>
  (await client.get(`/api/v1/accounts/relationships?id[]=${id}`, { as: viewer })).body[0];
const accounts = (id: string, verb: string) => `/api/v1/accounts/${id}/${verb}`;

describe('following', () => {
  test('can be changed later, without asking again', async () => {
    const [fan, star] = [await someone('fan'), await someone('star')];
    const body = { reblogs: 'false', notify: 'true', languages: ['de', 'en-us'] };
    const followed = await client.post(accounts(star.id, 'follow'), { as: fan, body });
    expect(followed.body).toMatchObject({
      ...{ following: true, showing_reblogs: false, notifying: true, languages: ['de', 'en-US'] },
    });
    const later = await client.post(accounts(star.id, 'follow'), { as: fan, body: { languages: [] } });
    expect(later.body).toMatchObject({ showing_reblogs: false, notifying: true });
    const { db } = server.context;
    expect(await db('follows').where({ follower_id: fan.id }).pluck('state')).toEqual(['accepted']);
    const wrong = { languages: ['klingon language'] };
    expect((await client.post(accounts(star.id, 'follow'), { as: fan, body: wrong })).status).toBe(422);
  });

  test('in some languages leaves the others out at home', async () => {
    const [fan, star] = [await someone('fan'), await someone('star')];
    await people.follow(fan.account, star.account);
    const posts = [
      await videos.video(star.account),
      await videos.video(star.account),
      await videos.video(star.account),
    ];
    const { db } = server.context;
    await db('videos').where({ id: posts[0] }).update({ language: 'de' });
    await db('videos').where({ id: posts[1] }).update({ language: 'fr' });
    await client.post(accounts(star.id, 'follow'), { as: fan, body: { languages: ['de'] } });
    const home = async () => idsOf((await client.get('/api/v1/timelines/home', { as: fan })).body);
    expect(await home()).toEqual([posts[2], posts[0]]);
    await client.post(accounts(star.id, 'follow'), { as: fan, body: { languages: [] } });
    expect(await home()).toEqual(posts.toReversed());
  });

  test('a locked account lets in, turns away and removes', async () => {
    const [star, ann, bob] = [await someone('star'), await someone('ann'), await someone('bob')];
    await client.patch('/api/v1/accounts/update_credentials', { as: star, body: { locked: true } });
    for (const fan of [ann, bob]) await client.post(accounts(star.id, 'follow'), { as: fan });
    const requests = await client.get('/api/v1/follow_requests', { as: star });
    expect(idsOf(requests.body)).toEqual([bob.id, ann.id]);
    expect(await relationTo(star, ann.id)).toMatchObject({ requested_by: true, followed_by: false });
    const verify = await client.get('/api/v1/accounts/verify_credentials', { as: star });
    expect(verify.body.source.follow_requests_count).toBe(2);

    const let_ = await client.post(`/api/v1/follow_requests/${ann.id}/authorize`, { as: star });
    expect(let_.body).toMatchObject({ id: ann.id, followed_by: true, requested_by: false });
    const turned = await client.post(`/api/v1/follow_requests/${bob.id}/reject`, { as: star });
    expect(turned.body).toMatchObject({ id: bob.id, followed_by: false, requested_by: false });
    expect((await client.get('/api/v1/follow_requests', { as: star })).body).toEqual([]);
    // Who has not asked is not let in.
    expect((await client.post(`/api/v1/follow_requests/${bob.id}/authorize`, { as: star })).status).toBe(404);

    const removed = await client.post(accounts(ann.id, 'remove_from_followers'), { as: star });
    expect(removed.body.followed_by).toBe(false);
    expect((await relationTo(ann, star.id)).following).toBe(false);
  });
});

describe('who follows whom', () => {
  test('is paged by follow, shows only who is shown, and can be hidden', async () => {
    const [star, viewer] = [await someone('star'), await someone('viewer')];
    const fans: Person[] = [];
    for (let n = 0; n < 5; n += 1) {
      const fan = await someone('fan');
      await people.follow(fan.account, star.account);
      fans.push(fan);
    }
    const path = accounts(star.id, 'followers');
    const order = fans.map(({ id }) => id).toReversed();
    expect(idsOf((await client.get(path)).body)).toEqual(order);
    const first = await client.get(`${path}?limit=2`);
    expect(idsOf(first.body)).toEqual(order.slice(0, 2));
    const next = /<[^>]*(\/api[^>]*)>; rel="next"/.exec(first.headers.link ?? '')?.[1] ?? '';
    const second = await client.get(next);
    expect(idsOf(second.body)).toEqual(order.slice(2, 4));
    const back = /<[^>]*(\/api[^>]*)>; rel="prev"/.exec(second.headers.link ?? '')?.[1] ?? '';
    expect(idsOf((await client.get(back)).body)).toEqual(order.slice(0, 2));
    expect(idsOf((await client.get(accounts(fans[0]?.id ?? '', 'following'))).body)).toEqual([star.id]);

    await people.suspend(fans[0]?.account as never);
    await client.post(accounts(fans[1]?.id ?? '', 'block'), { as: viewer });
    await client.post(accounts(viewer.id, 'block'), { as: fans[2] });
    const shown = [fans[4]?.id, fans[3]?.id];
    expect(idsOf((await client.get(path, { as: viewer })).body)).toEqual(shown);
    expect(idsOf((await client.get(path)).body)).toEqual(order.slice(0, 4));

    await client.patch('/api/v1/accounts/update_credentials', { as: star, body: { hide_collections: true } });
    for (const as of [undefined, viewer]) expect((await client.get(path, { as })).body).toEqual([]);
    expect(idsOf((await client.get(path, { as: star })).body)).toEqual(order.slice(0, 4));
    const headers = { accept: 'application/activity+json' };
    const page = await client.get(`/ap/users/${star.id}/followers?cursor=`, { headers });
    expect(page.status).toBe(200);
    for (const fan of fans) expect(page.text).not.toContain(fan.id);
  });

  test('is nothing for whom the account blocks', async () => {
    const [star, fan, viewer] = [await someone('star'), await someone('fan'), await someone('viewer')];
    await people.follow(fan.account, star.account);
    await client.post(accounts(viewer.id, 'block'), { as: star });
    expect((await client.get(accounts(star.id, 'followers'), { as: viewer })).body).toEqual([]);
  });

  test('whom the viewer knows among followers', async () => {
    const [viewer, known, other, star, shy] = await Promise.all([1, 2, 3, 4, 5].map(() => someone()));
    if (!viewer || !known || !other || !star || !shy) throw new Error('Somebody is missing.');
    for (const one of [known, shy]) await people.follow(viewer.account, one.account);
    for (const one of [known, other, shy]) await people.follow(one.account, star.account);
    await client.patch('/api/v1/accounts/update_credentials', { as: shy, body: { hide_collections: true } });
    const path = `/api/v1/accounts/familiar_followers?id[]=${star.id}&id[]=${known.id}`;
    const answer = await client.get(path, { as: viewer });
    expect(
      answer.body.map((one: { id: string; accounts: { id: string }[] }) => [one.id, idsOf(one.accounts)]),
    ).toEqual([
      [star.id, [known.id]],
      [known.id, []],
    ]);
  });
});

describe('muting', () => {
  test('hides from home and public lists, not from who opens it; with an end and without notifications', async () => {
    const [viewer, loud] = [await someone('viewer'), await someone('loud')];
    await people.follow(viewer.account, loud.account);
    const id = await videos.video(loud.account);
    const lists = async () => {
      const paths = [
        '/api/v1/timelines/home',
        '/api/v1/timelines/public',
        '/api/v1/timelines/public?local=true',
      ];
      const answers = await Promise.all(paths.map((path) => client.get(path, { as: viewer })));
      return answers.map(({ body }) => idsOf(body).includes(id));
    };
    expect(await lists()).toEqual([true, true, true]);
    const muted = await client.post(accounts(loud.id, 'mute'), { as: viewer });
    expect(muted.body).toMatchObject({ muting: true, muting_notifications: true, muting_expires_at: null });
    expect(await lists()).toEqual([false, false, false]);
    expect((await client.get(`/api/v1/statuses/${id}`, { as: viewer })).status).toBe(200);
    expect(idsOf((await client.get(accounts(loud.id, 'statuses'), { as: viewer })).body)).toEqual([id]);
    // Nobody else is concerned.
    expect(idsOf((await client.get('/api/v1/timelines/public')).body)).toContain(id);

    const body = { notifications: 'false', duration: '3600' };
    const again = await client.post(accounts(loud.id, 'mute'), { as: viewer, body });
    expect(again.body).toMatchObject({ muting: true, muting_notifications: false });
    const listed = await client.get('/api/v1/mutes', { as: viewer });
    expect(listed.body).toMatchObject([{ id: loud.id, mute_expires_at: again.body.muting_expires_at }]);
    expect(Date.parse(again.body.muting_expires_at)).toBeGreaterThan(Date.now() + 3_500_000);

    const { db, social } = server.context;
    await db('account_mutes')
      .where({ account_id: viewer.id })
      .update({ expires_at: new Date(Date.now() - 1_000) });
    expect(await lists()).toEqual([true, true, true]);
    expect(await relationTo(viewer, loud.id)).toMatchObject({ muting: false });
    expect((await client.get('/api/v1/mutes', { as: viewer })).body).toEqual([]);
    expect(await social.sweepMutes()).toBe(1);

    await client.post(accounts(loud.id, 'mute'), { as: viewer });
    const lifted = await client.post(accounts(loud.id, 'unmute'), { as: viewer });
    expect(lifted.body.muting).toBe(false);
    expect(await lists()).toEqual([true, true, true]);
    expect((await client.post(accounts(viewer.id, 'mute'), { as: viewer })).body.code).toBe('yourself');
  });

  test('blocks and domains are told, too', async () => {
    const [viewer, foe] = [await someone('viewer'), await someone('foe')];
    await client.post(accounts(foe.id, 'block'), { as: viewer });
    expect(idsOf((await client.get('/api/v1/blocks', { as: viewer })).body)).toEqual([foe.id]);
    const far = await people.remote('far', 'sub.blocked.test');
    await client.post('/api/v1/domain_blocks', { as: viewer, body: { domain: 'blocked.test' } });
    expect(await relationTo(viewer, far.id)).toMatchObject({ domain_blocking: true, blocking: false });
    expect(await relationTo(foe, far.id)).toMatchObject({ domain_blocking: false });
  });

  test('notes are for oneself', async () => {
    const [viewer, other] = [await someone('viewer'), await someone('other')];
    const note = (comment: string) =>
      client.post(accounts(other.id, 'note'), { as: viewer, body: { comment } });
    expect((await note('met in May')).body.note).toBe('met in May');
    expect((await relationTo(other, viewer.id)).note).toBe('');
    expect((await note('')).body.note).toBe('');
    expect(await server.context.db('account_notes').where({ account_id: viewer.id })).toEqual([]);
  });
});

describe('finding accounts', () => {
  test('by the beginning of a name: those followed first', async () => {
    const viewer = await someone('searcher');
    const [zed, zoe, far] = [
      await people.signedIn('Zebra_a'),
      await people.signedIn('zebra_b'),
      await people.remote('zebra_c', 'z.test'),
    ];
    await server.context.db('accounts').where({ id: far.id }).update({ display_name: 'Zebulon 100%' });
    await people.follow(viewer.account, far);
    const find = async (query: string) =>
      idsOf((await client.get(`/api/v1/accounts/search?${query}`, { as: viewer })).body);
    expect(await find('q=zebr')).toEqual([far.id, zed.id, zoe.id]);
    expect(await find('q=zebr&limit=2&offset=1')).toEqual([zed.id, zoe.id]);
    expect(await find('q=zebulon')).toEqual([far.id]);
    expect(await find('q=@zebra_c@z.te')).toEqual([far.id]);
    expect(await find('q=zebr&following=true')).toEqual([far.id]);
    expect(await find('q=zebra_b')).toEqual([zoe.id]);
    // W6: what means something in a pattern means itself.
    for (const q of ['%25', '_ebra', 'zebra%25', '\\', '%25%25%25']) expect(await find(`q=${q}`)).toEqual([]);
    expect(await find('q=zebulon 100%25')).toEqual([far.id]);
    await client.post(accounts(viewer.id, 'block'), { as: zoe });
    expect(await find('q=zebr')).toEqual([far.id, zed.id]);
    expect((await client.get('/api/v1/accounts/search?q=zebr')).status).toBe(401);
  });

  test('some by their ids', async () => {
    const [a, b, c] = [await someone(), await someone(), await someone()];
    await people.suspend(b.account);
    const path = `/api/v1/accounts?id[]=${c.id}&id[]=${b.id}&id[]=1&id[]=${a.id}`;
    expect(idsOf((await client.get(path)).body)).toEqual([c.id, a.id]);
    expect((await client.get('/api/v1/accounts')).body).toEqual([]);
  });

  const suggestedTo = async (viewer: Person) =>
    (await client.get('/api/v2/suggestions', { as: viewer })).body.map(
      (one: {
        account: { id: string };
        sources: string[];
        followed_by: { id: string }[];
        tags: string[];
      }) => ({
        ...{ id: one.account.id, sources: one.sources, tags: one.tags, by: idsOf(one.followed_by) },
      }),
    );

  test('suggestions: whom those I follow follow, and who of them', async () => {
    const [viewer, friend, other, star, quiet, muted] = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() => someone()),
    );
    if (!viewer || !friend || !other || !star || !quiet || !muted) throw new Error('Somebody is missing.');
    for (const one of [friend, other]) await people.follow(viewer.account, one.account);
    for (const one of [star, quiet, muted, viewer, other]) await people.follow(friend.account, one.account);
    await people.follow(other.account, star.account);
    await client.patch('/api/v1/accounts/update_credentials', { as: quiet, body: { discoverable: false } });
    await client.post(accounts(muted.id, 'mute'), { as: viewer });
    const known = async () =>
      (await suggestedTo(viewer)).filter(({ sources }: { sources: string[] }) =>
        sources.includes('friends_of_friends'),
      );
    const both = [friend.id, other.id].sort((a, b) => Number(BigInt(a) - BigInt(b)));
    expect(await known()).toMatchObject([{ id: star.id, by: both, tags: [] }]);
    // Who hides whom they follow is not named.
    await server.context.db('accounts').where({ id: friend.id }).update({ hide_collections: true });
    expect(await known()).toMatchObject([{ id: star.id, by: [other.id] }]);
    await client.delete(`/api/v1/suggestions/${star.id}`, { as: viewer });
    expect(await known()).toEqual([]);
  });

  test('suggestions: who posts about what I like, where everybody may see it', async () => {
    const { db } = server.context;
    const [viewer, author, closed, blocking] = await Promise.all([1, 2, 3, 4].map(() => someone()));
    if (!viewer || !author || !closed || !blocking) throw new Error('Somebody is missing.');
    const tag = `puffins${viewer.id}`;
    for (const [one, visibility] of [
      ...([
        [author, 'public'],
        [closed, 'followers'],
        [blocking, 'public'],
      ] as const),
    ] as const) {
      await db('video_tags').insert({ tag, video_id: await videos.video(one.account, { visibility }) });
    }
    await client.post(accounts(viewer.id, 'block'), { as: blocking });
    const ours = async () =>
      (await suggestedTo(viewer)).filter(({ sources }: { sources: string[] }) =>
        sources.includes('shared_interests'),
      );
    expect(await ours()).toEqual([]);
    await client.post(`/api/v1/tags/${tag}/follow`, { as: viewer });
    expect(await ours()).toMatchObject([{ id: author.id, tags: [tag], by: [] }]);
    await people.follow(viewer.account, author.account);
    expect(await ours()).toEqual([]);
  });

  test('suggestions: whom many follow of late', async () => {
    const [viewer, star, ...fans] = await Promise.all([1, 2, 3, 4].map(() => someone()));
    if (!viewer || !star) throw new Error('Somebody is missing.');
    for (const fan of fans) await people.follow(fan.account, star.account);
    expect(await suggestedTo(viewer)).toContainEqual({
      ...{ id: star.id, sources: ['most_followed'], by: [], tags: [] },
    });
    await people.suspend(star.account);
    expect(await suggestedTo(viewer)).not.toContainEqual(expect.objectContaining({ id: star.id }));
  });

  test('suggestions: whom people of other servers follow', async () => {
    const [viewer, star] = [await someone(), await someone()];
    for (const domain of ['one.example', 'two.example'])
      await people.follow(await people.remote(`fan_of_${star.id}`, domain), star.account);
    expect(await suggestedTo(viewer)).toContainEqual({
      ...{ id: star.id, sources: ['most_followed'], by: [], tags: [] },
    });
  });

  test('the directory: the newest, and those who published last', async () => {
    const [first, second, hidden] = [await someone('dir'), await someone('dir'), await someone('dir')];
    await client.patch('/api/v1/accounts/update_credentials', { as: hidden, body: { discoverable: false } });
    await videos.video(second.account);
    await videos.video(first.account);
    await videos.video(hidden.account);
    const active = await client.get('/api/v1/directory?limit=2');
    expect(idsOf(active.body)).toEqual([first.id, second.id]);
    const newest = await client.get('/api/v1/directory?order=new&local=1&limit=2');
    expect(idsOf(newest.body)).toEqual([second.id, first.id]);
    expect(idsOf((await client.get('/api/v1/directory?order=new&offset=1&limit=1')).body)).toEqual([
      first.id,
    ]);
  });

  test('the directory: nobody of a domain that lists leave out, nor who has gone elsewhere', async () => {
    const { db } = server.context;
    const [loud, open] = [await people.remote('loud', 'loud.test'), await people.remote('open', 'open.test')];
    const gone = await someone('gone');
    for (const one of [loud, open, gone.account]) await videos.video(one);
    const listed = async () => {
      const lists = ['active', 'new'].map((order) => client.get(`/api/v1/directory?order=${order}&limit=80`));
      const found = (await Promise.all(lists)).map(({ body }) => idsOf(body));
      return [loud.id, open.id, gone.id].map((id) => found.map((ids) => ids.includes(id)));
    };
    const [shown, hidden] = [
      [true, true],
      [false, false],
    ];
    expect(await listed()).toEqual([shown, shown, shown]);
    await db('accounts').where({ id: gone.id }).update({ moved_to_id: open.id });
    for (const severity of ['silence', 'no-feed']) {
      await db('domain_policies').insert({ domain: 'loud.test', severity });
      expect(await listed(), severity).toEqual([hidden, shown, hidden]);
      await db('domain_policies').where({ domain: 'loud.test' }).delete();
    }
  });

  test('what is not here is an empty list', async () => {
    const one = await someone();
    for (const path of ['/api/v1/endorsements', '/api/v1/featured_tags', accounts(one.id, 'featured_tags')]) {
      expect((await client.get(path, { as: one })).body).toEqual([]);
    }
  });
});

describe('the number of queries does not grow with the list', () => {
  test('of accounts', async () => {
    const [star, viewer] = [await someone('star'), await someone('viewer')];
    const counted = async (path: string): Promise<number> => {
      await client.get(path, { as: viewer });
      const queries = await fewestQueriesOf(server.context.db, async () => {
        const answer = await client.get(path, { as: viewer });
        expect(answer.status, answer.text).toBe(200);
      });
      return queries.length;
    };
    const fans: Person[] = [];
    const add = async (count: number) => {
      for (let n = 0; n < count; n += 1) {
        const fan = await someone('fan');
        await people.follow(fan.account, star.account);
        await people.follow(viewer.account, fan.account);
        await client.post(accounts(fan.id, 'mute'), { as: viewer });
        fans.push(fan);
      }
    };
    const paths = () => [
      ...[accounts(star.id, 'followers'), accounts(viewer.id, 'following'), '/api/v1/mutes'],
      `/api/v1/accounts/familiar_followers?id[]=${star.id}`,
      `/api/v1/accounts?${fans.map(({ id }) => `id[]=${id}`).join('&')}`,
      `/api/v1/accounts/relationships?${fans.map(({ id }) => `id[]=${id}`).join('&')}`,
      ...['/api/v1/accounts/search?q=fan', '/api/v2/suggestions', '/api/v1/directory'],
    ];
    const all = async () => {
      const counts: number[] = [];
      for (const path of paths()) counts.push(await counted(path));
      return counts;
    };
    await add(2);
    const few = await all();
    await add(10);
    expect(await all()).toEqual(few);
    expect(Math.max(...few)).toBeLessThanOrEqual(9);
  });
});
