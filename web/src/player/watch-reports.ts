import { reportWatched, reportWatchedLast, type WatchEvent } from '../api/endpoints.ts';
import { me } from '../state/session.ts';
import { store, stored } from '../state/stored.ts';
import { readKept, writeKept } from './kept-events.ts';
import { countPlayback } from './playback-count.ts';

const FLUSH_MS = 10_000;
const MOST_AT_ONCE = 50;
/** Of what could not be told; older events are forgotten. */
const MOST_WAITING = 500;

/** Where what could not be told waits for the next visit. */
const KEPT = 'vireo.watched';

const waiting: WatchEvent[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let isTelling = false;

/**
 * Tells the server what waits. Without a connection, or where the server is busy, it waits on. What is under way while the page is left is
 * told again: the server knows events by their ids.
 */
function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  if (document.visibilityState === 'visible') {
    if (!isTelling) void tell();
    return;
  }
  while (waiting.length > 0 && navigator.onLine) {
    if (!reportWatchedLast(waiting.slice(0, MOST_AT_ONCE))) break;
    waiting.splice(0, MOST_AT_ONCE);
  }
  // This may have been the last that is heard of this page.
  store(KEPT, writeKept(me.peek()?.id ?? null, waiting));
}

/** Takes up what an earlier visit could not tell: as soon as it is known whose visit this is. */
me.subscribe((account) => {
  if (account === undefined) return;
  const kept = readKept(stored(KEPT), account?.id ?? null);
  store(KEPT, null);
  for (const event of kept) add(event);
});
addEventListener('online', flush);

async function tell(): Promise<void> {
  isTelling = true;
  let isTaken = true;
  while (isTaken && waiting.length > 0 && navigator.onLine) {
    const told = new Set(waiting.slice(0, MOST_AT_ONCE));
    isTaken = await reportWatched([...told]);
    if (isTaken) waiting.splice(0, waiting.length, ...waiting.filter((event) => !told.has(event)));
  }
  isTelling = false;
  if (waiting.length > 0) timer ??= setTimeout(flush, FLUSH_MS);
}

function add(event: WatchEvent): void {
  waiting.push(event);
  waiting.splice(0, waiting.length - MOST_WAITING);
  // Only as it gets there: a server that is busy is asked again by the timer.
  if (waiting.length === MOST_AT_ONCE) flush();
  else timer ??= setTimeout(flush, FLUSH_MS);
}

/** `crypto.randomUUID` is there on https only. */
function eventId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

/** What is watched, and where. */
export interface Watched {
  readonly id: string;
  readonly video: HTMLVideoElement;
  readonly duration: number | null;
  readonly source: WatchEvent['source'];
  /** Where it stood when it began to be watched. */
  readonly from: number;
}

/** Reports what is watched of a clip, until the function it returns is called or the page is hidden. */
export function reportWatching({ id, video, duration, source, from }: Watched): () => void {
  const begin = () =>
    countPlayback(duration, (type, seconds, mask) => {
      const watched_seconds = Math.round(seconds * 1_000) / 1_000;
      add({
        ...{ id: eventId(), video_id: id, type, watched_seconds },
        at: new Date().toISOString(),
        source,
        ...(mask === null ? {} : { mask }),
      });
    });
  let playback = begin();
  playback.at(from);
  const onTime = () => {
    if (!video.paused) playback.at(video.currentTime);
  };
  const onHide = () => {
    if (document.visibilityState === 'visible') return;
    onTime();
    playback.end();
    playback = begin();
    flush();
  };
  const onSeek = () => playback.moved();
  video.addEventListener('playing', onTime);
  video.addEventListener('timeupdate', onTime);
  video.addEventListener('seeking', onSeek);
  document.addEventListener('visibilitychange', onHide);
  return () => {
    video.removeEventListener('playing', onTime);
    video.removeEventListener('timeupdate', onTime);
    video.removeEventListener('seeking', onSeek);
    document.removeEventListener('visibilitychange', onHide);
    playback.end();
  };
}
