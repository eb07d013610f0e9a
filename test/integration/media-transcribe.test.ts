import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mediaKey, prefixesOf } from '../../media/keys.ts';
import { mediaCommand } from '../../src/cli/media.ts';
import type { Report } from '../../src/cli/report.ts';
import type { Context } from '../../src/context.ts';
import { wakeRelay } from '../../src/db/outbox.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { createFormPoster } from '../../src/lib/net/form-post.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createTranscriber } from '../../src/modules/videos/index.ts';
import { signIn } from '../../src/setup/demo/client.ts';
import { createGate, eventually, openGates } from '../helpers/chaos.ts';
import { empty } from '../helpers/emptying.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { jobRun } from '../helpers/job-run.ts';
import { clip } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, PASSWORD, type Person } from '../helpers/people.ts';
import { type Remote, type SeenRequest, startRemote } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const SLOW_MS = 60_000;
const PATH = '/v1/audio/transcriptions';
const vtt = (text: string, times = '00:00:00.000 --> 00:00:01.000') => `WEBVTT\n\n${times}\n${text}\n`;
const good = vtt('Made');

let server: TestServer;
let service: Remote;
let client: Client;
let alice: Person;
/** Videos by their sound. */
let loud: string;
let silentClip: string;
/** What the service does with a recording; tests replace it. */
let answer: (response: ServerResponse, request: SeenRequest) => unknown;

beforeAll(async () => {
  service = await startRemote('127.0.0.1', (request, response) => answer(response, request));
  server = await startTestServer({
    role: 'all',
    variables: {
      TRANSCRIPTION_URL: service.url(PATH),
      TRANSCRIPTION_TOKEN: 'a-token',
      TRANSCRIPTION_MODEL: 'small',
    },
  });
  client = clientOf(server.origin);
  alice = await createPeople(server).signedIn('alice');
  loud = await clip(server.dataDir, 'loud.mp4', { seconds: 2, size: '64x64', rate: 5 });
  silentClip = await clip(server.dataDir, 'silent.mp4', { seconds: 1, size: '64x64', rate: 5, sound: false });
}, SLOW_MS);

afterAll(async () => {
  await server.close();
  await service.close();
});

afterEach(async () => {
  openGates();
  await empty(server, 'jobs');
  service.seen.length = 0;
});

const run = jobRun();

/** A finished video, with one size that is really there. */
async function finished(
  context: Context = server.context,
  account: Account = alice.account,
  { source = loud, sound = true, language = 'en' as string | null } = {},
): Promise<VideoId> {
  const id = await createVideoFactory(context).video(account, { assets: ['mp4', 'poster'] });
  const bytes = await readFile(source);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = mediaKey(id, sha256, '64-cmaf.mp4');
  await context.storage.putBytes(key, bytes, { contentType: 'video/mp4' });
  await context.db('video_assets').insert({
    ...{ key, video_id: id, role: 'cmaf', rung: 64, content_type: 'video/mp4', bytes: bytes.length, sha256 },
    ...{ width: 64, height: 64, codecs: sound ? 'avc1.64000a,mp4a.40.2' : 'avc1.64000a' },
  });
  await context
    .db('videos')
    .where({ id })
    .update({ language, duration_seconds: sound ? 2 : 1 });
  return id;
}

const ask = (id: VideoId) => server.context.inTx((tx) => server.context.videos.askToTranscribe(tx, id));

/** A finished video whose job has been added. */
async function asked(language: string | null = 'en'): Promise<VideoId> {
  const id = await finished(server.context, alice.account, { language });
  expect(await ask(id)).toEqual({ ok: true });
  return id;
}

const jobOf = (id: VideoId, context = server.context) =>
  context
    .db('jobs')
    .where({ key: `media.transcribe:${id}` })
    .first();

const ended = (id: VideoId) => eventually('the job has ended', async () => !(await jobOf(id)));

/** What everybody is shown. */
const captionsOf = async (id: string): Promise<Record<string, string>[]> =>
  (await client.get(`/api/v1/statuses/${id}`)).body.media_attachments[0].captions;

