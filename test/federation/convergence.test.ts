import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordOutcomes } from '../../federation/inbox/index.ts';
import { carryOutAll } from '../../federation/inbox/verb.ts';
import type { Tx } from '../../src/db/database.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { type Client, signUp } from '../../src/setup/demo/client.ts';
import { activityOf, createOf, eventually, followOf, noteOf, publish } from '../helpers/activities.ts';
import { waitingForLocks } from '../helpers/chaos.ts';
import { replyOf } from '../helpers/posts.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/**
 * Activities of one author come in any order, several times, and at once. What remains must be what the
 * author last meant: a deletion and an undoing win over what they take back, whichever came first.
 */
let server: TestServer;
let alice: Client;
let aliceUri: string;

beforeAll(async () => {
  server = await startTestServer({ variables: { REMOTE_VIDEO: 'off' } });
  alice = await signUp(server.origin, 'alice', 'a long password');
  aliceUri = alice.account.uri;
});
afterAll(() => server.close());

interface Author {
  readonly id: string;
  readonly followers: string;
}

let authors = 0;

/** Somebody of another server whom alice follows, and whom our server knows well enough to fetch nothing. */
async function followedAuthor(): Promise<Author> {
  authors += 1;
  const id = `https://a.example/users/${authors}`;
  const { accounts, social, inTx } = server.context;
  await inTx(async (tx) => {
    const author = await accounts.upsertRemote(tx, {
      ...{ actorUri: id, actorType: 'Person', username: `u${authors}`, domain: 'a.example' },
      ...{ displayName: '', bioHtml: '', url: id, inboxUri: `${id}/inbox`, sharedInboxUri: null },
      ...{ followersUri: null, outboxUri: null, featuredUri: null, alsoKnownAs: [] },
      ...{ fields: [], avatarUrl: null, headerUrl: null },
      ...{ locked: false, discoverable: false, indexable: false },
    });
    const alice = await accounts.byActorUri(aliceUri);
    if (!alice) throw new Error('There is no alice.');
    await social.follow(tx, alice, author);
    await social.accept(tx, { followerId: alice.id, targetId: author.id });
  });
  return { id, followers: `${id}/followers` };
}

type Activity = ReturnType<typeof activityOf>;
type Stored = { id: string; body: string };

/** Stores an activity as the gate does, and returns its row. A repetition has none. */
async function receive(activity: Activity): Promise<Stored | undefined> {
  const [row] = await server.context
    .db('inbox_activities')
    .insert({
      id: server.context.ids.next(),
      actor_uri: activity.actor,
      activity_uri: activity.id,
      type: activity.type,
      host: new URL(activity.actor).host,
      body: JSON.stringify(activity),
    })
    .onConflict(['actor_uri', 'activity_uri'])
    .ignore()
    .returning<Stored[]>(['id', 'body']);
  return row;
}

async function receiveNew(activity: Activity): Promise<Stored> {
  const row = await receive(activity);
  if (!row) throw new Error('It came before.');
  return row;
}

/** Gives a stored activity its effect, as a worker does. */
async function handle(row: Stored): Promise<void> {
  const checked = await server.context.federation.checkInbox(row.body);
  await server.context.inTx(async (tx) => {
    await recordOutcomes(tx, [row.id], await carryOutAll([checked], tx));
  });
}

/** What is left of an author's doings. */
async function stateOf(author: Author, notes: readonly { id: string }[]) {
  const { db, accounts } = server.context;
  const account = await accounts.byActorUri(author.id);
  const alice = await accounts.byActorUri(aliceUri);
  const pair = { follower_id: account?.id, target_id: alice?.id };
  const follows = await db('follows').where(pair).whereNot({ state: 'undone' }).pluck('state');
  const uris = notes.map(({ id }) => id);
  return { follows, videos: await db('videos').whereIn('uri', uris).orderBy('uri').pluck('uri') };
}

