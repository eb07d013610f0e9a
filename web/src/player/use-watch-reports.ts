import { useEffect } from 'preact/hooks';
import type { WatchEvent } from '../api/endpoints.ts';
import type { Status } from '../api/types.ts';
import type { Player } from './pool.ts';

/**
 * Reports what is watched of the current clip. A playback ends with the clip, and when the page is hidden. What does so is
 * fetched once there is something to watch, so that it does not hold up the first clip.
 */
export function useWatchReports(
  status: Status | undefined,
  player: Player | undefined,
  source: WatchEvent['source'],
): void {
  const id = status?.id;
  const video = player?.video;
  const duration = status?.media_attachments[0]?.meta.original.duration ?? null;
  useEffect(() => {
    if (id === undefined || video === undefined) return;
    let isOver = false;
    let end: (() => void) | undefined;
    const begin = () => {
      const watched = { id, video, duration, source, from: video.currentTime };
      import('./watch-reports.ts').then(
        (module) => {
          if (!isOver) end = module.reportWatching(watched);
        },
        // Nobody waits for it: the next clip asks again.
        () => undefined,
      );
    };
    if (video.paused) video.addEventListener('playing', begin, { once: true });
    else begin();
    return () => {
      isOver = true;
      video.removeEventListener('playing', begin);
      end?.();
    };
  }, [id, video, duration, source]);
}