/** The last stage of its making, as a worker does it. */
async function doExtras(context: Context, id: VideoId): Promise<void> {
  const finish = await context.videos.jobs.extras(id, run);
  await context.inTx(async (tx) => finish?.(tx));
}

const formOf = ({ body, headers }: SeenRequest): Promise<FormData> =>
  new Response(new Uint8Array(body), {
    headers: { 'Content-Type': headers['content-type'] ?? '' },
  }).formData();

test('an upload gets captions from its sound alone, which are served and told of', {
  timeout: SLOW_MS,
}, async () => {
  const { db, ffmpeg } = server.context;
  answer = (response) =>
    response.setHeader('Content-Type', 'application/json').end(
      JSON.stringify({
        ...{ task: 'transcribe', language: 'english', duration: 2, text: 'Hello' },
        segments: [{ id: 0, start: 0.5, end: 9, text: ' <script>Hello</script>\n& you', tokens: [1, 2] }],
      }),
    );
  const uploader = await signIn(server.origin, 'alice', PASSWORD);
  const id = (await uploader.upload(loud, { filename: 'clip.mp4', caption: '' })) as VideoId;
  const [made] = await eventually(
    'captions',
    async () => {
      const shown = await client.get(`/api/v1/statuses/${id}`);
      const captions = shown.body.media_attachments?.[0].captions ?? [];
      return captions.length > 0 ? captions : null;
    },
    SLOW_MS,
  );
  expect(made).toEqual({
    ...{ url: made.url, language: 'en', label: 'English (automatic)', automatic: true },
  });
  const served = await fetch(made.url);
  expect(served.headers.get('Content-Type')).toMatch(/^text\/vtt/);
  expect(await served.text()).toBe(
    'WEBVTT\n\n00:00:00.500 --> 00:00:02.000\n&lt;script&gt;Hello&lt;/script&gt; &amp; you\n',
  );
  // Nobody edited it.
  expect((await db('videos').where({ id }).first('edited_at')).edited_at).toBeNull();

  expect(service.seen).toHaveLength(1);
  const [request] = service.seen as [SeenRequest];
  expect(request).toMatchObject({ method: 'POST', path: PATH });
  expect(request.headers).toMatchObject({ authorization: 'Bearer a-token' });
  expect(Number(request.headers['content-length'])).toBe(request.body.length);
  const form = await formOf(request);
  expect([...form.keys()].toSorted()).toEqual(['file', 'model', 'response_format']);
  expect([form.get('model'), form.get('response_format')]).toEqual(['small', 'verbose_json']);
  const file = form.get('file') as File;
  expect([file.name, file.type]).toEqual(['sound.m4a', 'audio/mp4']);
  const path = join(server.dataDir, 'arrived.m4a');
  await writeFile(path, Buffer.from(await file.arrayBuffer()));
  const probed = await ffmpeg.probe({ path, demuxer: 'mov' });
  const { streams, format } = JSON.parse(probed.ok ? probed.json : '{}');
  expect(streams).toMatchObject([{ codec_type: 'audio', codec_name: 'aac' }]);
  expect(Number(format.duration)).toBeGreaterThan(1.9);
  expect(Number(format.duration)).toBeLessThan(2.2);
});

test('the language of the post is told, and names the captions', async () => {
  answer = (response) => response.end(vtt('<script>x()</script>Ol\u00e1 <i onclick="x()">l\u00e1'));
  const id = await asked('pt-br');
  await ended(id);
  const form = await formOf(service.seen[0] as SeenRequest);
  expect([form.get('language'), form.get('response_format')]).toEqual(['pt', 'vtt']);
  const label = 'Brazilian Portuguese (automatic)';
  const shown = await captionsOf(id);
  expect(shown).toMatchObject([{ language: 'pt-BR', label, automatic: true }]);
  expect(await (await fetch(shown[0]?.url ?? '')).text()).toBe(vtt('Ol\u00e1 <i>l\u00e1</i>'));
});

