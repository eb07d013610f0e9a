import { createReadStream } from 'node:fs';
import generator, {
  detector,
  type Entity,
  type MegalodonInterface,
  type WebSocketInterface,
} from 'megalodon';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/chaos.ts';
import { type ClientSite, openClientSite } from '../helpers/client-site.ts';
import { REDIRECT } from '../helpers/oauth.ts';

const SCOPES = ['read', 'write', 'follow', 'push'];

/** What an app does that speaks to many kinds of servers, by the library that those of the desktop use. */
describe('an app built on megalodon', { timeout: 120_000 }, () => {
  let site: ClientSite;
  let alice: MegalodonInterface;
  let bob: MegalodonInterface;
  let post: Entity.Status;
  const open: WebSocketInterface[] = [];

  beforeAll(async () => {
    site = await openClientSite();
    alice = await signedIn('alice');
    bob = await signedIn('bob');
  }, 120_000);
  afterAll(async () => {
    for (const socket of open) socket.stop();
    await site?.close();
  });

  /** Finds out what the server speaks, registers an app, lets somebody allow it, and exchanges the code. */
  async function signedIn(name: string): Promise<MegalodonInterface> {
    const url = site.here.origin;
    const kind = await detector(url);
    expect(kind).toBe('mastodon');
    const guest = generator(kind, url);
    const app = await guest.registerApp('Desk', { scopes: SCOPES, redirect_uris: REDIRECT });
    const asked = Object.fromEntries(new URL(app.url ?? '').searchParams);
    const code = await site.authorize(name, asked);
    const token = await guest.fetchAccessToken(app.client_id, app.client_secret, code, REDIRECT);
    expect(token).toMatchObject({ token_type: 'Bearer', scope: SCOPES.join(' '), expires_in: null });
    return generator(kind, url, token.access_token);
  }

  const idsOf = ({ data }: { readonly data: readonly { readonly id: string }[] }) => data.map(({ id }) => id);

  /** The first that a stream tells of a kind. */
  function firstOf<T>(socket: WebSocketInterface, event: 'update' | 'notification'): Promise<T> {
    open.push(socket);
    return new Promise((resolve, reject) => {
      socket.on(event, (data: T) => resolve(data));
      socket.on('error', reject);
    });
  }

  const connected = (socket: WebSocketInterface) =>
    new Promise((resolve) => socket.on('connect', () => resolve(null)));

  test('posts a clip once it is made, and finds it in every timeline', async () => {
    const socket = await bob.publicStreaming();
    const heard = firstOf<Entity.Status>(socket, 'update');
    await connected(socket);
    const sent = await alice.uploadMedia(createReadStream(site.clip), { description: 'Waves at the shore' });
    expect([200, 202]).toContain(sent.status);
    const { id } = sent.data;
    await eventually('it can be played', async () => (await alice.getMedia(id)).data.url !== null);
    const posted = await alice.postStatus('The sea today #waves', { media_ids: [id], visibility: 'public' });
    post = posted.data as Entity.Status;
    await site.settled(post.id);
    expect(idsOf(await alice.getHomeTimeline())).toEqual([post.id]);
    expect(idsOf(await bob.getPublicTimeline({ only_media: true }))).toEqual([post.id]);
    expect(idsOf(await bob.getLocalTimeline())).toEqual([post.id]);
    expect(idsOf(await bob.getTagTimeline('waves'))).toEqual([post.id]);
    expect((await heard).id).toBe(post.id);
    expect(post.media_attachments[0]).toMatchObject({ type: 'video', description: 'Waves at the shore' });
  });

  test('reacts to it, and tells its author', async () => {
    const socket = await alice.userStreaming();
    const heard = firstOf<Entity.Notification>(socket, 'notification');
    await connected(socket);
    expect((await bob.favouriteStatus(post.id)).data).toMatchObject({ favourited: true });
    expect(await heard).toMatchObject({ type: 'favourite', account: { acct: 'bob' } });
    expect((await bob.reblogStatus(post.id)).data.reblog).toMatchObject({ id: post.id });
    expect((await bob.bookmarkStatus(post.id)).data).toMatchObject({ bookmarked: true });
    const answer = await bob.postStatus('How calm it is', { in_reply_to_id: post.id });
    expect(idsOf(await bob.getBookmarks())).toEqual([post.id]);
    expect(idsOf(await bob.getFavourites())).toEqual([post.id]);
    const { data } = await alice.getStatusContext(post.id);
    expect(data.descendants.map(({ id }) => id)).toEqual([answer.data.id]);
    const told = await eventually('all is told', async () => {
      const list = (await alice.getNotifications()).data;
      return list.length === 3 && list;
    });
    expect(told.map(({ type }) => type).toSorted()).toEqual(['favourite', 'mention', 'reblog']);
  });

  test('finds somebody of another server by handle, and follows', async () => {
    const handle = `@carol@${new URL(site.there.origin).host}`;
    const { data } = await alice.search(handle, { resolve: true, type: 'accounts' });
    expect(data.accounts.map(({ acct }) => `@${acct}`)).toEqual([handle]);
    const id = data.accounts[0]?.id ?? '';
    await alice.followAccount(id);
    await eventually('she accepts', async () => (await alice.getRelationship(id)).data.following);
  });

  test('keeps lists and filters', async () => {
    await bob.followAccount(post.account.id);
    const { data: list } = await bob.createList('Sea people');
    await bob.addAccountsToList(list.id, [post.account.id]);
    expect(idsOf(await bob.getAccountsInList(list.id))).toEqual([post.account.id]);
    expect(idsOf(await bob.getListTimeline(list.id))).toEqual([post.id]);
    await bob.createFilter('sea', ['public'], { whole_word: true });
    expect((await bob.getFilters()).data).toMatchObject([{ phrase: 'sea', context: ['public'] }]);
    await bob.deleteList(list.id);
    const left = (await bob.getLists()).data;
    expect(left.map(({ title }) => title)).toEqual(['For You']);
    expect(idsOf(await bob.getListTimeline(left[0]?.id ?? ''))).toContain(post.id);
  });

  test('reads the server, its own account and preferences, and everything that may be empty', async () => {
    expect((await alice.getInstance()).data).toMatchObject({ title: expect.any(String) });
    expect((await alice.verifyAccountCredentials()).data).toMatchObject({ username: 'alice' });
    expect((await alice.getPreferences()).data).toBeTypeOf('object');
    for (const read of [
      ...[() => alice.getInstanceCustomEmojis(), () => alice.getFollowRequests(), () => alice.getMutes()],
      ...[() => alice.getBlocks(), () => alice.getDomainBlocks(), () => alice.getScheduledStatuses()],
      ...[() => alice.getInstanceTrends(), () => alice.getConversationTimeline()],
      ...[
        () => alice.getInstanceAnnouncements(),
        () => alice.getEndorsements(),
        () => alice.getFeaturedTags(),
      ],
    ])
      expect((await read()).data).toBeInstanceOf(Array);
    await alice.deleteStatus(post.id);
    await expect(bob.getStatus(post.id)).rejects.toMatchObject({ response: { status: 410 } });
  });
});
