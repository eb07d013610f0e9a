import { useEffect, useRef } from 'preact/hooks';
import type { Status } from '../api/types.ts';
import type { Player } from '../player/pool.ts';
import { Icon } from '../ui/icon.tsx';
import { likeAt } from './deeds.ts';
import { hearts } from './hearts.ts';
import styles from './play-surface.module.css';
import { say } from './say.ts';
import { createTaps } from './taps.ts';

interface PlaySurfaceProps {
  readonly status: Status;
  readonly player: Player | undefined;
  readonly paused: boolean;
  readonly onToggle: () => void;
}

/** The clip itself is the button that stops it and lets it go on; two presses like it. */
export function PlaySurface({ status, player, paused, onToggle }: PlaySurfaceProps) {
  const stalled = player?.stalled.value ?? false;
  const surface = useRef<HTMLButtonElement>(null);
  const latest = useRef({ status, onToggle });
  latest.current = { status, onToggle };
  const taps = useRef(
    createTaps({
      single: () => latest.current.onToggle(),
      double: ({ x, y }) => {
        const box = surface.current?.getBoundingClientRect();
        if (!box) return;
        likeAt(latest.current.status, { x: (x - box.left) / box.width, y: (y - box.top) / box.height });
      },
    }),
  );
  useEffect(() => taps.current.stop, []);
  return (
    <button
      ref={surface}
      type="button"
      class={styles.surface}
      aria-label={paused ? say('play') : say('pause')}
      onClick={(event) => {
        // Keys and screen readers press without a place, and mean one press.
        if (event.detail === 0) onToggle();
        else taps.current.press({ x: event.clientX, y: event.clientY }, event.timeStamp);
      }}
    >
      {paused && (
        <span class={styles.badge}>
          <Icon name="play" size={40} />
        </span>
      )}
      {stalled && !paused && <span class={styles.stalled} aria-hidden="true" />}
      {hearts.value
        .filter(({ clip }) => clip === status.id)
        .map(({ id, x, y }) => (
          <span
            key={id}
            class={styles.heart}
            aria-hidden="true"
            style={{ '--x': String(x), '--y': String(y) }}
          >
            <Icon name="heartFilled" size={96} />
          </span>
        ))}
    </button>
  );
}
