import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let author: Person;
let bob: Person;
let eve: Person;
let video: VideoId;

beforeAll(async () => {
  server = await startTestServer({ variables: { INSTANCE_RULES: 'Be kind\nNo spam' } });
  client = clientOf(server.origin);
  people = createPeople(server);
  [author, bob, eve] = [
    await people.signedIn('author'),
    await people.signedIn('bob'),
    await people.signedIn('eve'),
  ];
});
afterAll(() => server?.close());

const videos = () => createVideoFactory(server.context);
beforeEach(async () => {
  await server.context.db('videos').delete();
  await server.context.db('reports').delete();
  video = await videos().video(author.account);
});

const act = (name: string, as: Person, id: string) => client.post(`/api/v1/statuses/${id}/${name}`, { as });
const say = async (as: Person, to: string): Promise<string> =>
  (await client.post('/api/v1/statuses', { as, body: { status: 'Hi', in_reply_to_id: to } })).body.id;
const events = async () => Number((await server.context.db('events').count('* as count').first())?.count);

/** The counts that are kept, and those of the rows. */
async function counts(id: VideoId) {
  const { db, engagement } = server.context;
  const rowsOf = async (table: string) =>
    Number((await db(table).where({ video_id: id }).count('* as count').first())?.count);
  const [likes, comments, shares, saves] = await Promise.all(
    ['likes', 'comments', 'shares', 'bookmarks'].map(rowsOf),
  );
  return { kept: (await engagement.statsOf([id])).get(id), rows: { likes, comments, shares, saves } };
}

describe.each([
  ['favourite', 'unfavourite', 'favourited', 'favourites_count'],
  ['reblog', 'unreblog', 'reblogged', 'reblogs_count'],
] as const)('%s and %s', (done, undone, flag, count) => {
  test('count once, however often they are asked for, and tell others once', async () => {
    const before = await events();
    for (let times = 0; times < 2; times += 1) {
      const { status, body } = await act(done, bob, video);
      expect([status, body[flag], body[count]]).toEqual([200, true, 1]);
    }
    expect(await events()).toBe(before + 1);
    expect((await act(done, eve, video)).body[count]).toBe(2);
    for (let times = 0; times < 2; times += 1) {
      const { status, body } = await act(undone, bob, video);
      expect([status, body[flag], body[count]]).toEqual([200, false, 1]);
    }
    expect(await events()).toBe(before + 3);
    const { body } = await client.get(`/api/v1/statuses/${video}`, { as: eve });
    expect([body[flag], body[count]]).toEqual([true, 1]);
  });

  test('P2 of what one cannot see are as of nothing', async () => {
    const secret = await videos().video(author.account, { visibility: 'followers' });
    const before = await events();
    for (const name of [done, undone]) {
      const [unseen, never] = [await act(name, bob, secret), await act(name, bob, '1')];
      expect([unseen.status, unseen.body]).toEqual([404, never.body]);
    }
    expect(await events()).toBe(before);
    expect((await client.post(`/api/v1/statuses/${video}/${done}`)).status).toBe(401);
  });
});

describe('sharing', () => {
  test('P3 is for videos that everybody may see, and the own ones', async () => {
    const secret = await videos().video(author.account, { visibility: 'followers' });
    await people.follow(bob.account, author.account);
    expect((await act('reblog', bob, secret)).status).toBe(422);
    expect((await act('reblog', author, secret)).status).toBe(200);
    expect((await act('favourite', bob, secret)).body.favourites_count).toBe(1);
  });

  test('is not for comments, which can be liked', async () => {
    const comment = await say(bob, video);
    expect((await act('reblog', eve, comment)).status).toBe(422);
    expect((await act('favourite', eve, comment)).body).toMatchObject({
      favourited: true,
      favourites_count: 1,
    });
    expect((await act('unfavourite', eve, comment)).body).toMatchObject({
      favourited: false,
      favourites_count: 0,
    });
  });
});

describe('pinning', () => {
  test('is for the author, and up to five', async () => {
    const all = [video];
    for (let more = 0; more < 5; more += 1) all.push(await videos().video(author.account));
    expect((await act('pin', bob, video)).status).toBe(404);
    const statuses: number[] = [];
    for (const id of all) statuses.push((await act('pin', author, id)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 422]);
    expect((await act('pin', author, video)).body.pinned).toBe(true);
    expect((await act('unpin', author, video)).body.pinned).toBe(false);
    expect((await act('unpin', author, video)).status).toBe(200);
    expect((await act('pin', author, all[5] ?? '')).status).toBe(200);
  });

  test('is not for what only followers see', async () => {
    const secret = await videos().video(author.account, { visibility: 'followers' });
    expect((await act('pin', author, secret)).status).toBe(422);
  });
});

