import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, signUp, until } from '../../src/setup/demo/client.ts';
import { startInstance } from '../../src/setup/demo/instance.ts';
import { clip } from '../helpers/media-samples.ts';
import { query } from '../helpers/probes.ts';
import { EVIL, HONEST } from '../helpers/remote-http.ts';
import { closeSite, type Site, startSite } from '../helpers/sites.ts';
import { ask, follows } from '../helpers/two-people.ts';

const SLOW_MS = 120_000;

/** Two servers of ours: alice posts on A, and bob makes something of it on B. */
let directory: string;
let a: Site;
let b: Site;
let alice: Client;
let bob: Client;
let first: string;
let second: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-remixes-'));
  [a, b] = await Promise.all([startSite(directory, 'a', HONEST), startSite(directory, 'b', EVIL)]);
  alice = await signUp(a.running.origin, 'alice', 'a long password');
  bob = await signUp(b.running.origin, 'bob', 'a long password');
  first = await clip(directory, 'first.mp4', { seconds: 2, size: '180x320' });
  second = await clip(directory, 'second.mp4', { seconds: 2, size: '180x320' });
  await follows(bob, alice);
  await follows(alice, bob);
}, SLOW_MS);
afterAll(async () => {
  await Promise.all([closeSite(a), closeSite(b)]);
  await rm(directory, { recursive: true, force: true });
});

/** Cuts a server off as a crash does, and starts it again on what it left. */
async function killed(site: Site) {
  await site.running.kill();
  return startInstance(site);
}

async function published(who: Client, id: string): Promise<void> {
  await until(
    'it is published',
    async () => {
      const { state, detail } = await who.processing(id);
      if (state === 'rejected') throw new Error(`It was refused: ${detail}`);
      return state === 'published';
    },
    SLOW_MS,
  );
}

/** A video of alice, and what it is on B. */
async function posted(caption: string) {
  const id = await alice.upload(first, { filename: 'first.mp4', caption });
  await published(alice, id);
  const { uri } = await alice.status(id);
  const there = await until(
    'B has a copy',
    async () => {
      const status = (await bob.home()).find((one) => one.uri === uri);
      return status?.media_attachments[0]?.hls_url ? status : null;
    },
    SLOW_MS,
  );
  return { id, uri, onB: there.id };
}

/** Orders a remix and sends bob's part of it, as the page does. */
async function remixed(remix: object): Promise<string> {
  const id = await ordered(remix);
  await published(bob, id);
  return id;
}

async function ordered(remix: object): Promise<string> {
  const file = await readFile(second);
  const order = { filename: 'second.mp4', bytes: file.length, caption: 'With alice', remix };
  const begun = await ask(bob, 'POST', 'videos', order);
  expect(begun.status, JSON.stringify(begun.body)).toBe(200);
  const sent = await fetch(begun.body.upload_url, {
    method: 'PATCH',
    headers: {
      ...{ authorization: `Bearer ${bob.token}`, 'tus-resumable': '1.0.0', 'upload-offset': '0' },
      'content-type': 'application/offset+octet-stream',
    },
    body: file,
  });
  expect(sent.status).toBe(204);
  return begun.body.video_id;
}

/** What the server of somebody says that a video was made from. */
const madeFrom = async (who: Client, id: string) => (await ask(who, 'GET', `videos/${id}`)).body.remix_of;

/** A video of bob on A. */
const onA = (uri: string) =>
  until('it is on A', async () => (await alice.home()).find((one) => one.uri === uri), SLOW_MS);

