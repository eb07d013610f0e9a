import { useEffect, useRef, useState } from 'preact/hooks';
import type { Media } from '../api/types.ts';
import type { Player } from './pool.ts';
import { isPlayable } from './source.ts';
import { hasRoom } from './turns.ts';

/** How long the picture of a clip waits for the clip itself, which makes it needless. */
const PATIENCE_MS = 400;

/**
 * The address of a clip's picture once it is time to load it: its bytes and the first ones of the clip that is watched share
 * a line. Of one that is about to play, only where it does not play soon; of others, as soon as that one has enough.
 */
export function usePoster(
  media: Media,
  player: Player | undefined,
  { active, paused }: { readonly active: boolean; readonly paused: boolean },
): string | null {
  const wanted = useRef(false);
  const [late, setLate] = useState(false);
  const isComing = active && !paused && isPlayable(media) && !player?.failed.value;
  const painted = player?.painted.value ?? false;
  useEffect(() => {
    if (!isComing || painted) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isComing, painted]);
  if (!painted) wanted.current ||= isComing ? late : active || hasRoom.value;
  return wanted.current ? (media.preview_webp_url ?? media.preview_url) : null;
}
