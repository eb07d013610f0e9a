import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emitter } from '../../src/db/outbox.ts';
import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { videoEvents } from '../../src/modules/videos/events.ts';
import type { Visibility } from '../../src/modules/videos/index.ts';
import { signUp } from '../../src/setup/demo/client.ts';
import {
  activityOf,
  createOf,
  eventually,
  followOf,
  letFollow,
  outcomeOf,
  PUBLIC,
  post,
  publish,
  quiet,
  type Rig,
  startRig,
} from '../helpers/activities.ts';
import type { Peer, PeerActor } from '../helpers/peer.ts';
import { actorRefusals, judgeVideo } from '../helpers/peertube.ts';
import type { TestServer } from '../helpers/server.ts';

let rig: Rig;
let server: TestServer;
/** Runs PeerTube by its own word; carol and the channel live there. */
let peertube: Peer;
let carol: PeerActor;
let clips: PeerActor;
/** Runs something else; mallory of it follows the person, mike the channel. */
let mastodon: Peer;
let mike: PeerActor;
let alice: Account;
let channel: Account;

const accept = { accept: 'application/activity+json' };
// biome-ignore lint/suspicious/noExplicitAny: whatever our server answered; tests look into it.
const get = async (url: string): Promise<{ status: number; document: any }> => {
  const response = await fetch(new URL(url, server.origin), { headers: accept, redirect: 'manual' });
  return { status: response.status, document: await response.json().catch(() => null) };
};

/** Has a server say what it runs, and waits until that is known. */
async function runs(peer: Peer, software: string): Promise<void> {
  const schema = 'http://nodeinfo.diaspora.software/ns/schema/2.0';
  peer.page('/.well-known/nodeinfo', { links: [{ rel: schema, href: peer.url('/nodeinfo/2.0') }] });
  peer.page('/nodeinfo/2.0', { version: '2.0', software: { name: software, version: '1' } });
  await server.context
    .db('instances')
    .insert({ host: peer.host, software })
    .onConflict('host')
    .merge(['software']);
}

beforeAll(async () => {
  rig = await startRig();
  ({ server, carol, a: peertube, e: mastodon } = rig);
  await Promise.all([runs(peertube, 'peertube'), runs(mastodon, 'mastodon')]);
  clips = await peertube.actor('clips', {
    ...{ type: 'Group', attributedTo: [{ type: 'Person', id: carol.id }] },
  });
  mike = await mastodon.actor('mike');
  const { accounts } = server.context;
  const person = await accounts.byHandle('alice');
  const group = person && (await accounts.channelOf(person.id));
  if (!person || !group) throw new Error('alice has no channel.');
  [alice, channel] = [person, group];
});
afterAll(() => rig.close());

/** What a peer got since it was last asked, in order. */
function inboxOf(peer: Peer) {
  let read = peer.received.length;
  return async () => {
    await quiet(server);
    const news = peer.received.slice(read).map(({ activity }) => activity);
    read = peer.received.length;
    return news;
  };
}

const brief = ({
  type,
  actor,
  object,
}: {
  type: string;
  actor: string;
  object: { type?: string } | string;
}) => `${type} ${typeof object === 'string' ? object : object.type} by ${actor}`;

