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
    /** The first frame of the first clip, from two moments on. */
    async first(): Promise<FirstFrame> {
      const { at } = await until(() => frames[0]);
      const [navigation] = performance.getEntriesByType('navigation');
      if (!(navigation instanceof PerformanceNavigationTiming)) throw new Error('There was no navigation.');
      return { fromPageMs: at - navigation.responseEnd, fromNavigationMs: at };
    },
    /** How many frames of any clip came so far. */
    count: () => frames.length,
    /** When the first frame came after so many. */
    frameAfter: async (count: number) => (await until(() => frames[count])).at,
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

/** Milliseconds to a first frame. */
interface FirstFrame {
  /** From the moment at which the page was there, with the feed in it, and nothing of its clips or scripts. */
  readonly fromPageMs: number;
  /** From the moment at which somebody went there. */
  readonly fromNavigationMs: number;
}

/** What `watchFrames` leaves in the page. */
export interface InPage {
  largest(): number;
  first(): Promise<FirstFrame>;
  count(): number;
  frameAfter(count: number): Promise<number>;
  primed(place: number): boolean;
  swipe(place: number): Promise<{ playMs: number; seenMs: number; primed: boolean }>;
}
