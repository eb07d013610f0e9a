import { createHash } from 'node:crypto';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mediaLinkLimits, servingLimits } from '../../config/media-limits.ts';
import { createNotes } from '../../federation/notes.ts';
import { mediaKey } from '../../media/keys.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { ask } from '../helpers/raw-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Whose media may be fetched by whom (security.md P4, P5, W8; M7: what is private is in no shared cache). */

let server: TestServer;
let people: People;
let factory: VideoFactory;
let alice: Person;
let bob: Person;
/** How far the server's clock is ahead, in ms. */
let ahead = 0;
let serial = 0;

beforeAll(async () => {
  const clock = { now: () => Date.now() + ahead };
  server = await startTestServer({ overrides: { clock } });
  people = createPeople(server);
  factory = createVideoFactory(server.context);
  alice = await people.signedIn('alice');
  bob = await people.signedIn('bob');
  await people.follow(bob.account, alice.account);
});

afterAll(() => server?.close());

beforeEach(() => {
  // What was known of another test's videos is no longer so.
  ahead += servingLimits.accessKeptMs;
});

type Facts = Parameters<VideoFactory['video']>[1];

/** A video of alice with one object in the store. */
async function stored(facts: Facts, owner = alice): Promise<{ id: VideoId; key: string; bytes: Buffer }> {
  serial += 1;
  const bytes = Buffer.from(`only some may see this ${serial}`);
  const id = await factory.video(owner.account, { ...facts, assets: [] });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = mediaKey(id, sha256, '720.mp4');
  await server.context.storage.putBytes(key, bytes, { contentType: 'video/mp4' });
  const row = { key, video_id: id, role: 'mp4', content_type: 'video/mp4', bytes: bytes.length, sha256 };
  await server.context.db('video_assets').insert(row);
  return { id, key, bytes };
}

/** The address that the API gives this person. */
async function urlFor(id: VideoId, person: Person | null): Promise<URL | null> {
  const asked = request(server.origin).get(`/api/v1/statuses/${id}`);
  const { status, body } = await (person ? asked.auth(person.token, { type: 'bearer' }) : asked);
  return status === 200 ? new URL(body.media_attachments[0].url) : null;
}

const fetched = async (path: string) => (await ask(server, path)).status;

describe.each<[string, Facts]>([
  ['for followers', { visibility: 'followers' }],
  ['for those it names', { visibility: 'direct' }],
  ['public, but still being processed', { state: 'received' }],
])('a video that is %s', (kind, facts) => {
  test('is fetched by those who were given its address, and in no other way', async () => {
    const { id, key, bytes } = await stored(facts);
    const url = await urlFor(id, facts?.state ? null : alice);
    const path =
      url?.pathname ??
      new URL(server.context.videos.objectUrl(key, { state: 'received', visibility: 'public' })).pathname;
    const answer = await ask(server, path);
    expect([answer.status, answer.body.equals(bytes)]).toEqual([200, true]);
    expect(answer.headers['cache-control']).toMatch(/^private, max-age=86400$/);
    expect(await fetched(`/${key}`), kind).toBe(404);
    const head = await ask(server, `/${key}`, { method: 'HEAD', headers: { 'if-none-match': '*' } });
    expect([head.status, head.headers.etag, head.headers['cache-control']]).toEqual([
      404,
      undefined,
      'no-store',
    ]);
  });
});

