import type { Media } from '../api/types.ts';
import type { BegunClip } from '../start/begun-clip.ts';
import { attachChunks, type Shared } from './chunk-source.ts';
import { feedableSizes, mediaSourceClass } from './clip-sizes.ts';
import type { Source } from './clip-source.ts';

interface SourceOptions extends Shared {
  /** Whether the clip is the one that is watched. */
  readonly eager: boolean;
  /** The clip, where the element plays it already. */
  readonly begun: BegunClip | undefined;
  /** Called when nothing is left that could be played. */
  readonly onFail: () => void;
}

/** Below this a playlist costs more time than it saves: the whole file is small (web.md 3.2). */
const SHORT_CLIP_S = 8;
const HLS_TYPE = 'application/vnd.apple.mpegurl';

/** Whether a clip has anything that can be played yet. */
export function isPlayable(media: Media): boolean {
  return media.url !== null || media.hls_url !== null;
}

/**
 * Gives an element the best that it can play of a clip: pieces of our own files by script; HLS of others by hls.js;
 * HLS by the browser where scripts cannot; else the MP4, which is also what is left when one of these fails.
 */
export function attachSource(video: HTMLVideoElement, media: Media, options: SourceOptions): Source {
  const { onFail } = options;
  const sizes = feedableSizes(media);
  let current: Source;
  let eager = options.eager;
  const fallBack = () => {
    // The clip goes on where it was.
    const position = video.currentTime;
    if (position > 0) {
      const goOn = () => {
        video.currentTime = position;
      };
      video.addEventListener('loadedmetadata', goOn, { once: true });
    }
    current = attachFile(video, [media.url], onFail);
    current.setEager(eager);
    if (eager) options.turns.tell(Number.POSITIVE_INFINITY);
  };
  if (sizes.length > 0) {
    current = attachChunks(video, media, sizes, { ...options, onFail: fallBack });
  } else {
    // How far other players have come is not told: what comes after does not wait for them.
    if (eager) options.turns.tell(Number.POSITIVE_INFINITY);
    current = attachWhole(video, media, fallBack, onFail);
  }
  return {
    setEager(wanted) {
      eager = wanted;
      if (wanted && sizes.length === 0) options.turns.tell(Number.POSITIVE_INFINITY);
      current.setEager(wanted);
    },
    detach() {
      current.detach();
      empty(video);
    },
  };
}

function attachWhole(
  video: HTMLVideoElement,
  media: Media,
  fallBack: () => void,
  onFail: () => void,
): Source {
  const short = media.url !== null && (media.meta.original.duration ?? SHORT_CLIP_S) < SHORT_CLIP_S;
  if (media.hls_url && !short) {
    if (mediaSourceClass()) return attachHls(video, media.hls_url, fallBack);
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
    detach: () => video.removeEventListener('error', tryNext),
  };
}

/** HLS by script; what that takes is fetched when a clip needs it. */
function attachHls(video: HTMLVideoElement, url: string, onFail: () => void): Source {
  let eager = false;
  let detached = false;
  let source: Source | undefined;
  import('./hls-source.ts').then(
    ({ feedHls }) => {
      if (detached) return;
      source = feedHls(video, url, eager, onFail);
      if (!source) onFail();
    },
    () => detached || onFail(),
  );
  return {
    setEager(wanted) {
      eager = wanted;
      source?.setEager(wanted);
    },
    detach() {
      detached = true;
      source?.detach();
    },
  };
}

function empty(video: HTMLVideoElement): void {
  video.removeAttribute('src');
  video.load();
}
