import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { placeInClip, type Trim } from '../editing/trim.ts';
import { correction } from './in-step.ts';

export const TICK_MS = 60;

type Element = RefObject<HTMLVideoElement | null>;

interface Together {
  readonly playing: boolean;
  /** What is kept of the own file. */
  readonly trim: Trim;
  /** Where the other one begins, in seconds. */
  readonly start?: number;
  /** The own one goes on where the other one has ended. */
  readonly outlasts?: boolean;
  readonly onEnd: () => void;
}

/** Plays two files at once, as the server will put them together: the other one follows the own. */
export function useTogether(
  { own, other }: { readonly own: Element; readonly other: Element },
  how: Together,
) {
  const { playing, trim, start = 0, outlasts = false, onEnd } = how;
  useEffect(() => {
    const [leader, follower] = [own.current, other.current];
    if (!leader || !follower || !playing) return;
    leader.currentTime = trim.from;
    follower.currentTime = start;
    follower.playbackRate = 1;
    const look = () => {
      if (isOver(leader, trim) || (follower.ended && !outlasts)) return onEnd();
      if (follower.ended) return;
      const { seekTo, rate } = correction(
        start + placeInClip(leader.currentTime, trim),
        follower.currentTime,
      );
      if (seekTo !== null && !follower.seeking) follower.currentTime = seekTo;
      follower.playbackRate = rate;
    };
    leader.play().catch(onEnd);
    follower.play().catch(onEnd);
    const timer = setInterval(look, TICK_MS);
    return () => {
      clearInterval(timer);
      leader.pause();
      follower.pause();
    };
  }, [playing, trim, start]);
}

/** Whether the end of what is kept was reached; steps over what is cut out between. */
export function isOver(element: HTMLVideoElement, { to, cuts }: Trim): boolean {
  const cut = cuts.find((one) => element.currentTime >= one.from && element.currentTime < one.to);
  if (cut) element.currentTime = cut.to;
  return element.ended || (to !== null && element.currentTime >= to);
}
