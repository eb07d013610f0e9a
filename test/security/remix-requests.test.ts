import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { remixRequestLimits } from '../../config/media-limits.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import {
  activityOf,
  createOf,
  letFollow,
  noteOf,
  outcomeOf,
  PUBLIC,
  publish,
  quiet,
  type Rig,
  startRig,
} from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import type { PeerActor } from '../helpers/peer.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';

/** Duets and stitches that wait for the author of their original, on either side, and who may end that (ADR 0080). */
let rig: Rig;
let client: Client;
let author: Person;
let bob: Person;

beforeAll(async () => {
  rig = await startRig();
  client = clientOf(rig.server.origin);
  const people = createPeople(rig.server);
  bob = await people.signedIn('bob');
  const account = await rig.server.context.accounts.byActorUri(rig.alice.account.uri);
  if (!account) throw new Error('There is no alice.');
  author = { id: account.id, account, token: await people.tokenOf(account) };
  await letFollow(rig, rig.a, rig.carol);
});
afterAll(() => rig.close());
beforeEach(() => empty(rig.server, 'remix_requests', 'notifications'));

const db = () => rig.server.context.db;
const does = (actor: PeerActor, activity: { id: string }) => outcomeOf(rig.server, actor, activity);
const duetOf = (uri: string) => ({ quote: uri, remixOf: uri, remixKind: 'duet', remixLayout: 'top_bottom' });
const waiting = async (as: Person = author) =>
  (await client.get('/api/v1/remix_requests', { as })).body as { id: string; [more: string]: unknown }[];
const answer = (id: string, verb: 'allow' | 'refuse', as: Person = author) =>
  client.post(`/api/v1/remix_requests/${id}/${verb}`, { as });
const told = async (type: string) =>
  (await db()('notifications').where({ type, state: 'shown' }).select('account_id')).map(
    ({ account_id }) => account_id,
  );
const consentOf = async (uri: string) =>
  (await db()('videos').where({ uri }).first('remix_consent')).remix_consent;

