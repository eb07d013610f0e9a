import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SoundId, VideoId } from '../../src/lib/ids.ts';
import { eventually } from '../helpers/chaos.ts';
import { ffprobeRaw } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { createRemixRig, startOrigin } from '../helpers/remix-rig.ts';
import { apart, colourAt, ORIGINAL, OWN, quartered, tonesIn } from '../helpers/remix-samples.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn } from '../helpers/sounds.ts';

const SLOW_MS = 180_000;
const TONES = { own: 600, sound: 1_700 };

let directory: string;
let files: { own: string; silent: string; original: string };
let origin: Awaited<ReturnType<typeof startOrigin>>;
let server: TestServer;
let client: Client;
let rig: ReturnType<typeof createRemixRig>;
let alice: Person;
let bob: Person;
let original: VideoId;
let sound: SoundId;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-sounds-'));
  const size = [272, 480] as const;
  files = {
    own: await quartered(directory, 'own.mp4', { colours: OWN, size, seconds: 3, tone: TONES.own }),
    silent: await quartered(directory, 'silent.mp4', { colours: OWN, size, seconds: 2 }),
    original: await quartered(directory, 'original.mp4', {
      ...{ colours: ORIGINAL, size: [480, 272], seconds: 4, rate: 25, tone: TONES.sound },
    }),
  };
  origin = await startOrigin('127.0.0.3', files.original);
  server = await startTestServer({ role: 'all', variables: { REMOTE_VIDEO: 'proxy' } });
  client = clientOf(server.origin);
  rig = createRemixRig(server);
  const people = createPeople(server);
  [alice, bob] = [await people.signedIn('alice'), await people.signedIn('bob')];
  original = await rig.uploaded(bob, files.original, { sound_title: 'One note' });
  sound = await soundOf(original);
}, SLOW_MS);
afterAll(async () => {
  await server?.close();
  await origin?.close();
  await rm(directory, { recursive: true, force: true });
});

const videos = () => server.context.db('videos');
beforeEach(() => videos().where({ id: original }).update({ allows_sound: true, visibility: 'public' }));

const soundOf = (id: VideoId) =>
  eventually('its sound is known', async () => (await rig.row(id))?.sound_id as SoundId | null, SLOW_MS);

/** Length of picture and sound in seconds. */
async function lengths(path: string) {
  const { streams = [] } = await ffprobeRaw(path, '-show_streams');
  const of = (kind: string) =>
    (streams as readonly Record<string, string>[]).find(({ codec_type }) => codec_type === kind);
  return {
    size: `${of('video')?.width}x${of('video')?.height}`,
    picture: Number(of('video')?.duration),
    sound: Number(of('audio')?.duration),
  };
}

/** How strong both tones are in a part of a file, from 0 to 1. */
const heard = (path: string, from: number, seconds: number) => tonesIn(path, TONES, from, seconds);

/** The lower tone has to be so much stronger to be as loud (ITU-R BS.1770, which loudness is measured by). */
const EQUALLY_LOUD = 1.315;

/** Nothing of it is heard beside the other one. */
const UNHEARD = 0.01;

const use = (more: object = {}) => ({ sound: { id: sound, ...more } });

