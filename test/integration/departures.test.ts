import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { portionLimits } from '../../config/account-limits.ts';
import { openDatabase } from '../../src/db/database.ts';
import { dropReferences } from '../../src/db/references.ts';
import type { Finish, JobRun } from '../../src/jobs/registry.ts';
import { relayEvents } from '../../src/jobs/relay.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { eventually, holdWrites } from '../helpers/chaos.ts';
import { jobRun } from '../helpers/job-run.ts';
import { createPeople, type People } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let people: People;

beforeAll(async () => {
  // Without a worker: the tests are the only ones who do anything.
  server = await startTestServer({ role: 'none' });
  people = createPeople(server);
});

afterAll(() => server.close());

const db = () => server.context.db;
const count = async (table: string, where: object): Promise<number> =>
  Number((await db()(table).where(where).count('* as count').first())?.count);

/** Many accounts, in one statement; `named` begins their names. */
async function crowd(named: string, size: number, domain = ''): Promise<void> {
  await db().raw(
    `insert into accounts (id, username, username_key, domain, actor_uri, actor_type, display_name, url, inbox_uri, state)
     select n, ?::text || n, ?::text || n, ?, ? || n, 'Person', '', '', '', 'active'
       from generate_series(1000000 + ?::int * 10000, 1000000 + ?::int * 10000 + ?::int - 1) as n`,
    [named, named, domain, `http://${domain}/users/${named}`, ...[named.length, named.length, size]],
  );
}

const followAll = (named: string, target: Account) =>
  db().raw(
    `insert into follows (id, follower_id, target_id, uri, state)
     select id + 500000000, id, ?, actor_uri || '#follow', 'accepted' from accounts where username like ?`,
    [target.id, `${named}%`],
  );

/** Has the events of a move or an end become jobs, and forgets what else they would do. */
async function settle(): Promise<void> {
  const { subscribers, log } = server.context;
  while ((await relayEvents({ db: db(), subscribers, log })) > 0);
}

type Job = (id: AccountId, run: JobRun) => Promise<Finish | undefined>;

/** Runs a job as the runner does, until it is done; gives how often it came back. */
async function runs(job: Job, id: AccountId): Promise<number> {
  const { inTx } = server.context;
  for (let turns = 1; ; turns += 1) {
    const finish = await job(id, jobRun());
    if ((finish ? await inTx(finish) : null) === null) return turns;
  }
}

/** The job stops when somebody looks at the signal for the nth time, as between two portions. */
function stopsAfter(portions: number): JobRun {
  let left = portions;
  const signal = new AbortController().signal;
  return jobRun({
    signal: Object.assign(Object.create(signal), {
      throwIfAborted() {
        left -= 1;
        if (left < 0) throw new Error('stopped');
      },
    }),
  });
}

const { move, clear } = {
  move: ((id, run) => server.context.handlers['accounts.move']({ accountId: id }, run)) as Job,
  clear: ((id, run) => server.context.handlers['accounts.clear']({ accountId: id }, run)) as Job,
};

