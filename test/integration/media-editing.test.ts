import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaKey, originalKey } from '../../media/keys.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { eventually, waitingForLocks } from '../helpers/chaos.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { jobRun } from '../helpers/job-run.ts';
import { clip, decodeRaw, ffmpegRaw } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let alice: Person;
let bob: Person;
let videoOf: ReturnType<typeof createVideoFactory>['video'];

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  client = clientOf(server.origin);
  const people = createPeople(server);
  alice = await people.signedIn('alice');
  bob = await people.signedIn('bob');
  videoOf = createVideoFactory(server.context).video;
});

afterAll(() => server.close());

const row = (id: VideoId) => server.context.db('videos').where({ id });

const bytesOf = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

/** When its author last changed it, in ms. */
const editedAt = async (id: VideoId) => (await row(id).first('edited_at'))?.edited_at?.getTime() ?? 0;

describe('progress as a stream of events', () => {
  const eventsOf = (id: string, as: Pick<Person, 'token'>) =>
    fetch(`${server.origin}/api/v1/videos/${id}/events`, {
      headers: { Authorization: `Bearer ${as.token}` },
    });

  /** The data of the events that have come, one after the other; ends with the stream. */
  async function* progress(response: Response) {
    let text = '';
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const [, data] = /^event: progress\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (data) yield JSON.parse(data);
      }
    }
  }

  test('tells at once, then every change, and ends when nothing is left to make', async () => {
    const id = await videoOf(alice.account, { state: 'received', assets: [] });
    const told = progress(await eventsOf(id, alice));
    const next = async () => (await told.next()).value;
    const first = await next();
    expect(first).toMatchObject({ id, state: 'processing', playable: false, done: false });
    expect(first).toEqual((await client.get(`/api/v1/videos/${id}/processing`, { as: alice })).body);

    await row(id).update({ media_stage: 'transcoding', media_percent: 30, planned_rungs: [720, 480] });
    const planned = [720, 480];
    expect(await next()).toMatchObject({ stage: 'transcoding', percent: 30, sizes: { made: [], planned } });
    await row(id).update({ state: 'published', published_at: new Date(), media_percent: 60 });
    expect(await next()).toMatchObject({ state: 'published', percent: 60, done: false });
    await row(id).update({ media_state: 'ready', media_stage: null });
    expect(await next()).toMatchObject({ state: 'published', percent: 100, done: true });
    expect((await told.next()).done).toBe(true);
  });

  test.each([
    ['a refused file', (id: VideoId) => row(id).update({ state: 'rejected', media_state: 'failed' })],
    ['a deleted video', (id: VideoId) => row(id).delete()],
    ['a session', () => server.context.db('sessions').where({ account_id: alice.id }).delete()],
  ])('ends with %s', async (_name, end) => {
    const id = await videoOf(alice.account, { state: 'received', assets: [] });
    const token = await createPeople(server).tokenOf(alice.account);
    const told = progress(await eventsOf(id, { token }));
    expect((await told.next()).value).toMatchObject({ state: 'processing' });
    await end(id);
    // Whatever changes afterwards is not told to a session that has ended.
    await row(id).update({ media_percent: 77 });
    const rest = [];
    for await (const one of told) rest.push(one.state);
    expect(rest).toEqual(_name === 'a refused file' ? ['rejected'] : []);
    alice = { ...alice, token: await createPeople(server).tokenOf(alice.account) };
  });

  test('is for the author alone', async () => {
    const id = await videoOf(alice.account);
    expect((await eventsOf(id, bob)).status).toBe(404);
    expect((await eventsOf(id, { token: 'x'.repeat(40) })).status).toBe(401);
    expect((await client.get(`/api/v1/videos/${id}/events`)).status).toBe(401);
  });
});

