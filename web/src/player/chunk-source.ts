import type { Media } from '../api/types.ts';
import type { BegunClip } from '../start/begun-clip.ts';
import { largestSide, savesData } from '../state/preferences.ts';
import { groupAt, groupsToDrop, nextGroup, roomFor, secondsAhead, spansOf } from './buffer-plan.ts';
import { type ClipIndex, readChunkIndex } from './chunk-index.ts';
import { type ChunkLoader, createChunkLoader, type HowToLoad } from './chunk-loader.ts';
import { type ClipBuffer, openBuffer } from './clip-buffer.ts';
import { type ClipSize, mediaSourceClass, mimeOf } from './clip-sizes.ts';
import type { Source } from './clip-source.ts';
import type { Heads } from './heads.ts';
import { RefusedRange } from './range-fetch.ts';
import { chooseRung, dropsTooMany } from './rung-choice.ts';
import { firstBytes, startBytes } from './start-ranges.ts';
import { line } from './throughput.ts';
import type { Turns } from './turns.ts';

/** Seconds of buffer: of a clip that is watched, the same where data is saved, and of one that waits. */
const AHEAD_S = { watched: 30, saving: 6, waiting: 1 } as const;
/** Bytes of buffer for each clip. */
const MOST_BYTES = { watched: 24_000_000, waiting: 4_000_000 } as const;
/** What the watched clip must have before the next one begins to load, and before it loads more than its first picture. */
const NEEDS_AHEAD_S = { first: 0.3, start: 1 } as const;
const TRIES = 3;
const PAUSE_MS = 500;
/** More pixels to a CSS pixel than this are not worth their bytes in motion. */
const MOST_RATIO = 2;

/** What the sources of a page share. */
export interface Shared {
  readonly turns: Turns;
  readonly heads: Heads;
}

/**
 * Feeds an element from the pieces of a clip: its smallest size first, so that there is a picture at once, then whatever
 * size the line, the screen and the device call for, in one buffer. `onFail` is called when that is not possible.
 */
export function attachChunks(
  video: HTMLVideoElement,
  media: Media,
  sizes: readonly ClipSize[],
  shared: Shared & {
    readonly eager: boolean;
    /** What the element plays already of this clip. */
    readonly begun: BegunClip | undefined;
    readonly onFail: () => void;
  },
): Source {
  const { turns, heads, begun, onFail } = shared;
  const [smallest] = sizes;
  if (!smallest) throw new Error('There is nothing to feed.');
  const { source, opened, stop } = begun ?? openClip(video, smallest);
  let load = new AbortController();
  let eager = shared.eager;
  let ring = (): void => undefined;
  const chunks = createChunkLoader({ opened, sizes, heads, begun: begun?.head, onAppended: () => tell() });
  let buffer: ClipBuffer | undefined;
  let isAskingForIndex = false;
  let indexTries = 0;
  /** The index, until it is put to use between two steps. */
  let learnt: ClipIndex | null = null;
  const screen = watchScreen(video, sizes);

  /** Says how long the watched clip can go on. */
  function tell(): void {
    if (!eager) return;
    const { groups, held } = chunks;
    const ahead = buffer ? secondsAhead(spansOf(buffer.buffered), video.currentTime) : 0;
    turns.tell(groups?.every((_, at) => held.has(at)) ? Number.POSITIVE_INFINITY : ahead);
  }

  async function learnIndex(): Promise<void> {
    isAskingForIndex = true;
    indexTries += 1;
    try {
      const response = await fetch(media.chunks_url ?? '', { signal: stop.signal });
      if (!response.ok) throw new RefusedRange(response.status);
      const index = readChunkIndex(await response.json());
      if (!index) throw new Error('This is no index.');
      learnt = index;
      ring();
    } catch (error) {
      if (!isTransient(error) || indexTries > TRIES) return fail(error);
      await waitForLine(PAUSE_MS * 2 ** indexTries, stop.signal);
      isAskingForIndex = false;
      ring();
    }
  }

  type Step = (how: HowToLoad) => Promise<unknown>;

  /** What to do now; null: to wait for what happens. */
  function nextStep(): Step | null {
    if (!eager && savesData()) return null;
    const { groups } = chunks;
    if (groups) return nextOf(groups);
    const { headBytes, hasAll } = chunks;
    if (eager && headBytes > 0 && !isAskingForIndex) void learnIndex();
    const first = firstBytes(smallest?.bandwidth ?? 0);
    const start = startBytes(smallest?.bandwidth ?? 0);
    if (hasAll || headBytes >= start) return null;
    const needs = headBytes < first ? NEEDS_AHEAD_S.first : NEEDS_AHEAD_S.start;
    if (!eager && !turns.allows(needs)) return null;
    return (how) => chunks.loadHead(headBytes < first ? first : start, how);
  }

  function nextOf(groups: NonNullable<ChunkLoader['groups']>): Step | null {
    if (Reflect.get(source, 'streaming') === false) return null;
    chunks.look();
    const { currentTime } = video;
    const usual = savesData() ? AHEAD_S.saving : AHEAD_S.watched;
    const group = nextGroup(groups, chunks.held, currentTime, eager ? usual : AHEAD_S.waiting);
    const beginsAnew = group === null || group < groupAt(groups, currentTime);
    if (beginsAnew && chunks.held.has(groups.length - 1) && source.readyState === 'open') {
      return async () => buffer?.end();
    }
    const most = eager ? MOST_BYTES.watched : MOST_BYTES.waiting;
    if (group === null) return letGo(groupsToDrop(groups, chunks.held, currentTime, most));
    const rung = chooseRung(sizes, {
      ...screen(chunks.rung),
      bitsPerSecond: line.bitsPerSecond(),
      aheadSeconds: buffer ? secondsAhead(spansOf(buffer.buffered), currentTime) : 0,
      savesData: savesData(),
      current: chunks.rung,
    });
    const wanted = { group, bytes: chunks.bytesOf(group, rung) };
    const dropped = roomFor(groups, chunks.held, currentTime, most, wanted);
    if (dropped === null) return null;
    return letGo(dropped) ?? ((how) => chunks.loadGroup(group, rung, how));
  }

  function letGo(dropped: readonly number[]): Step | null {
    return dropped.length > 0 ? () => chunks.drop(dropped) : null;
  }

  async function run(): Promise<void> {
    let failures = 0;
    opened.then((it) => {
      buffer = it;
    }, fail);
    for (;;) {
      stop.signal.throwIfAborted();
      if (learnt) {
        chunks.learn(learnt);
        if (!Number.isFinite(video.duration)) await buffer?.setDuration(learnt.durationSeconds);
        learnt = null;
      }
      const step = nextStep();
      tell();
      if (!step) {
        await new Promise<void>((resolve) => {
          ring = resolve;
        });
        continue;
      }
      try {
        await step({ signal: load.signal, priority: eager ? 'high' : 'low' });
        failures = 0;
      } catch (error) {
        stop.signal.throwIfAborted();
        if (load.signal.aborted) load = new AbortController();
        else if (isQuota(error) && chunks.groups) await chunks.drop(oldest(chunks, video.currentTime));
        else {
          failures += 1;
          if (!isTransient(error) || failures > TRIES) throw error;
          await waitForLine(PAUSE_MS * 2 ** failures, stop.signal);
        }
      }
    }
  }

  function fail(error: unknown): void {
    if (stop.signal.aborted) return;
    detach();
    console.warn(`A clip cannot be played in pieces: ${error}`);
    onFail();
  }

  const wake = () => ring();
  const onSeeking = () => {
    const ahead = buffer ? secondsAhead(spansOf(buffer.buffered), video.currentTime) : 0;
    if (chunks.groups && ahead === 0) load.abort();
    ring();
  };
  const onTime = () => {
    tell();
    ring();
  };
  const onError = () => fail(video.error?.message);
  const stopListening = turns.listen(wake);
  video.addEventListener('seeking', onSeeking);
  video.addEventListener('timeupdate', onTime);
  video.addEventListener('error', onError);
  source.addEventListener('startstreaming', wake);

  function detach(): void {
    stop.abort();
    load.abort();
    stopListening();
    video.removeEventListener('seeking', onSeeking);
    video.removeEventListener('timeupdate', onTime);
    video.removeEventListener('error', onError);
    ring();
  }

  run().catch(fail);
  return {
    setEager(wanted) {
      if (wanted === eager) return;
      eager = wanted;
      // Whoever is left wants nothing more.
      if (!eager) load.abort();
      tell();
      ring();
    },
    detach,
  };
}