describe('a channel', () => {
  test('is an actor that PeerTube takes, of another name and with keys of its own', async () => {
    const resource = `acct:alice_channel@${server.context.urls.domain}`;
    const found = await get(`/.well-known/webfinger?resource=${encodeURIComponent(resource)}`);
    const self = found.document.links.find(({ rel }: { rel: string }) => rel === 'self');
    expect(self.href).toBe(channel.actorUri);

    const { document } = await get(channel.actorUri);
    expect(actorRefusals(document, channel.actorUri)).toEqual([]);
    expect(document).toMatchObject({
      ...{ id: channel.actorUri, type: 'Group', preferredUsername: 'alice_channel', name: 'alice' },
      attributedTo: [{ type: 'Person', id: alice.actorUri }],
    });
    const person = await get(alice.actorUri);
    expect(actorRefusals(person.document, alice.actorUri)).toEqual([]);
    expect(document.publicKey.publicKeyPem).not.toBe(person.document.publicKey.publicKeyPem);
    for (const collection of ['followers', 'following', 'outbox']) {
      expect((await get(document[collection])).document.totalItems).toBe(0);
    }
    expect((await get(channel.actorUri)).document.publicKey).toEqual(document.publicKey);
  });

  test('is nobody that people meet', async () => {
    expect(await rig.alice.find('@alice_channel')).toBeNull();
    for (const path of [`/api/v1/accounts/${channel.id}`, '/api/v1/accounts/lookup?acct=alice_channel']) {
      expect((await get(path)).status, path).toBe(404);
    }
    await expect(rig.alice.follow(channel.id)).rejects.toMatchObject({ status: 404 });
    expect((await get('/nodeinfo/2.1')).document.usage.users.total).toBe(
      await server.context
        .db('users')
        .count('* as n')
        .first()
        .then((row) => Number(row?.n)),
    );
  });

  test('has a name that nobody else can have, and another where that is taken', async () => {
    const taken = signUp(server.origin, 'Alice_Channel', 'a long password');
    await expect(taken).rejects.toMatchObject({ status: 422, reason: 'username-taken' });
    await signUp(server.origin, 'bob_channel', 'a long password');
    const bob = await signUp(server.origin, 'bob', 'a long password');
    const made = await server.context.accounts.channelOf(bob.account.id as AccountId);
    expect(made?.username).toBe('bob_videos');
  });

  test('is as absent as its owner', async () => {
    const { db, accounts } = server.context;
    const dave = await signUp(server.origin, 'dave', 'a long password');
    const own = await accounts.channelOf(dave.account.id as AccountId);
    if (!own) throw new Error('dave has no channel.');
    expect((await get(own.actorUri)).status).toBe(200);
    await db('accounts').where({ id: dave.account.id }).update({ state: 'suspended' });
    expect((await get(own.actorUri)).document).toMatchObject({ type: 'Group', suspended: true });
    expect((await get(`${own.actorUri}/outbox`)).status).toBe(404);
    await db('accounts').where({ id: dave.account.id }).delete();
    expect(await accounts.byId(own.id)).toBeNull();
  });

  test('of people who signed up before there were any comes at the next start', async () => {
    const { db, accounts, inTx } = server.context;
    await db('accounts').where({ id: channel.id }).delete();
    expect(await inTx((tx) => accounts.ensureChannels(tx))).toBe(1);
    expect(await inTx((tx) => accounts.ensureChannels(tx))).toBe(0);
    const made = await accounts.channelOf(alice.id);
    expect(made).toMatchObject({ username: 'alice_channel', ownerId: alice.id });
    if (made) channel = made;
  });

  test('answers who follows it at their own inbox', async () => {
    expect(await outcomeOf(server, carol, followOf(carol, channel.actorUri))).toBe('applied');
    const answer = await eventually('the Accept', () =>
      peertube.received.find(({ activity }) => activity.type === 'Accept'),
    );
    expect(answer).toMatchObject({ path: '/users/carol/inbox', activity: { actor: channel.actorUri } });
    expect(answer.request.headers.signature).toContain(`keyId="${channel.actorUri}#main-key"`);
    expect((await get(`${channel.actorUri}/followers`)).document.totalItems).toBe(1);
    expect((await get(`${alice.actorUri}/followers`)).document.totalItems).toBe(0);
  });

  test('is closed to those whom its owner blocks', async () => {
    const { social, accounts, inTx } = server.context;
    const troll = await peertube.actor('troll');
    expect(await outcomeOf(server, troll, followOf(troll, channel.actorUri))).toBe('applied');
    const account = await accounts.byActorUri(troll.id);
    if (!account) throw new Error('The troll is not known.');
    await inTx((tx) => social.block(tx, alice, account));
    expect((await accounts.byId(channel.id))?.counts.followers).toBe(1);
    expect(await outcomeOf(server, troll, followOf(troll, channel.actorUri))).toBe('refused: blocked');
    await inTx((tx) => social.unblock(tx, alice, account));
  });
});

