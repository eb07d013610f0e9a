import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fingerprintBytes, type SoundFingerprint } from '../../media/fingerprint.ts';
import type { SoundId, VideoId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { quiet } from '../helpers/activities.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn, printOfSound } from '../helpers/sounds.ts';

/** Videos in which more than one sound is heard, or another than the one that they were made with. */
let server: TestServer;
let author: Person;
let videos: VideoFactory;
let lastSeed = 600;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  author = await createPeople(server).signedIn('author');
  videos = createVideoFactory(server.context);
});
afterAll(() => server?.close());
afterEach(async () => {
  const { db } = server.context;
  await db('sound_rules').delete();
  await db('listed_media').delete();
});

const song = (): SoundFingerprint => {
  lastSeed += 1;
  return printOfSound(lastSeed, 120);
};
const inTurn = (...prints: SoundFingerprint[]) => Uint32Array.from(prints.flatMap((print) => [...print]));
const newVideo = (row: object = {}): Promise<VideoId> => videos.video(author.account, row);

/** What the job that makes a video does in its last step, and what follows from it. */
async function hear(id: VideoId, print: SoundFingerprint): Promise<SoundId> {
  const soundId = await heardIn(server.context, id, print);
  await server.context.inTx((tx) => server.context.sounds.onHeard(tx, { videoId: id }));
  await quiet(server);
  return soundId;
}

async function list(print: SoundFingerprint, action: 'mute' | 'refuse' = 'mute'): Promise<void> {
  const sound = { print: fingerprintBytes(print).toString('hex'), action };
  const entry = { sha256: null, phash: null, label: 'A song', sound };
  const made = await server.context.inTx((tx) => server.context.hashes.add(tx, operator, entry));
  expect(made).toMatchObject({ ok: true });
  await quiet(server);
}

async function rule(soundId: SoundId, action: 'mute' | 'refuse' | 'allow'): Promise<void> {
  const { inTx, sounds } = server.context;
  const made = await inTx((tx) => sounds.setRule(tx, operator, { soundId, action, reason: '' }));
  expect(made).toMatchObject({ ok: true });
  await quiet(server);
}

const isMuted = async (id: VideoId): Promise<boolean> =>
  (await server.context.db('videos').where({ id }).first('staff_muted')).staff_muted;
const isBarred = async (id: SoundId): Promise<boolean> =>
  (await server.context.sounds.ruling(server.context.db, id)) !== null;

describe('a video with two known sounds', { timeout: 60_000 }, () => {
  test('has the one about which something was decided, however well the other fits', async () => {
    const [free, ruled] = [song(), song()];
    await hear(await newVideo(), free);
    const soundId = await hear(await newVideo(), ruled);
    await rule(soundId, 'mute');
    const spoilt = ruled.map((value) => (value ^ 0b10001) >>> 0);
    const both = await newVideo();
    expect(await hear(both, inTurn(free, spoilt))).toBe(soundId);
    expect(await isMuted(both)).toBe(true);
  });

  test('is refused where one of them is, though the other, or what is listed, would only be muted', async () => {
    const [muted, refused, listed] = [song(), song(), song()];
    await rule(await hear(await newVideo(), muted), 'mute');
    const soundId = await hear(await newVideo(), refused);
    await rule(soundId, 'refuse');
    await list(listed);
    const spoilt = refused.map((value) => (value ^ 0b10001) >>> 0);
    expect(await hear(await newVideo(), inTurn(muted, spoilt))).toBe(soundId);
    expect(await hear(await newVideo(), inTurn(listed, spoilt))).toBe(soundId);
  });

  test('has a sound of its own where one is listed, and silences nobody else', async () => {
    const [popular, listed] = [song(), song()];
    const others = [await newVideo(), await newVideo()];
    const [soundId] = [await hear(others[0] as VideoId, popular), await hear(others[1] as VideoId, popular)];
    await list(listed);
    const both = await newVideo();
    const own = await hear(both, inTurn(popular, listed));
    expect(own).not.toBe(soundId);
    expect([await isBarred(own), await isBarred(soundId)]).toEqual([true, false]);
    expect(await Promise.all([both, ...others].map(isMuted))).toEqual([true, false, false]);
    // Whoever posts the popular one from now on has that one.
    const next = await newVideo();
    expect(await hear(next, popular)).toBe(soundId);
    expect(await isMuted(next)).toBe(false);
    // A job that was cut off after its last step does it again.
    expect(await hear(both, inTurn(popular, listed))).toBe(own);
  });
});

