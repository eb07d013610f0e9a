import { useEffect } from 'preact/hooks';
import { askForSizes } from '../api/endpoints.ts';
import type { Media, Status } from '../api/types.ts';
import { savesData } from '../state/preferences.ts';
import { me } from '../state/session.ts';
import type { Player } from './pool.ts';
import { wantsLargerSize } from './size-wanted.ts';

/** Clips that were asked about on this visit. */
const asked = new Set<string>();

interface LargerSizesProps {
  readonly status: Status;
  readonly media: Media;
  readonly player: Player;
}

/**
 * Asks the server once for the larger sizes of a clip that plays larger than what there is of it, where the server
 * makes those at first demand only. The next visit finds them.
 */
export function LargerSizes({ status, media, player }: LargerSizesProps): null {
  const playing = player.playing.value;
  useEffect(() => {
    if (!playing || !me.peek() || status.account.host !== null) return;
    if (asked.has(status.id) || savesData()) return;
    const { video } = player;
    const box = { width: video.clientWidth, height: video.clientHeight };
    if (!wantsLargerSize(media, box, devicePixelRatio)) return;
    asked.add(status.id);
    askForSizes(status.id);
  }, [status, media, player, playing]);
  return null;
}
