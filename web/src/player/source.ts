import type { Media } from '../api/types.ts';

/** The bytes behind one <video>. */
export interface Source {
  /** Fetches far ahead while the clip plays, and only the beginning while it waits. */
  setEager(eager: boolean): void;
  /** Stops all loading and leaves the element empty. */
  detach(): void;
}

/** Below this a playlist costs more time than it saves: the whole file is small (web.md 3.2). */
const SHORT_CLIP_S = 8;
const HLS_TYPE = 'application/vnd.apple.mpegurl';
/** Seconds of buffer. */
const PRIMED_S = 2;
const PLAYING_S = 30;

/** Whether the browser can be fed by scripts, the iPhone way included. */
const canFeed = 'MediaSource' in globalThis || 'ManagedMediaSource' in globalThis;

/** Whether a clip has anything that can be played yet. */
export function isPlayable(media: Media): boolean {
  return media.url !== null || media.hls_url !== null;
}

/**
 * Gives an element the best that it can play of a clip: HLS by script, HLS by the browser where scripts
 * cannot, else the MP4, which is also what is left when HLS fails. `onFail` is called when nothing is left.
 */
export function attachSource(video: HTMLVideoElement, media: Media, onFail: () => void): Source {
  const short = media.url !== null && (media.meta.original.duration ?? SHORT_CLIP_S) < SHORT_CLIP_S;
  if (media.hls_url && !short) {
    if (canFeed) return attachHls(video, media.hls_url, media.url, onFail);
    if (video.canPlayType(HLS_TYPE)) return attachFile(video, [media.hls_url, media.url], onFail);
  }
  return attachFile(video, [media.url], onFail);
}

/** Tries one address after the other. */
function attachFile(
  video: HTMLVideoElement,
  candidates: readonly (string | null)[],
  onFail: () => void,
): Source {
  const urls = candidates.filter((candidate) => candidate !== null);
  const tryNext = () => {
    const url = urls.shift();
    if (url === undefined) onFail();
    else video.src = url;
  };
  video.addEventListener('error', tryNext);
  tryNext();
  return {
    setEager: () => undefined,
    detach() {
      video.removeEventListener('error', tryNext);
      empty(video);
    },
  };
}

function attachHls(video: HTMLVideoElement, url: string, file: string | null, onFail: () => void): Source {
  let eager = false;
  let detached = false;
  let setEager = (): void => undefined;
  let release = (): void => undefined;

  const fallBack = () => {
    if (detached) return;
    release();
    release = attachFile(video, [file], onFail).detach;
  };

  import('hls.js/light').then(({ default: Hls, Events }) => {
    if (detached) return;
    if (!Hls.isSupported()) return fallBack();
    const hls = new Hls({
      maxBufferLength: eager ? PLAYING_S : PRIMED_S,
      maxMaxBufferLength: PLAYING_S,
      backBufferLength: PLAYING_S,
      capLevelToPlayerSize: true,
      // The first rung is the lowest, so that the first frame is there at once.
      startLevel: 0,
      enableWorker: false,
    });
    setEager = () => {
      hls.config.maxBufferLength = eager ? PLAYING_S : PRIMED_S;
    };
    release = () => hls.destroy();
    hls.on(Events.ERROR, (_, error) => {
      if (error.fatal) fallBack();
    });
    hls.loadSource(url);
    hls.attachMedia(video);
  }, fallBack);

  return {
    setEager(wanted) {
      eager = wanted;
      setEager();
    },
    detach() {
      detached = true;
      release();
      empty(video);
    },
  };
}

function empty(video: HTMLVideoElement): void {
  video.removeAttribute('src');
  video.load();
}
