import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, signUp, until } from '../../src/setup/demo/client.ts';
import { startInstance } from '../../src/setup/demo/instance.ts';
import { DUE_NOW, UPKEEP_DUE } from '../helpers/activities.ts';
import { clip, corpusFile } from '../helpers/media-samples.ts';
import { query } from '../helpers/probes.ts';
import { EVIL, HONEST } from '../helpers/remote-http.ts';
import { closeSite, type Site, startSite } from '../helpers/sites.ts';

const PASSWORD = 'a long password';
const SLOW_MS = 120_000;

/** Two servers of ours, each a process with a database of its own, and people on them. */
let directory: string;
let a: Site;
let b: Site;
let alice: Client;
let bob: Client;
/** A small clip for what comes after the first. */
let small: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-two-'));
  [a, b] = await Promise.all([startSite(directory, 'a', HONEST), startSite(directory, 'b', EVIL)]);
  alice = await signUp(a.running.origin, 'alice', PASSWORD);
  bob = await signUp(b.running.origin, 'bob', PASSWORD);
  small = await clip(directory, 'small.mp4', { seconds: 2, size: '180x320' });
}, SLOW_MS);
afterAll(async () => {
  await Promise.all([closeSite(a), closeSite(b)]);
  await rm(directory, { recursive: true, force: true });
});

/** Uploads on A and waits until the video is published there. */
async function upload(path: string, caption: string): Promise<{ id: string; uri: string }> {
  const id = await alice.upload(path, { filename: 'clip.mp4', caption, alt_text: `About ${caption}` });
  await until(
    `A publishes "${caption}"`,
    async () => {
      const { state, detail } = await alice.processing(id);
      if (state === 'rejected') throw new Error(`A refused the clip: ${detail}`);
      return state === 'published';
    },
    SLOW_MS,
  );
  return alice.status(id);
}

type Status = Awaited<ReturnType<Client['home']>>[number];

/** Waits until bob sees a video of A with a copy on his own server. */
async function copied(uri: string): Promise<Status> {
  return until(
    'B has its own copy',
    async () => {
      const status = (await bob.home()).find((one) => one.uri === uri);
      const media = status?.media_attachments[0];
      if (media?.processing?.state === 'failed')
        throw new Error(`B could not copy it: ${media.processing.detail}`);
      return media?.hls_url && media.url ? status : null;
    },
    SLOW_MS,
  );
}

/** Addresses of the files of B's copy. */
function filesOf(status: Status): { mp4: string; hls: string; poster: string } {
  const [media] = status.media_attachments;
  return { mp4: media?.url ?? '', hls: media?.hls_url ?? '', poster: media?.preview_url ?? '' };
}

/** Checks that an MP4 is served as players and other servers need it. */
async function expectServed(url: string): Promise<void> {
  const head = await fetch(url, { method: 'HEAD', headers: { origin: 'https://elsewhere.example' } });
  expect(head.status).toBe(200);
  expect(Object.fromEntries(head.headers)).toMatchObject({
    'accept-ranges': 'bytes',
    'access-control-allow-origin': '*',
    'content-length': expect.stringMatching(/^\d{4,}$/),
    'content-type': 'video/mp4',
    'x-content-type-options': 'nosniff',
  });
  const length = Number(head.headers.get('content-length'));
  const range = await fetch(url, { headers: { range: 'bytes=4-11' } });
  expect(range.status).toBe(206);
  expect(range.headers.get('content-range')).toBe(`bytes 4-11/${length}`);
  expect(await range.text()).toMatch(/^ftyp/);
  expect((await fetch(url, { headers: { range: `bytes=${length}-` } })).status).toBe(416);
  expect((await (await fetch(url)).bytes()).length).toBe(length);
}

/** Plays as a player does: master playlist, first rendition, and the byte ranges that it names. */
async function expectPlayable({ mp4, hls }: { mp4: string; hls: string }): Promise<void> {
  const lines = async (url: string | URL) => {
    const response = await fetch(url);
    expect([String(url), response.status]).toEqual([String(url), 200]);
    return (await response.text()).split('\n').filter((line) => line !== '');
  };
  const master = await lines(hls);
  const rendition = new URL(master.find((line) => !line.startsWith('#')) ?? '', hls);
  const media = await lines(rendition);
  const [, length = '', offset = ''] = /#EXT-X-BYTERANGE:(\d+)@(\d+)/.exec(media.join('\n')) ?? [];
  const file = new URL(media.find((line) => !line.startsWith('#')) ?? '', rendition);
  const last = Number(offset) + Number(length) - 1;
  const fragment = await fetch(file, { headers: { range: `bytes=${offset}-${last}` } });
  expect(fragment.status).toBe(206);
  const bytes = Buffer.from(await fragment.arrayBuffer());
  expect(bytes.length).toBe(Number(length));
  expect(bytes.toString('latin1', 4, 8)).toMatch(/moof|styp|sidx|prft|emsg/);
  await expectServed(mp4);
}

const home = async () => (await bob.home()).map(({ uri }) => uri);
const followers = async () => (await alice.find('@alice'))?.followers_count;

