import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createFfmpeg, type Ffmpeg } from '../../media/ffmpeg.ts';
import { createPipeline } from '../../media/pipeline.ts';
import type { VideoOutcome } from '../../media/pipeline-jobs.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createTurns } from '../../media/turns.ts';
import { createLogger } from '../../src/lib/log.ts';
import { type Canary, startCanary } from '../helpers/canary.ts';
import * as samples from '../helpers/media-samples.ts';
import { killProcesses } from '../helpers/probes.ts';

/**
 * Hostile files against the whole pipeline (security.md M1 to M5, P8; samples of media.md 3.2). Each group runs behind
 * all walls and again without the sandbox, since many machines have none: the allow lists must hold alone.
 */

const SECRET = 'SECRET-OF-THE-SERVER';
const limits = { maxDurationSeconds: 180, maxBytes: 50 * 1024 * 1024 };
const log = createLogger('silent');

let directory: string;
let secret: string;
let neighbour: string;
let canary: Canary;
let plain: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-hostile-'));
  canary = await startCanary();
  secret = await samples.textFile(directory, 'secret.txt', `${SECRET}\n`.repeat(2_000));
  neighbour = await samples.clip(directory, 'neighbour.ts', { args: ['-f', 'mpegts'] });
  plain = await samples.clip(directory, 'plain.mp4');
});

afterAll(async () => {
  expect(canary.hits).toEqual([]);
  await canary.close();
  await rm(directory, { recursive: true, force: true });
});

const programs = { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log };
const walled = createFfmpeg(programs);
const unboxed = createFfmpeg({ ...programs, tools: { bwrap: null } });

function create(ffmpeg: Ffmpeg = walled) {
  const storage = createFileStorage({ root: join(directory, 'store') });
  return createPipeline({ ffmpeg, storage, encoders: createTurns(1), log });
}

/** Samples are made once, although each is tried behind different walls. */
const samplesMade = new Map<string, Promise<string>>();

function once(make: (directory: string, name: string) => Promise<string>, name: string): Promise<string> {
  const made = samplesMade.get(name) ?? make(directory, name);
  samplesMade.set(name, made);
  return made;
}

const cutAt = (keep: number) => (at: string, name: string) => samples.truncatedClip(at, name, keep);
const oneSecond =
  (options: Parameters<typeof samples.clip>[2] = {}) =>
  (at: string, name: string) =>
    samples.clip(at, name, { size: '64x64', ...options });

const workDir = () => join(directory, 'work');
const job = (sourcePath: string, videoId = 'hostile') => ({
  videoId,
  sourcePath,
  workDir: workDir(),
  limits,
});

/** Every byte the server has stored, as one text. */
async function storedText(): Promise<string> {
  const root = join(directory, 'store');
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
  return texts.join('\n');
}

