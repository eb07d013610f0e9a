import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Part } from './federation/part.ts';
import { type Bench, type Measurement, quantile } from './measurement.ts';
import { withServer, withStack } from './server.ts';
import { firstLoadOf } from './web/first-load.ts';
import { playWithHls, serveHlsPage } from './web/hls-page.ts';
import { type InPage, watchFrames } from './web/watching.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };

/** Networks as web.md 3 names them; null: as fast as the machine. */
const NETWORKS = {
  none: null,
  '4g': { megabits: 10, latencyMs: 40 },
  slow: { megabits: 2.5, latencyMs: 120 },
} as const;
type Network = keyof typeof NETWORKS;

/** What is wanted at most (web.md 7). */
const GOALS = {
  ...{ jsKb: 45, cssKb: 12, lcpMs: 2_000, cold4gMs: 200, cold4gP95Ms: 400, coldSlowMs: 300 },
  ...{ swipeMs: 100, seenMs: 50, flickMs: 400, skippedKb: 150 },
};

/** How often each is done. */
const USUAL = { cold: 7, swipes: 10, copies: 6 };
const SMALL = { cold: 2, swipes: 3, copies: 3 };
/** How long a clip is watched before the next one: people who watch, and people who flick. */
const WATCH_MS = 1_200;
const FLICK_MS = 300;
const SETTLE_MS = 3_000;

interface Clip {
  readonly id: string;
  readonly hls: string;
}

interface Site {
  readonly origin: string;
  readonly part: Part;
  readonly clips: readonly Clip[];
  /** Where a page plays clips with hls.js. */
  readonly hlsOrigin: string;
  readonly browser: Browser;
  readonly times: typeof USUAL;
}

/** The page in a real browser, on a real server with clips of the real pipeline, beside hls.js as it comes. */
export const web: Bench = async ({ isSmall }) => {
  const times = isSmall ? SMALL : USUAL;
  return withSite(times, async (site) => [
    ...(await weights()),
    ...(await coldStarts(site)),
    ...(await swipes(site)),
    ...(await flicks(site)),
    ...(await skipped(site)),
  ]);
};

function withSite<T>(times: typeof USUAL, measure: (site: Site) => Promise<T>): Promise<T> {
  return withStack(async (stack) => {
    await buildPage();
    const sources = await makeSources(stack.dir);
    const server = {
      ...{ file: 'web/vireo.ts', env: { RANKING: 'off', LOG_LEVEL: 'warn' } },
      seed: async (part: Part) => ({
        clips: await part.ask<Clip[]>('seed', { sources, copies: times.copies }),
      }),
    };
    return withServer(stack, server, async ({ part, origin, seeded: { clips } }) => {
      await part.ask('listen');
      const others = await serveHlsPage();
      const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: [
          '--headless=new',
          '--no-sandbox',
          '--disable-gpu',
          '--autoplay-policy=no-user-gesture-required',
        ],
      });
      try {
        return await measure({ origin, part, clips, hlsOrigin: others.origin, browser, times });
      } finally {
        await browser.close();
        await others.stop();
      }
    });
  });
}

function buildPage(): Promise<unknown> {
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const env = { ...process.env, NODE_ENV: 'production' };
  return run(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn'], { cwd: root, env });
}

/**
 * Two portrait clips with sound: one that needs as many bytes as those of the lab did (web.md 3: 0.5 Mbit/s in its smallest size), which
 * is the newest; and one so restless that its smallest size is at the cap.
 */
async function makeSources(dir: string): Promise<string[]> {
  const pictures = ['mandelbrot=s=720x1280:r=30:maxiter=80', 'testsrc2=s=720x1280:r=30'];
  const paths = pictures.map((_, n) => join(dir, `source-${n}.mp4`));
  for (const [n, picture] of pictures.entries()) {
    await run('ffmpeg', [
      ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', picture],
      ...['-f', 'lavfi', '-i', `sine=f=${220 * (n + 1)}:r=48000`, '-t', '16'],
      ...['-vf', 'noise=alls=2:allf=t', '-pix_fmt', 'yuv420p', '-preset', 'ultrafast', '-c:v', 'libx264'],
      ...['-c:a', 'aac', `file:${paths[n]}`],
    ]);
  }
  return paths;
}

interface Opened {
  readonly page: Page;
  close(): Promise<void>;
}

/** A fresh profile on a network. */
async function open(site: Site, network: Network, path: string, dataSaver = false): Promise<Opened> {
  const browsing = await site.browser.newContext({ ...PHONE, baseURL: site.origin });
  const page = await browsing.newPage();
  if (dataSaver) await page.addInitScript(() => localStorage.setItem('vireo.data-saver', 'on'));
  await page.addInitScript(watchFrames);
  const speed = NETWORKS[network];
  if (speed) {
    const cdp = await browsing.newCDPSession(page);
    const throughput = (speed.megabits * 1_000_000) / 8;
    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: speed.latencyMs },
      ...{ downloadThroughput: throughput, uploadThroughput: throughput },
    });
  }
  await page.goto(path);
  return { page, close: () => browsing.close() };
}