describe('a signed address', () => {
  test('is given to those who may see the video', async () => {
    const { id } = await stored({ visibility: 'followers' });
    expect((await urlFor(id, bob))?.pathname).toMatch(/^\/media\/s\/\d+\.[A-Za-z0-9_-]{22}\/\d+\//);
    expect(await urlFor(id, null)).toBeNull();
    expect(await urlFor(id, await people.signedIn(`stranger${serial}`))).toBeNull();
  });

  test('opens no other video, and no other path', async () => {
    const [one, other] = [
      await stored({ visibility: 'followers' }),
      await stored({ visibility: 'followers' }),
    ];
    const path = (await urlFor(one.id, alice))?.pathname ?? '';
    const token = path.split('/')[3] ?? '';
    const [expiry, mac = ''] = token.split('.');
    const name = one.key.slice('media/'.length);
    expect(await fetched(`/media/s/${token}/${name}`)).toBe(200);
    const forged = [
      `/media/s/${token}/${other.key.slice('media/'.length)}`,
      `/media/s/${Number(expiry) + 1}.${mac}/${name}`,
      `/media/s/0${expiry}.${mac}/${name}`,
      `/media/s/${expiry}.${mac.slice(1)}A/${name}`,
      `/media/s/${expiry}.${mac}A/${name}`,
      `/media/s/${expiry}./${name}`,
      `/media/s/.${mac}/${name}`,
      `/media/s/${expiry}.${'A'.repeat(22)}/${name}`,
      `/media/s/${token}/s/${token}/${name}`,
      `/media/s/${token}/../${name}`,
      `/media/s/${token}/..%2f${name}`,
      `/media/s/${token}/originals/${one.id}/source`,
      `/media/s/${token}`,
      `/media/s/${token}/`,
      `/media/s//${name}`,
      `/media/${name}?token=${token}`,
    ];
    for (const way of forged) expect(await fetched(way), way).toBe(404);
  });

  test('stays the same for hours, and ends', async () => {
    const { id, key } = await stored({ visibility: 'followers' });
    const { stepSeconds, lifetimeSeconds } = mediaLinkLimits.viewer;
    const url = await urlFor(id, alice);
    const seconds = () => Math.floor((Date.now() + ahead) / 1_000);
    const expiry = Number(url?.pathname.split('/')[3]?.split('.')[0]);
    expect(expiry - seconds()).toBeGreaterThanOrEqual(lifetimeSeconds - 5);
    expect(expiry - seconds()).toBeLessThanOrEqual(lifetimeSeconds + stepSeconds);
    expect((await urlFor(id, bob))?.pathname).toBe(url?.pathname);

    ahead += (expiry - seconds() - 100) * 1_000;
    const late = await ask(server, url?.pathname ?? '');
    expect(late.status).toBe(200);
    const maxAge = Number(/^private, max-age=(\d+)$/.exec(late.headers['cache-control'] ?? '')?.[1]);
    expect(maxAge).toBeLessThanOrEqual(100);
    ahead += 101_000;
    const ended = await ask(server, url?.pathname ?? '');
    expect([ended.status, ended.headers['cache-control']]).toEqual([403, 'no-store']);
    expect(JSON.parse(ended.body.toString()).code).toBe('link-expired');
    expect(await fetched(`/${key}`)).toBe(404);
  });

  test('in what other servers get lasts a month', async () => {
    const { id, bytes } = await stored({ visibility: 'followers' });
    const video = await server.context.videos.internal(id);
    const written = video && (await createNotes(server.context).ofVideo(video));
    const [attachment] = (written?.note.attachment ?? []) as { url: string }[];
    const { pathname } = new URL(attachment?.url ?? '');
    const seconds = server.context.mediaUrls.secondsLeft(pathname.split('/')[3] ?? '', id);
    expect(seconds).toBeGreaterThanOrEqual(mediaLinkLimits.server.lifetimeSeconds - 5);
    expect((await ask(server, pathname)).body.equals(bytes)).toBe(true);
  });

  test('carries names that a playlist gives relative to itself', async () => {
    const { id, key, bytes } = await stored({ visibility: 'followers' });
    const url = await urlFor(id, bob);
    const relative = new URL(key.split('/')[2] ?? '', url ?? undefined);
    const answer = await ask(server, relative.pathname, { headers: { range: 'bytes=0-4' } });
    expect([answer.status, answer.body.toString()]).toEqual([206, bytes.subarray(0, 5).toString()]);
  });
});

describe('media is gone', () => {
  test.each(['public', 'followers'] as const)(
    'at once with its %s video, for all addresses (P5)',
    async (visibility) => {
      const { id, key } = await stored({ visibility });
      const path = (await urlFor(id, alice))?.pathname ?? '';
      expect(await fetched(path)).toBe(200);
      const deleted = await request(server.origin)
        .delete(`/api/v1/statuses/${id}`)
        .auth(alice.token, { type: 'bearer' });
      expect(deleted.status).toBe(200);
      // The object is still there: nothing has purged it.
      expect(await server.context.storage.stat(key)).not.toBeNull();
      expect([await fetched(path), await fetched(`/${key}`)]).toEqual([404, 404]);
    },
  );

  test.each<[string, (video: { id: VideoId }, author: Person) => Promise<unknown>]>([
    ['deleted elsewhere', ({ id }) => server.context.db('videos').where({ id }).delete()],
    ['refused', ({ id }) => server.context.db('videos').where({ id }).update({ state: 'rejected' })],
    ['of somebody who was suspended', (_, { account }) => people.suspend(account)],
    [
      'narrowed to followers',
      ({ id }) => server.context.db('videos').where({ id }).update({ visibility: 'followers' }),
    ],
  ])('shortly after the video was %s', async (what, change) => {
    const author = await people.signedIn(`author${serial}`);
    const video = await stored({}, author);
    const whilePrivate = { state: 'received', visibility: 'public' } as const;
    const signed = new URL(server.context.videos.objectUrl(video.key, whilePrivate)).pathname;
    expect([await fetched(`/${video.key}`), await fetched(signed)]).toEqual([200, 200]);
    await change(video, author);
    ahead += servingLimits.accessKeptMs;
    const isThere = what === 'narrowed to followers';
    expect([await fetched(`/${video.key}`), await fetched(signed)]).toEqual([404, isThere ? 200 : 404]);
  });

  test('or was never there, for owners that are no video', async () => {
    const { key } = await stored({});
    const name = key.split('/')[2];
    for (const owner of ['0', '99999999999999999999', 'abc', '-1', '1e3', 's']) {
      expect(await fetched(`/media/${owner}/${name}`), owner).toBe(404);
    }
  });

  test('for everybody where the domain of its author is suspended', async () => {
    const author = await people.remote(`far${serial}`, 'suspended.test');
    const video = await stored({}, { ...alice, account: author });
    expect(await fetched(`/${video.key}`)).toBe(200);
    await server.context.inTx((tx) =>
      server.context.instances.setPolicy(tx, 'suspended.test', { severity: 'suspend' }),
    );
    ahead += servingLimits.accessKeptMs;
    expect(await fetched(`/${video.key}`)).toBe(404);
  });
});
