import { useEffect, useRef, useState } from 'preact/hooks';
import { toggleFullscreen } from '../clip/fullscreen.ts';
import { useClipKeys } from '../clip/use-clip-keys.ts';
import { toggleCaptions } from '../player/captions.ts';
import { toggleSound } from '../player/sound.ts';
import { usePlayback } from '../player/use-playback.ts';
import { usePool } from '../player/use-pool.ts';
import { useWatchReports } from '../player/watch-reports.ts';
import type { FeedName, Timeline } from '../state/timelines.ts';
import { strings } from '../strings.ts';
import { IconButton } from '../ui/button.tsx';
import { FeedSlide } from './feed-slide.tsx';
import styles from './feed-view.module.css';
import { KeysDialog } from './keys-dialog.tsx';
import { useSnapping } from './use-snapping.ts';

/** Previous, current and next. */
const LIVE_CLIPS = 3;
/** Clips after the next one of which the first bytes are fetched. */
const FETCHED_AHEAD = 2;
/** Further slides are empty shells. */
const RENDERED_AROUND = 2;
const LOAD_MORE_BEFORE_END = 4;

/** By what name the server knows the feeds. */
const SOURCES = { home: 'following', everything: 'federated' } as const;

/** Clips one below the other, one to a screen; the one in the middle plays and the next one is ready. */
export function FeedView({ name, timeline, label }: { name: FeedName; timeline: Timeline; label: string }) {
  const items = timeline.items.value;
  const index = Math.max(
    0,
    items.findIndex((status) => status.id === timeline.currentId.value),
  );
  const [helping, setHelping] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const pool = usePool(LIVE_CLIPS);
  const near = [items[index], items[index + 1], items[index - 1]].filter((status) => status !== undefined);
  const later = items.slice(index + 2, index + 2 + FETCHED_AHEAD);
  const playback = usePlayback(pool, near, later);
  const [media] = near[0]?.media_attachments ?? [];
  useWatchReports(near[0], media && playback.players.get(media.id), SOURCES[name]);
  const goTo = useSnapping(scroller, timeline, index);

  useEffect(() => {
    if (index >= items.length - LOAD_MORE_BEFORE_END && timeline.phase.peek() === 'ready')
      timeline.loadMore();
  }, [index, items, timeline]);

  const next = () => goTo(index + 1);
  const previous = () => goTo(index - 1);
  useClipKeys({
    next,
    previous,
    toggle: playback.toggle,
    seek: playback.seek,
    sound: toggleSound,
    captions: toggleCaptions,
    fullscreen: toggleFullscreen,
    help: () => setHelping(true),
  });

  return (
    <>
      <div
        class={styles.feed}
        role="feed"
        aria-label={label}
        aria-busy={timeline.phase.value === 'loading'}
        ref={scroller}
      >
        {items.map((status, position) => (
          <FeedSlide
            key={status.id}
            status={status}
            position={position}
            rendered={Math.abs(position - index) <= RENDERED_AROUND}
            active={position === index}
            playback={playback}
            onChange={timeline.replace}
          />
        ))}
      </div>
      <div class={styles.side}>
        <IconButton icon="up" label={strings.feed.previous} onPress={previous} />
        <IconButton icon="down" label={strings.feed.next} onPress={next} />
        <IconButton icon="help" label={strings.keys.open} onPress={() => setHelping(true)} />
      </div>
      {helping && <KeysDialog onClose={() => setHelping(false)} />}
    </>
  );
}