describe.each([
  ['behind all walls', walled],
  ['without a sandbox', unboxed],
])('%s', (_name, ffmpeg) => {
  const web = () => `http://127.0.0.1:${canary.port}/x.ts`;
  const costume = (text: string) => Buffer.concat([samples.mp4Costume, Buffer.from(text)]);

  describe('M1: texts that make ffmpeg open something else', () => {
    test.each<[string, () => string | Buffer]>([
      ['HLS to a local file', () => samples.hlsPlaylist(`file://${secret}`)],
      ['HLS to a neighbour', () => samples.hlsPlaylist('neighbour.ts')],
      ['HLS to a server', () => samples.hlsPlaylist(web())],
      ['HLS with the magic bytes of MP4', () => costume(samples.hlsPlaylist(`file://${neighbour}`))],
      ['ffconcat to a neighbour', () => samples.ffconcat('neighbour.ts')],
      ['ffconcat to a path', () => samples.ffconcat(secret)],
      ['DASH to a server', () => samples.dashManifest(web())],
      ['SDP', () => samples.sdpSession(canary.port)],
      ['SVG to a server', () => samples.svgPicture(web())],
      ['SVG to a local file', () => samples.svgPicture(`file://${secret}`)],
      ['plain text', () => `${SECRET}\n`.repeat(500)],
      ['a web page', () => `<!doctype html><img src="${web()}">`],
    ])('%s under the name of an MP4 is refused', async (_sample, content) => {
      const bytes = Buffer.from(content());
      const path = await samples.writeBytes(directory, 'disguised.mp4', bytes);
      const outcome = await create(ffmpeg).processVideo(job(path));
      expect(outcome).toMatchObject({ ok: false });
      expect(['not-a-video', 'broken']).toContain(outcome.ok || outcome.reason);
      expect(JSON.stringify(outcome)).not.toContain(SECRET);
      expect(await storedText()).not.toContain(SECRET);
      expect(canary.hits).toEqual([]);
    });

    test('an address in the place of a path is no address to ffmpeg', async () => {
      expect(await ffmpeg.probe({ path: web(), demuxer: 'mpegts' })).toMatchObject({ ok: false });
      expect(canary.hits).toEqual([]);
    });

    // Should the sniffer ever be wrong: the demuxers that follow texts are refused by name as well.
    test.each<[string, string, (path: string) => string]>([
      ['HLS', 'hls', (path) => samples.hlsPlaylist(`file://${path}`)],
      ['ffconcat', 'concat', (path) => samples.ffconcat(path)],
      ['plain text', 'tty', () => `${SECRET}\n`.repeat(500)],
      ['HLS', 'mov', (path) => samples.hlsPlaylist(`file://${path}`)],
    ])('%s given to the demuxer %s is refused by ffmpeg', async (_sample, demuxer, content) => {
      const path = await samples.textFile(directory, 'wrong.mp4', content(neighbour));
      expect(await tryDecoding(path, demuxer as 'mov')).toBe('failed');
      expect(await ffmpeg.probe({ path, demuxer: demuxer as 'mov' })).toMatchObject({ ok: false });
    });
  });

  describe('each wall holds by itself, without what is refused before', () => {
    test.each<[string, 'mov' | 'matroska', () => Promise<string>]>([
      ['a decoder not on the list', 'matroska', () => once(samples.forbiddenCodec, 'magic.mkv')],
      ['8192 x 8192 pixels', 'mov', () => once(samples.hugePicture, 'huge.mp4')],
      ['120 tracks', 'mov', () => once((at, name) => samples.manyTracks(at, name, 120), 'tracks.mp4')],
    ])('%s', async (_sample, demuxer, make) => {
      expect(await tryDecoding(await make(), demuxer)).toBe('failed');
    });

    test('a plain file passes', async () => {
      expect(await tryDecoding(plain, 'mov')).toBe('decoded');
    });
  });

  /** Decodes the first picture of a file without any look at it before. */
  async function tryDecoding(path: string, demuxer: 'mov' | 'matroska'): Promise<string> {
    const outputDirectory = join(directory, 'decoded');
    await mkdir(outputDirectory, { recursive: true });
    const args = ['-map', '0:v', '-frames:v', '1', '-f', 'rawvideo', `file:${outputDirectory}/picture`];
    const outcome = await ffmpeg.run({ input: { path, demuxer }, args, outputDirectory });
    return outcome.ok ? 'decoded' : outcome.reason;
  }

  describe('M2: bombs', () => {
    test.each<[string, () => Promise<string>, string]>([
      ['8192 x 8192 pixels', () => once(samples.hugePicture, 'huge.mp4'), 'too-large-picture'],
      ['a GIF of 65 535 x 65 535', () => once(samples.gifBomb, 'bomb.gif'), 'broken'],
      ['a PNG of 40 000 x 40 000', () => once(samples.pngBomb, 'bomb.png'), 'not-a-video'],
      ['ten hours', () => once(samples.tenHours, 'hours.mp4'), 'too-long'],
      ['two frames ten hours apart', () => once(samples.gap, 'gap.mkv'), 'too-long'],
      ['a thousand frames a second', () => once(oneSecond({ rate: 1_000 }), 'fast.mp4'), 'too-many-frames'],
      ['a MOV of 15 360 x 8640', () => once(samples.hugeJpegs, 'jpegs.mov'), 'too-large-picture'],
      ['FFV1', () => once(oneSecond({ args: ['-c:v', 'ffv1'] }), 'lossless.mkv'), 'unsupported-codec'],
      [
        '120 tracks',
        () => once((at, name) => samples.manyTracks(at, name, 120), 'tracks.mp4'),
        'too-many-streams',
      ],
      ['two pixels', () => once(oneSecond({ size: '2x2' }), 'dot.mkv'), 'too-small-picture'],
    ])('%s: refused before any of it is decoded', async (_sample, make, reason) => {
      const outcome = await create(ffmpeg).processVideo(job(await make()));
      expect(outcome).toMatchObject({ ok: false, reason });
    });

    test.each([
      ['a picture of 16 x 4096', { size: '16x4096' }, 'thin.mp4', { width: 16, hasAudio: true }],
      ['sixteen channels', { args: ['-ac', '16', '-c:a', 'pcm_s16le'] }, 'wide.mov', { hasAudio: false }],
    ])('%s: made within bounds', async (_sample, options, name, facts) => {
      const outcome = await create(ffmpeg).processVideo(job(await once(oneSecond(options), name), 'odd'));
      expect(outcome).toMatchObject({ ok: true, facts });
    });

    test('two frames ten hours apart that claim to be five seconds end after five seconds', async () => {
      const path = await once((at, name) => samples.gap(at, name, 5), 'lie.mkv');
      expect(await create(ffmpeg).processVideo(job(path, 'lie'))).toMatchObject({
        ok: true,
        facts: { durationSeconds: 5 },
      });
    });

    test('ten hours that claim to be two seconds end after two seconds', async () => {
      const path = await once((at, name) => samples.claimingHours(at, name, 2), 'claim.mkv');
      expect(await create(ffmpeg).processVideo(job(path, 'claim'))).toMatchObject({
        ok: true,
        facts: { durationSeconds: 2 },
      });
    });
  });

  test('security.md 1.5: a decoder that is not on the list never runs', async () => {
    const path = await once(samples.forbiddenCodec, 'magic.mkv');
    const outcome = await create(ffmpeg).processVideo(job(path));
    expect(outcome).toMatchObject({ ok: false, reason: 'unsupported-codec' });
    expect(outcome.ok || outcome.detail).toContain('magicyuv');
  });

  test.each<[string, () => Promise<string>, VideoOutcome['ok']]>([
    ['a file cut off in its media keeps what is there', () => once(cutAt(0.5), 'cut.mp4'), true],
    ['a file cut off before its media is broken', () => once(cutAt(0.12), 'stub.mp4'), false],
    ['a file without its index is broken', () => once(samples.withoutIndex, 'headless.mp4'), false],
    ['a file with damaged media plays', () => once(samples.damagedClip, 'damaged.mp4'), true],
    ['random bytes are refused', () => samples.randomFile(directory, 'random.mp4', 100_000), false],
    ['no bytes are refused', () => samples.textFile(directory, 'none.mp4', ''), false],
  ])('M5: %s', async (_sample, make, ok) => {
    expect((await create(ffmpeg).processVideo(job(await make(), 'damaged'))).ok).toBe(ok);
  });

  test('P8: place, device, title, time and comments are in none of the outputs', async () => {
    const path = await once(samples.taggedClip, 'tagged.mov');
    const before = await readFile(path, 'latin1');
    const marks = ['+52.5200', 'PhoneMaker', 'title', 'alert(1)', 'SecretHandler'];
    for (const mark of marks) expect(before).toContain(mark);
    await rm(join(directory, 'store'), { recursive: true, force: true });
    const outcome = await create(ffmpeg).processVideo(job(path, 'tagged'));
    const after = await storedText();
    for (const mark of marks) expect(after).not.toContain(mark);
    for (const asset of outcome.ok ? outcome.assets.filter(({ key }) => key.endsWith('.mp4')) : []) {
      const { format } = await samples.ffprobeRaw(join(directory, 'store', asset.key), '-show_format');
      const tags = Object.keys(format?.tags ?? {}).filter(
        (tag) => !/^(major|compatible)_brands?$|^minor_version$/.test(tag),
      );
      expect(tags).toEqual([]);
    }
  });
});

