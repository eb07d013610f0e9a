import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
import { createPostProbe, replyOf } from '../helpers/posts.ts';

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
});
afterAll(() => rig.close());

const comments = () => rig.server.context.comments;
const htmlOf = async (uri: string) => (await comments().internalByUri(uri))?.contentHtml;
/** `seconds` before now: after a reply was published, and never ahead of the clock. */
const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();

describe('a comment', () => {
  test('stands below the video, and an answer to it below that', async () => {
    const video = await probe.publish();
    const first = await probe.reply(carol, video.uri, { content: '<p>Nice<script>x</script></p>' });
    expect(first.outcome).toBe('applied');
    const answer = await probe.reply(mallory, first.id);
    expect(answer.outcome).toBe('applied');
    expect(await probe.thread(video)).toEqual([first.id, answer.id]);
    const parent = await comments().internalByUri(first.id);
    expect(parent).toMatchObject({ parentId: null, contentHtml: '<p>Nice</p>', local: false });
    expect(await comments().internalByUri(answer.id)).toMatchObject({ parentId: parent?.id });
    expect((await probe.counts(video.id)).kept).toEqual({ likes: 0, shares: 0, comments: 2, saves: 0 });
  });

  test('that comes in several copies is one', async () => {
    const video = await probe.publish();
    const note = replyOf(carol, video.uri);
    const outcomes: string[] = [];
    for (let copy = 0; copy < 3; copy += 1) outcomes.push(await probe.outcome(carol, createOf(carol, note)));
    expect(outcomes).toEqual(['applied', 'ignored: known', 'ignored: known']);
    expect((await probe.counts(video.id)).kept?.comments).toBe(1);
  });

  test('several in one Create are each taken', async () => {
    const video = await probe.publish();
    const notes = [replyOf(carol, video.uri), replyOf(carol, video.uri), noteOf(carol)];
    const create = activityOf('Create', carol, notes, { to: [PUBLIC] });
    expect(await probe.outcome(carol, create)).toBe('applied');
    expect(await probe.thread(video)).toEqual([notes[0]?.id, notes[1]?.id]);
    expect(await rig.server.context.videos.internalByUri(notes[2]?.id ?? '')).not.toBeNull();
  });

  test('O2 several in one Create are each checked', async () => {
    const video = await probe.publish();
    const [own, foreign] = [replyOf(mallory, video.uri), replyOf(carol, video.uri)];
    for (const notes of [
      [own, foreign],
      [foreign, replyOf(mallory, video.uri)],
    ]) {
      await probe.outcome(mallory, activityOf('Create', mallory, notes, { to: [PUBLIC] }));
    }
    expect(await htmlOf(foreign.id)).toBeUndefined();
    expect(await htmlOf(own.id)).toBe('<p>A reply</p>');
  });

  test('under nothing that is here is ignored', async () => {
    const reply = await probe.reply(carol, `${rig.server.origin}/ap/videos/1`);
    expect(reply.outcome).toBe('ignored: unknown-parent');
  });

  test('with a name and no content is a vote, and none', async () => {
    const video = await probe.publish();
    const vote = await probe.reply(carol, video.uri, { name: 'Yes', content: undefined });
    expect(vote.outcome).toBe('ignored: is-vote');
    expect(await probe.thread(video)).toEqual([]);
  });

  test('is not taken where comments are closed, but from the author of the video', async () => {
    const video = await probe.publish();
    await rig.server.context.db('videos').where({ id: video.id }).update({ comments_open: false });
    expect((await probe.reply(carol, video.uri)).outcome).toBe('ignored: comments-closed');
    const { inTx, videos } = rig.server.context;
    const own = await videos.internal(video.id);
    if (!own) throw new Error('The video is gone.');
    const details = {
      text: 'Mine',
      contentWarning: '',
      sensitive: false,
      language: null,
      mentions: new Map(),
    };
    const author = await probe.account(rig.alice.account.uri);
    const said = await inTx((tx) =>
      comments().publish(tx, { author, video: own, parent: null, visibility: 'public', details }),
    );
    expect(said).toMatchObject({ ok: true });
  });
});