describe('a move with thousands of followers of this server', () => {
  const FOLLOWERS = 1_100;
  /** Of other servers: they are looked at, and asked by their own. */
  const STRANGERS = 1_000;

  test('takes them along portion by portion, and goes on where it was killed', async () => {
    const { accounts, inTx } = server.context;
    const [from, to] = [await people.local('from'), await people.local('to')];
    const blocker = await people.local('blocker');
    await crowd('crowd', FOLLOWERS);
    await crowd('stranger', STRANGERS, 'far.test');
    for (const named of ['crowd', 'stranger']) await followAll(named, from);
    await inTx((tx) => server.context.social.block(tx, blocker, from));
    expect(await inTx((tx) => accounts.move(tx, from, to))).toMatchObject({ ok: true });
    await settle();
    const followers = (of: Account) => count('follows', { target_id: of.id, state: 'accepted' });
    // The event alone moves nobody: it would be one transaction for all of them.
    expect([await followers(from), await followers(to)]).toEqual([FOLLOWERS + STRANGERS, 0]);

    // Two of blocks, the second of which finds none, and two of follows.
    await expect(move(from.id, stopsAfter(4))).rejects.toThrow('stopped');
    const carried = 2 * portionLimits.follows;
    expect([await followers(from), await followers(to)]).toEqual([FOLLOWERS + STRANGERS - carried, carried]);
    expect(await count('account_blocks', { account_id: blocker.id, target_id: to.id })).toBe(1);

    // Killed inside a portion: nothing of it stays, neither its follows nor its mark.
    const mark = await db()('account_moves').first('after_id');
    const held = await holdWrites(server.context.databaseUrl, { table: 'account_moves', on: 'update' });
    const dying = move(from.id, jobRun()).catch((error: Error) => error);
    await held.reached();
    await held.cut();
    expect(await dying).toBeInstanceOf(Error);
    expect([await followers(from), await followers(to)]).toEqual([FOLLOWERS + STRANGERS - carried, carried]);
    expect(await db()('account_moves').first('after_id')).toEqual(mark);

    await runs(move, from.id);
    expect([await followers(from), await followers(to)]).toEqual([STRANGERS, FOLLOWERS]);
    expect(await count('account_moves', {})).toBe(0);
    // Each was told of once.
    const told = await db()('events').where({ name: 'follow.accepted' });
    expect(told).toHaveLength(FOLLOWERS);
    // What else follows from it is not the subject here.
    await db()('events').delete();
  });

  test('leaves those with whom it cannot go, and does not look at them again', async () => {
    const { accounts, inTx, social } = server.context;
    const [from, to] = [await people.local('from2'), await people.local('to2')];
    const [fond, stays] = [await people.local('fond'), await people.local('stays')];
    for (const one of [fond, stays]) await people.follow(one, from);
    await inTx((tx) => social.block(tx, to, stays));
    await inTx((tx) => accounts.move(tx, from, to));
    await settle();
    expect(await runs(move, from.id)).toBe(1);
    expect(await count('follows', { follower_id: stays.id, target_id: from.id })).toBe(1);
    expect(await count('follows', { follower_id: stays.id, target_id: to.id })).toBe(0);
    expect(await count('follows', { follower_id: fond.id, target_id: to.id })).toBe(1);
  });
});

describe('a portion of a move', () => {
  test('takes all accounts it is about in the order of their ids, before it changes any', async () => {
    const { accounts, inTx, databaseUrl } = server.context;
    const [from, fan, to] = [
      await people.local('from3'),
      await people.local('fan3'),
      await people.local('to3'),
    ];
    await people.follow(fan, from);
    await inTx((tx) => accounts.move(tx, from, to));
    await settle();
    const others = openDatabase(databaseUrl, 2);
    const held = await others.transaction();
    try {
      await held('accounts').where({ id: from.id }).forUpdate().first('id');
      const moving = runs(move, from.id);
      await eventually('it waits for the first of them', async () => {
        const waiting = await others('pg_stat_activity')
          .where({ wait_event_type: 'Lock' })
          .whereRaw('datname = current_database()');
        return waiting.length === 1;
      });
      const free = await others('accounts')
        .whereIn('id', [from.id, fan.id, to.id])
        .orderBy('id')
        .forUpdate()
        .skipLocked()
        .pluck('id');
      await held.commit();
      await moving;
      expect(free).toEqual([fan.id, to.id]);
    } finally {
      if (!held.isCompleted()) await held.rollback();
      await others.destroy();
    }
    expect(await count('follows', { follower_id: fan.id, target_id: to.id })).toBe(1);
  });
});