const KINDS = ['Follow', 'Undo', 'Create', 'Delete'] as const;
/** What arrives: a kind, and for Create and Delete which of two videos. */
const arrival = fc.record({ kind: fc.constantFrom(...KINDS), which: fc.constantFrom(0, 1) });
/** Groups that are worked on at the same time, one group after the other. */
const arrivals = fc.array(fc.array(arrival, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });

describe('activities in any order', () => {
  test('leave what their author last meant, and no row twice', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async (groups) => {
        const author = await followedAuthor();
        const notes = [noteOf(author), noteOf(author)] as const;
        const follow = followOf(author, aliceUri);
        const activities = {
          Follow: [follow, follow],
          // Two, since a sender that is not sure may make another.
          Undo: [activityOf('Undo', author, follow), activityOf('Undo', author, follow)],
          Create: notes.map((note) => createOf(author, note)),
          Delete: notes.map(({ id }) => activityOf('Delete', author, id)),
        };
        const came = new Set<Activity>();
        for (const group of groups) {
          const fresh = group.map(({ kind, which }) => activities[kind][which] as Activity);
          for (const one of fresh) came.add(one);
          const rows = await Promise.all(fresh.map(receive));
          await Promise.all(rows.flatMap((row) => (row === undefined ? [] : [handle(row)])));
        }
        const has = (kind: (typeof KINDS)[number], which: 0 | 1) =>
          came.has(activities[kind][which] as Activity);
        const kept = ([0, 1] as const).filter((which) => has('Create', which) && !has('Delete', which));
        expect(await stateOf(author, notes)).toEqual({
          follows: has('Follow', 0) && !has('Undo', 0) && !has('Undo', 1) ? ['accepted'] : [],
          videos: kept.map((which) => notes[which].id).sort(),
        });
      }),
      { numRuns: 150 },
    );
  });

  test('a follow that is meant anew counts, whatever became of the last', async () => {
    const author = await followedAuthor();
    const [first, second] = [followOf(author, aliceUri), followOf(author, aliceUri)];
    for (const activity of [activityOf('Undo', author, first), first, second]) {
      await handle(await receiveNew(activity));
    }
    expect((await stateOf(author, [])).follows).toEqual(['accepted']);
  });
});

/** Everything one author may do to alice and her video, each with one id, as honest servers do. */
function doingsOf(author: Author, video: { uri: string }) {
  const at = (seconds: number) => new Date(Date.now() - 3_600_000 + seconds * 1_000).toISOString();
  const clip = noteOf(author, { published: at(0) });
  const reply = replyOf(author, video.uri, { published: at(0) });
  const like = activityOf('Like', author, video.uri);
  const share = activityOf('Announce', author, video.uri);
  const block = activityOf('Block', author, aliceUri);
  const edit = (post: object, seconds: number) =>
    activityOf('Update', author, { ...post, content: `<p>${seconds}</p>`, updated: at(seconds) });
  return {
    uris: { clip: clip.id, reply: reply.id },
    like,
    unlike: activityOf('Undo', author, like),
    unlikeById: activityOf('Undo', author, like.id),
    share,
    unshare: activityOf('Undo', author, share),
    unshareById: activityOf('Undo', author, share.id),
    block,
    unblock: activityOf('Undo', author, block),
    unblockById: activityOf('Undo', author, block.id),
    say: createOf(author, reply),
    edit1: edit(reply, 1),
    edit2: edit(reply, 2),
    unsay: activityOf('Delete', author, reply.id),
    publish: createOf(author, clip),
    change1: edit(clip, 1),
    change2: edit(clip, 2),
    withdraw: activityOf('Delete', author, { id: clip.id, type: 'Tombstone' }),
  };
}

type Doing = Exclude<keyof ReturnType<typeof doingsOf>, 'uris'>;