test('the author replaces or removes them, and then they stay away', { timeout: SLOW_MS }, async () => {
  const { videos, db } = server.context;
  answer = (response) => response.end(good);
  const id = await asked();
  await ended(id);
  const path = `/api/v1/videos/${id}/captions/en`;
  const sent = { as: alice, body: vtt('Mine'), headers: { 'Content-Type': 'text/vtt' } };
  const [mine] = (await client.put(path, sent)).body.captions;
  expect(mine).toMatchObject({ language: 'en', label: 'en', automatic: false });
  expect(await ask(id)).toMatchObject({ ok: false, reason: 'has-captions' });
  expect((await client.delete(path, { as: alice })).status).toBe(200);

  await doExtras(server.context, id);
  expect(await jobOf(id)).toBeUndefined();
  expect(await videos.withoutCaptions(null, 100)).not.toContain(id);
  // Nor by a job of before that is repeated late.
  expect(await videos.jobs.transcribe(id, run)).toBeUndefined();
  expect(service.seen).toHaveLength(1);
  // Only where somebody wants just that.
  expect(await ask(id)).toEqual({ ok: true });
  await ended(id);
  expect(await captionsOf(id)).toMatchObject([{ automatic: true }]);
  expect(await db('video_assets').where({ video_id: id, role: 'captions' })).toHaveLength(1);
});

describe('while the service is at it', () => {
  /** A video whose recording the service has, and what lets the answer out. */
  async function held() {
    const gate = createGate();
    answer = async (response) => {
      await gate.pass();
      response.end(good);
    };
    const id = await asked();
    await gate.reached;
    return { id, gate };
  }

  test('captions of the author come in: they stay alone', async () => {
    const { id, gate } = await held();
    const sent = { as: alice, body: vtt('Meins'), headers: { 'Content-Type': 'text/vtt' } };
    expect((await client.put(`/api/v1/videos/${id}/captions/de`, sent)).status).toBe(200);
    gate.open();
    await ended(id);
    expect(await captionsOf(id)).toMatchObject([{ language: 'de', automatic: false }]);
  });

  test('the video is deleted: nothing is left of it', async () => {
    const { id, gate } = await held();
    expect((await client.delete(`/api/v1/statuses/${id}`, { as: alice })).status).toBe(200);
    gate.open();
    await ended(id);
    const { storage } = server.context;
    await eventually('nothing is stored', async () => {
      for (const prefix of prefixesOf(id)) for await (const _ of storage.list(prefix)) return false;
      return true;
    });
    expect(await server.context.db('video_assets').where({ video_id: id })).toEqual([]);
  });

  test('the job is repeated, as after a crash: there is one track, told of once', async () => {
    const { videos, inTx, db } = server.context;
    const id = await finished();
    answer = (response) => response.end(good);
    const finishes = [await videos.jobs.transcribe(id, run), await videos.jobs.transcribe(id, run)];
    const told = await inTx(async (tx) => {
      for (const finish of finishes) await finish?.(tx);
      return tx('events').where({ name: 'video.captioned' }).whereJsonObject('payload', { videoId: id });
    });
    expect(service.seen).toHaveLength(2);
    expect(told).toHaveLength(1);
    expect(await db('video_assets').where({ video_id: id, role: 'captions' })).toHaveLength(1);
  });
});

test('a service that is away is asked again, and the captions come once', async () => {
  const { db, inTx } = server.context;
  answer = (response) => response.writeHead(503).end(good);
  const id = await asked();
  const waiting = await eventually('the first try has failed', async () => {
    const job = await jobOf(id);
    return job?.last_error ? job : null;
  });
  expect(waiting).toMatchObject({ state: 'pending', attempts: 1 });
  expect(await captionsOf(id)).toEqual([]);
  answer = (response) => response.end(good);
  await inTx(async (tx) => {
    await tx('jobs')
      .where({ id: waiting.id })
      .update({ run_at: tx.fn.now(), run: tx.raw('run + 1') });
    await wakeRelay(tx);
  });
  await ended(id);
  expect(await captionsOf(id)).toMatchObject([{ language: 'en', automatic: true }]);
  expect(service.seen).toHaveLength(2);
  expect(await db('videos').where({ id }).first('media_state')).toEqual({ media_state: 'ready' });
});