/** What a visitor is shown first: the feed stands in the page. */
const HOME = '/';
/** The same clips, in the order of their ids. */
const FEED = '/?feed=federated';

/** Asks what `watchFrames` left in a page. */
const ask = <K extends keyof InPage>(page: Page, what: K, ...args: Parameters<InPage[K]>) =>
  page.evaluate<ReturnType<InPage[K]>, [string, unknown[]]>(
    ([name, given]) => Reflect.get(globalThis, 'bench')[name](...given),
    [what, args],
  );

async function weights(): Promise<Measurement[]> {
  const { js, css } = await firstLoadOf(join(root, 'web/dist'));
  return [
    goal('script of the first load, gzip', js / 1_000, 'kB', GOALS.jsKb),
    goal('style of the first load, gzip', css / 1_000, 'kB', GOALS.cssKb),
  ];
}

/**
 * To the first frame of a visitor's first clip, with nothing in any cache. web.md 3.1 counts from the moment at which the feed is there and
 * nothing of its clips; where the feed stands in the page, that is when the page has come. The goals are from there, though in the lab the
 * player was there, too, and here it is still to come. The other row counts from the navigation. hls.js is measured from
 * the same two moments, in a page that holds nothing but the address of the clip.
 */
async function coldStarts(site: Site): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  const largest: number[] = [];
  for (const network of ['none', '4g', 'slow'] as const) {
    const started = await coldStartsOn(site, network, site.clips[0], largest);
    const { page } = started;
    measured.push(...besideHls(`first frame, cold, ${network}`, started));
    const name = `first frame, cold, ${network}, from the page: `;
    if (network === '4g') {
      measured.push(goal(`${name}median`, quantile(page.own, 0.5), 'ms', GOALS.cold4gMs));
      measured.push(goal(`${name}p95`, quantile(page.own, 0.95), 'ms', GOALS.cold4gP95Ms));
    }
    if (network === 'slow')
      measured.push(goal(`${name}median`, quantile(page.own, 0.5), 'ms', GOALS.coldSlowMs));
  }
  await site.part.ask('hide', site.clips[0]?.id);
  for (const network of ['4g', 'slow'] as const) {
    const started = await coldStartsOn(site, network, site.clips[1], []);
    measured.push(...besideHls(`first frame, cold, ${network}, restless`, started));
  }
  await site.part.ask('show', site.clips[0]?.id);
  const lcp = largest.filter((_, n) => n >= largest.length - site.times.cold);
  return [...measured, goal('largest contentful paint, slow: median', quantile(lcp, 0.5), 'ms', GOALS.lcpMs)];
}

interface ColdStarts {
  /** Milliseconds from the page, and from the navigation: ours, and those of hls.js. */
  readonly page: { readonly own: number[]; readonly others: number[] };
  readonly navigation: { readonly own: number[]; readonly others: number[] };
}

/** The first page is made anew each second. */
const FIRST_PAGE_MS = 1_500;

async function coldStartsOn(
  site: Site,
  network: Network,
  clip: Clip | undefined,
  largest: number[],
): Promise<ColdStarts> {
  const started: ColdStarts = { page: { own: [], others: [] }, navigation: { own: [], others: [] } };
  const other = `${site.hlsOrigin}/#${site.origin}${clip?.hls ?? ''}`;
  await pause(FIRST_PAGE_MS);
  for (let n = 0; n < site.times.cold; n += 1) {
    for (const [whose, path] of Object.entries({ own: HOME, others: other })) {
      const opened = await open(site, network, path);
      const { fromPageMs, fromNavigationMs } = await ask(opened.page, 'first');
      const side = whose === 'own' ? 'own' : 'others';
      started.page[side].push(fromPageMs);
      started.navigation[side].push(fromNavigationMs);
      if (side === 'own') largest.push(await ask(opened.page, 'largest'));
      await opened.close();
    }
  }
  process.stderr.write(`${JSON.stringify({ network, own: started.page.own.map(Math.round) })}\n`);
  return started;
}

