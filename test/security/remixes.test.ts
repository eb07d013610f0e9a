import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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
import type { Peer, PeerActor } from '../helpers/peer.ts';

/** What other servers say about duets and stitches, and what they ask: who may say it, and what becomes of it (FEP-044f). */
let rig: Rig;
let serial = 0;

beforeAll(async () => {
  rig = await startRig();
  await letFollow(rig, rig.a, rig.carol);
});
afterAll(() => rig.close());
beforeEach(() => empty(rig.server, 'quote_authorizations'));

const db = () => rig.server.context.db;
const does = (actor: PeerActor, activity: { id: string }) => outcomeOf(rig.server, actor, activity);
const OPEN = { automaticApproval: [PUBLIC] };

/** What a note says that it was made from. */
const duetOf = (uri: string, more: object = {}) => ({
  ...{ quote: uri, remixOf: uri, remixKind: 'duet', remixLayout: 'top_bottom' },
  ...more,
});

/** A duet by carol, sent here; with what our API says of it. */
async function duet(uri: string, more: object = {}) {
  const note = noteOf(rig.carol, duetOf(uri, more));
  expect(await does(rig.carol, createOf(rig.carol, note))).toBe('applied');
  return note;
}

async function shown(uri: string) {
  await quiet(rig.server);
  const row = await db()('videos').where({ uri }).first('id', 'remix_consent', 'remix_of_id');
  const status = await rig.alice.status(row.id);
  return {
    consent: row.remix_consent,
    state: status.video?.remix_of?.state,
    of: status.video?.remix_of?.video_id,
    names: status.video?.remix_of?.account?.acct ?? null,
    quote: status.quote?.state,
  };
}

const counted = async (id: string) => (await rig.alice.status(id)).video?.remixes;
const remixesOf = async (id: VideoId) =>
  (await rig.server.context.videos.remixesOf(id, null, { maxId: null, minId: null, limit: 20 })).map(
    ({ uri }) => uri,
  );
const tells = async (type: string) => {
  const rows = await db()('notifications').where({ type, state: 'shown' }).select('subject');
  return rows.length;
};

/** A video of mallory's server, with a policy, and what is needed to name it. */
async function elsewhere(peer: Peer, author: PeerActor, more: object = {}) {
  serial += 1;
  const path = `/videos/${serial}`;
  const note = noteOf(author, { id: peer.url(path), url: peer.url(path), ...more });
  peer.page(path, { '@context': 'https://www.w3.org/ns/activitystreams', ...note });
  return note;
}

function stampAt(peer: Peer, said: object): string {
  serial += 1;
  const path = `/stamps/${serial}`;
  const id = peer.url(path);
  peer.page(path, { id, type: 'QuoteAuthorization', ...said });
  return id;
}