test.each<[string, (response: ServerResponse) => unknown]>([
  ['404', (response) => response.writeHead(404).end(good)],
  ['a page', (response) => response.end('<!DOCTYPE html><script>alert(1)</script>')],
  ['bytes', (response) => response.end(Buffer.from([0xff, 0xfe, 0, 1]))],
  [
    'too many cues',
    (response) => response.end(`WEBVTT\n\n${'00:00.000 --> 00:01.000\nx\n\n'.repeat(3_001)}`),
  ],
])('where it answers with %s, the video goes without', async (_name, bad) => {
  answer = bad;
  const id = await asked();
  const dead = await eventually('it is given up', async () => {
    const job = await jobOf(id);
    return job?.state === 'dead' ? job : null;
  });
  expect(dead.last_error).toMatch(/transcription service/);
  expect(service.seen).toHaveLength(1);
  expect(await captionsOf(id)).toEqual([]);
  const shown = server.context.db('videos').where({ id }).first('state', 'media_state', 'edited_at');
  expect(await shown).toEqual({ state: 'published', media_state: 'ready', edited_at: null });
});

describe('what a service may answer', () => {
  const { signal } = new AbortController();

  /** The outcome of one request, of which nothing is left open. */
  async function heard(deadlineMs = 10_000) {
    const poster = createFormPoster({ connectMs: 1_000, maxHeaderBytes: 16_384 });
    const url = service.url(PATH);
    const transcriber = createTranscriber({ poster, url, token: null, model: 'small', deadlineMs });
    const outcome = await transcriber.transcribe({ soundPath: loud, language: 'en', signal });
    await poster.close();
    return outcome;
  }

  test.each<[string, 'unavailable' | 'refused', (response: ServerResponse) => unknown]>([
    ['500', 'unavailable', (response) => response.writeHead(500).end(good)],
    [
      '500 without end',
      'unavailable',
      (response) => {
        response.writeHead(500);
        pour(response, () => response.write(good.repeat(1_000)));
      },
    ],
    ['429', 'unavailable', (response) => response.writeHead(429).end(good)],
    ['408', 'unavailable', (response) => response.writeHead(408).end(good)],
    ['a connection that breaks', 'unavailable', (response) => response.destroy()],
    [
      'half an answer',
      'unavailable',
      (response) => {
        response.writeHead(200, { 'Content-Length': '100' }).write('WEBVTT\n', () => response.destroy());
      },
    ],
    ['401', 'refused', (response) => response.writeHead(401).end(good)],
    ['a redirect', 'refused', (response) => response.writeHead(307, { Location: '/elsewhere' }).end(good)],
    ['too much', 'refused', (response) => response.end(good + '\nNOTE x'.repeat(100_000))],
    [
      'a bomb',
      'refused',
      (response) => response.setHeader('Content-Encoding', 'gzip').end(gzipSync(Buffer.alloc(9_000_000))),
    ],
    ['no end', 'refused', (response) => pour(response, () => response.write(good.repeat(1_000)))],
  ])('%s: %s', async (_name, reason, bad) => {
    answer = (response, { path }) => (path === PATH ? bad(response) : response.end(good));
    expect(await heard()).toMatchObject({ ok: false, reason });
    expect(service.seen.map(({ path }) => path)).toEqual([PATH]);
    expect(service.seen[0]?.headers.authorization).toBeUndefined();
  });

  test('a trickle is given up at the deadline, and its connection is closed', async () => {
    const closed = Promise.withResolvers<void>();
    answer = (response) => {
      response.writeHead(200).write('WEBVTT\n\n');
      const trickle = setInterval(() => response.write('\n'), 10);
      response.on('close', () => {
        clearInterval(trickle);
        closed.resolve();
      });
    };
    expect(await heard(1_500)).toMatchObject({ ok: false, reason: 'unavailable' });
    await closed.promise;
  });
});

