import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { createOutbox, PUBLIC } from '../helpers/outbox.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let outbox: ReturnType<typeof createOutbox>;
let alice: Person;
let bob: Person;
/** A public video of alice. */
let clip: VideoId;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  outbox = createOutbox(server, client);
  [alice, bob] = [await people.signedIn('alice'), await people.signedIn('bob')];
});
afterAll(() => server?.close());
beforeEach(async () => {
  await forgetLimits(server);
  for (const table of ['videos', 'account_blocks', 'follows', 'notifications']) {
    await server.context.db(table).delete();
  }
  clip = await video(alice);
});

const video = (by: Person, facts: Parameters<ReturnType<typeof createVideoFactory>['video']>[1] = {}) =>
  createVideoFactory(server.context).video(by.account, facts);
const draft = (by: Person) => video(by, { state: 'draft', awaitsPost: true });
const uriOf = (id: VideoId) => server.context.urls.video(id);
const uploadOf = (id: VideoId) => server.context.urls.upload(id);
const status = async (id: string, as: Person = bob) => client.get(`/api/v1/statuses/${id}`, { as });
const idIn = (location: string | undefined) => /\/(\d+)(?:#.*)?$/.exec(location ?? '')?.[1] ?? '';
const relationship = async (as: Person, to: Person) =>
  (await client.get(`/api/v1/accounts/relationships?id[]=${to.id}`, { as })).body[0];

/** Sends an activity that must be carried out, and returns where it is. */
async function sent(as: Person, activity: object, headers = {}): Promise<string> {
  const answer = await outbox.post(as, activity, headers);
  expect([answer.status, answer.body.detail]).toEqual([201, undefined]);
  expect(answer.headers['content-type']).toMatch(/^application\/activity\+json/);
  expect(answer.headers['cache-control']).toBe('private, no-store');
  expect(answer.headers.location).toBe(answer.body.id);
  expect(answer.body.actor).toBe(as.account.actorUri);
  return answer.headers.location ?? '';
}

const note = (more: object = {}) => ({ type: 'Note', content: '<p>Hello</p>', to: [PUBLIC], ...more });

describe('Create', () => {
  test('a Video with what was uploaded is a post, with an id and an author of the server’s', async () => {
    const file = await draft(alice);
    const answer = await outbox.post(alice, {
      '@context': 'https://www.w3.org/ns/activitystreams',
      ...{ id: 'https://evil.test/1', type: 'Create', actor: alice.account.actorUri },
      to: PUBLIC,
      cc: [outbox.followers(alice)],
      object: {
        ...{ id: 'https://evil.test/2', type: 'Video', name: 'My title' },
        content: '<p>First &amp; <b>second</b><br>line #fun</p><p>End</p>',
        summary: 'Loud',
        contentMap: { de: '<p>x</p>' },
        attachment: [{ type: 'Document', mediaType: 'video/mp4', url: uploadOf(file), name: 'A cat' }],
      },
    });
    expect(answer.status).toBe(201);
    const id = idIn(answer.headers.location);
    const uri = uriOf(id as VideoId);
    expect(answer.body).toMatchObject({
      ...{ id: `${uri}#create`, type: 'Create', to: [PUBLIC], cc: [outbox.followers(alice)] },
      object: { id: uri, attributedTo: alice.account.actorUri, to: [PUBLIC] },
    });
    expect((await status(id)).body).toMatchObject({
      ...{ visibility: 'public', spoiler_text: 'Loud', sensitive: true, language: 'de', uri },
      media_attachments: [{ description: 'A cat' }],
      tags: [{ name: 'fun' }],
    });
    const source = await client.get(`/api/v1/statuses/${id}/source`, { as: alice });
    expect(source.body.text).toBe('My title\n\nFirst & second\nline #fun\n\nEnd');
    expect((await client.get(new URL(uploadOf(file)).pathname, { as: alice })).status).toBe(404);
  });

  test('a bare Note is wrapped, and its audience is that of the activity', async () => {
    for (const [to, cc, visibility] of [
      [[PUBLIC], [], 'public'],
      ['as:Public', [], 'public'],
      [[outbox.followers(alice)], [PUBLIC], 'unlisted'],
      [[], { id: outbox.followers(alice) }, 'private'],
      [[bob.account.actorUri], [], 'direct'],
    ] as const) {
      const location = await sent(alice, note({ to, cc, attachment: uploadOf(await draft(alice)) }));
      const answer = await status(idIn(location), alice);
      expect(answer.body.visibility).toBe(visibility);
    }
  });

  test('the addresses of the activity and of the object are one', async () => {
    const object = { ...note({ to: undefined, cc: outbox.followers(alice) }), attachment: [] as unknown[] };
    object.attachment.push({ type: 'Link', href: uploadOf(await draft(alice)) });
    const answer = await outbox.post(alice, { type: 'Create', to: [], cc: [PUBLIC], object });
    expect(answer.body).toMatchObject({ to: [outbox.followers(alice)], cc: [PUBLIC] });
    expect(answer.body.object).toMatchObject({ to: [outbox.followers(alice)], cc: [PUBLIC] });
  });

  test('a Note that answers is a comment, of no wider audience than what it answers', async () => {
    const location = await sent(bob, { type: 'Create', object: note({ inReplyTo: uriOf(clip) }) });
    const comment = await status(idIn(location));
    expect(comment.body).toMatchObject({ in_reply_to_id: clip, account: { id: bob.id } });
    const answer = await sent(alice, note({ inReplyTo: location.replace(/#.*/, ''), content: 'Thanks' }));
    expect((await status(idIn(answer))).body.in_reply_to_id).toBe(comment.body.id);
    const secret = await video(alice, { visibility: 'followers' });
    await people.follow(bob.account, alice.account);
    const narrow = await sent(bob, note({ inReplyTo: uriOf(secret) }));
    expect((await status(idIn(narrow), alice)).body.visibility).toBe('private');
  });

  test('people in `to` are named, and a letter is for them alone', async () => {
    const eve = await people.signedIn('eve');
    const location = await sent(alice, note({ to: [bob.account.actorUri], inReplyTo: uriOf(clip) }));
    expect((await status(idIn(location), bob)).body.mentions).toMatchObject([{ id: bob.id }]);
    expect((await status(idIn(location), eve)).status).toBe(404);
  });

  test('source in plain text counts before content', async () => {
    const source = { content: 'a < b\n\n*c*', mediaType: 'text/markdown' };
    const location = await sent(bob, note({ inReplyTo: uriOf(clip), content: '<p>x</p>', source }));
    const { body } = await client.get(`/api/v1/statuses/${idIn(location)}/source`, { as: bob });
    expect(body.text).toBe('a < b\n\n*c*');
  });

  test('a repetition with the same Idempotency-Key makes one post', async () => {
    const key = { 'Idempotency-Key': 'once' };
    const first = await sent(bob, note({ inReplyTo: uriOf(clip) }), key);
    expect(await sent(bob, note({ inReplyTo: uriOf(clip) }), key)).toBe(first);
    expect(await server.context.db('comments').where({ account_id: bob.id })).toHaveLength(1);
  });
});

describe('Update and Delete', () => {
  test('what is left out stays, null takes away', async () => {
    const location = await sent(
      bob,
      note({ inReplyTo: uriOf(clip), summary: 'Careful', contentMap: { en: '<p>Hello</p>' } }),
    );
    const id = location.replace(/#.*/, '');
    await sent(bob, { type: 'Update', object: { id, type: 'Note', content: 'Other' } });
    expect((await status(idIn(location))).body).toMatchObject({
      ...{ content: '<p>Other</p>', spoiler_text: 'Careful', language: 'en' },
    });
    await sent(bob, { type: 'Update', object: { id, type: 'Note', summary: null, sensitive: false } });
    expect((await status(idIn(location))).body).toMatchObject({ content: '<p>Other</p>', spoiler_text: '' });
  });

  test('a video, and those whom it was addressed to go on being told', async () => {
    const file = await draft(alice);
    const location = await sent(alice, note({ to: [bob.account.actorUri], attachment: uploadOf(file) }));
    const id = location.replace(/#.*/, '');
    await sent(alice, { type: 'Update', object: { id, type: 'Note', content: 'New words' } });
    expect((await status(idIn(location))).body).toMatchObject({
      ...{ content: '<p>New words</p>', mentions: [{ id: bob.id }] },
    });
  });

  test('the own profile', async () => {
    const object = { id: bob.account.actorUri, type: 'Person', name: 'Bob B.', summary: '<p>a<br>b</p>' };
    await sent(bob, { type: 'Update', object });
    const { body } = await client.get(`/api/v1/accounts/${bob.id}`);
    expect(body).toMatchObject({ display_name: 'Bob B.', note: '<p>a<br>b</p>' });
  });

  test('a post, by its address or as a Tombstone; a comment also by the author of the video', async () => {
    const first = (await sent(bob, note({ inReplyTo: uriOf(clip) }))).replace(/#.*/, '');
    const second = (await sent(bob, note({ inReplyTo: uriOf(clip) }))).replace(/#.*/, '');
    await sent(bob, { type: 'Delete', object: { type: 'Tombstone', id: first } });
    await sent(alice, { type: 'Delete', object: second });
    for (const uri of [first, second]) expect((await status(idIn(uri))).status).toBe(410);
    expect(await sent(alice, { type: 'Delete', object: uriOf(clip) })).toBe(`${uriOf(clip)}#delete`);
    expect((await status(clip)).status).toBe(410);
  });

  test('what was uploaded and not posted', async () => {
    const file = uploadOf(await draft(alice));
    expect((await client.get(new URL(file).pathname, { as: alice })).body).toMatchObject({ id: file });
    await sent(alice, { type: 'Delete', object: file });
    expect((await client.get(new URL(file).pathname, { as: alice })).status).toBe(404);
  });
});

describe('Like, Announce, Follow, Block, Add, Remove, and their Undo', () => {
  const actor = () => bob.account.actorUri;

  test('Like', async () => {
    const liked = await sent(bob, { type: 'Like', object: uriOf(clip) });
    expect((await status(clip)).body).toMatchObject({ favourited: true, favourites_count: 1 });
    expect((await outbox.post(bob, { type: 'Like', object: uriOf(clip) })).status).toBe(409);
    await sent(bob, { type: 'Undo', object: liked });
    expect((await status(clip)).body).toMatchObject({ favourited: false, favourites_count: 0 });
    await sent(bob, { type: 'Like', object: { id: uriOf(clip), type: 'Note' } });
    await sent(bob, { type: 'Undo', object: { type: 'Like', actor: actor(), object: uriOf(clip) } });
    expect((await status(clip)).body.favourited).toBe(false);
  });

  test('Announce', async () => {
    const share = { type: 'Announce', to: [PUBLIC], cc: [outbox.followers(bob)], object: uriOf(clip) };
    const shared = await sent(bob, share);
    expect((await status(clip)).body.reblogged).toBe(true);
    await sent(bob, { type: 'Undo', object: { id: shared, type: 'Announce' } });
    expect((await status(clip)).body.reblogged).toBe(false);
    await sent(bob, share);
    await sent(bob, { type: 'Undo', object: { type: 'Announce', object: uriOf(clip) } });
    expect((await status(clip)).body.reblogged).toBe(false);
  });

  test('Follow', async () => {
    const asked = await sent(bob, { type: 'Follow', object: alice.account.actorUri });
    expect((await relationship(bob, alice)).following).toBe(true);
    await sent(bob, { type: 'Undo', object: asked });
    expect((await relationship(bob, alice)).following).toBe(false);
    await sent(bob, { type: 'Follow', object: alice.account.actorUri });
    await sent(bob, { type: 'Undo', object: { type: 'Follow', object: alice.account.actorUri } });
    expect((await relationship(bob, alice)).following).toBe(false);
  });

  test('Block', async () => {
    const blocked = await sent(bob, { type: 'Block', object: alice.account.actorUri });
    expect((await relationship(bob, alice)).blocking).toBe(true);
    await sent(bob, { type: 'Undo', object: blocked });
    expect((await relationship(bob, alice)).blocking).toBe(false);
    await sent(bob, { type: 'Block', object: alice.account.actorUri });
    await sent(bob, { type: 'Undo', object: { type: 'Block', object: alice.account.actorUri } });
    expect((await relationship(bob, alice)).blocking).toBe(false);
  });

  test('Add and Remove', async () => {
    const target = server.context.urls.featured(alice.id);
    const pinned = async () => (await status(clip, alice)).body.pinned;
    await sent(alice, { type: 'Add', object: uriOf(clip), target });
    expect(await pinned()).toBe(true);
    expect((await outbox.post(alice, { type: 'Add', object: uriOf(clip), target })).status).toBe(409);
    await sent(alice, { type: 'Remove', object: uriOf(clip), target });
    expect(await pinned()).toBe(false);
  });
});

describe('collections of one’s own', () => {
  const read = (path: string, as = alice) => client.get(path, { as });

  test('the inbox holds the home timeline and what one is told of, in pages', async () => {
    const { context } = server;
    await people.follow(alice.account, bob.account);
    const watched = await video(bob, { caption: 'Look' });
    const { comments, engagement, inTx } = context;
    const own = await context.videos.internal(clip);
    if (!own) throw new Error('There is no clip.');
    await inTx((tx) => engagement.like(tx, bob.account, { videoId: clip }));
    const details = {
      text: 'Nice',
      contentWarning: '',
      sensitive: false,
      language: null,
      mentions: new Map(),
    };
    const said = await inTx((tx) =>
      comments.publish(tx, { author: bob.account, video: own, parent: null, visibility: 'public', details }),
    );
    if (!said.ok) throw new Error(said.reason);
    for (const [type, about] of [
      ['favourite', { video_id: clip }],
      ['mention', { comment_id: said.commentId }],
      ['follow', {}],
    ] as const) {
      await context.db('notifications').insert({
        ...{ account_id: alice.id, from_account_id: bob.id, type, ...about },
        ...{ group_key: type, subject: type, state: 'shown', filtered: false },
      });
    }
    const inbox = context.urls.inbox(alice.id);
    const whole = await read(new URL(inbox).pathname);
    expect(whole.headers['cache-control']).toBe('private, no-store');
    expect(whole.body).toMatchObject({ id: inbox, type: 'OrderedCollection', first: `${inbox}?page=true` });
    const page = await read(`${new URL(inbox).pathname}?page=true`);
    const uri = context.urls.comment(said.commentId);
    expect(page.body).toMatchObject({ type: 'OrderedCollectionPage', partOf: inbox });
    expect(page.body.orderedItems).toMatchObject([
      { type: 'Follow', actor: bob.account.actorUri, object: alice.account.actorUri },
      {
        id: `${uri}#create`,
        type: 'Create',
        object: { id: uri, content: '<p>Nice</p>', inReplyTo: uriOf(clip) },
      },
      { type: 'Like', id: expect.stringContaining('/ap/likes/'), object: uriOf(clip) },
      {
        id: `${uriOf(watched)}#create`,
        object: { content: '<p>Look</p>', attachment: [{ mediaType: 'video/mp4' }] },
      },
    ]);
    for (let n = 0; n < 25; n += 1) await video(bob);
    const first = await read(`${new URL(inbox).pathname}?page=true`);
    expect(first.body.orderedItems).toHaveLength(20);
    const next = new URL(first.body.next);
    const second = await read(next.pathname + next.search);
    expect(second.body.orderedItems).toHaveLength(9);
    expect(second.body.next).toBeUndefined();
    // Fewer than entries: what alice posted herself did not come to her.
    const ids = [...first.body.orderedItems, ...second.body.orderedItems].map((one) => JSON.stringify(one));
    expect(new Set(ids).size).toBe(29);
    expect((await read(`${new URL(inbox).pathname}?page=true&cursor=x`)).status).toBe(404);
  });

  test('a post that one may not see any more is not in it', async () => {
    await people.follow(alice.account, bob.account);
    const secret = await video(bob, { visibility: 'followers', caption: 'Hidden' });
    const path = `/ap/users/${alice.id}/inbox?page=true`;
    expect((await read(path)).text).toContain(uriOf(secret));
    await server.context.db('follows').delete();
    expect((await read(path)).text).not.toContain(uriOf(secret));
  });

  test('liked', async () => {
    await sent(alice, { type: 'Like', object: uriOf(clip) });
    const { body } = await read(`/ap/users/${alice.id}/liked?page=true`);
    expect(body.orderedItems).toEqual([uriOf(clip)]);
  });
});

describe('the actor', () => {
  test('of a person says where its clients go', async () => {
    const accept = { accept: 'application/activity+json' };
    const { body } = await client.get(`/ap/users/${alice.id}`, { headers: accept });
    const { origin } = server.context.urls;
    expect(body).toMatchObject({
      liked: `${alice.account.actorUri}/liked`,
      endpoints: {
        sharedInbox: `${origin}/inbox`,
        oauthAuthorizationEndpoint: `${origin}/oauth/authorize`,
        oauthTokenEndpoint: `${origin}/oauth/token`,
        uploadMedia: `${origin}/ap/uploads`,
        proxyUrl: `${origin}/ap/proxy`,
      },
    });
    const instance = await client.get('/actor', { headers: accept });
    expect(instance.body.endpoints).toEqual({ sharedInbox: `${origin}/inbox` });
  });
});