describe('a remix of a video of ours', () => {
  test('names nobody and counts for nothing until its author’s server was asked', async () => {
    const video = await publish(rig);
    const before = await tells('quote');
    const mentions = await tells('mention');
    // Named as other servers of ours name whose video it was.
    const tag = [{ type: 'Mention', href: rig.alice.account.uri, name: '@alice' }];
    const note = await duet(video.uri, { tag });
    expect(await shown(note.id)).toEqual({
      ...{ consent: 'asked', state: 'pending', of: null, names: null, quote: 'pending' },
    });
    expect([await counted(video.id), await remixesOf(video.id)]).toEqual([0, []]);
    expect(await tells('quote')).toBe(before);

    const request = activityOf('QuoteRequest', rig.carol, video.uri, { instrument: note });
    expect(await does(rig.carol, request)).toBe('applied');
    expect(await shown(note.id)).toEqual({
      ...{ consent: 'given', state: 'available', of: video.id, names: 'alice', quote: 'accepted' },
    });
    expect([await counted(video.id), await remixesOf(video.id)]).toEqual([1, [note.id]]);
    expect(await tells('quote')).toBe(before + 1);
    expect(await tells('mention')).toBe(mentions);
  });

  test('may also be asked for before it arrives', async () => {
    const video = await publish(rig);
    const note = noteOf(rig.carol, duetOf(video.uri));
    await does(rig.carol, activityOf('QuoteRequest', rig.carol, video.uri, { instrument: note }));
    expect(await does(rig.carol, createOf(rig.carol, note))).toBe('applied');
    expect(await shown(note.id)).toMatchObject({ consent: 'given', of: video.id });
  });

  test('that its author does not allow is turned down, and stays without a name', async () => {
    const video = await publish(rig);
    await db()('videos').where({ id: video.id }).update({ allows_duet: false });
    const note = noteOf(rig.carol, duetOf(video.uri));
    const request = activityOf('QuoteRequest', rig.carol, video.uri, { instrument: note });
    expect(await does(rig.carol, request)).toBe('applied');
    const answer = rig.a.received.findLast(({ activity }) => activity.object?.id === request.id);
    expect(answer?.activity.type).toBe('Reject');
    expect(await db()('quote_authorizations').select()).toEqual([]);
    expect(await does(rig.carol, createOf(rig.carol, note))).toBe('applied');
    expect(await shown(note.id)).toMatchObject({ consent: 'asked', names: null });
    // A stitch is another thing, and a plain quote, too.
    const stitch = { ...noteOf(rig.carol), ...duetOf(video.uri, { remixKind: 'stitch' }) };
    await does(rig.carol, activityOf('QuoteRequest', rig.carol, video.uri, { instrument: stitch }));
    expect(rig.a.received.at(-1)?.activity.type).toBe('Accept');
  });

  test('that was asked for as a plain quote is measured again when it arrives', async () => {
    const video = await publish(rig);
    await db()('videos').where({ id: video.id }).update({ allows_duet: false });
    const note = noteOf(rig.carol, duetOf(video.uri));
    const plain = { ...note, remixKind: undefined };
    await does(rig.carol, activityOf('QuoteRequest', rig.carol, video.uri, { instrument: plain }));
    expect(rig.a.received.at(-1)?.activity.type).toBe('Accept');
    expect(await does(rig.carol, createOf(rig.carol, note))).toBe('applied');
    expect(await shown(note.id)).toMatchObject({ consent: 'asked', names: null });
    expect(await counted(video.id)).toBe(0);
  });

  test('of somebody whom its author blocks is as of one who cannot see it', async () => {
    const video = await publish(rig);
    const blocked = await rig.a.actor('blocked');
    await letFollow(rig, rig.a, blocked);
    const { accounts, social, inTx } = rig.server.context;
    const [alice, theirs] = await Promise.all(
      [rig.alice.account.uri, blocked.id].map((uri) => accounts.byActorUri(uri)),
    );
    if (!alice || !theirs) throw new Error('Nobody is there.');
    await inTx((tx) => social.block(tx, alice, theirs));
    const note = noteOf(blocked, duetOf(video.uri));
    const request = activityOf('QuoteRequest', blocked, video.uri, { instrument: note });
    expect(await does(blocked, request)).toBe('ignored: unknown-object');
  });
});