describe('somebody elsewhere asks for a video of ours', () => {
  /** A video of alice of which she wants to be asked. */
  async function asking() {
    const video = await publish(rig);
    await db()('videos').where({ id: video.id }).update({ remix_asks: true });
    return video;
  }

  async function asked(uri: string, by = rig.carol) {
    const note = noteOf(by, { content: '<p>Look at <b>this</b></p>', ...duetOf(uri) });
    const request = activityOf('QuoteRequest', by, uri, { instrument: note });
    expect(await does(by, request)).toBe('applied');
    const answers = () =>
      rig.a.received.filter(({ activity }) => activity.object?.id === request.id).map((one) => one.activity);
    return { note, request, answers };
  }

  test('and says on the wire that they have to', async () => {
    const video = await asking();
    const headers = { accept: 'application/activity+json' };
    const note = await (await fetch(video.uri, { headers })).json();
    expect(note.interactionPolicy).toMatchObject({
      canQuote: { automaticApproval: [PUBLIC] },
      canDuet: { automaticApproval: [rig.alice.account.uri], manualApproval: [PUBLIC] },
      canStitch: { automaticApproval: [rig.alice.account.uri], manualApproval: [PUBLIC] },
    });
  });

  test('hears nothing until she says yes, and then has it in writing', async () => {
    const video = await asking();
    const { note, answers } = await asked(video.uri);
    expect(answers()).toEqual([]);
    expect(await waiting()).toMatchObject([
      {
        ...{ kind: 'duet', caption: 'Look at this', video_id: video.id },
        account: { acct: expect.stringMatching(/^carol@/) },
        preview_url: note.attachment[0]?.url,
      },
    ]);
    expect(await told('vireo.remix_request')).toEqual([author.id]);
    expect(await waiting(bob)).toEqual([]);
    const [{ id = '' } = {}] = await waiting();
    expect((await answer(id, 'allow', bob)).status).toBe(404);
    expect(answers()).toEqual([]);

    expect((await answer(id, 'allow')).status).toBe(200);
    await quiet(rig.server);
    expect(await waiting()).toEqual([]);
    const [{ type, result } = { type: null, result: null }] = answers();
    expect(type).toBe('Accept');
    const headers = { accept: 'application/activity+json' };
    expect(await (await fetch(result, { headers })).json()).toMatchObject({
      ...{ type: 'QuoteAuthorization', interactingObject: note.id, interactionTarget: video.uri },
    });
    expect((await answer(id, 'refuse')).status).toBe(404);
    expect(await does(rig.carol, createOf(rig.carol, note))).toBe('applied');
    expect(await consentOf(note.id)).toBe('given');
  });

  test('is turned down, and once more without bothering her', async () => {
    const video = await asking();
    const { note, answers } = await asked(video.uri);
    const [{ id = '' } = {}] = await waiting();
    expect((await answer(id, 'refuse')).status).toBe(200);
    await quiet(rig.server);
    expect(answers()).toMatchObject([{ type: 'Reject' }]);
    const again = activityOf('QuoteRequest', rig.carol, video.uri, { instrument: note });
    await does(rig.carol, again);
    expect(rig.a.received.at(-1)?.activity).toMatchObject({ type: 'Reject', object: { id: again.id } });
    expect(await waiting()).toEqual([]);
    expect(await told('vireo.remix_request')).toHaveLength(1);
    expect(await does(rig.carol, createOf(rig.carol, note))).toBe('applied');
    expect(await consentOf(note.id)).toBe('asked');
  });

  test('bothers her no more once they deleted what they ask about', async () => {
    const video = await asking();
    const [kept, gone] = [await asked(video.uri), await asked(video.uri)];
    expect(await waiting()).toHaveLength(2);
    const mole = await rig.a.actor('mole');
    for (const [by, left] of [
      [mole, 2],
      [rig.carol, 1],
    ] as const) {
      expect(await does(by, activityOf('Delete', by, gone.note.id))).toBe('applied');
      expect(await waiting()).toHaveLength(left);
    }
    expect(await waiting()).toMatchObject([{ preview_url: kept.note.attachment[0]?.url }]);
  });

  test('gets no duet by the stamp of a plain quote', async () => {
    const video = await asking();
    const note = noteOf(rig.carol, duetOf(video.uri));
    const plain = { ...note, remixKind: undefined };
    await does(rig.carol, activityOf('QuoteRequest', rig.carol, video.uri, { instrument: plain }));
    expect(rig.a.received.at(-1)?.activity.type).toBe('Accept');
    expect(await does(rig.carol, createOf(rig.carol, note))).toBe('applied');
    expect(await consentOf(note.id)).toBe('asked');
    // Nor a stitch by that of a duet.
    const { note: duet } = await asked(video.uri);
    await answer((await waiting())[0]?.id ?? '', 'allow');
    await quiet(rig.server);
    const stitch = { ...duet, remixKind: 'stitch', remixLayout: undefined };
    expect(await does(rig.carol, createOf(rig.carol, stitch))).toBe('applied');
    expect(await consentOf(duet.id)).toBe('asked');
  });

  test('does not fill her list, nor stays in it once she blocks them', async () => {
    const video = await asking();
    const { maxWaiting } = remixRequestLimits;
    const pest = await rig.a.actor('pest');
    await asked(video.uri, pest);
    const [row] = await db()('remix_requests');
    await db()('remix_requests').insert(
      Array.from({ length: maxWaiting - 1 }, (_, n) => ({
        ...row,
        id: rig.server.context.ids.next(),
        instrument_uri: rig.a.url(`/n/${n}`),
      })),
    );
    const { answers } = await asked(video.uri, pest);
    expect(answers()).toMatchObject([{ type: 'Reject' }]);
    expect(await waiting()).toHaveLength(maxWaiting);
    const { accounts, social, inTx } = rig.server.context;
    const account = await accounts.byActorUri(pest.id);
    if (!account) throw new Error('There is no pest.');
    await inTx((tx) => social.block(tx, author.account, account));
    expect(await waiting()).toEqual([]);
  });
});

