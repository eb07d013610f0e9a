import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, until } from '../../src/setup/demo/client.ts';
import { clip } from '../helpers/media-samples.ts';
import { query } from '../helpers/probes.ts';
import type { Site } from '../helpers/sites.ts';
import { ask, follows, published, startTwoSites } from '../helpers/two-people.ts';

const SLOW_MS = 120_000;

/** Two servers of ours: alice has a sound on A, and bob makes a video with it on B. */
let sites: Awaited<ReturnType<typeof startTwoSites>>;
let directory: string;
let a: Site;
let b: Site;
let alice: Client;
let bob: Client;
let file: string;

beforeAll(async () => {
  sites = await startTwoSites();
  ({ directory, a, b, alice, bob } = sites);
  file = await clip(directory, 'file.mp4', { seconds: 2, size: '180x320' });
  await follows(bob, alice);
  await follows(alice, bob);
}, SLOW_MS);
afterAll(() => sites?.close());

/** Uploads as the page does, and waits until it is out. */
async function posted(who: Client, about: object): Promise<string> {
  const bytes = await readFile(file);
  const begun = await ask(who, 'POST', 'videos', { filename: 'file.mp4', bytes: bytes.length, ...about });
  expect(begun.status, JSON.stringify(begun.body)).toBe(200);
  const sent = await fetch(begun.body.upload_url, {
    method: 'PATCH',
    headers: {
      ...{ authorization: `Bearer ${who.token}`, 'tus-resumable': '1.0.0', 'upload-offset': '0' },
      'content-type': 'application/offset+octet-stream',
    },
    body: bytes,
  });
  expect(sent.status).toBe(204);
  await published(who, begun.body.video_id);
  return begun.body.video_id;
}

/** What somebody's server says of the sound of a video. */
const soundOn = async (who: Client, id: string) => (await ask(who, 'GET', `videos/${id}`)).body.sound;

/** A video with this address as somebody's server knows it. */
const arrived = (who: Client, uri: string) =>
  until('it is there', async () => (await who.home()).find((one) => one.uri === uri), SLOW_MS);

const noteAt = async (uri: string) =>
  (await fetch(uri, { headers: { accept: 'application/activity+json' } })).json();