describe('who gets what', () => {
  beforeAll(async () => {
    expect(await outcomeOf(server, rig.mallory, followOf(rig.mallory, alice.actorUri))).toBe('applied');
    expect(await outcomeOf(server, mike, followOf(mike, channel.actorUri))).toBe('applied');
    // A server that shows posts for followers to everybody must not get any, even where one there follows.
    expect(await outcomeOf(server, carol, followOf(carol, alice.actorUri))).toBe('applied');
    await quiet(server);
  });

  test.for(['public', 'unlisted'] as const)('of a video that is %s', async (visibility) => {
    const [atPeerTube, elsewhere] = [inboxOf(peertube), inboxOf(mastodon)];
    const { id, uri } = await publish(rig, { visibility });
    const alias = `${uri}/pt`;
    const there = await atPeerTube();
    expect(there.map(brief).sort()).toEqual([
      `Announce ${alias} by ${channel.actorUri}`,
      `Create Video by ${alice.actorUri}`,
    ]);
    const create = there.find(({ type }) => type === 'Create');
    const actors = Object.fromEntries(
      await Promise.all(
        [alice, channel].map(async ({ actorUri }) => [actorUri, (await get(actorUri)).document]),
      ),
    );
    const served = await get(alias);
    expect(judgeVideo(served.document, { actors }, alias)).toMatchObject({
      refused: [],
      privacy: visibility,
    });
    const { '@context': _context, ...document } = served.document;
    expect(create).toMatchObject({ object: document, to: document.to, cc: document.cc });

    expect((await elsewhere()).map(brief).sort()).toEqual([
      `Announce ${uri} by ${channel.actorUri}`,
      `Create Note by ${alice.actorUri}`,
    ]);

    await server.context.inTx((tx) =>
      server.context.videos.edit(tx, id, alice.id, {
        ...{ caption: 'Another', contentWarning: '', altText: '', language: null, sensitive: false },
        mentions: new Map(),
      }),
    );
    const [update, ...more] = await atPeerTube();
    expect([brief(update), more]).toEqual([`Update Video by ${alice.actorUri}`, []]);
    expect(update.object).toMatchObject({ id: alias, name: 'Another' });
    expect(update.object.updated > update.object.published).toBe(true);
    expect((await elsewhere()).map(brief)).toEqual([`Update Note by ${alice.actorUri}`]);

    await server.context.inTx((tx) => server.context.videos.remove(tx, id, alice.id));
    expect(await atPeerTube()).toMatchObject([
      { type: 'Delete', actor: alice.actorUri, object: { id: alias } },
    ]);
    expect(await elsewhere()).toMatchObject([{ type: 'Delete', actor: alice.actorUri, object: { id: uri } }]);
    expect(await get(alias)).toMatchObject({ status: 410, document: { id: alias, type: 'Tombstone' } });
    for (const name of ['likes', 'dislikes', 'shares', 'comments', 'replies']) {
      expect(await get(`${alias}/${name}`)).toMatchObject({ status: 200, document: { totalItems: 0 } });
    }
  });

  test.for(['followers', 'direct'] as const)('of a video for %s: PeerTube nothing', async (visibility) => {
    const [atPeerTube, elsewhere] = [inboxOf(peertube), inboxOf(mastodon)];
    const named = await Promise.all([carol, mike].map(({ id }) => server.context.accounts.byActorUri(id)));
    const mentions = new Map(named.flatMap((one) => (one ? [[one.acct, one] as const] : [])));
    const { id, uri } = await publish(rig, { visibility, mentions });
    expect((await elsewhere()).map(brief)).toEqual([`Create Note by ${alice.actorUri}`]);
    expect((await get(`${uri}/pt`)).status).toBe(404);
    expect((await get(`${uri}/pt/likes`)).document).toMatchObject({ totalItems: 0 });
    await server.context.inTx((tx) => server.context.videos.remove(tx, id, alice.id));
    expect((await elsewhere()).map(brief)).toEqual([`Delete Tombstone by ${alice.actorUri}`]);
    expect((await get(`${uri}/pt`)).status).toBe(404);
    expect(await atPeerTube()).toEqual([]);
  });

  test('of what nobody edited: captions only PeerTube, a video made anew everybody, each time', async () => {
    const { inTx, ids } = server.context;
    const { id } = await publish(rig, { visibility: 'public' });
    await quiet(server);
    const [atPeerTube, elsewhere] = [inboxOf(peertube), inboxOf(mastodon)];
    const happened = (...names: (keyof typeof videoEvents)[]) =>
      inTx(async (tx) => {
        for (const name of names) await emitter(videoEvents, ids)(tx, name, { videoId: id });
      });
    await happened('video.captioned');
    expect((await atPeerTube()).map(brief)).toEqual([`Update Video by ${alice.actorUri}`]);
    expect(await elsewhere()).toEqual([]);
    await happened('video.updated', 'video.updated');
    const told = await elsewhere();
    expect(told.map(brief)).toEqual([1, 2].map(() => `Update Note by ${alice.actorUri}`));
    expect(new Set(told.map((update) => update.id)).size).toBe(2);
    expect(told[0]?.object).not.toHaveProperty('updated');
    await inTx((tx) => server.context.videos.remove(tx, id, alice.id));
    await quiet(server);
  });

  test('of a profile: both actors, each to its followers', async () => {
    const [atPeerTube, elsewhere] = [inboxOf(peertube), inboxOf(mastodon)];
    const { accounts, inTx } = server.context;
    await inTx((tx) => accounts.editProfile(tx, alice.id, { displayName: 'Alice at sea' }));
    const updates = [`Update Group by ${channel.actorUri}`, `Update Person by ${alice.actorUri}`];
    const there = await atPeerTube();
    expect(there.map(brief).sort()).toEqual(updates);
    for (const { object } of there) expect(object.name).toBe('Alice at sea');
    const group = there.find(({ object }) => object.type === 'Group');
    expect(actorRefusals(group.object, channel.actorUri)).toEqual([]);
    expect((await elsewhere()).map(brief).sort()).toEqual(updates);
  });

  test('of the outbox of the channel: its Announces', async () => {
    const { id, uri } = await publish(rig);
    const { document } = await get(`${channel.actorUri}/outbox?page=true`);
    expect(document.orderedItems.map(brief)).toEqual([`Announce ${uri}/pt by ${channel.actorUri}`]);
    await server.context.inTx((tx) => server.context.videos.remove(tx, id, alice.id));
  });
});

