import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tx } from '../../src/db/database.ts';
import type { CommentId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Comment } from '../../src/modules/comments/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import type { Video, Visibility } from '../../src/modules/videos/index.ts';
import { createOf, letFollow, noteOf, PUBLIC, quiet, type Rig, startRig } from '../helpers/activities.ts';
import { createPostProbe } from '../helpers/posts.ts';

/** P1, P3: what our people do reaches those it is for, and nobody else. */
let rig: Rig;
let probe: ReturnType<typeof createPostProbe>;
let alice: Account;

beforeAll(async () => {
  rig = await startRig();
  probe = createPostProbe(rig);
  alice = await probe.account(rig.alice.account.uri);
  await letFollow(rig, rig.a, rig.carol);
  await letFollow(rig, rig.e, rig.mallory);
  await probe.follows(rig.carol);
});
afterAll(() => rig.close());

/** What each peer gets while something is done. */
async function sentBy(act: () => Promise<unknown>) {
  await quiet(rig.server);
  const before = [rig.a, rig.e].map((peer) => peer.received.length);
  await act();
  await quiet(rig.server);
  const [toA = [], toE = []] = [rig.a, rig.e].map((peer, at) =>
    peer.received.slice(before[at]).map(({ activity }) => activity),
  );
  return { toA, toE };
}

/** A video of mallory, and a comment of carol below it. */
async function thread(): Promise<{ video: Video; comment: Comment }> {
  const note = noteOf(rig.mallory);
  expect(await probe.outcome(rig.mallory, createOf(rig.mallory, note))).toBe('applied');
  const reply = await probe.reply(rig.carol, note.id);
  const { videos, comments } = rig.server.context;
  const [video, comment] = [await videos.internalByUri(note.id), await comments.internalByUri(reply.id)];
  if (!video || !comment) throw new Error('The thread is not here.');
  return { video, comment };
}

const details = {
  ...{ text: 'Between us', contentWarning: '', sensitive: false, language: null },
  mentions: new Map(),
};

type Place = { readonly video: Video; readonly comment: Comment };

const answerIn = (tx: Tx, { video, comment }: Place, visibility: Visibility) =>
  rig.server.context.comments.publish(tx, { author: alice, video, parent: comment, visibility, details });

const answer = (place: Place, visibility: Visibility) =>
  rig.server.context.inTx((tx) => answerIn(tx, place, visibility));

describe('a comment of ours', () => {
  test('for everybody goes to whom it answers and to the author of the video', async () => {
    const place = await thread();
    const { toA, toE } = await sentBy(() => answer(place, 'public'));
    expect(toA).toMatchObject([{ type: 'Create', object: { inReplyTo: place.comment.uri, to: [PUBLIC] } }]);
    expect(toE).toMatchObject([{ type: 'Create' }]);
  });

  test('P1 that the author of the video hid goes to nobody new; who has it hears what its author changes', async () => {
    const { inTx, comments, videos } = rig.server.context;
    const own = await probe.publish();
    const reply = await probe.reply(rig.carol, own.uri);
    const [video, parent] = [await videos.internal(own.id), await comments.internalByUri(reply.id)];
    if (!video || !parent) throw new Error('The thread is not here.');
    let commentId: CommentId | undefined;
    const say = (isHidden: boolean) =>
      inTx(async (tx) => {
        const made = await answerIn(tx, { video, comment: parent }, 'public');
        if (!made.ok) throw new Error(made.detail);
        commentId = made.commentId;
        const decision = { videoId: video.id, commentId: made.commentId, accountId: alice.id };
        if (isHidden) await comments.hide(tx, decision);
      });
    expect((await sentBy(() => say(true))).toA).toEqual([]);
    expect((await sentBy(() => say(false))).toA).toMatchObject([{ type: 'Create' }]);
    const told = commentId;
    if (told === undefined) throw new Error('Nothing was said.');
    const hide = () =>
      inTx((tx) => comments.hide(tx, { videoId: video.id, commentId: told, accountId: alice.id }));
    expect(await sentBy(hide)).toEqual({ toA: [], toE: [] });
    const { toA } = await sentBy(() => inTx((tx) => comments.edit(tx, told, alice.id, details)));
    expect(toA).toMatchObject([{ type: 'Update' }]);
    const page = await fetch(`${rig.server.origin}/ap/comments/${told}`, {
      headers: { accept: 'application/activity+json' },
    });
    expect(page.status).toBe(404);
    // Nobody answers what is hidden, here or elsewhere.
    await inTx((tx) => comments.hide(tx, { videoId: video.id, commentId: parent.id, accountId: alice.id }));
    expect((await probe.reply(rig.carol, parent.uri)).outcome).toBe('ignored: comments-closed');
  });

  test.for(['direct', 'followers'] as const)(
    'P1 that is %s goes to whom it answers alone',
    async (visibility) => {
      const place = await thread();
      const { toA, toE } = await sentBy(() => answer(place, visibility));
      expect(toA).toMatchObject([{ type: 'Create' }]);
      expect([...toA[0].to, ...toA[0].cc]).toContain(rig.carol.id);
      expect(JSON.stringify(toA)).not.toContain(PUBLIC);
      expect(toE).toEqual([]);
    },
  );
});

