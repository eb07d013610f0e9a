/**
 * Runs inside the page, before anything else of it: notes when frames of clips come, and what keys were pressed. It is
 * serialised, so it knows nothing of this module.
 */
export function watchFrames(): void {
  const frames: { video: HTMLVideoElement; at: number; mediaTime: number; src: string }[] = [];
  const create = document.createElement.bind(document);
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (element instanceof HTMLVideoElement) {
      const look: VideoFrameRequestCallback = (at, { mediaTime }) => {
        frames.push({ video: element, at, mediaTime, src: element.currentSrc });
        element.requestVideoFrameCallback(look);
      };
      element.requestVideoFrameCallback(look);
    }
    return element;
  }) as typeof document.createElement;
  let largest = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) largest = Math.max(largest, entry.startTime);
  }).observe({ type: 'largest-contentful-paint', buffered: true });

  /** The video of the article at a place of the feed, from 1. */
  const videoAt = (place: number) =>
    document.querySelector<HTMLVideoElement>(`article[aria-posinset="${place}"] video`);
  const until = <T>(look: () => T | undefined | null | false, patienceMs = 15_000): Promise<T> =>
    new Promise((resolve, reject) => {
      const from = performance.now();
      const again = () => {
        const found = look();
        if (found !== undefined && found !== null && found !== false) resolve(found);
        else if (performance.now() - from > patienceMs) reject(new Error('It did not come.'));
        else setTimeout(again, 2);
      };
      again();
    });
  const paints = () =>
    new Promise<number>((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

  const bench = {
    largest: () => largest,
    firstFrame: () => frames[0]?.at ?? 0,
    /** From the feed being there to the first frame of its first clip. */
    async first(): Promise<number> {
      const frame = await until(() => frames.find(({ video }) => video === videoAt(1)));
      const lists = performance
        .getEntriesByType('resource')
        .filter(({ name }) => /\/(timelines|feed)\b/.test(name));
      const told = lists[0];
      return frame.at - (told instanceof PerformanceResourceTiming ? told.responseEnd : 0);
    },
    /** From the feed being there to the first bytes of a clip being asked for, and to their having come. */
    async firstBytes(): Promise<{ askedMs: number; answeredMs: number }> {
      const entries = () => performance.getEntriesByType('resource');
      const range = await until(() => entries().find(({ name }) => name.endsWith('-cmaf.mp4')));
      const list = entries().find(({ name }) => /\/(timelines|feed)\b/.test(name));
      const told = list instanceof PerformanceResourceTiming ? list.responseEnd : 0;
      const answered = range instanceof PerformanceResourceTiming ? range.responseStart : 0;
      return { askedMs: range.startTime - told, answeredMs: answered - told };
    },
    /** Whether the clip at a place has its first frame. */
    primed: (place: number) => (videoAt(place)?.readyState ?? 0) >= 2,
    /** Goes on to a place: how long until its clip runs, and until it is seen. */
    async swipe(place: number): Promise<{ playMs: number; seenMs: number; primed: boolean }> {
      const primed = bench.primed(place);
      const from = performance.now();
      dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
      const seen = until(() => bench.primed(place)).then(paints);
      const frame = await until(() =>
        frames.find(({ video, at, mediaTime }) => at >= from && mediaTime > 0 && video === videoAt(place)),
      );
      return { playMs: frame.at - from, seenMs: (await seen) - from, primed };
    },
  };
  Reflect.set(globalThis, 'bench', bench);
}

/** What `watchFrames` leaves in the page. */
export interface InPage {
  largest(): number;
  first(): Promise<number>;
  firstBytes(): Promise<{ askedMs: number; answeredMs: number }>;
  primed(place: number): boolean;
  swipe(place: number): Promise<{ playMs: number; seenMs: number; primed: boolean }>;
}

/** The page that plays the same clips with hls.js as it is: how long from being told of a clip to its first frame. */
export const hlsPage = `<!doctype html><title>hls.js</title><link rel="icon" href="data:,">
<style>video { width: 390px; height: 844px }</style><video muted playsinline></video><script src="/bench/hls.js"></script>`;

/** Runs inside that page. */
export async function playWithHls(url: string): Promise<number> {
  const Hls = Reflect.get(globalThis, 'Hls');
  const video = document.querySelector('video');
  if (!video) throw new Error('There is no video.');
  const from = performance.now();
  const first = new Promise<number>((resolve) => video.requestVideoFrameCallback((at) => resolve(at - from)));
  Reflect.get(globalThis, 'hls')?.destroy();
  const hls = new Hls();
  Reflect.set(globalThis, 'hls', hls);
  hls.loadSource(url);
  hls.attachMedia(video);
  await video.play();
  return first;
}