/** Without blocks, which hide a video from whoever would like it: what then counts is a matter of order. */
const OPEN: readonly Doing[] = [
  ...(['like', 'unlike', 'unlikeById', 'share', 'unshare', 'unshareById'] as const),
  ...(['say', 'edit1', 'edit2', 'unsay', 'publish', 'change1', 'change2', 'withdraw'] as const),
];
const BLOCKS: readonly Doing[] = ['block', 'unblock', 'unblockById'];

describe('likes, shares, comments, edits and blocks in any order, several times, at once', () => {
  let video: { id: VideoId; uri: string };
  beforeAll(async () => {
    video = await publish({ server, alice });
  });

  async function play(author: Author, doings: ReturnType<typeof doingsOf>, groups: readonly Doing[][]) {
    for (const group of groups) {
      const rows = await Promise.all(group.map((one) => receive(doings[one])));
      const fresh = rows.flatMap((row) => (row === undefined ? [] : [row]));
      await Promise.all(fresh.map((row) => handleAgain(row)));
    }
    const { db, accounts, videos, comments } = server.context;
    const mine = { account_id: (await accounts.byActorUri(author.id))?.id };
    const [clip, reply] = [
      await videos.internalByUri(doings.uris.clip),
      await comments.internalByUri(doings.uris.reply),
    ];
    return {
      likes: (await db('likes').where(mine)).length,
      shares: (await db('shares').where(mine)).length,
      blocks: (await db('account_blocks').where(mine)).length,
      reply: reply?.contentHtml ?? null,
      clip: clip?.captionHtml ?? null,
    };
  }

  /** A worker tries again what failed, as where two would wait for each other. */
  async function handleAgain(row: Stored): Promise<void> {
    await handle(row).catch(() => handle(row));
  }

  /** What the author last meant, by what came and not by when. */
  function meant(came: ReadonlySet<Doing>) {
    const text = (make: Doing, first: Doing, second: Doing, gone: Doing, original: string) => {
      if (came.has(gone)) return null;
      if (came.has(second)) return '<p>2</p>';
      if (came.has(first)) return '<p>1</p>';
      return came.has(make) ? original : null;
    };
    const on = (does: Doing, ...undoes: Doing[]) =>
      came.has(does) && !undoes.some((one) => came.has(one)) ? 1 : 0;
    return {
      likes: on('like', 'unlike', 'unlikeById'),
      shares: on('share', 'unshare', 'unshareById'),
      blocks: on('block', 'unblock', 'unblockById'),
      reply: text('say', 'edit1', 'edit2', 'unsay', '<p>A reply</p>'),
      clip: text('publish', 'change1', 'change2', 'withdraw', '<p>A clip</p>'),
    };
  }

  const schedule = (of: readonly Doing[]) =>
    fc.array(fc.array(fc.constantFrom(...of), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 7,
    });

  test.for([
    ['on what everybody sees', OPEN, 100],
    ['of blocks', BLOCKS, 30],
  ] as const)('%s leave one state', { timeout: 90_000 }, async ([, of, numRuns]) => {
    await fc.assert(
      fc.asyncProperty(schedule(of), async (groups) => {
        const author = await followedAuthor();
        expect(await play(author, doingsOf(author, video), groups)).toEqual(meant(new Set(groups.flat())));
      }),
      { numRuns },
    );
    const { engagement, db } = server.context;
    const kept = (await engagement.statsOf([video.id])).get(video.id);
    const rowsOf = async (table: string) =>
      Number((await db(table).where({ video_id: video.id }).count('* as count').first())?.count);
    const [likes, comments, shares] = await Promise.all(['likes', 'comments', 'shares'].map(rowsOf));
    expect(kept).toEqual({ likes, comments, shares, saves: 0 });
  });

  test('an Undo that knows only the id waits for what it takes back', async () => {
    for (const [does, undoes] of [
      ['like', 'unlikeById'],
      ['share', 'unshareById'],
      ['block', 'unblockById'],
    ] as const) {
      const author = await followedAuthor();
      const doings = doingsOf(author, video);
      // The Undo has looked for its target, and found none, when the other ends.
      const undo = await server.context.federation.checkInbox((await receiveNew(doings[undoes])).body);
      await handle(await receiveNew(doings[does]));
      await server.context.inTx((tx) => carryOutAll([undo], tx));
      const state = await play(author, doings, []);
      expect(state, does).toEqual(meant(new Set([does, undoes])));
    }
  });
});

