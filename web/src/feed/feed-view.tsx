import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { deedKeys } from '../clip/deeds.ts';
import { toggleFullscreen } from '../clip/fullscreen.ts';
import { useClipKeys } from '../clip/use-clip-keys.ts';
import { toggleCaptions } from '../player/captions.ts';
import { toggleSound } from '../player/sound.ts';
import { usePlayback } from '../player/use-playback.ts';
import { usePool } from '../player/use-pool.ts';
import { useWatchReports } from '../player/use-watch-reports.ts';
import { followPanel } from '../state/panels.ts';
import type { Timeline } from '../state/timeline.ts';
import { type FeedName, feedTypes } from '../state/timelines.ts';
import { IconButton } from '../ui/button.tsx';
import { whenOpen } from '../ui/when-open.tsx';
import { refreshFeed } from './feed-header.tsx';
import { FeedSlide } from './feed-slide.tsx';
import styles from './feed-view.module.css';
import { PullMark } from './pull-mark.tsx';
import { say } from './say.ts';
import { usePull } from './use-pull.ts';
import { useSnapping } from './use-snapping.ts';

const KeysDialog = whenOpen(() => import('./keys/keys-dialog.tsx').then((module) => module.KeysDialog));

/** Previous, current and next. */
const LIVE_CLIPS = 3;
/** Clips after the next one of which the first bytes are fetched. */
const FETCHED_AHEAD = 2;
/** Further slides are empty shells. */
const RENDERED_AROUND = 2;
const LOAD_MORE_BEFORE_END = 4;

interface FeedViewProps {
  readonly name: FeedName;
  readonly timeline: Timeline;
  readonly label: string;
}

/** Clips one below the other, one to a screen; the one in the middle plays and the next one is ready. */
export function FeedView({ name, timeline, label }: FeedViewProps) {
  const items = timeline.items.value;
  const index = Math.max(
    0,
    items.findIndex((status) => status.id === timeline.currentId.value),
  );
  const [helping, setHelping] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const after = useRef<HTMLDivElement>(null);
  const pool = usePool(LIVE_CLIPS);
  const current = items[index];
  const near = [current, items[index + 1], items[index - 1]].filter((status) => status !== undefined);
  const later = items.slice(index + 2, index + 2 + FETCHED_AHEAD);
  const playback = usePlayback(pool, near, later);
  const [media] = current?.media_attachments ?? [];
  const source = feedTypes[name];
  useWatchReports(current, media && playback.players.get(media.id), source);
  const goTo = useSnapping(scroller, timeline, index, playback.begin);
  const pulled = usePull(scroller, () => refreshFeed(timeline));
  const { route } = useLocation();

  useEffect(() => {
    if (index >= items.length - LOAD_MORE_BEFORE_END && timeline.phase.peek() === 'ready')
      timeline.loadMore();
  }, [index, items, timeline]);
  useEffect(() => {
    if (current) followPanel(current);
  }, [current?.id]);

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
    search: () => route('/search'),
    help: () => setHelping(true),
    ...(current && deedKeys(current)),
  });

  return (
    <>
      <PullMark pulled={pulled} />
      <div
        class={styles.feed}
        role="feed"
        aria-label={label}
        aria-busy={timeline.phase.value === 'loading'}
        ref={scroller}
        onKeyDown={(event) => leaveFeed(event, after.current)}
      >
        {items.map((status, position) => (
          <FeedSlide
            key={status.id}
            status={status}
            sharedBy={timeline.sharedBy(status.id)}
            source={source}
            position={position}
            rendered={Math.abs(position - index) <= RENDERED_AROUND}
            active={position === index}
            playback={playback}
            onChange={timeline.replace}
          />
        ))}
      </div>
      <div class={styles.side} ref={after}>
        <IconButton icon="up" label={say('previous')} onPress={previous} />
        <IconButton icon="down" label={say('next')} onPress={next} />
        <IconButton icon="help" label={say('openKeys')} onPress={() => setHelping(true)} />
      </div>
      {helping && <KeysDialog onClose={() => setHelping(false)} />}
    </>
  );
}

/** Control with Home or End leads out of a feed, which itself has no end (ARIA APG, feed). */
function leaveFeed(event: KeyboardEvent, after: HTMLElement | null): void {
  if (!event.ctrlKey || (event.key !== 'Home' && event.key !== 'End')) return;
  const tab = document.querySelector<HTMLElement>('main nav [aria-current]');
  const button = after?.querySelector('button');
  const target = event.key === 'Home' || !button?.checkVisibility() ? tab : button;
  event.preventDefault();
  target?.focus();
}