describe('M3: wrong types', () => {
  test('the name says nothing: an MP4 called .txt is a video, a text called .mp4 is not', async () => {
    const path = await samples.renamed(directory, plain, 'really.txt');
    expect(await create().processVideo(job(path, 'renamed'))).toMatchObject({ ok: true });
  });

  test('an MP4 that is also a web page loses the page', async () => {
    const path = await samples.renamed(directory, plain, 'polyglot.mp4');
    await samples.appendTo(path, '<script>POLYGLOT</script>PK\x03\x04');
    const outcome = await create().processVideo(job(path, 'polyglot'));
    expect(outcome).toMatchObject({ ok: true });
    expect(await storedText()).not.toContain('POLYGLOT');
    for (const asset of outcome.ok ? outcome.assets : []) {
      const texts = ['application/vnd.apple.mpegurl', 'application/dash+xml', 'application/json'];
      expect(['video/mp4', 'image/jpeg', 'image/webp', ...texts]).toContain(asset.contentType);
    }
  });
});

describe('M4: names', () => {
  test.each([
    '-i',
    '-filter_complex',
    'http:x',
    'concat:a|b',
    'subfile,,start,0,end,9,,:x',
    'a%03d.mp4',
    'a b\n.mp4',
    '$(id).mp4',
    '\'";.mp4',
  ])('a file called %j is only a file', async (name) => {
    const path = await samples.renamed(directory, plain, name);
    expect(await create().inspect(job(path))).toMatchObject({ ok: true, facts: { video: { width: 320 } } });
    await rm(path);
  });
});