function besideHls(name: string, { page, navigation }: ColdStarts): Measurement[] {
  return [
    against(`${name}, from the page: hls.js`, quantile(page.own, 0.5), quantile(page.others, 0.5)),
    against(
      `${name}, from navigation: hls.js`,
      quantile(navigation.own, 0.5),
      quantile(navigation.others, 0.5),
    ),
  ];
}

/** The next clip, by people who watch each a while, on 4g; hls.js begins with each when it is shown. */
async function swipes(site: Site): Promise<Measurement[]> {
  const feed = await open(site, '4g', FEED);
  const all = await goOn(site, feed, WATCH_MS);
  await feed.close();
  const bare = await open(site, '4g', site.hlsOrigin);
  const others: number[] = [];
  for (let n = 1; n <= site.times.swipes; n += 1) {
    const before = await ask(bare.page, 'count');
    const from = await bare.page.evaluate(() => performance.now());
    await bare.page.evaluate(playWithHls, `${site.origin}${site.clips[n]?.hls ?? ''}`);
    others.push((await ask(bare.page, 'frameAfter', before)) - from);
  }
  await bare.close();
  const play = all.map(({ playMs }) => playMs);
  return [
    goal('swipe to a new frame, primed, 4g: p90', quantile(play, 0.9), 'ms', GOALS.swipeMs),
    against('swipe to a new frame, 4g: p90, hls.js beside it', quantile(play, 0.9), quantile(others, 0.9)),
    goal(
      'swipe until it is seen, 4g: median',
      quantile(
        all.map(({ seenMs }) => seenMs),
        0.5,
      ),
      'ms',
      GOALS.seenMs,
    ),
    more('swipes that found the clip primed, 4g', all.filter(({ primed }) => primed).length, all.length),
  ];
}

/** The next clip as soon as this one runs, on a slow line. */
async function flicks(site: Site): Promise<Measurement[]> {
  const feed = await open(site, 'slow', FEED);
  const all = await goOn(site, feed, FLICK_MS);
  await feed.close();
  const play = all.map(({ playMs }) => playMs);
  return [
    goal('fast flick to a new frame, slow: p90', quantile(play, 0.9), 'ms', GOALS.flickMs),
    more('flicks that found the clip primed, slow', all.filter(({ primed }) => primed).length, all.length),
  ];
}

async function goOn({ times }: Site, { page }: Opened, stayMs: number) {
  await ask(page, 'first');
  const all: Awaited<ReturnType<InPage['swipe']>>[] = [];
  for (let n = 1; n <= times.swipes; n += 1) {
    await pause(stayMs);
    all.push(await ask(page, 'swipe', n + 1));
  }
  return all;
}

/** Bytes of clips that were made ready and never watched, as the server sent them. */
async function skipped(site: Site): Promise<Measurement[]> {
  const [watched, ...later] = site.clips.map(({ id }) => id);
  const sentOf = async (dataSaver: boolean) => {
    await pause(500);
    await site.part.ask('sent');
    const feed = await open(site, '4g', FEED, dataSaver);
    await ask(feed.page, 'first');
    await pause(SETTLE_MS);
    await feed.close();
    await pause(500);
    const sent = await site.part.ask<Record<string, number>>('sent');
    if (!watched || !sent[watched]) throw new Error('Nothing was sent of the first clip.');
    return later.map((id) => (sent[id] ?? 0) / 1_000);
  };
  const usual = await sentOf(false);
  const saving = await sentOf(true);
  return [
    goal('bytes of the next clip, never watched', Math.max(...usual), 'kB', GOALS.skippedKb),
    goal('bytes of one after it', Math.max(0, ...usual.slice(1)), 'kB', GOALS.skippedKb),
    // A ratio to nothing says nothing: against the least that can be told.
    goal(
      'bytes of all that come, data saved',
      saving.reduce((sum, one) => sum + one, 0),
      'kB',
      0.001,
    ),
  ];
}

const goal = (metric: string, value: number, unit: string, most: number): Measurement => ({
  ...{ metric, value, unit, baseline: most, goal: 1, lessIsBetter: true },
});
const against = (metric: string, value: number, baseline: number): Measurement => ({
  ...{ metric, value, unit: 'ms', baseline, lessIsBetter: true },
});
const more = (metric: string, value: number, of: number): Measurement => ({
  ...{ metric, value, unit: 'times', baseline: of },
});