describe('captions', () => {
  const vtt = (text: string) => `WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n${text}\n`;

  /** Sends a file of captions. */
  const put = (id: string, language: string, body: string | Buffer, type = 'text/vtt', as = alice) =>
    client.put(`/api/v1/videos/${id}/captions/${language}`, { as, body, headers: { 'Content-Type': type } });

  const withdraw = (id: string, language: string, as = alice) =>
    client.delete(`/api/v1/videos/${id}/captions/${language}`, { as });

  test('are cleaned, served, replaced and taken away', async () => {
    const id = await videoOf(alice.account);
    const first = await put(id, 'pt-br?label=Portugu%C3%AAs', vtt('<script>x</script>Ol\u00e1<b>!'));
    expect(first.status).toBe(200);
    const [made] = first.body.captions;
    expect(first.body.captions).toEqual([
      { url: made.url, language: 'pt-BR', label: 'Portugu\u00eas', automatic: false },
    ]);
    const served = await fetch(made.url);
    expect(served.headers.get('Content-Type')).toMatch(/^text\/vtt/);
    expect(await served.text()).toBe('WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nOl\u00e1<b>!</b>\n');
    const edited = await editedAt(id);
    expect(edited).toBeGreaterThan(0);

    await put(id, 'en', vtt('Hello'));
    const srt = '1\r\n00:00:01,000 --> 00:00:09,000\r\nAgain\r\n';
    const again = await put(id, 'PT-br', srt, 'application/x-subrip');
    const shown = (await client.get(`/api/v1/statuses/${id}`)).body.media_attachments[0].captions;
    expect(shown).toEqual(again.body.captions);
    expect(shown).toHaveLength(2);
    const text = await bytesOf(shown.find((one: { language: string }) => one.language === 'pt-BR').url);
    // Not beyond the end of the video, which lasts five seconds.
    expect(text.toString()).toContain('00:00:01.000 --> 00:00:05.000\nAgain');
    expect(await editedAt(id)).toBeGreaterThan(edited);

    expect((await withdraw(id, 'pt-BR', bob)).status).toBe(404);
    expect((await withdraw(id, 'pt-BR')).body.captions).toMatchObject([{ language: 'en' }]);
    expect((await withdraw(id, 'pt-BR')).status).toBe(404);
    const purges = server.context.db('jobs').where({ name: 'media.purge', state: 'pending' });
    expect((await purges.whereJsonObject('payload', { videoId: id })).length).toBeGreaterThan(0);
  });

  test('that belong to the file are moved to the part of it that is kept', async () => {
    const id = await videoOf(alice.account, { state: 'received', assets: [] });
    await row(id).update({ edit_list: JSON.stringify({ in: 0.25, out: 1.5, crop: null, cuts: [] }) });
    const textOf = async (times: string) => {
      const answer = await put(id, `en?times=${times}`, vtt('Hello'));
      return String(await bytesOf(answer.body.captions[0].url));
    };
    expect(await textOf('file')).toContain('00:00:00.750 --> 00:00:01.250\nHello');
    expect(await textOf('video')).toContain('00:00:01.000 --> 00:00:02.000\nHello');
    await row(id).update({ edit_list: JSON.stringify({ in: 3, out: null, crop: null, cuts: [] }) });
    const late = await put(id, 'en?times=file', vtt('Too early'));
    expect([late.status, late.body.code]).toEqual([422, 'no-cues']);
    expect((await put(id, 'en?times=clip', vtt('Hello'))).status).toBe(422);
    const order = { kind: 'stitch', clip: { start: 1, end: 3.5 } };
    await row(id).update({ edit_list: null, remix_order: JSON.stringify(order) });
    expect(await textOf('file')).toContain('00:00:03.500 --> 00:00:04.500\nHello');
    expect(await textOf('video')).toContain('00:00:01.000 --> 00:00:02.000\nHello');
  });

  test('are told to others where these know of the video', async () => {
    const { videos, inTx } = server.context;
    const told = async (unannounced: boolean) => {
      const videoId = await videoOf(alice.account);
      await row(videoId).update({ unannounced });
      return inTx(async (tx) => {
        const edit = { videoId, accountId: alice.id, language: 'en', label: null };
        await videos.setCaptions(tx, { ...edit, file: Buffer.from(vtt('Hello')) });
        return tx('events').where({ name: 'video.updated' }).whereJsonObject('payload', { videoId });
      });
    };
    expect(await told(false)).toHaveLength(1);
    expect(await told(true)).toEqual([]);
  });

  test('what is stored while objects without a name are looked for keeps its name', async () => {
    const id = await videoOf(alice.account, { assets: [] });
    const { storage, videos, inTx, db } = server.context;
    const run = jobRun();
    const edit = { videoId: id, accountId: alice.id, language: 'en', label: null };
    let purge: Promise<unknown> = Promise.resolve();
    await inTx(async (tx) => {
      await videos.setCaptions(tx, { ...edit, file: Buffer.from(vtt('Hello')) });
      purge = videos.jobs.purge(id, run);
      await expect.poll(() => waitingForLocks(db)).toBe(1);
    });
    await purge;
    const stored = await db('video_assets').where({ video_id: id, role: 'captions' }).first('key');
    expect(await storage.stat(stored.key)).not.toBeNull();
    // What nobody has named goes.
    await db('video_assets').where({ video_id: id }).delete();
    await videos.jobs.purge(id, run);
    expect(await storage.stat(stored.key)).toBeNull();
  });

  test.each([
    ['of no language', 'x', vtt('Hi'), 'text/vtt', 422, 'language-invalid'],
    ['that are none', 'en', 'Hello', 'text/vtt', 422, 'not-captions'],
    ['without a cue', 'en', 'WEBVTT\n', 'text/vtt', 422, 'no-cues'],
    ['of another type', 'en', '{}', 'application/json', 415, 'type-unsupported'],
    ['over the limit', 'en', vtt('x'.repeat(600_000)), 'text/vtt', 413, 'too-large'],
  ])('%s are refused', async (_name, language, body, type, status, error) => {
    const id = await videoOf(alice.account);
    const refused = await put(id, language, body, type);
    expect([refused.status, refused.body.code]).toEqual([status, error]);
    expect(await editedAt(id)).toBe(0);
  });

  test('of somebody else are refused, and those of more than 50 languages', async () => {
    const id = await videoOf(alice.account);
    expect((await put(id, 'en', vtt('Hi'), 'text/vtt', bob)).status).toBe(404);
    const rows = Array.from({ length: 50 }, (_, n) => ({
      ...{ video_id: id, role: 'captions', content_type: 'text/vtt', bytes: 1, sha256: '' },
      ...{ key: `media/${id}/${n}`, language: `a${String.fromCharCode(97 + (n % 26))}${n < 26 ? 'a' : 'b'}` },
    }));
    await server.context.db('video_assets').insert(rows);
    expect((await put(id, 'en', vtt('Hi'))).body.code).toBe('too-many-captions');
    expect((await put(id, 'aaa', vtt('Hi'))).status).toBe(200);
  });
});

