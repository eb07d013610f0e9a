import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hlsLimits } from '../../config/media-limits.ts';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { createJoin } from '../../media/join.ts';
import { probeFile } from '../../media/probe.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import type { MediaRefusal } from '../../src/modules/instances/index.ts';
import {
  fetchRemoteSource,
  isFinalSourceFailure,
  type RemoteSourceJob,
} from '../../src/modules/videos/remote-source.ts';
import { type Canary, startCanary } from '../helpers/canary.ts';
import { clip, ffmpegRaw } from '../helpers/media-samples.ts';
import { type RemoteFile, serveFiles } from '../helpers/remote-files.ts';
import { createTestFetch, EVIL, HONEST, type Remote, startRemote } from '../helpers/remote-http.ts';

const log = createLogger('silent');
const ffmpeg = createFfmpeg({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 1, log });
const MB = 1024 * 1024;

let samples: string;
let toDir: string;
let canary: Canary;
let remote: Remote;
let fetch: SafeFetch;
/** Hosts that the staff decided against. */
let refused: Map<string, MediaRefusal>;
const files = new Map<string, RemoteFile>();

beforeAll(async () => {
  samples = await mkdtemp(join(tmpdir(), 'vireo-hls-'));
  canary = await startCanary();
  const source = await clip(samples, 'clip.mp4', { seconds: 2, args: ['-g', '10', '-c:a', 'aac'] });
  const hls = (name: string, segments: string, ...args: string[]) =>
    ffmpegRaw(
      ...['-i', source, '-c', 'copy', '-f', 'hls', '-hls_time', '1', '-hls_playlist_type', 'vod', ...args],
      ...['-hls_segment_filename', join(samples, segments), join(samples, `${name}.m3u8`)],
    );
  const oneFile = (name: string, ...args: string[]) =>
    hls(name, `${name}.mp4`, '-hls_segment_type', 'fmp4', '-hls_flags', 'single_file', ...args);
  await hls('ts', 'ts-%d.bin');
  await oneFile('one');
  await oneFile('picture', '-an');
  await oneFile('sound', '-vn');
});
afterAll(async () => {
  await canary.close();
  await rm(samples, { recursive: true });
});

beforeEach(async () => {
  files.clear();
  for (const name of await readdir(samples)) {
    if (/\.(mp4|m3u8|bin)$/.test(name)) files.set(`/${name}`, await readFile(join(samples, name)));
  }
  remote = await startRemote(HONEST, serveFiles(files));
  fetch = createTestFetch({ limits: { ports: [80, 443, canary.port] } });
  refused = new Map();
});
afterEach(async () => {
  await fetch.close();
  await remote.close();
  expect(canary.hits).toEqual([]);
});

function deps(more: Partial<Parameters<typeof fetchRemoteSource>[0]> = {}) {
  return {
    ...{ fetch, clock: systemClock, join: createJoin(ffmpeg) },
    mediaRefusal: async (hosts: readonly string[]) =>
      hosts.map((host) => refused.get(host)).find((refusal) => refusal !== undefined) ?? null,
    ...more,
  };
}

async function get(path: string, more: Partial<RemoteSourceJob> = {}) {
  toDir = await mkdtemp(join(samples, 'job-'));
  return fetchRemoteSource(deps(), {
    ...{ url: remote.url(path), toDir, maxBytes: 2 * MB, maxDurationSeconds: 30 },
    ...{ signal: new AbortController().signal, ...more },
  });
}

async function got(path: string) {
  const outcome = await get(path);
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
  const scratchDirectory = join(toDir, 'scratch');
  await mkdir(scratchDirectory);
  const probed = await probeFile(ffmpeg, { path: outcome.path, scratchDirectory });
  if (!probed.ok) throw new Error(probed.reason);
  return { ...outcome, facts: probed.facts };
}

const asked = () => remote.seen.map(({ path, headers }) => `${path} ${headers.range ?? ''}`.trim());
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const segments = (...urls: string[]) =>
  `#EXTM3U\n${urls.map((url) => `#EXTINF:1,\n${url}\n`).join('')}#EXT-X-ENDLIST\n`;
