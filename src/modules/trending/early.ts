import type { Signal } from '../signals/index.ts';

/** What somebody did with a video. */
export type ActOnVideo = Extract<Signal, { videoId: string }>;

/**
 * What was heard of videos before the video itself: signals of different events come in no order that can be relied on. Of what waits the
 * oldest goes first once there is too much: much of it is about videos that are no business of trends.
 */
export function createEarlyActs(most: number) {
  const waiting = new Map<string, ActOnVideo[]>();
  let count = 0;

  const take = (videoId: string): readonly ActOnVideo[] => {
    const acts = waiting.get(videoId) ?? [];
    waiting.delete(videoId);
    count -= acts.length;
    return acts;
  };

  return {
    keep(act: ActOnVideo): void {
      const acts = waiting.get(act.videoId);
      if (acts) acts.push(act);
      else waiting.set(act.videoId, [act]);
      count += 1;
      for (const oldest of waiting.keys()) {
        if (count <= most) return;
        take(oldest);
      }
    },

    /** All that was heard of this video, in its order; it waits no longer. */
    take,
  };
}
