import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { followOf, outcomeOf, PUBLIC, publish, quiet, type Rig, startRig } from '../helpers/activities.ts';
import { type Client, clientOf } from '../helpers/people.ts';

let rig: Rig;
let client: Client;

beforeAll(async () => {
  rig = await startRig();
  client = clientOf(rig.server.origin);
  expect(await outcomeOf(rig.server, rig.carol, followOf(rig.carol, rig.alice.account.uri))).toBe('applied');
});
afterAll(() => rig.close());
beforeEach(() => quiet(rig.server));

const change = async (id: string, body: object): Promise<void> => {
  const answer = await client.patch(`/api/v1/videos/${id}`, { as: rig.alice, body });
  expect(answer.status, answer.text).toBe(200);
  await quiet(rig.server);
};
/** Activities about a post that reached the server of carol, oldest first. */
const about = (uri: string) =>
  rig.a.received.map(({ activity }) => activity).filter(({ object }) => object?.id === uri);

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

test('whoever may comment no more is told so with a newer date, and nobody is where nothing changed', async () => {
  const { id, uri } = await publish(rig);
  await quiet(rig.server);
  await change(id, { permissions: { comment: true }, visibility: 'public', caption: 'A clip #first' });
  expect(about(uri).map(({ type }) => type)).toEqual(['Create']);
  await change(id, { permissions: { comment: false } });
  const [create, update] = about(uri);
  expect(update).toMatchObject({
    type: 'Update',
    object: { interactionPolicy: { canReply: { automaticApproval: [rig.alice.account.uri] } } },
  });
  expect(Date.parse(update.object.updated)).toBeGreaterThan(Date.parse(create.object.published));
  await change(id, { permissions: { comment: true } });
  const again = about(uri)[2];
  expect(Date.parse(again.object.updated)).toBeGreaterThan(Date.parse(update.object.updated));
});

test.for(['direct', 'followers'] as const)(
  'a video that was %s and is for everybody now is new to those who were not told, and an edit to others',
  async (before) => {
    const { context } = rig.server;
    const mallory = await outcomeOf(rig.server, rig.mallory, followOf(rig.mallory, rig.alice.account.uri));
    expect(mallory).toBe('applied');
    const told = before === 'direct' ? rig.mallory : rig.carol;
    const named = await context.accounts.byActorUri(told.id);
    if (!named) throw new Error('Nobody is named.');
    const mentions = new Map([[told.handle.slice(1), named]]);
    const { id, uri } = await publish(rig, { visibility: before, caption: `${told.handle} look`, mentions });
    await quiet(rig.server);
    // As if it had followed later.
    if (before === 'followers') {
      await context.db('deliveries').where('inbox_uri', 'like', `${rig.e.origin}/%`).delete();
    }
    await change(id, { visibility: 'public' });
    const sent = await context
      .db('deliveries')
      .join('activities', 'activities.id', 'deliveries.activity_id')
      .where({ 'activities.object_uri': uri })
      .whereIn('deliveries.state', ['delivered', 'queued'])
      .orderBy('deliveries.id')
      .select('type', 'inbox_uri');
    const of = (peer: Rig['a']) =>
      sent.filter(({ inbox_uri }) => inbox_uri.startsWith(peer.origin)).map(({ type }) => type);
    const [toTold, toOthers] = before === 'direct' ? [rig.e, rig.a] : [rig.a, rig.e];
    expect([of(toTold), of(toOthers)]).toEqual([['Create', 'Update'], ['Create']]);
    const last = about(uri);
    expect(last.at(-1).object.to).toEqual([PUBLIC]);
  },
);
