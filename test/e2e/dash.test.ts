import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dashManifest } from '../../media/dash.ts';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { planLadder } from '../../media/ladder.ts';
import { indexRung, packagedRung, readFragmentedFile } from '../../media/package.ts';
import { peakBandwidth } from '../../media/playlist.ts';
import { probeFile } from '../../media/probe.ts';
import { transcode } from '../../media/transcode.ts';
import { createLogger } from '../../src/lib/log.ts';
import { hasBrowser, launchBrowser, openPage, untilInPage } from '../helpers/browser.ts';
import { clip } from '../helpers/media-samples.ts';

const page = `<!doctype html><link rel="icon" href="data:,"><video muted autoplay></video>
<script src="/player.js"></script>
<script>
  window.failures = [];
  const player = new shaka.Player();
  player.addEventListener('error', ({ detail }) => failures.push('error ' + detail.code));
  player.attach(document.querySelector('video')).then(() => player.load('/video.mpd'))
    .catch((error) => failures.push('load ' + error.code));
</script>`;

describe.skipIf(!hasBrowser)('a player for DASH that is not ours', () => {
  let directory: string;
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vireo-dash-'));
    const manifest = await makeVideo(directory);
    const player = await readFile(
      fileURLToPath(import.meta.resolve('shaka-player/dist/shaka-player.dash.js')),
    );
    server = createServer(async (request, response) => {
      const fixed: Record<string, [string, string | Buffer]> = {
        '/': ['text/html', page],
        '/player.js': ['text/javascript', player],
        '/video.mpd': ['application/dash+xml', manifest],
      };
      const [type, body] = fixed[request.url ?? ''] ?? [
        'video/mp4',
        await readFile(join(directory, request.url?.split('/').at(-1) ?? '')),
      ];
      response.setHeader('content-type', type);
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      if (from === undefined || to === undefined) return response.end(body);
      const range = `bytes ${from}-${to}/${body.length}`;
      response.writeHead(206, { 'content-range': range }).end(body.slice(Number(from), Number(to) + 1));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('plays picture and sound of our manifest to the end', async () => {
    const { port } = server.address() as AddressInfo;
    const { page, problems, close } = await openPage(browser, `http://127.0.0.1:${port}`);
    await page.goto('/');
    await untilInPage(page, () => Number(document.querySelector('video')?.currentTime) > 0.2);
    await untilInPage(page, () => document.querySelector('video')?.ended);
    const seen = await page.evaluate(() => {
      const video = document.querySelector('video');
      const decoded = video as unknown as { webkitAudioDecodedByteCount: number } | null;
      const failures: unknown = Reflect.get(window, 'failures');
      return {
        failures,
        duration: video?.duration,
        width: video?.videoWidth,
        sound: (decoded?.webkitAudioDecodedByteCount ?? 0) > 0,
      };
    });
    expect(seen).toMatchObject({ failures: [], sound: true, duration: expect.closeTo(5, 0) });
    expect([640, 480]).toContain(seen.width);
    expect(problems).toEqual([]);
    await close();
  });
});

/** Two sizes of a clip of five seconds; gives the manifest as it would be made from what is stored. */
async function makeVideo(directory: string): Promise<string> {
  const ffmpeg = createFfmpeg({
    ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log: createLogger('silent') },
  });
  const sourcePath = await clip(directory, 'source.mp4', { seconds: 5, size: '640x480' });
  const probed = await probeFile(ffmpeg, { path: sourcePath, scratchDirectory: directory });
  if (!probed.ok) throw new Error(probed.reason);
  const plan = planLadder(probed.facts, { maxDurationSeconds: 10, canToneMap: true });
  if (!plan.ok) throw new Error('The clip is refused');
  const { rungs: sizes } = plan;
  const job = { sourcePath, demuxer: 'mov' as const, plan, rungs: sizes, gain: null };
  const made = await transcode(ffmpeg, { ...job, outputDirectory: directory });
  if (!made.ok) throw new Error(made.reason);
  const rungs = made.files.map(async ({ rung, path }) => {
    const file = await readFragmentedFile(path);
    if (!file) throw new Error('Nothing was encoded');
    const { durationSeconds } = file;
    const facts = { frameRate: plan.frameRate, peakBandwidth: peakBandwidth(file), durationSeconds };
    return packagedRung(indexRung(rung, `media/1/${rung}-cmaf.mp4`, file), facts);
  });
  return dashManifest(await Promise.all(rungs));
}
