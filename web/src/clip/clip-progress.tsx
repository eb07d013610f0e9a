import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Media } from '../api/types.ts';
import { clock } from '../format.ts';
import { PlaybackMenu } from '../player/playback-menu.tsx';
import type { Player } from '../player/pool.ts';
import type { ClipPreview } from './clip-preview.tsx';
import styles from './clip-progress.module.css';
import { say } from './say.ts';

/** What the arrow keys move by, and what the page keys do. */
const KEY_STEPS: Readonly<Record<string, number>> = {
  ...{ ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5 },
  ...{ PageDown: -15, PageUp: 15 },
};

/**
 * A thin line that becomes a handle under the thumb, with pictures of where it leads; for the keyboard it is a slider. Beside
 * it stands how fast the clip is played. Time runs from left to right in every script, as in players that people know.
 */
export function ClipProgress(props: { player: Player; media: Media; running: boolean }) {
  const { player, media, running } = props;
  const { video } = player;
  const { duration } = media.meta.original;
  const slider = useRef<HTMLInputElement>(null);
  /** Where the thumb is held; the clip follows as fast as it can. */
  const held = useRef<number | null>(null);
  const aimedAt = useSignal<number | null>(null);
  const Preview = usePreview(aimedAt);

  useEffect(() => {
    let frame = 0;
    const show = () => {
      const element = slider.current;
      const total = lengthOf(video, duration);
      if (!element || !total) return;
      const position = held.current ?? video.currentTime;
      element.max = String(total);
      element.value = String(position);
      element.style.setProperty('--done', `${(position / total) * 100}%`);
      element.setAttribute(
        'aria-valuetext',
        say('positionValue', { at: clock(position), length: clock(total) }),
      );
    };
    const follow = () => {
      show();
      frame = requestAnimationFrame(follow);
    };
    const onSeeked = () => {
      if (held.current !== null && held.current !== video.currentTime) video.currentTime = held.current;
      show();
    };
    show();
    if (running) follow();
    video.addEventListener('seeked', onSeeked);
    return () => {
      cancelAnimationFrame(frame);
      video.removeEventListener('seeked', onSeeked);
    };
  }, [video, duration, running]);

  const goTo = (seconds: number) => {
    held.current = seconds;
    aimedAt.value = seconds;
    // One seek after the other: what lies between is passed by.
    if (!video.seeking) video.currentTime = seconds;
  };
  const letGo = () => {
    if (held.current !== null) video.currentTime = held.current;
    held.current = null;
  };

  return (
    <div class={styles.row}>
      <div class={styles.bar} dir="ltr">
        {Preview && <Preview media={media} aimedAt={aimedAt} length={() => lengthOf(video, duration) ?? 0} />}
        <input
          class={styles.slider}
          ref={slider}
          type="range"
          min={0}
          step={0.1}
          aria-label={say('position')}
          onInput={(event) => goTo(event.currentTarget.valueAsNumber)}
          onChange={letGo}
          onKeyDown={(event) => {
            const step = KEY_STEPS[event.key];
            const total = lengthOf(video, duration);
            if (step === undefined || !total) return;
            event.preventDefault();
            goTo(Math.max(0, Math.min(total - 0.1, (held.current ?? video.currentTime) + step)));
            letGo();
          }}
          onPointerMove={(event) => {
            const { left, width } = event.currentTarget.getBoundingClientRect();
            const part = Math.max(0, Math.min(1, (event.clientX - left) / width));
            aimedAt.value = part * (lengthOf(video, duration) ?? 0);
          }}
          onPointerLeave={() => {
            aimedAt.value = null;
          }}
          onPointerUp={(event) => {
            if (event.pointerType !== 'mouse') aimedAt.value = null;
          }}
          onBlur={() => {
            aimedAt.value = null;
          }}
        />
      </div>
      <PlaybackMenu player={player} />
    </div>
  );
}

/** What shows where the line leads, fetched when somebody points at it first; without it the line works all the same. */
function usePreview(aimedAt: ReadonlySignal<number | null>): typeof ClipPreview | undefined {
  const [Preview, setPreview] = useState<typeof ClipPreview>();
  const wanted = useComputed(() => aimedAt.value !== null).value;
  useEffect(() => {
    if (!wanted) return;
    import('./clip-preview.tsx').then(
      (module) => setPreview(() => module.ClipPreview),
      () => undefined,
    );
  }, [wanted]);
  return Preview;
}

/** Of a clip whose length the browser or the server knows. */
function lengthOf(video: HTMLVideoElement, told: number | null): number | null {
  return Number.isFinite(video.duration) ? video.duration : told;
}
