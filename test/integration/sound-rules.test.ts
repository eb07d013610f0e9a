import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AuditId, SoundId, VideoId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { eventually } from '../helpers/chaos.ts';
import { type ClipSource, openClipSource } from '../helpers/clip-source.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { ffprobeRaw } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { findSound, heardIn, printOfSound } from '../helpers/sounds.ts';

let server: TestServer;
let client: Client;
let people: People;
let boss: Person;
let bob: Person;
let clips: ClipSource;
let videos: VideoFactory;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  client = clientOf(server.origin);
  people = createPeople(server);
  boss = await people.signedIn('boss', 'admin');
  bob = await people.signedIn('bob');
  videos = createVideoFactory(server.context);
  clips = await openClipSource(server, '127.0.0.3');
});
afterAll(async () => {
  clips?.close();
  await server?.close();
});
afterEach(async () => {
  const { db } = server.context;
  await db('sound_rules').delete();
  await db('listed_media').delete();
});

const rowOf = (id: string) => server.context.db('videos').where({ id }).first();
const soundOf = async (id: VideoId): Promise<SoundId> => (await rowOf(id)).sound_id;
const rule = async (soundId: SoundId, action: string, reason = '', region?: object) => {
  const body = { action, reason, region };
  const answer = await client.put(`/api/v1/admin/sounds/${soundId}/rule`, { as: boss, body });
  expect(answer.status, answer.text).toBe(200);
  await clips.quiet();
  return answer.body;
};
const unrule = async (soundId: SoundId) => {
  const answer = await client.delete(`/api/v1/admin/sounds/${soundId}/rule`, { as: boss });
  expect(answer.status, answer.text).toBe(200);
  await clips.quiet();
};
const strikes = async (who: Person) =>
  (await client.get('/api/v1/strikes', { as: who })).body.filter(
    (one: { lifted_at: string | null }) => one.lifted_at === null,
  );

/** Kinds of the streams of everything that can be played of a video, by its address. */
async function playedStreams(id: VideoId): Promise<Record<string, string[]>> {
  const { playback_urls: urls } = (await client.get(`/api/v1/videos/${id}`)).body;
  const files = [urls.mp4, ...urls.qualities.map(({ url }: { url: string }) => url)];
  expect(files.length).toBeGreaterThan(1);
  const found: Record<string, string[]> = {};
  for (const [n, url] of files.entries()) {
    const answer = await fetch(url);
    expect(answer.status, url).toBe(200);
    const path = join(clips.folder, `played-${n}.mp4`);
    await writeFile(path, new Uint8Array(await answer.arrayBuffer()));
    const { streams = [] } = await ffprobeRaw(path, '-show_streams');
    found[url] = streams.map((stream) => String(stream.codec_type)).toSorted();
  }
  for (const url of [urls.hls, urls.dash]) {
    const manifest = await (await fetch(url)).text();
    expect(/mp4a|audio/.test(manifest), url).toBe(Object.values(found)[0]?.includes('audio'));
  }
  return found;
}

const PICTURE = ['video'];
const BOTH = ['audio', 'video'];

