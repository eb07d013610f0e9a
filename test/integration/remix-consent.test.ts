import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { quiet } from '../helpers/activities.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { createRemixRig, startOrigin } from '../helpers/remix-rig.ts';
import { ORIGINAL, OWN, quartered } from '../helpers/remix-samples.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const SLOW_MS = 120_000;

/** Duets with a video of this server whose author wants to be asked, made from real files (ADR 0080). */
let directory: string;
let files: { own: string; original: string };
let server: TestServer;
let rig: ReturnType<typeof createRemixRig>;
let client: Client;
let alice: Person;
let bob: Person;
let original: VideoId;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-consent-'));
  const size = [272, 480] as const;
  files = {
    own: await quartered(directory, 'own.mp4', { colours: OWN, size, seconds: 2, tone: 600 }),
    original: await quartered(directory, 'original.mp4', { colours: ORIGINAL, size, seconds: 2, tone: 900 }),
  };
  server = await startTestServer({ role: 'all', variables: { REMOTE_VIDEO: 'off' } });
  rig = createRemixRig(server);
  client = clientOf(server.origin);
  const people = createPeople(server);
  [alice, bob] = [await people.signedIn('alice'), await people.signedIn('bob')];
  original = await rig.uploaded(bob, files.original, { permissions: { ask: true } });
}, SLOW_MS);
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

const read = async (id: string, as?: Person) => {
  const { status, body } = await client.get(`/api/v1/videos/${id}`, { as });
  return status === 200 ? body : status;
};
const requests = async (as: Person) => (await client.get('/api/v1/remix_requests', { as })).body;
const heard = async (as: Person, type: string) =>
  (await client.get(`/api/v1/notifications?types[]=${type}`, { as })).body.map(
    (one: { type: string; account: { acct: string } }) => [one.type, one.account.acct],
  );

/** A duet by alice, made and waiting. */
async function duet(about: object = {}): Promise<VideoId> {
  const remix = { of: original, kind: 'duet', layout: 'top_bottom' };
  const id = await rig.uploaded(alice, files.own, { remix, caption: 'With bob', ...about });
  await quiet(server);
  return id;
}

test('an author says of each video, or of all that come, that they want to be asked', async () => {
  expect((await read(original)).permissions).toMatchObject({ duet: true, stitch: true, ask: true });
  const permission = (await client.get(`/api/v1/videos/${original}/remix_permission`, { as: alice })).body;
  expect(permission.duet).toEqual({ allowed: true, asks: true, reason: null, message: null });
  const own = (await client.get(`/api/v1/videos/${original}/remix_permission`, { as: bob })).body;
  expect(own.duet).toMatchObject({ allowed: true, asks: false });
  const change = { source: { permissions: { ask: true } } };
  const changed = await client.patch('/api/v1/accounts/update_credentials', { as: bob, body: change });
  expect(changed.body.source.permissions).toMatchObject({ duet: true, ask: true });
  const other = await rig.uploaded(bob, files.original);
  expect((await read(other)).permissions).toMatchObject({ ask: true });
});

