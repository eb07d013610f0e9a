import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SoundId, VideoId } from '../../src/lib/ids.ts';
import type { Region } from '../../src/modules/sounds/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { jobRun } from '../helpers/job-run.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { storedFiles } from '../helpers/regional.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn, printOfSound } from '../helpers/sounds.ts';

/** What is decided about a sound counts for duets and stitches that have it from their original, whatever is heard in them (ADR 0078). */
let server: TestServer;
let client: Client;
let videos: VideoFactory;
let author: Person;
let maker: Person;
let seed = 5_000;

beforeAll(async () => {
  server = await startTestServer({ variables: { COUNTRY_HEADER: 'X-Country-Code' } });
  client = clientOf(server.origin);
  videos = createVideoFactory(server.context);
  const people = createPeople(server);
  [author, maker] = [await people.signedIn('author'), await people.signedIn('maker')];
});
afterAll(() => server?.close());

const db = () => server.context.db;
const rowOf = (id: VideoId) => db()('videos').where({ id }).first();
const mutedOf = async (ids: readonly VideoId[]) =>
  Promise.all(ids.map(async (id) => (await rowOf(id)).staff_muted));
const nextSeed = () => {
  seed += 1;
  return seed;
};

/** Does all that waits to be done about sounds. */
async function settle(): Promise<void> {
  const { handlers, inTx } = server.context;
  for (;;) {
    const job = await db()('jobs')
      .where({ state: 'pending' })
      .whereIn('name', ['sounds.carry', 'sounds.settle'])
      .orderBy('id')
      .first('id', 'name', 'payload');
    if (!job) return;
    await db()('jobs').where({ id: job.id }).delete();
    const finish = await handlers[job.name as 'sounds.carry'](job.payload, jobRun());
    if (finish) await inTx(finish);
  }
}

async function sounding(print = nextSeed()): Promise<{ id: VideoId; soundId: SoundId }> {
  const id = await videos.video(author.account, {});
  return { id, soundId: await heardIn(server.context, id, printOfSound(print)) };
}

/** A remix with a sound of its own, as a mix has; `carries`: the sound of the original is in it. */
async function remixOf(
  originalId: VideoId,
  { kind = 'duet', carries = true }: { kind?: 'duet' | 'stitch'; carries?: boolean } = {},
): Promise<VideoId> {
  const { inTx, remixes } = server.context;
  const videoId = await videos.video(maker.account, { assets: [] });
  const layout = kind === 'duet' ? 'side_by_side' : null;
  const made = await inTx((tx) =>
    remixes.attach(tx, { account: maker.account, videoId, originalId, kind, layout, carriesSound: carries }),
  );
  if (!made.ok) throw new Error(made.detail);
  await heardIn(server.context, videoId, printOfSound(nextSeed()));
  return videoId;
}

async function rule(soundId: SoundId, action: 'mute' | 'refuse' | null, region: Region | null = null) {
  const { inTx, sounds } = server.context;
  const made = await inTx((tx) =>
    action === null
      ? sounds.removeRule(tx, operator, { soundId })
      : sounds.setRule(tx, operator, { soundId, action, reason: '', region }),
  );
  if (!made.ok) throw new Error(made.reason);
  await settle();
}