test('a worker that takes an activity up again finds it done', async () => {
  const author = await followedAuthor();
  const follow = followOf(author, aliceUri);
  const row = await receiveNew(follow);
  await handle(row);
  await handle(await receiveNew(activityOf('Undo', author, follow)));
  await expect(handle(row)).rejects.toThrow('Another worker was faster.');
  expect((await stateOf(author, [])).follows).toEqual([]);
});

test('V5 an Accept does not answer a request that took the place of the one it names', async () => {
  const { accounts, social, inTx, federation, db } = server.context;
  const author = await followedAuthor();
  const [alice, target] = [await accounts.byActorUri(aliceUri), await accounts.byActorUri(author.id)];
  if (!alice || !target) throw new Error('One of the two is missing.');
  const pair = { followerId: alice.id, targetId: target.id };
  const row = { follower_id: alice.id, target_id: target.id };
  await db('follows').where(row).update({ state: 'pending' });
  const { uri } = await db('follows').where(row).first('uri');
  const accept = activityOf('Accept', author, {
    id: uri,
    type: 'Follow',
    actor: aliceUri,
    object: author.id,
  });
  const checked = await federation.checkInbox((await receiveNew(accept)).body);
  await inTx((tx) => social.unfollow(tx, pair));
  await inTx((tx) => social.follow(tx, alice, target));
  await inTx((tx) => carryOutAll([checked], tx));
  expect(await db('follows').where(row).pluck('state')).toEqual(['pending']);
});

describe('a Create and its Delete at the same moment', () => {
  /** Begins to give an activity its effect, and stops before the end of the transaction. */
  async function begin(activity: Activity): Promise<{ end(): Promise<void>; tx: Tx }> {
    const checked = await server.context.federation.checkInbox((await receiveNew(activity)).body);
    const tx = await server.context.db.transaction();
    await carryOutAll([checked], tx);
    return { tx, end: () => tx.commit().then(() => undefined) };
  }

  const waiting = async () => (await waitingForLocks(server.context.db)) > 0;

  test('wait for each other, so that the deletion is not lost', async () => {
    const author = await followedAuthor();
    const note = noteOf(author);
    const created = await begin(createOf(author, note));
    // The video is not to be seen yet, and is there when the deletion has its turn.
    const deletion = await receiveNew(activityOf('Delete', author, note.id));
    const deleted = handle(deletion);
    await eventually('the deletion waits', waiting);
    await created.end();
    await deleted;
    expect((await stateOf(author, [note])).videos).toEqual([]);
  });

  test('wait for each other the other way round, too', async () => {
    const author = await followedAuthor();
    const note = noteOf(author);
    const deleted = await begin(activityOf('Delete', author, note.id));
    const created = handle(await receiveNew(createOf(author, note)));
    await eventually('the creation waits', waiting);
    await deleted.end();
    await created;
    expect((await stateOf(author, [note])).videos).toEqual([]);
  });

  test('and so do a Follow and its Undo', async () => {
    for (const undoFirst of [false, true]) {
      const author = await followedAuthor();
      const follow = followOf(author, aliceUri);
      const both = [follow, activityOf('Undo', author, follow)];
      const [one, other] = (undoFirst ? both.reverse() : both) as [Activity, Activity];
      const first = await begin(one);
      const second = handle(await receiveNew(other));
      await eventually('the second waits', waiting);
      await first.end();
      await second;
      expect((await stateOf(author, [])).follows).toEqual([]);
      const [outcome] = await server.context.federation.explain(follow.id);
      expect(outcome?.reason).toBe(undoFirst ? 'undone' : null);
    }
  });
});