describe('one video of two ids', () => {
  let video: { id: VideoId; uri: string };
  beforeAll(async () => {
    video = await publish(rig);
    await quiet(server);
  });
  const outcome = (activity: { id: string }) => outcomeOf(server, carol, activity);
  const total = async (name: string) => (await get(`${video.uri}/pt/${name}`)).document.totalItems;

  /** The addresses under which the video may be meant. */
  const ids = () => [`${video.uri}/pt`, video.uri, server.context.urls.videoPage('alice', video.id)];

  test('likes, dislikes, shares and views reach it by each', async () => {
    const { db } = server.context;
    for (const object of ids()) {
      const like = activityOf('Like', carol, object);
      expect(await outcome(like), object).toBe('applied');
      expect([await total('likes'), (await get(`${video.uri}/likes`)).document.totalItems]).toEqual([1, 1]);
      expect(await outcome(activityOf('Undo', carol, like))).toBe('applied');
      expect(await total('likes')).toBe(0);
      const dislike = activityOf('Dislike', carol, object);
      expect(await outcome(dislike)).toBe('applied');
      expect(await total('dislikes')).toBe(0);
      expect(await outcome(activityOf('Undo', carol, dislike))).toBe('applied');
      expect(await outcome(activityOf('View', carol, object))).toBe('applied');
    }
    expect(await db('remote_views').where({ video_id: video.id }).sum('views as views').first()).toEqual({
      views: '3',
    });
    const share = activityOf('Announce', carol, ids()[0]);
    expect(await outcome(share)).toBe('applied');
    expect(await total('shares')).toBe(1);
    expect(await outcome(activityOf('Undo', carol, share.id))).toBe('applied');
    expect(await total('shares')).toBe(0);
  });

  test('comments come under it by each, and go', async () => {
    for (const inReplyTo of ids()) {
      const note = {
        ...{ id: `${carol.id}/comments/${randomUUID()}`, type: 'Note', attributedTo: carol.id, inReplyTo },
        ...{ content: 'Nice **clip**', mediaType: 'text/markdown', replyApproval: null, tag: [] },
        ...{ to: [PUBLIC], cc: [], published: new Date().toISOString() },
      };
      expect(await outcome(createOf(carol, note)), inReplyTo).toBe('applied');
      for (const name of ['pt/comments', 'pt/replies', 'replies']) {
        const { document } = await get(`${video.uri}/${name}?page=true`);
        expect(document.orderedItems).toEqual([note.id]);
      }
      expect(await outcome(activityOf('Delete', carol, note.id))).toBe('applied');
      expect(await total('comments')).toBe(0);
    }
  });

  test('reports of it, and of the channel, are about its author', async () => {
    for (const object of [ids()[0], [ids()[0]], channel.actorUri]) {
      expect(await outcome(activityOf('Flag', carol, object, { content: 'Spam' }))).toBe('applied');
    }
    const rows = await server.context.db('reports').orderBy('id').select('target_id', 'video_ids');
    expect(rows).toEqual([
      { target_id: alice.id, video_ids: [video.id] },
      { target_id: alice.id, video_ids: [video.id] },
      { target_id: alice.id, video_ids: [] },
    ]);
  });

  test.for(['/ap/videos/1/pt', '/ap/videos/ID/ptx', '/@bob/ID', '/ap/videos/ID/pt/likes'])(
    '%s is none of them',
    async (path) => {
      const object = server.origin + path.replace('ID', video.id);
      expect(await outcome(activityOf('Like', carol, object))).toBe('ignored: unknown-object');
    },
  );
});