describe('the counts of a video', () => {
  const actions = [
    'favourite',
    'unfavourite',
    'reblog',
    'unreblog',
    'say',
    'unsay',
    'save',
    'unsave',
    'gone',
  ] as const;

  test('are those of the rows after anything that people do, at once or in turn', {
    timeout: 90_000,
  }, async () => {
    const crowd = [bob, eve, author];
    const { comments, engagement, inTx } = server.context;
    const post = { contentWarning: '', sensitive: false, language: null, mentions: new Map() };
    const step = fc.record({ who: fc.nat(2), what: fc.constantFrom(...actions) });
    const steps = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, async (groups) => {
        const id = await videos().video(author.account);
        const target = { videoId: id };
        const found = await server.context.videos.internal(id);
        if (!found) throw new Error('The video is gone.');
        const does = async ({ who, what }: { who: number; what: (typeof actions)[number] }) => {
          const { account } = crowd[who] ?? bob;
          if (what === 'favourite') await inTx((tx) => engagement.like(tx, account, target));
          else if (what === 'unfavourite') await inTx((tx) => engagement.unlike(tx, account, target));
          else if (what === 'reblog') await inTx((tx) => engagement.share(tx, account, found));
          else if (what === 'unreblog') await inTx((tx) => engagement.unshare(tx, account, id));
          else if (what === 'save') await inTx((tx) => engagement.bookmark(tx, account.id, target));
          else if (what === 'unsave') await inTx((tx) => engagement.unbookmark(tx, account.id, target));
          else if (what === 'gone') await inTx((tx) => engagement.dropSomeOf(tx, account.id, 100));
          else if (what === 'say') {
            const input = { author: account, video: found, parent: null, visibility: 'public' as const };
            await inTx((tx) => comments.publish(tx, { ...input, details: { text: 'Hi', ...post } }));
          } else {
            const mine = (await comments.thread(id, null, { afterId: null, limit: 50 })).find(
              ({ accountId }) => accountId === account.id,
            );
            if (mine) await inTx((tx) => comments.remove(tx, mine.id, account.id));
          }
        };
        for (const group of groups) await Promise.all(group.map(does));
        const { kept, rows } = await counts(id);
        expect(kept).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });
});

describe('reporting', () => {
  const report = (as: Person, body: object) => client.post('/api/v1/reports', { as, body });
  const kept = () => server.context.db('reports').orderBy('id', 'desc').first();

  test('tells the staff which account and posts, and nothing that is not of that account', async () => {
    const comment = await say(bob, video);
    const foreign = await videos().video(bob.account);
    const body = { account_id: author.id, status_ids: [video, comment, foreign], comment: ' Look ' };
    const { status, body: answer } = await report(eve, { ...body, forward: true });
    expect(status).toBe(200);
    expect(answer).toMatchObject({ comment: 'Look', forwarded: false, target_account: { id: author.id } });
    expect(await kept()).toMatchObject({ video_ids: [video], comment_ids: [], reporter_id: eve.id });
    await report(eve, { account_id: bob.id, status_ids: [comment, foreign] });
    expect(await kept()).toMatchObject({ video_ids: [foreign], comment_ids: [comment] });
  });

  test('P2 does not lead the staff to a post that the reporter cannot see', async () => {
    const secret = await videos().video(author.account, { visibility: 'followers' });
    expect((await report(eve, { account_id: author.id, status_ids: [secret] })).status).toBe(200);
    expect(await kept()).toMatchObject({ video_ids: [] });
    await people.follow(eve.account, author.account);
    await report(eve, { account_id: author.id, status_ids: [secret] });
    expect(await kept()).toMatchObject({ video_ids: [secret] });
  });

  test('keeps why: the category, and the rules that are broken', async () => {
    const about = { account_id: author.id };
    expect((await report(eve, about)).body).toMatchObject({ category: 'other', rule_ids: [] });
    expect((await report(eve, { ...about, category: 'spam' })).body).toMatchObject({ category: 'spam' });
    expect(await kept()).toMatchObject({ category: 'spam', rule_ids: [] });
    // Apps name rules by numbers, too, and leave the category to them.
    const { status, body } = await report(eve, { ...about, rule_ids: [2, '1', '2'], status_ids: [video] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ category: 'violation', rule_ids: ['2', '1'], status_ids: [video] });
    expect(await kept()).toMatchObject({ category: 'violation', rule_ids: ['2', '1'] });
    expect((await report(eve, { ...about, rule_ids: ['3'] })).status).toBe(422);
    expect((await report(eve, { ...about, category: 'dull' })).status).toBe(422);
  });

  test('is refused for nobody, and for what is no id', async () => {
    expect((await report(eve, { account_id: '1' })).status).toBe(404);
    expect((await report(eve, { account_id: author.id, status_ids: ['x'] })).status).toBe(422);
    expect((await client.post('/api/v1/reports', { body: { account_id: author.id } })).status).toBe(401);
    expect(await kept()).toBeUndefined();
  });
});

describe('the own profile', () => {
  const change = (as: Person, body: object) =>
    client.patch('/api/v1/accounts/update_credentials', { as, body });
  const told = async () => (await server.context.db('events').where({ name: 'account.updated' })).length;

  test('changes in what is given, and others are told', async () => {
    const before = await told();
    const { status, body } = await change(bob, { display_name: ' Bob ', note: 'I <3 #cats' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ display_name: 'Bob', locked: false, role: { name: 'user' } });
    expect(body.note).toContain('&#60;3');
    expect(await told()).toBe(before + 1);
    expect((await change(bob, { locked: true })).body).toMatchObject({ display_name: 'Bob', locked: true });
    const { body: seen } = await client.get(`/api/v1/accounts/${bob.id}`);
    expect(seen).toMatchObject({ display_name: 'Bob', locked: true, note: body.note });
    await change(bob, { locked: false });
  });

  test('stays as it is where nothing is given, and nobody is told', async () => {
    const before = await told();
    expect((await change(eve, {})).status).toBe(200);
    expect(await told()).toBe(before);
  });

  test.for([{ display_name: 'x'.repeat(101) }, { note: 'x'.repeat(1_001) }, { locked: 'maybe' }])(
    'is refused: %j',
    async (body) => {
      expect((await change(bob, body)).status).toBe(422);
    },
  );
});