describe('a remix of what lies elsewhere', () => {
  const original = () => elsewhere(rig.e, rig.mallory);

  test('counts where the server of the original serves a stamp that says so', async () => {
    const { id: target } = await original();
    const note = noteOf(rig.carol);
    const stamp = stampAt(rig.e, {
      ...{ attributedTo: rig.mallory.id, interactingObject: note.id, interactionTarget: target },
    });
    const sent = { ...note, ...duetOf(target, { quoteAuthorization: stamp }) };
    expect(await does(rig.carol, createOf(rig.carol, sent))).toBe('applied');
    expect(await shown(note.id)).toMatchObject({ consent: 'given', state: 'available' });
    // What it was made from was asked for at its own server, and is no news here.
    const row = await db()('videos').where({ uri: target }).first('discovery', 'id');
    expect(row.discovery).toBe(true);
    expect(await counted(row.id)).toBe(1);
  });

  test.each([
    ['of another server', 'a', {}],
    ['by somebody else', 'e', { attributedTo: 'nobody' }],
    ['for another post', 'e', { interactingObject: 'another' }],
    ['of another original', 'e', { interactionTarget: 'another' }],
    ['that is something else', 'e', { type: 'Note' }],
    ['that is too large', 'e', { padding: 'x'.repeat(2_000_000) }],
  ] as const)('counts for nothing with a stamp %s', async (_what, where, changes) => {
    const { id: target } = await original();
    const note = noteOf(rig.carol);
    const peer = where === 'a' ? rig.a : rig.e;
    const elsewhereOf = Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [
        name,
        value === 'nobody' || value === 'another' ? rig.e.url(`/${value}`) : value,
      ]),
    );
    const stamp = stampAt(peer, {
      ...{ attributedTo: rig.mallory.id, interactingObject: note.id, interactionTarget: target },
      ...elsewhereOf,
    });
    const asked = rig.a.asked().length;
    const sent = { ...note, ...duetOf(target, { quoteAuthorization: stamp }) };
    expect(await does(rig.carol, createOf(rig.carol, sent))).toBe('applied');
    expect(await shown(note.id)).toMatchObject({ consent: 'asked', names: null, quote: 'pending' });
    // Nobody is asked who cannot know.
    if (where === 'a') expect(rig.a.asked().length).toBe(asked);
  });

  test('loses its leave with its stamp, also where other posts claim that very stamp', async () => {
    const { id: target } = await original();
    const note = noteOf(rig.carol);
    const stamp = stampAt(rig.e, {
      ...{ attributedTo: rig.mallory.id, interactingObject: note.id, interactionTarget: target },
    });
    const claim = duetOf(target, { quoteAuthorization: stamp });
    const posts = [noteOf(rig.carol), note, noteOf(rig.carol)].map((one) => ({ ...one, ...claim }));
    for (const one of posts) expect(await does(rig.carol, createOf(rig.carol, one))).toBe('applied');
    const consents = async () => {
      const found = posts.map(async ({ id }) => (await shown(id)).consent);
      return Promise.all(found);
    };
    expect(await consents()).toEqual(['asked', 'given', 'asked']);
    expect(await does(rig.mallory, activityOf('Delete', rig.mallory, stamp))).toBe('applied');
    expect(await consents()).toEqual(['refused', 'refused', 'refused']);
  });

  test('keeps nobody from deleting a post by claiming its address as a stamp', async () => {
    const { id: target } = await original();
    const post = noteOf(rig.carol);
    await does(rig.carol, createOf(rig.carol, post));
    const note = noteOf(rig.carol);
    const claim = duetOf(target, { quoteAuthorization: post.id });
    expect(await does(rig.carol, createOf(rig.carol, { ...note, ...claim }))).toBe('applied');
    expect(await shown(note.id)).toMatchObject({ consent: 'asked' });
    expect(await does(rig.carol, activityOf('Delete', rig.carol, post.id))).toBe('applied');
    expect(await db()('videos').where({ uri: post.id }).first()).toBeUndefined();
  });

  test('is its author’s own business where both are by the same person', async () => {
    const first = noteOf(rig.carol);
    await does(rig.carol, createOf(rig.carol, first));
    const note = await duet(first.id);
    expect(await shown(note.id)).toMatchObject({ consent: 'given', state: 'available' });
  });

  test('whose original is not for everybody, or is none, stays without one', async () => {
    const secret = await elsewhere(rig.e, rig.mallory, { to: [rig.mallory.followers], cc: [] });
    for (const uri of [secret.id, rig.e.url('/videos/none'), rig.mallory.id]) {
      const note = await duet(uri);
      expect(await shown(note.id)).toMatchObject({ consent: 'asked', of: null });
    }
    expect(await db()('videos').where({ uri: secret.id })).toEqual([]);
  });
});