describe('a video whose sound is muted', { timeout: 300_000 }, () => {
  test('is played without it in every size, its author is told why, and it comes back', async () => {
    const { db, storage } = server.context;
    const id = await clips.uploaded(bob, await clips.clip('muted.mp4', 1));
    const soundId = await soundOf(id);
    const before = await playedStreams(id);
    expect(new Set(Object.values(before).map(String))).toEqual(new Set([String(BOTH)]));
    const facts = await rowOf(id);

    expect(await rule(soundId, 'mute', 'The label asks for it.')).toMatchObject({ rule: { action: 'mute' } });
    const muted = await playedStreams(id);
    expect(new Set(Object.values(muted).map(String))).toEqual(new Set([String(PICTURE)]));
    // Whoever kept an address of before gets nothing by it.
    for (const url of Object.keys(before)) expect((await fetch(url)).status, url).toBe(404);
    expect(await strikes(bob)).toMatchObject([
      { action: 'mute', automated: true, text: expect.stringContaining('The label asks for it.') },
    ]);
    const shown = (await client.get(`/api/v1/videos/${id}`)).body;
    expect(shown.sound).toMatchObject({ id: soundId, muted: true });
    expect((await client.get(`/api/v1/sounds/${soundId}`)).body.audio_url).toBeNull();
    // Nobody is given the address of what is kept of it.
    const kept = await db('video_assets').where({ video_id: id, role: 'sound-kept' }).first('key');
    expect(await storage.stat(kept.key)).not.toBeNull();
    expect(JSON.stringify(shown)).not.toContain(kept.key.split('/').at(-1));

    // Until its files are made, nobody is given any.
    await db('videos').where({ id }).update({ silent: false });
    for (const url of Object.keys(muted)) {
      await eventually('it is not given', async () => (await fetch(url)).status === 404, 10_000);
    }
    await db('videos').where({ id }).update({ silent: true });

    await unrule(soundId);
    const after = await playedStreams(id);
    expect(new Set(Object.values(after).map(String))).toEqual(new Set([String(BOTH)]));
    expect(await strikes(bob)).toEqual([]);
    const back = await rowOf(id);
    expect(back.silent).toBe(false);
    expect(Math.abs(back.chunk_index.durationSeconds - facts.chunk_index.durationSeconds)).toBeLessThan(0.05);
    // It sounds as before.
    const { inTx, videos: all } = server.context;
    await db('videos').where({ id }).update({ sound_id: null });
    await inTx((tx) => all.askForThumbnails(tx, id));
    await clips.quiet();
    expect(await soundOf(id)).toBe(soundId);
  });

  test('that is uploaded, or copied, under a rule is silent before anybody can watch it', async () => {
    const first = await clips.uploaded(bob, await clips.clip('known.mp4', 2));
    await rule(await soundOf(first), 'mute');
    const again = await clips.uploaded(bob, await clips.clip('known-again.mp4', 2, ['-b:a', '48k']));
    const far = await clips.copied('known-again.mp4');
    for (const id of [again, far]) {
      expect(await rowOf(id)).toMatchObject({ state: 'published', silent: true, staff_muted: true });
      expect(new Set(Object.values(await playedStreams(id)).map(String))).toEqual(new Set([String(PICTURE)]));
    }
    await unrule(await soundOf(first));
    expect(Object.values(await playedStreams(far))[0]).toEqual(BOTH);
  });
});