const master = (...lines: string[]) => ['#EXTM3U', ...lines].join('\n');
const stream = (url: string, attributes = 'BANDWIDTH=1,RESOLUTION=320x240') =>
  `#EXT-X-STREAM-INF:${attributes}\n${url}`;

describe('a recording', () => {
  test('that is a plain file comes as it is, whatever its address looks like', async () => {
    const source = await got('/clip.mp4');
    expect(source.facts.video).toMatchObject({ width: 320, height: 240 });
    expect(source.sha256).toBe(sha256(await readFile(join(samples, 'clip.mp4'))));
    files.set('/odd.m3u8', await readFile(join(samples, 'clip.mp4')));
    expect((await got('/odd.m3u8')).sha256).toBe(source.sha256);
  });

  test('in one file with byte ranges is fetched with one request, and is that file', async () => {
    files.set('/master', master(stream('one.m3u8'), stream('gone.m3u8', 'BANDWIDTH=1,RESOLUTION=160x120')));
    const source = await got('/master');
    const whole = await readFile(join(samples, 'one.mp4'));
    expect(asked()).toEqual(['/master', '/one.m3u8', `/one.mp4 bytes=0-${whole.length - 1}`]);
    expect(await readFile(source.path)).toEqual(whole);
    expect(source).toMatchObject({ bytes: whole.length, sha256: sha256(whole), contentType: 'video/mp4' });
    expect(source.facts.durationSeconds).toBeCloseTo(2, 0);
    expect(source.facts.audio).not.toBeNull();
  });

  test('in pieces of a transport stream becomes one, in order', async () => {
    const source = await got('/ts.m3u8');
    expect(asked()).toEqual(['/ts.m3u8', '/ts-0.bin', '/ts-1.bin']);
    expect(source).toMatchObject({ contentType: 'video/mp2t', facts: { demuxer: 'mpegts' } });
    expect(source.facts.durationSeconds).toBeCloseTo(2, 0);
  });

  test('with its sound in a file of its own is joined with it', async () => {
    files.set(
      '/master',
      master(
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",DEFAULT=YES,URI="sound.m3u8"',
        stream('picture.m3u8', 'BANDWIDTH=1,RESOLUTION=320x240,AUDIO="a"'),
      ),
    );
    const source = await got('/master');
    expect(source.facts.video.frames).toBe(20);
    expect(source.facts.audio).toMatchObject({ codec: 'aac' });
    expect(await readdir(toDir)).toEqual(expect.not.arrayContaining(['picture', 'sound']));
    const [picture, sound] = await Promise.all(
      ['picture.mp4', 'sound.mp4'].map((name) => readFile(join(samples, name))),
    );
    expect(source.sha256).toBe(sha256(Buffer.concat([picture as Buffer, sound as Buffer])));
  });

  test('of a size that is too large gives way to a smaller one', async () => {
    const large = '#EXTM3U\n#EXTINF:1,\n#EXT-X-BYTERANGE:9000000@0\nlarge.mp4\n#EXT-X-ENDLIST';
    files.set('/large.m3u8', large);
    files.set('/master', master(stream('large.m3u8', 'BANDWIDTH=9,RESOLUTION=640x480'), stream('one.m3u8')));
    await got('/master');
    expect(asked()).toEqual(['/master', '/large.m3u8', '/one.m3u8', expect.stringMatching(/^\/one\.mp4 /)]);
  });

  test('tells how far it has come', async () => {
    const steps: [number, number | undefined][] = [];
    await get('/one.m3u8', { onProgress: (...step) => steps.push(step) });
    const { length } = await readFile(join(samples, 'one.mp4'));
    expect(steps.at(-1)).toEqual([length, length]);
  });
});