describe('P3 a share by the author', () => {
  const share = async (visibility: Visibility) => {
    const { id } = await probe.publish({ visibility });
    const video = await rig.server.context.videos.internal(id);
    if (!video) throw new Error('The video is gone.');
    return sentBy(() =>
      rig.server.context.inTx((tx) => rig.server.context.engagement.share(tx, alice, video)),
    );
  };

  test('of a video for followers is for followers', async () => {
    const { toA, toE } = await share('followers');
    expect(toA).toMatchObject([{ type: 'Announce', to: [`${alice.actorUri}/followers`] }]);
    expect(JSON.stringify(toA)).not.toContain(PUBLIC);
    expect(toE).toEqual([]);
  });

  test('of a video for everybody is for everybody', async () => {
    expect((await share('public')).toA).toMatchObject([{ type: 'Announce', to: [PUBLIC] }]);
  });
});

describe('V7 a report of ours', () => {
  test('goes to the server of the account without the name of who reported', async () => {
    const { video } = await thread();
    const target = await probe.account(rig.mallory.id);
    const { moderation, inTx } = rig.server.context;
    const report = { reporterId: alice.id, targetId: target.id, comment: 'Look', commentIds: [] };
    const { toA, toE } = await sentBy(() =>
      inTx((tx) => moderation.file(tx, { ...report, videoIds: [video.id], forward: true })),
    );
    expect(toA).toEqual([]);
    expect(toE).toMatchObject([
      { type: 'Flag', actor: `${rig.server.origin}/actor`, object: [target.actorUri, video.uri] },
    ]);
    expect(JSON.stringify(toE)).not.toContain(alice.actorUri);
  });

  test('goes out later, too, in words of the staff and without those of the reporter, and once', async () => {
    const { video } = await thread();
    const target = await probe.account(rig.mallory.id);
    const { moderation, reportDesk, inTx } = rig.server.context;
    const report = { reporterId: alice.id, targetId: target.id, comment: 'She hurt me', commentIds: [] };
    const filed = await inTx((tx) =>
      moderation.file(tx, { ...report, videoIds: [video.id], forward: false }),
    );
    if (!filed.ok) throw new Error(filed.detail);
    const tell = () =>
      inTx((tx) => reportDesk.forward(tx, operator, { id: filed.reportId, summary: 'Threats in a video.' }));
    const { toA, toE } = await sentBy(tell);
    expect(toA).toEqual([]);
    expect(toE).toMatchObject([
      { type: 'Flag', actor: `${rig.server.origin}/actor`, content: 'Threats in a video.' },
    ]);
    expect(JSON.stringify(toE)).not.toMatch(/hurt me|alice/);
    expect(await tell()).toMatchObject({ ok: false, reason: 'report-changed' });
  });

  test('that is not to be told stays here', async () => {
    const target = await probe.account(rig.mallory.id);
    const { moderation, inTx } = rig.server.context;
    const report = { reporterId: alice.id, targetId: target.id, comment: '', commentIds: [], videoIds: [] };
    const { toE } = await sentBy(() => inTx((tx) => moderation.file(tx, { ...report, forward: false })));
    expect(toE).toEqual([]);
  });
});