describe('somebody of ours asks for a video of another server', () => {
  /** A video of carol, of which she wants to be asked, and a duet of alice with it. */
  async function made() {
    const policy = { canDuet: { manualApproval: [PUBLIC] } };
    const note = noteOf(rig.carol, { interactionPolicy: policy });
    expect(await does(rig.carol, createOf(rig.carol, note))).toBe('applied');
    const original = await db()('videos').where({ uri: note.id }).first('id');
    const about = {
      originalId: original.id as VideoId,
      kind: 'duet',
      layout: 'side_by_side',
      carriesSound: true,
    } as const;
    const remix = await publish(rig, {}, about);
    await quiet(rig.server);
    const sent = (type: string) =>
      rig.a.received.filter(
        ({ activity }) =>
          activity.type === type &&
          (activity.object?.id === remix.uri || activity.instrument?.id === remix.uri),
      );
    return {
      note,
      remix,
      sent,
      original: original.id as VideoId,
      request: sent('QuoteRequest')[0]?.activity,
    };
  }
  const seen = async (id: string, as?: Person) => (await client.get(`/api/v1/videos/${id}`, { as })).status;
  const made_of = async (id: string) =>
    (await client.get(`/api/v1/videos/${id}`, { as: author })).body.remix_of;

  function stampAt(note: { id: string }, remix: { uri: string }, more: object = {}): string {
    const path = `/stamps/${remix.uri.split('/').at(-1)}${Object.keys(more).length}`;
    const id = rig.a.url(path);
    const said = { interactingObject: remix.uri, interactionTarget: note.id, attributedTo: rig.carol.id };
    rig.a.page(path, { id, type: 'QuoteAuthorization', ...said, ...more });
    return id;
  }

  test('who alone is told of it, and everybody once she agrees', async () => {
    const { note, remix, sent, request } = await made();
    expect(request).toMatchObject({ object: note.id, instrument: { remixOf: note.id, remixKind: 'duet' } });
    expect([sent('QuoteRequest').length, sent('Create').length]).toEqual([1, 0]);
    expect([await seen(remix.id), await seen(remix.id, bob), await seen(remix.id, author)]).toEqual([
      ...[404, 404, 200],
    ]);
    const headers = { accept: 'application/activity+json' };
    expect((await fetch(remix.uri, { headers })).status).toBe(404);
    expect(await made_of(remix.id)).toMatchObject({
      ...{ state: 'pending', unpublished: true, refusal: null },
      account: { acct: expect.stringMatching(/^carol@/) },
    });
    const accept = (actor: PeerActor, result: string) =>
      does(actor, activityOf('Accept', actor, request, { result }));
    const forged = stampAt(note, remix, { interactionTarget: rig.a.url('/another') });
    expect(await accept(rig.carol, forged)).toBe('refused: stamp-invalid');
    expect(await accept(rig.mallory, stampAt(note, remix))).toBe('refused: not-the-one-asked');
    expect(await seen(remix.id)).toBe(404);

    const stamp = stampAt(note, remix);
    expect(await accept(rig.carol, stamp)).toBe('applied');
    await quiet(rig.server);
    expect(await seen(remix.id)).toBe(200);
    expect(sent('Create').map(({ activity }) => activity.object.quoteAuthorization)).toEqual([stamp]);
    expect(sent('QuoteRequest')).toHaveLength(1);
    expect(await made_of(remix.id)).toMatchObject({ state: 'available', unpublished: false });

    // What she takes back later hides nothing of it, and is told.
    expect(await does(rig.carol, activityOf('Delete', rig.carol, stamp))).toBe('applied');
    await quiet(rig.server);
    expect(await seen(remix.id)).toBe(200);
    expect(await made_of(remix.id)).toMatchObject({ state: 'refused', refusal: 'declined', account: null });
    expect(await told('vireo.remix_refused')).toEqual([author.id]);
  });

  test('who refuses: it stays with whoever made it, who is told', async () => {
    const { remix, sent, request } = await made();
    expect(await does(rig.mallory, activityOf('Reject', rig.mallory, request))).toBe(
      'refused: not-the-one-asked',
    );
    expect(await does(rig.carol, activityOf('Reject', rig.carol, request))).toBe('applied');
    await quiet(rig.server);
    expect([await seen(remix.id), await seen(remix.id, author)]).toEqual([404, 200]);
    expect(await made_of(remix.id)).toMatchObject({
      ...{ state: 'refused', unpublished: true, refusal: 'declined' },
    });
    expect(await told('vireo.remix_refused')).toEqual([author.id]);
    expect(sent('Create')).toEqual([]);
    expect((await client.delete(`/api/v1/videos/${remix.id}`, { as: author })).status).toBe(200);
    expect(sent('Delete')).toEqual([]);
  });

  test('who does not answer in time, or deletes it meanwhile', async () => {
    const { remixes, inTx, clock, videos } = rig.server.context;
    const [silent, gone] = [await made(), await made()];
    const end = (at: number) => inTx((tx) => remixes.endSilence(tx, at));
    expect(await end(clock.now() + remixRequestLimits.silenceMs - 60_000)).toBe(0);
    await inTx(async (tx) => {
      const { account_id: carolId } = await tx('videos').where({ id: gone.original }).first('account_id');
      await videos.remove(tx, gone.original, carolId);
    });
    expect(await end(clock.now())).toBe(1);
    expect(await made_of(gone.remix.id)).toMatchObject({ state: 'refused', refusal: 'gone' });
    expect(await end(clock.now() + remixRequestLimits.silenceMs + 60_000)).toBe(1);
    await quiet(rig.server);
    expect(await made_of(silent.remix.id)).toMatchObject({ state: 'refused', refusal: 'silence' });
    expect(await seen(silent.remix.id)).toBe(404);
    // A yes that comes too late publishes nothing.
    const { note, remix, request } = silent;
    const late = activityOf('Accept', rig.carol, request, { result: stampAt(note, remix) });
    expect(await does(rig.carol, late)).toBe('ignored: answered-before');
    expect(await seen(silent.remix.id)).toBe(404);
  });

  test('whose yes lets nobody past a moderator', async () => {
    const { note, remix, request } = await made();
    const { videos, inTx } = rig.server.context;
    await db()('videos').where({ id: remix.id }).update({ hold: true });
    const result = stampAt(note, remix);
    expect(await does(rig.carol, activityOf('Accept', rig.carol, request, { result }))).toBe('applied');
    await quiet(rig.server);
    expect(await seen(remix.id)).toBe(404);
    expect(await inTx((tx) => videos.release(tx, remix.id))).toMatchObject({ ok: true });
    await quiet(rig.server);
    expect(await seen(remix.id)).toBe(200);
  });
});
