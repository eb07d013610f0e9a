import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { remoteViewLimits } from '../../config/limits.ts';
import {
  activityOf,
  createOf,
  letFollow,
  noteOf,
  PUBLIC,
  type Rig,
  startRig,
} from '../helpers/activities.ts';
import type { PeerActor } from '../helpers/peer.ts';
import { createPostProbe, type LocalVideo } from '../helpers/posts.ts';

let rig: Rig;
let probe: ReturnType<typeof createPostProbe>;
let carol: PeerActor;
/** Of the same server as carol. */
let mole: PeerActor;
let mallory: PeerActor;

beforeAll(async () => {
  rig = await startRig();
  probe = createPostProbe(rig);
  ({ carol, mallory } = rig);
  mole = await rig.a.actor('mole');
  await letFollow(rig, rig.a, carol);
  await letFollow(rig, rig.e, mallory);
});
afterAll(() => rig.close());

const db = () => rig.server.context.db;
const none = { likes: 0, comments: 0, shares: 0, saves: 0 };

/** Expects the counts to be these, and to be those of the rows. */
async function expectCounts(video: LocalVideo, counts: Partial<typeof none>): Promise<void> {
  const expected = { ...none, ...counts };
  expect(await probe.counts(video.id)).toEqual({ kept: expected, rows: expected });
}

describe('V9 a Like', () => {
  test('counts once for each actor, however often and under whatever id it comes', async () => {
    const video = await probe.publish();
    const like = activityOf('Like', carol, video.uri);
    expect(await probe.outcome(carol, like)).toBe('applied');
    expect(await probe.outcome(carol, like)).toBe('applied');
    expect(await probe.does('Like', carol, video.uri)).toBe('ignored: known');
    expect(await probe.does('EmojiReact', carol, video.uri, { content: '🔥' })).toBe('ignored: known');
    await expectCounts(video, { likes: 1 });
    expect(await probe.does('Like', mole, video.uri)).toBe('applied');
    expect(await probe.does('Like', mallory, { id: video.uri, type: 'Note' })).toBe('applied');
    await expectCounts(video, { likes: 3 });
  });

  test('of a comment counts there', async () => {
    const video = await probe.publish();
    const reply = await probe.reply(carol, video.uri);
    expect(await probe.does('Like', mallory, reply.id)).toBe('applied');
    expect(await probe.does('Like', mallory, reply.id)).toBe('ignored: known');
    const id = (await rig.server.context.comments.internalByUri(reply.id))?.id;
    expect(id && (await rig.server.context.comments.internal(id))?.likes).toBe(1);
    await expectCounts(video, { comments: 1 });
  });

  test('of nothing that is here has no effect', async () => {
    expect(await probe.does('Like', carol, `${rig.server.origin}/ap/videos/1`)).toBe(
      'ignored: unknown-object',
    );
    expect(await probe.does('Like', carol, undefined)).toBe('ignored: unknown-object');
  });
});

describe('a reaction', () => {
  const emojiOf = async (video: LocalVideo) =>
    (await db()('likes').where({ video_id: video.id }).first()).emoji;
  const hanapog = {
    type: 'Emoji',
    name: ':hanapog:',
    icon: { type: 'Image', url: 'https://a.example/h.png' },
  };

  test.for([
    ['👍', '👍'],
    ['❤', '❤'],
    ['👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦'],
    ['🇪🇺', '🇪🇺'],
    [':hanapog:', ':hanapog:'],
  ])('of one emoji is kept as it came: %s', async ([content, kept]) => {
    const video = await probe.publish();
    const outcome = await probe.does('EmojiReact', carol, video.uri, { content, tag: [hanapog] });
    expect(outcome).toBe('applied');
    expect(await emojiOf(video)).toBe(kept);
  });

  test.for(['~', '', 'abc', '👍👍', ':unknown:', ':hana pog:', '<b>', `${'👍'.repeat(40)}`, null])(
    'of %j is none, and as a Like a plain one',
    async (content) => {
      const video = await probe.publish();
      const more = { content, tag: hanapog };
      expect(await probe.does('EmojiReact', carol, video.uri, more)).toBe('ignored: not-an-emoji');
      await expectCounts(video, {});
      expect(await probe.does('Like', carol, video.uri, more)).toBe('applied');
      expect(await emojiOf(video)).toBeNull();
    },
  );
});

