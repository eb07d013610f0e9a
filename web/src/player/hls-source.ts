import Hls, { Events } from 'hls.js/light';
import type { Source } from './clip-source.ts';

/** Seconds of buffer. */
const PRIMED_S = 2;
const PLAYING_S = 30;

/** Feeds an element from a playlist; undefined where the browser cannot be fed. `onFail` is called when it ends for good. */
export function feedHls(
  video: HTMLVideoElement,
  url: string,
  eager: boolean,
  onFail: () => void,
): Source | undefined {
  if (!Hls.isSupported()) return undefined;
  const hls = new Hls({
    maxBufferLength: eager ? PLAYING_S : PRIMED_S,
    maxMaxBufferLength: PLAYING_S,
    backBufferLength: PLAYING_S,
    capLevelToPlayerSize: true,
    // The first rung is the lowest, so that the first frame is there at once.
    startLevel: 0,
    enableWorker: false,
  });
  hls.on(Events.ERROR, (_, error) => {
    if (!error.fatal) return;
    hls.destroy();
    onFail();
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  return {
    setEager(wanted) {
      hls.config.maxBufferLength = wanted ? PLAYING_S : PRIMED_S;
    },
    detach: () => hls.destroy(),
  };
}