describe('V1 a comment is deleted', () => {
  test('by nobody but its author', async () => {
    const video = await probe.publish();
    const reply = await probe.reply(carol, video.uri);
    for (const actor of [mallory, mole]) {
      expect(await probe.does('Delete', actor, reply.id)).toBe('refused: not-the-author');
    }
    expect(await probe.thread(video)).toEqual([reply.id]);
    expect(await probe.does('Delete', carol, { id: reply.id, type: 'Tombstone' })).toBe('applied');
    expect(await probe.thread(video)).toEqual([]);
    expect((await probe.counts(video.id)).kept?.comments).toBe(0);
    expect(await probe.outcome(carol, createOf(carol, reply))).toBe('ignored: deleted');
  });

  test('before it comes', async () => {
    const video = await probe.publish();
    const note = replyOf(carol, video.uri);
    expect(await probe.does('Delete', carol, note.id)).toBe('applied');
    expect(await probe.outcome(carol, createOf(carol, note))).toBe('ignored: deleted');
    expect(await probe.thread(video)).toEqual([]);
  });

  test('by the author of the video it stands under, ours and others', async () => {
    const note = noteOf(carol);
    expect(await probe.outcome(carol, createOf(carol, note))).toBe('applied');
    const reply = await probe.reply(mallory, note.id);
    expect(await probe.does('Delete', mole, reply.id)).toBe('refused: not-the-author');
    expect(await probe.does('Delete', carol, reply.id)).toBe('applied');
    expect(await htmlOf(reply.id)).toBeUndefined();
    expect(await probe.outcome(mallory, createOf(mallory, reply))).toBe('ignored: deleted');

    const video = await probe.publish();
    const below = await probe.reply(mallory, video.uri);
    const id = (await comments().internalByUri(below.id))?.id ?? '';
    await rig.alice.remove(id);
    expect(await probe.thread(video)).toEqual([]);
  });

  test('also one of ours, by the author of the video elsewhere, and by nobody else', async () => {
    const { inTx, videos } = rig.server.context;
    const note = noteOf(carol);
    expect(await probe.outcome(carol, createOf(carol, note))).toBe('applied');
    const video = await videos.internalByUri(note.id);
    if (!video) throw new Error('The video is not here.');
    const author = await probe.account(rig.alice.account.uri);
    const details = {
      text: 'Ours',
      contentWarning: '',
      sensitive: false,
      language: null,
      mentions: new Map(),
    };
    const said = await inTx((tx) =>
      comments().publish(tx, { author, video, parent: null, visibility: 'public', details }),
    );
    const uri = said.ok ? rig.server.context.urls.comment(said.commentId) : '';
    expect(await probe.does('Delete', mallory, uri)).toBe('refused: object-is-ours');
    expect(await htmlOf(uri)).toBe('<p>Ours</p>');
    expect(await probe.does('Delete', carol, uri)).toBe('applied');
    expect(await htmlOf(uri)).toBeUndefined();
  });
});

describe('V2 a comment is edited', () => {
  test('by nobody but its author, and never by an older edit', async () => {
    const video = await probe.publish();
    const reply = await probe.reply(carol, video.uri);
    const edit = (actor: PeerActor, content: string, updated?: string) =>
      probe.does('Update', actor, { ...reply, content, updated });
    for (const actor of [mallory, mole]) {
      expect(await edit(actor, '<p>Forged</p>', ago(1))).toBe('refused: not-the-author');
    }
    expect(await edit(carol, '<p>Second</p>', ago(10))).toBe('applied');
    expect(await edit(carol, '<p>First</p>', ago(20))).toBe('ignored: not-newer');
    expect(await edit(carol, '<p>Undated</p>')).toBe('ignored: not-edited');
    expect(await htmlOf(reply.id)).toBe('<p>Second</p>');
  });

  test('an edit does not bring it back after it was deleted', async () => {
    const video = await probe.publish();
    const reply = await probe.reply(carol, video.uri);
    expect(await probe.does('Delete', carol, reply.id)).toBe('applied');
    expect(await probe.does('Update', carol, { ...reply, updated: ago(5) })).toBe('ignored: deleted');
    expect(await probe.thread(video)).toEqual([]);
  });

  test('a video that nobody asked for any more is still edited', async () => {
    const dave = await rig.a.actor('dave-who-edits');
    await letFollow(rig, rig.a, dave);
    const note = noteOf(dave, { published: ago(60) });
    expect(await probe.outcome(dave, createOf(dave, note))).toBe('applied');
    await rig.alice.unfollow((await probe.account(dave.id)).id);
    const edited = { ...note, content: '<p>Edited</p>', updated: ago(1) };
    expect(await probe.does('Update', dave, edited)).toBe('applied');
    expect((await rig.server.context.videos.internalByUri(note.id))?.captionHtml).toBe('<p>Edited</p>');
    expect(await probe.outcome(dave, createOf(dave, noteOf(dave)))).toBe('ignored: not-followed');
  });

  test('an edit that names other people than before shows it to them alone', async () => {
    const note = noteOf(carol, { published: ago(60), to: [rig.alice.account.uri], cc: [] });
    expect(await probe.outcome(carol, createOf(carol, note))).toBe('applied');
    const { videos } = rig.server.context;
    const video = await videos.internalByUri(note.id);
    const alice = await probe.account(rig.alice.account.uri);
    if (!video) throw new Error('The video is not here.');
    expect(await videos.forViewer(video.id, alice.id)).not.toBeNull();
    const edited = { ...note, to: [mallory.id], updated: ago(1) };
    expect(await probe.outcome(carol, activityOf('Update', carol, edited, { to: [mallory.id] }))).toBe(
      'applied',
    );
    expect(await videos.forViewer(video.id, alice.id)).toBeNull();
  });
});