/** Has the element wait for the bytes of a clip. */
function openClip(video: HTMLVideoElement, size: ClipSize): Pick<BegunClip, 'source' | 'opened' | 'stop'> {
  const MediaSourceHere = mediaSourceClass();
  if (!MediaSourceHere) throw new Error('There is nothing to feed it with.');
  const source = new MediaSourceHere();
  const stop = new AbortController();
  return { source, stop, opened: openBuffer(video, source, mimeOf(size), stop.signal) };
}

/** What the screen and the device say of a clip: asked before each piece. */
function watchScreen(video: HTMLVideoElement, sizes: readonly ClipSize[]) {
  const largest = sizes.at(-1);
  let ceiling = sizes.length - 1;
  let before = { shown: 0, dropped: 0 };
  return (rung: number | null) => {
    const quality = video.getVideoPlaybackQuality?.();
    const [shown, dropped] = [quality?.totalVideoFrames ?? 0, quality?.droppedVideoFrames ?? 0];
    if (shown < before.shown) before = { shown: 0, dropped: 0 };
    const verdict = dropsTooMany(shown - before.shown, dropped - before.dropped);
    if (verdict) ceiling = Math.max(0, (rung ?? 1) - 1);
    if (verdict !== null) before = { shown, dropped };
    const { width = 1, height = 1 } = largest ?? {};
    const scale = Math.min(video.clientWidth / width, video.clientHeight / height);
    const shownPixels = Math.min(width, height) * scale * Math.min(devicePixelRatio, MOST_RATIO);
    const wanted = sizes.filter((size) => Math.min(size.width, size.height) <= largestSide()).length - 1;
    return { ceiling: Math.max(0, Math.min(ceiling, wanted)), shownPixels };
  };
}

/** Where a buffer is full before we thought so: what was played longest ago. */
function oldest({ groups = [], held }: ChunkLoader, position: number): number[] {
  let bytes = 0;
  for (const size of held.values()) bytes += size;
  return groupsToDrop(groups, held, position, bytes / 2);
}

function isQuota(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

/** Whether the same may go well in a moment. `fetch` throws `TypeError` where nobody was reached. */
function isTransient(error: unknown): boolean {
  if (error instanceof RefusedRange) return error.status >= 500 || error.status === 429;
  return error instanceof TypeError;
}

/** Waits, and where there is no connection until there is one. */
async function waitForLine(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener('online', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    const timer = setTimeout(() => navigator.onLine && go(), ms);
    addEventListener('online', go);
    signal.addEventListener('abort', go);
  });
}