describe('V4 only who did it takes it back', () => {
  const kinds = [
    ['Like', 'likes'],
    ['EmojiReact', 'likes'],
    ['Announce', 'shares'],
    ['Dislike', 'dislikes'],
  ] as const;
  const rows = async (table: string, video: LocalVideo) =>
    (await db()(table).where({ video_id: video.id })).length;

  test.for(kinds)('%s', async ([type, table]) => {
    const video = await probe.publish();
    const done = activityOf(type, carol, video.uri, { content: '👍' });
    expect(await probe.outcome(carol, done)).toBe('applied');
    for (const actor of [mole, mallory]) {
      expect(await probe.does('Undo', actor, done)).toBe('refused: not-the-one-who-did-it');
      expect(await probe.does('Undo', actor, done.id)).toBe('ignored: nothing-to-undo');
      const posing = { ...done, actor: [actor.id, carol.id] };
      expect(await probe.does('Undo', actor, posing)).toBe('ignored: nothing-to-undo');
    }
    expect(await rows(table, video)).toBe(1);
    // Some servers make a new id for what they take back.
    const again = { ...done, id: `${done.id}/again` };
    expect(await probe.does('Undo', carol, again)).toBe('applied');
    expect(await rows(table, video)).toBe(0);
    expect(await probe.does('Undo', carol, done)).toBe('ignored: nothing-to-undo');
    await expectCounts(video, {});
  });

  test.for(kinds)('%s, by its id alone', async ([type, table]) => {
    const video = await probe.publish();
    const done = activityOf(type, carol, video.uri, { content: '👍' });
    expect(await probe.outcome(carol, done)).toBe('applied');
    expect(await probe.does('Undo', carol, done.id)).toBe('applied');
    expect(await rows(table, video)).toBe(0);
    await expectCounts(video, {});
  });

  test.for(
    kinds.flatMap(
      ([type, table]) =>
        [
          [type, table, 'embedded'],
          [type, table, 'by id'],
        ] as const,
    ),
  )('%s that comes after its Undo does nothing (%s, %s)', async ([type, table, how]) => {
    const video = await probe.publish();
    const done = activityOf(type, carol, video.uri, { content: '👍' });
    const undone = how === 'by id' ? done.id : done;
    expect(await probe.does('Undo', carol, undone)).toBe('ignored: nothing-to-undo');
    expect(await probe.outcome(carol, done)).toBe('ignored: undone');
    expect(await rows(table, video)).toBe(0);
    // Another wish later is another wish; and nobody undoes in advance for another.
    expect(await probe.does(type, carol, video.uri, { content: '👍' })).toBe('applied');
    const next = activityOf(type, mole, video.uri, { content: '👍' });
    await probe.does('Undo', mallory, next.id);
    await probe.does('Undo', carol, next.id);
    expect(await probe.outcome(mole, next)).toBe('applied');
  });

  test.for(['Follow', 'Block'] as const)('%s that comes after an Undo of its id', async (type) => {
    const early = await rig.a.actor(`early-${type}`);
    const done = activityOf(type, early, rig.alice.account.uri);
    expect(await probe.does('Undo', early, done.id)).toBe('ignored: nothing-to-undo');
    expect(await probe.outcome(early, done)).toBe('ignored: undone');
    expect(await probe.does(type, early, rig.alice.account.uri)).toBe('applied');
  });
});

describe('P2 what is out of sight', () => {
  test.for([
    ['Like', {}],
    ['EmojiReact', { content: '👍' }],
    ['Dislike', {}],
    ['Announce', {}],
    ['View', {}],
    ['QuoteRequest', { instrument: 'own' }],
  ] as const)('is as absent to a %s as what never was', async ([type, more]) => {
    const secret = await probe.publish({ visibility: 'followers' });
    const never = `${rig.server.origin}/ap/videos/1`;
    const about = (id: string) => ({
      ...more,
      ...('instrument' in more ? { instrument: `${mallory.id}/${id}` } : {}),
    });
    const answers = [
      await probe.does(type, mallory, secret.uri, about('a')),
      await probe.does(type, mallory, never, about('b')),
    ];
    expect(answers).toEqual(['ignored: unknown-object', 'ignored: unknown-object']);
    await expectCounts(secret, {});
    expect(await db()('remote_views').where({ video_id: secret.id })).toEqual([]);
  });

  test('is not so for a follower', async () => {
    const secret = await probe.publish({ visibility: 'followers' });
    const fan = await rig.a.actor('fan');
    await probe.follows(fan);
    expect(await probe.does('Like', fan, secret.uri)).toBe('applied');
    await expectCounts(secret, { likes: 1 });
  });
});

