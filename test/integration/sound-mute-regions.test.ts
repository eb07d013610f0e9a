import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SoundId, VideoId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { eventually } from '../helpers/chaos.ts';
import { type ClipSource, openClipSource } from '../helpers/clip-source.ts';
import { jobRun } from '../helpers/job-run.ts';
import { ffmpegRaw, ffprobeRaw } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const HEADER = 'x-country-code';
const IN_GERMANY = { countries: ['DE'], except: false };
/** Digital silence, in decibels, as `volumedetect` writes it. */
const SILENT = -91;
let server: TestServer;
let client: Client;
let clips: ClipSource;
let author: Person;
let fan: Person;
let boss: Person;
let id: VideoId;
let soundId: SoundId;

beforeAll(async () => {
  server = await startTestServer({ role: 'all', variables: { COUNTRY_HEADER: HEADER } });
  client = clientOf(server.origin);
  const people = createPeople(server);
  [author, fan] = [await people.signedIn('author'), await people.signedIn('fan')];
  boss = await people.signedIn('boss', 'admin');
  clips = await openClipSource(server, '127.0.0.3');
  id = await clips.uploaded(author, await clips.clip('song.mp4', 41));
  soundId = (await rowOf(id)).sound_id;
}, 120_000);
afterAll(async () => {
  clips?.close();
  await server?.close();
});
beforeEach(async () => {
  const { db, inTx, sounds } = server.context;
  if (await db('sound_rules').where({ sound_id: soundId }).first('action')) {
    await inTx((tx) => sounds.removeRule(tx, operator, { soundId }));
  }
  await clips.quiet();
});

const rowOf = (one: VideoId) => server.context.db('videos').where({ id: one }).first();
const from = (country: string, url: string, init: RequestInit = {}) =>
  fetch(url, { ...init, headers: { ...init.headers, [HEADER]: country } });
const shown = async (one = id, as?: Person) =>
  (await client.get(`/api/v1/videos/${one}`, as ? { as } : {})).body;
const mutedRows = (one = id) =>
  server.context.db('video_assets').where({ video_id: one, role: 'muted' }).pluck('key');

async function decide(action: string, region: object | null = IN_GERMANY, reason = 'The label asks for it.') {
  const body = { action, reason, region };
  const answer = await client.put(`/api/v1/admin/sounds/${soundId}/rule`, { as: boss, body });
  expect(answer.status, answer.text).toBe(200);
  await clips.quiet();
  server.context.mediaAccess.forgetAll();
  return answer.body;
}

/** How loud the loudest sample of a file is, in decibels; null where it has no sound. */
async function peakOf(bytes: ArrayBuffer): Promise<number | null> {
  const path = join(clips.folder, 'heard.mp4');
  await writeFile(path, new Uint8Array(bytes));
  const { streams = [] } = await ffprobeRaw(path, '-show_streams');
  if (!streams.some(({ codec_type: kind }) => kind === 'audio')) return null;
  const wav = join(clips.folder, 'heard.raw');
  await ffmpegRaw('-y', '-i', path, '-map', '0:a:0', '-f', 's16le', '-c:a', 'pcm_s16le', wav);
  const raw = await readFile(wav);
  let peak = 0;
  for (let at = 0; at + 1 < raw.length; at += 2) peak = Math.max(peak, Math.abs(raw.readInt16LE(at)));
  expect(raw.length).toBeGreaterThan(48_000 * 4 * 9);
  return peak === 0 ? SILENT : 20 * Math.log10(peak / 32_768);
}

async function given(country: string, url: string): Promise<ArrayBuffer> {
  const answer = await from(country, url);
  expect(answer.status, url).toBe(200);
  return answer.arrayBuffer();
}