describe('sounds between two servers', { timeout: 2 * SLOW_MS }, () => {
  let original: { readonly id: string; readonly uri: string; readonly onB: string };
  /** Of the sound, on B. */
  let sound: string;
  const use = async () => (await ask(bob, 'GET', `sounds/${sound}`)).body.use;

  test('B knows what alice calls her sound, and that others may use it', async () => {
    const id = await posted(alice, { caption: 'Listen', sound_title: 'Gulls' });
    const { uri } = await alice.status(id);
    const { id: onB } = await arrived(bob, uri);
    original = { id, uri, onB };
    expect(await noteAt(uri)).toMatchObject({
      soundTitle: 'Gulls',
      interactionPolicy: {
        canUseSound: { automaticApproval: ['https://www.w3.org/ns/activitystreams#Public'] },
      },
    });
    const known = await until('B has heard it', async () => {
      const found = await soundOn(bob, onB);
      return found?.id ? found : null;
    });
    expect(known).toMatchObject({ title: 'Gulls', original: true });
    sound = known.id;
    expect(await use()).toMatchObject({ allowed: true });
  });

  test('what bob makes with it arrives with whose it is, and is among the videos of the sound', async () => {
    const made = await posted(bob, {
      caption: 'My turn',
      sound: { id: sound, volumes: { sound: 1, own: 0.5 } },
    });
    const { uri } = await bob.status(made);
    expect(await soundOn(bob, made)).toMatchObject({
      ...{ id: sound, title: 'Gulls', account: { acct: alice.handle.slice(1) } },
    });
    const there = await arrived(alice, uri);
    expect(await noteAt(uri)).toMatchObject({ usesSound: original.uri });
    expect(await noteAt(uri)).not.toHaveProperty('soundTitle');
    const credited = await until('A has looked into it', async () => {
      const found = await soundOn(alice, there.id);
      return found?.account ? found : null;
    });
    expect(credited).toMatchObject({ title: 'Gulls', original: false, account: { acct: 'alice' } });
    expect(credited.id).toBe((await soundOn(alice, original.id)).id);
    const listed = await ask(alice, 'GET', `sounds/${credited.id}/statuses`);
    expect(listed.body.map((one: { id: string }) => one.id)).toEqual([there.id, original.id]);
    expect((await ask(alice, 'GET', `sounds/${credited.id}`)).body.uses).toBe(2);
  });

  test('what alice calls it later, and says of the rights to it, is told at once, and once', async () => {
    const { id } = await soundOn(alice, original.id);
    const sent = () => query(a.database, 'select id from deliveries');
    const before = (await sent()).length;
    await ask(alice, 'PATCH', `sounds/${id}`, { title: 'Gull' });
    const rights = {
      licence: 'CC-BY-4.0',
      holder: 'Alice',
      isrc: '',
      source_url: 'https://alice.example/gulls',
    };
    expect((await ask(alice, 'PATCH', `sounds/${id}`, { title: 'More gulls', rights })).status).toBe(200);
    await until(
      'B calls it so',
      async () => (await soundOn(bob, original.onB)).title === 'More gulls',
      SLOW_MS,
    );
    const known = (await ask(bob, 'GET', `sounds/${sound}`)).body;
    expect(known).toMatchObject({ title: 'More gulls', rights: { ...rights, by_staff: false } });
    expect(await noteAt(original.uri)).toMatchObject({
      ...{ soundTitle: 'More gulls', soundLicence: 'CC-BY-4.0', soundHolder: 'Alice' },
      soundSource: 'https://alice.example/gulls',
    });
    expect((await sent()).length - before).toBeLessThanOrEqual(1);
  });

  test('what alice forbids is refused on B, with the reason', async () => {
    await ask(alice, 'PATCH', `videos/${original.id}`, { permissions: { sound: false } });
    await until('B has heard of it', async () => (await use()).reason === 'sound-not-allowed');
    expect(
      await ask(bob, 'POST', 'videos', { filename: 'a.mp4', bytes: 10, sound: { id: sound } }),
    ).toMatchObject({
      status: 403,
      body: { code: 'sound-not-allowed' },
    });
  });

  test('what B claims all the same names nobody on A', async () => {
    // B has not heard of it, as it were.
    await query(b.database, `update videos set allows_sound = true where id = ${original.onB}`);
    const made = await posted(bob, { caption: 'Anyway', sound: { id: sound } });
    const { uri } = await bob.status(made);
    const there = await arrived(alice, uri);
    const claim = `select job.state from videos left join jobs as job
                       on job.name = 'sounds.check' and job.payload->>'videoId' = videos.id::text
                    where videos.id = ${there.id} and videos.sound_of_uri = '${original.uri}'`;
    await until('A has looked into it', async () => {
      const [row] = await query(a.database, claim);
      return row !== undefined && !JSON.stringify(row).includes('pending');
    });
    const found = await soundOn(alice, there.id);
    expect(found?.account ?? null).toBeNull();
    expect(found?.id ?? null).not.toBe((await soundOn(alice, original.id)).id);
  });

  test('once the original is gone, what was made with it stays', async () => {
    const made = (await bob.home()).find(({ content }) => content === '<p>My turn</p>');
    await alice.remove(original.id);
    await until(
      'it is gone on B',
      async () => (await soundOn(bob, made?.id ?? '')).account === null,
      SLOW_MS,
    );
    expect(await bob.processing(made?.id ?? '')).toMatchObject({ state: 'published' });
    expect(await noteAt(made?.uri ?? '')).not.toHaveProperty('usesSound');
    expect(await use()).toMatchObject({ allowed: false, reason: 'sound-gone' });
  });
});