describe('the end of an account with thousands of posts', () => {
  const VIDEOS = 300;
  const COMMENTS = 700;
  const LIKES = 3_000;

  test('removes them portion by portion, and goes on where it was killed', async () => {
    const { inTx, accounts } = server.context;
    const [leaver, other] = [await people.local('leaver'), await people.local('other')];
    await db().raw(
      `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, published_at)
       select 10000 + n, case when n <= :videos::int then :leaver::bigint else :other::bigint end, true,
              :origin || '/videos/' || n, '', 'published', 'public', 'ready', now()
         from generate_series(1, :all::int) as n`,
      { videos: VIDEOS, all: VIDEOS + LIKES, leaver: leaver.id, other: other.id, origin: server.origin },
    );
    await db().raw(
      `insert into likes (id, account_id, video_id, uri)
       select id + 1000000, :leaver, id, uri || '#like' from videos where account_id = :other`,
      { leaver: leaver.id, other: other.id },
    );
    await db().raw(
      `insert into video_stats (video_id, likes) select id, 1 from videos where account_id = :other
       on conflict (video_id) do update set likes = 1`,
      { other: other.id },
    );
    await db().raw(
      `insert into comments (id, account_id, video_id, local, uri, url, content_html, visibility, published_at)
       select 2000000 + n, :leaver, (select max(id) from videos where account_id = :other), true,
              :origin || '/comments/' || n, '', '<p>Hi</p>', 'public', now() from generate_series(1, :comments::int) as n`,
      { leaver: leaver.id, other: other.id, origin: server.origin, comments: COMMENTS },
    );
    await people.follow(other, leaver);
    await inTx((tx) => accounts.markDeleted(tx, leaver.id));
    await settle();
    const left = async () => [
      await count('videos', { account_id: leaver.id }),
      await count('comments', { account_id: leaver.id }),
      await count('likes', { account_id: leaver.id }),
    ];
    expect(await left()).toEqual([VIDEOS, COMMENTS, LIKES]);
    // Those who follow first: they hear of the end, and not of each video.
    await expect(clear(leaver.id, stopsAfter(1))).rejects.toThrow('stopped');
    expect([await count('follows', { target_id: leaver.id }), await left()]).toEqual([
      0,
      [VIDEOS, COMMENTS, LIKES],
    ]);
    await expect(clear(leaver.id, stopsAfter(3))).rejects.toThrow('stopped');
    expect(await left()).toEqual([VIDEOS - 3 * portionLimits.videos, COMMENTS, LIKES]);

    // Killed inside a portion: its videos stay, and nobody is told of their end.
    const told = () => count('events', { name: 'video.deleted' });
    const before = await told();
    const held = await holdWrites(server.context.databaseUrl, {
      ...{ table: 'videos', on: 'delete', condition: `old.id = 10000 + ${3 * portionLimits.videos + 10}` },
    });
    const dying = clear(leaver.id, jobRun()).catch((error: Error) => error);
    await held.reached();
    await held.cut();
    expect(await dying).toBeInstanceOf(Error);
    expect([await left(), await told()]).toEqual([
      [VIDEOS - 3 * portionLimits.videos, COMMENTS, LIKES],
      before,
    ]);

    const turns = await runs(clear, leaver.id);
    const { videos, comments, rows, portionsPerRun } = portionLimits;
    const portions = (VIDEOS - 3 * videos) / videos + COMMENTS / comments + LIKES / rows;
    expect(turns).toBeGreaterThanOrEqual(Math.floor(portions / portionsPerRun));
    expect(await left()).toEqual([0, 0, 0]);
    expect(await count('video_stats', { likes: 1 })).toBe(0);
    expect(await told()).toBe(before + VIDEOS - 3 * videos);
  });

  test('takes along a row that somebody is changing at that moment', async () => {
    const { inTx, databaseUrl } = server.context;
    const account = await people.local('busy');
    const own = { account_id: account.id };
    await db()('feed_settings').insert(own);
    const others = openDatabase(databaseUrl, 2);
    const held = await others.transaction();
    try {
      await held('feed_settings').where(own).update({ history_paused: true });
      const dropping = inTx((tx) => dropReferences(tx, account.id, 1_000));
      await eventually('it waits for the row', async () => {
        const waiting = await others('pg_stat_activity')
          .where({ wait_event_type: 'Lock' })
          .whereRaw('datname = current_database()');
        return waiting.length === 1;
      });
      await held.commit();
      expect(await dropping).toBeGreaterThan(0);
    } finally {
      if (!held.isCompleted()) await held.rollback();
      await others.destroy();
    }
    expect(await count('feed_settings', own)).toBe(0);
  });

  test('is not what happens to one that goes on', async () => {
    const alive = await people.local('alive');
    await people.follow(await people.local('fan'), alive);
    expect(await runs(clear, alive.id)).toBe(1);
    expect(await count('follows', { target_id: alive.id })).toBe(1);
  });
});