describe('a video that was made with a sound', { timeout: 60_000 }, () => {
  const madeWith = async (soundId: SoundId): Promise<VideoId> => {
    const id = await newVideo();
    const { original_id } = await server.context.db('sounds').where({ id: soundId }).first('original_id');
    await server.context.db('videos').where({ id }).update({ sound_id: soundId, sound_of_id: original_id });
    return id;
  };

  test('keeps it, whatever else is heard in it', async () => {
    const soundId = await hear(await newVideo(), song());
    const other = song();
    await hear(await newVideo(), other);
    expect(await hear(await madeWith(soundId), other)).toBe(soundId);
    expect(await hear(await madeWith(soundId), song())).toBe(soundId);
  });

  test('is as much under a rule about what is heard in it as any', async () => {
    const soundId = await hear(await newVideo(), song());
    const ruled = song();
    const ruledId = await hear(await newVideo(), ruled);
    await rule(ruledId, 'mute');
    const id = await madeWith(soundId);
    await hear(id, ruled);
    expect(await isMuted(id)).toBe(true);
    expect(await isBarred(soundId)).toBe(false);
  });

  test('is as much under what is listed, and the sound itself is not', async () => {
    const original = await newVideo();
    const soundId = await hear(original, song());
    const listed = song();
    await list(listed);
    const id = await madeWith(soundId);
    await hear(id, listed);
    expect(await isMuted(id)).toBe(true);
    expect([await isBarred(soundId), await isMuted(original)]).toEqual([false, false]);
    // What is listed and allowed as this very sound stays so.
    const allowedId = await hear(await newVideo(), listed);
    await rule(allowedId, 'allow');
    const allowed = await madeWith(allowedId);
    expect(await hear(allowed, listed)).toBe(allowedId);
    expect(await isMuted(allowed)).toBe(false);
  });
});

describe('a video that was made with a sound which is refused by now', { timeout: 60_000 }, () => {
  test('stays under that, though what is heard in it, or is listed, would only be muted', async () => {
    const soundId = await hear(await newVideo(), song());
    const [muted, listed] = [song(), song()];
    await rule(await hear(await newVideo(), muted), 'mute');
    await list(listed);
    const made = [await newVideo(), await newVideo()] as const;
    await server.context
      .db('videos')
      .whereIn('id', [...made])
      .update({ sound_id: soundId });
    await rule(soundId, 'refuse');
    expect([await hear(made[0], muted), await hear(made[1], listed)]).toEqual([soundId, soundId]);
  });
});

describe('what is listed', { timeout: 60_000 }, () => {
  test('is found in a sound that was used before anybody had heard it, for all who have it', async () => {
    const { db, inTx, sounds } = server.context;
    const listed = song();
    await list(listed);
    const [original, made] = [await newVideo(), await newVideo()];
    const soundId = server.context.ids.next<'sound'>();
    await db('sounds').insert({ id: soundId, original_id: original });
    await db('videos').whereIn('id', [original, made]).update({ sound_id: soundId });
    await inTx((tx) => sounds.onHeard(tx, { videoId: made }));
    expect(await isMuted(made)).toBe(false);
    expect(await hear(original, listed)).toBe(soundId);
    expect(await Promise.all([original, made].map(isMuted))).toEqual([true, true]);
  });

  test('is found in what is being heard while it is listed', async () => {
    const { inTx, sounds } = server.context;
    const print = song();
    const id = await newVideo();
    const [told, waits] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const hearing = inTx(async (tx) => {
      await tx('videos').where({ id }).forUpdate().first('id');
      await sounds.attach(tx, id, { print: fingerprintBytes(print) });
      told.resolve();
      await waits.promise;
    });
    await told.promise;
    const listing = list(print);
    // It has come as far as it does before the other is done.
    await expect
      .poll(async () => {
        const { rows } = await server.context.db.raw(
          `select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted
              and database = (select oid from pg_database where datname = current_database())`,
        );
        return rows[0].waiting;
      })
      .toBe(1);
    waits.resolve();
    await Promise.all([hearing, listing]);
    const { sound_id: soundId } = await server.context.db('videos').where({ id }).first('sound_id');
    expect(await isBarred(soundId)).toBe(true);
  });
});