describe('two servers', { timeout: 2 * SLOW_MS }, () => {
  let first: { id: string; uri: string };
  let copy: Status;

  test('a follow by handle is accepted', async () => {
    const found = await bob.find(alice.handle);
    expect(found).toMatchObject({ acct: alice.handle.slice(1), host: new URL(a.running.origin).host });
    await bob.follow(found?.id ?? '');
    await until('A accepts', async () => (await bob.relationship(found?.id ?? '')).following);
    expect(await followers()).toBe(1);
  });

  test('a video of one arrives in the feed of the other, with a copy of its own', async () => {
    // A recording from a phone where the corpus is there, else a picture that ffmpeg draws.
    first = await upload(corpusFile('ax_sample_15fps_720p_1s.mp4') ?? small, 'First');
    copy = await copied(first.uri);
    expect(copy).toMatchObject({
      visibility: 'public',
      content: '<p>First</p>',
      account: { acct: alice.handle.slice(1) },
      media_attachments: [{ description: 'About First', processing: null }],
    });
    const files = filesOf(copy);
    for (const url of Object.values(files)) expect(new URL(url).origin).toBe(b.running.origin);
    expect((await fetch(files.poster)).headers.get('content-type')).toBe('image/jpeg');
  });

  test('the file that is federated can be asked for by HEAD, in ranges, and from any page', async () => {
    const response = await fetch(first.uri, { headers: { accept: 'application/activity+json' } });
    const note = (await response.json()) as { attachment: [{ url: string; mediaType: string }] };
    expect(note.attachment[0].mediaType).toBe('video/mp4');
    expect(new URL(note.attachment[0].url).origin).toBe(a.running.origin);
    await expectServed(note.attachment[0].url);
  });

  test.for([
    ['unlisted', false],
    ['public', true],
  ] as const)(
    'it is %s there and can be commented on there (%s) as it is here',
    async ([visibility, comment]) => {
      const changed = await fetch(`${a.running.origin}/api/v1/videos/${first.id}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${alice.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ visibility, permissions: { comment } }),
      });
      expect(changed.status).toBe(200);
      const wanted = [{ visibility, comments_open: comment }];
      const row = `select visibility, comments_open from videos where uri = '${first.uri}'`;
      await until('B has heard of it', async () => isDeepStrictEqual(await query(b.database, row), wanted));
    },
  );

  test('the copy plays while its origin is down', async () => {
    await a.running.stop();
    await expect(fetch(`${a.running.origin}/health`)).rejects.toThrow();
    await expectPlayable(filesOf(copy));
    a.running = await startInstance(a);
  });

  test('what is published while the other is down arrives when it is back', async () => {
    await b.running.kill();
    const { uri } = await upload(small, 'Meanwhile');
    await until('A has tried in vain', async () => {
      const rows = await query(a.database, `select from deliveries where state = 'queued' and attempts > 0`);
      return rows.length > 0;
    });
    b.running = await startInstance(b);
    expect(await home()).toEqual([first.uri]);
    await query(a.database, DUE_NOW);
    await copied(uri);
    expect(await home()).toEqual([uri, first.uri]);
  });

  test('what is deleted on one is gone from the other, its files too', async () => {
    const files = Object.values(filesOf(copy));
    await alice.remove(first.id);
    await until('it is gone from the feed', async () => !(await home()).includes(first.uri));
    for (const url of files) {
      await until(`${url} is gone`, async () => (await fetch(url)).status === 404);
    }
    expect((await fetch(first.uri, { headers: { accept: 'application/activity+json' } })).status).toBe(410);
    await expect(bob.status(copy.id)).rejects.toMatchObject({ status: expect.toBeOneOf([404, 410]) });
  });

  test('after an unfollow nothing more is sent', async () => {
    const found = await bob.find(alice.handle);
    await bob.unfollow(found?.id ?? '');
    await until('A knows', async () => (await followers()) === 0);
    const { uri } = await upload(small, 'Alone');
    const told = `select from activities where object_uri = '${uri}' and type = 'Create'`;
    await until('A has told its followers', async () => (await query(a.database, told)).length === 1);
    const sent = `select from deliveries join activities on activities.id = activity_id where object_uri = '${uri}'`;
    expect(await query(a.database, sent)).toEqual([]);
    expect(await home()).not.toContain(uri);
  });

  test('an account that is deleted on one is gone from the other, with all that it posted', async () => {
    const found = await bob.find(alice.handle);
    await bob.follow(found?.id ?? '');
    await until('A accepts', async () => (await bob.relationship(found?.id ?? '')).following);
    const { uri } = await upload(small, 'Last');
    await copied(uri);
    await query(a.database, `update users set delete_at = now()`);
    await a.running.stop();
    await query(a.database, UPKEEP_DUE);
    a.running = await startInstance(a);
    await until('B has let go of her', async () => (await home()).length === 0);
    const rows = await query(
      b.database,
      `select state from accounts where actor_uri = '${found?.uri ?? ''}'`,
    );
    expect(rows).toEqual([{ state: 'deleted' }]);
  });
});
