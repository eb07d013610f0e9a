import { openAsBlob } from 'node:fs';
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient, type mastodon } from 'masto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/chaos.ts';
import { type ClientSite, openClientSite } from '../helpers/client-site.ts';
import { REDIRECT, s256, VERIFIER } from '../helpers/oauth.ts';

const SCOPES = 'read write follow push';

/** What an app does that was written for Mastodon, by the library that most of those in a browser use. */
describe('an app built on masto', { timeout: 120_000 }, () => {
  let site: ClientSite;
  let masto: mastodon.rest.Client;
  let bob: mastodon.rest.Client;
  let streaming: mastodon.streaming.Client;
  let post: mastodon.v1.Status;

  beforeAll(async () => {
    site = await openClientSite();
    masto = await signedIn('alice');
    bob = await signedIn('bob');
  }, 120_000);
  afterAll(async () => {
    streaming?.close();
    await site?.close();
  });

  /** Registers an app, lets somebody allow it in the browser, and exchanges the code, with PKCE. */
  async function signedIn(name: string): Promise<mastodon.rest.Client> {
    const url = site.here.origin;
    const app = await createRestAPIClient({ url }).v1.apps.create({
      ...{ clientName: 'Phone', redirectUris: REDIRECT, scopes: SCOPES, website: 'https://app.test' },
    });
    const { clientId = '', clientSecret = '' } = app as unknown as Record<string, string>;
    const code = await site.authorize(name, {
      ...{ client_id: clientId, redirect_uri: REDIRECT, scope: SCOPES },
      ...{ code_challenge: s256(VERIFIER), code_challenge_method: 'S256' },
    });
    const exchange = {
      ...{ grantType: 'authorization_code' as const, code, clientId, clientSecret, redirectUri: REDIRECT },
      codeVerifier: VERIFIER,
    };
    const { accessToken } = await createOAuthAPIClient({ url }).token.create(exchange);
    if (name === 'alice') {
      const { configuration } = await createRestAPIClient({ url }).v2.instance.fetch();
      streaming = createStreamingAPIClient({ streamingApiUrl: configuration.urls.streaming, accessToken });
    }
    return createRestAPIClient({ url, accessToken });
  }

  const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

  test('knows the server and who is signed in', async () => {
    const instance = await masto.v2.instance.fetch();
    expect(instance.domain).toBe(new URL(site.here.origin).host);
    expect(instance.configuration.mediaAttachments.supportedMimeTypes).toContain('video/mp4');
    expect(await masto.v1.accounts.verifyCredentials()).toMatchObject({ username: 'alice', acct: 'alice' });
    const app = await masto.v1.apps.verifyCredentials();
    expect(app).toMatchObject({ name: 'Phone', vapidKey: instance.configuration.vapid.publicKey });
    expect(app.vapidKey).toMatch(/^[\w-]{87}$/);
  });

  test('posts a clip, and finds it in every timeline', async () => {
    const heard = streaming.user.subscribe();
    const next = firstOf(heard, 'update');
    const media = await masto.v2.media.create({
      file: await openAsBlob(site.clip, { type: 'video/mp4' }),
      description: 'Waves at the shore',
    });
    expect(media).toMatchObject({
      type: 'video',
      description: 'Waves at the shore',
      url: expect.any(String),
    });
    post = await masto.v1.statuses.create(
      { status: 'The sea today #waves', mediaIds: [media.id], visibility: 'public', language: 'en' },
      { requestInit: { headers: { 'Idempotency-Key': 'the one post' } } },
    );
    expect(post).toMatchObject({ visibility: 'public', language: 'en', application: { name: 'Phone' } });
    expect(post.mediaAttachments[0]).toMatchObject({ type: 'video', description: 'Waves at the shore' });
    await site.settled(post.id);
    const timelines = {
      home: masto.v1.timelines.home.list(),
      public: masto.v1.timelines.public.list({ local: true, onlyMedia: true }),
      tag: masto.v1.timelines.tag.$select('waves').list(),
      profile: masto.v1.accounts.$select(post.account.id).statuses.list({ onlyMedia: true }),
    };
    for (const [name, timeline] of Object.entries(timelines))
      expect([name, idsOf(await timeline)]).toEqual([name, [post.id]]);
    const played = await fetch(post.mediaAttachments[0]?.url ?? '', { headers: { range: 'bytes=0-99' } });
    expect([played.status, played.headers.get('content-type')]).toEqual([206, 'video/mp4']);
    expect((await next).payload).toMatchObject({ id: post.id });
    heard.unsubscribe();
  });

  test('reacts to it, and tells its author', async () => {
    const heard = streaming.user.notification.subscribe();
    const next = firstOf(heard, 'notification');
    const theirs = bob.v1.statuses.$select(post.id);
    expect(await theirs.favourite()).toMatchObject({ favourited: true, favouritesCount: 1 });
    expect((await next).payload).toMatchObject({ type: 'favourite', status: { id: post.id } });
    heard.unsubscribe();
    expect((await theirs.reblog()).reblog).toMatchObject({ id: post.id, reblogged: true });
    expect(await theirs.bookmark()).toMatchObject({ bookmarked: true });
    const reply = await bob.v1.statuses.create({ status: 'How calm it is', inReplyToId: post.id });
    expect(reply).toMatchObject({ inReplyToId: post.id, inReplyToAccountId: post.account.id });

    expect(idsOf(await bob.v1.favourites.list())).toEqual([post.id]);
    expect(idsOf(await bob.v1.bookmarks.list())).toEqual([post.id]);
    expect(idsOf((await theirs.context.fetch()).descendants)).toEqual([reply.id]);
    expect((await theirs.favouritedBy.list()).map(({ acct }) => acct)).toEqual(['bob']);
    const told = await eventually('all is told', async () => {
      const list = await masto.v1.notifications.list();
      return list.length === 3 && list;
    });
    expect(told.map(({ type }) => type).toSorted()).toEqual(['favourite', 'mention', 'reblog']);
    const grouped = await masto.v2.notifications.list();
    expect(grouped.notificationGroups).toHaveLength(3);
    expect(grouped.accounts.map(({ acct }) => acct)).toEqual(['bob']);
    expect((await masto.v2.notifications.unreadCount.fetch()).count).toBe(3);

    expect(await theirs.unfavourite()).toMatchObject({ favourited: false, favouritesCount: 0 });
    expect(await theirs.unbookmark()).toMatchObject({ bookmarked: false });
  });

  test('finds somebody of another server by handle, and follows', async () => {
    const q = `@carol@${new URL(site.there.origin).host}`;
    const { accounts } = await masto.v2.search.list({ q, resolve: true, type: 'accounts' });
    expect(accounts.map(({ acct }) => `@${acct}`)).toEqual([q]);
    const carol = masto.v1.accounts.$select(accounts[0]?.id ?? '');
    await carol.follow();
    await eventually('she accepts', async () => {
      const [one] = await masto.v1.accounts.relationships.fetch({ id: [accounts[0]?.id ?? ''] });
      return one?.following;
    });
    const posted = await site.postAsCarol('From the other shore');
    await eventually('it is at home', async () =>
      (await masto.v1.timelines.home.list()).some(({ uri }) => uri === posted.uri),
    );
  });

  test('keeps lists and filters', async () => {
    const { account } = await masto.v1.statuses.$select(post.id).fetch();
    const bobs = await bob.v1.accounts.verifyCredentials();
    await bob.v1.accounts.$select(account.id).follow();
    const list = await bob.v1.lists.create({ title: 'Sea people' });
    await bob.v1.lists.$select(list.id).accounts.create({ accountIds: [account.id] });
    expect(idsOf(await bob.v1.lists.$select(list.id).accounts.list())).toEqual([account.id]);
    expect(idsOf(await bob.v1.timelines.list.$select(list.id).list())).toEqual([post.id]);

    await bob.v2.filters.create({
      ...{ title: 'No water', context: ['public'], filterAction: 'warn' },
      keywordsAttributes: [{ keyword: 'sea', wholeWord: true }],
    });
    const [seen] = await bob.v1.timelines.public.list({ local: true });
    expect(seen?.filtered).toMatchObject([{ filter: { title: 'No water' }, keywordMatches: ['sea'] }]);

    await bob.v1.lists.$select(list.id).remove();
    // What is left is not hers to delete: For You, as apps know lists.
    const left = await bob.v1.lists.list();
    expect(left.map(({ title }) => title)).toEqual(['For You']);
    expect(idsOf(await bob.v1.timelines.list.$select(left[0]?.id ?? '').list())).toContain(post.id);
    expect(bobs.acct).toBe('bob');
  });

  test('edits and deletes it', async () => {
    const mine = masto.v1.statuses.$select(post.id);
    await mine.update({ status: 'The sea yesterday #waves' });
    expect((await mine.history.list()).length).toBe(2);
    expect((await mine.source.fetch()).text).toBe('The sea yesterday #waves');
    await mine.remove();
    await expect(bob.v1.statuses.$select(post.id).fetch()).rejects.toMatchObject({ statusCode: 410 });
  });
});

/** The first event of a kind that a subscription tells. */
async function firstOf<Name extends mastodon.streaming.Event['event']>(
  subscription: mastodon.streaming.Subscription,
  name: Name,
): Promise<Extract<mastodon.streaming.Event, { event: Name }>> {
  for await (const event of subscription)
    if (event.event === name) return event as Extract<mastodon.streaming.Event, { event: Name }>;
  throw new Error(`The stream ended before ${name}.`);
}
