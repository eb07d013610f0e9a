import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mediaLimits } from '../../config/media-limits.ts';
import { createFfmpeg, type FfmpegDeps } from '../../media/ffmpeg.ts';
import { createLogger } from '../../src/lib/log.ts';
import { startCanary } from '../helpers/canary.ts';
import { clip, textFile } from '../helpers/media-samples.ts';

let directory: string;
let source: string;
let output: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-ffmpeg-'));
  output = join(directory, 'out');
  await mkdir(output);
  source = await clip(directory, 'source.mp4', { seconds: 2 });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const defaults = { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log: createLogger('silent') };
const noTools = { setpriv: null, prlimit: null, nice: null, bwrap: null };
const bare = { tools: noTools };

function create(deps: Partial<FfmpegDeps> = {}) {
  return createFfmpeg({ ...defaults, ...deps });
}

const input = () => ({ path: source, demuxer: 'mov' as const });
const encode = (name: string) => [
  ...['-map', '0:v', '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency'],
  `file:${join(output, name)}`,
];

/** Command lines of all processes. */
async function commands(): Promise<string[]> {
  const pids = await readdir('/proc');
  const read = (pid: string) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return (await Promise.all(pids.map(read))).map((line) => line.replaceAll('\0', ' '));
}

/** Those that mention our directory. */
async function ours(): Promise<string[]> {
  return (await commands()).filter((line) => line.includes(output));
}

/** Endless work: a picture is repeated at the speed of its clock, so progress goes on and on. */
const endless = () => ({
  input: { ...input(), options: ['-stream_loop', '-1', '-re'] },
  args: encode('endless.mp4'),
  outputDirectory: output,
});