describe('a video made with a sound', { timeout: SLOW_MS }, () => {
  test('has its own picture and length, and both sounds as loud as was chosen', async () => {
    const volumes = { sound: 1, own: 0.25 };
    const id = await rig.uploaded(alice, files.own, {
      ...use({ start: 0.5, volumes }),
      caption: 'To a note',
    });
    const path = await rig.mp4(id);
    const { size, ...made } = await lengths(path);
    expect(size).toBe('272x480');
    expect(made.picture).toBeCloseTo(3, 1);
    expect(Math.abs(made.sound - 3)).toBeLessThan(0.1);
    expect(apart(await colourAt(path, 1, 0.25, 0.25), OWN[0])).toBeLessThan(32);
    const tones = await heard(path, 0.3, 2.4);
    expect(Math.abs(tones.own / tones.sound / EQUALLY_LOUD - 0.25)).toBeLessThan(0.02);

    // It is among the videos of the sound at once, and says whose that is.
    expect(await rig.row(id)).toMatchObject({ sound_id: sound, sound_of_id: original });
    const page = (await client.get(`/api/v1/sounds/${sound}`)).body;
    expect(page).toMatchObject({ title: 'One note', uses: 2, video_id: original });
    const among = (await client.get(`/api/v1/sounds/${sound}/statuses`)).body;
    expect(among.map((one: { id: string }) => one.id)).toEqual([id, original]);
    const said = { id: sound, title: 'One note', original: false, muted: false, withheld: null };
    expect((await client.get(`/api/v1/videos/${id}`)).body.sound).toEqual({
      ...said,
      account: expect.objectContaining({ id: bob.id, acct: 'bob' }),
    });
    // Nobody is named in the original itself.
    expect((await client.get(`/api/v1/videos/${original}`)).body.sound).toEqual({
      ...{ ...said, original: true, account: null },
    });

    // What is heard of it later, with a voice over it, makes no other sound of it.
    await eventually('it was listened to', async () => (await rig.row(id))?.sound_heard, SLOW_MS);
    expect((await rig.row(id))?.sound_id).toBe(sound);
  });

  test('is silent where the sound ends before it, and nothing is heard of a recording at volume 0', async () => {
    const ended = await rig.mp4(await rig.uploaded(alice, files.own, use({ start: 2.5 })));
    expect((await lengths(ended)).picture).toBeCloseTo(3, 1);
    const [first, then] = [await heard(ended, 0.2, 1.1), await heard(ended, 1.7, 1.1)];
    expect(first.sound).toBeGreaterThan(0.05);
    expect(then.sound / then.own).toBeLessThan(UNHEARD);

    const alone = await rig.mp4(
      await rig.uploaded(alice, files.own, use({ volumes: { sound: 0.5, own: 0 } })),
    );
    const tones = await heard(alone, 0.3, 2.4);
    expect(tones.own / tones.sound).toBeLessThan(UNHEARD);
    // It is brought to the loudness of all others, whatever was chosen.
    expect(tones.sound).toBeGreaterThan(first.sound * 0.9);
  });

  test('may have no sound of its own, and keeps only what its author does', async () => {
    const id = await rig.uploaded(alice, files.silent, { ...use(), edit: { in: 0.5 } });
    const path = await rig.mp4(id);
    expect((await lengths(path)).picture).toBeCloseTo(1.5, 1);
    expect((await heard(path, 0.2, 1.1)).sound).toBeGreaterThan(0.05);
  });

  test('is made with the sound of another server, which stays there', async () => {
    const remote = await rig.remote(origin.origin);
    await videos().where({ id: remote }).update({ allows_sound: true });
    const theirs = await heardIn(server.context, remote);
    const id = await rig.uploaded(alice, files.own, { sound: { id: theirs } });
    const tones = await heard(await rig.mp4(id), 0.3, 2.4);
    expect(tones.own / tones.sound / EQUALLY_LOUD).toBeCloseTo(1, 1);
    expect(await server.context.db('video_assets').where({ video_id: remote, role: 'mp4' })).toEqual([]);
    expect((await client.get(`/api/v1/videos/${id}`)).body.sound.account.acct).toBe(`carol@${origin.host}`);
  });

  test('stays when the original goes, names nobody any more, and no other is made', async () => {
    const gone = await rig.uploaded(bob, files.original);
    const its = await soundOf(gone);
    const id = await rig.uploaded(alice, files.own, { sound: { id: its } });
    expect((await client.delete(`/api/v1/videos/${gone}`, { as: bob })).status).toBe(200);
    const { body } = await client.get(`/api/v1/videos/${id}`);
    expect(body).toMatchObject({ status: 'published', sound: { id: its, account: null } });
    const page = (await client.get(`/api/v1/sounds/${its}`, { as: alice })).body;
    expect(page).toMatchObject({ uses: 1, video_id: null, use: { allowed: false, reason: 'sound-gone' } });
  });
});