describe('M5: crashes', () => {
  const longer = (at: string, name: string) =>
    samples.clip(at, name, { seconds: 6, size: '640x360', rate: 30 });

  /** Ids of processes whose command line names our work directory. */
  async function workers(): Promise<number[]> {
    const found: number[] = [];
    for (const pid of await readdir('/proc')) {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (line.includes(`${workDir()}/`)) found.push(Number(pid));
    }
    return found;
  }

  test('ffmpeg killed in the middle is an interruption that can be tried again', async () => {
    const path = await once(longer, 'long.mp4');
    let over = false;
    const making = create().processVideo(job(path, 'killed'));
    making.finally(() => {
      over = true;
    });
    let killed = 0;
    while (killed === 0 && !over) killed = await killProcesses(workDir(), /(^|\/)ffmpeg$/, 'libx264');
    expect(killed).toBeGreaterThan(0);
    const outcome = await making;
    expect(outcome).toMatchObject({ ok: false, reason: 'interrupted' });
    await expect(stat(workDir())).rejects.toThrow('ENOENT');
    await vi.waitFor(async () => expect(await workers()).toEqual([]), 5_000);
  });

  test('a server killed in the middle leaves no ffmpeg, and the next try is whole', async () => {
    const path = await once(longer, 'long.mp4');
    const media = resolve(import.meta.dirname, '../../media');
    const program = `
      import { createFfmpeg } from '${media}/ffmpeg.ts';
      import { createPipeline } from '${media}/pipeline.ts';
      import { createFileStorage } from '${media}/storage/files.ts';
      import { createTurns } from '${media}/turns.ts';
      import { createLogger } from '${media}/../src/lib/log.ts';
      const log = createLogger('silent');
      const ffmpeg = createFfmpeg({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log });
      const storage = createFileStorage({ root: ${JSON.stringify(join(directory, 'store'))} });
      await createPipeline({ ffmpeg, storage, encoders: createTurns(1), log }).processVideo({
        ...${JSON.stringify(job(path, 'crash'))},
        onProgress: ({ stage, percent }) => console.log(stage, percent),
      });`;
    const server = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let seen = '';
    server.stdout.on('data', (chunk) => {
      seen += chunk;
      if (/transcoding [3-9]/.test(seen)) server.kill('SIGKILL');
    });
    await new Promise((done) => server.once('close', done));
    expect(seen).toMatch(/transcoding/);
    expect(seen).not.toMatch(/storing/);
    const { sandbox } = await walled.describe();
    if (sandbox === 'bubblewrap') await vi.waitFor(async () => expect(await workers()).toEqual([]), 5_000);
    expect((await readdir(workDir())).length).toBeGreaterThan(0);
    const outcome = await create().processVideo(job(path, 'crash'));
    expect(outcome).toMatchObject({ ok: true, facts: { durationSeconds: 6 } });
    await expect(stat(workDir())).rejects.toThrow('ENOENT');
  });
});
