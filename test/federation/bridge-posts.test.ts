import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { followOf, outcomeOf, publish, quiet, type Rig, startRig } from '../helpers/activities.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
  expect(await outcomeOf(rig.server, rig.carol, followOf(rig.carol, rig.alice.account.uri))).toBe('applied');
});
afterAll(() => rig.close());
beforeEach(() => quiet(rig.server));

test('a comment that is hidden before anybody was told of it is told to nobody, and its news are done', async () => {
  const { context } = rig.server;
  const { id, uri } = await publish(rig);
  await quiet(rig.server);
  const [video, author] = [
    await context.videos.internal(id),
    await context.accounts.byActorUri(rig.alice.account.uri),
  ];
  if (!video || !author) throw new Error(`${uri} is gone.`);
  await context.inTx(async (tx) => {
    const details = { text: 'Hm', contentWarning: '', sensitive: false, language: null, mentions: new Map() };
    const said = await context.comments.publish(tx, {
      author,
      video,
      parent: null,
      visibility: 'public',
      details,
    });
    if (!said.ok) throw new Error(said.reason);
    await context.comments.hide(tx, { videoId: id, commentId: said.commentId, accountId: author.id });
  });
  await quiet(rig.server);
  expect(await context.db('events').select('name', 'attempts')).toEqual([]);
  expect(await context.db('activities').where('type', 'Create').whereNot({ object_uri: uri })).toEqual([]);
});
