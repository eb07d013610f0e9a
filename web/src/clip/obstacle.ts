import type { Media } from '../api/types.ts';
import { isPlayable } from '../player/source.ts';

/** Why a clip is not playing, other than its warning. */
export type ObstacleKind = 'copying' | 'copy-failed' | 'elsewhere' | 'play-failed' | 'unavailable';

/** What stands between a clip and the person who wants to see it; `null` when it can play. */
export function obstacleOf(media: Media, playFailed: boolean): ObstacleKind | null {
  if (!isPlayable(media)) {
    const state = media.processing?.state;
    // One that is copied on demand is: looking at it asks for it.
    if (state === 'making' || state === 'copying' || state === 'on-demand') return 'copying';
    if (state === 'elsewhere') return 'elsewhere';
    return state === 'failed' ? 'copy-failed' : 'unavailable';
  }
  return playFailed ? 'play-failed' : null;
}