describe('posters', () => {
  /** Two seconds, red in the second one. */
  let film: string;
  /** A blue picture. */
  let picture: Buffer;

  beforeAll(async () => {
    const red = "drawbox=color=red:t=fill:enable='gte(t,1)'";
    film = await clip(server.dataDir, 'film.mp4', { seconds: 2, args: ['-vf', red] });
    const path = join(server.dataDir, 'picture.png');
    await ffmpegRaw('-f', 'lavfi', '-i', 'color=blue:s=200x100', '-frames:v', '1', path);
    picture = await readFile(path);
  });

  /** A published video with a real MP4, and the upload it came from. */
  async function filmed(): Promise<VideoId> {
    const { db, storage } = server.context;
    const id = await videoOf(alice.account, { assets: ['poster'] });
    const sha256 = createHash('sha256').update('film').digest('hex');
    const key = mediaKey(id, sha256, '240.mp4');
    await storage.putFile(key, film, { contentType: 'video/mp4' });
    await storage.putFile(originalKey(id), film, { contentType: 'application/octet-stream' });
    await row(id).update({ duration_seconds: 2, original_key: originalKey(id) });
    const shape = { width: 320, height: 240, rung: 240 };
    const about = { key, video_id: id, role: 'mp4', content_type: 'video/mp4', bytes: 1, sha256 };
    await db('video_assets').insert({ ...about, ...shape });
    return id;
  }

  const put = (id: string, body: object | Buffer, type = 'application/json', as = alice) =>
    client.put(`/api/v1/videos/${id}/poster`, { as, body, headers: { 'Content-Type': type } });

  const postersOf = async (id: VideoId): Promise<string[]> => {
    const rows = server.context.db('video_assets').where({ video_id: id });
    return rows.whereIn('role', ['poster', 'poster-webp']).orderBy('role').pluck('key');
  };

  /** The keys of the new poster once they are not these. */
  const changed = (id: VideoId, before: readonly string[]) =>
    eventually('another poster', async () => {
      const now = await postersOf(id);
      return now.join() === before.join() ? null : now;
    });

  /** The average colour of a stored picture. */
  const colourOf = async (key = '') => {
    const path = join(server.dataDir, 'look.jpg');
    expect(await server.context.storage.download(key, path)).toBe(true);
    const onePixel = ['-frames:v', '1', '-vf', 'scale=1:1', '-pix_fmt', 'rgb24', '-f', 'rawvideo'];
    const [red = 0, green = 0, blue = 0] = await decodeRaw('-i', path, ...onePixel);
    return red > 200 && green < 60 ? 'red' : blue > 200 && green < 60 ? 'blue' : 'other';
  };

  test('are a frame that the author chooses, or a picture, which stays when the video is made anew', async () => {
    const { videos, inTx, db, storage } = server.context;
    const id = await filmed();
    const before = await postersOf(id);
    expect((await put(id, { seconds: 1.5 })).status).toBe(200);
    const frame = await changed(id, before);
    expect(frame).toHaveLength(2);
    expect(await colourOf(frame[0])).toBe('red');
    const { blurhash } = await row(id).first('blurhash');
    expect(blurhash).not.toBeNull();
    const edited = await editedAt(id);
    expect(edited).toBeGreaterThan(0);

    expect((await put(id, picture, 'image/png')).status).toBe(200);
    const own = await changed(id, frame);
    expect(await colourOf(own[0])).toBe('blue');
    expect(await editedAt(id)).toBeGreaterThan(edited);
    const kept = await row(id).first('poster_key', 'blurhash');
    expect(await storage.stat(kept.poster_key)).not.toBeNull();
    expect(kept.blurhash).not.toBe(blurhash);

    await inTx((tx) => {
      const edit = { videoId: id, accountId: alice.id, language: 'en', label: null };
      return videos.setCaptions(tx, {
        ...edit,
        file: Buffer.from('WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n'),
      });
    });
    const run = jobRun();
    const finish = await videos.jobs.remake(id, run);
    await inTx(async (tx) => finish?.(tx));
    expect(await postersOf(id)).toEqual(own);
    expect((await row(id).first('blurhash')).blurhash).toBe(kept.blurhash);
    const made = await db('video_assets').where({ video_id: id }).pluck('role');
    expect(made).toEqual(expect.arrayContaining(['captions', 'cmaf', 'hls-master', 'mp4']));

    await put(id, { seconds: 1.5 });
    expect(await colourOf((await changed(id, own))[0])).toBe('red');
    expect((await row(id).first('poster_key')).poster_key).toBeNull();
  });

  test('a picture that cannot be decoded changes nothing', async () => {
    const id = await filmed();
    const before = await postersOf(id);
    expect((await put(id, picture.subarray(0, 60), 'image/png')).status).toBe(200);
    await eventually('it is dropped', async () => (await row(id).first('poster_key')).poster_key === null);
    expect(await postersOf(id)).toEqual(before);
    expect(await editedAt(id)).toBe(0);
  });

  test('chosen while the video is made, they wait for its last size', async () => {
    const id = await videoOf(alice.account, { state: 'received', assets: [] });
    expect((await put(id, { seconds: 1.5 })).status).toBe(200);
    const jobs = server.context.db('jobs').where({ key: `media.poster:${id}` });
    expect(await jobs).toEqual([]);
    expect(await row(id).first('poster_seconds')).toEqual({ poster_seconds: 1.5 });
  });

  test.each([
    ['a time before the start', { seconds: -1 }, 'application/json', 422, 'validation-failed'],
    ['a picture by name only', Buffer.from('<svg/>'), 'image/png', 422, 'not-a-picture'],
    ['more than 5 MB', Buffer.alloc(5 * 1024 * 1024 + 1), 'image/jpeg', 413, 'too-large'],
    ['a type that is none of them', Buffer.from('GIF89a'), 'image/gif', 422, 'validation-failed'],
  ])('%s is refused', async (_name, body, type, status, error) => {
    const id = await videoOf(alice.account);
    const refused = await put(id, body, type);
    expect([refused.status, refused.body.code]).toEqual([status, error]);
  });

  test('of somebody else cannot be chosen', async () => {
    const id = await videoOf(alice.account);
    expect((await put(id, { seconds: 1 }, 'application/json', bob)).status).toBe(404);
    expect((await put(id, picture, 'image/png', bob)).status).toBe(404);
  });
});