describe('a rule of a sound', () => {
  test('counts for duets and stitches with it, and for remixes of these, until it goes', async () => {
    const { id: original, soundId } = await sounding();
    const duet = await remixOf(original);
    const stitch = await remixOf(original, { kind: 'stitch' });
    const ofDuet = await remixOf(duet);
    const silentSide = await remixOf(original, { carries: false });
    const ofSilentSide = await remixOf(silentSide);
    expect((await rowOf(duet)).sound_id).not.toBe(soundId);
    await rule(soundId, 'mute');
    expect(await mutedOf([original, duet, stitch, ofDuet])).toEqual([true, true, true, true]);
    expect(await mutedOf([silentSide, ofSilentSide])).toEqual([false, false]);
    await rule(soundId, null);
    expect(await mutedOf([original, duet, stitch, ofDuet])).toEqual([false, false, false, false]);
  });

  test('counts for what is made while it holds, before anybody hears it', async () => {
    const { id: original, soundId } = await sounding();
    // Its files have the sound still.
    await rule(soundId, 'refuse');
    const duet = await remixOf(original);
    const { inTx, sounds } = server.context;
    expect(await inTx((tx) => sounds.judge(tx, duet))).toMatchObject({ action: 'refuse' });
  });

  test('does not count for what was made once the original was without its sound', async () => {
    const { id: original, soundId } = await sounding();
    await rule(soundId, 'mute');
    await db()('videos').where({ id: original }).update({ silent: true });
    const duet = await remixOf(original);
    await rule(soundId, 'mute');
    expect(await mutedOf([original, duet])).toEqual([true, false]);
  });

  test('stays when another one goes, and the strictest counts', async () => {
    const { id: original, soundId } = await sounding();
    const duet = await remixOf(original);
    const own = (await rowOf(duet)).sound_id;
    await rule(own, 'mute');
    await rule(soundId, 'refuse');
    const { inTx, sounds } = server.context;
    expect(await inTx((tx) => sounds.judge(tx, duet))).toMatchObject({ action: 'refuse' });
    await rule(own, null);
    expect(await mutedOf([duet])).toEqual([true]);
    await rule(soundId, null);
    expect(await mutedOf([duet])).toEqual([false]);
  });

  test('stays when the original goes, and the sound is not forgotten', async () => {
    const { id: original, soundId } = await sounding();
    const duet = await remixOf(original);
    const { inTx, sounds } = server.context;
    expect((await client.delete(`/api/v1/videos/${original}`, { as: author })).status).toBe(200);
    await db()('sounds')
      .where({ id: soundId })
      .update({ created_at: new Date(0) });
    await inTx((tx) => sounds.forgetUnused(tx));
    await rule(soundId, 'mute');
    expect(await mutedOf([duet])).toEqual([true]);
  });

  test('counts in some countries', async () => {
    const { id: original, soundId } = await sounding();
    const duet = await remixOf(original);
    await storedFiles(server.context, duet);
    // Another one of its own, for another country.
    await rule((await rowOf(duet)).sound_id, 'refuse', { countries: ['FR'], except: false });
    await rule(soundId, 'refuse', { countries: ['DE'], except: false });
    expect((await rowOf(duet)).regional).toBe(true);
    const { mp4 } = (await client.get(`/api/v1/videos/${duet}`)).body.playback_urls;
    const get = async (country: string) =>
      (await fetch(mp4, { headers: { 'X-Country-Code': country } })).status;
    expect([await get('DE'), await get('FR'), await get('AT')]).toEqual([451, 451, 200]);
    const later = await remixOf(original);
    expect((await rowOf(later)).regional).toBe(true);
    const told = (await client.get(`/api/v1/videos/${later}`)).body.sound;
    expect(told.withheld).toMatchObject({ countries: ['DE'] });
    await rule(soundId, null);
    expect([(await rowOf(duet)).regional, (await rowOf(later)).regional]).toEqual([true, false]);
  });
});

test('a rule that mutes in some countries is told of nothing that is muted everywhere', async () => {
  const { id, soundId } = await sounding();
  await rule(soundId, 'mute', { countries: ['DE'], except: false });
  const told = async () => (await client.get(`/api/v1/videos/${id}`)).body.sound.withheld;
  expect(await told()).toMatchObject({ action: 'mute' });
  await db()('videos').where({ id }).update({ staff_muted: true, silent: true });
  expect(await told()).toBeNull();
});

describe('a sound that an original gets later', () => {
  test('is handed on to its remixes, however many, and to theirs', async () => {
    const original = await videos.video(author.account, {});
    const duets: VideoId[] = [];
    for (let n = 0; n < 60; n += 1) duets.push(await remixOf(original));
    const ofDuet = await remixOf(duets[0] as VideoId);
    const { soundId } = await sounding();
    await rule(soundId, 'mute');
    await heardIn(server.context, original, printOfSound(seed));
    expect((await rowOf(original)).sound_id).toBe(soundId);
    await settle();
    expect(new Set(await mutedOf([...duets, ofDuet]))).toEqual(new Set([true]));
  });

  test('that turns out to be another one is that for what carries it, too', async () => {
    const original = await videos.video(author.account, {});
    const unheard = server.context.ids.next<'sound'>();
    await db()('sounds').insert({ id: unheard, original_id: original });
    await db()('videos').where({ id: original }).update({ sound_id: unheard });
    const duet = await remixOf(original);
    const known = await sounding();
    await rule(known.soundId, 'mute');
    await heardIn(server.context, original, printOfSound(seed));
    expect((await rowOf(original)).sound_id).toBe(known.soundId);
    await settle();
    expect(await mutedOf([duet])).toEqual([true]);
    expect(await db()('carried_sounds').where({ sound_id: unheard })).toEqual([]);
  });
});

test('a remix of another server falls under it once its original is known', async () => {
  const { id: original, soundId } = await sounding();
  await rule(soundId, 'mute');
  const duet = await videos.video(maker.account, {});
  const { uri } = await rowOf(original);
  const said = { remix_of_uri: uri, remix_kind: 'duet', remix_consent: 'asked', carries_sound: true };
  await db()('videos').where({ id: duet }).update(said);
  const { inTx, remixes } = server.context;
  await inTx((tx) => remixes.link(tx, duet, original));
  await settle();
  expect(await mutedOf([duet])).toEqual([true]);
});

test('a mixed duet is a remix of its original, and no use of the sound', async () => {
  const { id: original, soundId } = await sounding();
  await remixOf(original);
  expect((await client.get(`/api/v1/sounds/${soundId}`)).body.uses).toBe(1);
  expect((await client.get(`/api/v1/videos/${original}`)).body.stats.remixes).toBe(1);
});