/** The files that playlists lead to, as a player finds them. */
async function throughHls(country: string, master: string): Promise<string[]> {
  const text = async (url: string) => new TextDecoder().decode(await given(country, url));
  const playlists = (await text(master)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(playlists.length).toBeGreaterThan(0);
  const files = await Promise.all(
    playlists.map(async (name) => {
      const url = new URL(name, master).href;
      const said = await text(url);
      const [, file = ''] = /#EXT-X-MAP:URI="([^"]+)"/.exec(said) ?? [];
      return new URL(file, url).href;
    }),
  );
  return files;
}

describe('a sound that is muted in some countries', { timeout: 240_000 }, () => {
  test('is silent there in every size and format, and heard elsewhere', async () => {
    const { sound } = await decide('mute').then(() => shown());
    expect(sound).toMatchObject({ muted: false, withheld: { ...IN_GERMANY, action: 'mute' } });
    const { playback_urls: urls } = await shown();
    const files: string[] = [urls.mp4, ...urls.qualities.map(({ url }: { url: string }) => url)];
    expect(files.length).toBeGreaterThan(1);
    for (const url of files) {
      expect(url).toContain(`${server.origin}/media/r/`);
      expect(await peakOf(await given('DE', url)), url).toBe(SILENT);
      expect(await peakOf(await given('FR', url)), url).toBeGreaterThan(-40);
    }
    for (const url of await throughHls('DE', urls.hls))
      expect(await peakOf(await given('DE', url))).toBe(SILENT);
    for (const url of await throughHls('FR', urls.hls)) {
      expect(await peakOf(await given('FR', url))).toBeGreaterThan(-40);
    }
    // What plays it in pieces finds each where the index says, and in the form that was said of it.
    const [media] = (await client.get(`/api/v1/statuses/${id}`)).body.media_attachments;
    const index = JSON.parse(new TextDecoder().decode(await given('DE', media.chunks_url)));
    expect(index.rungs).toHaveLength(media.renditions.length);
    for (const { url, codecs } of media.renditions) {
      const rung = index.rungs.find(({ key }: { key: string }) => url.endsWith(key.split('/').at(-1)));
      const [offset, length] = rung.chunks.at(-1);
      expect(offset + length).toBe((await given('DE', url)).byteLength);
      expect(rung.codecs).toBe(codecs);
    }
    // In the preview nothing is heard.
    expect(media.teaser_url).toContain('/media/r/');
    expect(await peakOf(await given('DE', media.teaser_url))).toBeNull();
    // No measure, no strike; what other servers are told has not changed.
    expect(await rowOf(id)).toMatchObject({ staff_muted: false, silent: false, regional: true });
    expect((await client.get('/api/v1/strikes', { as: author })).body).toEqual([]);
  });

  test('is so for ranges, HEAD and what somebody has already', async () => {
    await decide('mute', { countries: ['FR'], except: true });
    const { mp4 } = (await shown()).playback_urls;
    const [whole, heard] = [Buffer.from(await given('DE', mp4)), Buffer.from(await given('FR', mp4))];
    expect(whole.equals(heard)).toBe(false);
    const head = await from('DE', mp4, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(whole.length));
    expect(head.headers.get('cache-control')).toMatch(/^private, max-age=/);
    const part = await from('DE', mp4, { headers: { Range: 'bytes=1000-1999' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 1000-1999/${whole.length}`,
    ]);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(1000, 2000))).toBe(true);
    const etag = head.headers.get('etag') ?? '';
    expect((await from('DE', mp4, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    // What was kept where it is silent is not what is given where it is heard.
    expect((await from('FR', mp4, { headers: { 'If-None-Match': etag } })).status).toBe(200);
  });

  test('is so for signed addresses, and in a country that is not known where that is wanted', async () => {
    await decide('mute');
    const { db, mediaAccess } = server.context;
    await db('videos').where({ id }).update({ visibility: 'followers' });
    mediaAccess.forgetAll();
    const { mp4 } = (await shown(id, author)).playback_urls;
    expect(mp4).toContain('/media/s/');
    expect(await peakOf(await given('DE', mp4))).toBe(SILENT);
    expect(await peakOf(await given('FR', mp4))).toBeGreaterThan(-40);
    await db('videos').where({ id }).update({ visibility: 'public' });
    mediaAccess.forgetAll();
    expect(await peakOf(await given('XX', (await shown()).playback_urls.mp4))).toBeGreaterThan(-40);
    const unknown = async (value: string) => {
      const body = { settings: { COUNTRY_UNKNOWN: value }, reason: '' };
      const answer = await client.patch('/api/v1/admin/settings', { as: boss, body });
      expect(answer.status, answer.text).toBe(200);
    };
    await unknown('withheld');
    expect(await peakOf(await given('XX', (await shown()).playback_urls.mp4))).toBe(SILENT);
    await unknown('given');
  });

  test('is withheld there while what is given is not made, and a worker that dies leaves nothing behind', async () => {
    const { db, inTx, sounds, handlers, mediaAccess, storage } = server.context;
    const { mp4 } = (await shown()).playback_urls;
    // Nothing is picked up while it is looked at.
    await inTx(async (tx) => {
      await sounds.setRule(tx, operator, { soundId, action: 'mute', reason: 'Why.', region: IN_GERMANY });
      await tx('jobs').where({ name: 'sounds.settle' }).delete();
    });
    await db('videos').where({ id }).update({ regional: true });
    mediaAccess.forgetAll();
    const refused = await from('DE', mp4);
    expect(refused.status).toBe(451);
    expect((await refused.json()).detail).toContain('muted in the country that you are in. Why.');
    expect((await from('FR', mp4)).status).toBe(200);

    // It died when all was stored, and nothing named.
    await handlers['media.resound']({ videoId: id }, jobRun());
    expect(await mutedRows()).toEqual([]);
    mediaAccess.forgetAll();
    expect((await from('DE', mp4)).status).toBe(451);
    const finish = await handlers['media.resound']({ videoId: id }, jobRun());
    if (!finish) throw new Error('There was nothing to do.');
    expect(await inTx(finish)).toBeNull();
    mediaAccess.forgetAll();
    expect(await peakOf(await given('DE', mp4))).toBe(SILENT);
    // Once more changes nothing.
    const before = await mutedRows();
    expect(await handlers['media.resound']({ videoId: id }, jobRun())).toBeUndefined();
    expect(await mutedRows()).toEqual(before);
    await clips.quiet();
    const stored: string[] = [];
    for await (const object of storage.list(`media/${id}/`)) stored.push(object.key);
    const named: string[] = await db('video_assets').where({ video_id: id }).pluck('key');
    expect(stored.toSorted()).toEqual(named.toSorted());
  });

  test('goes with the rule, and is not given where it is refused later', async () => {
    const { storage } = server.context;
    await decide('mute');
    const made = await mutedRows();
    expect(made.length).toBeGreaterThan(5);
    const { mp4 } = (await shown()).playback_urls;
    await decide('refuse');
    await eventually('it is refused', async () => (await from('DE', mp4)).status === 451);
    expect(await mutedRows()).toEqual([]);
    for (const key of made) expect(await storage.stat(key)).toBeNull();
    await decide('mute', { countries: ['FR'], except: false });
    await eventually('it follows', async () => (await from('FR', mp4)).status === 200);
    expect(await peakOf(await given('FR', mp4))).toBe(SILENT);
    expect(await peakOf(await given('DE', mp4))).toBeGreaterThan(-40);
    await decide('mute', null);
    expect(await mutedRows()).toEqual([]);
    await decide('mute');
    expect(await rowOf(id)).toMatchObject({ silent: false, staff_muted: false });
    // Its address changes with its sizes, which are made anew one after the other.
    let again = '';
    await eventually('it is made anew', async () => {
      again = (await shown()).playback_urls.mp4;
      return (await from('DE', again)).status === 200;
    });
    expect(await peakOf(await given('DE', again))).toBe(SILENT);
  });

  test('is silent there from the first in what is uploaded or copied later', async () => {
    await decide('mute');
    const again = await clips.uploaded(author, await clips.clip('song-again.mp4', 41, ['-b:a', '48k']));
    const far = await clips.copied('song-again.mp4');
    for (const one of [again, far]) {
      expect(await rowOf(one)).toMatchObject({ sound_id: soundId, regional: true, state: 'published' });
      const { mp4 } = (await shown(one)).playback_urls;
      expect(await peakOf(await given('DE', mp4))).toBe(SILENT);
      expect(await peakOf(await given('FR', mp4))).toBeGreaterThan(-40);
    }
    // What is deleted leaves nothing.
    const made = await mutedRows(again);
    expect(await client.delete(`/api/v1/statuses/${again}`, { as: author })).toMatchObject({ status: 200 });
    await clips.quiet();
    for (const key of made) expect(await server.context.storage.stat(key)).toBeNull();
  });

  test('is said to be muted where somebody asks from, and made into no video there', async () => {
    const { db } = server.context;
    await db('videos').where({ id }).update({ allows_sound: true });
    await decide('mute');
    const asked = async (country: string) =>
      (await client.get(`/api/v1/sounds/${soundId}`, { as: fan, headers: { [HEADER]: country } })).body;
    expect(await asked('DE')).toMatchObject({
      here: 'muted',
      use: { allowed: false, reason: 'sound-region' },
    });
    expect((await asked('DE')).use.message).toContain('is muted in the country that you are in.');
    expect(await asked('FR')).toMatchObject({ here: 'given', use: { allowed: true } });
    await decide('refuse');
    expect(await asked('DE')).toMatchObject({ here: 'withheld' });
    const body = { action: 'allow', region: IN_GERMANY };
    expect(await client.put(`/api/v1/admin/sounds/${soundId}/rule`, { as: boss, body })).toMatchObject({
      status: 422,
      body: { code: 'region-not-possible' },
    });
  });
});