describe('what its server said of the file', () => {
  test('is compared with what came', async () => {
    const whole = await readFile(join(samples, 'clip.mp4'));
    expect(await get('/clip.mp4', { digest: sha256(whole) })).toMatchObject({ ok: true });
    expect(await get('/clip.mp4', { digest: sha256('another') })).toMatchObject({
      reason: 'digest-mismatch',
    });
  });

  test('of a playlist is compared before anything it names is asked for', async () => {
    expect(await get('/one.m3u8', { digest: sha256('another') })).toMatchObject({
      reason: 'digest-mismatch',
    });
    expect(asked()).toEqual(['/one.m3u8']);
  });
});

describe('M7 a hostile playlist', () => {
  const hostile = async (text: string, more: Partial<RemoteSourceJob> = {}) => {
    files.set('/hostile', text);
    const outcome = await get('/hostile', more);
    expect(outcome.ok).toBe(false);
    return outcome.ok ? 'fetched' : outcome.reason;
  };

  test.each([
    ['127.0.0.1', () => `http://127.0.0.1:${canary.port}/`, 'blocked-address|blocked-url'],
    ['a neighbour', () => `http://127.0.0.9:${canary.port}/`, 'blocked-address|blocked-url'],
    ['IPv6 loopback', () => `http://[::1]:${canary.port}/`, 'blocked-address|blocked-url'],
    ['https to loopback', () => `https://127.0.0.1:${canary.port}/`, 'blocked-address'],
    ['the metadata service', () => 'https://169.254.169.254/latest', 'blocked-address'],
    ['a private network', () => 'https://10.0.0.1/', 'blocked-address'],
    ['another port', () => 'https://example.com:6379/', 'blocked-url'],
    ['a local file', () => 'file:///etc/passwd', 'bad-address'],
    ['data', () => 'data:video/mp4;base64,AAAA', 'bad-address'],
    ['another protocol', () => 'gopher://127.0.0.1/', 'bad-address'],
  ])('reaches nothing at %s, as a part, a header, a size or its sound', async (_name, address, reason) => {
    const url = address();
    const expected = expect.stringMatching(new RegExp(`^(?:${reason})$`));
    expect(await hostile(segments(url))).toEqual(expected);
    expect(await hostile(`#EXTM3U\n#EXT-X-MAP:URI="${url}"\n#EXTINF:1,\n${url}\n#EXT-X-ENDLIST`)).toEqual(
      expected,
    );
    expect(await hostile(master(stream(url)))).toEqual(expected);
    const sound = `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="${url}"`;
    const picture = stream('picture.m3u8', 'BANDWIDTH=1,RESOLUTION=320x240,AUDIO="a"');
    expect(await hostile(master(sound, picture))).toEqual(expected);
  });

  test('reaches nothing through a redirect, as a part or as a playlist', async () => {
    files.set('/away', (_request, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${canary.port}/` }).end(),
    );
    expect(await hostile(segments(remote.url('/away')))).toMatch(/^blocked-/);
    expect(await hostile(master(stream(remote.url('/away'))))).toMatch(/^blocked-/);
  });

  test('that leads to a playlist of playlists, or to itself, ends there', async () => {
    files.set('/deeper', master(stream('deepest')));
    expect(await hostile(master(stream('deeper')))).toBe('playlist-nested');
    expect(await hostile(master(stream('hostile')))).toBe('playlist-nested');
    expect(asked().filter((path) => path === '/deepest')).toEqual([]);
  });

  test.each<[string, RemoteFile]>([
    ['a playlist', '#EXTM3U\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n'],
    ['a page', '<html>'],
    ['nothing', ''],
  ])('whose part is %s is refused', async (_name, file) => {
    files.set('/part', file);
    expect(await hostile(segments('part'))).toBe('wrong-part');
    // Also where the first part was one.
    expect(await hostile(segments('ts-0.bin', 'part'))).toBe('wrong-part');
  });

  test('that mixes kinds, or has no header, is refused', async () => {
    files.set('/moof', Buffer.from('\0\0\0\x18moof0123456789'));
    expect(await hostile(segments('ts-0.bin', 'one.mp4'))).toBe('wrong-part');
    expect(await hostile(segments('moof'))).toBe('wrong-part');
  });

  test('of a million parts is not begun', async () => {
    const parts = (count: number) => `#EXTM3U\n${'#EXTINF:0,\na\n'.repeat(count)}#EXT-X-ENDLIST\n`;
    expect(await hostile(parts(1_000_000), { maxBytes: 99 * MB })).toBe('playlist-too-large');
    expect(await hostile(parts(hlsLimits.maxSegments + 1))).toBe('playlist-too-large');
    expect(asked()).toEqual(['/hostile', '/hostile']);
  });

  test('without end is left at the cap of a playlist, by either way', async () => {
    let sent = 0;
    const endless: RemoteFile = (_request, response) => {
      response.write('#EXTM3U\n');
      const line = Buffer.alloc(64 * 1024, '#');
      const more = () => {
        while (!response.destroyed) {
          sent += line.length;
          if (!response.write(line)) break;
        }
      };
      response.on('drain', more);
      more();
    };
    files.set('/endless.m3u8', endless);
    expect(await get('/endless.m3u8', { maxBytes: 500 * MB })).toMatchObject({ reason: 'too-large' });
    expect(await hostile(master(stream('endless.m3u8')), { maxBytes: 500 * MB })).toBe('too-large');
    expect(sent).toBeLessThan(40 * hlsLimits.maxPlaylistBytes);
  });

  test('cannot spend more than the cap of bytes, by one part or by many', async () => {
    files.set('/big', Buffer.alloc(800_000, 0x47));
    expect(await hostile(segments('big', 'big', 'big'), { maxBytes: 2_000_000 })).toBe('too-large');
    expect(asked().filter((path) => path === '/big')).toHaveLength(3);
    const ranges = '#EXTM3U\n#EXTINF:1,\n#EXT-X-BYTERANGE:9000000@0\nbig\n#EXT-X-ENDLIST';
    expect(await hostile(ranges)).toBe('too-large');
    expect(asked().filter((path) => path === '/big')).toHaveLength(3);
  });

  test('cannot spend more than the time for one file', async () => {
    let now = 0;
    const clock = { now: () => now };
    files.set('/slow', (_request, response) => {
      now += 10 * 60_000;
      response.end(Buffer.alloc(188 * 3, 0x47));
    });
    files.set('/hostile', segments('slow', 'slow', 'slow', 'slow'));
    const outcome = await fetchRemoteSource(deps({ clock }), {
      ...{
        url: remote.url('/hostile'),
        toDir: await mkdtemp(join(samples, 'job-')),
        maxBytes: MB,
        maxDurationSeconds: 30,
      },
      signal: new AbortController().signal,
    });
    expect(outcome).toMatchObject({ ok: false, reason: 'timeout' });
    expect(asked().filter((path) => path === '/slow')).toHaveLength(2);
  });

  test('leads nowhere that the staff decided against', async () => {
    const evil = await startRemote(EVIL, serveFiles(files));
    refused.set(evil.host, 'domain-suspended');
    expect(await hostile(segments('ts-0.bin', evil.url('/ts-1.bin')))).toBe('domain-suspended');
    expect(await hostile(master(stream(evil.url('/ts.m3u8'))))).toBe('domain-suspended');
    expect(asked()).toEqual(['/hostile', '/hostile']);
    expect(evil.seen).toEqual([]);
    await evil.close();
  });

  test('is given up when the job is', async () => {
    const controller = new AbortController();
    files.set('/held', () => controller.abort());
    expect(await hostile(segments('held'), { signal: controller.signal })).toBe('aborted');
  });
});

test('what a file is needs no second try, what happened on the way does', async () => {
  files.set('/live', '#EXTM3U\n#EXTINF:1,\nts-0.bin\n');
  files.set('/broken-off', '#EXTM3U\n#EXTINF:1,\nmissing\n#EXT-X-ENDLIST');
  const [live, missing] = [await get('/live'), await get('/broken-off')];
  expect(live).toMatchObject({ ok: false, reason: 'is-live' });
  expect(missing).toMatchObject({ ok: false, reason: 'bad-response', status: 404 });
  expect([live, missing].map((outcome) => !outcome.ok && isFinalSourceFailure(outcome))).toEqual([
    true,
    false,
  ]);
});