describe('P3 an Announce', () => {
  test('of a video for followers is none, whoever sends it', async () => {
    const secret = await probe.publish({ visibility: 'followers' });
    const fan = await rig.a.actor('fan-who-shares');
    await probe.follows(fan);
    expect(await probe.does('Announce', fan, secret.uri)).toBe('ignored: not-public');
    await expectCounts(secret, {});
  });

  test.for(['for followers', 'for one person'] as const)(
    'does not bring a post %s that its server gives us',
    async (whom) => {
      const to = { 'for followers': [carol.followers], 'for one person': [rig.alice.account.uri] }[whom];
      const note = noteOf(carol, { to, cc: [] });
      rig.a.page(new URL(note.id).pathname, note);
      expect(await probe.does('Announce', mallory, note.id)).toBe('ignored: not-public');
      expect(await rig.server.context.videos.internalByUri(note.id)).toBeNull();
    },
  );

  test('counts once for each actor', async () => {
    const video = await probe.publish();
    expect(await probe.does('Announce', carol, video.uri)).toBe('applied');
    expect(await probe.does('Announce', carol, video.uri)).toBe('ignored: known');
    expect(await probe.does('Announce', mallory, video.uri)).toBe('applied');
    await expectCounts(video, { shares: 2 });
  });

  test('by a channel of its own video, or by a server, publishes and is no share', async () => {
    const channel = await rig.a.actor('channel', { type: 'Group', attributedTo: [carol.id] });
    const instance = await rig.a.actor('instance', { type: 'Application' });
    await Promise.all([channel, instance].map((actor) => letFollow(rig, rig.a, actor)));
    const note = noteOf(channel);
    const other = noteOf(carol);
    for (const { id } of [note, other]) rig.a.page(new URL(id).pathname, id === note.id ? note : other);
    expect(await probe.does('Announce', channel, note.id)).toBe('applied');
    expect(await probe.does('Announce', instance, note.id)).toBe('applied');
    expect(await probe.does('Announce', instance, other.id)).toBe('applied');
    for (const uri of [note.id, other.id]) {
      const video = await rig.server.context.videos.internalByUri(uri);
      if (!video) throw new Error('The video is not here.');
      expect(await probe.counts(video.id)).toEqual({ kept: none, rows: none });
    }
  });

  test('that wraps the activity of somebody else passes on what that is about', async () => {
    const video = await probe.publish();
    const wrapped = createOf(carol, { ...noteOf(carol), id: video.uri });
    expect(await probe.does('Announce', mallory, wrapped)).toBe('applied');
    await expectCounts(video, { shares: 1 });
  });
});

describe('V9 views told by other servers', () => {
  const views = async (video: LocalVideo) =>
    (await db()('remote_views').where({ video_id: video.id }).pluck('views')) as number[];

  test('are counted up to a number for each server and day', async () => {
    const video = await probe.publish();
    expect(await probe.does('View', mallory, video.uri)).toBe('applied');
    expect(await probe.does('View', mallory, video.uri)).toBe('applied');
    expect(await views(video)).toEqual([2]);
    await db()('remote_views')
      .where({ video_id: video.id })
      .update({ views: remoteViewLimits.perHostPerVideoPerDay });
    const other = await rig.e.actor('another-of-the-same-server');
    expect(await probe.does('View', other, video.uri)).toBe('ignored: too-many-views');
    expect(await views(video)).toEqual([remoteViewLimits.perHostPerVideoPerDay]);
    expect(await probe.does('View', carol, video.uri)).toBe('applied');
  });

  test('that say somebody is just watching are none', async () => {
    const video = await probe.publish();
    const expires = new Date(Date.now() + 60_000).toISOString();
    expect(await probe.does('View', carol, video.uri, { expires, result: {} })).toBe('ignored: presence');
    expect(await views(video)).toEqual([]);
  });

  test('of a video that is not ours are none', async () => {
    const note = noteOf(carol, { to: [PUBLIC] });
    expect(await probe.outcome(carol, createOf(carol, note))).toBe('applied');
    expect(await probe.does('View', mallory, note.id)).toBe('ignored: unknown-object');
  });
});

describe('a Dislike', () => {
  test('is kept once, in private', async () => {
    const video = await probe.publish();
    expect(await probe.does('Dislike', carol, video.uri)).toBe('applied');
    expect(await probe.does('Dislike', carol, video.uri)).toBe('ignored: known');
    await expectCounts(video, {});
    expect(JSON.stringify(await rig.alice.status(video.id))).not.toContain('dislike');
  });
});
