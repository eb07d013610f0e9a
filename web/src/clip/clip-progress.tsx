import { useEffect, useRef } from 'preact/hooks';
import type { Media } from '../api/types.ts';
import type { Player } from '../player/pool.ts';
import { strings } from '../strings.ts';
import styles from './clip-progress.module.css';

/** A thin line that becomes a handle under the thumb; for the keyboard it is a slider. */
export function ClipProgress(props: { player: Player; media: Media; running: boolean }) {
  const { video } = props.player;
  const { running } = props;
  const { duration } = props.media.meta.original;
  const slider = useRef<HTMLInputElement>(null);

  useEffect(() => {
    let frame = 0;
    const show = () => {
      const element = slider.current;
      if (!element) return;
      const seconds = Math.min(video.currentTime, duration);
      element.value = String(seconds);
      element.style.setProperty('--done', `${(seconds / duration) * 100}%`);
      element.setAttribute('aria-valuetext', strings.clip.positionValue(seconds, duration));
    };
    const follow = () => {
      show();
      frame = requestAnimationFrame(follow);
    };
    show();
    if (running) follow();
    video.addEventListener('seeked', show);
    return () => {
      cancelAnimationFrame(frame);
      video.removeEventListener('seeked', show);
    };
  }, [video, duration, running]);

  return (
    <input
      class={styles.slider}
      ref={slider}
      type="range"
      min={0}
      max={duration}
      step={0.1}
      aria-label={strings.clip.position}
      onInput={(event) => {
        video.currentTime = event.currentTarget.valueAsNumber;
      }}
    />
  );
}