/** Writes for as long as somebody takes it. */
function pour(response: ServerResponse, write: () => boolean): void {
  let taken = !response.destroyed;
  while (taken && !response.destroyed) taken = write();
  response.once('drain', () => pour(response, write));
}

test('cues whose times make no sense are left out, and where nothing is said nobody asks again', async () => {
  answer = (response) => response.end(`${good}\n00:01.000 --> 00:01.000\nNever\n`);
  const id = await asked(null);
  await ended(id);
  const [made] = await captionsOf(id);
  expect(made).toMatchObject({ language: 'und', label: 'Automatic' });
  expect(await (await fetch(made?.url ?? '')).text()).toBe(good);

  answer = (response) => response.end('WEBVTT\n\n');
  const quiet = await asked();
  await ended(quiet);
  expect(await captionsOf(quiet)).toEqual([]);
  expect(await server.context.videos.withoutCaptions(null, 100)).not.toContain(quiet);
});

describe('nobody is asked', () => {
  test('about a video without sound, one of another server, or one that has captions', {
    timeout: SLOW_MS,
  }, async () => {
    const { context } = server;
    const mute = await finished(context, alice.account, { source: silentClip, sound: false });
    const theirs = await finished(context, await createPeople(server).remote('bob'));
    const done = await finished();
    const edit = { videoId: done, accountId: alice.id, language: 'de', label: null, file: Buffer.from(good) };
    await context.inTx((tx) => context.videos.setCaptions(tx, edit));
    for (const id of [mute, theirs]) {
      await doExtras(context, id);
      expect(await jobOf(id)).toBeUndefined();
    }
    for (const id of [mute, theirs, done]) {
      expect(await context.videos.jobs.transcribe(id, run)).toBeUndefined();
      expect((await ask(id)).ok).toBe(false);
    }
    const missing = await context.videos.withoutCaptions(null, 100);
    expect(missing.filter((id) => [mute, theirs, done].includes(id))).toEqual([]);
    expect(service.seen).toEqual([]);
  });

  test('where no service is set up', { timeout: SLOW_MS }, async () => {
    const off = await startTestServer({ role: 'none' });
    try {
      const { context } = off;
      const account = await createPeople(off).local('carol');
      const id = await finished(context, account);
      await doExtras(context, id);
      expect(await jobOf(id, context)).toBeUndefined();
      expect(await context.videos.jobs.transcribe(id, run)).toBeUndefined();
      expect(await said(context, String(id))).toMatchObject({ ok: false });
      expect(await said(context, '--all-missing')).toMatchObject({
        ok: false,
        text: 'Set TRANSCRIPTION_URL first.',
      });
    } finally {
      await off.close();
    }
  });
});

/** What `vireo media transcribe` prints. */
async function said(context: Context, ...args: string[]): Promise<Report | undefined> {
  let report: Report | undefined;
  const command = mediaCommand(async (work) => {
    report = await work(context);
  });
  await command.parseAsync(['transcribe', ...args], { from: 'user' });
  return report;
}

test('an admin has those written that are missing', async () => {
  await server.context.db('videos').update({ transcribed_at: new Date() });
  answer = (response) => response.end(good);
  const [one, two] = [await finished(), await finished()];
  const text = 'The captions of 2 videos will be written.';
  expect(await said(server.context, '--all-missing')).toEqual({ ok: true, text });
  const deeds = await server.context.db('audit_log').select('action', 'target_id', 'detail');
  expect(deeds).toEqual([
    { action: 'video.remake', target_id: 'videos', detail: { what: 'captions', videos: 2 } },
  ]);
  for (const id of [one, two]) {
    await ended(id);
    expect(await captionsOf(id)).toHaveLength(1);
  }
  expect(await said(server.context, one)).toMatchObject({ ok: false, text: 'This video has captions.' });
  expect(await said(server.context, one, '--all-missing')).toMatchObject({ ok: false });
});