describe('our own remix of a video elsewhere', () => {
  /** A video of carol that is here, with this policy. */
  async function ofCarol(interactionPolicy?: object): Promise<{ id: VideoId; uri: string }> {
    const note = noteOf(rig.carol, { interactionPolicy });
    expect(await does(rig.carol, createOf(rig.carol, note))).toBe('applied');
    const row = await db()('videos').where({ uri: note.id }).first('id');
    return { id: row.id, uri: note.id };
  }

  const refusal = async (policy: object | undefined, kind: 'duet' | 'stitch' = 'duet') => {
    const { accounts, remixes } = rig.server.context;
    const alice = await accounts.byActorUri(rig.alice.account.uri);
    if (!alice) throw new Error('There is no alice.');
    const answer = await remixes.mayRemix(alice, (await ofCarol(policy)).id, kind);
    return answer.ok ? (answer.asks ? 'asks' : 'ok') : answer.reason;
  };

  test('obeys what its server says, and takes silence for a no', async () => {
    const NOBODY = { automaticApproval: [rig.carol.id] };
    expect(await refusal(undefined)).toBe('remix-not-said');
    expect(await refusal({ canLike: OPEN })).toBe('remix-not-said');
    // As Loops writes it.
    expect(await refusal({ canQuote: {} })).toBe('remix-not-allowed');
    expect(await refusal({ canQuote: OPEN })).toBe('ok');
    expect(await refusal({ canQuote: { manualApproval: [PUBLIC] } })).toBe('asks');
    expect(await refusal({ canQuote: OPEN, canDuet: NOBODY })).toBe('remix-not-allowed');
    expect(await refusal({ canQuote: OPEN, canDuet: NOBODY }, 'stitch')).toBe('ok');
    expect(await refusal({ canQuote: NOBODY, canDuet: OPEN })).toBe('ok');
    expect(await refusal({ canQuote: NOBODY, canDuet: { manualApproval: [PUBLIC] } })).toBe('asks');
    expect(await refusal({ canQuote: NOBODY, canDuet: { manualApproval: [PUBLIC] } }, 'stitch')).toBe(
      'remix-not-allowed',
    );
    expect(await refusal({ canQuote: { automaticApproval: [rig.carol.followers] } })).toBe(
      'remix-not-allowed',
    );
  });

  /** A duet by alice with a video of carol, as it reached carol's server. */
  async function made() {
    const original = await ofCarol({ canQuote: OPEN });
    const remix = await publish(
      rig,
      {},
      { originalId: original.id, kind: 'duet', layout: 'side_by_side', carriesSound: true },
    );
    await quiet(rig.server);
    const sent = (type: string) =>
      rig.a.received.filter(
        ({ activity }) =>
          activity.type === type &&
          (activity.object?.id === remix.uri || activity.instrument?.id === remix.uri),
      );
    const request = sent('QuoteRequest').at(-1)?.activity;
    return { original, remix, sent, request };
  }

  test('goes out as a quote that answers nothing, and asks its author', async () => {
    const { original, remix, sent, request } = await made();
    const { object } = sent('Create').at(-1)?.activity ?? {};
    expect(object).toMatchObject({
      ...{ quote: original.uri, quoteUri: original.uri, quoteUrl: original.uri },
      ...{ _misskey_quote: original.uri, remixOf: original.uri },
      ...{ remixKind: 'duet', remixLayout: 'side_by_side' },
      tag: expect.arrayContaining([expect.objectContaining({ type: 'Mention', href: rig.carol.id })]),
    });
    expect(object.content).toMatch(
      /<p class="quote-inline">Duet with <a href="[^"]+">@carol@[^<]+<\/a><\/p>$/,
    );
    expect(object).not.toHaveProperty('inReplyTo');
    expect(object).not.toHaveProperty('quoteAuthorization');
    expect(request).toMatchObject({ actor: rig.alice.account.uri, object: original.uri });
    expect(request.instrument).toMatchObject({ type: 'Note', attributedTo: rig.alice.account.uri });
    const status = await rig.alice.status(remix.id);
    expect(status.video?.remix_of).toMatchObject({ state: 'pending', video_id: original.id });
  });

  test('shows the stamp that its author gives, and no other', async () => {
    const { original, remix, sent, request } = await made();
    const said = {
      attributedTo: rig.carol.id,
      interactingObject: remix.uri,
      interactionTarget: original.uri,
    };
    const stamp = stampAt(rig.a, said);
    const accept = (actor: PeerActor, result: unknown, object: unknown = request) =>
      does(actor, activityOf('Accept', actor, object, { result }));
    expect(await accept(rig.mallory, stamp)).toBe('refused: not-the-one-asked');
    expect(await accept(rig.carol, undefined)).toBe('ignored: no-stamp');
    expect(await accept(rig.carol, stampAt(rig.e, said))).toBe('refused: stamp-invalid');
    expect(await accept(rig.carol, stampAt(rig.a, { ...said, interactingObject: rig.a.url('/x') }))).toBe(
      'refused: stamp-invalid',
    );
    expect(await accept(rig.carol, rig.a.url('/no/such/stamp'))).toBe('refused: stamp-invalid');
    expect(await shown(remix.uri)).toMatchObject({ consent: 'asked' });

    expect(await accept(rig.carol, stamp, request.id)).toBe('applied');
    expect(await shown(remix.uri)).toMatchObject({ consent: 'given', state: 'available', of: original.id });
    expect(sent('Update').at(-1)?.activity.object).toMatchObject({ quoteAuthorization: stamp });
    expect(await accept(rig.carol, stamp)).toBe('ignored: answered-before');

    const gone = (actor: PeerActor) => does(actor, activityOf('Delete', actor, stamp));
    const mole = await rig.a.actor(`mole${remix.id}`);
    expect(await gone(rig.mallory)).toBe('refused: not-the-author');
    // Noted as something of their own that is gone, and without effect on the stamp.
    expect(await gone(mole)).toBe('applied');
    expect(await shown(remix.uri)).toMatchObject({ consent: 'given' });
    expect(await gone(rig.carol)).toBe('applied');
    expect(await shown(remix.uri)).toMatchObject({ consent: 'refused', names: null, quote: 'rejected' });
    const told = sent('Update').at(-1)?.activity.object;
    expect(told).not.toHaveProperty('quote');
    expect(told.content).not.toContain('quote-inline');
  });

  test('that its author turns down names nobody any more', async () => {
    const { remix, request } = await made();
    const reject = (actor: PeerActor) => does(actor, activityOf('Reject', actor, request));
    expect(await reject(rig.mallory)).toBe('refused: not-the-one-asked');
    expect(await reject(rig.carol)).toBe('applied');
    expect(await shown(remix.uri)).toMatchObject({ consent: 'refused', state: 'refused', names: null });
  });
});