describe('P2 a comment on what its author cannot see', () => {
  test('is as one on nothing', async () => {
    const secret = await probe.publish({ visibility: 'followers' });
    expect((await probe.reply(mallory, secret.uri)).outcome).toBe('ignored: unknown-parent');
    await probe.follows(carol);
    const reply = await probe.reply(carol, secret.uri);
    expect(reply.outcome).toBe('applied');
    expect((await probe.reply(mallory, reply.id)).outcome).toBe('ignored: unknown-parent');
    expect((await probe.counts(secret.id)).kept?.comments).toBe(1);
  });

  test('is none where one of the two blocks the other', async () => {
    const video = await probe.publish();
    const { social, inTx } = rig.server.context;
    const [alice, blocked] = [await probe.account(rig.alice.account.uri), await probe.account(mallory.id)];
    await inTx((tx) => social.block(tx, alice, blocked));
    expect((await probe.reply(mallory, video.uri)).outcome).toBe('ignored: unknown-parent');
    await inTx((tx) => social.unblock(tx, alice, blocked));
    expect((await probe.reply(mallory, video.uri)).outcome).toBe('applied');
  });
});

describe('P3 a reply', () => {
  test('is seen by no more than may see the video', async () => {
    const secret = await probe.publish({ visibility: 'followers' });
    await probe.follows(carol);
    const reply = await probe.reply(carol, secret.uri);
    expect(reply.outcome).toBe('applied');
    expect(await probe.thread(secret)).toEqual([]);
    const stranger = await probe.account(mallory.id);
    expect(await probe.thread(secret, stranger.id)).toEqual([]);
    expect(await probe.thread(secret, (await probe.account(rig.alice.account.uri)).id)).toEqual([reply.id]);
  });

  test('to one person is seen by that person alone', async () => {
    const video = await probe.publish();
    const letter = await probe.reply(carol, video.uri, { to: [rig.alice.account.uri], cc: [] });
    expect(letter.outcome).toBe('applied');
    expect(await probe.thread(video)).toEqual([]);
    expect(await probe.thread(video, (await probe.account(rig.alice.account.uri)).id)).toEqual([letter.id]);
  });
});

describe('V10 a date', () => {
  test('ahead of us is now', async () => {
    const video = await probe.publish();
    const reply = await probe.reply(carol, video.uri, { published: '2099-01-01T00:00:00Z' });
    const kept = await comments().internalByUri(reply.id);
    expect(kept?.publishedAt.getTime()).toBeLessThan(Date.now() + 60_000);
  });
});

describe('V11 nobody elsewhere speaks in the name of ours', () => {
  test('neither as the actor nor as the author', async () => {
    const video = await probe.publish();
    const ours = { id: rig.alice.account.uri, followers: `${rig.alice.account.uri}/followers` };
    const posing = replyOf(ours, video.uri);
    expect(await probe.outcome(mallory, activityOf('Create', mallory, posing))).toBe(
      'refused: object-is-ours',
    );
    const attributed = replyOf(mallory, video.uri, { attributedTo: ours.id });
    expect(await probe.outcome(mallory, createOf(mallory, attributed))).toBe('refused: not-the-author');
    const asAlice = { ...activityOf('Like', mallory, video.uri), actor: ours.id, id: `${ours.id}/likes/1` };
    expect(await probe.outcome(mallory, asAlice)).toMatch(/^401 /);
    expect(await probe.thread(video)).toEqual([]);
  });
});
