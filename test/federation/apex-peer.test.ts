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
    await apex.send('Create', to, { object: note });
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

  test('unfollows', async () => {
    const [follow] = apex.stream('/following/bob');
    await apex.send('Undo', [alice.account.uri], { object: follow.id });
    await eventually('alice has no follower', async () => {
      const me = await alice.find(`@alice@${new URL(server.origin).host}`);
      return me?.followers_count === 0;
    });
  });
});