describe('a sound that is refused', { timeout: 300_000 }, () => {
  test('is taken neither from here nor from elsewhere, and is again once it is allowed', async () => {
    const { db, audit } = server.context;
    const first = await clips.uploaded(bob, await clips.clip('refused.mp4', 3));
    const soundId = await soundOf(first);
    await rule(soundId, 'refuse', 'It was never released.');
    expect(await rowOf(first)).toMatchObject({ state: 'published', silent: true });
    const again = await clips.uploaded(bob, await clips.clip('refused-again.mp4', 3, ['-b:a', '48k']));
    const far = await clips.copied('refused-again.mp4');
    for (const id of [again, far]) {
      expect(await rowOf(id), id).toMatchObject({
        ...{ state: 'rejected', media_reason: 'sound-refused' },
        media_detail: 'This server does not take videos with this sound. It was never released.',
      });
      expect(await db('video_assets').where({ video_id: id })).toEqual([]);
      expect((await client.get(`/api/v1/videos/${id}`)).status).toBe(404);
    }
    expect(await db('notifications').where({ video_id: again, type: 'vireo.rejected' })).toHaveLength(1);
    const page = { maxId: null, minId: null, sinceId: null, limit: 9 };
    const entries = await audit.list({ action: 'sound.refuse' }, page);
    expect(entries.map(({ target }) => target.id).toSorted()).toEqual([again, far].toSorted());
    const other = await clips.uploaded(bob, await clips.clip('other.mp4', 4));
    expect(await rowOf(other)).toMatchObject({ state: 'published', silent: false });

    await rule(soundId, 'allow');
    expect(await rowOf(far)).toMatchObject({ state: 'published', media_state: 'ready', silent: false });
    expect(await rowOf(first)).toMatchObject({ silent: false, staff_muted: false });
    expect(await rowOf(again)).toMatchObject({ state: 'rejected' });
  });

  test('in some countries alone is known before anybody is given a video with it', async () => {
    const { db } = server.context;
    const first = await clips.uploaded(bob, await clips.clip('regional.mp4', 6));
    await rule(await soundOf(first), 'refuse', '', { countries: ['DE'] });
    await clips.clip('regional-again.mp4', 6, ['-b:a', '48k']);
    // What is known of each when it begins to be for everybody.
    await db.raw(`
      create table begun (id bigint, regional boolean);
      create function note_begun() returns trigger language plpgsql as $$
        begin insert into begun values (new.id, new.regional); return null; end $$;
      create trigger note_begun after update on videos for each row
        when (new.state = 'published' and old.state <> 'published') execute function note_begun()`);
    try {
      const again = await clips.uploaded(bob, 'regional-again.mp4');
      expect(await db('begun')).toEqual([{ id: again, regional: true }]);
    } finally {
      await db.raw('drop trigger note_begun on videos; drop function note_begun; drop table begun');
    }
  });

  test('by the list counts for whatever it is heard in, but for what is allowed', async () => {
    const { hashes, inTx } = server.context;
    const first = await clips.uploaded(bob, await clips.clip('listed.mp4', 5));
    const soundId = await soundOf(first);
    const body = { sound_id: soundId, sound_action: 'refuse', label: 'A song' };
    const made = await client.post('/api/v1/admin/hashes', { as: boss, body });
    expect(made.status, made.text).toBe(200);
    expect((await client.post('/api/v1/admin/hashes', { as: boss, body })).body.code).toBe('known');
    await clips.quiet();
    expect(await rowOf(first)).toMatchObject({ silent: true });
    const again = await clips.uploaded(bob, await clips.clip('listed-again.mp4', 5, ['-b:a', '48k']));
    expect(await rowOf(again)).toMatchObject({ state: 'rejected', media_reason: 'sound-refused' });

    // To another server and back.
    const csv = await hashes.export();
    expect(csv.split('\n')[0]).toBe('sha256,phash,label,sound,sound_action');
    expect((await client.delete(`/api/v1/admin/hashes/${made.body.id}`, { as: boss })).status).toBe(200);
    await clips.quiet();
    expect(await rowOf(first)).toMatchObject({ silent: false, staff_muted: false });
    expect(await inTx((tx) => hashes.import(tx, operator, csv))).toMatchObject({
      imported: { added: 1, known: 0, bad: [] },
    });
    expect(await hashes.export()).toBe(csv);
    await clips.quiet();
    expect(await rowOf(first)).toMatchObject({ silent: true });
    await rule(soundId, 'allow');
    expect(await rowOf(first)).toMatchObject({ silent: false });
    const allowed = await clips.uploaded(bob, 'listed-again.mp4');
    expect(await rowOf(allowed)).toMatchObject({ state: 'published', silent: false });
  });
});

