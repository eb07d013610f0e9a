import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let everybody: readonly Person[];

beforeAll(async () => {
  server = await startTestServer();
  const people = createPeople(server);
  everybody = [await people.signedIn('ana'), await people.signedIn('ben'), await people.signedIn('cy')];
});

afterAll(() => server?.close());

const WHO = fc.integer({ min: 0, max: 2 });
const states = ['pending', 'accepted'] as const;
const visibilities = ['public', 'unlisted', 'followers', 'direct'] as const;
const videoStates = ['draft', 'published', 'removed'] as const;

/** Whatever may happen to follows and videos: one at a time, many at once, and again. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('follow'), by: WHO, of: WHO, state: fc.constantFrom(...states) }),
  fc.record({ kind: fc.constant('unfollow'), by: WHO, of: WHO }),
  fc.record({ kind: fc.constant('leave'), by: WHO }),
  fc.record({ kind: fc.constant('accept all') }),
  fc.record({
    ...{ kind: fc.constant('post'), by: WHO },
    ...{ visibility: fc.constantFrom(...visibilities), state: fc.constantFrom(...videoStates) },
  }),
  fc.record({
    ...{ kind: fc.constant('edit'), by: WHO, at: fc.nat(5) },
    ...{ visibility: fc.constantFrom(...visibilities), state: fc.constantFrom(...videoStates) },
  }),
  fc.record({ kind: fc.constant('delete'), by: WHO, at: fc.nat(5) }),
  fc.record({ kind: fc.constant('delete all'), by: WHO }),
);
type Happening = Partial<{ by: number; of: number; at: number; state: string; visibility: string }> & {
  kind: string;
};

let ids = 1_000;

async function happen(event: Happening): Promise<void> {
  const { db } = server.context;
  const account = everybody[event.by ?? 0];
  const other = everybody[event.of ?? 0];
  if (!account || !other) throw new Error('There are three.');
  const pair = { follower_id: account.id, target_id: other.id };
  const oneVideo = () =>
    db('videos')
      .where({ account_id: account.id })
      .orderBy('id')
      .offset(event.at ?? 0)
      .limit(1)
      .select('id');
  switch (event.kind) {
    case 'follow':
      ids += 1;
      await db('follows')
        .insert({ ...pair, id: ids, uri: `https://x.test/${ids}`, state: event.state })
        .onConflict(['follower_id', 'target_id'])
        .merge({ state: event.state });
      return;
    case 'unfollow':
      await db('follows').where(pair).delete();
      return;
    case 'leave':
      await db('follows').where({ follower_id: account.id }).orWhere({ target_id: account.id }).delete();
      return;
    case 'accept all':
      await db('follows').update({ state: 'accepted' });
      return;
    case 'post':
      await createVideoFactory(server.context).video(account.account, {
        visibility: event.visibility as (typeof visibilities)[number],
        state: event.state as 'draft',
        assets: [],
      });
      return;
    case 'edit':
      await db('videos')
        .whereIn('id', oneVideo())
        .update({
          ...{ visibility: event.visibility, state: event.state },
          published_at: db.raw('coalesce(published_at, now())'),
        });
      return;
    case 'delete':
      await db('videos').whereIn('id', oneVideo()).delete();
      return;
    default:
      await db('videos').where({ account_id: account.id }).delete();
  }
}

/** What is kept beside what counting the rows gives. */
async function counts() {
  const { rows } = await server.context.db.raw(`
    select username, followers_count, following_count, statuses_count, last_status_at,
      (select count(*)::int from follows where target_id = accounts.id and state = 'accepted') as followers,
      (select count(*)::int from follows where follower_id = accounts.id and state = 'accepted') as following,
      (select count(*)::int from videos where account_id = accounts.id and state = 'published'
         and visibility in ('public', 'unlisted')) as statuses,
      (select max(published_at) from videos where account_id = accounts.id and state = 'published'
         and visibility in ('public', 'unlisted')) as last_at
    from accounts order by username`);
  return {
    kept: rows.map((row: Record<string, unknown>) => [
      ...[row.username, row.followers_count, row.following_count, row.statuses_count, row.last_status_at],
    ]),
    counted: rows.map((row: Record<string, unknown>) => [
      ...[row.username, row.followers, row.following, row.statuses, row.last_at],
    ]),
  };
}

describe('the counts of accounts', () => {
  test('are those of their rows, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 4, maxLength: 14 }), async (events) => {
        for (const event of events) await happen(event);
        const { kept, counted } = await counts();
        expect(kept).toEqual(counted);
      }),
      { numRuns: 60 },
    );
  });

  test('are given wherever an account is, in lists, too', async () => {
    const { db } = server.context;
    await db('follows').delete();
    await db('videos').delete();
    await happen({ kind: 'follow', by: 0, of: 1, state: 'accepted' });
    await happen({ kind: 'post', by: 1, visibility: 'public', state: 'published' });
    const [ana, ben] = everybody;
    const list = await (await fetch(`${server.origin}/api/v1/accounts/${ana?.id}/following`)).json();
    expect(list).toEqual([
      expect.objectContaining({
        ...{ id: ben?.id, followers_count: 1, following_count: 0, statuses_count: 1 },
        last_status_at: new Date().toISOString().slice(0, 10),
      }),
    ]);
    const [status] = await (await fetch(`${server.origin}/api/v1/timelines/public`)).json();
    expect(status.account).toMatchObject({ followers_count: 1, statuses_count: 1 });
  });

  test('hold when people follow each other at once', async () => {
    const { db } = server.context;
    await db('follows').delete();
    const pairs = [0, 1, 2].flatMap((by) => [0, 1, 2].filter((of) => of !== by).map((of) => ({ by, of })));
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(pairs.map((pair) => happen({ kind: 'follow', ...pair, state: 'accepted' })));
      await Promise.all(pairs.map((pair) => happen({ kind: 'unfollow', ...pair })));
    }
    await Promise.all(pairs.map((pair) => happen({ kind: 'follow', ...pair, state: 'accepted' })));
    const { kept, counted } = await counts();
    expect(kept).toEqual(counted);
    expect(kept.map((row: unknown[]) => row.slice(1, 3))).toContainEqual([2, 2]);
  });
});