describe('a duet waits', { timeout: SLOW_MS }, () => {
  test('seen by whoever made it, and by whoever is asked, until they say yes', async () => {
    const id = await duet();
    expect(await rig.row(id)).toMatchObject({ state: 'held', media_state: 'ready', published_at: null });
    expect(await read(id)).toBe(404);
    expect(await read(id, alice)).toMatchObject({
      remix_of: { state: 'pending', unpublished: true, account: { acct: 'bob' } },
    });
    expect(await heard(bob, 'vireo.remix_request')).toEqual([['vireo.remix_request', 'alice']]);
    expect(await heard(bob, 'quote')).toEqual([]);
    const [request, ...others] = await requests(bob);
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      ...{ kind: 'duet', caption: 'With bob', video_id: original },
      account: { acct: 'alice' },
    });
    const preview = await fetch(request.preview_url);
    expect([preview.status, preview.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    const unsigned = request.preview_url.replace(/\/s\/[^/]+\//, '/');
    expect((await fetch(unsigned)).status).toBe(404);
    expect(await requests(alice)).toEqual([]);
    expect((await client.get(`/api/v1/videos/${original}/remixes`)).body).toEqual([]);

    const allow = `/api/v1/remix_requests/${request.id}/allow`;
    expect((await client.post(allow, { as: alice })).status).toBe(404);
    expect((await client.post(allow, { as: bob })).status).toBe(200);
    await quiet(server);
    expect(await read(id)).toMatchObject({
      remix_of: { state: 'available', unpublished: false, video_id: original },
    });
    expect((await client.get(`/api/v1/videos/${original}/remixes`)).body).toMatchObject([{ id }]);
    expect((await read(original)).stats.remixes).toBe(1);
    expect(await heard(bob, 'quote')).toEqual([['quote', 'alice']]);
    expect(await heard(alice, 'vireo.published')).toEqual([['vireo.published', 'alice']]);
    expect((await client.post(allow, { as: bob })).status).toBe(404);
  });

  test('or no, which leaves it with whoever made it', async () => {
    const id = await duet();
    const [{ id: requestId }] = await requests(bob);
    expect((await client.post(`/api/v1/remix_requests/${requestId}/refuse`, { as: bob })).status).toBe(200);
    await quiet(server);
    expect(await read(id)).toBe(404);
    expect(await read(id, alice)).toMatchObject({
      remix_of: { state: 'refused', unpublished: true, refusal: 'declined', account: null },
    });
    expect(await heard(alice, 'vireo.remix_refused')).toEqual([['vireo.remix_refused', 'bob']]);
    const studio = (await client.get('/api/v1/studio/videos', { as: alice })).body;
    expect(studio.find((one: { id: string }) => one.id === id)).toMatchObject({
      ...{ state: 'processing', processing: { done: true }, remix_of: { unpublished: true } },
    });
    expect((await client.delete(`/api/v1/videos/${id}`, { as: alice })).status).toBe(200);
  });

  test('or is taken back by whoever made it', async () => {
    const id = await duet();
    expect(await requests(bob)).toHaveLength(1);
    expect((await client.delete(`/api/v1/videos/${id}`, { as: alice })).status).toBe(200);
    expect(await requests(bob)).toEqual([]);
  });

  test('but not where it was allowed when it was begun', async () => {
    const asks = (ask: boolean) =>
      server.context.db('videos').where({ id: original }).update({ remix_asks: ask });
    await asks(false);
    const { body, file } = await rig.announce(alice, files.own, { remix: { of: original, kind: 'duet' } });
    await asks(true);
    await rig.send(alice, body.upload_url, file);
    expect(await rig.settled(body.video_id)).toMatchObject({ state: 'published' });
  });

  test('also where its author on another server wants that only since it was begun', async () => {
    const origin = await startOrigin('127.0.0.3', files.original);
    const remote = await rig.remote(origin.origin);
    const host = new URL(origin.origin).host;
    const by = { kind: 'operator' } as const;
    await server.context.inTx((tx) =>
      server.context.domains.setMediaMode(tx, by, { domain: host, mode: 'on-view' }),
    );
    const { body, file } = await rig.announce(alice, files.own, { remix: { of: remote, kind: 'duet' } });
    expect(await rig.row(body.video_id)).toMatchObject({ awaits_consent: false, remix_consent: 'asked' });
    await server.context.db('videos').where({ id: remote }).update({ remix_asks: true });
    await rig.send(alice, body.upload_url, file);
    expect(await rig.settled(body.video_id)).toMatchObject({ state: 'held', awaits_consent: true });
    await origin.close();
  });

  test('as a draft first, and is asked for once it is posted', async () => {
    const { inTx, remixes } = server.context;
    const videos = createVideoFactory(server.context);
    const draft = await videos.video(alice.account, { state: 'draft', awaitsPost: true });
    const about = { account: alice.account, videoId: draft, originalId: original };
    await inTx((tx) =>
      remixes.attach(tx, { ...about, kind: 'duet', layout: 'side_by_side', carriesSound: true }),
    );
    await quiet(server);
    expect(await requests(bob)).toEqual([]);
    const posted = await client.post('/api/v1/statuses', { as: alice, body: { media_ids: [draft] } });
    expect(posted.status, posted.text).toBe(200);
    await quiet(server);
    expect(await rig.row(posted.body.id)).toMatchObject({ state: 'held', awaits_consent: true });
    const [{ id: requestId }] = await requests(bob);
    await client.post(`/api/v1/remix_requests/${requestId}/allow`, { as: bob });
    await quiet(server);
    expect(await rig.row(posted.body.id)).toMatchObject({ state: 'published', remix_consent: 'given' });
  });
});