describe('duets and stitches between two servers', { timeout: 2 * SLOW_MS }, () => {
  let original: Awaited<ReturnType<typeof posted>>;
  let duet: string;

  test('what an author does not allow is refused on the other server', async () => {
    original = await posted('First');
    const permission = async () =>
      (await ask(bob, 'GET', `videos/${original.onB}/remix_permission`)).body.stitch;
    expect(await permission()).toMatchObject({ allowed: true });
    await ask(alice, 'PATCH', `videos/${original.id}`, { permissions: { stitch: false } });
    await until('B has heard of it', async () => (await permission()).reason === 'remix-not-allowed');
    const clipped = { kind: 'stitch', of: original.onB, clip: { start: 0, end: 1 } };
    const order = { filename: 'second.mp4', bytes: 10, caption: 'No', remix: clipped };
    expect(await ask(bob, 'POST', 'videos', order)).toMatchObject({
      status: 403,
      body: { code: 'remix-not-allowed' },
    });
  });

  test('a duet arrives with whom it is made with, and its author is told', async () => {
    duet = await remixed({ kind: 'duet', of: original.onB, layout: 'top_bottom' });
    const { uri } = await bob.status(duet);
    const there = await onA(uri);
    const named = { kind: 'duet', layout: 'top_bottom', state: 'available' };
    const seen = await until('A has given its leave', async () => {
      const made = await madeFrom(alice, there.id);
      return made.state === 'available' ? made : null;
    });
    expect(seen).toMatchObject({ ...named, video_id: original.id, account: { acct: 'alice' } });
    await until('B has it in writing', async () => (await madeFrom(bob, duet)).state === 'available');
    expect(await madeFrom(bob, duet)).toMatchObject({
      ...named,
      video_id: original.onB,
      account: { acct: alice.handle.slice(1) },
    });
    const note = await (await fetch(uri, { headers: { accept: 'application/activity+json' } })).json();
    expect(note).toMatchObject({
      ...{ quote: original.uri, _misskey_quote: original.uri, remixOf: original.uri, remixKind: 'duet' },
      quoteAuthorization: expect.stringContaining(`${a.running.origin}/ap/quote_authorizations/`),
    });
    expect(note).not.toHaveProperty('inReplyTo');

    const list = await ask(alice, 'GET', `videos/${original.id}/remixes`);
    expect(list.body.map((one: { id: string }) => one.id)).toEqual([there.id]);
    expect((await ask(alice, 'GET', `videos/${original.id}`)).body.stats.remixes).toBe(1);
    expect((await ask(alice, 'GET', 'notifications?types[]=quote')).body).toMatchObject([
      { type: 'quote', account: { acct: bob.handle.slice(1) }, status: { uri } },
    ]);
    // The text on A does not say twice what is shown beside it.
    expect(there.content).toBe('<p>With alice</p>');
  });

  test('what the author forbids before B has heard of it is turned down, and names nobody', async () => {
    await query(a.database, `update videos set allows_duet = false where id = ${original.id}`);
    const late = await remixed({ kind: 'duet', of: original.onB });
    await until('B was told', async () => (await madeFrom(bob, late)).state === 'refused', SLOW_MS);
    const there = await onA((await bob.status(late)).uri);
    expect(await madeFrom(alice, there.id)).toMatchObject({ video_id: null, account: null });
    expect((await ask(alice, 'GET', `videos/${original.id}`)).body.stats.remixes).toBe(1);
  });

  test('the author takes it back, and the other server obeys', async () => {
    const there = await onA((await bob.status(duet)).uri);
    const back = await ask(alice, 'DELETE', `videos/${original.id}/remixes/${there.id}`);
    expect(back.status).toBe(200);
    await until('B was told', async () => (await madeFrom(bob, duet)).state === 'refused', SLOW_MS);
    expect(await madeFrom(bob, duet)).toMatchObject({ video_id: null, account: null });
    expect((await ask(alice, 'GET', `videos/${original.id}/remixes`)).body).toEqual([]);
  });

  test('once the original is gone the remix stays, and says that it is unavailable', async () => {
    const other = await posted('Other');
    const stitch = await remixed({ kind: 'stitch', of: other.onB, clip: { start: 0, end: 1 } });
    await until('B has it in writing', async () => (await madeFrom(bob, stitch)).state === 'available');
    await alice.remove(other.id);
    await until(
      'it is gone on B',
      async () => (await madeFrom(bob, stitch)).state === 'unavailable',
      SLOW_MS,
    );
    expect(await madeFrom(bob, stitch)).toMatchObject({ kind: 'stitch', video_id: null, account: null });
    expect(await bob.processing(stitch)).toMatchObject({ state: 'published' });
  });

  test('an author who wants to be asked is, and nobody sees it before, whatever crashes meanwhile', async () => {
    const asking = await posted('Ask me');
    const permission = async () => (await ask(bob, 'GET', `videos/${asking.onB}/remix_permission`)).body.duet;
    expect(await permission()).toMatchObject({ allowed: true, asks: false });
    await ask(alice, 'PATCH', `videos/${asking.id}`, { permissions: { ask: true } });
    await until('B has heard of it', async () => (await permission()).asks, SLOW_MS);
    const requests = async () => (await ask(alice, 'GET', 'remix_requests')).body;
    const waits = async (id: string) => {
      const { state, done } = await bob.processing(id);
      return state === 'held' && done;
    };
    const refusals = async () =>
      (await ask(bob, 'GET', 'notifications?types[]=vireo.remix_refused')).body.length;
    const before = await refusals();
    const [yes, no] = [
      await ordered({ kind: 'duet', of: asking.onB, layout: 'side_by_side' }),
      await ordered({ kind: 'stitch', of: asking.onB, clip: { start: 0, end: 1 } }),
    ];
    // While it is made, and while it waits.
    b.running = await killed(b);
    await until('both are made', async () => (await waits(yes)) && (await waits(no)), SLOW_MS);
    await until('alice is asked', async () => (await requests()).length === 2, SLOW_MS);
    const told = async () =>
      (await ask(alice, 'GET', 'notifications?types[]=vireo.remix_request')).body.length;
    await until('alice is told of both', async () => (await told()) === 2, SLOW_MS);
    const [stitch, duet] = await requests();
    expect([stitch.kind, duet.kind].toSorted()).toEqual(['duet', 'stitch']);
    const preview = await fetch(duet.preview_url);
    expect([preview.status, preview.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    const { uri } = (await ask(bob, 'GET', `videos/${yes}`)).body;
    expect((await fetch(uri, { headers: { accept: 'application/activity+json' } })).status).toBe(404);
    expect(await madeFrom(bob, yes)).toMatchObject({ state: 'pending', unpublished: true });
    a.running = await killed(a);

    for (const one of await requests()) {
      const verb = one.kind === 'duet' ? 'allow' : 'refuse';
      expect((await ask(alice, 'POST', `remix_requests/${one.id}/${verb}`)).status).toBe(200);
    }
    await until('B heard the no', async () => (await madeFrom(bob, no)).state === 'refused', SLOW_MS);
    expect(await madeFrom(bob, no)).toMatchObject({ unpublished: true, refusal: 'declined' });
    expect(await waits(no)).toBe(true);
    await until('bob is told of it', async () => (await refusals()) === before + 1, SLOW_MS);
    await published(bob, yes);
    const there = await onA(uri);
    await until('A counts it', async () => (await madeFrom(alice, there.id)).state === 'available', SLOW_MS);
    const counted = async () => (await ask(alice, 'GET', `videos/${asking.id}`)).body.stats.remixes;
    await until('it is counted', async () => (await counted()) === 1, SLOW_MS);
    const { uri: hidden } = (await ask(bob, 'GET', `videos/${no}`)).body;
    expect((await alice.home()).map((one) => one.uri)).not.toContain(hidden);
  });
});