describe('what PeerTube sends', () => {
  const inbox = () => `${server.origin}/inbox`;

  test.for([
    ['PeerTube/6.3.0 (+https://peertube.example)', 'close'],
    ['Mastodon/4.3.0', 'keep-alive'],
  ] as const)('%s finds the connection %s', async ([agent, connection]) => {
    const headers = { 'content-type': 'application/activity+json', 'user-agent': agent };
    const answer = await fetch(inbox(), { method: 'POST', headers, body: '{}' });
    expect(answer.headers.get('connection')).toBe(connection);
  });

  test('needs no @context, and a key may be named by its actor', async () => {
    const { '@context': _context, ...like } = activityOf('Like', carol, (await publish(rig)).uri);
    expect((await post(server, carol, like, { keyId: carol.id })).status).toBe(202);
    await eventually(
      'the Like',
      async () => (await server.context.federation.explain(like.id))[0]?.state === 'applied',
    );
  });

  test('that a reply is approved is kept for what it is', async () => {
    const approval = activityOf('ApproveReply', carol, `${server.origin}/ap/comments/1`);
    expect(await outcomeOf(server, carol, approval)).toBe('ignored: unsupported-type');
  });

  const theirs = (updated: string, more: object = {}) => ({
    ...{ id: peertube.url('/videos/watch/1'), type: 'Video', name: 'A clip', uuid: randomUUID() },
    ...{ published: '2026-11-20T10:00:00.000Z', updated, duration: 'PT10S', to: [PUBLIC], cc: [] },
    attributedTo: [
      { type: 'Person', id: carol.id },
      { type: 'Group', id: clips.id },
    ],
    url: [{ type: 'Link', mediaType: 'video/mp4', href: peertube.url('/1-720.mp4'), height: 720, size: 9 }],
    ...{ content: 'Text', mediaType: 'text/markdown', ...more },
  });
  const create = (video: { id: string }) => createOf(carol, { ...video, to: [PUBLIC] });
  const update = (video: { id: string }) => activityOf('Update', carol, video, { to: [PUBLIC] });
  const shown = async () => (await rig.alice.home()).filter(({ uri }) => uri === theirs('').id);

  test('a video is one, however often it is told of, edited, deleted and sent anew', async () => {
    await letFollow(rig, peertube, clips);
    const first = theirs('2026-11-20T10:00:00.000Z');
    expect(await outcomeOf(server, carol, create(first))).toBe('applied');
    expect(await outcomeOf(server, clips, activityOf('Announce', clips, first.id))).toBe('applied');
    const later = theirs('2026-11-20T10:05:00.000Z', { name: 'Later' });
    expect(await outcomeOf(server, carol, update(later))).toBe('applied');
    // One comes for each rendition, each like and each count of views; most say nothing new.
    expect(await outcomeOf(server, carol, update(later))).toBe('ignored: not-newer');
    expect(await outcomeOf(server, carol, update(first))).toBe('ignored: not-newer');
    const [one, ...more] = await shown();
    expect([one?.content.trim(), more]).toEqual(['<p>Later</p><p>Text</p>', []]);

    expect(await outcomeOf(server, carol, activityOf('Delete', carol, first.id))).toBe('applied');
    expect(await outcomeOf(server, carol, create(later))).toBe('ignored: deleted');
    expect(await shown()).toEqual([]);
    const again = theirs(new Date(Date.now() + 2_000).toISOString());
    expect(await outcomeOf(server, carol, create(again))).toBe('applied');
    expect(await shown()).toHaveLength(1);
  });

  test.for([
    ['public', 1],
    ['followers', 0],
    ['direct', 0],
  ] as const)('gets comments of ours below it where they are %s: %i', async ([visibility, count]) => {
    const atPeerTube = inboxOf(peertube);
    await atPeerTube();
    expect(await comment(visibility)).toBe(true);
    const got = await atPeerTube();
    expect(got).toHaveLength(count);
    if (count === 0) return;
    expect(got[0]).toMatchObject({
      type: 'Create',
      actor: alice.actorUri,
      object: { type: 'Note', to: [PUBLIC] },
    });
    expect(got[0].object.inReplyTo).toBe(theirs('').id);
    expect((await get(got[0].object.id)).document).toMatchObject({ id: got[0].object.id, type: 'Note' });
  });

  async function comment(visibility: Visibility): Promise<boolean> {
    const { comments, videos, accounts, inTx } = server.context;
    const video = await videos.internalByUri(theirs('').id);
    const author = video && (await accounts.byId(video.accountId));
    if (!video || !author) return false;
    const details = { text: 'Hello', contentWarning: '', sensitive: false, language: null };
    const mentions = new Map([[author.acct, author]]);
    const input = { author: alice, video, parent: null, visibility, details: { ...details, mentions } };
    return (await inTx((tx) => comments.publish(tx, input))).ok;
  }

  test('gets a like at the server of its channel', async () => {
    const atPeerTube = inboxOf(peertube);
    await atPeerTube();
    const { engagement, videos, inTx } = server.context;
    const video = await videos.internalByUri(theirs('').id);
    if (!video) throw new Error('The video is not there.');
    await inTx((tx) => engagement.like(tx, alice, { videoId: video.id }));
    expect(await atPeerTube()).toMatchObject([{ type: 'Like', actor: alice.actorUri, object: video.uri }]);
  });
});