describe.each([
  ['with all walls', {}],
  ['bare', bare],
])('%s', (_name, deps) => {
  /** Looks around on the machine once; what replaces a program looks for itself. */
  const found = create(deps);

  test('runs, reports rising progress and writes the file', async () => {
    const fractions: number[] = [];
    const outcome = await found.run({
      input: input(),
      args: encode('plain.mp4'),
      outputDirectory: output,
      durationSeconds: 2,
      onProgress: (fraction) => fractions.push(fraction),
    });
    expect(outcome).toMatchObject({ ok: true });
    expect((await stat(join(output, 'plain.mp4'))).size).toBeGreaterThan(1_000);
    expect(fractions.at(-1)).toBeGreaterThan(0.8);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(Math.max(...fractions)).toBeLessThanOrEqual(1);
  });

  test('what a filter says is heard where the job listens, and only there', async () => {
    const measure = {
      args: ['-map', '0:a', '-af', 'volumedetect', '-f', 'null', '-'],
      outputDirectory: output,
    };
    const heard = await found.run({ input: input(), ...measure, listen: true });
    expect(heard).toMatchObject({ ok: true, said: expect.stringContaining('mean_volume') });
    expect(await found.run({ input: input(), ...measure })).not.toHaveProperty('said');
  });

  test('probes', async () => {
    const outcome = await found.probe(input());
    const parsed = outcome.ok ? JSON.parse(outcome.json) : outcome;
    expect(parsed).toMatchObject({ streams: [{ codec_name: 'h264', nb_read_packets: '20' }, {}] });
  });

  test('broken media is an outcome with the last words of ffmpeg', async () => {
    const path = await textFile(directory, 'broken.mp4', 'not a video at all');
    const broken = { path, demuxer: 'mov' as const };
    const outcome = await found.run({ input: broken, args: encode('x.mp4'), outputDirectory: output });
    expect(outcome).toMatchObject({ ok: false, reason: 'failed' });
    expect(outcome.ok || outcome.stderr).toContain('Invalid data');
    expect(await found.probe(broken)).toMatchObject({ ok: false, reason: 'failed' });
  });

  test('an abort kills the whole group', async () => {
    const controller = new AbortController();
    const outcome = await found.run({
      ...endless(),
      durationSeconds: 3_600,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(outcome).toMatchObject({ ok: false, reason: 'aborted' });
    await vi.waitFor(async () => expect(await ours()).toEqual([]), 20_000);
  });

  test('the deadline kills the whole group', async () => {
    const outcome = await found.run({ ...endless(), deadlineMs: 300 });
    expect(outcome).toMatchObject({ ok: false, reason: 'deadline' });
    await vi.waitFor(async () => expect(await ours()).toEqual([]), 20_000);
  });

  test('a process that makes no progress is killed', async () => {
    const path = join(directory, `pipe-${_name}`);
    await promisify(execFile)('mkfifo', [path]);
    const stuck = { path, demuxer: 'mov' as const };
    const outcome = await found.run({
      ...{ input: stuck, args: encode('stuck.mp4'), outputDirectory: output, stallMs: 300 },
    });
    expect(outcome).toMatchObject({ ok: false, reason: 'stalled' });
    await vi.waitFor(async () => expect(await ours()).toEqual([]), 20_000);
  });

  test('what the program has started dies with it', async () => {
    const seconds = deps === bare ? '987654' : '987655';
    const ffprobePath = await script(`parent-${seconds}.sh`, `sleep ${seconds} & wait`);
    const running = async () => (await commands()).filter((line) => line.includes(`sleep ${seconds}`));
    const controller = new AbortController();
    const outcome = create({ ...deps, ffprobePath }).probe(input(), controller.signal);
    await vi.waitFor(async () => expect(await running()).not.toEqual([]), 20_000);
    controller.abort();
    expect(await outcome).toMatchObject({ ok: false, reason: 'aborted' });
    await vi.waitFor(async () => expect(await running()).toEqual([]), 20_000);
  });

  test('an abort before the start starts nothing', async () => {
    const signal = AbortSignal.abort();
    const job = { input: input(), args: encode('never.mp4'), outputDirectory: output, signal };
    expect(await found.run(job)).toMatchObject({ ok: false, reason: 'aborted' });
    await expect(stat(join(output, 'never.mp4'))).rejects.toThrow('ENOENT');
  });

  test('a program that floods its output is stopped', async () => {
    const ffprobePath = await script('flood.sh', 'yes 0123456789');
    const outcome = await create({ ...deps, ffprobePath }).probe(input());
    expect(outcome).toMatchObject({ ok: false, reason: 'failed' });
  });

  test.each([
    ['SIGKILL', 'killed'],
    ['SIGSEGV', 'crashed'],
    ['SIGXCPU', 'deadline'],
  ])('an end by %s is "%s"', async (signal, reason) => {
    const ffprobePath = await script(`${signal}.sh`, `kill -${signal.slice(3)} $$`);
    expect(await create({ ...deps, ffprobePath }).probe(input())).toMatchObject({ ok: false, reason });
  });

  test('only the last words are kept', async () => {
    const ffprobePath = await script(
      'talk.sh',
      'head -c 100000 /dev/zero | tr "\\0" a >&2; echo end >&2; exit 1',
    );
    const outcome = await create({ ...deps, ffprobePath }).probe(input());
    const stderr = outcome.ok ? '' : outcome.stderr;
    expect(stderr.length).toBe(mediaLimits.maxStderrBytes);
    expect(stderr.endsWith('end\n')).toBe(true);
  });

  // security.md W7, W11: what the server knows must not be readable for the program that reads hostile files.
  test('the environment of the server is not passed on', async () => {
    process.env.VIREO_TEST_SECRET = 'do-not-pass-on';
    const ffprobePath = await script('env.sh', 'env');
    const outcome = await create({ ...deps, ffprobePath }).probe(input());
    delete process.env.VIREO_TEST_SECRET;
    expect(outcome.ok && outcome.json).toContain('LANG=C');
    expect(outcome.ok && outcome.json).not.toContain('do-not-pass-on');
  });
});

describe('whatever stands around it', () => {
  test('a process that is slow but moves on is left alone', async () => {
    const steps = 'for n in 1 2 3 4 5 6 7 8 9; do echo out_time_us=$((n * 100000)) >&3; sleep 0.2; done';
    const ffmpegPath = await script('slow.sh', `[ "$1" = -version ] && exit 0\n${steps}`);
    const job = { input: input(), args: [], outputDirectory: output, stallMs: 1_200 };
    expect(await create({ ...bare, ffmpegPath }).run(job)).toMatchObject({ ok: true, outTimeSeconds: 0.9 });
  });

  test('a full disk is no fault of the media', async () => {
    const ffprobePath = await script(
      'full.sh',
      'echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1',
    );
    expect(await create({ ...bare, ffprobePath }).probe(input())).toMatchObject({ reason: 'disk-full' });
  });
});

/** A program in the place of ffprobe. */
async function script(name: string, body: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('what is found on the machine', () => {
  test('this machine can process uploads', async () => {
    expect(await create().check()).toMatchObject({
      ok: true,
      description: { missing: [], canToneMap: true, canFingerprint: true },
    });
  });

  test('a missing ffmpeg is reported by name', async () => {
    const outcome = await create({ ffmpegPath: '/nowhere/ffmpeg' }).check();
    expect(outcome).toMatchObject({ ok: false, reason: 'no-ffmpeg' });
    expect(outcome.ok || outcome.detail).toContain('/nowhere/ffmpeg');
  });

  test('an ffmpeg without the encoders is reported with what it lacks', async () => {
    const ffmpegPath = await script('bare-ffmpeg.sh', 'echo "ffmpeg version 9.9 Copyright"');
    const outcome = await create({ ffmpegPath }).check();
    expect(outcome).toMatchObject({ ok: false, reason: 'ffmpeg-incomplete' });
    expect(outcome.ok || outcome.detail).toContain('libx264');
    expect(outcome.ok || outcome.detail).toContain('libwebp');
    expect(await create({ ffmpegPath }).describe()).toMatchObject({ canFingerprint: false });
  });

  test('helpers that do not work are left out, and a missing sandbox is told', async () => {
    const broken = await script('broken-tool.sh', 'exit 1');
    const tools = { prlimit: broken, nice: '/nowhere/nice', bwrap: broken };
    const lines: string[] = [];
    const log = createLogger('warn', { write: (line) => lines.push(line) });
    const ffmpeg = create({ tools, log });
    expect(await ffmpeg.describe()).toMatchObject({ sandbox: 'none', limits: 'none' });
    expect(lines.join('')).toContain('without a sandbox');
    const job = { input: input(), args: encode('still.mp4'), outputDirectory: output };
    expect(await ffmpeg.run(job)).toMatchObject({ ok: true });
  });

  test('a program that is gone throws: that is no fault of the media', async () => {
    await expect(create({ ffprobePath: '/nowhere/ffprobe', tools: noTools }).probe(input())).rejects.toThrow(
      'ENOENT',
    );
  });
});

describe('walls', async () => {
  const { sandbox, limits } = await create().describe();

  test('a sandbox that can work is used', async () => {
    const bwrap = ['--unshare-all', '--ro-bind', '/', '/', 'true'];
    const works = await promisify(execFile)('bwrap', bwrap).then(
      () => true,
      () => false,
    );
    expect(sandbox).toBe(works ? 'bubblewrap' : 'none');
  });

  test.skipIf(sandbox === 'none')('the sandbox shows neither other files nor the network', async () => {
    const secret = await textFile(directory, 'neighbour.txt', 'neighbour');
    const look = `cat ${secret} /etc/passwd 2>&1; ls /etc /root /home 2>&1; touch ${directory}/new; id -u`;
    const ffprobePath = await script('look.sh', look);
    // The directory of the program is visible, so the program must not lie beside the secret.
    const apart = join(directory, 'bin');
    await mkdir(apart);
    await promisify(execFile)('mv', [ffprobePath, apart]);
    const outcome = await create({ ffprobePath: join(apart, 'look.sh') }).probe(input());
    const seen = outcome.ok ? outcome.json : outcome.stderr;
    expect(seen).not.toMatch(/neighbour$/m);
    expect(seen).not.toContain('root:');
    expect(seen).toContain('65534');
    await expect(stat(join(directory, 'new'))).rejects.toThrow('ENOENT');
  });

  test.skipIf(sandbox === 'none')(
    'the sandbox has no way to a server, not even on this machine',
    async () => {
      const canary = await startCanary();
      const knock = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${canary.port}' && echo open || echo closed`;
      const ffprobePath = await script('knock.sh', knock);
      const walled = await create({ ffprobePath }).probe(input());
      expect(walled.ok && walled.json.trim()).toBe('closed');
      expect(canary.hits).toEqual([]);
      const outside = await create({ ffprobePath, ...bare }).probe(input());
      expect(outside.ok && outside.json.trim()).toBe('open');
      await canary.close();
    },
  );

  test.skipIf(limits === 'none')('memory, file size, open files and core dumps are limited', async () => {
    const ffprobePath = await script('limits.sh', 'ulimit -a');
    const outcome = await create({ ffprobePath }).probe(input());
    const seen = outcome.ok ? outcome.json : '';
    expect(seen).toMatch(/time\(seconds\)\s+20/);
    expect(seen).toMatch(new RegExp(`vmemory\\(kbytes\\)\\s+${mediaLimits.maxProcessMemoryBytes / 1_024}`));
    expect(seen).toMatch(/coredump\(blocks\)\s+0/);
    expect(seen).toMatch(/nofiles\s+128/);
  });
});
