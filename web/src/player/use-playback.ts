import { useEffect, useState } from 'preact/hooks';
import type { Status } from '../api/types.ts';
import { startsByItself } from '../state/preferences.ts';
import { isCovered } from '../state/revealed.ts';
import type { Player, Pool } from './pool.ts';

/** What a page of clips does with the one that is watched. */
export interface Playback {
  /** By the id of their media. */
  readonly players: ReadonlyMap<string, Player>;
  /** Whether somebody stopped the current clip. */
  readonly paused: boolean;
  readonly toggle: () => void;
  readonly retry: () => void;
  /** Seconds forward, or back below 0. */
  readonly seek: (seconds: number) => void;
}

/**
 * Loads the clips of `near` and plays the first of them, as long as the page is visible, nobody stopped it
 * and no warning covers it. Who prefers less motion, or wants no clip to
 * start by itself, starts each one.
 */
export function usePlayback(pool: Pool, near: readonly Status[]): Playback {
  const [current] = near;
  const media = current?.media_attachments[0];
  const [stopped, setStopped] = useState<string | null>(null);
  const [started, setStarted] = useState<string | null>(null);
  const visible = usePageVisible();
  const paused = startsByItself() ? stopped === current?.id : started !== current?.id;
  const covered = current !== undefined && isCovered(current);

  // Each render brings a new array; the pool sees by itself what has changed.
  useEffect(() => {
    pool.arrange(near.flatMap((status) => (isCovered(status) ? [] : status.media_attachments.slice(0, 1))));
    pool.play(media?.id ?? null, visible && !paused && !covered);
  });

  const players = pool.players.value;
  return {
    players,
    paused,
    toggle() {
      if (!current || covered) return;
      setStopped(paused ? null : current.id);
      setStarted(paused ? current.id : null);
    },
    retry() {
      if (media) pool.retry(media);
    },
    seek(seconds) {
      const video = media && players.get(media.id)?.video;
      if (video) video.currentTime = Math.max(0, Math.min(video.duration || 0, video.currentTime + seconds));
    },
  };
}

function usePageVisible(): boolean {
  const [visible, setVisible] = useState(document.visibilityState === 'visible');
  useEffect(() => {
    const onChange = () => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', onChange);
    return () => document.removeEventListener('visibilitychange', onChange);
  }, []);
  return visible;
}
