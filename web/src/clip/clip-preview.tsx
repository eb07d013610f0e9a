import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { Media } from '../api/types.ts';
import { clock } from '../format.ts';
import { readStoryboard, type StoryboardTile, tileAt } from '../player/storyboard.ts';
import { savesData } from '../state/preferences.ts';
import styles from './clip-progress.module.css';

interface ClipPreviewProps {
  readonly media: Media;
  /** Seconds of the clip that are pointed at; null where nobody points. */
  readonly aimedAt: ReadonlySignal<number | null>;
  readonly length: () => number;
}

/** The picture and the time of the place in a clip that is pointed at. What it shows is in the words of the slider as well. */
export function ClipPreview({ media, aimedAt, length }: ClipPreviewProps) {
  const seconds = aimedAt.value;
  const tiles = useStoryboard(media.storyboard_url, seconds !== null);
  if (seconds === null || length() === 0) return null;
  const tile = tileAt(tiles, seconds);
  return (
    <div
      class={styles.preview}
      aria-hidden="true"
      style={{ '--at': String(seconds / length()), '--width': `${tile?.width ?? 0}px` }}
    >
      {tile && (
        <div
          class={styles.tile}
          style={{
            width: `${tile.width}px`,
            height: `${tile.height}px`,
            backgroundImage: `url("${tile.sheet}")`,
            backgroundPosition: `-${tile.x}px -${tile.y}px`,
          }}
        />
      )}
      <span>{clock(seconds)}</span>
    </div>
  );
}

/** The pictures of a clip, from the first time that they are wanted on; none where data is saved. */
function useStoryboard(url: string | null, wanted: boolean): readonly StoryboardTile[] {
  const [tiles, setTiles] = useState<readonly StoryboardTile[]>([]);
  const [asked, setAsked] = useState(false);
  if (wanted && !asked && !savesData()) setAsked(true);
  useEffect(() => {
    if (!asked || url === null) return;
    const stop = new AbortController();
    // Without pictures there is still the time.
    fetch(url, { signal: stop.signal })
      .then(async (answer) => {
        if (answer.ok) setTiles(readStoryboard(await answer.text(), answer.url));
      })
      .catch(() => undefined);
    return () => stop.abort();
  }, [url, asked]);
  return tiles;
}
