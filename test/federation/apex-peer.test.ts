import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Client, signUp } from '../../src/setup/demo/client.ts';
import { eventually, PUBLIC, publish, quiet } from '../helpers/activities.ts';
import { EVIL } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { type ApexPeer, startApex } from './apex.ts';

/**
 * Another implementation of ActivityPub, which shares no code with ours: activitypub-express. It demands
 * signatures, reads everything as JSON-LD, and writes it back as such.
 */
let server: TestServer;
let alice: Client;
let apex: ApexPeer;
/** By which bob made the video that is shown here. */
let create: { readonly id: string };

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  server = await startTestServer({ role: 'all', variables: { REMOTE_VIDEO: 'off' } });
  alice = await signUp(server.origin, 'alice', 'a long password');
  apex = await startApex(EVIL);
});
afterAll(async () => {
  await server.close();
  await apex.close();
  vi.restoreAllMocks();
});

const handle = () => `@bob@${new URL(apex.origin).host}`;
const typesIn = (path: '/inbox/bob') => apex.stream(path).map(({ type }) => type);

describe('an independent server', () => {
  test('follows our account, and understands that it was accepted', async () => {
    const follow = await apex.send('Follow', [alice.account.uri], { object: alice.account.uri });
    await eventually('bob is told of the Accept', () => typesIn('/inbox/bob').includes('Accept'));
    expect(apex.stream('/following/bob').map(({ id }) => id)).toEqual([follow.id]);
    await quiet(server);
    expect(await server.context.federation.explain(follow.id)).toMatchObject([{ state: 'applied' }]);
    const me = await alice.find(`@alice@${new URL(server.origin).host}`);
    expect(me?.followers_count).toBe(1);
  });

  test('receives our video, and its deletion', async () => {
    const video = await publish(
      { server, alice },
      { caption: 'For bob #apex', altText: 'A clip', contentWarning: 'Loud' },
    );
    await eventually('bob receives the Create', () => typesIn('/inbox/bob').includes('Create'));
    const create = apex.stream('/inbox/bob').find(({ type }) => type === 'Create');
    expect(create.object[0]).toMatchObject({
      id: video.uri,
      type: 'Note',
      attributedTo: [alice.account.uri],
      summary: ['Loud'],
      to: ['as:Public'],
      attachment: [{ type: 'Document', mediaType: ['video/mp4'], name: ['A clip'] }],
      tag: [{ name: ['#apex'] }],
    });
    expect(create.object[0].content[0]).toContain('For bob');
    await alice.remove(video.id);
    await eventually('bob receives the Delete', () => typesIn('/inbox/bob').includes('Delete'));
    await quiet(server);
    const states = await server.context.db('deliveries').pluck('state');
    expect(new Set(states)).toEqual(new Set(['delivered']));
  });

  test('receives a duet with what it was made from', async () => {
    const original = await publish({ server, alice });
    const of = { originalId: original.id, kind: 'duet', layout: 'side_by_side', carriesSound: true } as const;
    const duet = await publish({ server, alice }, { caption: 'Together' }, of);
    const find = () =>
      apex.stream('/inbox/bob').find((one) => one.type === 'Create' && one.object[0].id === duet.uri);
    const { object } = await eventually('bob receives the duet', find);
    const [note] = object;
    expect(note).toMatchObject({
      type: 'Note',
      'https://w3id.org/fep/044f#quote': [{ id: original.uri }],
      'https://w3id.org/fep/044f#quoteAuthorization': [{ id: expect.stringContaining(server.origin) }],
      'urn:vireo:ns#remixOf': [{ id: original.uri }],
      'urn:vireo:ns#remixKind': ['duet'],
      'urn:vireo:ns#remixLayout': ['side_by_side'],
    });
    expect(note.content[0]).toContain('Duet with <a href=');
    expect(note).not.toHaveProperty('inReplyTo');
    await alice.remove(duet.id);
    await alice.remove(original.id);
  });

  test('is found by its handle, is followed, and accepts', async () => {
    const bob = await alice.find(handle());
    expect(bob).toMatchObject({ acct: handle().slice(1), display_name: 'Bob', uri: apex.bobId });
    await alice.follow(bob?.id ?? '');
    await eventually('bob’s server accepts', async () => (await alice.relationship(bob?.id ?? '')).following);
    expect(apex.stream('/followers/bob').map(({ actor }) => actor)).toEqual([[alice.account.uri]]);
  });

  test('sends a video that is shown here', async () => {
    const id = `${apex.origin}/o/clip`;
    const attachment = [
      { type: 'Document', mediaType: 'video/mp4', url: `${apex.origin}/clip.mp4`, name: 'Waves' },
    ];
    const to = [PUBLIC, `${apex.origin}/followers/bob`];
    const note = { id, type: 'Note', attributedTo: apex.bobId, content: '<p>From bob</p>', to, attachment };
    create = await apex.send('Create', to, { object: note });
    const status = await eventually('the video is in alice’s feed', async () =>
      (await alice.home()).find(({ uri }) => uri === id),
    );
    expect(status).toMatchObject({
      visibility: 'public',
      content: '<p>From bob</p>',
      account: { uri: apex.bobId },
      media_attachments: [{ description: 'Waves', remote_url: `${apex.origin}/clip.mp4` }],
    });
  });

  test('comments on, likes and shares our video, and takes likes and shares back', async () => {
    const video = await publish({ server, alice });
    const to = [PUBLIC, alice.account.uri];
    const id = `${apex.origin}/o/comment`;
    const comment = {
      id,
      type: 'Note',
      attributedTo: apex.bobId,
      content: '<p>Hi</p>',
      inReplyTo: video.uri,
      to,
    };
    await apex.send('Create', to, { object: comment });
    const [like, share] = [
      await apex.send('Like', to, { object: video.uri }),
      await apex.send('Announce', to, { object: video.uri }),
    ];
    const counts = async () => {
      const { replies_count, favourites_count, reblogs_count } = await alice.status(video.id);
      return [replies_count, favourites_count, reblogs_count].join();
    };
    await eventually('all three count', async () => (await counts()) === '1,1,1');
    for (const done of [like, share]) await apex.send('Undo', to, { object: done.id });
    await apex.send('Update', to, {
      object: { ...comment, content: '<p>Hi again</p>', updated: new Date().toISOString() },
    });
    await eventually('what it took back counts no more', async () => (await counts()) === '1,0,0');
    await eventually('the edit is seen', async () => {
      const kept = await server.context.comments.internalByUri(id);
      return kept?.contentHtml === '<p>Hi again</p>';
    });
    await apex.send('Delete', to, { object: id });
    await eventually('the comment is gone', async () => (await counts()) === '0,0,0');
  });

  test('receives a comment of ours, its edit and its deletion', async () => {
    const [clip] = await alice.home();
    const act = (path: string, method: string, body?: object) =>
      fetch(`${server.origin}/api/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${alice.token}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }).then((response) => response.json() as Promise<{ id: string; uri: string }>);
    const comment = await act('statuses', 'POST', { status: 'Nice', in_reply_to_id: clip?.id });
    const arrives = (type: string, uri: string) =>
      eventually(`bob receives the ${type}`, () =>
        apex
          .stream('/inbox/bob')
          .find((one) => one.type === type && (one.object[0].id ?? one.object[0]) === uri),
      );
    expect((await arrives('Create', comment.uri)).object[0]).toMatchObject({ inReplyTo: [clip?.uri] });
    await act(`statuses/${comment.id}`, 'PUT', { status: 'Very nice' });
    expect((await arrives('Update', comment.uri)).object[0].content[0]).toContain('Very nice');
    await alice.remove(comment.id);
    await eventually('bob receives the Delete', () =>
      apex.stream('/inbox/bob').some((one) => one.type === 'Delete' && one.object[0].id === comment.uri),
    );
    await quiet(server);
    expect(new Set(await server.context.db('deliveries').pluck('state'))).toEqual(new Set(['delivered']));
  });

  test('counts our like and our share of its video, until they are taken back', async () => {
    const clip = (await alice.home()).find(({ account }) => account.uri === apex.bobId);
    const react = (what: string) =>
      fetch(`${server.origin}/api/v1/statuses/${clip?.id}/${what}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${alice.token}` },
      });
    const counted = (kind: 'likes' | 'shares') => apex.reactions(kind, create.id).map(({ actor }) => actor);
    for (const [does, kind, undoes] of [
      ['favourite', 'likes', 'unfavourite'],
      ['reblog', 'shares', 'unreblog'],
    ] as const) {
      await react(does);
      await eventually(`bob counts it among his ${kind}`, () => counted(kind).length === 1);
      expect(counted(kind)).toEqual([[alice.account.uri]]);
      await react(undoes);
      await eventually('bob counts it no more', () => counted(kind).length === 0);
    }
    await quiet(server);
    expect(new Set(await server.context.db('deliveries').pluck('state'))).toEqual(new Set(['delivered']));
  });

  test('unfollows', async () => {
    const [follow] = apex.stream('/following/bob');
    await apex.send('Undo', [alice.account.uri], { object: follow.id });
    await eventually('alice has no follower', async () => {
      const me = await alice.find(`@alice@${new URL(server.origin).host}`);
      return me?.followers_count === 0;
    });
  });
});
