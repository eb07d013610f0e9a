import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { Media, Status } from '../api/types.ts';
import { autoplays } from '../state/preferences.ts';
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
  /** Plays the clip that comes next as soon as that is known, before the page is drawn anew around it. */
  readonly begin: (status: Status) => void;
  /** Seconds forward, or back below 0. */
  readonly seek: (seconds: number) => void;
}

/**
 * Loads the clips of `near` and plays the first of them, as long as the page is visible, nobody stopped it
 * and no warning covers it. Who prefers less motion, or wants no clip to
 * start by itself, starts each one. Of the clips that may come `later` the first bytes are fetched.
 */
export function usePlayback(pool: Pool, near: readonly Status[], later: readonly Status[] = []): Playback {
  const [current] = near;
  const media = current?.media_attachments[0];
  const [stopped, setStopped] = useState<string | null>(null);
  const [started, setStarted] = useState<string | null>(null);
  const visible = usePageVisible();
  const paused = autoplays() ? stopped === current?.id : started !== current?.id;
  const covered = current !== undefined && isCovered(current);

  // Each render brings a new array; the pool sees by itself what has changed. Before the paint: bytes are asked for at once.
  useLayoutEffect(() => {
    pool.arrange(near.flatMap(loadable), later.flatMap(loadable));
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
    begin(status) {
      const [next] = loadable(status);
      if (next && players.has(next.id)) pool.play(next.id, visible && autoplays() && stopped !== status.id);
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

/** Nothing is loaded of a clip that is covered. */
function loadable(status: Status): readonly Media[] {
  return isCovered(status) ? [] : status.media_attachments.slice(0, 1);
}

/** Whether anybody can see the clip: on the page, or in a window of its own. */
function usePageVisible(): boolean {
  const [visible, setVisible] = useState(isVisible);
  useEffect(() => {
    const onChange = () => setVisible(isVisible());
    for (const event of VISIBILITY_EVENTS) document.addEventListener(event, onChange);
    return () => {
      for (const event of VISIBILITY_EVENTS) document.removeEventListener(event, onChange);
    };
  }, []);
  return visible;
}

const VISIBILITY_EVENTS = ['visibilitychange', 'enterpictureinpicture', 'leavepictureinpicture'];

function isVisible(): boolean {
  return document.visibilityState === 'visible' || document.pictureInPictureElement != null;
}