describe('an upload with a sound is not begun', () => {
  async function refused(about: object = use(), as = alice) {
    const before = await videos().count('* as count').first();
    const { status, body } = await rig.announce(as, files.own, about);
    expect(await videos().count('* as count').first()).toEqual(before);
    return { status, code: body.code };
  }
  /** What the page of the sound says before anybody tries. */
  const told = async (as = alice, id = sound) =>
    (await client.get(`/api/v1/sounds/${id}`, { as })).body.use?.reason;

  test('where its author does not let others use it', async () => {
    expect(await told()).toBeNull();
    const off = { permissions: { sound: false } };
    expect((await client.patch(`/api/v1/videos/${original}`, { as: bob, body: off })).status).toBe(200);
    expect(await told()).toBe('sound-not-allowed');
    expect(await refused()).toEqual({ status: 403, code: 'sound-not-allowed' });
    // One’s own needs nobody’s leave, and a guest is told nothing.
    expect(await told(bob)).toBeNull();
    expect((await client.get(`/api/v1/sounds/${sound}`)).body.use).toBeNull();
  });

  test('where those who run the server do not allow it', async () => {
    const rules = () => server.context.db('sound_rules');
    await rules().insert({ sound_id: sound, action: 'refuse' });
    expect(await told(bob)).toBe('sound-barred');
    expect(await refused(use(), bob)).toEqual({ status: 403, code: 'sound-barred' });
    await rules().where({ sound_id: sound }).update({ action: 'allow' });
    expect(await told()).toBeNull();
    await rules().delete();
  });

  test('of what nobody may see, or is not there', async () => {
    await videos().where({ id: original }).update({ visibility: 'followers' });
    expect(await refused()).toEqual({ status: 410, code: 'sound-gone' });
    expect(await refused(use(), bob)).toEqual({ status: 422, code: 'sound-not-public' });
    expect(await refused({ sound: { id: '1' } })).toEqual({ status: 404, code: 'sound-not-found' });
    await videos().where({ id: original }).update({ visibility: 'public' });
    const { inTx, social } = server.context;
    await inTx((tx) => social.block(tx, bob.account, alice.account));
    expect(await refused()).toEqual({ status: 410, code: 'sound-gone' });
    await inTx((tx) => social.unblock(tx, bob.account, alice.account));
  });

  test('of what another server says nothing about', async () => {
    const remote = await rig.remote(origin.origin);
    const id = await heardIn(server.context, remote);
    expect(await told(alice, id)).toBe('sound-not-said');
    expect(await refused({ sound: { id } })).toEqual({ status: 403, code: 'sound-not-said' });
  });

  test('with a part outside of it, with nothing to hear, or beside a duet', async () => {
    expect(await refused(use({ start: 3.9 }))).toEqual({ status: 422, code: 'clip-outside' });
    for (const volumes of [
      { sound: 0, own: 1 },
      { sound: 1.5, own: 1 },
    ]) {
      expect(await refused(use({ volumes }))).toEqual({ status: 422, code: 'validation-failed' });
    }
    const remix = { kind: 'duet', of: original };
    expect(await refused({ ...use(), remix })).toEqual({ status: 422, code: 'validation-failed' });
  });
});

describe('what was begun is refused with a reason', { timeout: SLOW_MS }, () => {
  async function refusedAfter(meanwhile: () => Promise<unknown>, id = sound) {
    const { status, body, file } = await rig.announce(alice, files.own, { sound: { id } });
    expect(status).toBe(200);
    await meanwhile();
    await rig.send(alice, body.upload_url, file);
    const made = await rig.settled(body.video_id);
    expect(made.state).toBe('rejected');
    return made.media_reason;
  }

  test('where its author takes the permission back meanwhile', async () => {
    const taken = () => videos().where({ id: original }).update({ allows_sound: false });
    expect(await refusedAfter(taken)).toBe('sound-not-allowed');
  });

  test('where the original is deleted meanwhile', async () => {
    const gone = await rig.uploaded(bob, files.original);
    const its = await soundOf(gone);
    const deleted = () => client.delete(`/api/v1/videos/${gone}`, { as: bob });
    expect(await refusedAfter(deleted, its)).toBe('sound-gone');
  });

  test('where the original has no sound', async () => {
    const mute = await rig.remote((await silentOrigin()).origin);
    await videos().where({ id: mute }).update({ allows_sound: true });
    expect(await refusedAfter(async () => undefined, await heardIn(server.context, mute))).toBe(
      'original-unusable',
    );
  });

  async function silentOrigin() {
    const other = await startOrigin('127.0.0.3', files.silent);
    afterAll(() => other.close());
    return other;
  }
});