describe('what a rule does', { timeout: 120_000 }, () => {
  async function sounding(
    seed: number,
    count = 1,
  ): Promise<{ ids: VideoId[]; soundId: SoundId; by: Person }> {
    const by = await people.signedIn(`author${seed}`);
    const ids: VideoId[] = [];
    for (let n = 0; n < count; n += 1) {
      const id = await videos.video(by.account);
      await heardIn(server.context, id, printOfSound(seed));
      ids.push(id);
    }
    return { ids, soundId: await soundOf(ids[0] as VideoId), by };
  }
  const marksOf = async (ids: readonly VideoId[]) =>
    Promise.all(ids.map(async (id) => (await rowOf(id)).staff_muted));

  test('counts for all videos with the sound, however many, and for no others', async () => {
    const { ids, soundId } = await sounding(20, 60);
    const other = await sounding(21);
    await rule(soundId, 'mute');
    expect(new Set(await marksOf(ids))).toEqual(new Set([true]));
    expect(await marksOf(other.ids)).toEqual([false]);
    await unrule(soundId);
    expect(new Set(await marksOf(ids))).toEqual(new Set([false]));
  });

  test('can be appealed against, and does not come again by the same rule', async () => {
    const { ids, soundId, by } = await sounding(22, 2);
    await rule(soundId, 'mute');
    const [strike] = await strikes(by);
    const appeal = await client.post(`/api/v1/strikes/${strike.id}/appeal`, {
      as: by,
      body: { text: 'I wrote this song.' },
    });
    expect(appeal.status, appeal.text).toBe(200);
    const appealId = (await server.context.db('appeals').first('id')).id;
    const decided = await client.post(`/api/v1/admin/appeals/${appealId}/accept`, {
      as: boss,
      body: { text: '' },
    });
    expect(decided.status, decided.text).toBe(200);
    await clips.quiet();
    expect((await marksOf(ids)).filter(Boolean)).toHaveLength(1);
    await rule(soundId, 'refuse');
    expect((await marksOf(ids)).filter(Boolean)).toHaveLength(1);
    await unrule(soundId);
    await rule(soundId, 'mute');
    expect((await marksOf(ids)).filter(Boolean)).toHaveLength(2);
  });

  test('leaves what the staff has muted by hand', async () => {
    const { ids, soundId } = await sounding(23, 2);
    const [byHand = '' as VideoId] = ids;
    const body = { type: 'mute', text: 'A slur.' };
    const taken = await client.post(`/api/v1/admin/videos/${byHand}/action`, { as: boss, body });
    expect(taken.status, taken.text).toBe(200);
    await rule(soundId, 'mute');
    await unrule(soundId);
    expect(await marksOf(ids)).toEqual([true, false]);
    expect(
      (await client.post(`/api/v1/admin/videos/${byHand}/unmute`, { as: boss, body: { text: '' } })).status,
    ).toBe(200);
    expect(await marksOf(ids)).toEqual([false, false]);
  });

  test('is taken back by the log, and so is taking it back', async () => {
    const { undoing, audit } = server.context;
    const { ids, soundId } = await sounding(24);
    const last = async (action: 'sound.rule' | 'sound.unrule'): Promise<AuditId> => {
      const page = { maxId: null, minId: null, sinceId: null, limit: 1 };
      const [entry] = await audit.list({ action }, page);
      if (!entry) throw new Error(`Nothing of ${action} is on record.`);
      return entry.id;
    };
    const undo = async (action: 'sound.rule' | 'sound.unrule') => {
      const undone = await undoing.undo(operator, { auditIds: [await last(action)], reason: '' });
      expect(undone).toMatchObject({ ok: true });
      await clips.quiet();
    };
    await rule(soundId, 'mute', 'One');
    await undo('sound.rule');
    expect(await marksOf(ids)).toEqual([false]);
    await rule(soundId, 'refuse', 'Two');
    await unrule(soundId);
    expect(await marksOf(ids)).toEqual([false]);
    await undo('sound.unrule');
    expect(await marksOf(ids)).toEqual([true]);
    expect((await client.get(`/api/v1/admin/sounds/${soundId}`, { as: boss })).body.rule).toMatchObject({
      ...{ action: 'refuse', reason: 'Two' },
    });
  });

  test('is kept with its sound, though no video has that any more', async () => {
    const { db, inTx, sounds } = server.context;
    const { ids, soundId } = await sounding(25);
    await rule(soundId, 'refuse');
    await inTx((tx) => tx('videos').whereIn('id', ids).delete());
    await db('sounds')
      .where({ id: soundId })
      .update({ created_at: new Date(Date.now() - 2 * 86_400_000) });
    await inTx((tx) => sounds.forgetUnused(tx));
    expect(await findSound(db, printOfSound(25))).toMatchObject({ soundId });
    await db('sound_rules').delete();
    await inTx((tx) => sounds.forgetUnused(tx));
    expect(await findSound(db, printOfSound(25))).toBeNull();
  });

  test('only those who may decide about rules can decide', async () => {
    const { soundId } = await sounding(26);
    const mod = await people.signedIn('mona', 'moderator');
    const put = { as: mod, body: { action: 'mute' } };
    expect((await client.put(`/api/v1/admin/sounds/${soundId}/rule`, put)).status).toBe(403);
    expect((await client.get('/api/v1/admin/sounds', { as: mod })).status).toBe(403);
    const { inTx, sounds } = server.context;
    const actor = { kind: 'person', accountId: mod.account.id, rank: 100, permissions: [] } as const;
    expect(
      await inTx((tx) => sounds.setRule(tx, actor, { soundId, action: 'mute', reason: '' })),
    ).toMatchObject({ reason: 'permission-missing' });
    expect(await inTx((tx) => sounds.removeRule(tx, actor, { soundId, reason: '' }))).toMatchObject({
      reason: 'permission-missing',
    });
  });
});
